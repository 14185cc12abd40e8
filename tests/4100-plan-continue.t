#!/bin/sh
# A task that takes more steps than a conversation may have is finished over
# several conversations, each of which begins with the checkpoint and stays
# small; killed again and again it is finished all the same, and no step is
# lost, or done twice unnoticed.  PLAN_KILLS (5) is how often.
. "$(dirname "$0")/lib.sh"
KILLS=${PLAN_KILLS:-5}
export AGENT_MODEL=m TEST_TIMEOUT=300
mkdir w && cd w || exit 99

# The task: sixty steps, each written down by what does it.  step does the
# one that is next, so that a step that was done is seen.
setup() {	# setup NAME
	cat >step <<'EOT'
n=$(($(wc -l <log) + 1))
if [ $n -gt 60 ]; then echo 'all 60 steps are done'; exit; fi
echo "$n" >>log
echo "step $n of 60 is done"
EOT
	: >log
	agent-plan add "Do sixty steps with: sh step ($1)" \
	    --check 'test "$(wc -l <log)" -ge 60' --steps 15 --tokens 8000 --rounds 40 --tries 100 >id
}
modeld_start 'set strict
when last-contains "budget of this conversation" text "DONE: some of the sixty steps; log has them\nNEXT: go on with sh step\nBLOCKERS: none"
when last-contains "all 60 steps" text "All sixty steps are done."
default call shell {"command":"sh step"}' --max-seconds 600
export AGENT_MODEL_URL="$URL"

most() {	# the largest request so far, in tokens as agent-gate counts them
	jq -c 'select(.turn) | .body' "$MODELD_LOG" | awk '{ if (length > m) { m = length; l = $0 } } END { print l }' >big
	jq -c '.tools' big >tools.json
	jq -c '.messages[]' big | agent-gate count --tools tools.json --json 2>"$ERR" | jq -s '.[-1] | .tokens // .total'
}

setup first
ok 'it is finished' agent-plan work --until-empty -q
is "$(wc -l <log) $(sort -n log | uniq | wc -l)" '60 60' 'each step once'
agent-plan show 1 --format json >task
jq_ok '.status == "done" and .attempt == 1 and (.checkpoints | length) >= 4' 'over several conversations' task
jq_ok '.checkpoints[0] | .source == "agent-plan" and .next == "go on with sh step" and
    (.changed | map(.path) | index("log") != null) and .calls == 15' \
    'a checkpoint: what changed as we saw it, what is next as the model said it' task
n=$(most)
is "$((n > 0 && n < 8000))" 1 "no conversation has more than 8,000 tokens: $n"
is "$(jq -r 'select(.turn) | .body.messages | map(select(.role == "user")) | length' "$MODELD_LOG" | sort -u | tail -n 1)" \
    2 'each begins anew: the task, and the question at its end'
like "$(jq -r 'select(.turn) | .body.messages[1].content' "$MODELD_LOG" | tail -n 25)" \
    'go on from here' 'and is told where it stands'
modeld_ok

# row 1
# ---- killed at random moments
setup second
killed=0
tries=0
while [ $killed -lt "$KILLS" ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	agent-plan work --once -q 2>>killed.err &
	p=$!
	sleep "$(awk -v s="$tries$$" 'BEGIN { srand(s); printf "%.3f", 0.1 + rand() * 0.4 }')"
	if kill -9 $p 2>/dev/null; then killed=$((killed + 1)); fi
	wait $p
	[ "$(agent-plan show 2 --format json | jq -r .status)" != 'done' ] || break
done 2>/dev/null
diag "$killed killed"
ok 'what was killed is finished' agent-plan work --until-empty -q
is "$(sort -n log | uniq -d)" '' 'no step twice'
is "$(sort -n log | uniq | awk '$1 != NR' | head -n 1)" '' 'no step lost'
agent-plan show 2 --format json >task
jq_ok '.status == "done"' 'done, by its check' task
# What took effect and what is known to have: the difference is named.
runs=$(find "$HOME" -type d -name runs)
known=$(cat "$runs"/2.*.jsonl | grep -c '"role":"tool".*step [0-9]* of 60')
unsure=$(jq '[.checkpoints[].unverified // [] | length] | add // 0' task)
n=$(wc -l <log)
is "$((n >= known && n <= known + unsure))" 1 \
    "$n steps had an effect, $known are known, $unsure were told as not known"
like "$(jq -r '.attempts[].outcome // "none"' task | sort | uniq -c | tr '\n' ' ')" 'done' 'the attempts'
no_children_left
done_testing
