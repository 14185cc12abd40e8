#!/bin/sh
# data_view: memory does not grow with the file, nor with its fields; the end
# of a file is found from the end.
. "$(dirname "$0")/lib.sh"
mkdir "$TRASH/w" && cd "$TRASH/w" || exit 99
V=$BUILD/libexec/agent/agent-view
# peak NAME ARGS...: it needs less than 64 MB
peak() {
	n=$1; shift
	"$STUB/spawn" -m -n 1 "$V" "$@" >"$TRASH/m" 2>&1
	read -r _ _ kb st <"$TRASH/m"
	[ "${st:-1}" = 0 ] && [ "${kb:-99999999}" -lt 65536 ]
	_if $? "$n: less than 64 MB" "$(cat "$TRASH/m")"
}
asan=$(nm -D "$V" 2>/dev/null | grep -c __asan)
awk 'BEGIN { for (i = 0; i < 400000; i++)
    printf "%d,name %d,\"text, with \"\"quotes\"\"\nand lines %d\",%.3f,2024-%02d-05\n",
    i, i % 977, i, i / 7, i % 12 + 1 }' >body
{ echo id,name,text,x,day; cat body; } >big.csv
if [ "$asan" = 0 ]; then
	for op in shape tail columns describe sample; do peak "$op" $op big.csv; done
	peak 'filter' --where 'id > 399990' filter big.csv
	{ echo a,b; head -c 150000000 /dev/zero | tr '\0' x; echo ,2; } >wide.csv
	peak 'a field of 150 MB' describe wide.csv
	{ printf '1'; head -c 3000000 /dev/zero | tr '\0' ,; echo; } >fields.csv
	peak 'three million fields' columns fields.csv
	{ printf '[{"a":"'; head -c 100000000 /dev/zero | tr '\0' x; echo '"},{"a":1}]'; } >long.json
	peak 'a value of 100 MB' columns long.json
	{ printf '%0200000d' 0 | tr 0 '['; } >deep.jsonl
	peak 'a nesting of 200,000' head deep.jsonl
	awk 'BEGIN { for (i = 0; i < 30000; i++) printf "{\"k%d\":%d,\"j%d\":\"x%d\"}\n", i, i, i, i }' >keys.jsonl
	peak '60,000 different keys' describe keys.jsonl
else
	skip 'a sanitizer is no judge of memory'
fi
ok 'shape' "$V" shape big.csv
like "$(cat "$OUT")" '; 400000 rows, 5 columns' 'records, not lines'
ok 'tail' "$V" -n 3 tail big.csv
is "$(sed 1,2d "$OUT" | cut -d, -f1 | tr '\n' ' ')" '399997 399998 399999 ' 'the last ones'
if strace -c -e trace=pread64 -o "$TRASH/st" "$V" -n 3 tail big.csv >"$OUT" 2>&1 && grep -q pread64 "$TRASH/st"; then
	is "$(awk '$NF == "pread64" { print ($4 < 20) }' "$TRASH/st")" 1 'without reading the file'
else
	skip 'no strace' 'without reading the file'
fi
# An end that could be read both ways: then all of it is read.
{ echo a; for _ in 1 2 3; do printf '"\n'; seq 1 20000; printf '"\n'; done; } >both.csv
ok 'an end that is not certain' "$V" -n 1 tail both.csv
like "$(sed 1,2d "$OUT")" '^\\x0a1\\x0a2' 'is one field'
{ cat big.csv; printf 'ragged\n'; } >rag.csv
ok 'an end that is ragged' "$V" -n 2 tail rag.csv
is "$(sed 1,2d "$OUT" | cut -d, -f1 | tr '\n' ' ')" '399999 ragged ' 'comes out right'
ok 'sample' "$V" -n 5 sample big.csv
cp "$OUT" one
ok 'again' "$V" -n 5 sample big.csv
cmp -s one "$OUT"; is $? 0 'the same rows by chance'
is "$(sed 1,2d one | cut -d, -f1 | sort -n | uniq | wc -l)" 5 'and five different ones'
done_testing
