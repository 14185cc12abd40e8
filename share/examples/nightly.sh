#!/bin/sh
# nightly.sh - an agent that looks at a project every night, for cron.
#
#	MAILTO=me
#	PATH=/usr/local/bin:/usr/bin:/bin
#	17 3 * * *  nightly.sh ~/src/project ~/reports
#
# Use: the answer to the question in PROJECT/.agents/nightly.md, or else to a
# usual one, becomes REPORTS/DATE.md.
# Needs: agent-chat, flock (util-linux) and a model.
# Shows: no output when all went well, so that cron sends no mail; otherwise
# lines that say what, where and why, and the status of the agent.  Only one
# runs at a time: a second one ends at once with status 75.  It may look and
# not touch, take ten minutes, and what the budget named in BUDGET has left; a
# budget that is used up is status 3.
set -eu
[ $# -eq 2 ] || { echo 'usage: nightly.sh PROJECT REPORTS' >&2; exit 2; }
project=$1 reports=$2
mkdir -p "$reports"
exec 9>"$reports/.lock"
flock -n -E 75 9 || {
	echo "nightly.sh: $project: the last one still runs" >&2
	exit 75
}
question='Which three things in this project need attention first, and why?'
if [ -s "$project/.agents/nightly.md" ]; then
	question=$(cat "$project/.agents/nightly.md")
fi
status=0
said=$(agent-chat -n -q -w "$project" --read-only --no-session --timeout 10m \
    ${BUDGET:+--budget "$BUDGET"} -o "$reports/$(date +%Y-%m-%d).md" \
    -p "$question" 2>&1 >/dev/null 9>&-) || status=$?
if [ $status -ne 0 ]; then
	printf 'nightly.sh: no report on %s (status %d)\n%s\n' \
	    "$project" "$status" "$said" >&2
fi
exit $status
