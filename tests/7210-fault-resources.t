#!/bin/sh
# Memory that runs out at any allocation, no descriptors, no processes, little
# address space: one line and a status of the table, or the same answer as
# ever; never a crash, and nothing is left.  FAULTS=long: every allocation.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }
plain() {	# plain NAME: an answer is a whole one
	[ $st = 0 ] || return 0
	case $1 in
	mem) jq -e '.status == "stored"' "$out" ;;
	plan) grep -qxE '[0-9]+' "$out" ;;
	gate) [ "$(wc -l <answers)" = 3 ] ;;
	tool) grep -q 'f: .* bytes' "$out" ;;
	# Where there are no descriptors the result says so.
	chat) grep -qE 'talk|open files' "$out" ;;
	esac >"$good" 2>&1 || bad="$bad $1:${2:-}:no-answer:$(head -c 60 "$out")"
}

# row 8 (E N B)
if sanitized || ! preloads; then
	skip 'the sanitizer allocates by itself, or no shim is loaded' 'no memory'
else
	for a in $ACTS; do
		again $a; rm -f "$_meta/count"
		shim="env LD_PRELOAD=$STUB/failio.so FAILIO_CALL=malloc FAILIO_COUNT=$_meta/count FAILIO_PROG=agent-$a"
		# shellcheck disable=SC2086
		act $a $shim
		most=$(awk '{ n = $2 > n ? $2 : n } END { print n + 0 }' "$_meta/count")
		n=0
		for k in $(if [ -n "$LONG" ]; then seq "$most"; else
		    awk -v m="$most" 'BEGIN { for (k = 1; k <= m; k = int(k * 1.35) + 1) print k; print m }'; fi); do
			again $a
			# shellcheck disable=SC2086
			act $a $shim FAILIO_N="$k"
			orderly $a "malloc$k"; plain $a "malloc$k"
			# One that is done without is none that is missed.
			[ $st = 0 ] || n=$((n + 1))
		done
		sound $a malloc
		sums "$a: no memory at some of $most allocations: told, no crash"
		[ "$n" -gt 3 ]; _if $? "$a: $n times it was missed" ''
	done
	again chat
	for p in agent-gate agent-tool; do
		for k in 5 150 400; do
			act chat env LD_PRELOAD="$STUB/failio.so" FAILIO_CALL=malloc FAILIO_PROG=$p FAILIO_N=$k
			orderly chat "$p$k"; plain chat "$p$k"
			[ $st = 71 ] || [ $st = 0 ] || bad="$bad $p$k:status$st"
		done
		sums "chat: no memory in $p: told by agent-chat"
	done
	sound chat
fi

# row 9 (E N)
if sanitized; then
	skip 'the sanitizer opens files by itself' 'few descriptors'
else
	for a in $ACTS; do
		for n in $([ -n "$LONG" ] && seq 3 24 || echo 4 6 8 11 14); do
			again $a
			act $a prlimit --nofile="$n" --
			# Too few to be started at all is the loader's matter.
			[ $st = 127 ] && grep -q 'shared lib' "$err" && continue
			orderly $a "nofile$n"; plain $a "nofile$n"
		done
		sound $a nofile
		sums "$a: few descriptors"
	done
fi

# row 10 (E N B)
if sanitized; then
	skip 'the sanitizer reserves terabytes' 'little address space'
else
	for a in $ACTS; do
		for n in $([ -n "$LONG" ] && seq 8 2 60 || echo 10 14 20 32); do
			again $a
			act $a prlimit --as="${n}000000" --
			[ $st = 127 ] && grep -q 'shared lib' "$err" && continue
			# Killed before main(): by the loader.
			[ $st != 139 ] || [ "$n" -gt 10 ] || continue
			# A library's own beginning, before ours.
			! grep -q 'GnuTLS init' "$err" || continue
			orderly $a "as$n"; plain $a "as$n"
		done
		sound $a as
		sums "$a: little address space"
	done
fi
# Leaks are looked for by a thread of their own.
! sanitized || export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
echo '{"command":"echo begun; (sleep 0.1; echo ended) & wait"}' >cmd
if [ "$(id -u)" = 0 ] && command -v setpriv >"$good"; then
	# Root is not bound by the number of processes: as somebody else.
	chmod 755 "$TRASH" .; chmod -R a+rX .; mkdir open && chmod 777 open
	# shellcheck disable=SC2016
	nobody() { setpriv --reuid=65533 --regid=65533 --clear-groups env HOME="$PWD/open" XDG_STATE_HOME="$PWD/open" \
	    XDG_RUNTIME_DIR= XDG_DATA_HOME="$PWD/open" XDG_CONFIG_HOME="$PWD/open" XDG_CACHE_HOME="$PWD/open" "$@"; }
else
	nobody() { "$@"; }
fi
# The leak checker of a sanitizer wants a process of its own.
leaks=${ASAN_OPTIONS:-}
[ -z "$leaks" ] || export ASAN_OPTIONS="$leaks:detect_leaks=0" LSAN_OPTIONS=detect_leaks=0
for n in 0 1 2 3; do
	nobody prlimit --nproc=$n agent-tool call shell - <cmd >"$out" 2>"$err"; st=$?
	case $st in 0 | 1 | 7[0-8]) ;; *) bad="$bad nproc$n:$st:$(head -n 1 "$err")" ;; esac
	[ $st = 0 ] || grep -qiE 'resource|process|fork|sandbox|thread' "$err" "$out" || bad="$bad nproc$n:unsaid:$(head -n 2 "$err")"
	nobody prlimit --nproc=$n agent-chat --offline -n --no-session --tools list_files 'list files' >"$out" 2>"$err"; st=$?
	case $st in 0 | 7[0-8]) ;; *) bad="$bad chat-nproc$n:$st:$(head -n 1 "$err")" ;; esac
	[ "$(wc -l <"$err")" -le 1 ] || bad="$bad chat-nproc$n:$(head -n 2 "$err")"
done
sums 'no processes: said so'
# The others that start programs: what writes vectors, works, keeps the books.
export AGENT_MODEL=m AGENT_MODEL_URL=http://127.0.0.1:1/v1 AGENT_RETRIES=0
there() { AGENT_MEMORY=$PWD/open/m.db nobody "$@"; }
there agent-mem store -n a 'to embed' >"$good" && there agent-plan add --tries 9 'a task' >"$good" || fail 'state of somebody else' "$(cat "$good")"
for n in 0 1 2; do
	for c in 'agent-mem embed' 'agent-plan work --once -q -- true' 'agent-gate --ledger=on'; do
		# shellcheck disable=SC2086
		there prlimit --nproc=$n $c <talk >"$out" 2>"$err"; st=$?
		case $c.$st in
		*work*.0) [ -n "$(there agent-plan list --status "done" --ids)" ] || bad="$bad $c$n:undone" ;;
		*work*.1 | *.69 | *.7[0-8]) ;;
		*) bad="$bad $c$n:status$st" ;;
		esac
		# The child's line comes before its parent's.
		[ "$(wc -l <"$err")" -le $((1 + ($st == 69))) ] && { [ $st = 0 ] || [ -s "$err" ] || [ $st = 1 ]; } || bad="$bad $c$n:$(head -n 2 "$err")"
	done
done
there agent-mem check >"$good" 2>&1 && there agent-plan check >"$good" 2>&1 || bad="$bad check:$(cat "$good")"
sums 'no processes for the programs that others start: said so, and sound'
no_children_left
is "$(litter "$HOME" .)" '' 'no temporary file'
secretless
done_testing
