#!/bin/sh
# The walls of the file tools: what a child could do if it were turned, and
# what happens where the kernel has no walls.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
echo hello >a
# Leaks cannot be looked for under ptrace.
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
command -v strace >/dev/null || skip_all 'no strace'
strace -f -o "$TRASH/t" true 2>/dev/null || skip_all 'strace may not trace'

# The order: limits, Landlock, seccomp, and only then the file.
strace -f -o "$TRASH/t" agent-tool call read_file '{"path":"a"}' >"$OUT"
grep -n -E 'landlock_restrict_self|seccomp\(|openat2\(' "$TRASH/t" |
    grep -v ENOSYS | sed 's/^[0-9]*:[0-9]* *\([a-z0-9_]*\)(.*= \(-*[0-9]*\).*/\1 \2/' \
    >"$TRASH/order"
like "$(tr '\n' ' ' <"$TRASH/order")" \
    'landlock_restrict_self 0 seccomp 0 openat2 ' 'walls first, then the file'
grep -c 'prlimit64.*RLIMIT_AS' "$TRASH/t" >"$TRASH/n"
is "$(($(cat "$TRASH/n") > 0))" 1 'memory is limited'
grep -q 'PR_SET_PDEATHSIG, SIGKILL' "$TRASH/t"
is $? 0 'it dies with its parent'

run() {
	strace -f -o "$TRASH/t" "$@" agent-tool call read_file \
	    '{"path":"a"}' >"$OUT" 2>"$ERR"
}
no_landlock='-e inject=landlock_create_ruleset:error=ENOSYS'
no_seccomp='-e inject=seccomp:error=EINVAL'
# shellcheck disable=SC2086
{
	run $no_landlock; is $? 0 'without Landlock seccomp is enough'
	run $no_seccomp; is $? 0 'without seccomp Landlock is enough'
	run $no_landlock $no_seccomp; is $? 77 'without either: refused'
}
like "$(cat "$ERR")" 'ERROR \[SANDBOX_UNAVAILABLE\]' 'and the model is told'
is "$(cat "$OUT")" '' 'nothing was read'
run -e inject=openat2:error=ENOSYS
is "$? $(sed -n 2p "$OUT")" '0 hello' 'without openat2 it walks'
ln -s a link; mkdir d; ln -s .. d/up
for p in link d/up/a; do
	strace -f -o "$TRASH/t" -e inject=openat2:error=ENOSYS \
	    agent-tool call read_file "{\"path\":\"$p\"}" >"$OUT" 2>"$ERR"
	is $? 77 "and follows no link: $p"
done

# Work without end
head -c 3000000 /dev/zero | tr '\0' a >aaa
timeout_is 30 agent-tool call search_files '{"pattern":"(a|aa)*(a|aa)*b$"}'
ok 'a directory of FIFOs' sh -c 'mkdir f; for i in 1 2 3; do mkfifo f/$i; done
    agent-tool call search_files "{\"pattern\":\"x\",\"path\":\"f\"}"'

# Disks that fail: the old file stays, the model is told
for what in fsync:error=EIO:when=1 renameat:error=EIO \
    write:error=ENOSPC:when=1; do
	echo old >keep
	strace -f -o "$TRASH/t" -e inject="$what" agent-tool -w "$W" call \
	    write_file '{"path":"keep","content":"new"}' >"$OUT" 2>"$ERR"
	is "$(($? > 0)) $(cat keep)" '1 old' "$what: the old file stays"
done
is "$(find . -name '*tmp-*')" '' 'no temporary file stays'
done_testing
