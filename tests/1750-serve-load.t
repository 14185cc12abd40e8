#!/bin/sh
# agent-gate serve: many streams at once, and an orderly end.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
stream='"stream":true,'
tools='"tools":[{"type":"function","function":{"name":"read_file","parameters":{"type":"object","properties":{}}}}],'
cat >script <<'EOT'
when contains "MANY" tokens 60 stream pace=20ms
when contains "SLOW" text "one two three four" stream pace=300ms
when contains "FOREVER" tokens 2000 stream pace=200ms
default text "Hello."
EOT
modeld_start script --brief
serve_start --url "$URL" --grace 5s
ok '200 streams' "$STUB/swarm" -c 200 "$SERVE/chat/completions" \
    "$(ask MANY "$stream")"
ok '200 streams that are read for calls' "$STUB/swarm" -c 200 \
    "$SERVE/chat/completions" "$(ask MANY "$stream$tools")"
ok '50 clients, 20 requests each' "$STUB/swarm" -c 50 -r 20 \
    "$SERVE/chat/completions" "$(ask hello)"
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$SERVE_PID/status")
case $BUILD in
*/asan) skip 'sanitized programs are larger' 'memory' ;;
*) [ "$peak" -lt 100000 ]; _if $? 'in under 100 MB' "$peak kB" ;;
esac

# Told to end: what is under way is finished, and nothing new begins.
curl -sSN -H 'Content-Type: application/json' -d "$(ask SLOW "$stream")" \
    "$SERVE/chat/completions" >last 2>&1 &
client=$!
sleep 0.4
kill -TERM "$SERVE_PID"
sleep 0.3
if [ -r "/proc/$SERVE_PID/schedstat" ]; then
	a=$(cut -d ' ' -f 3 "/proc/$SERVE_PID/schedstat")
	sleep 0.2
	b=$(cut -d ' ' -f 3 "/proc/$SERVE_PID/schedstat")
	[ $((b - a)) -lt 50 ]
	_if $? 'it waits at rest' "$((b - a)) turns"
fi
get "$ROOT_URL/health"
is "$CODE" 000 'no new connections'
wait "$client"
is "$?" 0 'the stream goes on'
is "$(tail -n 2 last | head -n 1)" 'data: [DONE]' 'to its end'
wait "$SERVE_PID"
is "$?" 143 'then it ends'
like "$(cat serve.err)" 'finishing 1 request' 'and says what it waits for'

# What was asked before that is answered, too, although nobody looked at it yet:
# on a new connection, and on one that was used before.
if command -v python3 >which; then
	cat >asks.py <<'EOT'
import os, signal, socket, sys, time
pid, port, body = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
ask = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
def answer(s):
    got = b""
    while b"choices" not in got:
        more = s.recv(65536)
        if not more:
            return "cut"
        got += more
    return got[9:12].decode()
old = socket.create_connection(("127.0.0.1", port))
old.sendall(ask)
print(answer(old))
os.kill(pid, signal.SIGSTOP)
new = socket.create_connection(("127.0.0.1", port))
new.sendall(ask)
old.sendall(ask)
os.kill(pid, signal.SIGTERM)
os.kill(pid, signal.SIGCONT)
for s in old, new:
    try:
        print(answer(s))
    except ConnectionError:
        print("cut")
EOT
	serve_start --url "$URL"
	is "$(timeout 30 python3 asks.py "$SERVE_PID" "$PORT" "$(ask hello)" | xargs)" \
	    '200 200 200' 'what was asked before the end is answered'
	wait "$SERVE_PID"
	is "$?" 143 'and then it ends'
fi

serve_start --url "$URL" --grace 500ms
timeout 20 curl -sSN -H 'Content-Type: application/json' \
    -d "$(ask FOREVER "$stream")" "$SERVE/chat/completions" >last 2>"$ERR" &
client=$!
sleep 0.5
kill -TERM "$SERVE_PID"
wait "$client"
is "$?" 18 'what takes too long is cut, and seen to be'
wait "$SERVE_PID"
is "$?" 143 'and it ends'
serve_start --url "$URL"
timeout 20 curl -sSN -H 'Content-Type: application/json' \
    -d "$(ask FOREVER "$stream")" "$SERVE/chat/completions" >last 2>"$ERR" &
client=$!
sleep 0.5
kill -TERM "$SERVE_PID"
sleep 0.3
kill -TERM "$SERVE_PID"
wait "$SERVE_PID"
is "$?" 143 'told twice, it ends at once'
wait "$client"
modeld_stop
no_children_left
done_testing
