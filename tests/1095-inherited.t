#!/bin/sh
# What a parent leaves to a program by accident, SIGCHLD ignored, signals blocked
# and an input that does not block, changes nothing: the status of a child
# counts, what waits ends, and what is still to come is waited for.
. "$(dirname "$0")/lib.sh"
command -v perl >which || skip_all 'no perl here'
# left CHLD|MASK|INPUT COMMAND...: with SIGCHLD ignored, or all signals blocked,
# or standard input that does not block
cat >left <<'EOT'
use POSIX ();
use Fcntl;
my $how = shift;
if ($how eq 'CHLD') {
	$SIG{CHLD} = 'IGNORE';
} elsif ($how eq 'INPUT') {
	fcntl(STDIN, F_SETFL, O_NONBLOCK) or die;
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
modeld_stop

echo '{"role":"user","content":"List the files."}' >talk
echo '{"text":"tea"}' >facts
echo '{"objective":"tea"}' >tasks
late() {	# late FILE COMMAND...: which comes when it has been asked for
	_file=$1; shift
	(sleep 0.3; cat "$_file") | left INPUT "$@" >"$OUT" 2>"$ERR"
	is "$? $(cat "$ERR")" '0 ' "an input that does not block: $*"
}
late talk agent-gate --offline
late talk agent-gate batch --prompts -q --offline
late talk agent-gate embed -q --offline
late talk agent-gate parse
{ agent-tool list --event; cat talk; } | agent-gate --offline >call
late call agent-tool run
late facts agent-mem --db ../m.db import
late facts agent-mem --db ../m.db store
late talk agent-mem -q compact --budget 10000
late tasks agent-plan add -f -
late talk agent-chat -n -q --offline -p 'What is this?'
no_children_left
done_testing
