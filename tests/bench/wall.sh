#!/bin/sh
# wall.sh - what the sandbox costs: one command bare, in bwrap (where it is
# installed), in agent-jail with namespaces and without, and as a whole call
# of the shell tool.
. "$(dirname "$0")/../bench.sh"
export AGENT_STATE="$T/state"
jail=$BUILD/libexec/agent/agent-jail

# One command, each way in turn, so that they share the machine's moods.
set -- sh -c true ,, "$jail" -w . -- sh -c true ,, \
    "$jail" --walls=-userns,-mount,-pid,-net -w . -- sh -c true ,, \
    agent-tool call shell '{"command":"true"}'
if command -v bwrap >/dev/null; then
	set -- "$@" ,, bwrap --unshare-all --new-session --die-with-parent \
	    --clearenv --ro-bind /usr /usr --symlink usr/bin /bin \
	    --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc \
	    --dev /dev --tmpfs /tmp --bind "$PWD" "$PWD" --chdir "$PWD" \
	    /bin/sh -c true
fi
"$STUB/spawn" -n "$N" "$@" >"$T/out" 2>"$T/err" </dev/null
{
	for name in 'sh -c, bare' 'agent-jail, all walls' \
	    'agent-jail, without namespaces' \
	    'agent-tool call shell, a new process' 'bwrap --unshare-all'; do
		read -r wall cpu _ st || break
		[ "$st" = 0 ] || name="$name: status $st"
		row "one command: $name" "$(calc 2 "$wall")" ms
		row "one command: $name, CPU" "$(calc 2 "$cpu")" ms
	done
} <"$T/out"

# Calls of a conversation: the coprocess stays.
awk -v n=200 'BEGIN { for (i = 0; i < n; i++) printf "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c%d\",\"type\":\"function\",\"function\":{\"name\":\"shell\",\"arguments\":\"{\\\"command\\\":\\\"true\\\"}\"}}]}\n", i }' >"$T/calls"
"$STUB/spawn" -n 5 -i "$T/calls" agent-tool run >"$T/out"
read -r wall _ _ _ <"$T/out"
row 'shell tool, per call of a conversation' "$(calc 2 "$wall / 200")" ms '<= 6'

# The policy alone, of an ordinary command line.
awk -v n=2000 'BEGIN { for (i = 0; i < n; i++) printf "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c%d\",\"type\":\"function\",\"function\":{\"name\":\"shell\",\"arguments\":\"{\\\"command\\\":\\\"cd src && git log --format=%%h | head -n 5; grep -rn main *.c > out\\\"}\"}}]}\n", i }' >"$T/calls"
"$STUB/spawn" -n 5 -i "$T/calls" agent-tool check --json >"$T/out"
read -r wall _ _ _ <"$T/out"
row 'policy: one call judged' "$(calc 3 "$wall / 2000")" ms
