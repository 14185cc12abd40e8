#!/bin/sh
# mem.sh - agent-mem: how fast memories are stored and found, beside plain
# SQLite with FTS5 on the same data.  MEM_ROWS (100000) is how many there are.
# MEM_VECTORS (0) of them get vectors of 384 numbers, beside sqlite-vec of the
# npm registry.  A million of both takes five minutes and 8 GB below /tmp.
. "$(dirname "$0")/../bench.sh"
ROWS=${MEM_ROWS:-100000} VECTORS=${MEM_VECTORS:-0} ASKED=200

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
row 'mem: file' "$(calc 1 "$(wc -c <"$T/m.db") / 1000000")" MB
row 'mem: file, times the text' "$(calc 2 "$(wc -c <"$T/m.db") / $text")" x
row 'mem: file, times the lines' "$(calc 2 "$(wc -c <"$T/m.db") / $bytes")" x
# Texts of 150 bytes, and nothing beside them.
head -n 100000 "$T/rows" | jq -c '.text as $t | input | {id, namespace, text: ($t + " " + .text)}' >"$T/plain"
agent-mem --db "$T/plain.db" import "$T/plain" >"$T/out"
row 'mem: file, times texts of 150 bytes without more' \
    "$(calc 2 "$(wc -c <"$T/plain.db") / $(jq -r .text "$T/plain" | wc -c)")" x '<= 2.7'
rm -f "$T"/plain*

# Questions: five of the rarer words of a memory; and ones full of common words.
jq -r .text "$T/rows" | awk -v n="$ROWS" -v asked="$ASKED" 'NR % int(n / asked) == 1 {
	m = split($0, w, " "); q = ""; k = 0
	for (j = m; j > 0 && k < 5; j--) if (j % 3 != 1 && length(w[j]) > 4) { q = q " " w[j]; k++ }
	if (q) print substr(q, 2) }' >"$T/rare"
jq -r .text "$T/rows" | awk -v n="$ROWS" 'NR % int(n / 40) == 1 {
	m = split($0, w, " "); q = ""; k = 0
	for (j = 1; j <= m && k < 8; j++) if (length(w[j]) <= 4) { q = q " " w[j]; k++ }
	if (q) print substr(q, 2) }' >"$T/common"
part() { sort -n | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100) + 1; if (i > NR) i = NR; print v[i] }'; }
ask() {	# ask FILE OPTION...: wall, CPU and memory of each question in a process of its own
	_file=$1; shift
	while read -r q; do
		"$STUB/spawn" -n 1 agent-mem --db "$T/m.db" search -n n -k 10 "$@" "$q"
	done <"$_file" >"$T/times"
}
column() { cut -d ' ' -f "$1" "$T/times"; }
target='<= 4' worst='<= 40'; [ "$ROWS" -lt 500000 ] || { target='<= 12' worst=''; }
ask "$T/rare"
row 'mem: search in a fresh process, typical, p50' "$(column 1 | part 50)" ms "$target"
row 'mem: search in a fresh process, typical, p99' "$(column 1 | part 99)" ms "$worst"
row 'mem: the same by CPU, p50' "$(column 2 | part 50)" ms
row 'mem: search, peak memory' "$(calc 1 "$(column 3 | part 100) / 1024")" MB '<= 8'
rare=$(column 1 | part 50)
ask "$T/common"
row 'mem: search full of common words, p50' "$(column 1 | part 50)" ms "<= $(calc 1 "$rare * 3")"
jq -Rc '{type: "search", id: "x", query: ., limit: 10}' "$T/rare" >"$T/lines"
coprocess() {	# coprocess NAME OPTION...
	command -v python3 >/dev/null || return 0
	_name=$1; shift
	python3 "$ROOT/tests/bench/coproc.py" "$T/lines" agent-mem --db "$T/m.db" -n n --coprocess "$@" >"$T/times"
	row "mem: $_name in a coprocess, p50" "$(column 1 | part 50)" ms
	row "mem: $_name in a coprocess, p99" "$(column 1 | part 99)" ms
}
coprocess search

if [ "$VECTORS" -gt 0 ]; then
	MEM_VECTORS=$VECTORS MEM_FLOATS=$T/floats.db "$BUILD/tests/bench/mem_vectors" "$T/m.db" modeld-1
	row 'mem: file with vectors' "$(calc 1 "$(wc -c <"$T/m.db") / 1000000")" MB
	serve 'set embeddings 384'
	head -n 40 "$T/rare" >"$T/some"
	"$STUB/spawn" -n 5 -i "$T/rows" sh -c 'head -n 1 | agent-gate embed --jsonl' >"$T/times"
	row 'mem: of that, a vector for the question' "$(column 1 | part 50)" ms
	ask "$T/some" --vectors
	row 'mem: search by vectors in a fresh process, p50' "$(column 1 | part 50)" ms
	row 'mem: search by vectors in a fresh process, p99' "$(column 1 | part 99)" ms
	coprocess 'search by vectors' --vectors
	npm=$BUILD/npm/vec
	mkdir -p "$npm"
	[ -e "$npm/node_modules/sqlite-vec" ] || ! command -v npm >/dev/null ||
	    npm install --prefix "$npm" --no-audit --no-fund sqlite-vec >"$T/out" 2>&1
	vec=$(find "$npm" -name vec0.so | head -n 1)
	if [ -n "$vec" ] && command -v sqlite3 >/dev/null; then
		cat >"$T/sql" <<-END
			.load ${vec%.so}
			ATTACH '$T/floats.db' AS m;
			CREATE VIRTUAL TABLE v USING vec0(e float[384]);
			INSERT INTO v(rowid, e) SELECT id, data FROM m.f;
		END
		"$STUB/spawn" -n 1 -i "$T/sql" sqlite3 "$T/v.db" >"$T/times"
		row 'mem: sqlite-vec: vectors kept' "$(calc 0 "$VECTORS / $(column 1) * 1000")" 1/s
		{
			printf '.load %s\nPRAGMA mmap_size=2147418112;\n' "${vec%.so}"
			printf "ATTACH '%s' AS m;\n.timer on\n" "$T/floats.db"
			for i in 1 2 3 4 5 6 7; do
				echo "SELECT count(*) FROM (SELECT rowid FROM v WHERE e MATCH (SELECT data FROM m.f
				    WHERE id = $i) AND k = 10);"
			done
		} | sqlite3 "$T/v.db" | sed -n 's/^Run Time: real \([0-9.]*\).*/\1/p' >"$T/times"
		row 'mem: sqlite-vec: nearest, floats' "$(calc 1 "$(column 1 | part 50) * 1000")" ms
		rm -f "$T/v.db" "$T/floats.db"
	fi
fi

head -n 500 "$T/rows" | jq -c 'del(.id) | .namespace = "one"' >"$T/some"
"$STUB/spawn" -n 1 -i "$T/some" agent-mem --db "$T/one.db" store >"$T/out"
read -r wall _ <"$T/out"
row 'mem: durable stores, one after the other' "$(calc 0 "500 / $wall * 1000")" 1/s

# The sources of this project, as chunks.
mkdir "$T/tree"
cp -r "$ROOT/lib" "$ROOT/cmd" "$ROOT/man" "$T/tree"
files=$(find "$T/tree" -type f | wc -l)
index() { "$STUB/spawn" -n "$1" agent-mem --db "$T/i.db" index -n i "$T/tree" >"$T/times"; }
index 1
row "mem: index, $files files" "$(calc 0 "$files / $(column 1) * 1000")" 1/s
index 5
row 'mem: index again, nothing has changed' "$(column 1)" ms
echo '/* changed */' >>"$T/tree/lib/mem/rank.c"
index 1
row 'mem: index again, a file of 400 lines has changed' "$(column 1)" ms

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
	head -n 60 "$T/rare" >"$T/some"
	for k in some common; do
		while read -r q; do
			q=$(echo "$q" | sed 's/ /" OR "/g')
			"$STUB/spawn" -n 1 sqlite3 "$T/f.db" "SELECT id FROM f WHERE f MATCH '\"$q\"' ORDER BY rank LIMIT 10"
		done <"$T/$k" >"$T/times"
		[ $k = common ] || k=typical
		row "mem: plain FTS5: search, $k words, p50" "$(column 1 | part 50)" ms
		row "mem: plain FTS5: search, $k words, p99" "$(column 1 | part 99)" ms
	done
fi
