#!/bin/sh
# Each wall, standing alone, holds what the table says that it holds.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip "not root: root in the jail is not tried" "root"
for uid in $(users); do
	for wall in userns mount pid net landlock seccomp rlimits; do
		[ -n "$(attempts ns "$uid" $wall)" ] || continue
		# Only root has the next three without the first.
		case $uid$wall in
		0* | *userns | *landlock | *seccomp | *rlimits) only=$wall ;;
		*) only=userns,$wall ;;
		esac
		if walls "--walls=$only" --unsafe | grep -q "\"$wall\""; then
			all_refused "$uid" ns:$wall "only-$only" "--walls=$only" --unsafe
		else
			skip "no $wall here" "uid $uid: only $wall"
		fi
	done
done
done_testing
