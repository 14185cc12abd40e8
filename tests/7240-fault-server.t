#!/bin/sh
# A model server that is not there, shows the wrong certificate, says nothing,
# says it slowly, breaks off after any byte, or cuts its stream anywhere: told
# in time, the key stays here, no half call is run, and what is whole is whole.
# FAULTS=long: each byte.
# shellcheck disable=SC2154,SC2034
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
mkdir work && cd work || exit 99
good=$_meta/good bad='' out=$_meta/act.out err=$_meta/act.err
sums() { is "$bad" '' "$1"; bad=''; }
export AGENT_MODEL=m AGENT_MODEL_API_KEY="$SECRET"
echo '{"role":"user","content":"Hello."}' >talk
# refused WHAT URL ERE [VARIABLE=VALUE]: status 69, one line, the key unsent
refused() {
	env ${4:+"$4"} timeout -k 1 30 agent-gate --retries 0 --url "$2" <talk >"$out" 2>"$err"; st=$?
	[ $st = 69 ] && [ ! -s "$out" ] && [ "$(wc -l <"$err")" = 1 ] || bad="$bad $1:$st:$(head -n 2 "$err")"
	grep -qiE "$3" "$err" || bad="$bad $1:$(cat "$err")"
	env ${4:+"$4"} timeout -k 1 30 agent-chat -nq --url "$2" hi >"$out" 2>"$err"; st=$?
	[ $st = 69 ] && [ "$(wc -l <"$err")" -ge 1 ] || bad="$bad chat:$1:$st:$(head -n 2 "$err")"
}

# row 22 (E B S)
modeld_start 'text x'; modeld_stop
refused none "$URL" 'cannot connect|refused'
refused name http://no-such-host.invalid/v1 'resolve|no-such-host'
refused names "http://$(head -c 300 /dev/zero | tr '\0' n).invalid/v1" 'resolve|host|URL|length'
sums 'nobody there, no such name: status 69, one line'
tls() {	# tls CERTIFICATE: $TLS is the port of a server that shows it
	openssl s_server -accept 127.0.0.1:0 -key key -cert "$1" -quiet >"$1.heard" 2>"$1.err" <&9 &
	server=$! TLS=''
	for _i in $(seq 100); do
		# It says its port only where it may speak; the kernel knows.
		TLS=$(ss -Hltnp 2>"$good" | awk -v p="pid=$server," 'index($0, p) { n = split($4, a, ":"); print a[n] }')
		[ -z "$TLS" ] || break
		sleep 0.05
	done
}
made() { openssl req -newkey rsa:2048 -nodes -keyout key -out csr -subj /CN=localhost >"$good" 2>&1 &&
    openssl x509 -req -in csr -signkey key -days 30 -extfile names -out fresh >"$good" 2>&1 &&
    openssl x509 -req -in csr -signkey key -days 30 -extfile others -out other >"$good" 2>&1 &&
    openssl x509 -req -in csr -signkey key -days -1 -extfile names -out expired >"$good" 2>&1; }
echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >names; echo 'subjectAltName=DNS:other.example' >others
if command -v openssl >"$good" && command -v ss >"$good" && made; then
	mkfifo never; exec 9<>never
	tls fresh; refused self-signed "https://127.0.0.1:$TLS/v1" 'self.signed|certificate|issuer|trust'
	# Known by name, it gets as far as to be asked.
	SSL_CERT_FILE=$PWD/fresh timeout -k 1 5 agent-gate --retries 0 --first-byte-timeout 300ms --url "https://127.0.0.1:$TLS/v1" <talk >"$out" 2>"$err"
	is "$? $(grep -c '^POST /v1/chat/completions' fresh.heard)" '124 1' 'a certificate that is known is taken' || diag "$(cat "$err")"
	is "$(grep -cF "$SECRET" fresh.heard)" 1 'and given the key'; rm fresh.heard
	kill $server; wait $server 2>"$good"
	tls other; refused other-host "https://127.0.0.1:$TLS/v1" 'match|name|certificate' SSL_CERT_FILE="$PWD/other"
	kill $server; wait $server 2>"$good"
	tls expired; refused expired "https://127.0.0.1:$TLS/v1" 'expired|certificate' SSL_CERT_FILE="$PWD/expired"
	kill $server; wait $server 2>"$good"
	modeld_start 'default text x'
	refused plain "https://${URL#http://}" 'TLS|SSL|wrong version|packet'; modeld_stop
	exec 9>&-
	is "$(cat other.heard expired.heard)" '' 'who shows a wrong one hears nothing'
	sums 'self-signed, of another host, expired, no TLS: status 69, one line'
else
	skip 'no openssl or ss here' 'TLS'
fi

# row 23 (B)
modeld_start 'when n=1 tokens 10 stream piece=1 batch=1 pace=150ms
when n=2 dribble 9 every 50ms text "slow but sure"
when n=3 slow-header 8ms text "slow but sure"
when n=4 tokens 60 stream piece=1 batch=1 pace=10ms
when n=5 stall 60s at=start text x
when n=6 stall 60s at=header text x
when n=7 stall 60s at=body after=300 text "a b c d" stream piece=1
when n=8 delay 60s text x'
for n in 1 2 3 4; do
	timeout -k 1 40 agent-gate --retries 0 --stream --url "$URL" --first-byte-timeout 8s --idle-timeout 8s <talk >"$out" 2>"$err"
	[ $? = 0 ] || bad="$bad $n:$(cat "$err")"
done
timeout -k 1 40 agent-gate --retries 0 --stream --url "$URL" --first-byte-timeout 200ms --idle-timeout 60s <talk >"$out" 2>"$err"
[ $? = 124 ] || bad="$bad 5:$(cat "$err")"
for n in 6 7; do
	timeout -k 1 40 agent-gate --retries 0 --stream --url "$URL" --first-byte-timeout 500ms --idle-timeout 200ms <talk >"$out" 2>"$err"
	[ $? = 124 ] || bad="$bad $n:$(cat "$err")"
done
timeout -k 1 40 agent-chat -nq --url "$URL" --timeout 500ms hi >"$out" 2>"$err"
[ $? = 124 ] || bad="$bad chat:$(cat "$err")"
sums 'what moves is not cut, however slowly; what is silent is, in time'
modeld_stop

# row 24 (T E): a step for each place where it breaks off
reply='text "Some words, then a call." call shell {"command":"echo ran >>ran"} stream piece=3'
modeld_start "$reply"
agent-gate --retries 0 --stream --url "$URL" <talk >whole 2>"$err"
curl -s -d '{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}' -H 'content-type: application/json' "$URL/chat/completions" >"$good"
modeld_stop
modeld_start "default $reply"
size=$(curl -s -d '{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}' -H 'content-type: application/json' "$URL/chat/completions" | wc -c)
modeld_stop
{ k=0; while [ $k -lt "$size" ]; do
	echo "$reply cut after=$k$([ $((k % 2)) = 0 ] || echo ' rst')"
	[ -n "$LONG" ] && k=$((k + 1)) || k=$((k + size / 23))
done; } >steps
modeld_start "$PWD/steps" --max-seconds 900
i=0; : >cut-whole; : >cut-short
while i=$((i + 1)); [ $i -le "$(wc -l <steps)" ]; do
	timeout -k 1 30 agent-gate --retries 0 --stream --url "$URL" <talk >"cut.$i" 2>"$err"; st=$?
	case $st in
	0) tail -n 1 "cut.$i" >>cut-whole ;;
	75 | 76) [ "$(wc -l <"$err")" = 1 ] || bad="$bad $i:$(head -n 2 "$err")"
	    cat "cut.$i" >>cut-short ;;
	*) bad="$bad $i:status$st:$(head -n 1 "$err")" ;;
	esac
done
jq -se 'all(.tool_calls | length == 1 and all(.function.arguments | fromjson))' cut-whole >"$good" 2>&1 || bad="$bad half:$(cat "$good")"
[ -z "$(jq -c 'select(.tool_calls)' cut-short 2>&1)" ] || bad="$bad call:$(jq -c 'select(.tool_calls)' cut-short 2>&1 | head -n 2)"
# Each is JSON, and ends with a whole line.
jq -n 'reduce inputs as $x (0; 0)' cut.* >"$good" 2>&1 || bad="$bad stdout:$(cat "$good")"
sums "broken off at $((i - 1)) of $size bytes, by turns with a reset: no half call"
modeld_stop
# Which are fewer: each is tried again for some seconds.
awk -v n="${LONG:+50}" 'NR % (n ? n : 6) == 1' steps >some
modeld_start "$(cat some)" --max-seconds 900
while read -r step; do	# the server takes them in this order, too
	rm -f ran
	AGENT_RETRIES=0 timeout -k 1 30 agent-chat -nq --url "$URL" --format events --timeout 20s go >"$out" 2>"$err"; st=$?
	[ ! -e ran ] || bad="$bad $step:ran"
	[ $st != 0 ] || bad="$bad $step:status0"
	tail -n 1 "$out" | jq -e ".type == \"result\" and .exit_code == $st" >"$good" || bad="$bad $step:result"
	jq -se 'map(.seq) == [range(length)]' "$(session)" >"$good" || bad="$bad $step:seq"
done <some
sums 'agent-chat: the call is not run, the session is in order'
modeld_stop

# row 25 (B): the same words, wherever the stream is cut into pieces
odd='text "Caf\u00e9 \ud83e\udd8a \u4e2d\u6587, \"quotes\" \\ and more." call f {"a":"\u00e9\ud83e\udd8a"} usage in=3 out=5 stream'
: >steps
for how in '' crlf cr comments nospace bom 'piece=1' nodone blanks; do
	for n in '' 1 2 3 7 ${LONG:+5 11 13 17 64 100}; do printf "%s\n" "$odd ${n:+chunk=$n }$how"; done
done >>steps
modeld_start "$PWD/steps" --max-seconds 900
i=0
while i=$((i + 1)); [ $i -le "$(wc -l <steps)" ]; do
	agent-gate --retries 0 --url "$URL" <talk >got 2>"$err" && [ "$(wc -l <got)" = 1 ] || bad="$bad $(sed -n ${i}p steps | cut -d' ' -f 20-):$(head -c 200 got "$err")"
	cat got >>ways
done
jq -c 'del(.agent.request_id, .tool_calls[].id)' ways >got
head -n 1 got >want
awk 'NR == 1 { want = $0 } $0 != want { print NR ": " $0 }' got >"$good"
[ -s want ] && [ "$(wc -l <got)" = $((i - 1)) ] && [ ! -s "$good" ] || bad="$bad $(head -c 500 "$good")"
sums "$((i - 1)) ways to cut a stream into pieces: the same message"
modeld_stop
no_children_left
# The servers of this test were given it.
rm -f ./*.heard; secretless
done_testing
