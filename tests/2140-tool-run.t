#!/bin/sh
# agent-tool run as a filter: messages of the assistant are answered, every
# other line is passed on as it came, and the status says what happened.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
echo hello >a
export AGENT_FIXED_TIME=1700000000

# Byte for byte
{
	printf '{"role":"user","content":"tool_calls assistant"}\n'
	printf '{ "type" : "session", "n":1.0, "big":12345678901234567890 }\r\n'
	printf '\n  \n{"type":"x","s":"\\ud83d\\u0000","role":"user"}\n'
	printf '{"type":"delta","text":"\342\200\250 caf\303\251 \377"}\n'
	printf '{"role":"tool","tool_call_id":"assistant","content":"x"}\n'
	printf '{"type":"tool.call","tool_calls":[1],"role":"assistant"}\n'
	printf '{"type":"tools","tools":[]}'
} >lines
agent-tool run <lines >out 2>err; is $? 1 'lines without calls: status 1'
cmp lines out >"$OUT"; is $? 0 'every other line is passed on byte for byte'
is "$(cat err)" '' 'without a word'

msg "$(tc read_file '{"path":"a"}')" >m
agent-tool run <m >out; is $? 0 'a call: status 0'
json_is "$(cat out)" '{"role":"tool","tool_call_id":"c1","name":"read_file",
    "content":"[a: lines 1-1 of 1]\nhello\n","agent":{"tool":"read_file",
    "status":"completed","is_error":false,"duration_ms":0,"bytes":6,
    "sandbox":"landlock,seccomp"}}' 'its result'
jq -c '{type: "message", id: "m1", ts: "x", seq: 3} + .' m >ev
agent-tool run <ev >out; is $? 0 'an event of type message'
jq_ok '.tool_call_id == "c1" and (.content | test("hello"))' 'is the same' out
(cat lines; echo; cat m; echo '{"role":"user","content":"after"}') |
    agent-tool run >out; is $? 0 'among other lines'
is "$(sed -n '$p' out)" '{"role":"user","content":"after"}' 'order is kept'
echo '{"role":"assistant","content":"bye"}' | agent-tool run >out
is "$? $(cat out)" '1 ' 'a message without calls is consumed'
printf '{"role":"assistant","content":"a"}\n{"role": broken\n%s\n' \
    "$(cat m)" | agent-tool run >out 2>err
is $? 65 'a bad line: status 65'
like "$(cat err)" '^agent-tool: <stdin>:2: ' 'it is named'
is "$(wc -l <out)" 1 'the rest is answered'
status_is 66 agent-tool run

# One result for each call, whatever the call
msg "$(tc read_file '{"path":"a"' x1)" "$(tc nope '{}' x2)" \
    "$(tc bash '{"command":"ls"}' x3)" "$(tc read_file '{"pth":1}' x4)" \
    "$(tc write_file '{"path":"b","content":"x"}' x5)" "$(tc '' '' '')" \
    "$(tc list_files '' x6)" '{}' '7' '{"id":"x7","function":{}}' >m
agent-tool --read-only run <m >out; is $? 0 'ten odd calls'
is "$(jq -r .tool_call_id out | tr '\n' ' ')" 'x1 x2 x3 x4 x5 c1 x6   x7 ' \
    'have ten results in their order'
is "$(jq -r '.agent.code // "OK"' out | tr '\n' ' ')" \
    'INVALID_ARGUMENTS UNKNOWN_TOOL UNKNOWN_TOOL INVALID_ARGUMENTS DENIED UNKNOWN_TOOL OK UNKNOWN_TOOL UNKNOWN_TOOL UNKNOWN_TOOL ' \
    'each says what is wrong'
like "$(jq -r 'select(.tool_call_id == "x3").content' out)" \
    'did you mean shell\?' 'the tool that was meant'
is "$([ -e b ] && echo there)" '' 'nothing was written'
msg "$(tc write_file '{"path":"n","content":"1"}' d)" \
    "$(tc edit_file '{"path":"n","old_text":"1","new_text":"11"}' e)" \
    "$(tc edit_file '{"path":"n","old_text":"1","new_text":"11"}' e)" \
    "$(tc read_file '{"path":"n"}' e)" >m
agent-tool run <m >out
is "$(cat n)" 11 'the same call with the same id runs once'
like "$(sed -n 3p out)" 'repeats an earlier' 'and the second says so'
like "$(sed -n 4p out)" 'lines 1-1' 'another call with that id runs'

# Reads beside each other, writes in between, results in order
i=0
calls=
while [ $i -lt 25 ]; do
	calls="$calls,$(tc write_file "{\"path\":\"o\",\"content\":\"v$i\"}" w$i)"
	for k in 1 2 3; do
		calls="$calls,$(tc read_file '{"path":"o"}' "r$i.$k")"
	done
	i=$((i + 1))
done
printf '{"role":"assistant","tool_calls":[%s]}\n' "${calls#,}" >m
agent-tool run <m >out; is $? 0 'a hundred calls in one message'
jq -s 'map(select(.name == "read_file")) | to_entries
    | all(.[]; .key as $k | .value.content
	| contains("\nv\($k / 3 | floor)\n"))' out >"$OUT"
is "$(cat "$OUT")" true 'every read sees the write before it'
is "$(jq -r .tool_call_id out | tr '\n' ' ')" \
    "$(jq -r '.tool_calls[].id' m | tr '\n' ' ')" 'results in the order of calls'
jq -cn --arg a '{"path":"a"}' '{role: "assistant", tool_calls: [range(300) |
    {id: "k\(.)", type: "function", function: {name: "read_file",
    arguments: $a}}]}' >m
agent-tool run <m >out
is "$(wc -l <out)" 300 '300 calls have 300 results'
like "$(tail -n 1 out)" 'RESOURCE_LIMIT' 'though not all are run'

# row 26
# Sizes
jq -cn '{role: "assistant", tool_calls: [{id: "big", type: "function",
    function: {name: "write_file", arguments: ({path: "big",
    content: ("x" * 50000000)} | tojson)}}]}' >m
agent-tool run <m >out; is $? 0 'an argument of 50 MB'
is "$(stat -c %s big)" 50000000 'is written'
deep=$(printf '%0300d' 0 | tr 0 '[')
msg "$(tc read_file "$deep")" "$(tc read_file "{\"path\":$deep")" \
    "$(tc read_file '{"path":"a","start_line":1e400}')" \
    "$(tc read_file '{"path":"a","start_line":18446744073709551617}')" \
    "$(tc read_file '{"path":"a","start_line":-1}')" \
    "$(tc search_files '{"pattern":"h","max_results":1e300}')" >m
agent-tool run <m >out; is $? 0 'depth 300 and huge numbers'
is "$(jq -r '.agent.is_error' out | tr '\n' ' ')" \
    'true true true true true true ' 'are answered'
head -c 70000000 /dev/zero | tr '\0' x | agent-tool run >out 2>err
is $? 65 'an endless line: status 65'
agent-tool run <lines >/dev/full 2>err; is $? 74 'a full disk'
# A line over 64 MiB costs itself alone, and is named.
{
	echo '{"role":"user","content":"before"}'
	printf '{"role":"user","content":"'
	head -c 67108864 /dev/zero | tr '\0' a
	printf '"}\n{"role":"user","content":"after"}\n'
} >huge
status_is 65 sh -c 'agent-tool run <huge'
is "$(jq -r .content "$OUT" | tr '\n' ' ')" 'before after ' \
    'the lines around a line over 64 MiB are passed on'
like "$(cat "$ERR")" ':2: longer than 64 MiB' 'and its number is told'
status_is 65 sh -c 'agent-gate --offline <huge'
like "$(cat "$ERR")" 'line 2: longer than 67108864 bytes' 'by agent-gate, too'
rm -f huge

# One that is answered at once, and one behind it that runs alone.
msg "$(tc read_file '{}' 1)" "$(tc write_file '{"path":"behind","content":"x"}' 2)" |
    timeout 20 agent-tool run >"$OUT"
is "$? $(jq -r .agent.status "$OUT" | tr '\n' ' ')" '0 failed completed ' \
    'what is refused at once does not hold up what follows'
done_testing
