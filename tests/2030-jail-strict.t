#!/bin/sh
# No way out where the kernel grants no namespace: in a container whose filter
# refuses them, which the jail finds out by itself, and by its own switch.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip "not root: root in the jail is not tried" "root"
# The jail in a plain container, for all that follows.
CONTAINED=$TRASH/bin/contained
printf '#!/bin/sh\nexec %s --contained %s "$@"\n' "$ESC" "$JAIL" >"$CONTAINED"
chmod 755 "$CONTAINED"
for uid in $(users); do
	if has_mode "$uid" strict "$NOWALLS"; then
		is "$(as "$uid" "$CONTAINED" -s 3 -- true 3>&1 >"$OUT" 2>"$ERR" </dev/null |
		    jq -c '[.mode, .missing]')" '["strict",["userns","mount","pid","net"]]' \
		    "uid $uid: a container that grants none is found out"
		BARE=$JAIL JAIL=$CONTAINED
		all_refused "$uid" s contained
		JAIL=$BARE
	else
		skip "no Landlock for uid $uid" "strict"
	fi
done
done_testing
