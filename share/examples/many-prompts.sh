#!/bin/sh
# many-prompts.sh - thousands of prompts, many at once.
#
#	many-prompts.sh xargs DIR [JOBS]
#	many-prompts.sh parallel DIR [JOBS [OPTIONS OF parallel...]]
#
# Use: each prompt is a file DIR/NAME.txt, and its answer becomes
# DIR/NAME.answer.  As long as the status is not 0, run it again.
# Needs: agent-chat, a model, and xargs with -0 and -P or GNU parallel; for
# other hosts, rsync and agent-chat there as well, and names without blanks.
# Shows: what is answered is not asked again, and no answer is ever there in
# part, whatever ends the work.  Limits, budgets and the bill (agent-gate
# usage) are common to all jobs of a host.  With "parallel DIR 4 -S
# host1,host2" other hosts do the work: files go there and come back, and
# nothing has to be in the home directories there.  Name the model by
# AGENT_MODEL_URL and AGENT_MODEL.
set -eu
usage='usage: many-prompts.sh xargs|parallel DIR [JOBS [OPTION...]]'
[ $# -ge 2 ] || { echo "$usage" >&2; exit 2; }
with=$1 dir=$2 jobs=${3:-4}
shift 2
[ $# -eq 0 ] || shift
CDPATH='' cd -- "$dir"
left() {	# the prompts without an answer, each followed by a NUL
	for prompt in *.txt; do
		[ ! -f "$prompt" ] || [ -f "${prompt%.txt}.answer" ] ||
		    printf '%s\0' "$prompt"
	done
}
status=0
case $with in
xargs)
	# shellcheck disable=SC2016
	left | xargs -0 -P "$jobs" -n 1 sh -c '[ $# -eq 0 ] || exec agent-chat \
	    -q --no-session --no-tools -o "${1%.txt}.answer" <"$1" >/dev/null' sh || status=$? ;;
parallel)
	left | parallel -0 -j "$jobs" --env AGENT_MODEL_URL --env AGENT_MODEL \
	    --transferfile '{}' --return '{.}.answer' --cleanup "$@" agent-chat \
	    -q --no-session --no-tools -o '{.}.answer' '<' '{}' '>/dev/null' ||
	    status=$? ;;
*)	echo "$usage" >&2; exit 2 ;;
esac
# A host that went away is no failure to parallel.
[ $status -ne 0 ] || [ "$(left | wc -c)" -eq 0 ] || status=75
exit $status
