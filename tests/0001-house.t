#!/bin/sh
# The house is in order: the top level is what it should be, make is quiet when
# there is nothing to do, install can be undone, and a tarball builds.
. "$(dirname "$0")/lib.sh"

# The make that runs us handed down its flavour (B, SAN, CC ...) in MAKEFLAGS;
# its job server it keeps to itself.
MAKEFLAGS=$(printf '%s' "${MAKEFLAGS-}" |
    sed 's/-j[0-9]*//; s/--jobserver-[a-z]*=[^ ]*//')
export MAKEFLAGS
top() {
	make --no-print-directory -C "$ROOT" "B=${BUILD#"$ROOT"/}" "$@"
}

is "$(cd "$ROOT" && find . -maxdepth 1 -name '[!.]*' ! -name build |
    LC_ALL=C sort | sed 's/..//' | tr '\n' ' ')" \
    'LICENSE Makefile README VERSION cmd completions lib man share tests ' \
    'the top level is exactly the fixed list'
is "$(cd "$ROOT" && find . -maxdepth 1 -name '.?*' ! -name .git | LC_ALL=C sort |
    tr '\n' ' ')" './.ci ./.clang-format ./.editorconfig ./.gitignore ' \
    'and so are its hidden files'

help=$(top help 2>&1)
for t in all check install uninstall clean asan fuzz coverage lint bench run \
    dist test; do
	like "$help" "^$t +[[:alnum:]]" "make help lists $t"
done

# Everything was built by the run that runs us; else this builds it.
ok 'make' top all
is "$(top all 2>&1)" '' 'make prints nothing when nothing is to be done'

if [ "${TEST_INSTALLED:-}" = 1 ]; then
	done_testing
fi
dest="$TRASH/the dest"
must_fail top install 'PREFIX=/usr/my own' "DESTDIR=$dest"
like "$(cat "$ERR")" 'PREFIX: .* blank' 'a PREFIX with a blank is refused'
ok 'make install' top install "DESTDIR=$dest"
bin=$(find "$dest" -path '*/bin/agent-chat')
bin=${bin%/*}
for c in agent-gate agent-tool agent-chat agent-mem agent-plan; do
	like "$("$bin/$c" --version 2>&1)" \
	    "^$c .*$(cat "$ROOT/VERSION")" "the installed $c says its version"
done
[ -x "$bin/../libexec/agent/agent-jail" ]
_if $? 'agent-jail is installed' "$(find "$dest")"
is "$(find "$dest" -type f -perm /022 | head)" '' 'nobody else can write there'
touch "$bin/other" "${bin%/*}/share/agent/file"
ok 'make uninstall' top uninstall "DESTDIR=$dest"
is "$(find "$dest" ! -type d | LC_ALL=C sort | tr '\n' ' ')" \
    "$bin/other ${bin%/*}/share/agent/file " \
    'it leaves what it did not install, and nothing else'

if [ "$BUILD" != "$ROOT/build" ]; then
	skip 'another flavour' 'tarball'
elif tar --version 2>/dev/null | grep -q GNU; then
	ok 'make dist-source' top dist-source
	tarball=$BUILD/agent-$(cat "$ROOT/VERSION").tar.gz
	ok 'the tarball unpacks' tar -xzf "$tarball"
	ok 'it holds the Makefile' cmp "$ROOT/Makefile" agent-*/Makefile
	is "$(find agent-* -name '*.o' -o -name build)" '' \
	    'and nothing that was built'
	# All of it is there, so that it builds as this tree does; the long form,
	# and what is no checkout, see for themselves.
	if [ -e "$ROOT/.git" ] && [ "${FAULTS:-}" != long ] &&
	    (cd "$ROOT" && git ls-files) >listed 2>"$ERR"; then
		is "$(cd agent-* && find . ! -type d | sed 's,^[.]/,,' | LC_ALL=C sort)" \
		    "$(LC_ALL=C sort listed)" 'it holds every file that git has'
		some='build/libexec/agent/agent-netgate build/libexec/agent/agent-jail'
	else
		some=all
	fi
	# shellcheck disable=SC2086
	TEST_TIMEOUT=600 MAKEFLAGS='' MFLAGS='' ok 'it builds by itself' \
	    make -C agent-"$(cat "$ROOT/VERSION")" -j2 CFLAGS=-O0 CC="${CC:-cc}" $some
	# Elsewhere, by somebody else, in another order: the same bytes.
	far="elsewhere/it's deep"
	mkdir -p "$far"
	tar -xzf "$tarball" -C "$far"
	(umask 077; TEST_TIMEOUT=600 MAKEFLAGS='' MFLAGS='' TZ=Asia/Tokyo LC_ALL=C \
	    ok 'and in another place' make -C "$far"/agent-* CFLAGS=-O0 \
	    CC="${CC:-cc}" build/libexec/agent/agent-netgate build/libexec/agent/agent-jail)
	for f in agent-netgate agent-jail; do
		ok "$f is the same to the byte" cmp agent-*/build/libexec/agent/$f \
		    "$far"/agent-*/build/libexec/agent/$f
	done
	sum=$(cksum <"$tarball")
	top dist-source >/dev/null
	is "$(cksum <"$tarball")" "$sum" 'a second tarball is the same, byte for byte'
else
	skip 'no GNU tar' 'tarball'
fi
done_testing
