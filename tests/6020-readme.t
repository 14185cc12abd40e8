#!/bin/sh
# README: its pipelines are examples of agent(7), which 6010-examples.t runs,
# and its transcript is what the demonstration prints.
. "$(dirname "$0")/lib.sh"
readme=$ROOT/README

# section TITLE: the lines of a section, without its title.
section() {
	awk -v title="$1" '/^[A-Z]/ && prev == "" && before == "" { on = $0 == title; at = NR }
	    { before = prev; prev = $0 }
	    on && NR > at { print }' "$readme"
}
# blocks TITLE DIR: each indented block of the section as a file in DIR.
blocks() {
	mkdir -p "$2"
	section "$1" | awk -v dir="$2" '/^    / {
		if (!inside)
			file = dir "/" ++n
		inside = 1
		print substr($0, 5) >file
		next
	}
	{ inside = 0 }'
}

mkdir page
awk -v dir=page -f "$ROOT/tests/examples.awk" "$ROOT/man/agent.7" |
    awk '$3 == "run" { print $1 }' >run
blocks 'Ten pipelines' pipelines
count=0
for p in pipelines/*; do
	found=
	while read -r n; do
		! cmp -s "page/$n" "$p" || found=yes
	done <run
	is "$found" yes "pipeline $(head -n 1 "$p") is an example of agent(7)"
	count=$((count + 1))
done
is $count 10 'there are ten pipelines'

blocks 'What it looks like' seen
cat seen/* >seen.all
ok 'the demonstration runs' sh "$ROOT/share/agent/demo/transcript.sh"
is "$(cat "$OUT")" "$(cat seen.all)" 'README shows what the demonstration prints'
is "$(BUILD="$BUILD" sh "$ROOT/tests/readme.sh" | cksum)" "$(cksum <"$readme")" \
    'and is what it is made of'

# Pages and commands that README names are there.
grep -oE '\bagent[a-z-]*\([1-9]\)' "$readme" | sort -u >pages
while read -r page; do
	f=$ROOT/man/$(printf %s "$page" | tr '(' '.' | tr -d ')')
	[ -s "$f" ]; _if $? "there is a page $page" "$f"
done <pages
done_testing
