#!/bin/sh
# kill -9 of each command, at random and just before its k-th write, sync or
# rename: what was acknowledged is there, the files are sound, the next one
# goes on, and nothing is left.  FAULTS=long: every k, 200 random kills each.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }

# row 1 (D T N)
kills=${LONG:+200}; kills=${kills:-4}
for a in $ACTS; do
	killed=0
	for i in $(seq "$kills"); do
		again $a
		t=$(awk -v i="$i" -v a=$a 'BEGIN { srand(i * 7919 + length(a)); printf "%.3f", rand() * (a == "chat" ? 0.1 : 0.03) }')
		# In the foreground it waits until who it killed is gone.
		act $a timeout --foreground -s KILL "$t"
		[ $st != 137 ] || killed=$((killed + 1))
		sound $a "$t"
	done
	sums "$a: killed $killed times of $kills at random: sound each time"
	act $a; is $st 0 "$a: and the next one goes on"
done
no_children_left 'what was killed leaves no process'

# row 2 (D T)
calls=write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2
# Leaks cannot be looked for by who is traced.
! sanitized || export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
if tracing; then
	for a in $ACTS; do
		again $a
		act $a strace -f -qq -o "$_meta/st" -e trace=$calls
		# Each process has a count of its own.
		most=$(sed 's/ .*//' "$_meta/st" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }')
		n=0
		for k in $(ks "$most" ${#a}); do
			again $a
			act $a strace -f -qq -o "$_meta/st" -e trace=$calls \
			    -e inject=$calls:signal=KILL:when="$k"
			n=$((n + $(grep -c 'killed by SIGKILL' "$_meta/st" >"$good" && echo 1 || echo 0)))
			sound $a "$k"
		done
		sums "$a: killed before $n of $most writes, syncs, renames: sound each time"
		[ $n -gt 1 ]; _if $? "$a: it was" "$n"
		act $a; is $st 0 "$a: and the next one goes on"
	done
else
	skip 'strace may not trace here' 'killed at each write'
fi
# Of several that write one file at once any may be killed.
: >.f.tmp-0; : >.f.tmp-3; exec 8>.f.tmp-5; flock 8
again tool; act tool
is "$st $(ls -A | grep '^\.f\.' | xargs)" '0 .f.tmp-5' 'what the killed left goes; who writes keeps his own'
exec 8>&-
act tool
no_children_left
is "$(litter "$HOME" . "${TMPDIR:-/tmp}/none")" '' 'and no temporary file'
secretless
done_testing
