# Manual pages: clean mdoc, one sentence a line is the writer's care, and the
# sections that a reader of each kind of page looks for.
ls man/*.[1-9] >/dev/null 2>&1 || {
	echo 'man:1: there are no manual pages'
	exit 0
}
if command -v mandoc >/dev/null; then
	mandoc -T lint man/*.[1-9] 2>/dev/null | while read -r line; do
		case $line in
		*'referenced manual not found: Xr '*)
			page=${line##*Xr }
			page=${page%% (*}
			[ -f "man/${page% *}.${page#* }" ] && continue
			# Pages of the system are not ours to check.
			case $page in agent*) ;; *) continue ;; esac
			;;
		esac
		printf '%s\n' "${line#mandoc: }"
	done
else
	echo 'skip: no mandoc here'
fi
need() {
	grep -q "^\.Sh $2" "$1" || echo "$1:1: no section $2"
}
for f in man/*.[1-9]; do
	need "$f" EXAMPLES
	case $f in *.1) need "$f" 'EXIT STATUS'; need "$f" ENVIRONMENT ;; esac
done
# agent-jail, which nobody calls by hand, is described in agent-sandbox(7).
for c in cmd/agent-*.c; do
	name=${c#cmd/}
	page=man/${name%.c}.1
	[ "$name" != agent-jail.c ] || page=man/agent-sandbox.7
	[ -f "$page" ] || echo "$c:1: $page is missing"
done
