#!/bin/sh
# Bombs and floods are bounded, for root too: processes, memory, files, disk.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"
# row 29

bounded() {	# bounded NAME WANT FLAGS...: status, or "killed" of the record
	_try=$1 _want=$2
	shift 2
	_got=$(jailed "$d" "$uid" "$_try" -s 7 "$@" 7>&1 >/dev/null 2>"$ERR" |
	    jq -r '.killed // .exit // "signal \(.signal)"')
	like "$_got" "^($_want)\$" "$label: $_try is bounded"
}
limits() {	# limits UID LABEL FLAGS...
	uid=$1 label="$2, uid $1" d=$TRASH/$2-$1
	shift 2
	world "$d" "$uid"
	victim "$d" "$uid"
	bounded fork_many '1|processes' "$@"
	bounded memory_one 1 "$@" -m 100
	# Four times 40 MB: each is within bounds, the sum is not.
	bounded memory_tree memory "$@" -m 100
	is "$(jailed "$d" "$uid" memory_tree_brief "$@" -m 500; echo $?)" 0 \
	    "$label: the same sum within bounds is let be"
	victim_end
}

d=$TRASH/control uid=$ME
world "$d" "$ME"
victim "$d" "$ME"
for try in fork_many memory_one memory_tree_brief; do
	bare "$d" "$ME" $try 2>"$ERR"
	is $? 0 "without a jail $try is not bounded"
done
victim_end

for uid in $(users); do
	if has_mode "$uid" namespaces; then
		limits "$uid" namespaces
	else
		skip "no namespaces for uid $uid" namespaces
	fi
	if has_mode "$uid" strict "$NOWALLS"; then
		limits "$uid" strict "$NOWALLS"
	else
		skip "no Landlock for uid $uid" strict
	fi
done

# The sum of files has no rlimit: the supervisor watches what W's disk lost.
mkdir -p "$TRASH/flood/in"
free=$(df -Pm "$TRASH" | awk 'END { print $4 }')
if [ "$free" -gt 12000 ] && fallocate -l 1M "$TRASH/flood/x" 2>/dev/null; then
	"$JAIL" -s 3 -d 100 -w "$TRASH/flood" -- sh -c 'for i in 1 2 3 4; do
	    fallocate -l 60M in/$i; done; sleep 5' 3>"$OUT" 2>"$ERR"
	jq_ok '.killed == "disk" and .wall_ms < 3000' 'a disk flood is stopped'
	rm -rf "$TRASH/flood"
else
	skip 'not enough room, or no fallocate' 'a disk flood is stopped'
fi
no_children_left
done_testing
