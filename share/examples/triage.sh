#!/bin/sh
# triage.sh - which lines of a log matter, and what to do about them.
#
#	journalctl -p warning --since -1h | triage.sh
#
# Use: read a log of any length; prints severity, count, what it is and what to
# do, separated by tabs, worst first.  The status is 1 when there is something
# of severity high, so that it can wake somebody.
# Needs: agent-gate, jq and a model.
# Shows: sort and uniq do what they can before a model is asked, so that a
# million lines cost as much as their kinds; --output-schema makes the answer
# one that a program can use; and the model, which reads what strangers wrote
# into the log, has no tools, and names lines by number, so that counts are
# ours.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cat >"$dir/schema" <<'END'
{"type": "object", "required": ["kinds"], "additionalProperties": false,
 "properties": {"kinds": {"type": "array", "items": {"type": "object",
  "required": ["line", "severity", "what", "todo"],
  "additionalProperties": false, "properties": {
   "line": {"type": "integer"},
   "severity": {"type": "string", "enum": ["high", "medium", "low"]},
   "what": {"type": "string"}, "todo": {"type": "string"}}}}}}
END
# Numbers and addresses, dates among them, make no kinds of their own.
sed -E 's/0x[0-9a-fA-F]+|[0-9a-f]{8,}/X/g; s/[0-9]+/N/g' |
    sort | uniq -c | sort -k 1,1nr | head -n 200 >"$dir/kinds"
[ -s "$dir/kinds" ] || exit 0
cut -c 1-400 "$dir/kinds" | nl -ba |
jq -Rsc '{role: "system", content: "Each line is a kind of line of a log: its number, how often it occurred, its text. Judge those that somebody should look at, by number."},
	{role: "user", content: .}' |
agent-gate --output-schema "$dir/schema" >"$dir/message"
jq -r --rawfile kinds "$dir/kinds" '
	($kinds | split("\n") | map(capture("^ *(?<n>[0-9]+)").n)) as $n |
	{high: 0, medium: 1, low: 2} as $rank |
	.content | fromjson | .kinds
	| map(select(.line >= 1 and .line <= ($n | length)))
	| sort_by($rank[.severity])[]
	| [.severity, $n[.line - 1], .what, .todo] | @tsv' "$dir/message" |
tee "$dir/found"
! grep -q '^high	' "$dir/found"
