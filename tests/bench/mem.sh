#!/bin/sh
# mem.sh - agent-mem: how fast memories are stored and found, beside plain
# SQLite with FTS5 on the same data.  MEM_ROWS (100000) is how many there are;
# 1000000 takes some minutes.
. "$(dirname "$0")/../bench.sh"
ROWS=${MEM_ROWS:-100000}

# Words by Zipf's law, a third of them words that say nothing.
awk -v n="$ROWS" 'BEGIN {
	srand(7); V = 60000
	split("the a of to and in is it you that was for on are with as", stop, " ")
	c = split("b c d f g h j k l m n p r s t v w z", con, " "); split("a e i o u", vow, " ")
	for (i = 1; i <= V; i++) {
		s = ""
		for (k = i + 11; k > 0; ) {
			s = s con[k % c + 1]; k = int(k / c)
			s = s vow[k % 5 + 1]; k = int(k / 5)
		}
		w[i] = s
	}
	for (i = 0; i < n; i++) {
		k = 8 + int(rand() * 20); t = ""
		for (j = 0; j < k; j++)
			t = t (j ? " " : "") (j % 3 ? w[int(exp(rand() * log(V)))] : stop[int(rand() * 16) + 1])
		printf "{\"id\":\"m%d\",\"namespace\":\"n\",\"text\":\"%s\",\"speaker\":\"%s\",\"date\":\"2023-%02d-%02d\",\"session\":\"s%d\",\"turn\":%d}\n",
		    i, t, rand() < 0.5 ? "Ann" : "Bob", i % 12 + 1, i % 28 + 1, i / 20, i % 20
	}
}' >"$T/rows"
bytes=$(wc -c <"$T/rows")
text=$(jq -r .text "$T/rows" | wc -c)

"$STUB/spawn" -n 1 -i "$T/rows" agent-mem --db "$T/m.db" import >"$T/out"
read -r wall cpu peak _ <"$T/out"
row "mem: import, $ROWS memories" "$(calc 0 "$ROWS / $wall * 1000")" 1/s '>= 45000'
row 'mem: import, by CPU' "$(calc 0 "$ROWS / $cpu * 1000")" 1/s
row 'mem: import, peak memory' "$(calc 1 "$peak / 1024")" MB
row 'mem: file, times the text' "$(calc 2 "$(wc -c <"$T/m.db") / $text")" x '<= 2.7'
row 'mem: file, times the lines' "$(calc 2 "$(wc -c <"$T/m.db") / $bytes")" x

# Questions: five of the rarer words of a memory; and ones full of common words.
jq -r .text "$T/rows" | awk -v n="$ROWS" 'NR % int(n / 20) == 1 {
	m = split($0, w, " "); q = ""; k = 0
	for (j = m; j > 0 && k < 5; j--) if (j % 3 != 1 && length(w[j]) > 4) { q = q " " w[j]; k++ }
	print substr(q, 2) }' | head -n 20 >"$T/rare"
jq -r .text "$T/rows" | awk -v n="$ROWS" 'NR % int(n / 20) == 1 {
	m = split($0, w, " "); q = ""; k = 0
	for (j = 1; j <= m && k < 8; j++) if (length(w[j]) <= 4) { q = q " " w[j]; k++ }
	print substr(q, 2) }' | head -n 20 >"$T/common"
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
most() { sort -n | tail -n 1; }
ask() {	# ask FILE: wall and CPU of each question in a process of its own
	while read -r q; do
		"$STUB/spawn" -n 5 agent-mem --db "$T/m.db" search -n n -k 10 "$q"
	done <"$1" >"$T/times"
}
target='<= 4'; [ "$ROWS" -lt 500000 ] || target='<= 12'
ask "$T/rare"
row 'mem: search in a fresh process, typical, p50' "$(cut -d ' ' -f 1 "$T/times" | median)" ms "$target"
row 'mem: search in a fresh process, typical, the slowest' "$(cut -d ' ' -f 1 "$T/times" | most)" ms
row 'mem: the same by CPU, p50' "$(cut -d ' ' -f 2 "$T/times" | median)" ms
row 'mem: search, peak memory' "$(calc 1 "$(cut -d ' ' -f 3 "$T/times" | most) / 1024")" MB '<= 8'
rare=$(cut -d ' ' -f 1 "$T/times" | median)
ask "$T/common"
row 'mem: search full of common words, p50' "$(cut -d ' ' -f 1 "$T/times" | median)" ms "<= $(calc 1 "$rare * 3")"
jq -Rc '{type: "search", id: "x", query: ., limit: 10}' "$T/rare" >"$T/lines"
for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$T/lines"; done >"$T/many"
"$STUB/spawn" -n 3 -i "$T/many" agent-mem --db "$T/m.db" -n n --coprocess ,, agent-mem --db "$T/m.db" -n n --coprocess </dev/null >"$T/out"
read -r wall _ <"$T/out"
row 'mem: search in a coprocess, each of 200' "$(calc 2 "$wall / $(wc -l <"$T/many")")" ms

head -n 500 "$T/rows" | jq -c 'del(.id) | .namespace = "one"' >"$T/some"
"$STUB/spawn" -n 1 -i "$T/some" agent-mem --db "$T/one.db" store >"$T/out"
read -r wall _ <"$T/out"
row 'mem: durable stores, one after the other' "$(calc 0 "500 / $wall * 1000")" 1/s

if command -v sqlite3 >/dev/null; then
	jq -r '[.id, .text] | @tsv' "$T/rows" >"$T/tsv"
	cat >"$T/sql" <<-END
		CREATE VIRTUAL TABLE f USING fts5(id UNINDEXED, text, tokenize='porter');
		.mode tabs
		.import $T/tsv f
	END
	"$STUB/spawn" -n 1 -i "$T/sql" sqlite3 "$T/f.db" >"$T/out"
	read -r wall _ <"$T/out"
	row 'mem: plain FTS5: import' "$(calc 0 "$ROWS / $wall * 1000")" 1/s
	row 'mem: plain FTS5: file, times the text' "$(calc 2 "$(wc -c <"$T/f.db") / $text")" x
	for k in rare common; do
		while read -r q; do
			q=$(echo "$q" | sed 's/ /" OR "/g')
			"$STUB/spawn" -n 5 sqlite3 "$T/f.db" "SELECT id FROM f WHERE f MATCH '\"$q\"' ORDER BY rank LIMIT 10"
		done <"$T/$k" >"$T/times"
		row "mem: plain FTS5: search, $k words, p50" "$(cut -d ' ' -f 1 "$T/times" | median)" ms
	done
fi
