#!/bin/sh
# agent-gate: how long it waits for whom, and whom it asks when one fails.
. "$(dirname "$0")/lib.sh"
export AGENT_MODEL=m
echo '{"role":"user","content":"Hello."}' >talk
mkdir -p "$XDG_CONFIG_HOME/agent"
requests() { jq -s 'length' "$MODELD_LOG"; }

# row 22
# ---- a server of this machine that is not there
modeld_start 'text x'
modeld_stop
t0=$(date +%s%3N)
status_is 69 agent-gate --url "$URL" <talk
took=$(($(date +%s%3N) - t0))
[ $took -lt 1500 ]; _if $? 'refused: told at once' "$took ms"
is "$(wc -l <"$ERR")" 1 'one line'
like "$(cat "$ERR")" "cannot connect to $URL.*start the server" 'what to do'
agent-gate --url http://127.0.0.1:1 --stream <talk >got 2>err
is "$(jq -r .code got)" unavailable 'told as an event'
for p in 11434:ollama 1234:lms 8080:llama-server 8000:vllm; do
	agent-gate --url "http://[::1]:${p%:*}" <talk >got 2>err || :
	grep -q 'Connection refused' err || continue
	like "$(cat err)" "${p#*:}" "port ${p%:*}: how it is started"
done

# ---- one that loads is waited for, and one that was there before
modeld_start 'set loading 2
text "ready now"'
ok 'loading' agent-gate --url "$URL" <talk
is "$(jq -r .content "$OUT")" 'ready now' 'waited for'
modeld_stop

# ---- a line now and then
echo '{"heartbeat":"100ms"}' >"$XDG_CONFIG_HOME/agent/config.json"
modeld_start 'default text x delay 450ms'
agent-gate -v --url "$URL" <talk >got 2>err
[ "$(grep -c 'still no answer' err)" -ge 2 ]; _if $? 'says that it waits' "$(cat err)"
agent-gate --url "$URL" <talk >got 2>err
is "$(cat err)" '' 'not into a file or a pipe'
modeld_stop
modeld_start 'default text "a b c d e f" stream pace=100ms batch=1'
agent-gate -v --stream --url "$URL" <talk >got 2>&1
grep -q '"type":"delta"' got &&
    ! sed '1,/"type":"delta"/d' got | grep -q 'still no answer'
_if $? 'not while it answers' "$(cat got)"
modeld_stop
rm "$XDG_CONFIG_HOME/agent/config.json"

# ---- a model that is named costs no question
modeld_start 'default text x'
lists() { jq -r .path "$MODELD_LOG" | grep -c models; }
{ cat talk; echo '{"type":"request"}'; sleep 0.5; } | agent-gate --coprocess --window 4096 --url "$URL" >got
agent-gate --url "$URL" <talk >got
is "$(lists)" 0 'no list of models is asked for'
agent-gate --coprocess --url "$URL" </dev/null >got
is "$(lists) $(jq .window got)" '1 8192' 'but once by a coprocess, which tells the window'
modeld_stop

# ---- the stronger model
call() { printf '{"role":"assistant","content":null,"tool_calls":[{"id":"%s","type":"function","function":{"name":"f","arguments":"{}"}}]}\n' "$1"; }
result() { printf '{"role":"tool","tool_call_id":"%s","content":"r","agent":{"is_error":%s}}\n' "$1" "$2"; }
modeld_start 'default text hi'
asked() { jq -r '.body.model // empty' "$MODELD_LOG" | tail -n 1; }
gate() { agent-gate --url "$URL" --retries 0 --fallback strong --fallback-after 2 --stream >got 2>err; }
{ cat talk; call a; result a true; } | gate
is "$(asked)" m 'one failure: the usual model'
{ cat talk; call a; result a true; call b; result b true; } | gate
is "$(asked)" strong 'two: the stronger one'
is "$(jq -r 'select(.type == "notice").code' got)" fallback 'told as an event'
like "$(cat err)" 'strong' 'and in a line'
{ cat talk; call a; result a true; call b; result b false; call c; result c true; } | gate
is "$(asked)" m 'not in a row'
{ cat talk; call a; result a true; call b; result b true; call c; result c false; } | gate
is "$(asked)" strong 'one good result'
{ cat talk; call a; result a true; call b; result b true; call c; result c false
  call d; result d false; } | gate
is "$(asked)" m 'two: back'
{ cat talk; call a; result a true; call b; result b true
  echo '{"role":"assistant","content":"done"}'; cat talk; } | gate
is "$(asked)" m 'an answer that ends the turn: back'
refusal='{"role":"assistant","content":"I cannot.","agent":{"refused":true}}'
{ cat talk; echo "$refusal"; cat talk; echo "$refusal"; cat talk; } | gate
is "$(asked)" strong 'refusals count'
first=$MODELD_LOG url=$URL
modeld_start 'set key sk-other-0123456789
default text other'
{ cat talk; call a; result a true; } >bad
AGENT_FALLBACK_API_KEY=sk-other-0123456789 agent-gate --url "$url" \
    --fallback "big@$URL" --fallback-after 1 --retries 0 <bad >got 2>err
is "$(jq -r .content got)" other 'at another server, with its key'
AGENT_MODEL_API_KEY=sk-other-0123456789 agent-gate --url "$url" \
    --fallback "big@$URL" --fallback-after 1 --retries 0 <bad >got 2>err
is $? 77 'the other key stays here'
unlike "$(jq -r '.headers.authorization // "none"' "$MODELD_LOG" | tail -n 1)" \
    0123456789 'not sent'
# In a coprocess, there and back.
{ cat talk; call a; result a true; echo '{"type":"request","id":"1"}'
  cat talk; echo '{"type":"request","id":"2"}'; sleep 1; } |
    agent-gate --coprocess --url "$url" --fallback strong --fallback-after 1 >got 2>err
is "$(jq -r 'select(.type == "notice").code' got | tr '\n' ' ')" \
    'fallback fallback_end ' 'a coprocess goes there and back'
is "$(jq -r '.body.model // empty' "$first" | tail -n 2 | tr '\n' ' ')" \
    'strong m ' 'both were asked'
status_is 78 sh -c 'agent-gate --offline --fallback @http://x <talk; agent-gate --url http://127.0.0.1:1 --fallback @http://x <talk'

# ---- lines of a coprocess have their own numbers
printf '%s\n' '{"role":"user","content":"a"}' '[1]' '{"role":"user","content":"b"}' \
    'nonsense' '{}' | agent-gate --coprocess --offline 2>err |
    jq -r 'select(.type == "error").line' | tr '\n' ' ' >got
is "$(cat got)" '2 4 5 ' 'the number of each bad line'
done_testing
