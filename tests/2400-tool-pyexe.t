#!/bin/sh
# pyexe: Python whose variables live as long as the conversation.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
export AGENT_ENABLE_PYEXE=1
[ -x /usr/bin/python3 ] || [ -x /usr/local/bin/python3 ] || skip_all 'no python3'
py() {		# py CODE [MORE MEMBERS]: in session s
	_a=$(jq -nc --arg c "$1" "{code: \$c} + ${2:-{\}}")
	timeout 60 agent-tool call --session s pyexe "$_a" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	TEXT=$(cat "$OUT" "$ERR")
	LINE=$(printf '%s' "$TEXT" | tr '\n' ' ')
}
end() { "$BUILD/libexec/agent/agent-pyexe" -w "$W" --session "$1" --end; }

is "$(agent-tool list --names | grep -c '^pyexe$')" 1 'it is offered'
is "$(AGENT_ENABLE_PYEXE=0 agent-tool list --names | grep -c '^pyexe$')" 0 'AGENT_ENABLE_PYEXE=0'
is "$("$BUILD/libexec/agent/agent-pyexe" --schema | jq -Sc '[.name, .description, .inputSchema]')" \
    "$(agent-tool list --mcp --tools pyexe | jq -Sc '.[0] | [.name, .description, .inputSchema]')" \
    'it says the same of itself'

# The state lives across calls, and processes.
py 'x = 6 * 7'
is "$STATUS$TEXT" 0 'an assignment says nothing'
py 'x'
is "$STATUS$TEXT" 042 'a variable of another process'
py 'def f(n):
    return n + x
f(1)'
is "$TEXT" 43 'several lines, and the value of the last'
py 'import os; print(os.getcwd())'
is "$TEXT" "$W" 'in the workspace'
py 'x' '{reset: true}'
like "$STATUS$LINE" 'NameError' 'reset forgets'
timeout 60 agent-tool call --session other pyexe '{"code":"x = 1"}' >"$OUT" 2>&1
py 'x = 2'
timeout 60 agent-tool call --session other pyexe '{"code":"x"}' >"$OUT" 2>&1
is "$(cat "$OUT")" 1 'sessions are apart'
end other

# Bytes.
py 'print("é日本😀", len("é日本😀"))'
is "$TEXT" 'é日本😀 4' 'characters beyond ASCII'
py 'print("a" * 10_000_000)'
like "$TEXT" 'the output has 10000001 bytes; all of it: read_file path' 'ten megabytes'
py 'import os; os.write(1, b"\xff\x1b[2Jraw")'
unlike "$TEXT" "$(printf '\033')" 'raw bytes are made visible'
py 'import sys; print("out"); print("err", file=sys.stderr)'
is "$TEXT" 'out
err' 'both outputs, in order'
py 'import subprocess; subprocess.run(["echo", "child"])'
like "$TEXT" '^child' 'the output of a child'

# Failures.
py '1/0'
like "$STATUS$LINE" '^1.*ERROR \[TOOL_FAILED\]' 'an exception'
like "$TEXT" 'ZeroDivisionError: division by zero' 'with its traceback'
py 'x'
is "$TEXT" 2 'and the state is kept'
py 'def f(:'
like "$TEXT" 'SyntaxError' 'a fault of syntax'
py 'import sys; sys.exit(3)'
like "$STATUS$LINE" '^1.*exit 3' 'sys.exit'
py 'x'
is "$TEXT" 2 'does not end the interpreter'
py 'import os; os._exit(5)'
like "$STATUS$LINE" '^1.*all variables are lost' 'an interpreter that died'
py 'x = 3'
is "$STATUS" 0 'is replaced'
py 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)'
like "$TEXT" 'all variables are lost' 'or was killed'

# Time.
py 'x = 4'
py 'import time; time.sleep(100)' '{timeout: 1}'
like "$STATUS$LINE" '^124.*TIMEOUT' 'a sleep is interrupted'
like "$TEXT" 'variables are kept' 'and says that'
py 'x'
is "$TEXT" 4 'they are'
py 'while True: pass' '{timeout: 1}'
is "$STATUS" 124 'a loop, too'
py 'import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True: pass' '{timeout: 1}'
like "$STATUS$LINE" '^124.*all variables are lost' 'one that will not stop is ended'
py 'x = 5'
is "$STATUS" 0 'and the next is served'
{ printf '{"code":"import time; time.sleep(100)"}' |
    AGENT_ABI=1 AGENT_SESSION_ID=s AGENT_WORKSPACE="$W" timeout 1 "$BUILD/libexec/agent/agent-pyexe"; } >/dev/null 2>&1
py 'x'
is "$TEXT" 5 'a caller that leaves has its code interrupted'

# The walls.
py 'open("made.txt", "w").write("x")' 2>/dev/null
: >"$W/there.txt"
py 'open("there.txt", "w").write("x")'
is "$(cat "$W/there.txt")" x 'it writes in the workspace'
py "open('$AGENT_STATE/x', 'w')"
like "$TEXT" 'Error' 'and not in the state folder'
py 'import socket; socket.create_connection(("127.0.0.1", 1), 2)'
like "$TEXT" 'Error' 'there is no network'
py "import os; os.listdir('$AGENT_STATE')"
like "$TEXT" 'Error' 'nor the state folder to read'
py 'import os; print(sorted(k for k in os.environ if "KEY" in k or "SECRET" in k))'
is "$TEXT" '[]' 'nor secrets of ours'
end s
status_is 0 end s

# The conversation: what a coprocess began ends with it.
msg "$(tc pyexe '{"code":"y = 1"}' a)" >talk
msg "$(tc pyexe '{"code":"y + 1"}' b)" >>talk
{ cat talk; sleep 3; } | agent-tool run --coprocess >"$OUT" 2>"$ERR"
is "$(jq -c 'select(.role == "tool").content' "$OUT" | tail -n 1)" '"2\n"' 'within one coprocess'
{ cat talk; sleep 2; } | agent-tool run --coprocess >"$OUT" 2>"$ERR" & pid=$!
sleep 1.5
pkill -KILL -P "$pid" agent-tool 2>/dev/null || kill -KILL "$pid"
wait "$pid" 2>/dev/null
n=0
while pgrep -f "$W.*pyexe.py" >/dev/null && [ $((n += 1)) -lt 50 ]; do sleep 0.1; done
is "$(pgrep -f "$W.*pyexe.py" | wc -l)" 0 'nothing is left of it, even when it was killed'
timeout 20 agent-tool call pyexe '{"code":"1"}' >"$OUT" 2>&1
is "$(cat "$OUT")" 1 'a call without a session'
n=0
while pgrep -f "$W.*pyexe.py" >/dev/null && [ $((n += 1)) -lt 50 ]; do sleep 0.1; done
is "$(pgrep -f "$W.*pyexe.py" | wc -l)" 0 'leaves nothing'
no_children_left 'not even who kept it'
is "$(ls -A "$W"/.[a-z]* 2>/dev/null)" '' 'no name in the workspace that the jail held'
is "$(find "$AGENT_STATE" -name 'py-*')" '' 'no socket, no lock'

# Many at once are served one after the other.
for _ in 1 2 3 4 5 6 7 8; do
	agent-tool call --session many pyexe "{\"code\":\"n = globals().get('n', 0) + 1\"}" >/dev/null 2>&1 &
done
wait
timeout 20 agent-tool call --session many pyexe '{"code":"n"}' >"$OUT" 2>&1
is "$(cat "$OUT")" 8 'eight at once, none lost'
end many
done_testing
