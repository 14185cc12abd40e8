#!/bin/sh
# agent-gate as a process: signals, terminals, closed descriptors, size.
. "$(dirname "$0")/lib.sh"
export AGENT_MODEL=m
echo '{"role":"user","content":"Hello."}' >talk

# row 20
# ---- signals end the filter at once
modeld_start 'default text "one two" stall 30s after=500 stream piece=3 batch=1'
for s in INT TERM; do
	rm -f got; touch got
	env --default-signal=INT agent-gate --stream --url "$URL" <talk >got 2>err &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s got ] || sleep 0.1; done
	kill -$s $pid
	wait $pid 2>wait
	is "$(kill -l $?)" $s "SIG$s"
	like "$(head -n 1 got)" '"delta"' 'what had come was written'
done
modeld_stop
modeld_start 'default text x delay 30s'
env --default-signal=INT agent-gate --url "$URL" <talk >got 2>err &
pid=$!
sleep 0.3; kill -INT $pid; wait $pid 2>wait
is $? 130 'before the first byte'
modeld_stop

# ---- a terminal and no talk
"$STUB/pty" '' agent-gate >screen 2>&1
is $? 2 'a terminal: help, not silence'
like "$(cat screen)" 'usage: agent-gate' 'a short one'
"$STUB/pty" '' agent-gate parse >screen 2>&1
is $? 2 'parse on a terminal: the usage, and not a wait for text'
like "$(cat screen)" 'usage: agent-gate parse' 'which it is'
ok 'on a terminal with a command' "$STUB/pty" '' agent-gate --show-config

# row 7
# ---- descriptors
status_is 66 sh -c 'agent-gate --offline <&-'
status_is 74 sh -c 'agent-gate --offline <talk >&-'
ok 'stderr closed' sh -c 'agent-gate --offline <talk 2>&-'
status_is 74 sh -c 'agent-gate --offline <.'
modeld_start 'default text "a b c d e f g h i j k l m n o p" stream pace=20ms batch=1'
(agent-gate --stream --url "$URL" <talk; echo $? >st) 2>err | head -n 1 >first
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s st ] || sleep 0.2; done
is "$(cat st)" 141 'the reader has gone'
is "$(cat err)" '' 'quietly'
modeld_stop
status_is 74 sh -c 'agent-gate --offline --stream <talk >/dev/full'
is "$(wc -l <"$ERR")" 1 'one line'

# ---- pieces come when they come, and together when they come together
modeld_start 'default text "a b c d e f" stream batch=1 pace=100ms'
agent-gate --stream --url "$URL" <talk 2>err |
    while read -r _; do date +%s%3N; done >times
is "$(awk 'NR > 1 && $1 - p > 50 { n++ } { p = $1 } END { print (n >= 4) }' times)" \
    1 'each when it comes'
modeld_stop
modeld_start 'default tokens 3000 stream batch=500'
if command -v strace >/dev/null && [ "$BUILD" = "$ROOT/build" ]; then
	n=$(strace -f -e trace=write agent-gate --stream --url "$URL" <talk 2>&1 >got |
	    grep -c '^write(1')
	[ "$n" -lt 1000 ]; _if $? 'few writes for many pieces' "$n writes"
else
	skip 'no strace here' 'few writes for many pieces'
fi
modeld_stop

# ---- size: nothing grows with the number of requests but the history
modeld_start 'default text ok'
{ jq -nc '{role: "system", content: ("x" * 5000000)}'
  i=0; while [ $i -lt 50 ]; do
	echo '{"role":"user","content":"u"}'; i=$((i + 1))
  done
} >long
ok '5 MB and 50 messages' agent-gate --url "$URL" <long
ok 'a coprocess takes long lines' sh -c '{ cat long
    echo "{\"type\":\"request\",\"id\":\"1\"}"; sleep 2; } |
    agent-gate --coprocess --url '"$URL"
jq_ok 'select(.type == "done").exit_code == 0' 'and answers'
modeld_stop

# ---- an answer that came compressed though nobody asked
jq -nc '{choices: [{message: {content: "small"}, finish_reason: "stop"}]}' |
    gzip -c >z
{ printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
  printf 'Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' "$(wc -c <z)"
  cat z; } >reply
modeld_start "raw $TRASH/reply"
ok 'gzip' sh -c "agent-gate --retries 0 --url $URL <talk"
is "$(jq -r .content "$OUT")" small 'decoded'
modeld_stop

# ---- the environment
modeld_start 'default text ok'
ok 'no proxy for this machine' env http_proxy=http://127.0.0.1:1 \
    agent-gate --retries 0 --url "$URL" <talk
AGENT_MODEL_URL=offline: ok 'the offline model by URL' agent-gate <talk
ok 'a small environment' env -i PATH="$PATH" agent-gate --offline <talk
ok 'the C locale' env LC_ALL=C agent-gate --offline <talk
is "$(AGENT_LOG_LEVEL=quiet agent-gate --nonsense 2>&1)" '' 'AGENT_LOG_LEVEL'

# ---- libcurl is loaded for a request, and not before: here another is in its place
m=$(ldd "$(command -v agent-gate)" 2>/dev/null | sed -n 's/.*libm\.so\.6 => \([^ ]*\).*/\1/p')
if [ -n "$m" ]; then
	mkdir other && cp "$m" other/libcurl.so.4
	LD_LIBRARY_PATH=$TRASH/other && export LD_LIBRARY_PATH
	ok 'without libcurl: --version' agent-gate --version
	ok 'without libcurl: the offline model' agent-gate --offline <talk
	ok 'without libcurl: parse' sh -c 'echo text | agent-gate parse'
	ok 'without libcurl: agent-mcp' "$BUILD/libexec/agent/agent-mcp" --version
	status_is 78 agent-gate --url http://127.0.0.1:9 --retries 0 <talk
	like "$(cat "$ERR")" 'libcurl does not start; is it installed\?$' 'said so'
	status_is 78 agent-gate batch --url http://127.0.0.1:9 talk
	unset LD_LIBRARY_PATH
else
	skip 'no ldd here' 'a machine without libcurl'
fi
no_children_left
done_testing
