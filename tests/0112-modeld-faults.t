#!/bin/sh
# modeld's faults: stalls, cuts, garbage, raw bytes, connections; and its log,
# which must tell what the client did.  Times are only ever bounded from below.
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

ask='{"messages":[{"role":"user","content":"hi"}]}'
post() {
	_b=$1; shift
	_run curl -sS --noproxy '*' -m 20 -H 'Content-Type: application/json' \
	    -d "$_b" "$@" "$URL/chat/completions"
}
content() { jq -r '.choices[0].message.content' "$OUT"; }
logged() { jq_ok "$1" "$2" "$MODELD_LOG"; }
last() { tail -n 1 "$MODELD_LOG" | jq -r "$1"; }
took() { [ "$(last '(.t_reply - .t_request) / 1e6 | floor')" -ge "$1" ]; _if $? "$2" "$(last .)"; }
curl_fails() { [ "$STATUS" = "$1" ]; _if $? "$2" "curl $STATUS $(cat "$ERR")"; }

printf 'HTTP/1.1 203 Odd\r\nContent-Length: 3\r\n\r\nraw' >bytes
modeld_start 'delay 60ms text a
stall 60ms text b
stall 60ms at=header text c
stall 60ms at=body text d
stall 60ms at=end text e
stall 60ms after=5 text f
dribble 100 every 20ms text g
slow-header 1ms text h
huge-header 50000 text i
raw bytes
raw bytes keep
raw no-such-file
garbage 300
text n nolength
text o close
text p wrong-length 5'
for w in a b c d e f; do
	post "$ask"; is "$(content)" $w "delay and stall: $w"; took 60 "$w took its time"
done
post "$ask"; is "$(content)" g dribble; took 40 'dribble took its time'
post "$ask"; is "$(content)" h slow-header; took 60 'slow-header too'
post "$ask" -i; is "$(tr -d '\r' <"$OUT" | sed -n 's/^X-Huge: //p' | wc -c)" 50001 huge-header
post "$ask" -i; like "$(cat "$OUT")" '^HTTP/1.1 203 Odd' 'raw bytes'
is "$(tail -c 3 "$OUT")" raw 'raw body'
post "$ask"; is "$(cat "$OUT")" raw 'raw, kept open'
post "$ask"; jq_ok '.error.type == "script_error"' 'raw without file'
post "$ask" --http0.9
[ "$(wc -c <"$OUT")" -gt 100 ]; _if $? garbage "$(_said)"
post "$ask" -i; unlike "$(cat "$OUT")" '^(Content-Length|Transfer)' nolength
like "$(cat "$OUT")" '"content":"n"' 'nolength: content'
post "$ask" -i; like "$(cat "$OUT")" '^Connection: close' close
post "$ask"; is "$(wc -c <"$OUT")" 5 wrong-length

modeld_start 'text a cut
text b cut after=10
text c cut head=30
text d cut head=0
text e cut rst after=10
text f cut after=100
text g'
post "$ask"; curl_fails 18 'cut: partial'
is "$(last '[.fate, .complete, .closed_early] | tostring')" '["cut",false,false]' 'cut in the log'
post "$ask"; is "$(wc -c <"$OUT")" 10 'cut after=10'
post "$ask"; is "$(cat "$OUT")" '' 'cut in the header'
post "$ask"; curl_fails 52 'cut before anything'
post "$ask"; curl_fails 56 'reset'
post '{"stream":true,"messages":[{"role":"user","content":"hi"}]}'
curl_fails 18 'a stream cut'
post "$ask"; is "$(content)" g 'and the server goes on'

# Connections
modeld_start 'text a
text b silent-close
text c
default text d'
both() { _run curl -sS --noproxy '*' -H 'Content-Type: application/json' -d "$ask" \
    "$URL/chat/completions" -o o1 --next -sS --noproxy '*' \
    -H 'Content-Type: application/json' -d "$ask" "$URL/chat/completions" -o o2; }
both
is "$(jq -sc 'map(.conn)' "$MODELD_LOG")" '[1,1]' 'a connection is used again'
both
is "$(jq -sc 'map(.conn)' "$MODELD_LOG")" '[1,1,2,2]' 'a new one after that was closed unannounced'
post "$ask" --http1.0; is "$(content)" d 'HTTP/1.0'
post "$ask" -H 'Transfer-Encoding: chunked'; is "$(content)" d 'a chunked request'
head -c 3000000 /dev/zero | tr '\0' y >pad
printf '{"messages":[{"role":"user","content":"%s"}]}' "$(cat pad)" >big
post @big -H 'Expect: 100-continue'; is "$(content)" d 'a big request after 100-continue'
is "$(last .length)" 3000043 'its length is logged'

modeld_start 'when contains "slow" stall 300ms text slow
status 503
default text x'
one() { printf '{"messages":[{"role":"user","content":"%s"}]}' "$1"; }
json='Content-Type: application/json'
_run curl --parallel --parallel-immediate -sS --noproxy '*' -d "$(one slow)" -o o1 -H "$json" \
    "$URL/chat/completions" --next -sS --noproxy '*' -d "$(one fast)" -o o2 \
    -H "$json" "$URL/chat/completions"
is "$(jq -r '.body.messages[0].content' "$MODELD_LOG" | tr '\n' ' ')" 'fast slow ' \
    'several connections at once'
modeld_start 'set idle 400ms
status 503
default text x'
post "$ask" --retry 1 --retry-delay 1
is "$(jq -sc 'map(.conn)' "$MODELD_LOG")" '[1,2]' 'an idle connection is closed'

# The log sees what a client does
modeld_start 'tokens 100000 stream pace=5ms
text b stall 10s
text c'
post '{"stream":true,"messages":[{"role":"user","content":"hi"}]}' -m 0.3
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$MODELD_LOG" ] && break; sleep 0.1; done
logged '.closed_early and (.complete | not) and .sent < .total' 'a client that leaves'
post "$ask" -m 0.2
post "$ask"
is "$(content)" c 'and the server goes on'
is "$(jq -sc 'map(.closed_early)' "$MODELD_LOG")" '[true,true,false]' 'also one that left in a stall'
logged '.body.messages[0].role == "user" and .headers["content-type"] ==
    "application/json" and .method == "POST"' 'body and headers'
logged '.t_first <= .t_request and .t_request <= .t_reply' 'times in order'

modeld_start 'default text x' --brief
post "$ask"
logged '.path and (has("body") | not) and .length == 45' 'brief'

# Failures by chance are repeatable and use up no step
run() {
	modeld_start 'when n<1000 text "{n}"' --fail-rate 40 --seed "$1"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do post "$ask"; done
	jq -sc 'map(.injected // .turn)' "$MODELD_LOG" >"$2"
}
run 7 a; run 7 b; run 8 c
is "$(cat a)" "$(cat b)" 'the same seed, the same failures'
like "$(cat a)" '"(500|503|429|reset)"' 'there are some'
[ "$(cat a)" != "$(cat c)" ]; _if $? 'another seed, other failures' "$(cat a c)"
is "$(jq -c '[.[] | numbers]' a)" "$(jq -c '[.[] | numbers] | [range(1; length + 1)]' a)" \
    'no step is lost'

# It ends by itself
status_is 124 "$STUB/modeld" --max-seconds 0.1 /dev/null
mkfifo port
sh -c '"$1" /dev/null >port 2>/dev/null & cat port; kill -9 $$' sh "$STUB/modeld" >p 2>&1
no_children_left 'it ends with its parent'
status_is 2 "$STUB/modeld" no-such-file
for bad in 'sing' 'text' 'text "x' 'when' 'when a=1 text b' 'call f {' 'set x' \
    ' text x' 'dribble 1' 'expects a'; do
	printf '%s\n' "$bad" >script
	status_is 2 "$STUB/modeld" script
done
done_testing
