#!/bin/sh
# What agent-protocol(7) says of the coprocesses, sentence by sentence.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
export AGENT_MODEL=test-model
mkdir work && cd work || exit 99
echo 'buy tea' >notes.txt
got=$TRASH/got

open() {	# open COMMAND...: a coprocess on descriptor 3, its lines in $got
	rm -f "$TRASH/to"; mkfifo "$TRASH/to"; : >"$got"
	"$@" <"$TRASH/to" >"$got" 2>"$ERR" &
	child=$!
	exec 3>"$TRASH/to"
}
tell() { printf '%s\n' "$@" >&3; }
count() { jq -s --arg t "$1" 'map(select(.type == $t)) | length' "$got"; }
await() {	# await N TYPE: until that many lines of the type have come
	_k=0
	while [ $_k -lt 100 ]; do
		[ "$(count "$2")" -lt "$1" ] || return 0
		_k=$((_k + 1)); sleep 0.1
	done
	fail "waited for $1 $2" "$(cat "$got" "$ERR")"
}
close() {	# close STATUS NAME: the end of input, and how it left
	exec 3>&-
	wait $child
	is $? "$1" "$2"
}
since() { jq -sc "$1" "$got"; }		# over all lines as an array

modeld_start 'set strict
set reuse-ids
when last-contains "slow" text "One two three" stall 30s at=body after=400
when last-contains "fail" status 400 message="bad thing"
when last-contains "tools?" tools=yes text "yes"
when last-contains "tools?" text "no"
default text "n={n}"'
export AGENT_MODEL_URL="$URL"
user() { printf '{"role":"user","content":"%s"}' "$1"; }

open agent-gate --coprocess
await 1 ready
is "$(since 'length')" 1 'ready is the first line, before anything was read'
tell '{"type":"cancel"}' '{"type":"cancel","id":"none"}' \
    '{"type":"of the future","a":1}' '' "$(user a)" \
    '{"type":"request","id":"r1"}'
await 1 'done'
is "$(since '[.[1:][] | .type]')" '["message","done"]' \
    'cancel of nothing and unknown lines change nothing'
is "$(since '.[-1] | [.id, .exit_code]')" '["r1",0]' 'done echoes the id'
is "$(since 'map(select(.type == "delta")) | length')" 0 \
    'no deltas that were not asked for'

tell "$(user b)" '{"type":"request","id":"r2","stream":true}' \
    "$(user c)" '{"type":"request","id":"r3"}'
await 3 'done'
is "$(since 'map(select(.type == "done").id)')" '["r1","r2","r3"]' \
    'requests are answered one after the other'
is "$(jq -sc 'map(select(.turn == 3).body.messages | map(.role))[0]' \
    "$MODELD_LOG")" \
    '["user","assistant","user","assistant","user"]' \
    'answers join the history, lines that waited come after them'

tell "$(user fail)" '{"type":"request","id":"r4"}'
await 4 'done'
is "$(since '.[-2] | [.type, .code, .http_status, .retryable]')" \
    '["error","invalid_request",400,false]' 'a failure is an error event'
is "$(since '.[-1].exit_code')" 65 'and the status of its code'

tell '{"type":"reset"}' "$(user again)" '{"type":"request","id":"r5"}'
await 5 'done'
is "$(jq -sc 'map(select(.turn == 5).body.messages | length)[0]' \
    "$MODELD_LOG")" 1 'reset forgets the history'
tell '{"type":"tools","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}]}' \
    '{"type":"reset"}' "$(user 'tools?')" '{"type":"request","id":"r6"}'
await 6 'done'
is "$(since '.[-2].content')" '"yes"' 'tools are set, and outlive reset'
tell '{"type":"tools","tools":[]}' "$(user 'tools?')" \
    '{"type":"request","id":"r7"}'
await 7 'done'
is "$(since '.[-2].content')" '"no"' 'and can be taken back'

tell '{"type":"reset"}' "$(user slow)" \
    '{"type":"request","id":"r8","stream":true}'
await 1 delta
tell '{"type":"cancel","id":"r8"}'
await 8 'done'
is "$(since '.[-2] | [.type, .agent.cancelled, (.content | length > 0)]')" \
    '["message",true,true]' 'cancel keeps what had come'
is "$(since '.[-1] | [.id, .exit_code]')" '["r8",130]' 'with status 130'
tell '{"type":"reset"}' "$(user d)" '{"type":"request","id":"r9"}'
await 9 'done'
is "$(since '.[-1] | [.id, .exit_code]')" '["r9",0]' 'and work goes on'
tell 'nonsense' '{"role":"robot","content":"x"}' "$(user e)" \
    '{"type":"request","id":"r10"}'
await 10 'done'
is "$(since '.[-4:-2] | map([.type, .code])')" \
    '[["error","data"],["error","data"]]' 'bad lines are errors'
is "$(since '.[-1] | [.id, .exit_code]')" '["r10",0]' 'and it goes on'
close 0 'the end of input: it leaves with 0 when idle'

open agent-gate --coprocess
tell "$(user slow)" '{"type":"request","id":"e1","stream":true}'
await 1 delta
exec 3>&-
_k=0
while kill -0 $child && [ $_k -lt 50 ]; do _k=$((_k + 1)); sleep 0.1; done 2>"$ERR"
[ $_k -lt 50 ]
_if $? 'the end of input stops a request' "$(cat "$got")"
wait $child
modeld_stop

# A coprocess that cannot work, and filters with a bad line.
status_is 66 agent-tool run --coprocess -w "$TRASH/absent"
jq_ok '.type == "error" and .code == "no_input"' \
    'agent-tool says so on standard output, too'
unset AGENT_MODEL_URL
status_is 69 agent-gate --coprocess
jq_ok '.type == "error" and .code == "unavailable"' 'says why in a line'
export AGENT_MODEL_URL=offline:
printf '%s\n' "$(user a)" nonsense >"$TRASH/bad"
status_is 65 sh -c 'agent-gate <"$1"' - "$TRASH/bad"
like "$(cat "$ERR")" 'line 2' 'agent-gate names the line'
status_is 65 sh -c 'agent-tool run <"$1"' - "$TRASH/bad"
like "$(cat "$ERR")" '(line |:)2' 'agent-tool names the line'

# agent-tool.
call() {	# call ID NAME ARGUMENTS
	jq -nc --arg i "$1" --arg n "$2" --arg a "$3" \
	    '{id: $i, type: "function", function: {name: $n, arguments: $a}}'
}
says() {	# says ID|'' CALL...: a message of the assistant
	_id=$1; shift
	printf '%s\n' "$@" | jq -sc --arg id "$_id" '{role: "assistant",
	    content: null, tool_calls: .} | if $id == "" then .
	    else {type: "message", id: $id} + . end'
}
results='map(select(.role == "tool"))'
open agent-tool run --coprocess
await 1 ready
is "$(since '.[0] | [.program, .protocol, (.tools | type),
    (.workspace | startswith("/")), (.sandbox | type)]')" \
    '["agent-tool","agent-protocol/1","array",true,"object"]' \
    'ready says what the page says'
tell '{"type":"cancel"}' '{"type":"of the future"}' "$(user hello)" \
    '{"role":"assistant","content":"No calls."}'
await 1 'done'
is "$(since '.[1:] | map([.type, .id, .exit_code])')" '[["done",null,0]]' \
    'no calls: done alone; other lines are ignored'
tell "$(says m1 "$(call c1 read_file '{"path":"notes.txt"}')" \
    "$(call c2 read_file '{"path":')" "$(call c3 missing '{}')")"
await 2 'done'
is "$(since "$results | map(.tool_call_id)")" '["c1","c2","c3"]' \
    'one result a call, in order'
is "$(since "$results | map(.agent.is_error)")" '[false,true,true]' \
    'a call that fails is answered like one that succeeds'
is "$(since '.[-1] | [.type, .id, .exit_code]')" '["done","m1",0]' \
    'done has the id of the event'
tell "$(says '' "$(call d1 shell '{"command":"sleep 50"}')" \
    "$(call d2 shell '{"command":"echo never"}')")"
sleep 0.5
tell '{"type":"cancel"}'
await 3 'done'
is "$(since "$results | map(select(.tool_call_id | startswith(\"d\")))
    | map([.tool_call_id, .agent.status])")" \
    '[["d1","cancelled"],["d2","cancelled"]]' \
    'cancel stops the call that runs and those after it'
tell 'nonsense' "$(says m2 "$(call e1 read_file '{"path":"notes.txt"}')")"
await 4 'done'
is "$(since '.[-3:] | map([.type // .role, .code])')" \
    '[["error","data"],["tool",null],["done",null]]' \
    'a bad line is an error, and it goes on'
close 0 'the end of input: agent-tool leaves with 0'
no_children_left
done_testing
