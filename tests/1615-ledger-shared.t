#!/bin/sh
# What one process learns of a server all processes go by; who waits can be
# told to stop; and agent-chat ends as agent-gate does.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
LEDGER=$BUILD/libexec/agent/agent-ledger
conf=$HOME/.config/agent/config.json
mkdir -p "${conf%/*}"
export AGENT_MODEL=m AGENT_LEDGER=on
say() { echo "{\"role\":\"user\",\"content\":\"$1\"}"; }
say Hello >t; say HOLD >hold; say BUSY >busy
fresh() { rm -rf ~/.local/state/agent; echo "${1:-{\}}" >"$conf"; }
sent() { jq -s '[.[] | select(.path | test("/chat/"))] | length' "$MODELD_LOG"; }
soon() { for _ in $(seq 300); do ! "$@" || return 0; sleep 0.1; done; return 1; }
limits() { "$LEDGER" limits --json | jq -c "$1"; }
state_is() { [ "$(limits "$1")" = "$2" ]; }
outcomes() { "$LEDGER" usage --by outcome --json | jq -rc 'select(.outcome) | "\(.outcome):\(.requests):\(.output_tokens)"' | xargs; }

# ---- a server that wants to be left alone
modeld_start 'when contains "BUSY" n<9 status 429 retry-after=100
when contains "FULL" status 503 retry-after=3600
when contains "ABSURD" status 429 retry-after=99999999999999999999
when contains "ZERO" text "a b c" usage in=0 out=0
when contains "HOLD" text "held" delay 100s
default text "ok" usage in=10 out=5' --max-seconds 300
export AGENT_MODEL_URL="$URL"
fresh
status_is 75 agent-gate --retries 0 <busy
is "$(limits '.blocked_ms > 90000 and .blocked_ms <= 100000')" true \
    'Retry-After is in the books'
n=$(sent)
status_is 75 agent-gate --limit-wait 5s <t
like "$(cat "$ERR")" 'shared limit \(retry_after\) .* in [0-9.]+ s' \
    'another process does not ask'
status_is 75 agent-gate batch --prompts --limit-wait=no t
is "$(sent)" "$n" 'nothing is sent'
ok 'another model is asked' agent-gate -m other --limit-wait=no <t
AGENT_FIXED_TIME=$(($(date +%s) + 101)) ok 'and later the same' \
    agent-gate --limit-wait=no <t
fresh
say FULL >full
status_is 75 agent-gate <full
n=$(sent)
status_is 75 agent-gate <t
like "$(cat "$ERR")" 'left alone for 3[0-9]+ s; try later, or --limit-wait' \
    'an hour is not waited for unasked'
is "$(sent)" "$n" 'and not asked'
fresh
ok 'a second or so is waited for' sh -c 'say() { echo "{\"role\":\"user\",\"content\":\"$1\"}"; }
    say q | agent-gate'

fresh
say ABSURD >absurd
status_is 75 agent-gate --limit-wait=200000h <absurd
is "$(limits '.blocked_ms > 3500000 and .blocked_ms <= 3600000')" true \
    'an absurd time counts as an hour'
fresh
say ZERO >zero
agent-gate <zero >/dev/null
like "$("$LEDGER" usage --json | jq -c 'select(.total) | [.estimated, .output_tokens > 1, .input_tokens > 1]')" \
    '1,true,true' 'a count of nothing is none'

# ---- who waits can be stopped, and leaves the line
fresh '{"limits":[{"in_flight":1}]}'
agent-gate <hold >/dev/null 2>&1 & holds=$!
soon state_is .in_flight 1
{ cat t; echo '{"type":"request","id":"1"}'; soon state_is .waiting 1
  echo '{"type":"cancel","id":"1"}'; soon grep -q '"id":"1","exit' out
  echo '{"type":"request","id":"2"}'; soon state_is .waiting 1; } |
    agent-gate --coprocess >out 2>err
is "$(jq -rc 'select(.type == "done") | .exit_code' out | xargs)" '130 130' \
    'a cancel, and the end of the input'
is "$(limits .waiting)" 0 'the line is empty'
n=$(sent)
seq 5 >prompts
agent-gate batch --prompts -j 3 -o res prompts >/dev/null 2>err & batch=$!
soon state_is .waiting 3
kill -TERM $batch; wait $batch
is "$? $(tail -n 1 err | jq -c '[.left, .requests]') $(sent)" "75 [5,0] $n" \
    'a batch that is told to end'
is "$(limits .waiting)" 0 'the line is empty'
agent-gate <t >/dev/null 2>&1 & waits=$!
soon state_is .waiting 1
kill -TERM $waits; wait $waits 2>/dev/null
soon state_is .waiting 0
is "$(limits .waiting)" 0 'a filter that is killed leaves it, too'
kill -9 $holds; wait $holds 2>/dev/null

# ---- a cancel before anything came: what was held counts
fresh
{ cat hold; echo '{"type":"request","id":"1"}'; soon state_is .in_flight 1; sleep 0.2
  echo '{"type":"cancel"}'; soon grep -q '"id":"1","exit' out; } |
    agent-gate --coprocess --max-tokens 33 >out 2>err
is "$(outcomes)" 'cancelled:1:33' 'cancelled without an answer: all of it'

# ---- make, xargs: processes that share a budget, one after the other
fresh '{"prices":{"m":{"input":100000,"output":100000}},
    "budgets":{"b":{"max_cost":20,"per":"day"}}}'
export AGENT_BUDGET=b
seq 16 | xargs -P 4 -I {} sh -c 'agent-gate --max-tokens 20 <t >/dev/null 2>&1; echo $?' >codes
is "$(sort -n codes | uniq -c | xargs)" "12 0 4 3" 'some have no room'
is "$(agent-gate usage --by budget --json | jq -r 'select(.budget == "b").cost')" \
    18.00 'what was spent: no more than there was'
unset AGENT_BUDGET

# ---- agent-chat
fresh '{"budgets":{"b":{"max_tokens":5}}}'
AGENT_BUDGET=b status_is 3 agent-chat --format json -p hi
is "$(jq -r '"\(.stop_reason) \(.exit_code)"' "$OUT")" \
    'budget 3' 'agent-chat stops at a budget'
status_is 3 agent-chat --budget b -p hi
like "$(cat "$ERR")" '^agent-chat: .*budget: b: 0 of 5 tokens' 'and says why'
status_is 78 agent-chat --max-cost 1 -p hi
ok 'the offline model costs nothing' agent-chat --offline --max-cost 1 -p hi
status_is 2 agent-chat --max-cost x -p hi
fresh
ok 'agent-chat' agent-chat -q --format json -p hi
is "$(agent-gate usage --by session --json | jq -r 'select(.session) | "\(.session) \(.requests)"')" \
    "$(jq -r .session_id "$OUT") 1" 'by session'
like "$(outcomes)" 'ok:1:5' 'is in the books, too'
modeld_ok
no_children_left
done_testing
