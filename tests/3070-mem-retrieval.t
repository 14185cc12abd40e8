#!/bin/sh
# Questions in other words than the answers, about conversations and facts:
# agent-mem finds most of them, more than words alone would, and the same ones
# every time.  make bench-recall shows the figures.
. "$(dirname "$0")/lib.sh"
set=$ROOT/tests/data/recall/set.jsonl
recall() {	# recall PARTS [DATA]
	_parts=$1; shift
	RECALL_WITHOUT="$_parts" AGENT_BUILD="$BUILD" sh "$ROOT/tests/bench/recall.sh" "$@" | grep '(all,'
}
field() { sed -n "s/.*$1 \([0-9.]*\).*/\1/p"; }
least() {	# least GOT WANT NAME
	awk -v g="$1" -v w="$2" 'BEGIN { exit !(g != "" && g + 0 >= w + 0) }'
	_if $? "$3: $1, at least $2" "$1"
}
parts='neighbours session speaker date phrase cue question importance recency near like'
full=$(recall '')
bare=$(recall "$parts")
diag "$full"; diag "$bare"
least "$(echo "$full" | field r@5)" 0.91 'gold memories among the first five'
least "$(echo "$full" | field r@10)" 0.93 'among the first ten'
least "$(echo "$full" | field MRR)" 0.76 'rank of the first'
least "$(echo "$full" | field r@5)" "$(echo "$bare" | field r@5 | awk '{ print $1 + 0.15 }')" 'more than by words alone'

# Each signal earns its place: without it less is found, or later.
worth() { awk -v a="$(echo "$1" | field r@5)" -v b="$(echo "$1" | field MRR)" 'BEGIN { print a + b }'; }
earns() {	# earns PART FULL LESS
	awk -v a="$(worth "$2")" -v b="$(worth "$3")" 'BEGIN { exit !(b > 0.5 && a > b) }'
	_if $? "$1 earns its place: $(worth "$3") without it, $(worth "$2") with it" "$3"
}
for p in $parts; do
	[ $p = session ] || earns $p "$full" "$(recall $p)"
done
# What a session is about shows where there are many.
if command -v python3 >/dev/null; then
	python3 "$ROOT/tests/bench/talks.py" 3 3 >talks
	full=$(recall '' "$TRASH/talks")
	diag "$full"
	for p in session neighbours speaker cue; do earns $p "$full" "$(recall $p "$TRASH/talks")"; done
	least "$(echo "$full" | field r@5)" 0.54 'talks over months: among the first five'
else
	skip 'no python3' 'talks over months'
fi

# In memories without sessions neighbours mean nothing.
jq -c 'select(.text) | del(.session, .turn)' "$set" >rows
agent-mem --db n.db import rows >out
jq -c 'select(.query)' "$set" >questions
agent-mem --db n.db search <questions >one
agent-mem --db n.db search --without neighbours --without session <questions >two
ok 'without sessions there are no neighbours' cmp one two
agent-mem --db n.db search <questions >three
ok 'the same question has the same answer' cmp one three
is "$(wc -l <one)" "$(wc -l <questions)" 'every question is answered'
# Another order of writing finds the same.
jq -c 'select(.text)' "$set" | awk '{ print NR * 7919 % 1009 "\t" $0 }' | sort -n | cut -f 2- >shuffled
agent-mem --db s.db import shuffled >out
jq -c 'select(.text)' "$set" | agent-mem --db o.db import >out
found() { agent-mem --db "$1" search -k 5 <questions | jq -c '[.hits[].id] | sort'; }
found s.db >one; found o.db >two
same=$(paste -d '\n' one two | awk 'NR % 2 { a = $0; next } a == $0' | wc -l)
want=$(($(wc -l <questions) * 8 / 10))
least "$same" "$want" 'the same answers when turns came in any order'
done_testing
