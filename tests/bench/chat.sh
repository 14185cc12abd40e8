#!/bin/sh
# chat.sh - agent-chat over long work: memory and the cost of a step in a
# small window, where the talk is shortened again and again.
# Words name the parts to run: memory.
. "$(dirname "$0")/../bench.sh"

job() {	# job STEPS: one run, its peak memory and wall into $T/job
	serve 'when contains "You keep the minutes" text "Goal: go on."
when messages>1 n<'"$1"' call shell {"command":"seq {n}00 {n}99"}
default text "done"' --brief
	"$STUB/spawn" -m -n 1 agent-chat -q -n -p go --max-steps=100000 >"$T/job"
}

part_memory() {	# 1. The same after 1,000 steps as after 100
	for n in 100 1000; do
		job "$n"
		read -r wall _ peak st <"$T/job"
		[ "$st" = 0 ] || row "long run: ended with status" "$st" ''
		row "long run: most memory at once, tree, $n steps" \
		    "$(calc 1 "$peak / 1024")" MB "$([ "$n" = 100 ] || echo "<= 1.1 x that")"
		row "long run: wall, a step of $n" "$(calc 2 "$wall / $n")" ms
	done
}

measure "${*:-memory}"
