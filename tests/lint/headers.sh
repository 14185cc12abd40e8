# Every header compiles alone and only once.
CC=${CC:-cc}
flags="$(pkg-config --cflags libcurl libxml-2.0 libmicrohttpd sqlite3 libjq libbsd libmd 2>/dev/null) -idirafter /usr/include/libxml2"
for h in lib/*/*.h; do
	name=${h#lib/}
	# shellcheck disable=SC2086
	printf '#include "%s"\n#include "%s"\nextern int lint_unit;\n' \
	    "$name" "$name" |
	    $CC -fsyntax-only -std=c11 -D_GNU_SOURCE -iquote lib $flags -Wall -Wextra \
	    -Werror -Wstrict-prototypes -x c - 2>&1 |
	    grep -m 3 -E 'error|fatal'
	awk -v f="$h" 'NR == 1 && !/^\/\*/ {
		print f ":1: no comment that says what it is for" }' "$h"
done
:
