#!/bin/sh
# Many workers on one plan: each task is done once and after those it needs;
# workers that are killed lose nothing.  PLAN_TASKS (200) and PLAN_ROUNDS (4)
# say how many tasks and how many times workers are killed.
. "$(dirname "$0")/lib.sh"
TASKS=${PLAN_TASKS:-200} ROUNDS=${PLAN_ROUNDS:-4}
export TEST_TIMEOUT=1500
mkdir w && cd w || exit 99

# Task i needs one in three of those shortly before it.
tasks() {	# tasks N SEED
	awk -v n="$1" -v seed="$2" 'BEGIN { srand(seed); for (i = 1; i <= n; i++) {
	    needs = ""
	    for (j = 1; j <= 3; j++) { k = i - 1 - int(rand() * 20)
	        if (k >= 1 && rand() < 0.5) needs = needs (needs ? "," : "") "\"t" k "\"" }
	    printf "{\"objective\":\"%d\",\"key\":\"t%d\",\"needs\":[%s]}\n", i, i, needs } }'
}
# order LOG: every task after all it needs, by the last line of each.
order() {
	agent-plan list --json | jq -r '.id as $i | .needs // [] | .[] | "\(.) \($i)"' >edges
	awk 'NR == FNR { at[$1] = FNR; next } !($1 in at) || !($2 in at) || at[$1] > at[$2]' "$1" edges
}

tasks "$TASKS" 1 | agent-plan add -q -f - >ids
is "$(wc -l <ids)" "$TASKS" 'the tasks'
ok 'eight workers' agent-plan work -q --until-empty -j 8 -- sh -c 'echo $AGENT_TASK >>log'
is "$(sort log | uniq | wc -l) $(wc -l <log)" "$TASKS $TASKS" 'each was done once'
is "$(order log)" '' 'after what it needs'
is "$(agent-plan status --json | jq -c '.tasks | [.done, .dead, .ready, .waiting, .running]')" \
    "[$TASKS,0,0,0,0]" 'all are done'
is "$(agent-plan list --json | jq -r .attempt | sort -u)" 1 'at the first attempt'

# row 1
# row 15
# ---- workers are killed, some tasks fail
cd .. && mkdir w2 && cd w2 || exit 99
tasks "$TASKS" 2 | agent-plan add -q -f - --tries 6 >ids
cat >act <<'EOT'
echo $AGENT_TASK >>log
case $AGENT_TASK in *17) echo "cannot do $AGENT_TASK"; exit 3 ;; esac
[ $(($(od -An -N1 -tu1 </dev/urandom) % 8)) != 0 ] || exit 1
EOT
killed=0
for round in $(seq "$ROUNDS"); do
	pids=
	for w in 1 2 3 4 5 6 7 8; do
		agent-plan work -q --until-empty --worker "w$w" -- sh act >>out 2>>err &
		pids="$pids $!"
	done
	sleep "0.$((round % 3 + 1))"
	for p in $pids; do
		if [ $((p % 2)) = 0 ] && kill -9 "$p" 2>/dev/null; then killed=$((killed + 1)); fi
	done
	for p in $pids; do [ $((p % 2)) = 0 ] || kill "$p" 2>/dev/null; done
	# shellcheck disable=SC2086
	wait $pids
done 2>/dev/null
diag "$killed killed"
agent-plan work -q --until-empty -j 4 -- sh act >>out 2>>err
is "$(agent-plan list --json | jq -r .status | sort -u | tr '\n' ' ')" 'dead done ' 'all ended'
is "$(agent-plan list --status dead --json | jq -r 'select(.error == null) | .id')" '' 'those given up say why'
is "$(agent-plan list --json | jq -r 'select(.id % 100 == 17) | .status' | sort -u)" dead 'what cannot be done is given up'
is "$(agent-plan list --status dead --json | jq -r 'select(.culprit == null and .failures != 6) | .id')" '' 'after its tries'
is "$(agent-plan list --json | jq -r 'select(.status == "done") | .id' | sort >ended; sort -u log | comm -13 - ended)" '' \
    'none is done that was not'
ok 'the plan is sound' agent-plan check
no_children_left
done_testing
