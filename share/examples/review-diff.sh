#!/bin/sh
# review-diff.sh - what a model thinks of a change, as it comes in.
#
#	review-diff.sh [ARGUMENTS OF git diff...]
#
# No tools are offered, so the model can do nothing but write.  The status is
# 1 when there is no change to review, and 69 when no answer came, or only a
# part of one.
set -eu
diff=$(git diff --no-color "$@")
if [ -z "$diff" ]; then
	echo 'review-diff.sh: no change; try --cached' >&2
	exit 1
fi
printf '%s\n' "$diff" |
jq -Rsc '{role: "system", content:
	"You review changes of source code. Name faults only, worst first."},
	{role: "user", content: .}' |
agent-gate --stream |
jq -nj --unbuffered 'def none: "" | halt_error(69);
	(try input catch none), inputs
	| if .role == "assistant" then "\n"
	elif .type == "delta" and .kind == "text" then .text
	elif .type == "error" then none
	else empty end'
