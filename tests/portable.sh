#!/bin/sh
# portable.sh DIR: with other compilers, compile below DIR what needs nothing
# but the C library (the parsers, the policy, the walls, the terminal), run its
# unit tests, link the sandbox, and see that the rest compiles.  That there is
# no libjq, libcurl and so on for another C library is why it is these.
#
# PORTABLE holds one compiler a line, and behind "|" what runs its programs; for
# example:
#	PORTABLE='powerpc64-linux-gnu-gcc-12 -static | qemu-ppc64' make portable
# Without it: gcc for 32 bits, musl-gcc, and for a big-endian machine and for
# aarch64 what Debian has; what is not installed is named.
set -u
dir=$1
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
cd "$(dirname "$0")/.." || exit 1
mkdir -p "$dir/include/sys"
printf '#define __BEGIN_DECLS\n#define __END_DECLS\n#define __THROW\n' \
    >"$dir/include/sys/cdefs.h"
# The headers of this machine, of the kernel and of libraries, will do for all.
# A C library that has no <sys/cdefs.h>, which libbsd asks for, finds an own one.
more="-idirafter $dir/include -idirafter /usr/include -idirafter /usr/include/$(uname -m)-linux-gnu"
: "${PORTABLE=gcc -m32 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
musl-gcc -static
s390x-linux-gnu-gcc-12 -static | qemu-s390x
aarch64-linux-gnu-gcc-12 -static | qemu-aarch64}"
flags='-std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -iquote lib -Itests'
flags="$flags -idirafter /usr/include/libxml2 $more"
others='jv|jq|sqlite3|curl/curl|histedit|microhttpd|libxml/.*|bsd/.*|sha2'
tests='unit/addr unit/beneath unit/buf unit/chat_md unit/chat_paste unit/diff
	unit/discover unit/dotenv unit/ere unit/gate_overflow unit/glob
	unit/mem_chunk unit/mem_when unit/netgate unit/plan_machine
	unit/policy_sh unit/proc unit/redact unit/retry unit/sse unit/text
	unit/utf8 fuzz/addr fuzz/chat_md fuzz/chat_paste fuzz/dotenv
	fuzz/ignore fuzz/mem_chunk fuzz/netgate fuzz/policy_sh fuzz/redact
	fuzz/retry fuzz/sse fuzz/tool_diff fuzz/utf8 fuzz/view_csv'

# try COMPILER RUN: everything with one of them; says what is wrong.
try() {
	cc=$1 run=$2
	out=$dir/$(printf %s "$cc" | tr -c 'A-Za-z0-9\n' _ | cut -c 1-40)
	rm -rf "$out"
	mkdir -p "$out"
	if ! echo 'int main(void) { return 0; }' |
	    $cc -o "$out/probe" -x c - 2>"$out/err"; then
		echo "skip: $cc: $(head -n 1 "$out/err")"
		return 0
	fi
	for d in VERSION DATADIR LIBEXECDIR; do
		echo "#define $d \"/\""
	done >"$out/conf.h"
	# shellcheck disable=SC2086
	set -- $flags -include "$out/conf.h"
	bad=0 good=0
	for f in lib/*/*.c cmd/*.c; do
		case $f in lib/jail/* | cmd/agent-jail.c) continue ;; esac
		o=$out/$(printf %s "${f%.c}" | tr / _).o
		# What it includes, seen by the preprocessor of this machine.
		how=$(${CC:-cc} -std=c11 -D_GNU_SOURCE -iquote lib \
		    -idirafter /usr/include/libxml2 -M "$f")
		case $f in cmd/*) how=/jq.h ;; esac
		if printf '%s\n' "$how" | grep -Eq "/($others)\.h"; then
			how=-fsyntax-only
		else
			how="-c -o $o"
		fi
		# shellcheck disable=SC2086
		$cc "$@" $how "$f" || bad=1
	done
	[ $bad -eq 0 ] || return 1
	# shellcheck disable=SC2086
	$cc "$@" -o "$out/agent-jail" cmd/agent-jail.c lib/jail/*.c \
	    lib/sys/landlock.c lib/sys/owner.c lib/sys/seccomp.c || return 1
	# shellcheck disable=SC2086
	$run "$out/agent-jail" --version >/dev/null || return 1
	ar rcs "$out/pure.a" "$out"/*.o
	for t in $tests; do
		set -- "$out/$(printf %s "$t" | tr / _)"
		case $t in
		fuzz/*) more='-include tests/fuzz/replay.h' ;;
		*) more='' ;;
		esac
		# shellcheck disable=SC2086
		$cc $flags $more -o "$1" "tests/$t.c" "$out/pure.a" -lm || return 1
		set -- "$1" "$(ls -d tests/fuzz/corpus/"${t#fuzz/}" 2>/dev/null)"
		# shellcheck disable=SC2086
		if timeout 300 $run "$1" $2 >"$1.out" 2>&1 </dev/null &&
		    ! grep -q '^not ok' "$1.out"; then
			good=$((good + 1))
		else
			echo "$cc: tests/$t fails:"
			grep -A 3 '^not ok' "$1.out" || tail -n 3 "$1.out"
			bad=1
		fi
	done
	[ $bad -ne 0 ] || echo "${cc%% *}: all compiles, $good unit tests pass"
	return $bad
}

status=0
while IFS='|' read -r cc run; do
	[ -z "$cc" ] || try "${cc% }" "${run# }" || status=1
done <<END
$PORTABLE
END
exit $status
