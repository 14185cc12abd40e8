#!/bin/sh
# Each way out works where there is no jail: the tests that refuse it can fail.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip "not root: root's attempts are not shown" "root's controls"
for uid in $(users); do
	d=$TRASH/control-$uid
	for try in $( (attempts n "$uid"; attempts s "$uid") | sort -u); do
		world "$d" "$uid"
		victim "$d" "$uid"
		bare "$d" "$uid" "$try" >"$OUT" 2>"$ERR"
		STATUS=$?
		victim_end
		shown=$(awk -v n="$try" '$1 == n { print $4 }' "$ROOT/tests/jail.attempts")
		case $STATUS$shown in
		0?) pass "uid $uid: $try gets out without a jail" ;;
		*'?') skip "cannot be shown on this machine" "uid $uid: $try" ;;
		*) fail "uid $uid: $try gets out without a jail" "$(_said)" ;;
		esac
	done
done
done_testing
