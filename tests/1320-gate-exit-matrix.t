#!/bin/sh
# Whatever goes wrong: the same status in the filter, in its stream and in the
# coprocess, the same code in the events, and one line for people.
. "$(dirname "$0")/lib.sh"
# row 21
echo '{"role":"user","content":"Hello."}' >talk
long=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

cat >script <<'EOT'
when model=400 status 400 message="no good"
when model=401 status 401 message="bad key"
when model=402 status 402 message="no money left"
when model=403 status 403 message="not for you"
when model=404 status 404 message="no such model"
when model=405 status 405 message="wrong way"
when model=408 status 408 message="too slow"
when model=409 status 409 message="conflict"
when model=413 status 413 body="<html><title>413 Request Entity Too Large</title></html>"
when model=422 status 422 body={"detail":[{"loc":["body"],"msg":"field required"}]}
when model=424 status 424 message="the engine failed"
when model=429 status 429 message="slow down"
when model=429-after status 429 retry-after=0 message="slow down"
when model=429-long status 429 retry-after=9999 message="slow down"
when model=500 status 500 message="broken"
when model=501 status 501 message="never"
when model=502 status 502 body="<html><title>502 Bad Gateway</title></html>"
when model=503 status 503 message="busy"
when model=503-loading status 503 retry-after=1 message="Loading model" type=unavailable_error
when model=504 status 504 message="too late"
when model=529 status 529 message="Overloaded"
when model=302 status 302 message="moved" header "Location: http://127.0.0.1:1/v1"
when model=stream-error text "a b" event {"error":{"message":"boom","code":502}} as stream
when model=stream-rate event {"error":{"message":"slow down","code":429}} as stream
when model=cut text "one two three" cut after=420 as stream
when model=reset text "one two three" cut after=420 rst as stream
when model=no-answer cut head=0
when model=head-only cut head=20
when model=idle text "a b c d" stall 20s after=420
when model=first-byte text x delay 20s
when model=slow text "a b c d" dribble 1 every 20ms
when model=overflow status 400 body={"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}
when model=overflow-words status 400 message="request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it"
when model=overflow-stream event {"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens","code":400}} as stream
when model=filter text "I" finish content_filter
when model=filter-400 status 400 body={"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering content management policy","status":400}}
when model=html body "<html><title>Welcome</title></html>"
when model=empty body ""
when model=nothing body {}
when model=garbage garbage 3000
set lenient
EOT
modeld_start script
# Nobody listens on this port any more, and nobody will soon.
closed=http://127.0.0.1:1

# matrix STATUS CODE NAME OPTION...: code - is an answer that was refused
matrix() {
	_want=$1 _code=$2 _name=$3; shift 3
	agent-gate "$@" <talk >got 2>err
	is "$? $(grep -c '' <err) $(grep -c '' <got)" \
	    "$_want 1 $([ "$_code" = - ] && echo 1 || echo 0)" "$_name: filter"
	like "$(cat err)" '^agent-gate: .' "$_name: the line"
	agent-gate --stream "$@" <talk >got 2>err
	is "$? $(grep -c '' <err) $(tail -n 1 got | jq -r '.code // "-"')" \
	    "$_want 1 $_code" "$_name: stream"
	: >got
	{ cat talk; echo '{"type":"request","id":"r","stream":true}'; dones 1; } |
	    agent-gate --coprocess "$@" >got 2>err
	is "$(jq -rs '[.[] | select(.type == "error").code] | join(" ")' got) $(
	    tail -n 1 got | jq -c '[.type, .id, .exit_code]')" \
	    "${_code#-} [\"done\",\"r\",$_want]" "$_name: coprocess"
}

# Not a byte of an answer.
matrix 69 unavailable refused --url $closed -m m --retries 0
matrix 69 unavailable 'unknown host' --url "http://$long.invalid/v1" -m m --retries 0
matrix 69 unavailable 'https to a plain server' -m m --retries 0 \
    --url "https${URL#http}"
if command -v openssl >/dev/null && openssl req -x509 -newkey ec -pkeyopt \
    ec_paramgen_curve:prime256v1 -nodes -keyout k.pem -out c.pem -days 2 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>log; then
	openssl s_server -accept 127.0.0.1:0 -key k.pem -cert c.pem -www \
	    >accept 2>&1 </dev/null &
	www=$!
	for _ in $(seq 100); do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' accept)
		[ -z "$port" ] || break
		sleep 0.1
	done
	if [ -n "$port" ]; then
		matrix 69 unavailable 'a certificate that nobody signed' \
		    --url "https://127.0.0.1:$port/v1" -m m --retries 2
		like "$(jq -r '.message // empty' got)" 'SSL_CERT_FILE' 'what to do'
		SSL_CERT_FILE=$TRASH/c.pem matrix 124 timeout 'one that is trusted' \
		    --url "https://127.0.0.1:$port/v1" -m m --retries 0 \
		    --first-byte-timeout 300ms
	else
		skip 'openssl s_server tells no port' TLS
	fi
	kill $www
else
	skip 'no openssl' 'TLS'
fi

while read -r want code name opts; do
	# shellcheck disable=SC2086
	matrix "$want" "$code" "$name" --url "$URL" -m "$name" --retries 0 $opts
done <<'EOT'
65 invalid_request 400
77 auth 401
77 auth 402
77 auth 403
78 config 404
78 config 405
75 rate_limit 408
75 temporary 409
65 context_overflow 413
65 invalid_request 422
75 temporary 424
75 rate_limit 429
75 rate_limit 429-after
75 rate_limit 429-long --retries 3
69 unavailable 500
69 unavailable 501
69 unavailable 502
75 overloaded 503
75 overloaded 503-loading
69 unavailable 504
75 overloaded 529
78 config 302
69 unavailable stream-error
75 rate_limit stream-rate
75 cut cut
75 cut reset
75 cut no-answer
75 cut head-only
124 timeout idle --idle-timeout 200ms
124 timeout first-byte --first-byte-timeout 200ms
124 timeout slow --timeout 400ms --retries 3
65 context_overflow overflow
65 context_overflow overflow-words
65 context_overflow overflow-stream
4 - filter
4 refusal filter-400
76 protocol html
75 cut empty
76 protocol nothing
76 protocol garbage
EOT

# The numbers of an overflow.
for m in overflow overflow-words overflow-stream; do
	agent-gate --url "$URL" -m $m --retries 0 --stream <talk 2>err |
	    tail -n 1 >got
	is "$(jq -c '[.need, .window]' got)" '[5000,4096]' "$m: need and window"
done

# Retry-After is kept to: as often as may be, and never beyond the limit.
asked() { jq -r 'select(.body.model == "'"$1"'").status' "$MODELD_LOG" | wc -l | tr -d ' '; }
: >"$MODELD_LOG"
rm -rf "$HOME/.local/state/agent/rest"
agent-gate --url "$URL" -m 429-after --retries 2 --stream <talk >got 2>err
is "$? $(asked 429-after) $(jq -r 'select(.type == "retry").reason' got | sort -u)" \
    '75 3 rate_limit' 'tried again'
agent-gate --url "$URL" -m 429-long --retries 2 --stream <talk >got 2>err
is "$? $(asked 429-long)" '75 1' 'a wait too long is not waited'
agent-gate --url "$URL" -m 503-loading --retries 2 --timeout 300ms --stream \
    <talk >got 2>err
is "$? $(asked 503-loading) $(tail -n 1 got | jq -r .code)" '75 1 overloaded' \
    'nor one beyond the deadline'
done_testing
