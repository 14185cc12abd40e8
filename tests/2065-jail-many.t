#!/bin/sh
# Nothing is left behind by many calls of a conversation: no process, file,
# mount, descriptor.  WALL_CALLS says how many (make torture: 1,000).
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
n=${WALL_CALLS:-120}
mkdir -p .git/hooks sub
echo a >a
mkdir -m 1777 "$TRASH/tmp"; export TMPDIR="$TRASH/tmp"
state() { find . "$TMPDIR" -printf '%M %p\n' | LC_ALL=C sort; grep -c . /proc/self/mountinfo; }
before=$(state)
i=0
while [ $i -lt $((n / 4)) ]; do
	msg "$(tc shell '{"command":"true & (sleep 9 &) ; mkdir -p ~/x; echo hi >~/x/y"}' "a$i")" \
	    "$(tc read_file '{"path":"a"}' "b$i")" "$(tc list_files '{}' "c$i")" \
	    "$(tc shell '{"command":"cat a; exit 3"}' "d$i")" \
	    "$(tc read_file '{"path":".envrc"}' "e$i")"
	i=$((i + 1))
done >calls
mkfifo in
agent-tool run --coprocess <in >got 2>"$ERR" & P=$!
exec 3>in
cat calls >&3 &
_n=0
until [ "$(grep -c '"type":"done"' got)" = $((n / 4)) ] || [ $_n -gt 6000 ]; do
	_n=$((_n + 1)); sleep 0.1
done
is "$(grep -c '"role":"tool"' got)" "$((n / 4 * 5))" "$((n / 4 * 5)) calls are answered"
is "$(jq -r 'select((.tool_call_id // "") | startswith("e")).agent.code' got | sort | uniq -c | xargs)" \
    "$((n / 4)) NOT_FOUND" 'what a call has held is gone when the next begins'
is "$(find /proc/$P/fd -type l | wc -l)" "$(agent-tool run --coprocess <in >one 2>&1 3>&- & p=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s one ] && break; sleep 0.2; done
	find /proc/$p/fd -type l | wc -l; kill $p)" 'no descriptor is left open'
exec 3>&-
wait $P
is $? 0 'it ends'
rm -f in calls got one
is "$(state)" "$before" 'no file, directory or mount is left behind'
no_children_left
done_testing
