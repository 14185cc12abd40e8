#!/bin/sh
# rehearse.sh - plays a recorded turn again, without any model.
#
#	rehearse.sh		plays it in an empty folder
#	rehearse.sh --record	makes the recording anew, with the offline model
#
# The recording is rehearse.rec, beside this script.  A request that was not
# recorded is an error, so a script that passes here sends what it sent when
# the recording was made.  Record your own the same way to test your scripts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rec=$here/rehearse.rec
if [ "${1-}" = --record ]; then
	rm -f "$rec"
	set -- --offline --record "$rec"
else
	set -- --replay "$rec"
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/work"
cd "$dir/work"
echo 'buy tea' >notes.txt

talk=$dir/talk.jsonl
agent-tool list --event >"$talk"
echo '{"role":"user","content":"Read the file notes.txt"}' >>"$talk"
# shellcheck disable=SC2094
while agent-gate "$@" <"$talk" | tee -a "$talk" | agent-tool run >>"$talk"
do :; done
jq -r 'select(.role) | .role + ": " + (.content //
	(.tool_calls | map(.function.name + " " + .function.arguments)
	| join("\n")))' "$talk"
