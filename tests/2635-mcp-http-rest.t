#!/bin/sh
# Services that want a token which a command prints, and the oldest transport,
# HTTP+SSE of 2024-11-05.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
there() { servers "{s: ({url: \"$SERVICE\"} + $1)}"; }
sent() { jq -r '.head' "$TRASH/http.log" | tr -d '\r'; }
bodies() { jq -r '.body' "$TRASH/http.log"; }

# A command that prints headers.
echo 'Bearer sesame' >"$TRASH/token"
service "--token=$TRASH/token"
there "{headers_cmd: [\"printf\", \"Authorization: Bearer %s\\nX-More:  a b \", \"sesame\"]}"
mcp test s
like "$LINE" '^0:s: http' 'lines that it prints are headers'
like "$(sent)" '^X-More: a b$' 'more than one'
there "{headers_cmd: \"echo '{\\\"Authorization\\\": \\\"Bearer sesame\\\"}'; echo noise >&2\"}"
good s__echo '{"text":"hi"}' '^hi$' 'an object of JSON, from a line for the shell'
unlike "$TEXT" 'noise|sesame' 'and nothing of it is told'
there '{headersHelper: "echo Authorization: Bearer sesame"}'
mcp test s
like "$LINE" '^0:s: http' 'under the name that others have for it, too'

# It is asked again when the token has run out, once for a request.
cat >"$HOME/fetch" <<'EOT'
#!/bin/sh
echo x >>"$HOME/asked"
echo "Authorization: $(cat "$HOME/now")"
EOT
chmod 755 "$HOME/fetch"
cp "$TRASH/token" "$HOME/now"
there "{headers_cmd: [\"$HOME/fetch\"]}"
mcp refresh s
: >"$HOME/asked"
{ msg "$(tc s__echo '{"text":"one"}' a)"
  for _ in $(seq 600); do ! grep -q '"a"' got || break; sleep 0.05; done
  echo 'Bearer fresh' >"$TRASH/token"; echo 'Bearer fresh' >"$HOME/now"
  msg "$(tc s__echo '{"text":"two"}' b)"; dones 2; } 2>"$OUT" |
    timeout 60 agent-tool run --coprocess >got 2>"$ERR"
is "$(jq -r 'select(.role == "tool").content' got | grep -E '^(one|two)$' | tr '\n' ' ')" 'one two ' 'a token that ran out is got anew'
is "$(wc -l <"$HOME/asked")" 2 'and only then'
echo 'Bearer else' >"$TRASH/token"
: >"$HOME/asked"
mcp test s
like "$LINE" '^77:.*who asks \(status 401\).*headers_cmd' 'one that is no good'
is "$(wc -l <"$HOME/asked")" 2 'is not asked for without end'

# What may be wrong with the command.
there '{headers_cmd: "echo the store is locked >&2; exit 4"}'; mcp test s
like "$LINE" '^77:.*s: its headers_cmd ended \(exit 4\): the store is locked' 'one that fails is quoted'
there '{headers_cmd: ["/no/such"]}'; mcp test s
like "$LINE" '^78:.*s: .*/no/such: No such file' 'one that is not there'
there '{headers_cmd: "true"}'; mcp test s
like "$LINE" '^78:.*it printed nothing' 'one that prints nothing'
there '{headers_cmd: "echo secret-word"}'; mcp test s
like "$LINE" '^78:.*expected an object of strings or lines' 'what is no header'
unlike "$LINE" 'secret-word' 'is not shown'
there '{headers_cmd: "printf \"A: b\\\\rC: secret-word\\\\n\""}'; mcp test s
like "$LINE" '^78:.*A: a control character in the value' 'a line end within a value'
unlike "$LINE" 'secret-word' 'is not shown either'
there '{headers_cmd: ["yes", "A: b"]}'; mcp test s
like "$LINE" '^78:.*more than 64 KiB' 'one that does not end to print'
printf '#!/bin/sh\necho A: b\n' >evil && chmod 755 evil
there "{headers_cmd: [\"$W/evil\"]}"; mcp test s
like "$LINE" '^77:.*is in the workspace' 'one that tools can write does not run'
servers '{s: {command: "x", headers_cmd: "y"}, t: {url: "http://x/", headers_cmd: []}}'; mcp list
like "$LINE" 's .*headers_cmd: only a service.*t .*headers_cmd: expected a command' 'entries that make no sense'
rm "$USERS"
mcp add docs "$SERVICE" --headers-cmd 'pass show docs'
json_is "$(jq .mcpServers.docs "$USERS")" "{\"url\":\"$SERVICE\",\"headers_cmd\":\"pass show docs\"}" 'add --headers-cmd'
mcp add prog --headers-cmd x -- prog
like "$LINE" '^2:.*only a URL has headers' 'for a URL only'

# The oldest transport: found, or said.
service --sse
for entry in '{}' '{type: "sse"}'; do
	there "$entry"
	mcp test s
	like "$LINE" '^0:s: sse, version 2025-11-25 \(legacy\).*20 tools' "opened: $entry"
	good s__echo '{"text":"old"}' '^old$' 'a call'
done
good s__flood '{}' '^dry again' 'many messages on its stream'
good s__progress '{}' '^there$' 'and progress'
bad INVALID_ARGUMENTS s__refuse '{}' '-32602: text: not so' 'an error'
is "$(sent | grep -c '^Accept: text/event-stream')" "$(sent | grep -c '^GET /mcp ')" 'the stream is asked for'
bad TOOL_FAILED s__die '{}' 's: ' 'a connection that breaks'
good s__echo '{"text":"on"}' '^on$' 'and the next call'
service --sse --cuts
there '{type: "sse"}'
{ msg "$(tc s__echo '{"text":"x"}' a)"; msg "$(tc s__echo '{"text":"y"}' b)"; } | timeout 60 agent-tool run >got 2>"$ERR"
is "$(grep -c 'its stream ended' got)" 2 'a stream that ends in a call, and again in the next'
service --sse --elsewhere
there '{type: "sse"}'; mcp test s
like "$LINE" '^77:.*its endpoint is on another host' 'where to send is not for the service to choose'
is "$(bodies | grep -c jsonrpc)" 0 'and nothing was sent'
service --sse --deaf
there '{type: "sse", startup_timeout: 1}'
agent-tool list --names >"$OUT" 2>"$ERR"
like "$(cat "$ERR")" 's did not answer within' 'one that never says where'
service "--token=$TRASH/token" --sse
there '{type: "sse"}'; mcp test s
like "$LINE" '^77:.*who asks' 'a stream that wants a token'
there "{type: \"sse\", headers_cmd: \"echo Authorization: Bearer else\"}"; mcp test s
like "$LINE" '^0:s: sse' 'and gets it'
there '{type: "websocket"}'; mcp list
like "$LINE" 'type: expected stdio for a command, http or sse' 'a transport that nobody knows'
no_children_left
done_testing
