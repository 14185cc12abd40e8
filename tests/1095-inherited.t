#!/bin/sh
# What a parent leaves to a program by accident, SIGCHLD ignored and signals
# blocked, changes nothing: the status of a child counts, and what waits ends.
. "$(dirname "$0")/lib.sh"
command -v perl >which || skip_all 'no perl here'
# left CHLD|MASK COMMAND...: with SIGCHLD ignored, or all signals blocked
cat >left <<'EOT'
use POSIX ();
if (shift eq 'CHLD') {
	$SIG{CHLD} = 'IGNORE';
} else {
	my $all = POSIX::SigSet->new;
	$all->fillset;
	POSIX::sigprocmask(POSIX::SIG_SETMASK(), $all);
}
exec @ARGV or die;
EOT
left() { timeout -s KILL 60 perl "$TRASH/left" "$@"; }
mkdir w && cd w || exit 99
for how in CHLD MASK; do
	agent-plan add -q one >id && agent-plan add -q two --check false >id
	left $how agent-plan work --once -q -- false >"$OUT" 2>"$ERR"
	is "$?" 1 "$how: work that failed has failed"
	agent-plan add -q three >id && agent-plan add -q four >id
	left $how agent-plan work --once -q -j 2 -- false >"$OUT" 2>"$ERR"
	is "$?" 1 "$how: two workers come to an end"
	is "$(agent-plan list --status 'done' --ids)" '' "$how: nothing is done"
	is "$(left $how agent-tool call shell '{"command":"exit 5"}' 2>&1 | grep -c 'exit 5')" 1 \
	    "$how: a command"
	is "$(left $how agent-tool sandbox -- sh -c 'exit 7' 2>"$ERR"; echo $?)" 7 "$how: a sandbox"
	if [ -x "$BUILD/libexec/agent/agent-pyexe" ] && command -v python3 >which; then
		is "$(left $how agent-tool call pyexe '{"code":"print(40 + 2)"}' 2>&1)" 42 "$how: python"
	fi
	agent-mem --db ../m.db store -q "$how" >"$OUT"
	AGENT_MODEL_URL=http://127.0.0.1:1/v1 left $how agent-mem --db ../m.db embed 2>"$ERR"
	is "$?" 69 "$how: a server that is not there"
	is "$(AGENT_MODEL_URL=offline: left $how agent-chat -n -q -p 'List the files.' 2>&1)" \
	    "$(AGENT_MODEL_URL=offline: agent-chat -n -q -p 'List the files.' 2>&1)" "$how: a conversation"
done

# A request to end is heard, and a wait for others has an end.
modeld_start 'default text "x" stall 100s'
perl "$TRASH/left" MASK agent-gate --url "$URL" -m m >"$OUT" 2>"$ERR" <<'END' &
{"role":"user","content":"hi"}
END
pid=$!
sleep 0.5	# it may as well be heard at once
kill -TERM $pid
for _ in $(seq 300); do kill -0 $pid 2>"$ERR" || break; sleep 0.1; done
kill -KILL $pid 2>"$ERR"
wait $pid
is "$?" 143 'SIGTERM, although it was blocked'
no_children_left
done_testing
