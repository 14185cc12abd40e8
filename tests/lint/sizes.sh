# One idea a file, one screen a function, 80 columns.
awk '
function say(line, what) { printf "%s:%d: %s\n", FILENAME, line, what }
FNR == 1 && FILENAME ~ /\.c$/ && !/^\/\*/ {
	say(1, "no comment that says what it is for")
}
FNR == 600 { say(600, "600 lines or more: cut it along its ideas") }
{
	text = $0
	width = 0
	while ((i = index(text, "\t")) > 0) {
		width += i - 1
		width += 8 - width % 8
		text = substr(text, i + 1)
	}
	if (width + length(text) > 80)
		say(FNR, "wider than 80 columns")
}
/[ \t]$/ { say(FNR, "blanks at the end of the line") }
/^\{/ { start = FNR }
/^\}/ && start {
	if (FNR - start > 61)
		say(start, "a function of " FNR - start - 1 " lines")
	start = 0
}
' cmd/*.c lib/*/*.[ch]
for f in Makefile:300 completions/*:150 tests/lib.sh:250 tests/*.t:250; do
	for g in ${f%:*}; do
		[ -f "$g" ] || continue
		n=$(wc -l <"$g")
		[ "$n" -lt "${f#*:}" ] ||
		    echo "$g:$((n)): more than ${f#*:} lines"
	done
done
# Nobody can read a text file whose last line has no end.
for f in Makefile README LICENSE VERSION man/* completions/* cmd/*.c lib/*/*; do
	[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f" | tr -d '\n')" ] ||
	    echo "$f:1: no newline at the end"
done
