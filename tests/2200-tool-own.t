#!/bin/sh
# Tools that are executables: how they are found, what they are given, and
# what becomes of whatever they do.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
export HOME="$TRASH/home" XDG_DATA_HOME="$TRASH/home/data"
T=$XDG_DATA_HOME/agent/tools
mkdir -p "$T"
# tool NAME SCHEMA <SCRIPT: one with a file beside it.
tool() {
	{ echo '#!/bin/sh'; cat; } >"$T/$1"
	chmod 755 "$T/$1"
	[ -z "$2" ] || printf '%s\n' "$2" >"$T/$1.tool.json"
}
any='"inputSchema":{"type":"object","properties":{"x":{"type":"integer"}},"additionalProperties":false}'
plain() { tool "$1" "{\"name\":\"$1\",\"description\":\"A test.\",$any}"; }
one() {		# one NAME ARGS: the message that answers the call, in $OUT
	msg "$(tc "$1" "$2")" | timeout 60 agent-tool run >"$OUT" 2>"$ERR"
}
names() { agent-tool list --names 2>"$ERR" | grep -v "_file\|shell\|promote_skill" | tr '\n' ' '; }

# ---- three ways to say what it takes
plain beside <<'EOT'
jq -c '.x + 1'
EOT
cat >"$T/told.sh" <<'EOT'
#!/bin/sh
# @describe Told by comments.
# @option --max-size! <INT>  How large
# @option --unit[cm|mm]  Of what
# @option --tag*  Several
# @flag --loud  Shout
for a; do printf '<%s>' "$a"; done
EOT
tool asked '' <<'EOT'
[ "$1" != --schema ] || { echo '{"name":"asked","description":"Asked.","inputSchema":{"type":"object","properties":{"y":{"type":"string"}},"required":["y"],"additionalProperties":false},"annotations":{"readOnlyHint":true}}'; exit; }
cat
EOT
chmod 755 "$T/told.sh"
is "$(names)" 'asked beside told ' 'a file beside it, comments, --schema'
agent-tool list >"$OUT"
jq_ok '.[] | select(.function.name == "told").function.parameters |
    .required == ["max_size"] and .properties.max_size.type == "integer" and
    .properties.unit.enum == ["cm", "mm"] and .properties.tag.type == "array"
    and .properties.loud.type == "boolean" and
    .additionalProperties == false' 'comments are a schema'
call beside '{"x":41}'
is "$STATUS$TEXT" 042 'arguments come as one JSON object'
call told '{"max_size":3,"unit":"mm","tag":["a b","-c"],"loud":true}'
is "$STATUS" 0 'options'
for w in '<--max-size><3>' '<--unit><mm>' '<--tag><a b><--tag><-c>' '<--loud>'; do
	case $TEXT in *"$w"*) pass "as $w" ;; *) fail "as $w" "$TEXT" ;; esac
done
call told '{"max_size":3,"loud":false}'
is "$TEXT" '<--max-size><3>' 'a flag that is false is not given'
call told '{"max_size":"large"}'
like "$STATUS$(echo "$TEXT" | tr '\n' ' ')" '^65.*max_size: expected integer, given string "large"' \
    'checked before anything runs'
call told '{"unit":"km","max_size":1}'
like "$TEXT" 'unit: expected' 'and its choices'
call asked '{"y":"\u00e9\"$(id)`"}'
is "$TEXT" '{"y":"é\"$(id)`"}' 'every byte arrives, and no shell is in between'

# ---- what it is given
plain given <<'EOT'
cat >/dev/null
env | sed -n '/^AGENT_/p;/^HOME=/p;/^NO_COLOR/p;/^TERM/p;/SECRET/p' | sort
pwd
ls /proc/self/fd | wc -l
echo x >inside.txt || exit 1
(echo x >/tmp/outside-$$) 2>/dev/null && ls /tmp/outside-$$
exit 0
EOT
mkdir "$W/sub"
: >"$W/inside.txt"
AGENT_SECRET=hunter2 AGENT_SESSION=s1 one given '{}'
jq -r .content "$OUT" >got
for w in '^AGENT_ABI=1$' '^AGENT_TOOL_NAME=given$' '^AGENT_CALL_ID=c1$' \
    '^AGENT_SESSION_ID=s1$' "^AGENT_WORKSPACE=$W\$" '^AGENT_DEADLINE=[0-9]+$' \
    '^NO_COLOR=1$' '^TERM=dumb$' "^$W\$"; do
	like "$(cat got)" "$w" "it is given $w"
done
unlike "$(cat got)" 'hunter2|SECRET' 'nothing else of ours'
unlike "$(cat got)" "HOME=$HOME" 'and no home of ours'
jq_ok '.agent.origin == "tool" and (.agent.sandbox | length) > 3 and
    .agent.status == "completed"' 'behind walls, and told so'
is "$(cat "$W/inside.txt")" x 'it writes in the workspace'
tool reader "{\"name\":\"reader\",\"description\":\"Reads.\",$any,\"annotations\":{\"readOnlyHint\":true}}" <<'EOT'
cat >/dev/null; echo y >inside.txt
EOT
one reader '{}'
is "$(cat "$W/inside.txt")$(jq -c .agent.is_error "$OUT")" xtrue \
    'unless it says that it only reads'
agent-tool --read-only list --names >"$OUT" 2>/dev/null
is "$(grep -c beside "$OUT")$(grep -c reader "$OUT")" 01 '--read-only keeps to those'

# ---- what it says
plain mcp <<'EOT'
cat >/dev/null
echo '{"content":[{"type":"text","text":"seen"},{"type":"image","mimeType":"image/png","data":"AAAA"}],"structuredContent":{"n":1}}'
EOT
one mcp '{}'
jq_ok '.content == "seen\n[dropped: image, image/png, 3 bytes]\n" and
    .agent.structured == {"n":1}' 'a result of MCP'
plain only <<'EOT'
cat >/dev/null; echo '{"structuredContent":{"n":1}}'
EOT
one only '{}'
is "$(jq -r .content "$OUT")" '{"n":1}' 'structure alone is its own text'
plain json <<'EOT'
cat >/dev/null; echo '[1, 2]'
EOT
one json '{}'
jq_ok '.content == "[1, 2]\n" and .agent.structured == [1, 2]' 'other JSON'
plain says <<'EOT'
cat >/dev/null; echo '{"isError":true,"content":[{"type":"text","text":"no such city"}]}'
EOT
one says '{}'
jq_ok '.agent.is_error and .agent.code == "TOOL_FAILED" and
    (.content | test("no such city"))' 'a failure by its own word'
plain dirty <<'EOT'
cat >/dev/null; printf 'a\033]52;c;AAAA\007b\033[31mred\033[0m\377\000c'
EOT
one dirty '{}'
unlike "$(jq -r .content "$OUT")" "$(printf '[\033\007]')" 'control characters are made visible'
like "$(jq -r .content "$OUT")" 'a.*b.*red.*c' 'and the rest is there'

# ---- how it ends
plain ends <<'EOT'
x=$(jq .x); echo out; echo "log $x" >&2
[ "$x" -lt 300 ] || kill -$((x - 300)) $$
exit "$x"
EOT
while read -r x code status; do
	one ends "{\"x\":$x}"
	is "$(jq -r '"\(.agent.code) \(.agent.status) \(.agent.is_error)"' "$OUT")" \
	    "$code $status true" "exit $x"
done <<'EOT'
1 TOOL_FAILED failed
2 INVALID_ARGUMENTS failed
75 TRY_LATER failed
77 DENIED denied
124 TIMEOUT timeout
127 TOOL_FAILED failed
42 TOOL_FAILED failed
309 TOOL_FAILED failed
EOT
one ends '{"x":3}'
is "$(jq -r .content "$OUT")" 'ERROR [TOOL_FAILED]: ends: exit 3.
out
stderr: log 3' 'its words and its log go with it'
one ends '{"x":0}'
is "$(jq -r .content "$OUT")" out 'the log of a success does not'

# ---- what misbehaves
tool sleepy "{\"name\":\"sleepy\",\"description\":\"Sleeps.\",$any,\"_meta\":{\"agent\":{\"timeout_s\":1}}}" <<'EOT'
trap '' TERM; sleep 100 & wait; sleep 100
EOT
one sleepy '{}'
is "$(jq -r '"\(.agent.code) \(.agent.status)"' "$OUT")" 'TIMEOUT timeout' 'one that does not end'
plain flood <<'EOT'
cat >/dev/null; head -c 20000000 /dev/zero | tr '\0' x
EOT
one flood '{}'
jq_ok '.agent.truncated and .agent.bytes == 20000000 and
    (.content | length) < 60000 and (.agent.artifact | length) > 0' \
    'one that writes too much'
plain fork <<'EOT'
cat >/dev/null; (setsid sleep 300 &) ; echo 'done'
EOT
one fork '{}'
is "$(jq -r .content "$OUT")" 'done' 'one that leaves children'
plain deaf <<'EOT'
exec 0<&-; echo fine
EOT
one deaf "{\"x\":1}"
is "$(jq -r .content "$OUT")" fine 'one that does not read'
plain garbage <<'EOT'
cat >/dev/null; echo '{"content": [tru'
EOT
one garbage '{}'
jq_ok '.content == "{\"content\": [tru\n" and (.agent.is_error | not)' 'half of JSON is text'
no_children_left 'nothing of all that is left'

# ---- what is not taken
plain loose <<'EOT'
:
EOT
chmod 777 "$T/loose"
plain bad <<'EOT'
:
EOT
echo '{"name":"other","description":"x","inputSchema":{"type":"object"}}' >"$T/bad.tool.json"
plain shell <<'EOT'
echo never
EOT
printf '#!/bin/sh\necho hello\n' >"$T/no-word"
chmod 755 "$T/no-word"
names >/dev/null
like "$(cat "$ERR")" 'loose: others may write it' 'others may write it: told'
like "$(cat "$ERR")" 'bad: name: expected "bad"' 'a wrong name: told'
like "$(cat "$ERR")" 'shell: there is a tool shell already' 'ours is ours'
like "$(cat "$ERR")" 'no-word: nothing says what it takes' 'and one that says nothing'
call shell '{"command":"echo ours"}'
like "$TEXT" '^ours' 'and stays so'
is "$(AGENT_ENABLE_TOOLS=0 names)" '' 'AGENT_ENABLE_TOOLS=0'
is "$(AGENT_TOOL_PATH="$TRASH/none" names)" '' 'AGENT_TOOL_PATH replaces the places'
rm "$T/loose" "$T/bad" "$T/bad.tool.json" "$T/shell" "$T/shell.tool.json" "$T/no-word"

# ---- lint
status_is 0 agent-tool lint
status_is 1 agent-tool lint "$T/none"
tool vague '{"name":"vague","description":"x","inputSchema":{"type":"object","properties":{"a":{}}}}' <<'EOT'
:
EOT
status_is 1 agent-tool lint vague
like "$(cat "$OUT")" 'additionalProperties: expected false' 'misspelt arguments would pass'
like "$(cat "$OUT")" 'properties.a: no type' 'a parameter without a type'
rm "$T"/vague*
status_is 0 agent-tool lint --json told
jq_ok '.inputSchema.required == ["max_size"]' 'the schema as it is read'
done_testing
