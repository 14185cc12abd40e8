#!/bin/sh
# What a conversation of a worker may use, and how long what it leaves stays.
. "$(dirname "$0")/lib.sh"
mkdir w && cd w || exit 99
modeld_start 'set strict
when contains "SLOW" lacks "three" messages<4 tokens 400 stream piece=1 pace=50ms
when contains "WORK" messages<40 text "On." call shell {"command":"echo {n}"} usage in=300 out=20
default text "It is done."'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
runs() { ls "$HOME"/.local/state/agent/projects/w-*/runs | tr '\n' ' '; }
dir() { echo "$HOME"/.local/state/agent/projects/w-*/runs; }

# Caps of each conversation.
agent-plan add 'WORK' --rounds 2 --tries 1 >"$OUT"
status_is 1 agent-plan work --once -q --steps 50 --tokens 100000 --max-total-tokens 1000
is "$(for f in "$(dir)"/1.*.jsonl; do jq -c 'select(.type == "result") | [.exit_code, .stop_reason]' "$f" |
    head -n 1; done | sort | uniq -c | awk '{ print $1, $2 }')" '2 [3,"budget"]' '--max-total-tokens ends each'
is "$(jq -s '[.[] | select(.type == "result")][0].num_turns < 10' "$(dir)"/1.1.jsonl)" true 'early'
agent-plan add 'SLOW' --rounds 1 --tries 1 --time 1s >"$OUT"
status_is 1 agent-plan work --once -q
is "$(jq -c 'select(.type == "result") | [.exit_code, .stop_reason]' "$(dir)"/2.1.jsonl | head -n 1)" \
    '[3,"budget"]' '--time: agent-chat ends it itself, with a partial answer'
like "$(jq -r 'select(.type == "result").text' "$(dir)"/2.1.jsonl | head -n 1)" quick 'which is kept'
agent-plan add 'priceless' >"$OUT"
status_is 78 agent-plan work --once -q --max-cost 1
like "$(cat "$ERR")" 'no price is known' '--max-cost is passed on as well'
agent-plan list --status open --ids | xargs -r agent-plan cancel >"$OUT"

# What is left goes one day.
d=$(dir)
echo old >"$d/90.1.jsonl"; echo old >"$d/90.2.jsonl"; echo old >"$d/notes.jsonl"; echo held >"$d/90.3.jsonl"
touch -d '-40 days' "$d"/90.*.jsonl "$d/notes.jsonl"
echo young >"$d/91.1.jsonl"; touch -d '-20 days' "$d/91.1.jsonl"
exec 8<"$d/90.3.jsonl"; flock -s 8
agent-plan add one >"$OUT"; ok 'a conversation' agent-plan work --once -q
unlike "$(runs)" '90.[12].jsonl' 'what is old is gone when one begins'
like "$(runs)" '90.3.jsonl' 'not what somebody has'
like "$(runs)" 'notes.jsonl' 'nor what is no such file'
like "$(runs)" '91.1.jsonl' 'nor what is young'
exec 8<&-
for i in 1 2 3 4; do truncate -s 20M "$d/92.$i.jsonl"; touch -d "-$i hours" "$d/92.$i.jsonl"; done
agent-plan add two >"$OUT"; ok 'another' agent-plan work --once -q
like "$(runs)" '92.1.jsonl 92.2.jsonl 92.3.jsonl' '64 MiB stay'
unlike "$(runs)" '92.4.jsonl|91.1.jsonl' 'the oldest go'

# The round of a killed worker is not ended: its file stays until it is read.
agent-plan add 'SLOW too' >"$OUT"
agent-plan work --once -q >"$OUT" 2>"$ERR" & p=$!
for _ in $(seq 200); do ! grep -qs quick "$d"/6.1.jsonl || break; sleep 0.05; done
kill -KILL $p; { wait $p; } 2>/dev/null
no_children_left 'killed'
touch -d '-40 days' "$d/6.1.jsonl"
agent-plan add --priority 9 three >"$OUT"; agent-plan ready --ids >ready
ok 'a conversation about another task' agent-plan work --once -q
is "$(agent-plan list --status "done" --ids | tail -n 1)" "$(head -n 1 ready)" 'the more urgent one'
like "$(runs)" '6.1.jsonl' 'what nobody has read yet stays, however old'
modeld_ok
modeld_stop
no_children_left
done_testing
