# What --help offers, the manual page documents and the completions complete.
B=${B:-build}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# from_help TEXT: the options in the left column.
from_help() {
	sed -n '/^Options:/,/^$/s/^  \(.*\)/\1/p' "$1" | cut -c 1-28 |
	    grep -oE '(^| )-(-[a-z][a-z0-9-]*|[A-Za-z0-9])' | tr -d ' ' | sort -u
}

# from_page PAGE: what .It documents with Fl.
from_page() {
	sed -n 's/^\.It//p' "$1" | grep -oE '\<Fl -?[A-Za-z0-9][A-Za-z0-9-]*' |
	    sed 's/^Fl /-/' | sort -u
}

for cmd in cmd/agent-*.c; do
	name=${cmd#cmd/}
	name=${name%.c}
	for prog in "$B/bin/$name" "$B/libexec/agent/$name"; do
		[ ! -x "$prog" ] || break
	done
	[ -x "$prog" ] || continue
	"$prog" --help >"$tmp/help" 2>"$tmp/err" </dev/null ||
	    echo "$cmd:1: --help does not exit 0"
	[ ! -s "$tmp/err" ] || echo "$cmd:1: --help writes on stderr"
	# Sub-commands may have options of their own.
	sed -n "s/^\(Usage:\)\{0,1\} *$name \([a-z][a-z-]*\) .*/\2/p" \
	    "$tmp/help" >"$tmp/verbs"
	while read -r verb; do
		# These are programs with pages of their own.
		case $verb in serve | usage) continue ;; esac
		"$prog" "$verb" --help >>"$tmp/help" </dev/null ||
		    echo "$cmd:1: $verb --help does not exit 0"
	done <"$tmp/verbs"
	from_help "$tmp/help" >"$tmp/said"
	[ "$name" = agent-jail ] || [ -s "$tmp/said" ] ||
	    echo "$cmd:1: --help lists no options"
	awk -v f="$cmd" 'length > 80 {
		print f ":1: --help is wider than 80 columns: " $0 }' "$tmp/help"
	for page in "man/$name.1" "man/$name.8"; do
		[ -f "$page" ] || continue
		from_page "$page" >"$tmp/page"
		while read -r opt; do
			grep -qxe "$opt" "$tmp/page" ||
			    echo "$page:1: does not document $opt of --help"
		done <"$tmp/said"
		while read -r opt; do
			grep -qe "[^a-z]$opt\\>" "$tmp/help" ||
			    echo "$page:1: documents $opt, which --help lacks"
		done <"$tmp/page"
	done
	# The completions read options out of --help themselves; they need only
	# know the program.
	for file in completions/agent.bash completions/_agent \
	    completions/agent.fish; do
		grep -qs "\<$name\>" "$file" ||
		    echo "$file:1: does not complete $name"
	done
done
