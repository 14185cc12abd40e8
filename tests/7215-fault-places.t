#!/bin/sh
# A disk that is really full, output that nobody takes, state that cannot be
# written, no home, no current folder: one line, a status of the table, and
# once there is room everything goes on.
# shellcheck disable=SC2046,SC2089,SC2090,SC2119,SC2120,SC2154,SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }

# row 6 (D T E): a disk of 256 KiB, and one of 16 inodes
big=$(head -c 20000 /dev/zero | tr '\0' x)
seq 4000 | sed 's/.*/{"custom_id":"r&","messages":[{"role":"user","content":"Hello &."}]}/' >many
if unshare -m sh -c 'mkdir -p disk && mount -t tmpfs none disk' 2>"$good"; then
	# In a mount of its own; the functions of faults.sh are there, too.
	cat >"$_meta/full.sh" <<'EOT'
. "$ROOT/tests/faults.sh"
out=$_meta/act.out err=$_meta/act.err good=$_meta/act.good bad='' acted=0
mount -t tmpfs -o "$2" none disk || exit 9
cp talk f disk/; ln -s ../many disk/in; w=$PWD/disk
: >"$_meta/ack.mem"; : >"$_meta/ack.plan"
export AGENT_MEMORY="$w/m.db" AGENT_STATE="$w/s"
cd disk || exit 9
session() { ls -t "$w"/s/projects/*/sessions/*.jsonl | head -n 1; }
text=$big i=0 acts=1
again() { :; }
while i=$((i + 1)); [ $i -le 60 ]; do
	acted=$((acted + 1)) st=0
	case $1 in
	mem) agent-mem store -n a "text $i $big" ;;
	plan) agent-plan add "task $i" --acceptance "$big" ;;
	gate) agent-gate batch -q --offline -o answers in ;;
	tool) printf '{"path":"g%d","content":"%s\\n"}' $i "$big" | agent-tool call write_file - ;;
	chat) agent-chat --offline -nq "hello $big" ;;
	esac >"$out.x" 2>"$err.x" </dev/null || st=$?
	[ $st = 0 ] || break
	case $1 in mem) jq -r .id "$out.x" >>"$_meta/ack.mem" ;; plan) cat "$out.x" >>"$_meta/ack.plan" ;; esac
done
out=$out.x err=$err.x
orderly "$1" "full$i"
case $1.$st in *.73 | *.74 | tool.1) ;; *) bad="$bad $1:full$i:status$st" ;; esac
bad="$bad$(litter .)"
mount -o remount,size=64m,nr_inodes=9999 "$w" || exit 9
if [ "$1" = gate ]; then
	agent-gate batch -q --offline -o answers in >"$out" 2>"$err" || bad="$bad again:$?"
	[ "$(jq -r .custom_id answers | sort -u | wc -l) $(wc -l <answers)" = '4000 4000' ] || bad="$bad answers"
else
	act "$1"; [ $st = 0 ] || bad="$bad after:$st:$(head -n 1 "$_meta/act.err.x")"
	sound "$1"
fi
printf '%s' "$bad" >"$_meta/full.bad"
EOT
	export ROOT _meta big
	for a in $ACTS; do
		for size in size=256k size=2m,nr_inodes=16; do
			rm -f "$_meta/full.bad"
			unshare -m sh "$_meta/full.sh" $a $size >"$good.m" 2>&1
			is "$? $(cat "$_meta/full.bad")" '0 ' "$a: $size is full: told, nothing is lost, and with room it goes on" ||
			    diag "$(cat "$good.m")"
			# Many files are what only these make.
			case $a in tool | chat) ;; *) break ;; esac
		done
	done
else
	skip 'no mounts here' 'a disk that is full'
fi

# row 7 (E)
for a in $ACTS; do
	case $a in
	mem) c='agent-mem list -n a' ;;
	plan) c='agent-plan list' ;;
	gate) c='agent-gate --offline' ;;
	tool) c='agent-tool list' ;;
	chat) c='agent-chat --offline -n hello' ;;
	esac
	for to in '>/dev/full' '>&-'; do
		for d in "$c" "agent-$a --help" "agent-$a --version"; do
			sh -c "timeout 20 $d $to" <talk 2>"$err"; st=$?
			# With nowhere to go from the start nothing may be written.
			[ $st = 74 ] || bad="$bad $d$to:$st"
			[ "$(wc -l <"$err")" = 1 ] || bad="$bad $d$to:$(head -n 2 "$err")"
		done
	done
	for d in "agent-$a --help" "agent-$a --version"; do
		{ sleep 0.1; $d 2>"$err"; echo $? >"$_meta/st"; } | true
		[ "$(cat "$_meta/st") $(wc -l <"$err")" = '141 0' ] || bad="$bad $d|true:$(cat "$_meta/st" "$err")"
	done
	# More than a pipe holds, to a reader of one line.
	case $a in
	mem) seq 3000 | sed 's/.*/{"text":"a longer line of text for the pipe, number &"}/' | agent-mem store -n pipe >"$good"; c='agent-mem export -n pipe' ;;
	plan) for i in 1 2 3 4 5 6 7 8 9; do agent-plan add "big $i" --acceptance "$(head -c 15000 /dev/zero | tr '\0' y)"; done >"$good"; c='agent-plan list --json' ;;
	gate) seq 3000 | sed 's/.*/Hello & of many./' >prompts; c='agent-gate batch --offline --prompts prompts' ;;
	tool) c='agent-tool call shell "{\"command\":\"seq 100000\"}"; agent-tool list --json; agent-tool list --json' ;;
	chat) c='agent-chat --offline -nq --tools read_file "read prompts"' ;;
	esac
	[ $a = tool ] || [ $a = chat ] || {
		# shellcheck disable=SC2086
		{ timeout 20 $c 2>"$err"; echo $? >"$_meta/st"; } | head -n 1 >"$good"
		is "$(cat "$_meta/st") $(wc -l <"$good") $(grep -vc '^{"type":"batch"' "$err")" '141 1 0' "$a | head -1: quiet 141"
	}
	{ sleep 0.1; eval "timeout 20 $c" 2>"$err"; echo $? >"$_meta/st"; } | true
	is "$(cat "$_meta/st") $(grep -vc '^{"type":"batch"' "$err")" '141 0' "$a: the reader is gone at once: quiet 141"
done
sums 'output that cannot be written: 74, one line'

# row 11 (E)
for a in $ACTS; do
	again $a; cp "$_meta/ack.plan" "$_meta/ack.kept"
	# Not the home of the user database, which is taken then.
	act $a env -u HOME -u XDG_STATE_HOME -u XDG_DATA_HOME -u XDG_CONFIG_HOME \
	    -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR AGENT_STATE="$_meta/state"
	orderly $a no-home; mv "$_meta/ack.kept" "$_meta/ack.plan"
	again $a
	act $a env HOME=/proc/nowhere XDG_STATE_HOME=/proc/nowhere/s XDG_DATA_HOME=/proc/nowhere/d XDG_CONFIG_HOME=/proc/nowhere/c \
	    XDG_CACHE_HOME=/proc/nowhere/k XDG_RUNTIME_DIR=/proc/nowhere/r AGENT_MEMORY=/proc/nowhere/m.db
	orderly $a bad-home
	# The folder that it was started in is gone; absolute names still work.
	again $a; top=$PWD
	mkdir gone; cd gone || exit 99; rmdir ../gone
	act $a; orderly $a gone
	cd "$top" || exit 99
done
sums 'no home, a home that is none, a current folder that was removed'
ro() { unshare -m sh -c 'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"' sh "$@"; }
if ro true 2>"$good"; then
	for a in $ACTS; do
		again $a
		act $a unshare -m sh -c 'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"' sh
		orderly $a read-only
		case $a.$st in mem.0 | plan.0 | chat.0) bad="$bad $a:read-only:acknowledged" ;; esac
		sound $a read-only
	done
	sums 'a home that is read-only: said so, nothing acknowledged'
else
	skip 'no mounts here' 'read-only'
fi
no_children_left
is "$(litter "$HOME" .)" '' 'no temporary file'
secretless
done_testing
