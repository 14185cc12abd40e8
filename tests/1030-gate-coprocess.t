#!/bin/sh
# agent-gate as a coprocess: agent-protocol(7) line by line.
. "$(dirname "$0")/lib.sh"
export AGENT_MODEL=m

# start [OPTION...]: a coprocess on descriptors 8 (to it) and 9 (from it)
start() {
	rm -f to from; mkfifo to from
	# A background job of sh ignores interrupts.
	env --default-signal=INT agent-gate --coprocess "$@" <to >from 2>err &
	pid=$!
	exec 8>to 9<from
}
say() { printf '%s\n' "$@" >&8; }
hear() { IFS= read -r line <&9; }
until_done() {	# all lines of a request, in the file answer
	: >answer
	while hear; do
		printf '%s\n' "$line" >>answer
		case $line in *'"type":"done"'*) return ;; esac
	done
}
finish() { exec 8>&- 9<&-; wait "$pid"; st=$?; }

# ---- offline
start --offline
hear
json_is "$(echo "$line" | jq -c 'del(.version)')" '{"type":"ready",
    "protocol":"agent-protocol/1","program":"agent-gate","model":"offline",
    "url":"offline:","source":"offline","factor":1,"vision":false}' 'ready comes first'
say '{"role":"system","content":"Be short."}' \
    '{"role":"user","content":"Hello."}' '{"type":"request","id":"r1","stream":true}'
until_done
is "$(jq -r .type answer | uniq | tr '\n' ' ')" 'delta message done ' 'streamed'
is "$(jq -r 'select(.type == "delta").message_id' answer | uniq)" r1 \
    'deltas name the request'
is "$(jq -rj 'select(.type == "delta").text' answer)" \
    "$(jq -r 'select(.type == "message").content' answer)" 'deltas add up'
json_is "$(tail -n 1 answer)" '{"type":"done","id":"r1","exit_code":0}' 'done'
say '{"type":"cancel"}' '{"type":"unknown"}' '{"type":"request","id":"r2"}'
until_done
is "$(jq -r .type answer | tr '\n' ' ')" 'message done ' 'not streamed'
say '{"type":"reset"}' '{"type":"request","id":"r3"}'
until_done
json_is "$(tail -n 1 answer)" '{"type":"done","id":"r3","exit_code":66}' \
    'nothing to answer after a reset'
is "$(jq -r 'select(.type == "error").code' answer)" no_input 'its error'
say '{"type":"tools","tools":[{"type":"function","function":{"name":"list_files"}}]}' \
    '{"role":"user","content":"ls"}' '{"type":"request"}'
until_done
is "$(jq -r 'select(.tool_calls).tool_calls[0].function.name' answer)" \
    list_files 'tools are offered'
is "$(tail -n 1 answer | jq -c .id)" null 'a request without an id'
say 'nonsense' '[1]'
hear
is "$(echo "$line" | jq -r '.type + " " + .code')" 'error data' 'a bad line'
hear
say '{"type":"request","id":"r4"}'
until_done
is "$(tail -n 1 answer | jq -r .exit_code)" 0 'it goes on'
finish
is $st 0 'leaves with 0 when idle'
is "$(sh -c 'printf "%s\n" "{\"role\":\"user\",\"content\":\"a\"}" \
    "{\"type\":\"request\",\"id\":\"1\"}" "{\"type\":\"request\",\"id\":\"2\"}" \
    "{\"type\":\"cancel\",\"id\":\"2\"}" | agent-gate --coprocess --offline' |
    jq -r 'select(.type == "done") | "\(.id) \(.exit_code)"' | tr '\n' ' ')" \
    '1 0 2 130 ' 'a request that waits can be cancelled'

# ---- a server: growing history, kept connection
modeld_start 'text "one" expect-not "two"
text "two" call f {"a":1} id=c1 expect "\"content\":\"one\""
text "three" expect "effect unverified" expect-last "go on"
text "four"'
start --url "$URL" --retries 0
hear
is "$(echo "$line" | jq -r '"\(.model) \(.url) \(.source)"')" "m $URL flag" 'ready'
for q in first second 'go on' 'and on'; do
	say "{\"role\":\"user\",\"content\":\"$q\"}" '{"type":"request","id":"x","stream":true}'
	until_done
	is "$(tail -n 1 answer | jq -r .exit_code)" 0 "$q"
done
is "$(jq -r 'select(.type == "message").content' answer)" four 'the fourth answer'
finish
is "$(jq -s '[.[] | select(.path | endswith("completions")).conn] | unique | length' \
    "$MODELD_LOG")" 1 'one connection'
modeld_ok 'every request was sound'
modeld_stop

# ---- cancelling
modeld_start 'default text "one two three" stall 30s after=600
    stream piece=4 batch=1'
start --url "$URL" --retries 0
hear
say '{"role":"user","content":"x"}' '{"type":"request","id":"a","stream":true}'
hear
like "$line" '"delta"' 'a piece comes'
say '{"type":"cancel","id":"other"}' '{"role":"user","content":"y"}' \
    '{"type":"cancel","id":"a"}'
until_done
json_is "$(tail -n 1 answer)" '{"type":"done","id":"a","exit_code":130}' 'cancelled'
is "$(jq -r 'select(.type == "message").agent.cancelled' answer)" true 'marked'
like "$(jq -r 'select(.type == "message").content' answer)" '^one' \
    'what had come is kept'
say '{"type":"request","id":"b","stream":true}'
hear
kill -INT $pid
until_done
is "$(tail -n 1 answer | jq -c '[.id, .exit_code]')" '["b",130]' 'by a signal'
kill -INT $pid; sleep 0.2
say '{"type":"request","id":"c","stream":true}'
hear
exec 8>&-
until_done
is "$(tail -n 1 answer | jq -c '[.id, .exit_code]')" '["c",130]' \
    'by the end of the input'
exec 9<&-; wait $pid; is $? 130 'and it leaves'
sleep 0.3
is "$(jq -s '[.[] | select(.closed_early)] | length' "$MODELD_LOG")" 3 \
    'the server saw each end'
start --url "$URL" --retries 0
hear
say '{"role":"user","content":"x"}' '{"type":"request","id":"a","stream":true}'
hear
kill -TERM $pid; wait $pid 2>wait
is $? 143 'SIGTERM'
exec 8>&- 9<&-
modeld_stop

# ---- a cancel during the wait for the next try, and before the first byte
modeld_start 'default status 503 retry-after=100 message=busy'
start --url "$URL"
hear
say '{"role":"user","content":"x"}' '{"type":"request","id":"a"}'
hear
is "$(echo "$line" | jq -c '[.type, .attempt, .status, .reason]')" \
    '["retry",1,503,"overloaded"]' 'a retry event'
say '{"type":"cancel"}'
until_done
is "$(tail -n 1 answer | jq .exit_code)" 130 'cancelled while it waits'
finish
modeld_stop
modeld_start 'default text x delay 30s'
start --url "$URL"
hear
say '{"role":"user","content":"x"}' '{"type":"request","id":"a"}'
sleep 0.3
say '{"type":"cancel"}'
until_done
is "$(tail -n 1 answer | jq .exit_code)" 130 'cancelled before the first byte'
finish
modeld_stop

# ---- errors, and a start that fails
modeld_start 'status 401 message="no such key"
text fine'
start --url "$URL"
hear
say '{"role":"user","content":"x"}' '{"type":"request","id":"a"}'
until_done
json_is "$(jq -c 'select(.type == "error") | [.code, .retryable, .http_status]' answer)" \
    '["auth",false,401]' 'an error event'
is "$(tail -n 1 answer | jq .exit_code)" 77 'its status'
say '{"type":"request","id":"b"}'
until_done
is "$(tail -n 1 answer | jq .exit_code)" 0 'the next request succeeds'
finish
is $st 0 'leaves with 0'
status_is 69 sh -c 'agent-gate --coprocess </dev/null'
jq_ok '.type == "error" and .code == "unavailable"' 'an error in place of ready'
status_is 66 sh -c 'agent-gate --coprocess --replay none </dev/null'
no_children_left
done_testing
