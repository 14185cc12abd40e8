#!/bin/sh
# agent-gate batch: a run that was killed goes on, with nothing lost and
# nothing asked twice.  BATCH_KILLS (10) is how often it is killed.
. "$(dirname "$0")/lib.sh"
# The make that may run us is none of this.
unset MAKEFLAGS MFLAGS MAKELEVEL
KILLS=${BATCH_KILLS:-10}
export TEST_TIMEOUT=300
many() {	# many N: requests r1 to rN
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"custom_id\":\"r%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"q%d.\"}]}}\n", i, i }'
}
ids() { jq -r .custom_id "$1" | sort; }
asked() {	# a line for each of the log
	jq -r 'if .turn then .body.messages[-1].content else "-" end' "$MODELD_LOG"
}

# row 1
# ---- killed at random moments
modeld_start 'default text "ok" delay 3ms' --max-seconds 300
many $((KILLS * 60)) >in
i=0 twice='' torn=''
while [ $i -lt "$KILLS" ]; do
	i=$((i + 1))
	agent-gate batch -q -j 3 --url "$URL" -o out in 2>err &
	pid=$!
	sleep "0.0$((i * 7 % 10))$((i % 10))"
	{ kill -9 $pid; wait $pid; } 2>err
	# What is acknowledged now must never be asked again.
	n=$(wc -l <"$MODELD_LOG")
	[ ! -f out ] || jq -Rr 'fromjson? | .custom_id | sub("r"; "q") + "."' \
	    out | sort >done.$i
	[ -f done.$i ] || : >done.$i
	echo "$n" >mark.$i
	# Now and then the last line is torn, too.
	if [ $((i % 3)) = 0 ] && [ -s out ]; then
		printf '{"id":"batch_req_0","custom_id":"r' >>out
		torn=1
	fi
done
ok 'the last run' agent-gate batch -j 3 --url "$URL" -o out in
[ -z "$torn" ] || [ $((i % 3)) != 0 ] ||
    like "$(cat "$ERR")" 'cut off' 'says that a line was cut off'
is "$(ids out | tr '\n' ' ')" "$(ids in | tr '\n' ' ')" \
    "every id exactly once after $KILLS kills"
jq -e '.error == null' out >why
_if $? 'all of them good' ''
asked >log
i=0
while [ $i -lt "$KILLS" ]; do
	i=$((i + 1))
	tail -n "+$(($(cat mark.$i) + 1))" log | sort -u | comm -12 - done.$i >again
	[ ! -s again ] || twice="$twice $i:$(head -n 1 again)"
done
is "$twice" '' 'what was acknowledged was not asked again'
n=$(wc -l <"$MODELD_LOG")
ok 'once more' agent-gate batch --url "$URL" -o out in
is "$(wc -l <"$MODELD_LOG")" "$n" 'asks nothing'
jq_ok ".before == $((KILLS * 60)) and .ok == .before and .requests == 0" 'and says so' "$ERR"

# ---- the end of the file
many 3 >in
good() { printf '{"id":"x","custom_id":"r1","response":{"status_code":200,"request_id":null,"body":{}},"error":null}'; }
good >out
ok 'a whole line without its end' agent-gate batch --url "$URL" -o out in
jq_ok '.before == 1 and .requests == 2' 'is kept' "$ERR"
is "$(ids out | tr '\n' ' ')" 'r1 r2 r3 ' 'and ended'
{ good; echo; printf '\0\0\0\0'; } >out
ok 'zeros at the end' agent-gate batch --url "$URL" -o out in
is "$(ids out | tr '\n' ' ')" 'r1 r2 r3 ' 'are dropped'
{ good; echo; echo '{"broken'; } >out
ok 'a bad line in the middle' agent-gate batch --url "$URL" -o out in
like "$(cat "$ERR")" '1 lines? make no sense' 'is told'
printf 'my notes' >notes
status_is 65 agent-gate batch --url "$URL" -o notes in
echo 'my notes' >notes
status_is 65 agent-gate batch --url "$URL" -o notes in
status_is 65 agent-gate batch --url "$URL" -o in in
is "$(cat notes)" 'my notes' 'no other file is harmed'
rm -f out
ok 'a link' sh -c 'ln -s real out && agent-gate batch -q --url "$1" -o out in' \
    sh "$URL"
[ -L out ] && [ -s real ]; _if $? 'stays one' ''

# ---- failures that may be asked again
modeld_start 'repeat 6 status 503
default text "ok"'
rm -f out
many 4 >in
status_is 75 agent-gate batch --retries 0 --url "$URL" -o out in
jq_ok '.retryable == 4 and .failed == 0 and .left == 0' 'retryable' "$ERR"
is "$(jq -r '.error | [.code, .retryable, .attempts] | @csv' out | sort -u)" \
    '"overloaded",true,1' 'lines that say so'
status_is 75 agent-gate batch --retries 0 --url "$URL" -o out in
is "$(ids out | tr '\n' ' ')" 'r1 r2 r3 r4 ' 'still a line each'
is "$(jq -r 'select(.error).error.attempts' out | sort -u)" 2 'attempts add up'
ok 'the third run' agent-gate batch --keep-order --url "$URL" -o out in
is "$(jq -r '[.custom_id, .error] | @csv' out | tr '\n' ' ')" \
    '"r1", "r2", "r3", "r4", ' 'is complete, in order'
is "$(ls | grep -c tmp)" 0 'nothing is left behind'
modeld_start 'default status 503'
rm -f out
status_is 75 agent-gate batch --retries 0 --attempts 2 --url "$URL" -o out in
status_is 1 agent-gate batch --retries 0 --attempts 2 --url "$URL" -o out in
jq_ok '.failed == 4' 'attempts are bounded' "$ERR"
n=$(wc -l <"$MODELD_LOG")
status_is 1 agent-gate batch --retries 0 --attempts 2 --url "$URL" -o out in
is "$(wc -l <"$MODELD_LOG")" "$n" 'and then over'
modeld_start 'default text "ok"'
ok '--retry-failed' agent-gate batch --retry-failed --url "$URL" -o out in
is "$(ids out | tr '\n' ' ')" 'r1 r2 r3 r4 ' 'asks them again'

# ---- one at a time has the file
modeld_start 'default text "ok" delay 2s'
rm -f out
agent-gate batch -q --url "$URL" -o out in 2>err &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do [ ! -f out ] || break; sleep 0.1; done
sleep 0.1
status_is 75 agent-gate batch --url "$URL" -o out in
like "$(cat "$ERR")" 'another process' 'says why'
kill -9 $pid; wait $pid

# ---- told to end
for sig in TERM XCPU HUP; do
	rm -f out
	agent-gate batch --grace 10s -j 2 --url "$URL" -o out in 2>err &
	pid=$!
	sleep 0.5; kill -s $sig $pid; wait $pid
	is "$?" 75 "$sig: exit 75"
	is "$(wc -l <out)" 2 "$sig: what was on its way is there"
	jq_ok '.left == 2 and .exit_code == 75' "$sig: the rest is left" err
done
rm -f out
agent-gate batch --grace 100ms -j 2 --url "$URL" -o out in 2>err &
pid=$!
sleep 0.4; kill $pid; wait $pid
is "$? $(wc -l <out)" '75 0' 'abandoned when the grace is over'
if command -v timeout >/dev/null; then
	sig_is INT env $LEAKLESS timeout --preserve-status -s INT 0.4 sh -c 'trap - INT
	    exec agent-gate batch --grace 0ms --url "$1" in' sh "$URL"
fi
no_children_left
done_testing
