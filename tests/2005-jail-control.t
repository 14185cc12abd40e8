#!/bin/sh
# Each way out gets out when the walls that hold it are taken away, and only
# these: the tests that refuse it can fail, and the table says why they pass.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip "not root: root's attempts are not shown" "root's controls"
without() {	# without WALL,...: the option that takes them away
	printf -- '--walls=-%s' "$(printf %s "$1" | sed 's/,/,-/g')"
}
for uid in $(users); do
	d=$TRASH/control-$uid shown=0
	world "$d" "$uid"
	victim "$d" "$uid"
	for try in $(attempts ns "$uid"); do
		world "$d" "$uid"
		h=$(held "$try" "$uid")
		case $h in
		always* | '?')
			label="$try gets out without a jail"
			bare "$d" "$uid" "$try" >"$OUT" 2>"$ERR" ;;
		*)	label="$try gets out without ${h%\?}"
			jailed "$d" "$uid" "$try" -e IN_JAIL= --unsafe \
			    "$(without "${h%\?}")" >"$OUT" 2>"$ERR" ;;
		esac
		STATUS=$?
		case $STATUS$h in
		0*) shown=$((shown + 1)); pass "uid $uid: $label" ;;
		3*)	# The jail says no before the kernel can say what it lacks.
			jailed "$d" "$uid" "$try" -e IN_JAIL= >"$OUT" 2>"$ERR"
			STATUS=$?
			case $STATUS in
			1) pass "uid $uid: $try, which this kernel lacks, is refused by the jail" ;;
			*) skip "cannot be shown on this machine" "uid $uid: $try" ;;
			esac ;;
		*'?') skip "cannot be shown on this machine" "uid $uid: $try" ;;
		*) fail "uid $uid: $label" "$(_said)" ;;
		esac
	done
	victim_end
	is "$(ipcs -q 2>&1 | grep -ci "$(printf '^0x%08x' $((0x0a6e0000 + PORT)))")" 0 \
	    "uid $uid: no queue of the server is left"
	[ $shown -ge 60 ]
	_if $? "uid $uid: at least 60 ways out are shown to be ones" "$shown"
done
done_testing
