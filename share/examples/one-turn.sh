#!/bin/sh
# one-turn.sh - one step of an agent, made of two filters and tee.
#
#	one-turn.sh TALK [WORDS...]
#
# Begins the file TALK when there is none, appends WORDS to it as a message of
# the user, asks the model, and runs the tools that it calls.  Run it again
# without words to go on.  The status is 0 when tools ran and the model should
# be asked again, and 1 when it has answered; then the answer is printed.
set -eu
talk=${1:?usage: one-turn.sh TALK [WORDS...]}
shift
[ -s "$talk" ] || agent-tool list --event >"$talk"
if [ $# -gt 0 ]; then
	jq -nc --arg text "$*" '{role: "user", content: $text}' >>"$talk"
fi
# shellcheck disable=SC2094
if agent-gate <"$talk" | tee -a "$talk" | agent-tool run >>"$talk"; then
	exit 0
else
	status=$?
fi
[ $status -ne 1 ] || tail -n 1 "$talk" | jq -r '.content // ""'
exit $status
