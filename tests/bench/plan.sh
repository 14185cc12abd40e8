#!/bin/sh
# plan.sh - what the queue of a plan gives.
# Words name the parts to run: claims start commands.
. "$(dirname "$0")/../bench.sh"

part_claims() {	# 1. Durable claims, each with its task done: two commits
	for workers in 1 8; do
		mkdir -p "$T/c$workers" && cd "$T/c$workers" || return
		"$STUB/claims" "$workers" 4000 >"$T/out"
		[ $? = 0 ] || row "plan: $workers workers: claimed twice, or not" '' ''
		target=
		[ "$workers" = 1 ] || target='>= 1000'
		row "plan: durable claims, each done afterwards, $workers workers" "$(cat "$T/out")" /s "$target"
	done
}

part_start() {	# 2. From start to --version
	"$STUB/spawn" -n $((N * 5)) agent-plan --version >"$T/out"
	read -r wall _ _ _ <"$T/out"
	row 'start: agent-plan --version' "$wall" ms '<= 3'
}

part_commands() {	# 3. Processes: a claim and its end each
	mkdir -p "$T/p" && cd "$T/p" || return
	seq 200 | sed 's/.*/{"objective":"&"}/' | agent-plan add -q -f - >"$T/ids"
	"$STUB/spawn" -n 100 sh -c 'agent-plan "done" "$(agent-plan next | cut -f 1)"' >"$T/out"
	read -r wall _ _ _ <"$T/out"
	row 'plan: next and done, two processes of a shell' "$wall" ms
}

measure "${*:-claims start commands}"
