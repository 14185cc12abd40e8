# tests/faults.matrix names each fault, the commands that can meet it and the
# tests that show it: all rows are there, each test is, and has the row, each
# command is in one of them; and no test has a row of which the table does not
# know.
matrix=tests/faults.matrix
if [ ! -f $matrix ]; then
	echo "$matrix:1: missing"
	exit 0
fi
awk -F'|' '
/^#/ { next }
$1 + 0 != ++n { printf "%s:%d: row %d is expected here\n", FILENAME, FNR, n }
NF != 6 || $4 !~ /^ [a-z ]+$/ || $5 !~ /[0-9]/ { printf "%s:%d: a row, a fault, what holds, commands, tests, less\n", FILENAME, FNR }
END { if (n != 35) printf "%s:1: %d rows of 35\n", FILENAME, n }
' $matrix
grep -v '^#' $matrix | while IFS='|' read -r row _ _ commands tests _; do
	for c in $commands; do
		files=
		for t in $tests; do files="$files tests/$t.t"; done
		[ "$c" != tool ] || c='(tool|fetch)'
		# What is in tests/faults.sh goes through all five.
		# shellcheck disable=SC2086
		grep -qsE "agent-$c|\\\$ACTS|for a in [a-z ]*$c" $files ||
		    echo "$matrix:1: row ${row% }: agent-$c is in none of its tests"
	done
	for t in $tests; do
		if [ ! -f "tests/$t.t" ]; then
			echo "$matrix:1: row ${row% }: no tests/$t.t"
		else
			grep -qE "^[[:space:]]*# row ${row% }( |\$)" "tests/$t.t" ||
			    echo "tests/$t.t:1: has no line '# row ${row% }'"
		fi
	done
done
grep -nE '^[[:space:]]*# row [0-9]+' tests/*.t | while IFS=: read -r f line text; do
	row=$(expr "$text" : '.*# row \([0-9]*\)')
	t=${f#tests/}
	grep -E "^$row \|" $matrix | grep -qE "[ |]${t%.t}( |\$)" ||
	    echo "$f:$line: row $row of $matrix does not name it"
done
