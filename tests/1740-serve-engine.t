#!/bin/sh
# agent-gate serve --model FILE.gguf: an engine that is kept running, and that
# does not outlive us.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
mkdir bin
cat >bin/llama-server <<'EOT'
#!/bin/sh
# Stands for the engine; leaves children in its group and out of it.
echo "$@" >>args
while [ $# -gt 1 ]; do
	[ "$1" != --port ] || port=$2
	shift
done
echo 'loading the model' >&2
if [ -e broken ]; then echo 'error: bad magic' >&2; exit 3; fi
sleep 300 &
setsid sleep 300 &
sleep 0.4
printf 'when contains "DIE" status 500\ndefault text "the engine"\n' >script
"$STUB/modeld" --max-seconds 60 --port "$port" script >port &
echo $! >modeld.pid
wait $!
exit 4
EOT
chmod +x bin/llama-server
PATH=$TRASH/bin:$PATH
export STUB PATH
echo x >model.gguf
ready() {	# ready: within 5 s
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		get "$ROOT_URL/health"
		[ "$CODE" != 200 ] || return 0
		sleep 0.25
	done
	return 1
}
SECRET=key-of-another
export SECRET AGENT_MODEL_API_KEY=$SECRET
serve_start -m model.gguf -- -c 4096
post /chat/completions "$(ask hello)"
code_is 503 loading 'while it loads'
like "$(cat head)" '^Retry-After: 1' 'and to come again'
ok 'it gets ready' ready
post /chat/completions "$(ask hello)"
is "$(jq -r '.choices[0].message.content' "$OUT")" 'the engine' 'it answers'
like "$(cat args)" '^-m model.gguf --host 127.0.0.1 --port [0-9]+ --jinja -c 4096$' \
    'what it is started with'
like "$(cat serve.err)" 'engine: ready after' 'progress is told'
kill -9 "$(cat modeld.pid)"
sleep 0.2
post /chat/completions "$(ask hello)"
code_is 503 loading 'after a crash'
ok 'it is started again' ready
like "$(cat serve.err)" 'ended .status 4.*started again in 0.5 s' 'and why'
kill -9 "$(cat modeld.pid)"
sleep 0.3
like "$(tail -n 1 serve.err)" 'started again in 1.0 s' 'the waits grow'
ok 'and once more' ready
get "$ROOT_URL/metrics"
like "$(cat "$OUT")" '^agent_serve_engine_restarts_total 2$' 'counted'
serve_stop
is "$STATUS" 143 'ended'
no_children_left 'the engine and all of its children are gone'

serve_start -m model.gguf
ok 'another one' ready
kill -9 "$SERVE_PID"
wait "$SERVE_PID" 2>"$ERR"
no_children_left 'no orphan after SIGKILL'

touch broken
status_is 69 timeout 10 agent-gate serve -l 127.0.0.1:0 -m model.gguf
like "$(cat "$ERR")" 'ended before the model was ready .status 3.: error: bad magic' \
    'a model that cannot be loaded'
status_is 66 agent-gate serve -l 127.0.0.1:0 -m none.gguf
status_is 78 agent-gate serve -l 127.0.0.1:0 -m model.gguf --engine nonesuch
status_is 2 agent-gate serve -m model.gguf --offline
status_is 2 agent-gate serve --offline -- -c 1
no_children_left
done_testing
