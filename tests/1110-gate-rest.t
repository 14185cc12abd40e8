#!/bin/sh
# A server that asks for rest (Retry-After) is left alone by all processes of
# a user, without any limits, prices or agent-ledger.
. "$(dirname "$0")/lib.sh"
# row 21
unset MAKEFLAGS MFLAGS MAKELEVEL
export AGENT_MODEL=m
echo '{"role":"user","content":"Hello."}' >t
rests=$HOME/.local/state/agent/rest
fresh() { rm -rf "$rests"; }
sent() { jq -s '[.[] | select(.method == "POST")] | length' "$MODELD_LOG"; }

modeld_start 'when model=busy status 429 retry-after=100
when model=long status 503 retry-after=3600
when model=soon repeat 1 status 429 retry-after=1
when model=words status 429 message="Rate limit reached, please try again in 1m30s."
when model=fault status 500
set embeddings 3
default text ok' --max-seconds 300
export AGENT_MODEL_URL="$URL"
busy() { agent-gate -m busy --retries 0 <t >got 2>err; }

# ---- told once, kept by everybody
busy
is "$? $(sent)" '75 1' 'the server asks for rest'
status_is 75 agent-gate -m busy --limit-wait 5s --stream <t
like "$(cat "$ERR")" '^agent-gate: .*left alone for (100|[0-9][0-9]) s; try later' \
    'another process does not ask'
is "$(tail -n 1 "$OUT" | jq -r .code)" rate_limit 'its code'
status_is 75 agent-gate -m busy --timeout 5s <t
status_is 75 agent-gate batch -m busy --prompts --limit-wait=no t
is "$(tail -n 1 "$ERR" | jq -c '[.left, .requests]')" '[1,0]' 'nor does a batch'
{ cat t; echo '{"type":"request","id":"1"}'; dones 1; } |
    agent-gate --coprocess -m busy --limit-wait=no >got 2>err
is "$(jq -c 'select(.type == "done") | [.exit_code, .retryable]' got)" '[75,null]' \
    'nor a coprocess'
is "$(sent)" 1 'nothing was sent'
ok 'another model is asked' agent-gate -m other --limit-wait=no <t
AGENT_MODEL_API_KEY=k2 status_is 75 agent-gate -m busy --limit-wait=no --retries 0 <t
is "$(sent)" 3 'so is the same with another key'
AGENT_FIXED_TIME=$(($(date +%s) + 101)) agent-gate -m busy --retries 0 <t >got 2>err
is "$? $(sent)" '75 4' 'and later everybody again'

# ---- waited for
fresh
ok 'who was refused waits' agent-gate -m soon <t
fresh
modeld_stop
modeld_start 'when model=soon n<2 status 429 retry-after=1
default text ok'
export AGENT_MODEL_URL="$URL"
agent-gate -m soon --retries 0 <t >got 2>err
pids=
for i in 1 2 3; do
	agent-gate -m soon <t >got$i 2>&1 &
	pids="$pids $!"
done
echo Hello >lines
agent-gate batch -m soon --prompts lines >got4 2>err
is "$? $(jq -r '.response.body.choices[0].message.content' got4)" '0 ok' 'a batch waits'
wait $pids
is "$(jq -r .content got1 got2 got3 | xargs)" 'ok ok ok' 'so do the others'
jq -s '[.[] | select(.method == "POST")] | .[0].t_reply as $t | length == 5 and
    ([.[1:][] | .t_first - $t] | min) > 0.99e9' "$MODELD_LOG" >got
is "$(cat got)" true 'each asks once, after its rest'
is "$(ls "$rests" 2>/dev/null)" '' 'nothing is left behind'
modeld_stop

# ---- how long
modeld_start 'when model=long status 503 retry-after=99999999999999999999
when model=words status 429 message="Rate limit reached, please try again in 1m30s."
when model=fault status 500
default text ok'
export AGENT_MODEL_URL="$URL"
agent-gate -m long --retries 3 <t >got 2>err
is "$? $(sent)" '75 1' 'an absurd time'
status_is 75 agent-gate -m long <t
like "$(cat "$ERR")" 'left alone for 3[56][0-9][0-9] s; try later, or a longer --limit-wait' \
    'counts as an hour, which nobody waits for unasked'
agent-gate -m words --retries 0 <t >got 2>err
status_is 75 agent-gate -m words --limit-wait 1s <t
like "$(cat "$ERR")" 'left alone for [89][0-9] s' 'said in words'
agent-gate -m fault --retries 0 <t >got 2>err
status_is 69 agent-gate -m fault --retries 0 --limit-wait=no <t
is "$(sent)" 4 'other faults hold nobody back'

# ---- files that are no good
for f in "$rests"/*; do echo nonsense >"$f"; done
agent-gate -m long --retries 0 --limit-wait=no <t >got 2>err
is "$? $(sent)" '75 5' 'what cannot be read does not count'
for f in "$rests"/*; do echo 9999999999999 >"$f"; done
agent-gate -m long --retries 0 --limit-wait=no <t >got 2>err
is "$? $(sent)" '75 6' 'nor does what a clock wrote that was wrong'
mkdir ro; touch ro/file
AGENT_STATE=$TRASH/ro/file agent-gate -m long --retries 0 <t >got 2>err
is "$? $(sent) $(wc -l <err)" '75 7 1' 'no state folder'
modeld_ok
done_testing
