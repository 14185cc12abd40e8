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
q 'its result' '[false,null]' agent '[inputs | results | .is_error]' -n <s
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
done_testing
