#!/bin/sh
# A stack of 64 KiB is enough for every command, and JSON as deep as is taken
# costs no more: what is deeper is refused, not a crash.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
! sanitized || skip_all 'a sanitizer takes more stack'
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }
# takes STATUS... -- CMD...: one of these, no crash, also of a child
takes() {
	want=''
	while [ "$1" != -- ]; do want="$want $1"; shift; done
	shift
	TEST_TIMEOUT=30 _run sh -c 'ulimit -s 64 && exec "$@"' sh "$@"
	case "$want " in *" $STATUS "*) ;; *) bad="$bad $*:$STATUS:$(head -c 200 "$ERR")" ;; esac
	! grep -q 'signal 11\|Segmentation' "$ERR" "$OUT" || bad="$bad $*:$(head -c 200 "$ERR")"
}

for a in $ACTS; do
	again $a
	act $a sh -c 'ulimit -s 64 && exec "$@"' sh
	[ $st = 0 ] || bad="$bad $a:status$st:$(head -n 1 "$err")"
	sound $a
done
sums 'the jobs of the five'

deep() { printf '{"a":'; printf "%${1}s" '' | tr ' ' '['; printf "%${1}s" '' | tr ' ' ']'; echo '}'; }
echo '{"a":[1,{"b":2}]}' >t.json
deep 250 >deep.json
printf 'a,b\n1,2\n' >t.csv
while IFS= read -r call; do
	# shellcheck disable=SC2086
	takes 0 -- agent-tool call ${call%% *} "${call#* }"
done <<'END'
shell {"command":"echo hi; seq 20000"}
read_file {"path":"f"}
list_files {"path":"."}
search_files {"pattern":"new"}
edit_file {"path":"t.csv","old_text":"1","new_text":"3"}
data_view {"operation":"describe","path":"t.csv"}
data_view {"operation":"describe","path":"t.json"}
END
sums 'the tools'
takes 0 1 65 -- agent-tool call data_view '{"operation":"describe","path":"deep.json"}'
for d in 40 60 250 5000; do
	args=$(deep $d)
	takes 1 2 3 65 -- agent-tool call shell "$args"
	printf '{"role":"user","content":"x","agent":%s}\n' "$args" >talk
	takes 0 65 -- sh -c 'agent-gate --offline <talk'
	printf '{"text":"x","meta":%s}\n' "$args" >in.jsonl
	takes 0 65 -- agent-mem import in.jsonl
	printf '[{"title":"x","meta":%s}]' "$args" >plan.json
	takes 0 1 2 65 -- agent-plan add --file plan.json
	printf '{"type":"call","id":"1","name":"shell","arguments":%s}\n' "$args" >calls
	takes 0 1 65 -- sh -c 'agent-tool run --coprocess <calls'
	takes 0 65 -- sh -c 'agent-chat --offline --coprocess --no-session <talk'
done
sums 'JSON of every depth'

takes 0 -- agent-chat --offline -nq -c --format events list files
for cmd in 'sessions' 'sessions search hello' 'sessions export' 'budget --offline'; do
	# shellcheck disable=SC2086
	takes 0 3 -- agent-chat $cmd
done
for cmd in 'search -n a text' 'recall -n a text' 'list -n a' 'index -n b .' 'check' 'embed --offline' 'index --sessions'; do
	# shellcheck disable=SC2086
	takes 0 -- agent-mem $cmd
done
for cmd in 'list' 'next' 'report' 'check'; do
	# shellcheck disable=SC2086
	takes 0 1 -- agent-plan $cmd
done
takes 0 -- sh -c 'echo hello | agent-gate embed --offline'
takes 0 -- sh -c 'echo "{\"type\":\"search\",\"id\":\"1\",\"query\":\"text\"}" | agent-mem --coprocess'
takes 0 -- sh -c 'echo "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}}" | agent-tool serve'
printf '%s\n' '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}}' \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/new\",\"params\":{\"cwd\":\"$PWD\",\"mcpServers\":[]}}" >rpc
takes 0 -- sh -c '{ cat rpc; for i in $(seq 200); do ! grep -q "\"id\":1," acp || break; sleep 0.05; done; } |
    agent-chat --acp --offline >acp'
is "$(jq -c 'select(.id == 1) | has("result")' acp)" true 'a session of an editor'
sums 'the rest'
no_children_left
done_testing
