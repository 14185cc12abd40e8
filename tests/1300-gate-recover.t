#!/bin/sh
# agent-gate: calls that a model wrote as text become the message's calls,
# and a reader of the stream is told what adds up to the message.
. "$(dirname "$0")/lib.sh"
cat >tools <<'EOT'
[{"type":"function","function":{"name":"read_file","parameters":{"type":"object",
"properties":{"path":{"type":"string"},"id":{"type":"integer"}}}}}]
EOT
cat >script <<'EOT'
when contains "HERMES" text "Let me look.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"ü \\\"b\\\".txt\"}}\n</tool_call>\n" usage in=10 out=5 stream piece=3
when contains "FENCE" text "```json\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"a\",}}\n```" stream piece=1
when contains "TWO" text "<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"a\"}}\n</tool_call>\n<tool_call>\n{\"name\": \"Read_File\", \"arguments\": {\"path\": \"b\"}}\n</tool_call>"
when contains "THINK" text "<think>\nI should look.\n</think>\n\nThe answer." stream piece=2
when contains "RECAST" text "I should look.\n</think>\n\nThe answer." stream piece=2
when contains "OTHER" text "<tool_call>\n{\"name\": \"rm_rf\", \"arguments\": {}}\n</tool_call>"
when contains "LENGTH" text "Now.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"a" finish length
when contains "CUT" text "Now.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"abcdefghijkl\"}}\n</tool_call>" cut after=700
when contains "NATIVE" text "One.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"t\"}}\n</tool_call>" call read_file {"path":"n"} id=native1
when contains "NAME" call functions.ReadFile {"path":"n"}
when contains "BIG" call read_file {"id":12345678901234567890} stream args=object
when contains "FAILED" status 400 body={"error":{"message":"Failed to call a function.","code":"tool_use_failed","failed_generation":"<function=read_file>{\"path\": \"a\"}</function>"}}
when contains "HTML" text "<b>bold</b> \n"
default text "  The tag <tool_call> is how some models write calls.\n"
EOT
modeld_start script --brief
ask() {		# ask WORD [OPTION...]: the message in $OUT
	_w=$1; shift
	echo "{\"role\":\"user\",\"content\":\"$_w\"}" >talk
	agent-gate --url "$URL" --model m --tools tools --retries 0 "$@" <talk \
	    >"$OUT" 2>"$ERR"
	STATUS=$?
	tail -n 1 "$OUT" >msg
}
calls='[.tool_calls[]?.function | [.name, (.arguments | fromjson.path)]]'
# What a reader of the stream has: a recast takes all back.
told='reduce (.[] | select(.type == "delta")) as $d ({text: "", reasoning: "",
    args: {}}; if $d.kind == "recast" then {text: "", reasoning: "", args}
    elif $d.kind == "tool_args" then .args[$d.index | tostring] += $d.text
    else .[$d.kind] += $d.text end) | [.text, .reasoning, .args]'
adds_up() {
	is "$(jq -sc "$told" "$OUT")" "$(jq -c '[.content // "",
	    .reasoning_content // "", ([.tool_calls[]?.function.arguments] |
	    to_entries | map({key: (.key | tostring), value}) | from_entries)]' \
	    msg)" "$1: what was told adds up to the message"
}

for s in '' --stream; do
	ask HERMES $s
	is "$STATUS$(jq -c "$calls" msg)" '0[["read_file","ü \"b\".txt"]]' \
	    "a call $s"
	jq_ok '.content == "Let me look." and
	    .agent.finish_reason == "tool_calls" and .agent.recovered ==
	    {"calls": 1, "formats": ["hermes"]} and .agent.usage.input_tokens
	    == 10 and (.tool_calls[0] | .type == "function" and
	    (.id | length) > 5)' 'with what was said, reason, format, usage' msg
	[ -z "$s" ] || adds_up 'a call'
	ask FENCE $s
	is "$(jq -c "$calls" msg)" '[["read_file","a"]]' "a fenced one $s"
	jq_ok '.content == null and .agent.recovered.notes[0].what == "repaired"' \
	    'what was mended is told' msg
	[ -z "$s" ] || adds_up 'a fenced one'
	ask FAILED $s
	is "$STATUS$(jq -c "$calls" msg)" '0[["read_file","a"]]' \
	    "a server that could not read its model's call $s"
	ask TWO $s
	is "$(jq -c "$calls" msg)" '[["read_file","a"],["read_file","b"]]' \
	    "two, one of them misspelt $s"
	jq_ok '(.tool_calls | map(.id) | unique | length) == 2 and
	    (.agent.recovered.notes | map(.what) | index("renamed"))' \
	    'ids are unique, and the name is told' msg
	[ -z "$s" ] || adds_up 'two'
	ask THINK $s
	jq_ok '.content == "The answer." and .reasoning_content ==
	    "I should look." and (has("tool_calls") | not)' "reasoning $s" msg
	[ -z "$s" ] || adds_up 'reasoning'
	ask RECAST $s
	jq_ok '.content == "The answer." and .reasoning_content ==
	    "I should look."' "reasoning without its opening $s" msg
	[ -z "$s" ] || adds_up 'reasoning without its opening'
	ask OTHER $s
	jq_ok '(has("tool_calls") | not) and (.content | test("rm_rf"))' \
	    "a tool that was not offered $s" msg
	[ -z "$s" ] || adds_up 'a tool that was not offered'
	ask LENGTH $s
	jq_ok '(has("tool_calls") | not) and .content == "Now." and .agent.cut
	    and .agent.finish_reason == "length" and
	    .agent.cut_calls[0].function.name == "read_file"' \
	    "a call that is cut off $s" msg
	[ -z "$s" ] || adds_up 'a call that is cut off'
	ask NATIVE $s
	is "$(jq -c '[.tool_calls[] | .id, .function.arguments]' msg)" \
	    '["native1","{\"path\":\"n\"}"]' "the server's own go first $s"
	jq_ok '.content == "One." and (.agent | has("recovered") | not)' \
	    'and the text is clean' msg
	[ -z "$s" ] || adds_up "the server's own"
	ask NAME $s
	is "$(jq -c "$calls" msg)" '[["read_file","n"]]' "a misspelt name $s"
	json_is "$(jq -c .agent.renamed msg)" \
	    '[{"from":"functions.ReadFile","to":"read_file"}]' 'and it is told'
	ask BIG $s
	is "$(jq -r '.tool_calls[0].function.arguments' msg)" \
	    '{"id":12345678901234567890}' \
	    "arguments as an object keep their digits $s"
	ask PROSE $s
	is "$(jq -r .content msg)" \
	    '  The tag <tool_call> is how some models write calls.' \
	    "prose stays prose $s"
	[ -z "$s" ] || adds_up 'prose'
done
ask CUT --stream
is "$STATUS" 75 'a stream that breaks off'
is "$(jq -c 'select(.tool_calls)' "$OUT")" '' 'releases no call'

# Without tools: reasoning only, and only at the beginning.
for s in '' --stream; do
	ask THINK --no-tools $s
	jq_ok '.content == "The answer." and .reasoning_content ==
	    "I should look."' "no tools: reasoning $s" msg
	[ -z "$s" ] || adds_up 'no tools: reasoning'
	ask HERMES --no-tools $s
	jq_ok '.content | startswith("Let me") and endswith("</tool_call>\n")' \
	    "no tools: text stays as it is $s" msg
	[ -z "$s" ] || adds_up 'no tools: text'
	ask HTML --no-tools $s
	is "$(jq -r .content msg)" '<b>bold</b>' "no tools: markup $s"
	[ -z "$s" ] || adds_up 'no tools: markup'
done

# The switch.
ask HERMES --recover off
like "$(jq -r .content msg)" '<tool_call>' '--recover off'
ask HERMES --recover hermes
is "$(jq -c "$calls" msg)" '[["read_file","ü \"b\".txt"]]' '--recover hermes'
ask FENCE --recover hermes
jq_ok '(has("tool_calls") | not)' 'that format only' msg
AGENT_RECOVER=off ask HERMES
like "$(jq -r .content msg)" '<tool_call>' 'AGENT_RECOVER'
ask HERMES --recover maybe
is "$STATUS" 2 'a word that is none'
like "$(cat "$ERR")" 'auto, on, off or a format' 'says what may stand there'

# Recorded, and told again.
ask HERMES --stream --record rec
cp msg first; cp "$OUT" stream1
agent-gate --replay rec --model m --tools tools --stream <talk >"$OUT"
json_is "$(tail -n 1 "$OUT")" "$(cat first)" 'a recording has the same message'
is "$(jq -c 'select(.type == "delta") | [.kind, .text]' "$OUT")" \
    "$(jq -c 'select(.type == "delta") | [.kind, .text]' stream1)" \
    'and the same pieces'

# The history goes back as calls.
printf '%s\n' '{"role":"user","content":"HERMES"}' >talk
agent-gate --url "$URL" --model m --tools tools <talk >>talk
jq -c 'select(.tool_calls) | {role: "tool", tool_call_id: .tool_calls[0].id,
    content: "x"}' talk >result
cat result >>talk
agent-gate --url "$URL" --model m --tools tools --dry-run <talk >"$OUT"
jq_ok '.messages[1] | .role == "assistant" and (has("agent") | not) and
    (.tool_calls[0].function.arguments | fromjson.path) == "ü \"b\".txt"' \
    'what is sent back has the call'

# The coprocess, and ids across its answers.
mkfifo to
agent-gate --coprocess --url "$URL" --model m <to >"$OUT" 2>"$ERR" &
exec 8>to
jq -c '{type: "tools", tools: .}' tools >&8
for i in 1 2; do
	jq -nc '{role: "user", content: "HERMES"}, {type: "request", id: "r"}' >&8
	until [ "$(grep -c '"type":"done"' "$OUT")" = $i ]; do sleep 0.02; done
	jq -c 'select(.tool_calls) | {role: "tool", content: "x",
	    tool_call_id: .tool_calls[0].id}' "$OUT" | tail -n 1 >&8
done
exec 8>&-; wait $!
is "$(jq -c "select(.tool_calls) | $calls" "$OUT" | sort -u)" \
    '[["read_file","ü \"b\".txt"]]' 'the coprocess recovers, too'
is "$(jq -r '.tool_calls[]?.id' "$OUT" | sort -u | wc -l)" 2 \
    'each call has an id of its own'

# All the way: the model writes text, and the tool runs.
mkdir w && echo 'the secret is 42' >w/note.txt
cat >loop <<'EOT'
text "I will read it.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"note.txt\"}}\n</tool_call>"
expect-last "the secret is 42" text "It is 42."
EOT
modeld_start loop
ok 'a turn of agent-chat' agent-chat --url "$URL" --model m -w w -p 'read note.txt'
is "$(tail -n 1 "$OUT")" 'It is 42.' 'the tool ran, and the model saw its result'
done_testing
