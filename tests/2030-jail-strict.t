#!/bin/sh
# No way out where the kernel grants no namespace at all.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip "not root: root in the jail is not tried" "root"
for uid in $(users); do
	if has_mode "$uid" strict "$NOWALLS"; then
		all_refused "$uid" s strict "$NOWALLS"
	else
		skip "no Landlock for uid $uid" "strict"
	fi
done
done_testing
