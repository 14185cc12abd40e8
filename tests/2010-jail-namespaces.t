#!/bin/sh
# No way out of a jail with every wall, for root and for an ordinary user.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip "not root: root in the jail is not tried" "root"
for uid in $(users); do
	if has_mode "$uid" namespaces; then
		all_refused "$uid" n namespaces
	else
		skip "no namespaces for uid $uid" "namespaces"
	fi
done
done_testing
