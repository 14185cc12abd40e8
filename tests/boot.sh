#!/bin/sh
# boot.sh DIR [TEST...]: the tests of the sandbox on a kernel for aarch64, which
# an emulator runs: Debian's, with busybox and jq for all the rest.  What it
# fetches (a few packages, by apt-get) and makes lies below DIR.
#
# Needs apt-get, dpkg-deb, cpio, gcc-12-aarch64-linux-gnu, qemu-system-arm, and
# ten minutes.  With no TEST it is those of the ways out.
set -eu
dir=$1
shift
[ $# -gt 0 ] || set -- 2010-jail-namespaces 2020-jail-direct 2030-jail-strict \
    2035-jail-no-landlock 2050-jail-limits 2060-jail-clean
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
cd "$(dirname "$0")/.."
cc=${CROSS:-aarch64-linux-gnu-gcc-12}
for c in apt-get dpkg-deb cpio "$cc" qemu-system-aarch64; do
	command -v "$c" >/dev/null || {
		echo "boot: $c is missing; type: apt-get install cpio" \
		    "gcc-12-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm" >&2
		exit 69
	}
done

# Packages of another machine, without a word to the package manager of this.
fetched=$dir/fetched
if [ ! -d "$fetched/boot" ]; then
	mkdir -p "$fetched" "$dir/apt/state" "$dir/apt/lists/partial" \
	    "$dir/apt/cache/archives/partial"
	: >"$dir/apt/state/status"
	cat >"$dir/apt/conf" <<-END
	APT::Architecture "arm64";
	APT::Architectures { "arm64"; };
	APT::Sandbox::User "root";
	Dir::State "$dir/apt/state";
	Dir::State::status "$dir/apt/state/status";
	Dir::State::Lists "$dir/apt/lists";
	Dir::Cache "$dir/apt/cache";
	END
	(
		export APT_CONFIG="$dir/apt/conf"
		cd "$dir/apt"
		apt-get -qq update
		kernel=$(apt-cache depends linux-image-arm64 |
		    sed -n 's/^ *Depends: //p' | head -n 1)
		apt-get -qq download busybox-static jq libjq1 libonig5 libc6 "$kernel"
	)
	for p in "$dir"/apt/*.deb; do
		dpkg-deb -x "$p" "$fetched"
	done
fi

root=$dir/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/sbin" "$root/usr/bin" "$root/lib" "$root/etc" "$root/root" \
    "$root/home" "$root/var" "$root/tmp" "$root/proc" "$root/sys" "$root/dev" \
    "$root/t/tests" "$root/t/build/bin" "$root/t/build/libexec/agent" \
    "$root/t/build/tests/stub"
cp "$fetched/bin/busybox" "$fetched/usr/bin/jq" "$root/bin/"
mkdir -p "$root/usr/lib"
cp -R "$fetched/lib/aarch64-linux-gnu" "$fetched"/lib/ld-* "$root/lib/"
cp -R "$fetched/usr/lib/aarch64-linux-gnu" "$root/usr/lib/"
rm -rf "$root/usr/lib/aarch64-linux-gnu/gconv"
cp tests/lib.sh tests/jail.sh tests/jail.attempts tests/20*.t "$root/t/tests/"
cp -R share "$root/t/"
printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$root/etc/passwd"
printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
echo "$*" >"$root/t/which"
compile() {
	out=$root/t/build/$1
	shift
	"$cc" -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -iquote lib -Itests -static \
	    -DVERSION='"0"' -DDATADIR='"/"' -DLIBEXECDIR='"/t/build/libexec/agent"' \
	    -o "$out" "$@"
}
compile libexec/agent/agent-jail cmd/agent-jail.c lib/jail/*.c lib/sys/landlock.c \
    lib/sys/owner.c lib/sys/seccomp.c
compile tests/stub/escape tests/stub/escape/*.c

# Nobody can leave the first root, so all of it moves to another.
cat >"$root/init" <<'END'
#!/bin/busybox sh
b=/bin/busybox
$b mkdir /new && $b mount -t tmpfs -o size=1g none /new
for d in bin sbin usr lib etc root home var tmp proc sys dev t; do
	$b cp -a /$d /new/
done
$b cp /run.sh /new/ && exec $b switch_root /new $b sh /run.sh
END
cat >"$root/run.sh" <<'END'
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/bin HOME=/root AGENT_BUILD=/t/build TEST_TIMEOUT=600
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/shm /dev/pts /sys/fs/cgroup
mount -t tmpfs none /dev/shm; mount -t devpts none /dev/pts
mount -t cgroup2 none /sys/fs/cgroup
ln -s /proc/self/fd /dev/fd; chmod 1777 /tmp; ip link set lo up
echo "boot: $(uname -m) $(uname -r): $(/t/build/libexec/agent/agent-jail --probe)"
bad=0
for t in $(cat /t/which); do
	sh "/t/tests/$t.t" >/tmp/out 2>/tmp/err
	echo "boot: $t: status $?, $(grep -c '^ok' /tmp/out) ok," \
	    "of which $(grep -c '# SKIP' /tmp/out) skipped"
	tail -n 1 /tmp/out | grep -q '^1\.\.' || bad=1
	! grep '^not ok' /tmp/out || { bad=1; head -c 3000 /tmp/err; }
done
[ $bad -ne 0 ] || echo boot: passed
poweroff -f
END
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$dir/initrd.gz"
timeout "${BOOT_TIMEOUT:-3000}" qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on \
    -m 2048 -nic none -nographic -no-reboot -kernel "$fetched"/boot/vmlinuz-* \
    -initrd "$dir/initrd.gz" -append \
    'console=ttyAMA0 quiet panic=-1 rdinit=/init lsm=landlock,lockdown,yama' \
    </dev/null | tr -d '\r' | tee "$dir/log"
grep -qx 'boot: passed' "$dir/log"
