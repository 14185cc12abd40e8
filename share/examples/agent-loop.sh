#!/bin/sh
# agent-loop.sh - a whole agent:  agent-loop.sh TALK WORDS...
set -eu
talk=${1:?usage: agent-loop.sh TALK WORDS...}; shift
[ -s "$talk" ] || agent-tool list --event >"$talk"
jq -nc --arg text "$*" '{role: "user", content: $text}' >>"$talk"
status=0
# shellcheck disable=SC2094
while [ $status -eq 0 ]; do
	agent-gate <"$talk" | tee -a "$talk" | agent-tool run >>"$talk" || status=$?
done
[ $status -eq 1 ] || exit $status
tail -n 1 "$talk" | jq -r '.content // ""'
