#!/bin/sh
# Writes that fail, syncs that fail, reads and writes that are short or
# interrupted, in each command: told in one line, nothing acknowledged is
# lost, and short ones make no difference.  FAULTS=long: every k.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
preloads || skip_all 'nothing is loaded into these programs'
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }
# The program that writes the file, and a part of its name.
file_of() { case $1 in mem) echo m.db ;; plan) echo plan.db ;; gate) echo answers ;; tool) ;; chat) echo sessions/ ;; esac; }
shim() {	# shim NAME CALL ERRNO N [PATH]
	again "$1"; rm -f "$_meta/count"
	act "$1" env LD_PRELOAD="$STUB/failio.so" FAILIO_PROG="agent-$1" FAILIO_CALL="$2" \
	    FAILIO_ERRNO="$3" FAILIO_N="$4" ${5:+FAILIO_PATH="$5"} FAILIO_COUNT="$_meta/count"
}
calls() { awk '{ n = $2 > n ? $2 : n } END { print n + 0 }' "$_meta/count"; }

# row 3 (D T E)
for a in $ACTS; do
	shim $a write ENOSPC 0 "$(file_of $a)"; most=$(calls) n=0
	# Its child, where no path of a descriptor is seen, does not count.
	[ $a != tool ] || most=4
	for k in $(ks "$most" ${#a}); do
		shim $a write ENOSPC "$k+" "$(file_of $a)"
		orderly $a "ENOSPC$k"; sound $a "ENOSPC$k"
		[ $st = 0 ] || n=$((n + 1))
	done
	sums "$a: no room from the k-th of $most writes on: told, and sound"
	[ $n -gt 0 ]; _if $? "$a: which $n times were" ''
	act $a; is $st 0 "$a: and with room it goes on"
done

# row 4 (D T E)
for a in $ACTS; do
	n=0
	for k in 1 2 3; do
		shim $a fsync EIO $k
		orderly $a "EIO$k"; sound $a "EIO$k"
		# Of a tool: its result is an error.
		case $a.$st in *.0) ;; *.74 | tool.1) n=$((n + 1)) ;; *) bad="$bad $a:$k:status$st" ;; esac
	done
	sums "$a: a sync that fails is no success"
	[ $n -gt 0 ]; _if $? "$a: which $n times it was" ''
done

# row 5
# What an act said and wrote, but for ids and the number of the act.
result() {
	case $1 in
	mem) jq -Sc 'del(.id)' "$out" ;;
	gate) jq -Sc '[.custom_id, .response.body.choices]' answers ;;
	tool) cat "$out" f ;;
	*) cat "$out" ;;
	esac | { [ "$1" = chat ] && cat || tr -d 0-9; }
}
for a in $ACTS; do
	again $a; act $a; result $a >"$good.want" 2>&1
	[ -s "$good.want" ] || bad="$bad $a:nothing"
	for how in 'write short 1+' 'write EINTR 1+2' 'read short 1+' 'read EINTR 1+2'; do
		# shellcheck disable=SC2086
		shim $a $how
		[ $st = 0 ] && [ "$(calls)" -gt 0 ] || bad="$bad $a:$how:$st:$(head -n 1 "$err")"
		result $a 2>&1 | cmp -s - "$good.want" || bad="$bad $a:$how:$(result $a | diff - "$good.want" | head -n 3)"
		sound $a "$how"
	done
	sums "$a: short and interrupted reads and writes make no difference"
done
no_children_left
is "$(litter "$HOME" .)" '' 'no temporary file'
secretless
done_testing
