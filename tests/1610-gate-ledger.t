#!/bin/sh
# agent-gate with agent-ledger: who starts it, what is reserved and written
# down, waiting, limits, budgets and costs, in all ways of asking.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
conf=$HOME/.config/agent/config.json
mkdir -p "${conf%/*}" helpers
# Each start of agent-ledger leaves a line.
cat >helpers/agent-ledger <<EOT
#!/bin/sh
echo x >>"$TRASH/starts"
exec "$BUILD/libexec/agent/agent-ledger" "\$@"
EOT
chmod +x helpers/agent-ledger
export AGENT_LIBEXEC="$TRASH/helpers"
starts() { cat starts 2>/dev/null | wc -l | tr -d ' '; }
fresh() {	# fresh [CONFIG]: no books, no starts
	rm -rf ~/.local/state/agent starts
	echo "${1:-{\}}" >"$conf"
}
total() { agent-gate usage --json | jq -c "select(.total) | [$1]"; }
sum='.requests, .failed, .input_tokens, .output_tokens, .estimated'
last() { agent-gate usage --by outcome --json | jq -c "select(.outcome) | [.outcome, .requests, .output_tokens, .estimated]"; }
echo '{"role":"user","content":"Hello."}' >t
limit() { echo "{\"limits\":[{\"requests_per_minute\":$1,\"burst\":1}]}"; }

# ---- only when something wants it
modeld_start 'when contains "HOLD" text "x" stall 100s
default text "hi there you" usage in=100 out=20'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
fresh
ok 'nothing is configured' agent-gate <t
is "$(starts)" 0 'no agent-ledger is started'
ok 'nor by a budget that nobody names' sh -c \
    'echo "{\"budgets\":{\"b\":{\"max_tokens\":5}}}" >"$1" && agent-gate <t' - "$conf"
is "$(starts)" 0 'none'
fresh "$(limit 60)"
ok 'a limit, and ledger=off' agent-gate --ledger=off <t
ok 'a limit, and the offline model' agent-gate --offline <t
ok 'a limit, and only the body is wanted' agent-gate --dry-run <t
is "$(starts)" 0 'none'
ok 'a limit' agent-gate <t
is "$(starts)" 1 'one is started'
fresh '{"prices":{"m":{"input":1,"output":2}}}'
ok 'a price' agent-gate <t
json_is "$(total "$sum, .cost")" '[1,0,100,20,0,"0.00014"]' \
    'what the server reported, and what it cost'
fresh
AGENT_LEDGER=on ok 'a record alone' agent-gate --stream <t
json_is "$(total "$sum")" '[1,0,100,20,0]' 'is written'
is "$(agent-gate usage --since 1h --by day | sed -n 2p | cut -d' ' -f1)" \
    "$(date +%F)" 'agent-gate usage, by day'
AGENT_JOB=night ok 'of a job' agent-gate --ledger on <t
is "$(agent-gate usage --by job --json | jq -rs 'map(.job // "-") | .[0:2] | join(" ")')" \
    '- night' 'by job'
echo '{"m":{"input":10,"output":100}}' >prices
is "$(agent-gate usage --prices prices --json | jq -r 'select(.total).cost')" \
    0.006 'costs by a file of prices'
status_is 66 agent-gate usage --prices nowhere
status_is 2 agent-gate usage --by moon

# ---- settings
for bad in --max-cost=x --max-total-tokens=0 --limit-wait=soon --ledger=maybe; do
	status_is 2 agent-gate "$bad" <t
done
AGENT_LEDGER=maybe status_is 78 agent-gate <t
status_is 2 agent-gate --ledger=off --max-cost=1 <t
like "$(cat "$ERR")" 'max_cost: it cannot be kept with ledger=off' 'and says why'
status_is 78 agent-gate --budget nobody <t
is "$(wc -l <"$ERR")" 1 'one line'
status_is 78 agent-gate --max-cost 1 <t
like "$(cat "$ERR")" 'no price is known for m,' 'a limit of cost needs a price'

# ---- limits
fresh "$(limit 1)"
ok 'the first' agent-gate <t
status_is 75 agent-gate --limit-wait=no <t
like "$(cat "$ERR")" 'shared limit \(requests\).*; try later, or' 'and what to try'
is "$(wc -l <"$ERR")" 1 'one line'
status_is 75 agent-gate --limit-wait=1ms <t
n=$(jq -s length "$MODELD_LOG")
fresh "$(limit 60)"
agent-gate <t >/dev/null
ok 'when its time has come it goes' agent-gate --limit-wait=100s <t
is "$(jq -s length "$MODELD_LOG")" $((n + 2)) 'only what was granted was sent'

# Who waits is told; who was killed holds nothing.
soon() { for _ in $(seq 300); do ! "$@" || return 0; sleep 0.1; done; }
under_way() { [ "$("$BUILD"/libexec/agent/agent-ledger limits --json | jq .in_flight)" = 1 ]; }
fresh '{"limits":[{"in_flight":1}]}'
echo '{"role":"user","content":"HOLD"}' >hold
agent-gate <hold >/dev/null 2>&1 & holds=$!
soon under_way
agent-gate --stream <t >out 2>err & waits=$!
soon grep -q 'waiting until fewer' err
kill -9 $holds; wait $holds 2>/dev/null
wait $waits
is "$? $(grep -c waiting err)" '0 1' 'who waits long is told, in one line'
is "$(jq -r 'select(.type == "notice").code' out)" limit_wait 'and an event'
is "$(last | jq -rc '.[0:2]' | xargs)" '[lost,1] [ok,1]' \
    'what a killed process held counts as lost'

# ---- budgets
fresh '{"budgets":{"b":{"max_tokens":1200}}}'
ok 'a budget' agent-gate --budget b <t
AGENT_BUDGET=b ok 'the same' agent-gate --max-tokens 50 <t
AGENT_BUDGET=b status_is 3 agent-gate <t
like "$(cat "$ERR")" 'budget: b: 240 of 1200 tokens are used' 'and why'
AGENT_BUDGET=b status_is 3 agent-gate --stream <t
is "$(jq -r 'select(.type == "error") | .code' "$OUT")" budget 'as an event'
status_is 3 agent-gate --max-total-tokens 1000 <t

# ---- the coprocess: one process, many requests
fresh '{"prices":{"m":{"input":1,"output":1}}}'
{ cat t; for i in 1 2 3 4; do echo "{\"type\":\"request\",\"id\":\"$i\"}"; done; } |
    sh -c 'cat; until [ "$(grep -c done out)" = 4 ]; do sleep 0.05; done' |
    agent-gate --coprocess --max-total-tokens 1300 >out
is "$(jq -rc 'select(.type == "done") | .exit_code' out | xargs)" '0 0 0 3' \
    'requests of a coprocess share a limit of their own'
is "$(jq -rc 'select(.type == "error").code' out)" budget 'its error'
is "$(starts)" 1 'with one agent-ledger'
json_is "$(total "$sum")" '[3,0,300,60,0]' 'and all are written down'

# An agent-ledger that hears late of what was used.
mv helpers/agent-ledger usual
cat >helpers/agent-ledger <<EOT
#!/bin/sh
while IFS= read -r line; do
	case \$line in *settle*) sleep 0.3 ;; esac
	printf '%s\n' "\$line"
done | "$BUILD/libexec/agent/agent-ledger" "\$@"
EOT
chmod +x helpers/agent-ledger
fresh '{"prices":{"m":{"input":1,"output":1}}}'
mkfifo to
agent-gate --coprocess <to >out & gates=$!
exec 7>to
for n in 1 2; do
	{ cat t; echo '{"type":"request"}'; } >&7
	soon sh -c '[ "$(grep -c done out)" = '$n' ]'
	json_is "$(total .requests)" "[$n]" 'who has the answer finds it in the books'
done
exec 7>&-
wait $gates
mv usual helpers/agent-ledger

# ---- a batch, and vectors
fresh '{"budgets":{"b":{"max_tokens":1500}}}'
seq 8 | sed 's/.*/q&/' >prompts
status_is 3 agent-gate batch --prompts -j 2 --budget b --max-tokens 1000 -o out.jsonl prompts
is "$(starts)" 1 'one agent-ledger for a batch'
like "$(tail -n 1 "$ERR")" '"ok":5,.*"left":3,.*"exit_code":3' 'the rest is left'
like "$(cat "$ERR")" 'budget: b: ' 'and why'
ok 'it goes on when there is room' agent-gate batch --prompts -q -o out.jsonl prompts
is "$(jq -r .custom_id out.jsonl | sort -u | wc -l)" 8 'to its end'
fresh "$(limit 1)"
status_is 75 agent-gate batch --prompts --limit-wait=no prompts
is "$(wc -l <"$OUT")" 1 'a limit without a wait: what is left is not asked'
fresh
printf 'a\nb\n' >texts
agent-gate embed --ledger=on <texts >out 2>err
[ -s out ] && json_is "$(total .requests)" '[1]' 'vectors are written down'
modeld_stop

# ---- how requests end
modeld_start 'text "hello" usage none
text "one two three four five six seven" cut after=500
status 500 message="no" 
text "x" usage in=3 out=4
status 400 message="bad"
reasoning "hm" text "a b c d" stall 30s at=body after=600
text "x" cut head=1
status 429 retry-after=1
text "ok" usage in=5 out=6'
export AGENT_MODEL_URL="$URL"
end() { fresh; agent-gate --ledger on "$@" <t >out 2>err; st=$?; }
end; json_is "$(last)" '["ok",1,1,1]' 'no usage: estimated'
end --stream --retries 0
is "$st $(last | jq -c '[.[0], .[2] > 0, .[2] < 100, .[3]]')" \
    '75 ["cut",true,true,1]' 'cut off: what came'
end; is "$(last | xargs)" '[ok,1,4,0] [unavailable,1,0,0]' \
    'a failure that costs nothing, and the next try'
end; is "$st $(last)" '65 ["invalid_request",1,0,0]' 'a request that is refused'
end --stream --retries 0 --idle-timeout 300ms
is "$st $(last | jq -c '[.[0], .[2] > 0, .[2] < 100]')" \
    '124 ["timeout",true,true]' 'a time limit: what came'
end --retries 0 --max-tokens 77
is "$(last)" '["cut",1,77,1]' 'no answer at all: all that was held'
end
is "$st $(last | xargs)" '0 [ok,1,6,0] [rate_limit,1,0,0]' 'too many requests'
no_children_left
done_testing
