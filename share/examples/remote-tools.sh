#!/bin/sh
# remote-tools.sh - the model here, the tools on another host.
#
#	remote-tools.sh HOST FOLDER WORDS...
#
# Use: work on a machine that has no model and no key, and shall have none.
# Needs: agent-gate and a model here; agent-tool there, and ssh without a
# password.
# Shows: agent-tool is a filter, so ssh puts it anywhere.  The calls of the
# model run in the sandbox over there, and no key leaves this host.  A host that
# goes away ends it with the status of ssh, 255.  Prints the answer.
set -eu
[ $# -ge 3 ] || { echo 'usage: remote-tools.sh HOST FOLDER WORDS...' >&2; exit 2; }
host=$1
# The shell of the other host reads the words once more.
folder=$(printf %s "$2" | sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/")
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
talk=$dir/talk message=$dir/message
ssh -n "$host" "agent-tool -w $folder list --event" >"$talk"
jq -nc --arg text "$*" '{role: "user", content: $text}' >>"$talk"
step=0
while [ $step -lt 20 ]; do
	step=$((step + 1))
	agent-gate <"$talk" >"$message"
	cat "$message" >>"$talk"
	status=0
	# shellcheck disable=SC2029
	ssh "$host" "agent-tool -w $folder run" <"$message" >>"$talk" || status=$?
	case $status in
	0) ;;
	1) jq -r '.content // ""' "$message"; exit 0 ;;
	*) exit "$status" ;;
	esac
done
echo 'remote-tools.sh: no answer after 20 steps' >&2
exit 3
