#!/bin/sh
# agent-chat as a coprocess: a turn for each message, what is asked while a
# turn is under way is heard at once, and the end of the input ends nothing
# that was asked before.
. "$(dirname "$0")/lib.sh"

modeld_start 'set strict
when last-contains SLOW tokens 400 stream piece=1 pace=50ms
when last-role=tool text "Done."
when last-contains ASK call read_file {"path":".env"}
default text "Good day."'
export AGENT_MODEL_URL="$URL"
echo 'TEA_KEY=secret-tea' >.env
user() { printf '{"role":"user","content":"%s"}\n' "$1"; }

{ user one; user two; } | agent-chat --coprocess >out 2>err
is $? 0 'two prompts'
jq -se '.[0].type == "ready" and .[0].protocol == "agent-protocol/1" and
	.[0].session_id == .[1].session_id and .[1].type == "session" and
	[.[] | select(.type == "turn.end").turn] == [1, 2] and
	.[-1].type == "result" and .[-1].exit_code == 0' out >"$OUT"
_if $? 'are two turns, in order, of one session' "$(cat out err)"

{ echo '{"role":"assistant","content":"x"}'; echo nonsense
  echo '{"type":"unheard.of"}'; echo '{"type":"cancel"}'
  echo '{"type":"permission.reply","id":"p9","decision":"allow"}'
  user one; } | agent-chat --coprocess >out 2>err
is $? 0 'lines that are nothing end nothing'
is "$(jq -r 'select(.type == "error").code' out | tr '\n' ' ')" 'data data ' \
    'what is wrong is told'
is "$(jq -r 'select(.type == "turn.end").stop_reason' out)" end_turn \
    'a cancel between turns cancels none'

# A prompt and its cancel that come at once.
printf '%s\n%s\n%s\n' "$(user SLOW)" '{"type":"cancel"}' "$(user two)" >in
timeout 30 agent-chat --coprocess <in >out 2>err
is "$? $(jq -r 'select(.type == "turn.end").stop_reason' out | xargs)" \
    '0 cancelled end_turn' 'a cancel right behind a prompt is of that one'
rm in

# talk: a coprocess with its lines in out, its input in fd 7.
talk() {
	rm -f in; mkfifo in
	agent-chat --coprocess <in >out 2>err &
	pid=$!
	exec 7>in
}
# until TYPE: wait until such a line is there.
until_line() {
	for _ in $(seq 400); do
		! grep -q "\"type\":\"$1\"" out || return 0
		sleep 0.05
	done
	return 1
}
talk
user SLOW >&7
until_line delta; _if $? 'a slow answer begins' "$(cat out err)"
user two >&7
echo '{"type":"cancel"}' >&7
exec 7>&-
wait $pid
is $? 0 'a turn was cancelled, the last one was well'
is "$(jq -r 'select(.type == "turn.end").stop_reason' out | tr '\n' ' ')" \
    'cancelled end_turn ' 'the cancelled one, and that which waited'

for say in allow deny; do
	talk
	user ASK >&7
	until_line permission.request
	_if $? 'the policy asks' "$(cat out err)"
	id=$(jq -r 'select(.type == "permission.request").id' out)
	echo "{\"type\":\"permission.reply\",\"id\":\"$id\",\"decision\":\"$say\"}" >&7
	exec 7>&-
	wait $pid
	is $? 0 "$say: the turn goes on"
	is "$(jq -r 'select(.type == "permission.reply").decision' out)" $say \
	    "$say: it is in the stream"
done
is "$(jq -r 'select(.type == "tool.result").status' out)" denied \
    'and the call did not run'

# A parent that has closed its end can not be asked, and is not waited for.
user ASK >asks
TEST_TIMEOUT=20 _run agent-chat --coprocess <asks
is "$STATUS $(jq -r 'select(.type == "permission.reply" or .type == "turn.end") | .decision // .stop_reason' "$OUT" | xargs)" \
    '77 deny end_turn' 'the input ends before the question'
talk
user ASK >&7
until_line permission.request
echo '{"type":"permission.reply","id":"p99","decision":"allow"}' >&7
exec 7>&-
wait $pid
is "$? $(jq -r 'select(.type == "permission.reply").decision' out)" '77 deny' 'and at the question'

status_is 2 agent-chat --coprocess -p x
status_is 2 agent-chat --offline --acp
no_children_left
done_testing
