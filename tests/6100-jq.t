#!/bin/sh
# The modules for jq answer for real sessions, and other agents' lines become
# ours and back without loss of what both can tell.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"

J=$(agent-chat --jq-path)
ok 'the folder is there' test -f "$J/agent.jq"

# q NAME WANT MODULE FILTER [OPTION...] <lines: one line of JSON, keys sorted
q() {
	_name=$1 _want=$2 _text="include \"$3\"; include \"agent\"; $4"; shift 4
	is "$(jq -cS -L "$J" "$@" "$_text" 2>&1)" "$_want" "$_name"
}

echo 'one two' >notes
agent-chat --offline --format events 'List the files.' >s 2>err </dev/null
is $? 0 'a session'
jq_ok '.type == "result"' 'a whole one' s

q text '["Lines in the list:","Lines in the list:"]' agent \
    '[inputs | text[:18]]' -n <s
q 'a call' '{"arguments":{"path":"."},"name":"list_files"}' agent \
    'calls | del(.id)' <s
q 'its result' '[false,false]' agent '[inputs | results | .is_error]' -n <s
q 'no errors' '' agent errors <s
q 'arguments that are no JSON' '[{"_raw":"{oops"},{}]' agent \
    '[calls | .arguments]' <<'END'
{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"a","arguments":"{oops"}},{"id":"2","function":{"name":"b","arguments":""}}]}
END
q 'lines that are for nobody' '' agent \
    'text, calls, results, errors, reasoning, to_chat' <<'END'
{"type":"turn.start","turn":1}
null
[1]
"x"
7
END
q 'a result that tells it' '[false,true,null]' agent '[inputs | results.is_error]' -n <<'END'
{"role":"tool","tool_call_id":"1","content":"x","agent":{"is_error":false}}
{"role":"tool","tool_call_id":"1","content":"x","agent":{"is_error":true}}
{"role":"tool","tool_call_id":"1","content":"x","agent":7}
END
q 'errors' '["auth","tool","error"]' agent '[inputs | errors.code]' -n <<'END'
{"type":"error","code":"auth","message":"no"}
{"type":"tool.result","call_id":"1","is_error":true,"content":[{"type":"text","text":"x"}]}
{"type":"result","is_error":true,"stop_reason":"error","exit_code":69}
END
q 'messages alone' '["system","user","assistant","tool","assistant"]' \
    agent '[inputs | to_chat | select(has("type") or has("id") | not).role]' -n <s

usage='{"type":"usage","input_tokens":10,"output_tokens":2,"cached_input_tokens":4,"cost_usd":0.5}'
printf '%s\n%s\n{"type":"usage","input_tokens":1,"output_tokens":1}\n' \
    "$usage" "$usage" >u
q usage '[3,21,5,8]' agent '[usage(inputs) | .requests, .input_tokens,
	.output_tokens, .cached_input_tokens]' -n <u
q 'the same of an array' '[3,1]' agent '[usage.requests, cost]' -s <u
q 'a cost that nobody told' 'null' agent cost -s </dev/null
q 'by prices' '6.4' agent \
    'cost(inputs; {input: 3e5, output: 5e5, cached: 0})' -n <u
q 'the last turn' '["turn.start","message","result"]' agent \
    '[last_turn(inputs).type]' -n <<'END'
{"type":"session"}
{"type":"turn.start","turn":1}
{"type":"turn.end","turn":1}
{"type":"turn.start","turn":2}
{"type":"message","role":"user","content":"x"}
{"type":"result"}
END
q 'pieces' '[{"content":"Hello.","id":"a","reasoning_content":"hm","role":"assistant"},{"content":null,"id":"b","partial_arguments":["{\"x\":1}","{"],"role":"assistant"},{"content":"whole","id":"c","role":"assistant"}]' \
    agent '[fold_deltas(inputs)]' -n <<'END'
{"type":"delta","message_id":"a","kind":"reasoning","text":"hm"}
{"type":"delta","message_id":"a","kind":"text","text":"Hel"}
{"type":"delta","message_id":"b","kind":"tool_args","index":0,"text":"{\"x\""}
{"type":"delta","message_id":"b","kind":"tool_args","index":1,"text":"{"}
{"type":"delta","message_id":"b","kind":"tool_args","index":0,"text":":1}"}
{"type":"delta","message_id":"a","kind":"text","text":"lo."}
{"type":"delta","message_id":"c","kind":"text","text":"wh"}
{"type":"message","id":"c","role":"assistant","content":"whole"}
END
jq -nc -L "$J" 'include "agent"; to_batch(inputs; "a")' s >b
jq_ok '.custom_id == "a" and (.body.messages | length) == 5 and
	.body.messages[1].role == "user"' 'a line for a batch' b
is "$(jq -rn -L "$J" 'include "agent"; table(inputs)' s | wc -l)" \
    "$(grep -vc '"type":"delta"' s)" 'a row for every event'

jq -nc -L "$J" 'include "agent-otlp"; include "agent"; to_otlp(inputs)' s >o
jq_ok '.resourceSpans[0].scopeSpans[0].spans |
	[.[].name[0:6]] == ["chat o", "execut", "chat o", "invoke"] and
	(map(.traceId) | unique | length) == 1 and
	(map(.spanId) | unique | length) == 4 and
	all(.[]; (.traceId | length) == 32 and (.spanId | length) == 16 and
		.endTimeUnixNano >= .startTimeUnixNano) and
	(.[3].spanId as $p | all(.[:3][]; .parentSpanId == $p))' 'spans' o
is "$(grep -c 'list_files' o)" 1 'the tool is named'
is "$(grep -c 'entries\]' o)" 0 'nobody is quoted unasked'
jq -nc -L "$J" 'include "agent-otlp"; include "agent"; to_otlp(inputs; true)' s >o
is "$(grep -c 'entries\]' o)" 1 'and is when asked for'

# There and back: the talk is the same.
talk='[inputs | to_chat | if .tool_calls then
	.tool_calls[].function.arguments |= fromjson else . end]'
jq -nSc -L "$J" "include \"agent\"; $talk" s >want
for x in codex claude gemini; do
	jq -nc -L "$J" "include \"agent-$x\"; include \"agent\"; to_$x(inputs)" s >there
	jq -nc -L "$J" "include \"agent-$x\"; include \"agent\"; from_$x(inputs)" there >back
	# None tells the instructions, and codex not what the user said.
	jq -c "map(del(.name) | select(.role != \"system\" and
		(\"$x\" != \"codex\" or .role != \"user\")))" want >w
	is "$(jq -nSc -L "$J" "include \"agent\"; $talk" back)" "$(cat w)" \
	    "$x: the talk is the same"
	jq -se 'map(.seq) == [range(length)] and .[0].type == "session" and
		.[-1].type == "result" and .[-1].exit_code == 0 and
		(map(.session_id) | unique | length) == 1 and
		(map(select(.type == "tool.result")) | length) == 1' back >"$OUT"
	_if $? "$x: a whole session" "$(cat back)"
done
q 'codex: what fails' '[["failed",2],["tool.result",1],76]' agent-codex '
	[from_codex(inputs)] | [(.[] | select(.type == "tool.result")
		| [.status, .exit_code]), ["tool.result", (map(select(.type ==
		"tool.result")) | length)], .[-1].exit_code]' -n <<'END'
{"type":"thread.started","thread_id":"t"}
{"type":"turn.started"}
{"type":"item.started","item":{"id":"i","type":"command_execution","command":"false","aggregated_output":"","status":"in_progress"}}
{"type":"item.completed","item":{"id":"i","type":"command_execution","command":"false","aggregated_output":"x","exit_code":2,"status":"failed"}}
{"type":"turn.failed","error":{"message":"no"}}
END
q 'claude: a limit' '["max_turns",3,"max_turns"]' agent-claude '
	[from_claude(inputs)] | [.[-1].stop_reason, .[-1].exit_code,
	.[-2].stop_reason]' -n <<'END'
{"type":"assistant","message":{"content":[{"type":"text","text":"x"}]}}
{"type":"result","subtype":"error_max_turns","is_error":true,"num_turns":1}
END

# Lines that are not what they say: they are passed over, and what follows them
# counts.  Each field is each kind of value, in each kind of line.
odd() {	# odd BASE FIELD...: BASE once for each
	jq -nc '[null, true, -1, "x", [], [null], [{}], [{"type": "text", "text": {}}],
		{}, {"x": 1}] as $v | $ARGS.named.base as $b | $ARGS.positional[] as $f
		| $v[] as $x | $b | setpath($f / "."; $x)' --argjson base "$@"
}
{
	odd '{"type":"message","role":"assistant"}' --args content id tool_calls reasoning_content model ts seq
	odd '{"type":"message","role":"tool","tool_call_id":"c"}' --args content tool_call_id agent
	odd '{"type":"usage"}' --args input_tokens cached_input_tokens cost_usd
	odd '{"type":"delta","message_id":"m","kind":"text","text":""}' --args message_id text index
	odd '{"type":"tool.call","call_id":"c"}' --args call_id tool arguments
	odd '{"type":"tool.result","call_id":"d"}' --args call_id content is_error status
	odd '{"type":"plan","entries":[]}' --args entries
	odd '{"type":"result","usage":{}}' --args text usage exit_code
	odd '{"type":"turn.end","ts":"x","seq":7}' --args ts seq session_id stop_reason
	echo '{"type":"delta","message_id":"z","kind":"text","text":"the last"}'
} >ours
{
	odd '{"type":"assistant","message":{}}' --args message message.content message.usage message.id
	odd '{"type":"user","message":{"content":[{"type":"tool_result"}]}}' --args message message.content
	odd '{"type":"result","usage":{}}' --args usage result is_error
} >claude
{
	for i in command_execution mcp_tool_call agent_message todo_list file_change; do
		odd "{\"type\":\"item.completed\",\"item\":{\"type\":\"$i\",\"id\":\"$i\"}}" --args item \
		    item.id item.text item.items item.server item.result item.error item.aggregated_output
	done
	odd '{"type":"turn.completed","usage":{}}' --args usage usage.input_tokens
	odd '{"type":"turn.failed"}' --args error
} >codex
{
	odd '{"type":"message","role":"assistant","content":"x"}' --args content role timestamp
	odd '{"type":"tool_result","tool_id":"i"}' --args tool_id output error status
	odd '{"type":"tool_use","tool_id":"i"}' --args tool_id tool_name parameters
	odd '{"type":"result","stats":{}}' --args stats stats.cached status
} >gemini
is "$(cat ours claude codex gemini | wc -l | xargs)" 961 'many of them'
echo '{"type":"message","id":"last","seq":1,"session_id":"a","ts":"2026-01-01T00:00:00.000Z","role":"assistant","content":"the last"}' >>ours
for f in text 'text, calls, results, errors, reasoning, to_chat' 'to_batch(.; "x")' 'table(.)'; do
	like "$(jq -c -L "$J" "include \"agent\"; $f" ours 2>&1 | tail -n 1)" 'the last' "agent: $f"
done
like "$(jq -nc -L "$J" 'include "agent"; fold_deltas(inputs)' ours 2>&1 |
    tail -n 1)" 'the last' 'agent: fold_deltas'
json_is "$(jq -nc -L "$J" 'include "agent"; usage(inputs)' ours | jq -c .requests)" 30 'agent: usage'
echo '{"type":"assistant","message":{"id":"z","content":"the last"}}' >>claude
echo '{"type":"item.completed","item":{"id":"z","type":"agent_message","text":"the last"}}' >>codex
echo '{"type":"message","role":"assistant","content":"the last"}' >>gemini
for x in claude codex gemini; do
	like "$(jq -nc -L "$J" "include \"agent-$x\"; include \"agent\"; to_$x(inputs)" ours 2>&1 |
	    tail -n 1)" 'the last' "$x: to"
	like "$(jq -nc -L "$J" "include \"agent-$x\"; include \"agent\"; from_$x(inputs)" $x 2>&1 |
	    tail -n 1)" 'the last' "$x: from"
done
jq -nc -L "$J" 'include "agent-otlp"; include "agent"; to_otlp(inputs)' ours >o 2>&1
jq_ok .resourceSpans 'otlp: to' o
# What fails behind them is not taken for theirs.
status_is 5 jq -nc -L "$J" 'include "agent-claude"; include "agent"; from_claude(inputs) | error("x")' claude
done_testing
