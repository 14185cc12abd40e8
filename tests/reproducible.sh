#!/bin/sh
# reproducible.sh DIR FILE...: is each FILE, that make dist and make deb have
# made, made again the same to the byte: out of the source tarball, which is
# one of them, in another folder and build folder, at another time, in another
# time zone and language, by a user with another umask and another home?
set -eu
dir=$1
shift
source=''
for f; do
	case $f in
	*/agent-*-*-*.tar.gz) ;;
	*.tar.gz) source=$f ;;
	esac
done
[ -n "$source" ] || exit 2
rm -rf "$dir"
place=$dir/another/place
mkdir -p "$dir/home" "$place"
tar -xzf "$source" -C "$place" --strip-components=1
umask 077
cd "$place"
env -u LC_ALL -u SOURCE_DATE_EPOCH -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
    HOME="$dir/home" TZ=Pacific/Kiritimati LANG=C.UTF-8 CCACHE_DISABLE=1 \
    DEB_BUILD_OPTIONS=nocheck \
    "${MAKE:-make}" B=out V= dist deb >"$dir/log" 2>&1 || {
	tail -n 20 "$dir/log" >&2
	exit 1
}
status=0
for f; do
	again=$(find out -name "${f##*/}" | head -n 1)
	if cmp "$f" "$place/${again:-nothing}"; then
		echo "${f##*/}: the same bytes again"
	else
		echo "${f##*/} differs" >&2
		status=1
	fi
done
exit $status
