#!/bin/sh
# A program that never gets ready is not waited for without an end: half a
# ready line, or nothing, is an error of one line with status 124 after the
# time of start_timeout, in every way to run.
. "$(dirname "$0")/lib.sh"
mkdir -p bin work libexec/agent && cp "$(command -v agent-chat)" bin/ && cp "$BUILD/libexec/agent/agent-acp" libexec/agent/ || exit 99
for p in gate tool mem plan; do ln -s "$(command -v agent-$p)" bin/; done
export AGENT_SHARE="$ROOT/share/agent" AGENT_START_TIMEOUT=1s
chat=$PWD/bin/agent-chat
stand_in() {	# stand_in NAME: what it says is standard input
	rm -f "../bin/$1"
	{ echo '#!/bin/sh'; cat; } >"../bin/$1" && chmod +x "../bin/$1"
}
cd work || exit 99

stand_in agent-gate <<'EOT'
echo 'reading the key' >&2
printf '{"type":"ready","proto'
sleep 300
EOT
status_is 124 "$chat" -n hi
is "$(cat "$ERR")" 'agent-chat: agent-gate was not ready within 1 s; see what it waits for, or raise start_timeout' 'half a ready line'
is "$(wc -c <"$OUT")" 0 'nothing on standard output'
status_is 124 "$chat" -n --format json hi
jq_ok '.exit_code == 124 and .error.code == "timeout"' 'the result says so'
AGENT_START_TIMEOUT=300s status_is 124 "$chat" -n --timeout 1s hi
like "$(cat "$ERR")" 'when --timeout was over' '--timeout goes before it'
status_is 1 "$chat" doctor
like "$(cat "$OUT")" 'fail +server +agent-gate was not ready' 'doctor'
_run "$STUB/pty" 'expect waiting until agent-gate is ready
expect not ready within 4 s' env AGENT_START_TIMEOUT=4s "$chat"
is "$STATUS" 124 'a person at a terminal'
echo '{"jsonrpc":"2.0","id":1,"method":"session/new","params":{"cwd":"'"$PWD"'","mcpServers":[]}}' >in
{ cat in; sleep 4; } | "$chat" --acp >"$OUT" 2>"$ERR"
jq_ok 'select(.id == 1).error.message | contains("not ready within 1 s")' 'an editor is told'
no_children_left 'it is killed'

rm ../bin/agent-gate && ln -s "$(command -v agent-gate)" ../bin/
stand_in agent-tool <<'EOT'
exec sleep 300
EOT
AGENT_START_TIMEOUT=3s status_is 124 "$chat" -n --offline hi
like "$(cat "$ERR")" '^agent-chat: agent-tool was not ready within 3 s' 'nothing at all'
AGENT_START_TIMEOUT=soon status_is 78 "$chat" -n --offline hi
like "$(cat "$ERR")" 'start_timeout' 'a time that is none'
no_children_left
done_testing
