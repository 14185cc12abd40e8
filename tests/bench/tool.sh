#!/bin/sh
# tool.sh - the tools that read: files beside each other, lines of a tree,
# tables of any size, a skill, and Python that stays.
# Words name the parts to run: reads search view skill pyexe.  BENCH_CSV_MB (1000)
# is how large the table is.
. "$(dirname "$0")/../bench.sh"
export AGENT_WORKSPACE="$T/work" AGENT_STATE="$T/state"

call() {	# call NAME ARGUMENTS: a tool call, as JSON
	printf '{"id":"c%s","type":"function","function":{"name":"%s","arguments":%s}}' \
	    "$3" "$1" "$(printf %s "$2" | jq -Rs .)"
}

part_reads() {	# 1. Reads of one message run beside each other
	awk 'BEGIN { for (i = 0; i < 1000000; i++) print i, "a line of a file that is read" }' >long
	for i in 1 2 3 4; do cp long "long$i"; done
	a='{"path":"long%s","start_line":999990}'
	for i in 1 2 3 4; do
		# shellcheck disable=SC2059
		call read_file "$(printf "$a" "$i")" "$i" >"$T/c$i"
	done
	printf '{"role":"assistant","tool_calls":[%s,%s,%s,%s]}\n' "$(cat "$T/c1")" \
	    "$(cat "$T/c2")" "$(cat "$T/c3")" "$(cat "$T/c4")" >"$T/together"
	for i in 1 2 3 4; do
		printf '{"role":"assistant","tool_calls":[%s]}\n' "$(cat "$T/c$i")"
	done >"$T/apart"
	size=$(($(wc -c <long) * 4))
	"$STUB/spawn" -n 9 -i "$T/together" agent-tool run >"$T/out"
	"$STUB/spawn" -n 9 -i "$T/apart" agent-tool run >>"$T/out"
	{ read -r one _ _ st; read -r four _ _ _; } <"$T/out"
	[ "$st" = 0 ] || row 'reads: ended with status' "$st" ''
	row "reads: four of $((size / 4000000)) MB in one message" "$one" ms
	row 'reads: the same, a message each' "$four" ms
	row 'reads: beside each other, times faster' "$(calc 2 "$four / $one")" x
	rm -f long*
}

part_search() {	# 2. Lines in a tree of files
	mkdir tree
	awk 'BEGIN { srand(1); for (f = 0; f < 3000; f++) {
	    file = "tree/d" f % 60 "/f" f ".c"
	    if (f < 60) system("mkdir -p tree/d" f)
	    for (i = 0; i < 400; i++)
		print "line " i, "of words", int(rand() * 1e9), "and more of them" >file
	    if (f % 100 == 0) print "the needle_of_" f " is here" >file
	    close(file) } }'
	size=$(cat tree/*/*.c | wc -c)
	for p in needle_of_ 'needle_[a-z]+_[0-9]' 'w[a-z]+s 99999[0-9]+ '; do
		"$STUB/spawn" -n 9 agent-tool call search_files \
		    "{\"pattern\":\"$p\",\"path\":\"tree\"}" ,, grep -rnE "$p" tree >"$T/out"
		! command -v rg >/dev/null || "$STUB/spawn" -n 9 rg -n "$p" tree >>"$T/out"
		{ read -r ours _ _ st; read -r greps _ _ _; read -r rgs _ _ _; } <"$T/out"
		[ "$st" = 0 ] || row 'search: ended with status' "$st" ''
		row "search: $p, $((size / 1000000)) MB in 3,000 files" "$ours" ms
		row 'search: grep -rnE' "$greps" ms
		if command -v rg >/dev/null; then
			row 'search: ripgrep' "$rgs" ms
		else
			row 'search: ripgrep is not here' - ms
		fi
	done
	rm -rf tree
}

part_view() {	# 3. A table of a gigabyte
	awk 'BEGIN { srand(1); for (i = 0; i < 130000; i++)
	    printf "%d,%s,%.2f,2024-%02d-%02d,\"some text, with comma %d\",plain text here\n", i,
	    i % 3 ? "Ulm" : "Bonn", rand() * 1000, i % 12 + 1, i % 28 + 1, i }' >block
	echo id,city,price,day,quoted,plain >big.csv
	mb=${BENCH_CSV_MB:-1000}
	for _ in $(seq $((mb * 1000000 / $(wc -c <block) + 1))); do cat block; done >>big.csv
	cat big.csv >/dev/null	# both find it in memory
	v=$BUILD/libexec/agent/agent-view
	"$STUB/spawn" -m -n 5 "$v" shape big.csv ,, wc -l big.csv >"$T/out"
	{ read -r wall _ peak st; read -r wwall _ _ _; } <"$T/out"
	[ "$st" = 0 ] || row 'data_view: ended with status' "$st" ''
	row "data_view: shape of a CSV of $mb MB" "$wall" ms
	row 'data_view: wc -l on the same' "$wwall" ms
	row 'data_view: times the speed of wc -l' "$(calc 2 "$wwall / $wall")" x '>= 0.33'
	row 'data_view: shape, peak memory' "$(calc 1 "$peak / 1024")" MB '<= 64'
	for op in tail columns describe sample; do
		"$STUB/spawn" -m -n 1 "$v" $op big.csv >"$T/out"
		read -r wall _ peak _ <"$T/out"
		row "data_view: $op" "$wall" ms
		row "data_view: $op, peak memory" "$(calc 1 "$peak / 1024")" MB '<= 64'
	done
	rm -f big.csv block
}

part_skill() {	# 4. A promoted function
	command -v python3 >/dev/null || return 0
	printf 'def twice(x: int) -> int:\n    """Twice."""\n    return 2 * x\n' >twice.py
	agent-tool promote twice.py >/dev/null || return 0
	"$STUB/spawn" -n "$N" agent-tool call twice '{"x":21}' ,, python3 -c 'print(42)' >"$T/out"
	{ read -r wall _ _ _; read -r bare _ _ _; } <"$T/out"
	row 'skill: a call, in the sandbox' "$wall" ms
	row 'skill: python3 -c, bare' "$bare" ms
}

part_pyexe() {	# 5. Python whose variables stay
	command -v python3 >/dev/null || return 0
	awk 'BEGIN { for (i = 0; i < 400; i++)
	    printf "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c%d\",\"type\":\"function\",\"function\":{\"name\":\"pyexe\",\"arguments\":\"{\\\"code\\\":\\\"n = globals().get(0) or 1\\\"}\"}}]}\n", i }' >"$T/calls"
	# The first call of a session starts the interpreter.
	agent-tool call --session bench pyexe '{"code":"n = 0"}' >"$T/out"
	"$STUB/spawn" -n 5 -i "$T/calls" agent-tool --session bench run >"$T/out"
	"$STUB/spawn" -n 100 agent-tool call --session bench pyexe '{"code":"n += 1"}' >>"$T/out"
	"$STUB/spawn" -n 3 agent-tool call --session bench pyexe \
	    '{"code":"while True: pass","timeout":1}' >>"$T/out" 2>"$T/err"
	{ read -r all _ _ st; read -r one _ _ _; read -r hung _ _ _; } <"$T/out"
	[ "$st" = 0 ] || row 'pyexe: ended with status' "$st" ''
	row 'pyexe: calls of a conversation' "$(calc 0 "400000 / $all")" /s '>= 200'
	row 'pyexe: calls, a process each' "$(calc 0 "1000 / $one")" /s '>= 200'
	row 'pyexe: from the end of its time to the interrupt' "$(calc 0 "$hung - 1000")" ms '< 1000'
	"$BUILD/libexec/agent/agent-pyexe" --session bench --end
}

measure "${*:-reads search view skill pyexe}"
