#!/bin/sh
# @describe Count the lines of a text.
# @option --text!  The text
# @flag --words  Count words, not lines
#
# The comments above say what a model is told; see agent-tools(7).
what=-l
while [ $# -gt 0 ]; do
	case $1 in
	--text) text=$2; shift ;;
	--words) what=-w ;;
	*) echo "unknown: $1" >&2; exit 2 ;;
	esac
	shift
done
printf '%s\n' "$text" | wc $what | tr -d ' '
