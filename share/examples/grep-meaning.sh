#!/bin/sh
# grep-meaning.sh - grep for what is meant rather than written.
#
#	grep-meaning.sh [-v] [-n COUNT] WORDS...
#	grep-meaning.sh 'where is the lock file removed'
#
# Use: searches the source files and documents of this folder, and prints
# places as grep -n does, best first, so that editors can jump to them.  The
# status is 1 when nothing is found.
# Needs: agent-mem and jq; with -v (nearness of meaning as well) a model for
# embeddings.
# Shows: the index is brought up to date by each call, and only what has
# changed is read again; words are found by their stems, and identifiers by
# their parts.
set -eu
count=10 vectors=
while getopts n:v option; do
	case $option in
	n) count=$OPTARG ;;
	v) vectors=--vectors ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { echo 'usage: grep-meaning.sh [-v] [-n COUNT] WORDS...' >&2; exit 2; }
agent-mem index -q . >/dev/null
[ -z "$vectors" ] || agent-mem embed -q >/dev/null
# shellcheck disable=SC2086
agent-mem search --kind chunk -k "$count" $vectors -- "$*" | jq -r '
	(.id | capture("^(?<file>.*):(?<line>[0-9]+)-[0-9]+$")) as $at |
	"\($at.file):\($at.line):\(.title // (.text | split("\n")[0]))"' | {
	IFS= read -r first || exit 1
	printf '%s\n' "$first"
	cat
}
