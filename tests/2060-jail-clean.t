#!/bin/sh
# Many calls, also at once, leave no process, file, mount or queue behind.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

mkdir -m 1777 "$TRASH/tmp"
export TMPDIR="$TRASH/tmp"
export TIME_STYLE=+	# ls tells no times: held names come and go
left() {
	ls -A "$TMPDIR"
	grep -e "$TRASH" -e ' jail ' /proc/self/mountinfo
}
many() {	# many UID LABEL COUNT FLAGS...
	uid=$1 label="$2, uid $1" count=$3 d=$TRASH/$2-$1
	shift 3
	world "$d" "$uid"
	before=$(left; ls -lAR --time-style=+ "$d") names=$(ls -AR "$d")
	i=0 bad=0
	while [ $i -lt "$count" ]; do
		as "$uid" "$JAIL" -w "$d/w" "$@" -- sh -c 'mkdir -p ~/a/b/c && :>~/a/b/c/d
		    chmod 0 ~/a/b; true & :' >"$OUT" 2>"$ERR" || bad=$((bad + 1))
		i=$((i + 1))
	done
	is $bad 0 "$label: $count calls succeed"
	for i in 1 2 3 4 5 6 7 8; do
		as "$uid" "$JAIL" -w "$d/w" "$@" -- sleep 0.$i || :>"$TRASH/bad" &
	done
	wait
	[ ! -e "$TRASH/bad" ]
	_if $? "$label: eight at once in one workspace" "one failed"
	is "$(left; ls -lAR --time-style=+ "$d")" "$before" "$label: nothing is left behind"
	# One that is killed leaves held names; the next takes them away.
	("$ESC" --as "$uid" "$JAIL" -w "$d/w" "$@" -- sleep 5) 2>/dev/null &
	sleep 0.2
	pkill -9 -f "$JAIL -w $d/w"
	wait
	sleep 0.2
	as "$uid" "$JAIL" -w "$d/w" "$@" -- true
	is "$(ls -AR "$d")" "$names" "$label: a killed one is cleaned up after"
}
for uid in $(users); do
	if has_mode "$uid" namespaces; then
		many "$uid" namespaces 60
	else
		skip "no namespaces for uid $uid" namespaces
	fi
	if has_mode "$uid" strict "$NOWALLS"; then
		many "$uid" strict 40 "$NOWALLS"
	else
		skip "no Landlock for uid $uid" strict
	fi
done
is "$(ls -A "$TMPDIR")" "" "no private directory is left behind"
no_children_left
done_testing
