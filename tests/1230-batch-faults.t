#!/bin/sh
# agent-gate batch: servers that fail, keys that are refused, disks that are
# full.
. "$(dirname "$0")/lib.sh"
# The make that may run us is none of this.
unset MAKEFLAGS MFLAGS MAKELEVEL
many() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"custom_id\":\"r%d\",\"messages\":[{\"role\":\"user\",\"content\":\"q%d.\"}]}\n", i, i }'
}
ids() { jq -r .custom_id "$1" | sort; }

# ---- 500 requests to a server that fails now and then
modeld_start 'default text "ok"' --fail-rate 10 --seed 7 --brief
many 500 >in
n=0
while n=$((n + 1)); do
	agent-gate batch -j 8 --retries 2 --url "$URL" -o out in 2>err
	STATUS=$?
	[ $STATUS = 75 ] && [ $n -lt 5 ] || break
done
is "$STATUS" 0 "500 requests, a tenth fails: all good after $n runs"
is "$(ids out | uniq | wc -l) $(wc -l <out)" '500 500' 'a line each'
is "$(jq -c 'select(.error)' out)" '' 'without an error'

# ---- every status
cat >script <<'EOT'
when contains "q1." status 400 message="bad"
when contains "q2." status 404
when contains "q3." status 413
when contains "q4." status 422
when contains "q5." status 429
when contains "q6." status 500
when contains "q7." status 503
when contains "q8." status 403
when contains "q9." body "<html>oops</html>"
when contains "q10." body ""
when contains "q11." body {"error":{"message":"context_length_exceeded","code":400}}
when contains "q12." cut
when contains "q13." status 400 body={"error":{"type":"exceed_context_size_error","message":"too long"}}
when contains "q14." as stream text "x"
default text "ok"
EOT
modeld_start script
many 15 | sort -t q -k 2 -r >in	# a good one first: 403 is of its line then
{ grep q15 in; grep -v q15 in; } >in2
rm -f out
status_is 1 agent-gate batch --retries 0 --url "$URL" -o out in2
is "$(jq -r '[.custom_id, .response.status_code // 0, .error.code // "-",
    .error.retryable // false] | join(" ")' out | sort -V)" \
'r1 400 invalid_request false
r2 404 config false
r3 413 context_overflow false
r4 422 invalid_request false
r5 429 rate_limit true
r6 500 unavailable true
r7 503 overloaded true
r8 403 auth false
r9 200 protocol false
r10 200 protocol false
r11 200 context_overflow false
r12 200 cut true
r13 400 context_overflow false
r14 200 protocol false
r15 200 - false' 'each status is told, and whether it may be asked again'
is "$(jq -r 'select(.custom_id == "r9").response.body' out)" \
    '<html>oops</html>' 'a body that is no JSON is a string'
is "$(jq -r 'select(.custom_id == "r13").response.body.error.type' out)" \
    exceed_context_size_error 'the body of an error'
like "$(jq -r 'select(.custom_id == "r1").error.message' out)" bad \
    'and what it says'

# ---- nothing at all can be done
modeld_start 'set key secret
default text "ok"'
rm -f out
status_is 77 agent-gate batch -j 4 --url "$URL" -o out in
is "$(wc -l <out)" 0 'no line for a wrong key'
like "$(head -n 1 "$ERR")" 'agent-gate: .*401' 'one line says why'
[ "$(wc -l <"$MODELD_LOG")" -le 9 ]; _if $? 'it stops at once' ''
AGENT_MODEL_API_KEY=secret ok 'and with the key' \
    agent-gate batch --url "$URL" -o out in
grep -q secret out "$ERR"; [ $? = 1 ]; _if $? 'which is in no output' ''
modeld_stop
rm -f out
status_is 69 agent-gate batch --retries 1 --url "$URL" -o out in
is "$(wc -l <out)" 0 'no line without a server'
jq -e '.left == 15' >why <<EOT
$(tail -n 1 "$ERR")
EOT
_if $? 'all is left' ''
# It goes away in the middle.
modeld_start 'repeat 5 text "ok"
default close'
( sleep 0.7; modeld_stop ) &
rm -f out
many 30 | sed 's/q/x/' >gone
modeld_start 'default text "ok" delay 100ms'
( sleep 0.5; kill "$MODELD_PID" ) &
status_is 75 agent-gate batch --retries 1 --url "$URL" -o out gone
jq_ok '.ok > 0 and .left > 0 and .failed == 0' 'done is done' "$ERR"

# ---- Retry-After holds everybody
modeld_start 'repeat 1 status 429 retry-after=1
default text "ok"'
many 6 >six
ok 'a server that asks to wait' agent-gate batch --url "$URL" six
jq -se '[.[] | select(.turn or .status == 429)] |
    .[1].t_first - .[0].t_first > 900000000' "$MODELD_LOG" >why
_if $? 'nobody asks meanwhile' "$(cat why)"

# ---- output
modeld_start 'default text "ok"'
status_is 74 sh -c 'agent-gate batch --url "$1" six >/dev/full' sh "$URL"
status_is 74 agent-gate batch --url "$URL" -o /dev/full six
status_is 73 agent-gate batch --url "$URL" -o nowhere/out six
# row 6
if unshare -rm sh -c 'mount -t tmpfs -o size=16k none /mnt' 2>/dev/null; then
	many 200 >in
	# shellcheck disable=SC2016
	ok 'a disk that fills up, and has room again' unshare -rm sh -c '
	    mount -t tmpfs -o size=16k none /mnt
	    agent-gate batch -q --url "$1" -o /mnt/out in; echo $? >full
	    cp /mnt/out kept
	    mount -o remount,size=1m none /mnt
	    agent-gate batch -q --url "$1" -o /mnt/out in || exit
	    cp /mnt/out out' sh "$URL"
	is "$(cat full)" 74 'full: exit 74'
	jq -e . kept >why 2>&1 && [ -z "$(tail -c 1 kept | tr -d '\n')" ]
	_if $? 'full: only whole lines' "$(tail -n 1 kept)"
	is "$(ids out | uniq | wc -l) $(wc -l <out)" '200 200' 'complete later'
else
	skip 'no mount here' 'a disk that fills up'
fi

# ---- what servers send
modeld_start 'when contains "q1." body "{\n  \"choices\": [\r\n], \"n\": 12345678901234567890 }\n"
when contains "q2." text "\ud83d\ude00 é"
default header "x-request-id: req-7" text "ok"'
many 3 >in
rm -f out
ok 'odd bodies' agent-gate batch --url "$URL" -o out in
is "$(wc -l <out)" 3 'a line each'
like "$(grep r1 out)" 12345678901234567890 'numbers as they came'
is "$(jq -r 'select(.custom_id == "r3").response.request_id' out)" req-7 \
    'the id of the request'
no_children_left
done_testing
