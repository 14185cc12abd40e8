#!/bin/sh
# share/bootstrap is silent when nothing is missing, installs what is missing
# under the names of each package manager, and otherwise says what to type.
. "$(dirname "$0")/lib.sh"

boot=$ROOT/share/bootstrap
mkdir -p bin tree/share/agent/demo
cp "$boot" tree/share/
printf 'all run check:\n\t@echo made $@;:\n' >tree/Makefile
echo 'echo "runs with ${PATH%%:*}"' >tree/share/agent/demo/run.sh

# A machine of its own: only what is linked or written into bin.
sh=$(command -v sh)
real() {
	for c; do
		ln -sf "$(command -v "$c")" "bin/$c"
	done
}
fake() {	# fake NAME TEXT: a command that is not the real one
	rm -f "bin/$1"
	printf '#!%s\n%s\n' "$sh" "$2" >"bin/$1"
	chmod +x "bin/$1"
}
boot() {
	env -i PATH="$TRASH/bin" LOG="$TRASH/log" "$sh" tree/share/bootstrap "$@"
}
real ln sh sed grep sort tr uname head tail env cat getconf cmp find
fake id 'echo 0'

# Everything there: the real compiler and make.
real make gcc
command -v gcc >/dev/null || skip_all 'no gcc here'
fake cc "exec $(command -v gcc) \"\$@\""
ok 'all is there' boot run
is "$(cat "$ERR")" '' 'nothing is said when nothing is missing'
is "$(cat "$OUT")" "made all
runs with $TRASH/tree/build/bin" 'it builds, then runs what was built'
ok 'another flavour' boot run B=build/asan
is "$(tail -n 1 "$OUT")" "runs with $TRASH/tree/build/asan/bin" 'of which the programs run'
ok 'a target' boot all
is "$(cat "$OUT")" 'made all' 'is made'
mkdir -p other/tree/share && printf 'all:\n\t@echo another\n' >other/tree/Makefile
ok 'CDPATH' env -i PATH="$TRASH/bin" CDPATH="$TRASH/other" "$sh" tree/share/bootstrap
is "$(cat "$OUT")" 'made all' 'leads to no other folder'

# No compiler and an ordinary user without sudo.
rm -f bin/cc bin/gcc
fake id 'echo 1000'
fake apt-get 'echo "$@" >>"$LOG"'
status_is 69 boot run
is "$(wc -l <"$ERR" | tr -d ' ')" 1 'one line says it'
like "$(cat "$ERR")" 'missing: .*cc.* as root, type: apt-get update && apt-get install -y .*gcc' \
    'and what to type'
[ ! -e log ]
_if $? 'nothing was installed without the right to' ''

# The same as root, with each package manager; the install "works" for apt-get.
fake id 'echo 0'
fake apt-get 'echo "$@" >>"$LOG"
case $* in *install*) ln -s '"'$TRASH/compiler'"' "${0%/*}/cc";; esac'
printf '#!%s\nexec %s "$@"\n' "$sh" "$(command -v gcc)" >compiler
chmod +x compiler
ok 'root: installed' boot run
like "$(cat log)" 'install.* gcc' 'by apt-get'
like "$(cat "$ERR")" '^bootstrap: installing with apt-get: ' 'it says so'
rm -f bin/cc bin/apt-get
for pair in 'dnf libcurl-devel' 'apk curl-dev' 'pacman libbsd' 'brew jq'; do
	pm=${pair% *}
	rm -f log
	fake "$pm" 'echo "$@" >>"$LOG"; exit 1'
	status_is 69 boot check
	like "$(cat log)" " ${pair#* }( |\$)" "$pm installs ${pair#* }"
	like "$(cat "$ERR")" "type: $pm " "$pm: when it fails, what to type"
	rm -f "bin/$pm"
done

# No package manager at all.
status_is 69 boot check
is "$(wc -l <"$ERR" | tr -d ' ')" 1 'one line without a package manager too'

# Its like, which builds the libraries for musl.
status_is 64 sh "$ROOT/share/musl-root"
status_is 69 env PATH="$TRASH/none" /bin/sh "$ROOT/share/musl-root" root
like "$(cat "$ERR")" '^musl-root: musl-gcc is missing; try: apt-get install ' 'what is missing'
is "$(ls root 2>&1)" "$(ls no-such 2>&1 | sed 's/no-such/root/')" 'and nothing is begun'
# With all that it needs, and a library whose making fails: what comes behind
# that in its steps does not make it good.
mkdir -p tools root/dl root/src && : >root/dl/done
for p in zlib openssl libunistring libidn2 curl libonig jq sqlite3 libmd; do : >"root/src/$p.done"; done
for c in musl-gcc autoreconf libtoolize perl tclsh apt-get gcc; do ln -s /bin/true "tools/$c"; done
printf '#!/bin/sh\nmkdir "$4" && ln -s /bin/true "$4/configure"\n' >tools/dpkg-source
printf '#!/bin/sh\nexit 2\n' >tools/make
chmod 755 tools/*
status_is 70 env PATH="$PWD/tools:$PATH" sh "$ROOT/share/musl-root" root
like "$(cat "$ERR")" 'musl-root: libbsd: could not be built; see .*/root/src/libbsd.log' 'it says which'
ok 'and begins there again' test ! -e root/src/libbsd.done
status_is 2 env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$ROOT" WHOLE=/no/such all
like "$(cat "$ERR")" '/no/such/cc is missing; try sh share/musl-root /no/such' 'a root that is none'
done_testing
