#!/bin/sh
# ledger.sh - what it costs to reserve and to settle.
# Words name the parts to run: batch one alone many.
. "$(dirname "$0")/../bench.sh"
COUNT=1000
LEDGER=$BUILD/libexec/agent/agent-ledger

part_batch() {	# 1. A request of a batch, with and without
	serve 'default text "ok" usage in=10 out=2' --brief
	seq $COUNT >"$T/prompts"
	for j in 1 16; do
		"$STUB/spawn" -n 7 agent-gate batch -q --prompts -j "$j" "$T/prompts" ,, \
		    agent-gate batch -q --prompts -j "$j" --ledger=on "$T/prompts" >"$T/out"
		{ read -r off ocpu _ _; read -r on ncpu _ st; } <"$T/out"
		[ "$st" = 0 ] || row 'ledger: batch ended with status' "$st" ''
		row "ledger: batch -j $j, a request without" "$(calc 0 "$off / $COUNT * 1e3")" us
		row "ledger: batch -j $j, more by with ledger=on" \
		    "$(calc 0 "($on - $off) / $COUNT * 1e3")" us
		row "ledger: batch -j $j, of that its CPU time" \
		    "$(calc 0 "($ncpu - $ocpu) / $COUNT * 1e3")" us
	done
}

part_one() {	# 2. A process for one request
	serve 'default text "ok" usage in=10 out=2' --brief
	echo '{"role":"user","content":"hi"}' >"$T/talk"
	"$STUB/spawn" -n "$N" -i "$T/talk" agent-gate ,, \
	    agent-gate --ledger=on >"$T/out"
	{ read -r off _ _ _; read -r on _ _ st; } <"$T/out"
	[ "$st" = 0 ] || row 'ledger: ended with status' "$st" ''
	row 'ledger: agent-gate, one request without' "$off" ms
	row 'ledger: agent-gate, the same with ledger=on' "$on" ms
}

part_alone() {	# 3. agent-ledger by itself
	echo '{"limits":[{"requests_per_minute":100000000}]}' >"$T/conf"
	awk -v n=$COUNT 'BEGIN { for (i = 1; i <= n; i++) {
	    printf "{\"type\":\"reserve\",\"id\":\"%d\",\"endpoint\":\"http://127.0.0.1:1/v1\",\"model\":\"m\",\"tokens\":10}\n", i
	    printf "{\"type\":\"settle\",\"id\":\"%d\",\"input\":10,\"output\":2}\n", i } }' >"$T/lines"
	AGENT_CONFIG=$T/conf "$STUB/spawn" -n 5 -i "$T/lines" "$LEDGER" --coprocess >"$T/out"
	read -r wall _ _ _ <"$T/out"
	row 'ledger: reserve and settle, one process' "$(calc 0 "$wall / $COUNT * 1e3")" us
}

part_many() {	# 4. Sixty-four processes
	serve 'default text "ok" usage in=10 out=2' --brief
	echo '{"role":"user","content":"hi"}' >"$T/talk"
	for how in off on; do
		"$STUB/spawn" -n 3 sh -c "seq 64 | xargs -P 64 -I {} sh -c \
		    'agent-gate --ledger=$how <$T/talk >/dev/null'" >"$T/out"
		read -r wall _ _ _ <"$T/out"
		row "ledger: 64 processes, a request each, ledger=$how" "$wall" ms
	done
}

measure "${*:-batch one alone many}"
