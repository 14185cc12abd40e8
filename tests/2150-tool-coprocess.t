#!/bin/sh
# agent-tool run --coprocess: agent-protocol/1, cancel at any time, and
# nothing left running however it ends.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
echo hello >a
mkfifo in

# begin: a coprocess that reads descriptor 3 and writes $O; $P is its pid
begin() {
	O=$TRASH/out.$((_o = ${_o:-0} + 1)); : >"$O"
	agent-tool run --coprocess <in >"$O" 2>"$TRASH/err" 3>&- & P=$!
	exec 3>in
}
# await FILTER: until a line of $O fits, at most 10 s
await() {
	_n=0
	while ! jq -se "any(.[]; $1)" "$O" >/dev/null 2>&1; do
		_n=$((_n + 1))
		[ $_n -lt 200 ] || { diag "waited for $1" "$(cat "$O")"; return 1; }
		sleep 0.05
	done
}
# running N: until N sleeps with our mark run (seen from outside the jail)
running() {
	_n=0
	while [ "$(pgrep -cf "sleep $1")" -lt "$2" ] && [ $_n -lt 200 ]; do
		_n=$((_n + 1)); sleep 0.02
	done
}
ended() {	# ended WANT WHAT: it ends by itself with that status
	_n=0
	while kill -0 $P 2>/dev/null && [ $_n -lt 100 ]; do
		_n=$((_n + 1)); sleep 0.05
	done
	kill -9 $P 2>/dev/null && fail "$2: still there"
	wait $P; is $? "$1" "$2"
}
slow=$(tc shell '{"command":"sleep 654321 & sleep 654321"}' s1)

begin
await '.type == "ready"'; is $? 0 'ready'
head -n 1 "$O" >"$TRASH/ready"
jq_ok '.protocol == "agent-protocol/1" and .program == "agent-tool" and
    (.tools | length) == 7 and .version and .workspace and .artifacts and
    (.sandbox | type) == "object"' 'is the first line' "$TRASH/ready"
told=$(jq .sandbox.namespaces "$TRASH/ready")
tried=$(agent-tool doctor --json 2>/dev/null | jq '.jail.mode == "namespaces"')
like "$told:$tried" '^(true:true|false:false|null:.*)$' 'it tells of namespaces what trying them tells'
if strace -o "$TRASH/t" true 2>/dev/null; then
	forks='-e trace=clone,clone3,fork,vfork'
	# shellcheck disable=SC2086
	env $LEAKLESS strace -o "$TRASH/t" $forks agent-tool run --coprocess </dev/null >"$TRASH/r" 2>"$ERR"
	is "$(grep -c '= [0-9]' "$TRASH/t")" 0 'without a process at the start'
	env $LEAKLESS strace -o "$TRASH/t" -e inject=clone:error=EPERM agent-tool run --coprocess </dev/null >"$TRASH/r" 2>"$ERR"
	is "$(jq .sandbox.namespaces "$TRASH/r")" false 'nor are any where a filter around refuses them'
fi
printf '%s\n' '{"type":"session"}' '{"role":"user","content":"x"}' \
    '{"type":"message","id":"m0","role":"assistant","content":"hi"}' >&3
await '.type == "done" and .id == "m0"'
is "$(wc -l <"$O")" 2 'a message without calls is done at once'
msg "$(tc read_file '{"path":"a"}')" "$(tc read_file '{"path":"b"}' c2)" >&3
await '.type == "done" and .id == null'; is $? 0 'a message line: done, id null'
is "$(jq -r 'select(.role == "tool").agent.status' "$O" | tr '\n' ' ')" \
    'completed failed ' 'a result for each call before it'
echo '{not json' >&3
await '.type == "error" and .code == "data"'; is $? 0 'a bad line is told'

# cancel
echo '{"type":"cancel"}' >&3
msg "$slow" "$(tc read_file '{"path":"a"}' s2)" \
    "$(tc write_file '{"path":"never","content":""}' s3)" |
    jq -c '{type: "message", id: "m1"} + .' >&3
running 654321 2
msg "$(tc read_file '{"path":"a"}' s4)" |
    jq -c '{type: "message", id: "m2"} + .' >&3
echo '{"type":"cancel"}' >&3
await '.type == "done" and .id == "m2"'
is "$(jq -r 'select(.tool_call_id | strings | startswith("s"))
    | "\(.tool_call_id) \(.agent.status)"' "$O" | tr '\n' ' ')" \
    's1 cancelled s2 cancelled s3 cancelled s4 cancelled ' \
    'cancel answers what runs, the calls after it and what waits'
is "$(pgrep -cf 'sleep 654321')" 0 'and nothing of it runs'
is "$([ -e never ] && echo there)" '' 'nor was anything written'
msg "$(tc read_file '{"path":"a"}' s5)" |
    jq -c '{type: "message", id: "m3"} + .' >&3
await '.type == "done" and .id == "m3"'
is "$(jq -r 'select(.tool_call_id == "s5").agent.status' "$O")" completed \
    'the next message is answered as ever'
exec 3>&-
ended 0 'end of input while idle: status 0'

# The end of input, of its reader, of itself
begin
msg "$slow" >&3
running 654321 2
exec 3>&-
ended 0 'end of input while a command runs'
is "$(pgrep -cf 'sleep 654321')" 0 'the command is gone'

for s in TERM:143 INT:130 HUP:129; do
	# A shell starts background programs with INT ignored: env does not.
	O=$TRASH/out.${s%:*}; : >"$O"
	env --default-signal=INT agent-tool run --coprocess <in >"$O" 3>&- & P=$!
	exec 3>in
	msg "$slow" "$slow" >&3
	running 654321 2
	kill -"${s%:*}" $P
	ended "${s#*:}" "SIG${s%:*} while a command runs"
	is "$(pgrep -cf 'sleep 654321')" 0 'the command is gone'
	exec 3>&-
done
begin
await '.type == "ready"'
kill $P
ended 143 'SIGTERM while idle'
exec 3>&-

begin
msg "$slow" >&3
running 654321 2
kill -9 $P
wait $P 2>/dev/null
_n=0
while [ "$(pgrep -cf 'sleep 654321')" -gt 0 ] && [ $_n -lt 50 ]; do
	_n=$((_n + 1)); sleep 0.05
done
is "$(pgrep -cf 'sleep 654321')" 0 'killed hard: the command is gone too'
exec 3>&-

mkfifo outf
sh -c 'agent-tool run --coprocess; echo $? >status' <in >outf 2>err 3>&- & P=$!
exec 3>in 4<outf
msg "$slow" >&3
running 654321 2
exec 4<&-
_n=0
while [ ! -s status ] && [ $_n -lt 100 ]; do _n=$((_n + 1)); sleep 0.05; done
is "$(cat status)" 141 'nobody reads the results: status 141'
is "$(pgrep -cf 'sleep 654321')" 0 'the command is gone'
is "$(cat err)" '' 'without a word'
exec 3>&-

# As a filter and by hand
msg "$slow" >m
env --default-signal=INT agent-tool run <m >"$TRASH/o" & P=$!
running 654321 2
kill -INT $P
ended 130 'the filter, interrupted'
is "$(pgrep -cf 'sleep 654321')" 0 'the command is gone'
agent-tool call shell '{"command":"sleep 654321"}' >"$TRASH/o" & P=$!
running 654321 1
kill $P
ended 143 'call, terminated'
is "$(pgrep -cf 'sleep 654321')" 0 'the command is gone'
is "$(cd "$W" && find . -name '.??*' ! -empty)" '' 'the workspace is clean'
no_children_left
done_testing
