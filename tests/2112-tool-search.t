#!/bin/sh
# search_files finds the lines that grep(1) finds, and ripgrep where it is: over
# a tree of sources, expressions with and without a literal part.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
cp -r "$ROOT/lib/base" "$ROOT/lib/tool" "$ROOT/man" .
printf 'last line, no end: zq_9' >man/no-end
printf 'crlf zq_9\r\nsecond\r\n' >man/crlf
where() { grep -oE '^[^:]+:[0-9]+:' | sort; }	# PATH:LINE of each
while IFS= read -r p; do
	call search_files "$(jq -nc --arg p "$p" '{pattern: $p, max_results: 1000}')"
	where <"$OUT" | sed 's,^\./,,' >ours
	LC_ALL=C grep -rnE -- "$(printf %s "$p" | sed 's/\\d/[0-9]/g; s/\\w/[A-Za-z0-9_]/g; s/\\s/[[:space:]]/g')" base tool man |
	    tr -d '\r' | where >theirs
	[ -s ours ] && cmp -s ours theirs
	_if $? "as grep: $p, $(wc -l <ours) lines" "$(diff ours theirs | head -n 5)"
	if command -v rg >/dev/null; then
		rg -n --no-heading --crlf --no-unicode -- "$p" base tool man | where | cmp -s - ours
		_if $? "as ripgrep: $p" "$(rg -n --no-heading -- "$p" base tool man | where | diff - ours | head -n 5)"
	fi
done <<'EOT'
zq_[0-9]\b
^struct [a-z]+_[a-z]+ \{$
\bmemmem\b
(regcomp|regexec)\(
[A-Z]{3}_[A-Z]{7,9}
\s\d\d\d+[;,)]
[a-z]+\([a-z]+\)\) \{$
^\w+_\w+_\w+\(
[^a-z]\*\*[a-z]
(ab|cd|ef)+[xyz]
^\.Xr \w+ [157] ,?$
!= NULL && [a-z]+->
EOT
# Case does not count.
call search_files '{"pattern":"posix [a-z]+ed","ignore_case":true}'
where <"$OUT" >ours
LC_ALL=C grep -rniE 'posix [a-z]+ed' base tool man | where >theirs
[ -s ours ] && cmp -s ours theirs
_if $? 'in any case' "$(diff ours theirs | head -n 5)"
done_testing
