#!/bin/sh
# agent-mem index: a tree as chunks with citations; what has not changed is not
# read again, what is gone is forgotten, ignore files are honoured.
. "$(dirname "$0")/lib.sh"
mem() { agent-mem --db m.db -n p "$@"; }
mkdir -p src/doc src/build src/.git
cat >src/tea.c <<'END'
/* tea.c - brewing. */
#include <stdio.h>

/* Pours the water into the pot. */
int
pour_water(int litres)
{
	return litres * 2;
}

/* Waits until the leaves have sunk. */
static void
await_leaves(void)
{
	puts("waiting");
}
END
printf '# Teas\n\nAbout teas.\n\n## Green\n\nSteep at seventy degrees.\n\n## Black\n\nBoil it.\n' >src/doc/teas.md
printf 'secret sauce\n' >src/build/out.txt; echo 'build/' >src/.gitignore
printf 'a\0binary pour' >src/blob; printf '\377\376 pour' >src/latin; ln -s /etc/passwd src/link
ok 'index' mem index src
jq_ok '.files >= 2 and .changed >= 2 and .gone == 0' 'counts'
ok 'search' mem search --kind chunk -k 1 'pour water'
like "$(jq -r .id "$OUT")" '^tea\.c:[0-9]+-[0-9]+$' 'cites path and lines'
first=$(jq '.lines[0]' "$OUT") last=$(jq '.lines[1]' "$OUT")
is "$(sed -n "${first},${last}p" src/tea.c | grep -c 'pour_water(int litres)')" 1 'which are there'
is "$(jq -r .file_sha256 "$OUT")" "$(sha256sum <src/tea.c | cut -d ' ' -f 1)" 'and the hash of the file'
ok 'a section' mem search --kind chunk -k 1 'temperature: seventy degrees'
is "$(jq -r .source "$OUT")" doc/teas.md 'of a document'
status_is 1 mem search --kind chunk sauce
status_is 1 mem search --kind chunk root
status_is 1 mem search 'pour water'
ok 'again' mem index src
is "$(jq .changed,.gone "$OUT" | xargs)" '0 0' 'nothing has changed'
touch -t 200101010000 src/tea.c
ok 'touched' mem index src
is "$(jq .changed "$OUT")" 0 'but not changed'
sed -i 's/pour_water/fill_kettle/' src/tea.c
rm src/doc/teas.md
ok 'changed' mem index src
is "$(jq .changed,.gone "$OUT" | xargs)" '1 1' 'one file, and one is gone'
ok 'the new name' mem search --kind chunk -k 1 'fill_kettle'
like "$(jq -r .text "$OUT")" fill_kettle 'is found'
is "$(mem search --kind chunk -k 5 'seventy degrees' | grep -c teas.md)" 0 'the old text is not'
# Written twice within one step of the clock that the file system goes by; an
# hour ahead, so that it is no matter how long this takes.
touch -d '1 hour' step
for word in oolong sencha; do
	printf 'the %s kept\n' $word >src/kept.txt
	touch -r step src/kept.txt
	ok "$word" mem index src
	is "$(jq .changed "$OUT")" 1 'the change is seen'
done
ok 'the last' mem search --kind chunk sencha
# Two at once, of which each would take what the other has seen for gone.
mkdir many && for n in $(seq 150); do echo "tea number $n" >many/$n.md; done
mkfifo held go
flock many.db-index sh -c 'echo >held; read -r _ <go' &
read -r _ <held
for n in 1 2 3; do agent-mem --db many.db index -n p many >out$n & done
sleep 1
is "$(cat out?)" '' 'who indexes waits until nobody else does'
echo >go
wait
is "$(agent-mem --db many.db list -n p -k 1000 | jq -r .source | sort -u | wc -l)" 150 \
    'and then all is there'
is "$(jq -s 'map(.gone) | add' out?)" 0 'and nothing was taken for gone'
ok 'check' mem check
status_is 66 mem index nowhere

# ---- past conversations
mkdir work && cd work || exit 99
awk -v dir=.. -f "$ROOT/tests/examples.awk" "$ROOT/man/agent-events.5" | sed -n 's/ .* session.*//p' >../which
mkdir -p ~/.local/state/agent/projects
ok 'no conversation yet' agent-mem --db ../s.db index --sessions
is "$(jq .turns "$OUT")" 0 'is none'
export AGENT_FIXED_TIME=1764000000
agent-chat --offline -q -p 'Which pipes are there?' >../said 2>../err </dev/null
ok 'a conversation' agent-mem --db ../s.db index --sessions
n=$(jq .turns "$OUT")
[ "$n" -ge 2 ]; _if $? 'what was said is kept' "$(cat "$OUT" ../err)"
ok 'is found' agent-mem --db ../s.db search -k 1 'which pipes'
jq_ok 'select(.speaker == "user") | .kind == "turn" and (.session | length > 0) and (.turn >= 0)' 'with its place'
ok 'again' agent-mem --db ../s.db index --sessions
is "$(jq .changed,.turns "$OUT" | xargs)" '0 0' 'nothing is new'
mkdir empty
ok 'a tree beside it' agent-mem --db ../s.db index empty
ok 'leaves it there' agent-mem --db ../s.db search -k 1 'which pipes'
no_children_left
done_testing
