#!/bin/sh
# The units for the service manager are sound, start what is installed, and a
# socket that the manager holds is served.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL

# As make install would put them, for what is in the build tree.
mkdir units
for f in "$ROOT"/share/systemd/*; do
	sed "s,@BINDIR@,$BUILD/bin," "$f" >"units/${f##*/}"
done
is "$(grep -ho '@[A-Z]*@' units/* | sort -u)" '' 'nothing is left to fill in'
is "$(cd "$BUILD/systemd" && echo *)" "$(cd units && echo *)" 'make makes them'
if command -v systemd-analyze >/dev/null; then
	for f in units/*; do
		ok "verify ${f#*/}" systemd-analyze --user --man=no verify "$f"
		is "$(cat "$OUT" "$ERR")" '' 'not a word'
	done
	sed -i 's,^ExecStart=,&/nowhere,; s,^NoNew,&X,' units/agent-serve.service
	systemd-analyze --user --man=no verify units/agent-serve.service >"$ERR" 2>&1
	like "$(cat "$ERR")" 'nowhere' 'it would see a program that is not there'
	like "$(cat "$ERR")" 'NoNewX' 'and a word that it does not know'
else
	skip 'no systemd here' 'verify'
fi
# Options that the programs no longer have would only be seen at night.
awk '/^ExecStart=/ { on = 1; sub(/^[^=]*=/, "") }
    on { on = sub(/\\$/, ""); gsub(/\$[A-Z_]*/, ""); printf "%s%s", $0, on ? "" : "\n" }' \
    units/*.service >commands
is "$(wc -l <commands)" 3 'the commands'
while read -r program args; do
	# shellcheck disable=SC2086
	ok "${program##*/} knows its options" "$BUILD/bin/${program##*/}" $args --help
done <commands
mkdir project && cd project || exit 99
AGENT_MODEL_URL=offline: ok 'a report' agent-chat -n -q --read-only --no-session \
    --lock report --timeout 10m -t nightly
agent-plan init -q 'Tea' && agent-plan add -q 'List the files.' && agent-plan advance -q
AGENT_MODEL_URL=offline: ok 'work' agent-plan work -q --until-empty --deadline 4h
is "$(agent-plan list --status open --ids)" '' 'the task is done'
cd ..

# holds: a manager in two lines, which listens and hands the socket on.
command -v python3 >/dev/null || { skip 'no python3 here' 'socket'; done_testing; }
cat >hold.py <<'EOT'
import os, socket, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family)
s.bind((sys.argv[1], 0))
if sys.argv[2] != "deaf":
    s.listen(16)
if s.fileno() != 3:
    os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
print(s.getsockname()[1], file=open("port", "w"))
if sys.argv[2] == "early":
    c = socket.create_connection(s.getsockname())
    if os.fork() == 0:
        time.sleep(1)
        c.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        print(c.recv(12).decode(), file=open("early", "w"))
        os._exit(0)
os.environ.update(LISTEN_PID=str(1 if sys.argv[2] == "other" else os.getpid()),
    LISTEN_FDS="2" if sys.argv[2] == "two" else "1")
os.execvp(sys.argv[3], sys.argv[3:])
EOT
holds() { python3 hold.py "$@"; }
mkfifo url
holds 127.0.0.1 one agent-gate serve --offline --listen 127.0.0.1:1 \
    --leave-after 1s >url 2>err &
pid=$!
read -r SERVE <url
is "$SERVE" "http://127.0.0.1:$(cat port)/v1" 'the socket that was handed in'
get "$SERVE/models"
is "$CODE" 200 'it is served'
curl -sv -o one -o two "$SERVE/models" "$SERVE/none" 2>talk
is "$(tr -d '\r' <talk | grep -ci '^< connection: close$') $(grep -ci 're-using' talk)" '2 0' \
    'no connection is kept that could be cut when it asks at the last moment'
wait $pid
is $? 0 'and left when nobody asks any more'
is "$(cat err)" '' 'without a word'
ok 'it does not leave' holds 127.0.0.1 early agent-gate serve --offline \
    --leave-after 100ms
is "$(cat early)" 'HTTP/1.1 200' 'from who has come and is about to ask'
status_is 2 holds 127.0.0.1 deaf agent-gate serve --offline
like "$(cat "$ERR")" 'LISTEN_FDS: .*ListenStream' 'a socket that does not listen'
status_is 2 holds 127.0.0.1 two agent-gate serve --offline
status_is 2 holds 0.0.0.0 one agent-gate serve --offline
like "$(cat "$ERR")" '0\.0\.0\.0 can be reached from elsewhere.*--token-file' \
    'a socket for others takes a token'
holds 127.0.0.1 other timeout -s TERM 10 agent-gate serve --offline \
    --listen 127.0.0.1:0 --leave-after 100ms >out 2>err
is $? 0 'a socket for another process is left alone'
unlike "$(cat out)" ":$(cat port)/v1" 'and another one opened'
no_children_left
done_testing
