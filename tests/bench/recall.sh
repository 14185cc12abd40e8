#!/bin/sh
# recall.sh [DATA] - how well agent-mem finds what was meant.
#
# DATA is a file of lines: memories as agent-mem import reads them, and
# questions {"query":S,"namespace":S,"gold":[ID...],"half":S?}; without it, it
# is the set in tests/data/recall, and then, in short, talks that talks.py makes
# up.  For each way of ranking: the part of the gold memories among the first 5
# and 10, and the mean reciprocal rank of the first of them.  With
# RECALL_VECTORS=1 memories get vectors from a model first (agent-mem embed),
# and the part vector is there as well.
set -u
B=${AGENT_BUILD:-build}
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$B/bin:$PATH
parts='like near speaker date neighbours session question cue phrase importance recency'
vectors=
[ -z "${RECALL_VECTORS-}" ] || { vectors=--vectors; parts="$parts vector"; }
without() { for _p; do printf ' --without %s' "$_p"; done; }

load() {	# load DATA
	rm -f "$tmp"/m.db*
	jq -c 'select(.text)' "$1" | agent-mem --db "$tmp/m.db" import >"$tmp/log" || exit 1
	jq -c 'select(.query)' "$1" >"$tmp/questions"
	[ -s "$tmp/questions" ] || { echo "recall: no questions in $1" >&2; exit 65; }
	[ -z "$vectors" ] || agent-mem --db "$tmp/m.db" embed >"$tmp/log" || exit 1
}

# shellcheck disable=SC2086
score() {	# score NAME OPTION...
	_name=$1; shift
	agent-mem --db "$tmp/m.db" search -k 20 $vectors "$@" <"$tmp/questions" |
	    jq -c '[.hits[].id]' >"$tmp/found" || return 1
	jq -c '[.gold, (.half // "all")]' "$tmp/questions" | paste "$tmp/found" - |
	    jq -rs --arg name "$_name" '
	    def ranks: [.[0] as $f | .[1][0][] | . as $g | ($f | index($g)) // 999];
	    def row: map(ranks) | [length,
		(map((map(select(. < 5)) | length) / length) | add / length),
		(map((map(select(. < 10)) | length) / length) | add / length),
		(map(min | if . < 999 then 1 / (. + 1) else 0 end) | add / length)];
	    [range(0; length; 2) as $i | [.[$i], .[$i + 1]]] | . as $all |
	    (["all"] + (map(.[1][1]) | unique - ["all"]))[] as $h |
	    $all | map(select($h == "all" or .[1][1] == $h)) | row |
	    map(. * 1000 | round / 1000) |
	    "recall: \($name) (\($h), \(.[0]) questions)\tr@5 \(.[1])\tr@10 \(.[2])\tMRR \(.[3])"'
}
# shellcheck disable=SC2046,SC2086
all_ways() {
	score 'BM25 alone' $(without $parts)
	left=$parts
	for p in $parts; do
		left=$(for q in $left; do [ "$q" = "$p" ] || echo "$q"; done)
		score "+ $p" $(without $left)
	done
	score 'all together'
	for p in $parts; do score "all but $p" --without "$p"; done
}
load "${1:-$here/../data/recall/set.jsonl}"
# shellcheck disable=SC2046,SC2086
if [ -n "${RECALL_WITHOUT+x}" ]; then
	score "without $RECALL_WITHOUT" $(without $RECALL_WITHOUT)
	exit
fi
all_ways
if [ $# = 0 ] && command -v python3 >/dev/null; then
	python3 "$here/talks.py" >"$tmp/talks"
	load "$tmp/talks"
	# shellcheck disable=SC2046,SC2086
	score 'talks: BM25 alone' $(without $parts)
	score 'talks: all together'
	for p in $parts; do score "talks: all but $p" --without "$p" | grep '(all,'; done
fi
