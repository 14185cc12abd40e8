#!/bin/sh
# The units under a real service manager of a user: the socket starts the server
# and the server leaves, a timer starts the work, the report is written, and
# nobody enables them but who asks for it.
# All of it has namespaces of its own: the port 8000, the processes, and the
# folder whose presence tells systemd that it may run.
if [ -z "${IN_NAMESPACES:-}" ]; then
	export IN_NAMESPACES=1
	unshare -m -n -p -f true 2>/dev/null &&
	    exec unshare -m -n -p -f --kill-child --mount-proc sh "$0"
	IN_NAMESPACES=no
fi
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
[ "$IN_NAMESPACES" != no ] || skip_all 'no namespaces for us here'
for c in /lib/systemd/systemd systemctl systemd-escape dbus-daemon python3 curl; do
	command -v $c >"$OUT" || skip_all "no $c here"
done
group=/sys/fs/cgroup/agent-test.$$
mount -t cgroup2 none /sys/fs/cgroup 2>"$ERR" && mkdir "$group" &&
    echo $$ >"$group/cgroup.procs" || skip_all 'no cgroup for us here'
mkdir -p /run/systemd
{ mount -t tmpfs none /run/systemd && mkdir /run/systemd/system; } || exit 99
python3 -c 'import fcntl, socket, struct
s = socket.socket()
fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 1 | 64))' || exit 99

# As make install PREFIX=~/.local and the pages have it.
units=$HOME/.local/share/systemd/user conf=$XDG_CONFIG_HOME/agent tea=$HOME/src/tea
mkdir -p "$units" "$conf" "$tea"
cp "$BUILD"/systemd/* "$units"
sed -i "s,^ExecStart=[^ ]*/,ExecStart=$BUILD/bin/," "$units"/*.service
echo 'AGENT_SERVE=--offline --leave-after 500ms' >"$conf/serve.env"
echo 'AGENT_MODEL_URL=offline:' | tee "$conf/work.env" >"$conf/report.env"
# More: what goes to the journal, which there is none of here, and a night that
# begins at once; and no search for leaks, which the walls of the units forbid.
more() { mkdir -p "$units/$1.d" && cat >"$units/$1.d/test.conf"; }
for u in agent-serve agent-work@ agent-report@; do
	printf '[Service]\nStandardOutput=file:%s\nStandardError=file:%s\nEnvironment=%s\n' \
	    "$TRASH/out" "$TRASH/err" ASAN_OPTIONS=detect_leaks=0:exitcode=199 | more $u.service
done
printf '[Timer]\nOnCalendar=\nOnActiveSec=1ms\nRandomizedDelaySec=0\nAccuracySec=1ms\n' |
    more agent-work@.timer

/lib/systemd/systemd --user --log-target=console >log 2>&1 &
manager=$!
for _ in $(seq 100); do
	systemctl --user is-active -q default.target 2>"$ERR" && break
	sleep 0.1
done
ok 'a manager of services' systemctl --user is-active default.target
is "$(systemctl --user list-units --no-legend 'agent-*')" '' 'nothing of ours runs unasked'

# Asked for: the first request starts it, and the last one ends it.
ok 'the socket' systemctl --user enable --now agent-serve.socket
is "$(systemctl --user is-active agent-serve.service)" inactive 'no server yet'
ask='{"messages":[{"role":"user","content":"Hello."}]}'
is "$(curl -s --max-time 20 -d "$ask" http://127.0.0.1:8000/v1/chat/completions |
    jq -r '.choices[0].message.role')" assistant 'the first request is answered'
gone() {
	for _ in $(seq 100); do
		[ "$(systemctl --user is-active "$1")" != inactive ] || return 0
		sleep 0.1
	done
	return 1
}
gone agent-serve.service
_if $? 'it leaves' "$(systemctl --user status agent-serve.service)"
is "$(curl -s --max-time 20 http://127.0.0.1:8000/v1/models | jq -r .object)" list \
    'and comes again'
is "$(cat err)" '' 'without a word'
# The commands find it, as they find any.
is "$(echo '{"role":"user","content":"Hello."}' |
    env -u AGENT_DISCOVER agent-gate | jq -r .role)" assistant 'and is found'

# A night's work, and the report of the morning.
at=$(systemd-escape --path "$tea")
cd "$tea" || exit 99
echo oolong >teas.txt
agent-plan init -q Tea && agent-plan add -q 'List the files.' && agent-plan advance -q >"$OUT"
ok 'the timer' systemctl --user enable --now "agent-work@$at.timer"
for _ in $(seq 200); do
	[ -n "$(agent-plan list --status open --ids)" ] || break
	sleep 0.1
done
is "$(agent-plan list --status 'done' --ids)" 1 'it has done the task'
gone "agent-work@$at.service"
_if $? 'and is done itself' "$(cat "$TRASH/err")"
: >"$TRASH/out"
ok 'the report' systemctl --user start "agent-report@$at.service"
like "$(cat "$TRASH/out")" '[a-z]' 'is written'
is "$(systemctl --user list-units --failed --no-legend)" '' 'nothing has failed'
# A task that is not done is seen, as the unit says.
ok 'a task that cannot be done' agent-plan add -q 'No.' --check false
systemctl --user start "agent-work@$at.service" 2>"$ERR"
like "$(systemctl --user list-units --failed --no-legend)" agent-work 'one that failed is'
is "$(systemctl --user show -P NextElapseUSecRealtime "agent-report@$at.timer")" '' \
    'no morning before it is asked for'
ok 'asked for' systemctl --user enable --now "agent-report@$at.timer"
like "$(systemctl --user show -P NextElapseUSecRealtime "agent-report@$at.timer")" \
    '06:(3|4)' 'it is half past six'
cd "$TRASH" || exit 99

systemctl --user exit
wait $manager
is $? 0 'the manager leaves'
no_children_left
echo $$ >/sys/fs/cgroup/cgroup.procs
find "$group" -depth -type d -exec rmdir {} + 2>"$ERR"
[ ! -e "$group" ]
_if $? 'nothing is left of it' "$(cat "$ERR")"
done_testing
