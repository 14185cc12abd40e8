# faults.sh - what must hold whatever fails; read after lib.sh by the tests of
# tests/faults.matrix, whose letters these are:
#	D  the database is sound, and every acknowledged row is there
#	T  a transcript loses at most the record being written, and goes on
#	E  a status of the table of agent(7), one line on stderr, JSON or nothing
#	N  no process, temporary file, lock or socket is left
#	S  no secret in any output        B  bounded time and memory
# The five commands do a small job each: act NAME [WRAPPER...] does it with
# $out and $err (files) and $st (status); sound NAME says what is wrong after
# it.  FAULTS=long takes every k; else ks takes a sample that is always the same.
# shellcheck shell=sh disable=SC2034,SC2154
LONG=${FAULTS:-}
SECRET=sk-canary-5d1e77f0c2aa41b8
ACTS='mem plan gate tool chat'
[ -z "$LONG" ] || export TEST_TIMEOUT=900
acts_begin() {	# acts_begin: a workspace and the first state of each
	mkdir work && cd work || exit 99
	export AGENT_MODEL_API_KEY=$SECRET AGENT_MEMORY="$HOME/m.db"
	out=$_meta/act.out err=$_meta/act.err good=$_meta/act.good bad='' acted=0
	echo '{"role":"user","content":"Hello."}' >talk
	for _i in 1 2 3; do
		printf '{"custom_id":"r%d","messages":[{"role":"user","content":"Hello %d."}]}\n' $_i $_i
	done >in
	printf 'old\n' >f
	: >"$_meta/ack.mem"; : >"$_meta/ack.plan"
	for _a in $ACTS; do act $_a; [ $st = 0 ] || fail "the job of $_a" "$(cat "$err")"; done
	[ -s "$_meta/ack.mem" ] && [ -s "$_meta/ack.plan" ] || fail 'ids of what was acknowledged' ''
}
act() {	# act NAME [WRAPPER...]
	_a=$1; shift; acted=$((acted + 1)) st=0
	case $_a in
	mem) timeout -k 1 30 "$@" agent-mem store -n a "text number $acted" ;;
	plan) timeout -k 1 30 "$@" agent-plan add "task number $acted" ;;
	gate) timeout -k 1 30 "$@" agent-gate batch -q --offline -o answers in ;;
	tool) printf '{"path":"f","content":"new %d\\n"}' $acted |
	    timeout -k 1 30 "$@" agent-tool call write_file - ;;
	chat) timeout -k 1 30 "$@" agent-chat --offline -nq --tools list_files 'list files' ;;
	esac >"$out" 2>"$err" </dev/null || st=$?
	[ $st = 0 ] || return 0
	case $_a in
	mem) mem_ids <"$out" >>"$_meta/ack.mem" ;;
	plan) cat "$out" >>"$_meta/ack.plan" ;;
	tool) printf 'new %d\n' $acted | cmp -s - f || bad="$bad tool:acknowledged-not-written" ;;
	esac
}
mem_ids() { sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }	# quicker than jq
again() { [ "$1" != gate ] || rm -f answers*; }	# so that there is work
session() { ls -t "$HOME"/.local/state/agent/projects/work-*/sessions/*.jsonl | head -n 1; }
sound() {	# sound NAME [WHERE]: D and T; what is wrong is added to $bad
	_w="$bad $1:${2:-}"
	case $1 in
	mem) agent-mem check >"$good" 2>&1 || bad="$_w:check:$(head -n 1 "$good")"
	    agent-mem export -n a | mem_ids | sort >"$good"
	    sort "$_meta/ack.mem" | comm -23 - "$good" >"$good.lost" ;;
	plan) agent-plan check >"$good" 2>&1 || bad="$_w:check:$(head -n 1 "$good")"
	    agent-plan list --ids | sort >"$good"
	    sort "$_meta/ack.plan" | comm -23 - "$good" >"$good.lost" ;;
	gate) agent-gate batch -q --offline -o answers in >"$good" 2>&1 || bad="$_w:again:$(tail -n 1 "$good")"
	    : >"$good.lost"
	    [ "$(jq -r .custom_id answers | sort | tr '\n' ' ')" = 'r1 r2 r3 ' ] || bad="$_w:answers" ;;
	tool) : >"$good.lost"; grep -qxE 'old|new [0-9]+' f && [ "$(wc -l <f)" = 1 ] || bad="$_w:torn" ;;
	chat) : >"$good.lost"; agent-chat --offline -nq -c 'hello' >"$good" 2>&1 || bad="$_w:resume:$(head -n 1 "$good")"
	    jq -se 'map(.seq) == [range(length)]' "$(session)" >"$good" 2>&1 || bad="$_w:seq" ;;
	esac
	[ ! -s "$good.lost" ] || bad="$_w:lost:$(head -n 1 "$good.lost")"
}
orderly() {	# orderly NAME [WHERE]: E, for what act left; adds to $bad
	case $st in
	0) return ;;
	1 | 2 | 3 | 4 | 6[569] | 7[01345678] | 124) ;;
	*) bad="$bad $1:${2:-}:status$st:$(head -n 1 "$err" | cut -c 1-60)" ;;
	esac
	# The summary of a batch is for programs; a child that has no memory says
	# so; below an error of a tool stands what the model may do.
	grep -v '^{"type":"batch"' "$err" | sed '/^agent-tool: .*: ERROR \[/{n;d}' | sort -u >"$good"
	[ "$(wc -l <"$good")" = 1 ] || sed -i '/: out of memory; work on less/d' "$good"
	[ "$(grep -c "^agent-[a-z]*: " "$good")" = 1 ] && [ "$(wc -l <"$good")" = 1 ] ||
	    bad="$bad $1:${2:-}:$(wc -l <"$err")lines:$(head -n 2 "$err" | tr '\n' '|' | cut -c 1-160)"
	[ ! -s "$out" ] || case $1 in
	chat) ;;
	*) jq -e . "$out" >"$good" 2>&1 || bad="$bad $1:${2:-}:stdout" ;;
	esac
}
ks() {	# ks MAX PHASE: the k of 1..MAX: all, or some, PHASE shifts them
	if [ -n "$LONG" ]; then seq "$1"; else
		awk -v m="$1" -v p="$2" 'BEGIN { for (k = 1 + p % 2; k <= m; k += 1 + int(k / 3)) print k }'
	fi
}
litter() {	# litter DIR...: N, the temporary files that are there
	find "$@" \( -name '*.tmp-*' -o -name '*.tmp.*' -o -type s -o -type p \
	    -o -name 'agent-batch.*' -o -name 'agent-try.*' \) 2>/dev/null
}
secretless() {	# S: the key is in no file below the test's folder
	# shellcheck disable=SC2046
	grep -rlF -e "$SECRET" -e "$(printf %s "$SECRET" | base64 -w 0 | tr -d =)" \
	    "$TRASH" "$_meta/out" "$_meta/err" $(find "$_meta" -name 'act.*') >"$good" 2>&1
	is "$(cat "$good")" '' 'no secret in any file or output'
}
tracing() {	# whether strace may trace here, and programs bear it
	command -v strace >"$good" && strace -f -o "$good" true 2>"$good.2" &&
	    ! grep -q 'Operation not permitted' "$good.2"
}
sanitized() { ldd "$(command -v agent-mem)" 2>/dev/null | grep -q 'asan'; }
