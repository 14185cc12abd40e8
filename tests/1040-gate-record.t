#!/bin/sh
# Recordings: made once, given again without a server, byte for byte.
. "$(dirname "$0")/lib.sh"
export AGENT_MODEL=m
echo '{"role":"user","content":"Hello."}' >one
echo '{"role":"user","content":"Again."}' >two
modeld_start 'text "first of one"
    call f {"a": "b"} reasoning "hm"
text "of two"
text "second of one"
text "third, whole"'
export AGENT_MODEL_URL=$URL
agent-gate --record rec --stream <one >a1; is $? 0 'recorded'
agent-gate --record rec --stream <two >a2
agent-gate --record rec --stream <one >a3
cp one three; echo '{"role":"user","content":"Three."}' >>three
agent-gate --record rec <three >a4
modeld_stop
is "$(wc -l <rec)" 4 'four recordings'
is "$(stat -c %a rec)" 600 'for nobody else'
jq_ok '.type == "recording" and (.key | test("^[0-9a-f]{64}$")) and
    (.deltas | type == "array") and .message.role == "assistant"' \
    'their form' rec
is "$(jq -r .key rec | sort -u | wc -l)" 3 'three requests'

export AGENT_MODEL_URL=http://127.0.0.1:1
message() { tail -n 1 "$1"; }
pieces() { jq -c 'select(.type == "delta") | del(.message_id)' "$1"; }
ok 'replayed, in another order' sh -c 'agent-gate --replay rec <two'
is "$(cat "$OUT")" "$(message a2)" 'byte for byte'
ok 'streamed' sh -c 'agent-gate --replay rec --stream <one'
is "$(pieces "$OUT")" "$(pieces a1)" 'the same pieces'
is "$(message "$OUT")" "$(message a1)" 'the same message'
ok 'recorded whole, replayed streamed' sh -c 'agent-gate --replay rec --stream <three'
is "$(jq -rj 'select(.kind == "text").text' "$OUT")" 'third, whole' 'one piece'
ok 'by URL' env AGENT_MODEL_URL=replay:rec sh -c 'agent-gate <two'
unset AGENT_MODEL
ok 'whatever model, when none is named' sh -c 'agent-gate --replay rec <two'
status_is 66 sh -c 'agent-gate --model other --replay rec <two'
jq -c '{role: "user", content: "Unheard."}' one >new
status_is 66 sh -c 'agent-gate --replay rec <new'
like "$(cat "$ERR")" '[0-9a-f]{64}' 'names the hash'
status_is 66 sh -c 'agent-gate --replay none <new'
status_is 66 sh -c 'agent-gate --replay . <new'
status_is 66 timeout 5 sh -c 'mkfifo fifo; agent-gate --replay fifo <new'
status_is 65 sh -c 'echo "{" >bad; agent-gate --replay bad <new'
status_is 73 sh -c 'agent-gate --offline --record no/such/folder <new'
status_is 74 sh -c 'agent-gate --offline --record /dev/full <new'

# Several answers for one request: in order, then the last for ever.
ask='{"role":"user","content":"Hello."}
{"type":"request","id":"x"}
{"type":"reset"}'
is "$(printf '%s\n' "$ask" "$ask" "$ask" |
    agent-gate --coprocess --replay rec |
    jq -r 'select(.type == "message").content')" 'first of one
second of one
second of one' 'in order, then the last again'

# The offline model is recorded like any other; so are whole agents' talks.
ok 'offline' sh -c 'agent-gate --offline --record off <one >x &&
    agent-gate --replay off <one | cmp - x'
# What is streamed, which model: no part of the request; tools are.
echo '[{"type":"function","function":{"name":"f"}}]' >tools
status_is 66 sh -c 'agent-gate --tools tools --replay rec <one'
status_is 66 sh -c 'agent-gate --temperature 1 --replay rec <one'
done_testing
