#!/bin/sh
# agent-gate against servers that fail: what it says, tries again, and mends.
. "$(dirname "$0")/lib.sh"
echo '{"role":"user","content":"Hello."}' >talk
export AGENT_MODEL=m
requests() { jq -s '[.[] | select(.path | endswith("completions"))] | length' "$MODELD_LOG"; }
# ask STATUS SCRIPT [OPTION...]
ask() {
	_want=$1; modeld_start "$2"; shift 2
	_t0=$(date +%s%3N)
	agent-gate --url "$URL" "$@" <talk >got 2>err
	st=$?
	took=$(($(date +%s%3N) - _t0))
	is $st "$_want" "status $_want${*:+ with $*}: $(tail -n 1 err | cut -c 1-60)"
	modeld_stop
}

# row 21
# ---- one error each: the table of exits
while read -r status want; do
	ask "$want" "status $status message=\"no good\"" --retries 0
	like "$(cat err)" "no good" "$status: the server's own words"
	is "$(wc -l <err)" 1 "$status: one line"
	is "$(cat got)" '' "$status: nothing on stdout"
	is "$(requests)" 1 "$status: one request"
done <<'EOT'
400 65
401 77
403 77
404 78
408 75
422 65
429 75
500 69
502 69
503 75
529 75
EOT
# Not tried again whatever is allowed.
for s in 400 401 404 422; do
	ask "$(case $s in 401) echo 77 ;; 404) echo 78 ;; *) echo 65 ;; esac)" \
	    "default status $s message=no" --retries 3
	is "$(requests)" 1 "$s is not repeated"
done

ask 77 'default status 403 message=no' --retries 3
is "$(requests)" 1 '403 is not repeated'
# Tried again, though they are of the client's hundreds.
for s in 408 409 425 429; do
	ask 0 "status $s message=later
text \"at last\"" --retries 1
	is "$(requests)" 2 "$s is repeated"
done
# Retry-After as a date: soon, and never.
ask 0 "status 503 retry-after=\"$(date -u -d '+2 seconds' '+%a, %d %b %Y %H:%M:%S GMT')\"
text \"at last\"" --retries 1
is "$(requests)" 2 'after a date that is near'
rm -rf "$HOME/.local/state/agent/rest"
ask 75 'default status 503 retry-after="Fri, 31 Dec 2100 23:59:59 GMT"' --retries 3
is "$(requests)" 1 'not after one that is far'
rm -rf "$HOME/.local/state/agent/rest"
# Whatever the server repeats of it, the key is in no output.
AGENT_MODEL_API_KEY=sk-canary-0123456789abcdef ask 77 'default status 401 message="Incorrect API key provided: sk-canary-0123456789abcdef"' --retries 0 --stream
unlike "$(cat got err)" canary 'the key is not repeated'

# ---- shapes of errors, in a stream of status 200 and elsewhere
while IFS='|' read -r want word script; do
	ask "$want" "$script" --retries 0 --stream
	like "$(cat err)" "$word" "says: $word"
	is "$(jq -r 'select(.type == "error").code' got | wc -l)" 1 'one event'
done <<'EOT'
65|too long|text "a" event {"error":{"message":"prompt is too long: 9 tokens","code":400}}
69|boom|body {"error":"boom"}
69|boom|body {"error":{"message":"boom","code":502}}
75|slow down|event {"error":{"message":"slow down, rate limit","type":"x"}}
75|overloaded|line "event: error" line "data: {\"message\":\"overloaded\",\"type\":\"error\"}"
65|field required|status 422 body={"detail":[{"loc":["body"],"msg":"field required"}]}
65|inner|status 400 body={"error":{"message":"outer","metadata":{"raw":"{\"error\":{\"message\":\"inner\"}}"}}}
65|wrong|status 400 body=[{"error":{"message":"wrong"}}]
65|wrong|status 400 body={"object":"error","message":"wrong"}
69|Bad Gateway|status 502 body="<html><head><title>Bad Gateway</title></head></html>"
76|Welcome|body "<html><title>Welcome</title></html>"
76|no choices|body {}
65|context|status 400 message="This model's maximum context length is 4096 tokens. However, you requested 5000 tokens"
65|context|status 400 message="Requested tokens (9) exceed context window of 4"
65|context|status 500 message="the request exceeds the available context size"
75|please wait|status 429 message="Too many tokens, please wait: rate limit, context window exceeds limit"
75|empty|body ""
EOT
is "$(jq -r .code got)" cut 'an empty answer counts as cut'
ask 65 'set window 1
text x' --retries 0 --stream
is "$(jq -r .code got)" context_overflow 'the name of an overflow'
ask 65 'set window 1
text x'
like "$(cat err)" 'tokens' 'an overflow, told at once'

# ---- tried again
ask 0 'status 503 retry-after=0
status 500
text "at last"' --retries 3 --stream
is "$(requests)" 3 'three requests'
is "$(jq -r 'select(.type == "retry").status' got | tr '\n' ' ')" '503 500 ' \
    'two retry events'
is "$(tail -n 1 got | jq -r .content)" 'at last' 'the answer'
ask 0 'set loading 3
text ready' --retries 1
is "$(tail -n 1 got | jq -r .content)" ready 'a model that loads is waited for'
ask 0 'text "x y z" cut after=1
text whole' --retries 1
is "$(jq -r .content got)" whole 'an answer that was cut, asked for again'
ask 0 'close
text whole' --retries 1
ask 0 'silent-close
text whole' --retries 1
ask 75 'default status 429 message=slow' --retries 1
is "$(requests)" 2 'one more try'
ask 75 'default status 429 retry-after=1000' --retries 3
is "$(requests)" 1 'a wait too long is not waited'
ask 75 'text "one two three four" stream piece=1 cut after=700
text again' --retries 3 --stream
is "$(requests)" 1 'nothing again after the first piece'
is "$(tail -n 1 got | jq -r .code)" cut 'told as an event'

# row 24
# ---- complete or not
ask 75 'text "a b" stream finish=none nodone' --stream --retries 0
ask 0 'text "a b" stream nodone' --stream --retries 0
ask 0 'text "a b" stream finish=none' --stream --retries 0
ask 75 'call f {"a":"bcdefgh"} stream finish=none nodone' --stream --retries 0
is "$(jq -c 'select(.tool_calls)' got)" '' 'no call out of a cut answer'
ask 0 'text hi stall 30s at=end' --stream
[ $took -lt 5000 ]; _if $? 'no waiting for a server that does not close' "$took ms"
ask 0 'call f {"a":"b"} finish length' --stream
jq_ok 'select(.role) | .tool_calls == null and .agent.cut and
    (.agent.cut_calls | length) == 1' 'cut by its length: not released' got
ask 4 'text "I" finish content_filter'
jq_ok '.content == "I"' 'filtered: the message is there' got

# row 23
# ---- time limits
ask 124 'default delay 20s text x' --retries 0 --first-byte-timeout 200ms
[ $took -lt 5000 ]; _if $? 'first byte' "$took ms"
ask 124 'default text "a b c d" stall 20s after=400' --retries 0 \
    --idle-timeout 200ms --stream
[ $took -lt 5000 ]; _if $? 'idle' "$took ms"
ask 124 'default tokens 1000 stream batch=1 pace=20ms' --retries 5 \
    --timeout 400ms --stream
[ $took -lt 5000 ]; _if $? 'all of it' "$took ms"
AGENT_DISCOVER=none status_is 69 sh -c 'agent-gate --retries 0 \
    --url http://127.0.0.1:1 <talk'
like "$(cat "$ERR")" '127.0.0.1:1.*' 'names the server'

# ---- mended requests
ask 0 'when contains "\"max_tokens\"" status 400 message="Unsupported parameter: '"'max_tokens'"' is not supported with this model. Use '"'max_completion_tokens'"' instead."
default text ok expect "\"max_completion_tokens\":7"' --max-tokens 7
is "$(requests)" 2 'asked again once'
ask 0 'when contains "stream_options" status 400 message="stream_options: Extra inputs are not permitted"
default text ok' --stream
ask 65 'default status 400 message="stream_options: Extra inputs are not permitted"' --stream
is "$(requests)" 2 'not for ever'
ask 0 'when stream=true status 500 message="Cannot use tools with stream"
default text ok as whole' --stream --retries 0
is "$(tail -n 1 got | jq -r .content)" ok 'whole, when streams are refused'
ask 0 'when contains "temperature" status 400 message="Unsupported value: temperature does not support 0.5 with this model"
default text ok' --temperature 0.5

# ---- much, and noise
ask 0 'huge 10000000' --stream
is "$(tail -n 1 got | jq '.content | length')" 10000000 '10 MB in one delta'
ask 0 'huge 10000000'
is "$(jq '.content | length' got)" 10000000 '10 MB at once'
ask 76 'garbage 100000' --retries 0
ask 0 'text "split " event "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ud83d\"}}]}" event "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ude00!\"}}]}"' --stream
like "$(tail -n 1 got | jq -r .content)" '😀!' 'an emoji in two halves'
done_testing
