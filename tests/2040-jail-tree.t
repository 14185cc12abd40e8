#!/bin/sh
# Nothing a command started outlives it, however the jail comes to its end.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"
# row 29
# row 30

late() {	# late LABEL TAG...: whether survivors' files appeared
	_l=$1
	shift
	sleep 0.35
	for _t in "$@"; do
		[ ! -e "$d/w/sub/late-$_t" ]
		_if $? "$_l: nothing lives on: $_t" "a process wrote late-$_t"
	done
}
started() {	# waits for live_wait to be under way
	for _i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -e "$d/w/sub/started" ] || return 0
		sleep 0.05
	done
}
tree() {	# tree UID LABEL FLAGS...
	uid=$1 label="$2, uid $1"
	shift 2
	d=$TRASH/$uid-$(printf %s "$label" | tr -dc 'a-z')
	world "$d" "$uid"
	victim "$d" "$uid"
	for try in live_plain live_setsid live_daemon live_regicide; do
		jailed "$d" "$uid" "$try" -e DELAY=300 -e TAG=$try "$@" \
		    >"$OUT" 2>"$ERR"
	done
	late "$label" live_plain live_setsid live_daemon live_regicide
	t0=$(date +%s%N)
	jailed "$d" "$uid" live_setsid "$@" -e DELAY=4000 -e TAG=pipe 2>"$ERR" |
	    cat >"$OUT"
	[ $(($(date +%s%N) - t0)) -lt 2000000000 ]
	_if $? "$label: an orphan that holds stdout is not waited for" "slow"

	jailed "$d" "$uid" live_wait "$@" -e DELAY=9000 -e TAG=x -t 1 >"$OUT" 2>"$ERR"
	is $? 124 "$label: a deadline ends it with 124"

	for sig in TERM INT HUP KILL; do
		rm -f "$d/w/sub/started"
		("$ESC" --as "$uid" "$JAIL" "$@" -w "$d/w" -r "$BIN" -e TAG=$sig \
		    -e DELAY=300 -e W="$d/w" -- "$ESC" live_wait) \
		    >"$OUT" 2>"$ERR" </dev/null &
		sleep 0.01
		started
		pkill -o -$sig -f "^$JAIL .*TAG=$sig"
		wait $!
		STATUS=$?
		rm -f "$d/w/sub/late-$sig"	# of before, on a machine with much to do
		is "$(kill -l $((STATUS - 128)))" $sig "$label: $sig ends the jail"
	done
	late "$label" TERM INT HUP KILL

	# The jail's parent is killed: the jail follows it.
	rm -f "$d/w/sub/started"
	sh -c '"$@" & wait' sh "$ESC" --as "$uid" "$JAIL" "$@" -w "$d/w" \
	    -r "$BIN" -e DELAY=300 -e TAG=parent -e W="$d/w" -- "$ESC" live_wait \
	    >"$OUT" 2>"$ERR" &
	p=$!
	started
	kill -9 $p
	wait $p 2>/dev/null
	rm -f "$d/w/sub/late-parent"
	late "$label" parent

	t0=$(date +%s)
	jailed "$d" "$uid" fork_bomb "$@" -t 1 >"$OUT" 2>"$ERR"
	STATUS=$?
	case $STATUS in
	124 | 137) pass "$label: a fork bomb is stopped" ;;
	*) fail "$label: a fork bomb is stopped" "$(_said)" ;;
	esac
	[ $(($(date +%s) - t0)) -le 20 ]
	_if $? "$label: a fork bomb is stopped in time" "$(($(date +%s) - t0)) s"
	is "$(pgrep -fc "$ESC fork_bomb")" 0 "$label: nothing of it is left"
	victim_end
}

mkdir -m 1777 "$TRASH/tmp"
export TMPDIR="$TRASH/tmp"
# Without a jail the survivor does survive, so the test can fail.
d=$TRASH/control
world "$d" "$ME"
victim "$d" "$ME"
for try in live_plain live_setsid live_daemon; do
	DELAY=10 TAG=$try bare "$d" "$ME" $try
	sleep 0.1
	[ -e "$d/w/sub/late-$try" ]
	_if $? "without a jail $try lives on" "it does not"
done
victim_end

for uid in $(users); do
	if has_mode "$uid" namespaces; then
		tree "$uid" namespaces
	else
		skip "no namespaces for uid $uid" namespaces
	fi
	if has_mode "$uid" strict "$NOWALLS"; then
		tree "$uid" strict "$NOWALLS"
	else
		skip "no Landlock for uid $uid" strict
	fi
done
no_children_left
done_testing
