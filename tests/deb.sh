#!/bin/sh
# deb.sh ROOT SOURCE PROGRAMS DEB: the package DEB passes lintian, installs into
# a fresh Debian below ROOT, works there, and leaves nothing behind but the
# user's own data; and so does the tarball PROGRAMS, which needs fewer libraries.
# Needs root, debootstrap and lintian; run by make deb-check.
set -eu
root=$1 programs=$3 deb=$4
fail() {
	echo "deb-check: $*" >&2
	exit 1
}
in_root() {
	chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
# files [TEST...]: what there is beside what changes by itself.
files() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o \
	    -path ./tmp -o -path ./dev -o -path ./var/cache -o \
	    -path ./var/log -o -path ./var/lib -o -path ./root \) -prune -o \
	    "$@" -print | LC_ALL=C sort)
}

[ "$(id -u)" = 0 ] || fail 'must be root'
lintian --pedantic --display-info "$deb" 2>&1 | grep -v 'root privileges' &&
    fail 'lintian complains'
[ -d "$root/etc" ] ||
    debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 ||
    fail "debootstrap: see $root.log"
[ ! -e /etc/resolv.conf ] || cp /etc/resolv.conf "$root/etc/"
for c in /etc/apt/apt.conf.d/*; do
	case $c in *proxy*) cp "$c" "$root/etc/apt/apt.conf.d/" ;; esac
done
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
in_root dpkg -P agent-toolkit >/dev/null 2>&1 || :
depends=$(dpkg-deb -f "$deb" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
in_root apt-get -qq update
# shellcheck disable=SC2086
in_root apt-get -qq -y --no-install-recommends install $depends bash-completion \
    zsh fish man-db mandoc >"$root.log" 2>&1 ||
    fail "the libraries: see $root.log"
files >"$root.before"

cp "$deb" "$root/tmp/agent.deb"
in_root dpkg -i /tmp/agent.deb >"$root.log" 2>&1 || fail "dpkg: see $root.log"
for c in gate tool mem plan chat; do
	in_root "agent-$c" --version >/dev/null || fail "agent-$c does not start"
done
rm -rf "$root/root/tea"
mkdir "$root/root/tea"
echo oolong >"$root/root/tea/teas"
in_root sh -c 'cd /root/tea &&
	agent-chat --offline "List the files."' >"$root.out" 2>&1 ||
    fail "agent-chat: $(cat "$root.out")"
grep -q teas "$root.out" || fail "agent-chat said: $(cat "$root.out")"
# Over what an older version left.
in_root dpkg -i /tmp/agent.deb >"$root.log" 2>&1 || fail 'installing it twice'
in_root sh -c 'cd /root/tea && agent-chat --offline -c "And again?"' \
    >"$root.out" 2>&1 || fail "going on after it: $(cat "$root.out")"
# The shells find the completions by themselves, and man the pages.
completes() {
	in_root "$@" >"$root.out" 2>&1 || fail "$1: $(cat "$root.out")"
	grep -q -- "$want" "$root.out" || fail "$1 does not complete: $(cat "$root.out")"
}
want=_agent
completes bash -c '. /usr/share/bash-completion/bash_completion
	_completion_loader agent-plan; complete -p agent-plan'
completes zsh -fc 'autoload -U compinit && compinit -D; print $_comps[agent-plan]'
want='the project or a task'
completes fish -c 'complete -C "agent-plan sh"'
want=agent-tutorial.7
completes man -w agent-tutorial
for unit in agent-serve.socket agent-work@.timer agent-report@.timer; do
	[ -f "$root/usr/lib/systemd/user/$unit" ] || fail "no unit $unit"
	[ -z "$(find "$root/etc/systemd" -name "$unit")" ] || fail "$unit is enabled"
done
in_root dpkg -P agent-toolkit >"$root.log" 2>&1 || fail "dpkg -P: see $root.log"
files | diff "$root.before" - >"$root.out" ||
    fail "left behind: $(cat "$root.out")"
[ -n "$(find "$root/root/.local/state/agent" -name '*.jsonl')" ] ||
    fail "the user's sessions are gone"
echo "deb-check: ${deb##*/} is well"

# The tarball, with what it needs of libraries and no more.
in_root apt-get -qq -y --purge autoremove libsqlite3-0 libbsd0 libedit2 \
    >"$root.log" 2>&1 || fail "taking libraries away: see $root.log"
in_root apt-get -qq -y --no-install-recommends install libcurl4 libjq1 libedit2 \
    libmicrohttpd12 libxml2 >"$root.log" 2>&1 || fail "libraries: see $root.log"
! in_root dpkg -s libsqlite3-0 >/dev/null 2>&1 || fail 'libsqlite3 is still there'
files ! -type d >"$root.before"
tar -xzf "$programs" -C "$root/usr/local" --strip-components=1 --no-same-owner
for c in gate tool mem plan chat; do
	in_root "/usr/local/bin/agent-$c" --version >/dev/null ||
	    fail "agent-$c of the tarball does not start"
done
in_root env PATH=/usr/local/bin:/usr/bin:/bin sh -c 'cd /root/tea &&
	agent-mem store "The kettle is blue." && agent-mem search "kettle" &&
	agent-chat --offline "List the files."' >"$root.out" 2>&1 ||
    fail "the tarball: $(cat "$root.out")"
grep -q teas "$root.out" || fail "the tarball said: $(cat "$root.out")"
(cd "$root" && tar -tzf - | sed -n 's,^[^/]*/,usr/local/,; /[^/]$/p' |
    tr '\n' '\0' | xargs -0 rm -f) <"$programs"
files ! -type d | diff "$root.before" - >"$root.out" ||
    fail "left behind: $(cat "$root.out")"
echo "deb-check: ${programs##*/} is well"
