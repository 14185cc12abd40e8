#!/bin/sh
# Servers that misbehave: whatever one does, there is one result, in time, and
# nothing of it is left.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"

# row 31
# Opening: every era and version, and every way not to know the other one.
for v in 2024-11-05 2025-03-26 2025-06-18 2025-11-25; do
	server s --version=$v
	mcp test s
	like "$LINE" "^0:s: stdio, version $v \\(legacy\\)" "version $v"
done
server s --era=modern; mcp test s
like "$TEXT" 'version 2026-07-28 \(modern\)' 'the modern era'
server s --era=both; mcp test s
like "$TEXT" 'modern' 'of both, the modern one'
server s --quiet
AGENT_MCP_SILENCE_MS=100 mcp test s
like "$TEXT" 'legacy' 'one that passes server/discover over'
server s --leaves; mcp test s
like "$TEXT" 'legacy' 'one that ends at it'
server s --chatty; mcp test s
like "$LINE" '^0:.*20 tools' 'no messages between the messages'
like "$TEXT" 'lines that are no messages' 'are told of once'
server s --noisy; mcp test s
like "$LINE" '^0:.*the last words' 'a megabyte on standard error'
unlike "$TEXT" "$(printf '\033')" 'nothing of it reaches the terminal raw'
server s --pages=3; mcp test s
like "$TEXT" '20 tools' 'three pages'
server s --endless; mcp test s
like "$LINE" '^0:.*has no end' 'pages without end'
server s --loop; mcp test s
like "$LINE" '^0:.*has no end' 'the same page again and again'
server s --version=1999-01-01; mcp test s
like "$LINE" '^76:.*speaks version 1999-01-01' 'an unknown version'
servers "{s: ($(program --mute) + {startup_timeout: 1})}"
AGENT_MCP_SILENCE_MS=100 agent-tool list --names >"$OUT" 2>"$ERR"
like "$(cat "$ERR")" 's did not answer within' 'one that never answers is given up'
is "$(grep -c read_file "$OUT")" 1 'and the other tools are there'
servers '{s: {command: "/bin/sh", args: ["-c", "echo it is broken >&2; exit 3"]}}'; mcp test s
like "$LINE" '^69:.*ended \(exit 3\): it is broken' 'one that ends at once is quoted'
servers '{s: {command: "/no/such"}}'; mcp test s
like "$LINE" '^78:.*/no/such: No such file' 'one that is not there'

# Names and schemas.
server ev.il --evil; mcp test ev.il
unlike "$TEXT" "$(printf '\033|\342\200\256')" 'hidden characters are shown'
like "$TEXT" 'no_object is left out: its arguments are no object' 'a schema of another kind'
like "$TEXT" 'deep is left out.*too deep' 'one that is too deep'
like "$TEXT" 'wide is left out.*too many' 'too many parts'
like "$TEXT" 'remote is left out.*another document' 'a reference to elsewhere'
like "$TEXT" 'twice is left out: the name is there twice' 'a name twice'
agent-tool list --names >"$OUT" 2>"$ERR"
is "$(grep -c '^ev_il__' "$OUT")" 7 'the rest is offered'
is "$(grep '^ev_il__' "$OUT" | grep -vcE '^[A-Za-z0-9_-]{1,64}$')" 0 'under plain names of 64 bytes'
is "$(grep -cx 'ev_il__good' "$OUT")" 1 'that say whose they are'

# Calls.
servers "{s: ($(program) + {env: {SECRET: \"told\"}}), late: ($(program) + {timeout: 1})}"
export OPENAI_API_KEY=sk-do-not-tell AGENT_THING=x
good s__echo '{"text":"é😀"}' '^é😀$' 'a call'
good s.echo '{"text":"dot"}' '^dot$' 'by the name of the server and its own'
bad INVALID_ARGUMENTS s__echo '{"txt":1}' 'text: required' 'arguments are checked here'
good s__env '{}' 'SECRET=told' 'what the entry sets is there'
unlike "$TEXT" 'sk-do-not-tell|AGENT_' 'and no key of ours'
like "$TEXT" "cwd=$HOME" 'it is not started in the workspace'
unset OPENAI_API_KEY AGENT_THING
bad TOOL_FAILED s__die '{}' 'ended \(exit 3\): help, I am dying' 'a server that dies in a call'
bad TIMEOUT late__hang '{}' 'late did not answer hang within 1 s' 'one that does not answer'
good s__flood '{}' '^dry again' 'twenty thousand messages in between'
good s__wrong '{}' '^right$' 'answers to nobody are passed over'
good s__twice '{}' '^first$' 'so is a second one'
bad TOOL_FAILED s__long '{}' 'a line of more than 16 MiB' 'a line without end'
good s__huge '{}' 'all of it: read_file path' 'a long text is cut, and kept'
good s__ask '{}' 'sampling/createMessage: -32601' 'sampling is not offered'
like "$TEXT" 'elicitation/create: -32601' 'nor elicitation'
like "$TEXT" 'roots/list: -32601' 'nor roots, unless the entry wants it'
like "$TEXT" 'ping: 0 \{\}' 'ping is answered'
bad TOOL_FAILED s__need '{}' 'your name, please' 'one that needs more says what'
bad TOOL_FAILED s__odd '{}' 'unknown type' 'a result of an unknown type'
bad TOOL_FAILED s__bare '{}' 'no object' 'a result that is none'
bad TOOL_FAILED s__fail '{}' 'it went wrong' 'a failure has its text'
bad TOOL_FAILED s__silent_fail '{}' '"n":42' 'or its structure'
bad INVALID_ARGUMENTS s__refuse '{}' '-32602: text: not so' 'an error of JSON-RPC'
unlike "$TEXT" "$(printf '\033')" 'is clean'
good s__both '{}' '^the text$' 'text and structure: the text'
good s__structured '{}' '^\{"n":42\}$' 'structure alone'
good s__image '{}' 'dropped: image, image/png, 6 bytes' 'a picture is named'
servers "{s: ($(program) + {roots: true})}"
good s__ask '{}' "roots/list: 0 .*file://$W" 'roots, when the entry wants it'
server s --era=modern
good s__echo '{"text":"new"}' '^new$' 'a call of the modern era'

# Ends.
server s --forks
no_orphans agent-tool call s__echo '{"text":"x"}'
server s --stubborn
no_orphans agent-tool call s__echo '{"text":"x"}'
cat >"$HOME/box" <<EOT
r() { read -r _; }
say() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "\$1" "\$2"; }
r; say 1 '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}}}'
r; r; say 2 '{"tools":[{"name":"see","inputSchema":{"type":"object"}}]}'
r; x=no; ! cat "$HOME/secret" || x=yes
say 3 "{\"content\":[{\"type\":\"text\",\"text\":\"\$x \$HOME\"}]}"
EOT
echo secret >"$HOME/secret"
if agent-tool doctor >"$OUT" 2>&1; then
	cp "$HOME/box" box.sh
	servers "{s: {command: \"/bin/sh\", args: [\"box.sh\"], sandbox: \"read-only\", protocol: \"legacy\"}}"
	good s__see '{}' '^no /' 'one in the sandbox, if the entry wants it'
	unlike "$TEXT" "$HOME" 'has not even the home'
	servers "{s: {command: \"/bin/sh\", args: [\"$HOME/box\"], protocol: \"legacy\"}}"
	good s__see '{}' "^yes $HOME" 'and without, it has what the user has'
fi
# What a model could have written does not run outside the sandbox.
printf '#!/bin/sh\ntouch "%s/escaped"\n' "$HOME" >run.sh
cp run.sh run && chmod 755 run && mkdir -p bin && cp run bin/tool-x && ln -s "$W/run" "$HOME/link"
for entry in '{command: "./run"}' '{command: "./tool-x", cwd: "bin"}' "{command: \"$W/run\"}" \
    '{command: "sh", args: ["run.sh"]}' "{command: \"sh\", args: [\"$HOME/link\"]}" \
    '{command: "sh", args: ["--", "bin/../run"]}' "{command: \"node\", args: [\"--require=$W/run.sh\", \"x\"]}" \
    '{command: "tool-x"}'; do
	servers "{s: $entry}"
	PATH=$W/bin:$PATH mcp test s
	like "$LINE" '^77:.*is in the workspace, where tools can change it' "refused: $entry"
done
is "$(ls "$HOME/escaped" 2>&1 | grep -c '^/')" 0 'and none of it ran'
servers '{s: {command: "sh", args: ["-c", "ls; exit 1"]}}'
mcp test s
unlike "$TEXT" 'run.sh' 'none is started in the workspace'
no_children_left
done_testing
