#!/bin/sh
# Questions in other words than the answers, about conversations and facts:
# agent-mem finds most of them, more than words alone would, and the same ones
# every time.  make bench-recall shows the figures.
. "$(dirname "$0")/lib.sh"
set=$ROOT/tests/data/recall/set.jsonl
recall() { RECALL_WITHOUT="$1" AGENT_BUILD="$BUILD" sh "$ROOT/tests/bench/recall.sh" | grep '(all'; }
field() { sed -n "s/.*$1 \([0-9.]*\).*/\1/p"; }
least() {	# least GOT WANT NAME
	awk -v g="$1" -v w="$2" 'BEGIN { exit !(g != "" && g + 0 >= w + 0) }'
	_if $? "$3: $1, at least $2" "$1"
}
full=$(recall vector)
bare=$(recall 'neighbours session speaker date phrase cue question importance recency near like')
diag "$full"; diag "$bare"
least "$(echo "$full" | field r@5)" 0.87 'gold memories among the first five'
least "$(echo "$full" | field r@10)" 0.90 'among the first ten'
least "$(echo "$full" | field MRR)" 0.70 'rank of the first'
least "$(echo "$full" | field r@5)" "$(echo "$bare" | field r@5 | awk '{ print $1 + 0.15 }')" 'more than by words alone'

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
