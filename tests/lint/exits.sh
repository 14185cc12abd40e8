# The table of exit statuses is in lib/base/err.c; agent(7) prints the same.
code=$(sed -n 's/^.*{ *ERR_[A-Z]*,[[:space:]]*"[a-z_]*",[[:space:]]*\([0-9]*\),.*/\1/p' \
    lib/base/err.c | sort -nu)
[ -n "$code" ] || echo 'lib/base/err.c:1: no table of statuses found'
page=man/agent.7
if [ ! -f $page ]; then
	echo "$page:1: missing"
	exit 0
fi
doc=$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [A-DF-Z]/p' $page |
    grep -oE '^(\.It|\.Ta)?[[:space:]]*(Li )?[0-9]+' |
    grep -oE '[0-9]+' | sort -nu)
for s in $code; do
	printf '%s\n' "$doc" | grep -qx "$s" ||
	    echo "$page:1: status $s of lib/base/err.c is not in EXIT STATUS"
done
for s in $doc; do
	case $s in 128 | 141) continue ;; esac
	printf '%s\n' "$code" | grep -qx "$s" ||
	    echo "$page:1: status $s is not in lib/base/err.c"
done
