#!/bin/sh
# Processes of agent-gate and agent-ledger are killed at random moments: every
# request that reached the server is in the books, what is spent is what they
# say, and nothing stays held.  LEDGER_KILLS (12) is how many rounds.
. "$(dirname "$0")/lib.sh"
LEDGER=$BUILD/libexec/agent/agent-ledger
KILLS=${LEDGER_KILLS:-12}
conf=$HOME/.config/agent/config.json
export TEST_TIMEOUT=600 AGENT_MODEL=m AGENT_BUDGET=b
mkdir -p "${conf%/*}"
echo '{"limits":[{"in_flight":4,"requests_per_minute":100000}],
    "prices":{"*":{"input":1,"output":3}},
    "budgets":{"b":{"max_cost":1000}}}' >"$conf"
echo '{"role":"user","content":"Hello."}' >t
modeld_start 'default text "ok" delay 4ms usage in=10 out=5' --max-seconds 600 --brief
export AGENT_MODEL_URL="$URL"
ledgers() {	# the processes agent-ledger of this test: PID PARENT
	for p in /proc/[0-9]*; do
		read -r _ name _ parent _ <"$p/stat" && [ "$name" = '(agent-ledger)' ] &&
		    grep -qsz "^TEST_MARK=$TEST_MARK\$" "$p/environ" &&
		    echo "${p#/proc/} $parent"
	done 2>/dev/null
}
sum() { "$LEDGER" usage --json | jq -c "select(.total) | $1"; }
limits() { "$LEDGER" limits --json | jq -c "$1"; }

# row 1
killed=0 bad=''
for round in $(seq "$KILLS"); do
	pids=''
	for _ in 1 2 3 4 5 6 7 8; do
		agent-gate --max-tokens 20 <t >/dev/null 2>>err &
		pids="$pids $!"
	done
	# Which ones, and when: another choice each round.
	sleep "$(awk -v r="$round" 'BEGIN { srand(r * 7919); printf "%.3f", rand() * 0.09 }')"
	ledgers >now
	victims=$(awk -v r="$round" -v gates="$pids" 'BEGIN { srand(r)
	    n = split(gates, g, " ")
	    for (i = 1; i <= n; i++) if (rand() < 0.3) print g[i] }
	    rand() < 0.3 { print $1 }' now)
	# shellcheck disable=SC2086
	[ -z "$victims" ] || kill -9 $victims 2>/dev/null
	for p in $pids; do
		wait "$p"
		case $? in
		0) ;;
		137) killed=$((killed + 1)) ;;
		*) bad="$bad $round:$?" ;;
		esac
	done 2>/dev/null
done
diag "$killed of $((KILLS * 8)) processes were killed"
is "$bad" '' 'whoever was not killed has an answer'
# Those whose agent-gate was killed still write.
for _ in $(seq 100); do [ -n "$(ledgers)" ] || break; sleep 0.1; done
ok 'the next one finds what is left' agent-gate <t
served=$(jq -s '[.[] | select(.turn)] | length' "$MODELD_LOG")
is "$(sum ".requests >= $served")" true \
    "all $served requests are in the books"
diag "$(sum '"\(.requests) in the books, \(.failed) of them lost"')"
is "$(limits 'select(.server) | [.in_flight, .waiting]')" '[0,0]' 'nothing is held'
is "$(limits 'select(.budget) | [.cost_micro, .held_cost_micro]')" \
    "[$(sum .cost_micro),0]" 'the budget has spent what the books say'
is "$(limits 'select(.budget).tokens')" "$(sum '.input_tokens + .output_tokens')" \
    'and as many tokens'
ok 'the file is sound' "$LEDGER" check
no_children_left
done_testing
