#!/bin/sh
# rehearse.sh - plays a recorded turn again, without any model.
#
#	rehearse.sh		plays it in a folder of its own
#	rehearse.sh --record	makes the recording anew, with the offline model
#
# The recording is rehearse.rec, beside this script.  A request that was not
# recorded is an error, so a script that passes here sends what it sent when
# the recording was made.  Record your own the same way to test your scripts.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
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

# The schema stands here rather than coming from agent-tool list, because it is
# part of the request, and another version may word it differently.
talk=$dir/talk.jsonl
cat >"$talk" <<'END'
{"type":"tools","tools":[{"type":"function","function":{"name":"read_file","description":"Read a file.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}}]}
{"role":"user","content":"Read the file notes.txt"}
END
status=0
# shellcheck disable=SC2094
while [ $status -eq 0 ]; do
	agent-gate "$@" <"$talk" | tee -a "$talk" | agent-tool run >>"$talk" ||
	    status=$?
done
[ $status -eq 1 ] || exit $status
jq -r 'select(.role) | .role + ": " + (.content //
	(.tool_calls | map(.function.name + " " + .function.arguments)
	| join("\n")))' "$talk"
