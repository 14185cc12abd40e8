#!/bin/sh
# What agent-gate makes of talks that strict servers would refuse.
. "$(dirname "$0")/lib.sh"
export AGENT_MODEL=m
# row 14
# sent: the messages of the request for the talk on stdin; notes in err
sent() { agent-gate --dry-run "$@" 2>err | jq -c '.messages'; }
call() {	# call ID ARGUMENTS-AS-JSON
	jq -nc --arg id "$1" --argjson a "$2" '{role: "assistant", content: "",
	    tool_calls: [{id: $id, function: {name: "f", arguments: $a}}]}'
}
user() { echo '{"role":"user","content":"u"}'; }
result() { printf '{"role":"tool","tool_call_id":"%s","content":"r"}\n' "$1"; }

is "$({ user; call c1 '"{\"a\": 1}"'; result c1; } | sent |
    jq -c '.[1].tool_calls[0].function.arguments')" '"{\"a\": 1}"' \
    'good arguments stay byte for byte'
is "$({ user; call c1 '"{\"a\":"'; result c1; } | sent |
    jq -c '.[1].tool_calls[0].function.arguments')" '"{}"' 'broken ones do not'
like "$(cat err)" 'no JSON object' 'it says so'
is "$({ user; call c1 '{"a":1}'; result c1; } | sent |
    jq -c '.[1] | [.content, .tool_calls[0].function.arguments,
    .tool_calls[0].type]')" '[null,"{\"a\":1}","function"]' 'an object becomes a string'
is "$({ user; call c1 '"{}"'; user; } | sent | jq -c '[.[].role]')" \
    '["user","assistant","tool","user"]' 'a result that misses'
is "$({ user; call c1 '"{}"'; user; } | sent |
    jq -r '.[2] | .tool_call_id + " " + .content')" \
    'c1 effect unverified: no result of this call was recorded; it may or may not have run' \
    'is told as unknown'
like "$(cat err)" 'no result' 'with a note'
is "$({ user; call c1 '"{}"'; } | sent | jq -c '[.[].role]')" \
    '["user","assistant","tool"]' 'at the end as well'
is "$({ user; result c9; call c1 '"{}"'; result c1; result c1; } | sent |
    jq -c '[.[].role]')" '["user","assistant","tool"]' 'results without a call'
like "$(cat err)" 'left out' 'with a note'
is "$({ user; call c1 '"{}"'; result c1; call c1 '"{}"'; result c1; user; } |
    sent | jq -c '[.[] | .tool_calls[0].id // .tool_call_id // "-"]')" \
    '["-","c1","c1","c1_2","c1_2","-"]' 'an id that is used again'
is "$({ user; echo '{"role":"assistant","content":""}'
    echo '{"role":"assistant","content":null,"tool_calls":[]}'; user; } | sent |
    jq -c '[.[].role]')" '["user","user"]' 'empty messages'
is "$(echo '{"role":"developer","content":"d"}' | sent)" \
    '[{"role":"system","content":"d"}]' 'developer'
is "$(echo '{"type":"message","role":"user","content":"u","ts":"t","seq":1,"session_id":"s","id":"i","agent":{"a":1}}' |
    sent)" '[{"role":"user","content":"u"}]' 'what is ours stays here'
is "$({ user; echo '{"role":"assistant","content":"a","reasoning_content":"r","refusal":null,"agent":{}}'; user; } |
    sent | jq -c '.[1]')" '{"role":"assistant","content":"a"}' 'thoughts stay here'
is "$({ user; echo '{"role":"assistant","content":"a","reasoning_content":"r"}'; } |
    sent --url https://api.deepseek.com | jq -c '.[1].reasoning_content')" '"r"' \
    'but where they are wanted back'
is "$({ user; call c1 '"{}"'; echo '{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}'; } |
    sent | jq -c '.[2].content')" '"ab"' 'a result is a plain string'
is "$(printf '{"role":"user","content":"a\\ud800b \377"}\n' | sent |
    jq -c '.[0].content')" '"a�b �"' 'torn characters'
is "$(echo '{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]}' |
    sent | jq -c '.[0].content[0].type')" '"image_url"' 'parts stay'
{ echo '{"type":"tools","tools":[{"name":"g","input_schema":{"type":"object"}}]}'; user; } >talk
is "$(agent-gate --dry-run <talk | jq -c '.tools')" \
    '[{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}]' \
    'tools of a talk, in another form'
echo '{"type":"function","function":{"name":"h"}}' >lines
is "$(user | agent-gate --dry-run --tools lines | jq -r '.tools[0].function.name')" h 'tools, one a line'
is "$(AGENT_TOOLS=lines agent-gate --dry-run <talk | jq -r '.tools[].function.name')" g 'the talk goes first'
is "$(user | AGENT_TOOLS=lines agent-gate --no-tools --dry-run | jq -c .tools)" null 'none'
is "$(user | AGENT_TOOLS=lines agent-gate --dry-run | jq '.tools | length')" 1 'from the environment'
echo '[]' >none
is "$(user | agent-gate --dry-run --tools none | jq -c .tools)" null 'no empty list'
for bad in '{' '[1]' '[{"function":{}}]' '"x"'; do
	echo "$bad" >bad
	status_is 65 sh -c 'echo "{\"role\":\"user\",\"content\":\"u\"}" | agent-gate --dry-run --tools bad'
done
status_is 66 sh -c 'echo x | agent-gate --dry-run --tools absent'

# Servers that number their calls anew in each answer.
modeld_start 'default call f {"a":1} id=call_0 finish tool_calls'
echo '{"role":"user","content":"u"}' >again
for _ in 1 2 3; do
	agent-gate --url "$URL" --retries 0 <again >got
	jq -c '., (.tool_calls[]? | {role: "tool", tool_call_id: .id,
	    content: "r"})' got >>again
done
is "$(jq -r '.tool_calls[]?.id' again | sort -u | wc -l)" 3 'each call has its id'
modeld_stop

# A strict server finds nothing to say against any of it.
modeld_start 'default text ok'
{ user; call c1 '"oops"'; call c2 '{"x":1}'; result c2; result c7; user
  call c3 'null'; } >bad
ok 'a strict server' sh -c "agent-gate --url $URL --tools lines --retries 0 <bad"
modeld_ok
done_testing
