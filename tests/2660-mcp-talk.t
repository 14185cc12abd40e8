#!/bin/sh
# A conversation with servers: started once, told to stop, and gone with it,
# however it ends.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
cat >"$TRASH/wrap" <<EOT
#!/bin/sh
echo started >>"$TRASH/starts"
exec "$MCPD" "\$@"
EOT
chmod 755 "$TRASH/wrap"
starts() { wc -l <"$TRASH/starts"; }
servers "{s: {command: \"$TRASH/wrap\"}, t: {command: \"$TRASH/wrap\"}}"
ok 'both are asked for their tools' agent-tool list --names
is "$(grep -c __ "$OUT")" 40 'and all of them are there'
: >"$TRASH/starts"

# Several messages, one start.
for i in 1 2 3 4 5; do msg "$(tc s__echo "{\"text\":\"$i\"}" c$i)"; done >talk
{ cat talk; dones 5; } | agent-tool run --coprocess >got 2>"$ERR"
is "$(jq -r 'select(.role == "tool").content' got | grep '^[0-9]*$' | tr -s '\n' ' ')" '1 2 3 4 5 ' 'five calls'
is "$(starts)" 1 'one start, and none of the other server'
agent-tool run <talk >got 2>"$ERR"
is "$? $(starts)" '0 2' 'so for a talk'
no_children_left 'it is gone afterwards'

# A server that dies is started again by the next call.
: >"$TRASH/starts"
{ msg "$(tc s__die '{}' a)"; msg "$(tc s__echo '{"text":"alive"}' b)"; } | agent-tool run >got 2>"$ERR"
is "$(jq -r .agent.code got | head -n 1) $(jq -r .content got | tail -n 3 | head -n 1)" 'TOOL_FAILED alive' 'dead and alive'
is "$(starts)" 2 'started again'

# One that changes its tools on the way is listed again, and held to its word.
mv "$USERS" "$USERS.was"
server s --turns
{ msg "$(tc s__echo '{"text":"one"}' a)"; msg "$(tc s__echo '{"text":"two"}' b)"; msg "$(tc s__env '{}' c)"; } |
    agent-tool run >got 2>"$ERR"
is "$(jq -r '.agent.code // "good"' got | tr '\n' ' ')" 'good DENIED good ' 'a tool that changed is refused from then on'
server s --turns --era=modern
{ msg "$(tc s__echo '{"text":"one"}' a)"; msg "$(tc s__echo '{"text":"two"}' b)"; } | agent-tool run >got 2>"$ERR"
is "$(jq -r '.agent.code // "good"' got | tr '\n' ' ')" 'good DENIED ' 'in the newer era it is asked to say so'
# A list is good for as long as the server said, and five seconds at least.
server s --era=modern --ttl=0 "--log=$TRASH/lists"
agent-tool list --names >"$OUT" 2>&1
: >"$TRASH/lists"
{ msg "$(tc s__echo '{"text":"one"}' a)"; msg "$(tc s__echo '{"text":"two"}' b)"; sleep 5.5; msg "$(tc s__echo '{"text":"three"}' c)"; } |
    agent-tool run >got 2>"$ERR"
is "$(jq -r '.agent.code // "good"' got | tr '\n' ' ')$(cat "$TRASH/lists")" 'good good good xx' 'a list that is old is asked for again, once'
mv "$USERS.was" "$USERS"

# The whole agent.
modeld_start 'when last-role=tool text "It said {last}"
default call s__echo {"text":"via chat"}'
AGENT_MODEL_URL=$URL AGENT_MODEL=m agent-chat -p 'say it' </dev/null >"$OUT" 2>"$ERR"
like "$?$(tr '\n' ' ' <"$OUT")" '^0It said .*via chat' 'agent-chat calls it'
modeld_stop

# Progress, and cancelling.
{ msg "$(tc s__progress '{}' p)"; dones 1; } | agent-tool run --coprocess >got 2>"$ERR"
is "$(jq -c 'select(.type == "tool.progress") | [.call_id, .text, .progress, .total]' got | head -n 1)" \
    '["p","on my way",1,3]' 'progress is an event'
{ msg "$(tc s__progress '{}' p)"; } | agent-tool run >got 2>"$ERR"
is "$(grep -c tool.progress got)" 0 'but not in a talk'
rm -f got
mkfifo in
agent-tool run --coprocess <in >got 2>"$ERR" & pid=$!
exec 8>in
msg "$(tc s__hang '{}' h)" >&8
for _ in $(seq 600); do ! grep -q tool.progress got || break; sleep 0.05; done
echo '{"type":"cancel"}' >&8
dones 1
is "$(jq -r 'select(.role == "tool").agent.code' got)" CANCELLED 'a call is cancelled'
msg "$(tc s__echo '{"text":"on"}' i)" >&8
dones 2
is "$(jq -r 'select(.tool_call_id == "i").content' got | sed -n 2p)" on 'and the next is served'
msg "$(tc s__hang '{}' k)" >&8
for _ in $(seq 600); do ! grep -q '"call_id":"k"' got || break; sleep 0.05; done
kill -KILL $pid
wait $pid 2>"$OUT"
exec 8>&-
no_children_left 'when it is killed, its servers end'

# Through our own server: their tools are ours, with their progress.
V='"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}'
{ echo "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{$V}}"
  echo '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
  echo '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"s__progress","arguments":{},"_meta":{"progressToken":"x"}}}'
  echo '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"t__echo","arguments":{"text":"both"}}}'
} >in2
{ cat in2; for _ in $(seq 600); do ! grep -q '"id":2,' got2 || break; sleep 0.05; done; } 2>"$OUT" |
    agent-tool serve >got2 2>"$ERR"
is "$(jq -c 'select(.id == 1) | [.result.tools[].name | select(. == "s__echo")]' got2)" '["s__echo"]' 'they are offered'
is "$(jq -c 'select(.method) | [.params.progressToken, .params.total]' got2 | head -n 1)" '["x",3]' 'their progress is passed on'
is "$(jq -r 'select(.id == 3).result.content[0].text' got2 | sed -n 2p)" both 'their answers, too'
is "$(jq -c 'select(.id != null).id' got2 | sort | tr '\n' ' ')" '0 1 2 3 ' 'each once'
no_children_left
done_testing
