# tests/faults.matrix names each fault and the tests that show it: all rows are
# there, each test is, and has the row; and no test has a row of which the
# table does not know.
matrix=tests/faults.matrix
if [ ! -f $matrix ]; then
	echo "$matrix:1: missing"
	exit 0
fi
awk -F'|' '
/^#/ { next }
$1 + 0 != ++n { printf "%s:%d: row %d is expected here\n", FILENAME, FNR, n }
NF != 4 || $4 !~ /[0-9]/ { printf "%s:%d: a row, a fault, what holds, tests\n", FILENAME, FNR }
END { if (n != 35) printf "%s:1: %d rows of 35\n", FILENAME, n }
' $matrix
grep -v '^#' $matrix | while IFS='|' read -r row _ _ tests; do
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
