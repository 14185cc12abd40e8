#!/bin/sh
# read-only.sh - an agent that can look and not touch, for questions about a
# project that you do not trust it with.
#
#	read-only.sh WORDS...
#
# Only tools that read are offered, and a stage between agent-gate and
# agent-tool takes out other calls, should the model make one up.  Prints the
# answer; stops with status 3 after 20 steps.
set -eu
[ $# -gt 0 ] || { echo 'usage: read-only.sh WORDS...' >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
talk=$dir/talk message=$dir/message
may='["list_files", "read_file", "search_files"]'

agent-tool list --event | jq -c --argjson may "$may" \
    '.tools |= map(select(.function.name | IN($may[])))' >"$talk"
jq -nc --arg text "$*" '{role: "user", content: $text}' >>"$talk"

step=0
while [ $step -lt 20 ]; do
	step=$((step + 1))
	agent-gate <"$talk" | jq -c --argjson may "$may" '
		if .tool_calls then
			.tool_calls |= map(select(.function.name | IN($may[])))
		else . end
		| if .tool_calls == [] then
			del(.tool_calls) | .content //= "(only forbidden calls)"
		else . end' >"$message"
	cat "$message" >>"$talk"
	status=0
	agent-tool run <"$message" >>"$talk" || status=$?
	case $status in
	0) ;;
	1) jq -r '.content // ""' "$message"; exit 0 ;;
	*) exit "$status" ;;
	esac
done
echo 'read-only.sh: no answer after 20 steps' >&2
exit 3
