#!/bin/sh
# agent-chat --acp: MCP servers that the editor names start when its user says
# so, in that session only, and what was said for always is kept.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
STORE=$AGENT_STATE/mcp
modeld_start 'when last-role=tool text "It said {last}"
when contains "my_peer__echo" call my_peer__echo {"text":"from the editor"}
default text "There is no such tool."'
export AGENT_MODEL_URL=$URL AGENT_MODEL=m
begin() {	# an agent in the background, its input is 8
	rm -f in got
	mkfifo in
	timeout 100 agent-chat --acp <in >got 2>"$ERR" & pid=$!
	exec 8>in
	req 0 initialize '{"protocolVersion":1,"clientCapabilities":{}}' >&8
}
end() { exec 8>&-; wait $pid; }
req() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$1" "$2" "$3"; }
until_line() { for _ in $(seq 1200); do ! grep -q "$1" got || return 0; sleep 0.05; done; fail "no $1" "$(cat got "$ERR")"; }
until_n() { for _ in $(seq 1200); do [ "$(grep -c "$1" got)" -lt "$2" ] || return 0; sleep 0.05; done; fail "no $2 $1"; }
new() {	# new ID SERVERS: a session with these
	req "$1" session/new "{\"cwd\":\"$W\",\"mcpServers\":$2}" >&8
	until_line "\"id\":$1,"
	SESSION=$(jq -r "select(.id == $1) | .result.sessionId" got)
}
prompt() { req "$1" session/prompt "{\"sessionId\":\"$SESSION\",\"prompt\":[{\"type\":\"text\",\"text\":\"go\"}]}" >&8; }
# The requests of ours, and what is said to the last one.
asked() { jq -c 'select(.method == "session/request_permission")' got; }
say() {
	_id=$(asked | tail -n "${2:-1}" | head -n 1 | jq .id)
	printf '{"jsonrpc":"2.0","id":%s,"result":{"outcome":{"outcome":"selected","optionId":"%s"}}}\n' "$_id" "$1" >&8
}
text() { jq -r 'select(.params.update.sessionUpdate == "agent_message_chunk") | .params.update.content.text' got | tr -d '\n'; }
PEER="[{\"name\":\"my peer\",\"command\":\"$MCPD\",\"args\":[],\"env\":[{\"name\":\"A\",\"value\":\"\${HOME}\"}]}]"

begin
until_line '"id":0,'
is "$(jq -c 'select(.id == 0).result.agentCapabilities.mcpCapabilities' got)" '{"http":true,"sse":true}' 'what may be named is said'
new 1 "$PEER"
is "$(asked | wc -l)$(ls "$STORE" 2>"$OUT" | grep -c editor)" 00 'nothing is asked, or started, before a prompt'
prompt 2
until_line request_permission
like "$(asked | jq -r .params.toolCall.title)" "Start the MCP server that the editor names: $MCPD" 'the user is told what would start'
is "$(asked | jq -c '[.params.options[].kind]')" '["allow_once","allow_always","reject_once","reject_always"]' 'and what may be said'
say allow
until_line '"id":2,'
like "$(text)" 'It said .*from the editor' 'allowed, its tools are there'
is "$(jq -r 'select(.id == 2).result.stopReason' got)" end_turn 'and the prompt has its answer'
is "$(stat -c %a "$STORE"/editor-*.json)" 600 'what the editor said is for the user only'
prompt 3
until_line '"id":3,'
is "$(asked | wc -l)" 1 'asked once in a session'
new 4 "$PEER"
prompt 5
until_n request_permission 2
say deny
until_line '"id":5,'
like "$(text)" 'no such tool' 'another session is asked anew, and denied'
end
is $? 0 'it ends'
is "$(ls "$STORE" | grep -c '^editor-')" 0 'with the files of its sessions'

# For always.
begin
new 1 "$PEER"
prompt 2
until_line request_permission
say allow_always
until_line '"id":2,'
new 3 "$PEER"
prompt 4
until_line '"id":4,'
is "$(asked | wc -l) $(text | grep -o 'from the editor' | wc -l)" '1 2' 'what is allowed for always is not asked again'
new 5 "$(echo "$PEER" | sed 's/"args":\[\]/"args":["--more"]/')"
prompt 6
until_n request_permission 2
say deny_always
until_line '"id":6,'
new 7 "$(echo "$PEER" | sed 's/"args":\[\]/"args":["--more"]/')"
prompt 8
until_line '"id":8,'
is "$(asked | wc -l)" 2 'but another command line is, and a no for always holds'

# Another agent that has the record at that moment does not lose what it adds.
# shellcheck disable=SC2016
mkfifo go
flock -F "$STORE" timeout 50 sh -c 'cp "$1"/editor.json before; echo >held; read -r _ <go
    jq ". + {other: \"allow\"}" before >"$1"/editor.json' sh "$STORE" & holder=$!
for _ in $(seq 400); do [ ! -e held ] || break; sleep 0.05; done
new 17 "$(echo "$PEER" | sed 's/"args":\[\]/"args":["--third"]/')"
prompt 18
until_n request_permission 3
say deny_always
acp=$(tr -d ' ' </proc/$pid/task/$pid/children)
for _ in $(seq 400); do ! grep -q -e "-> FLOCK.* ${acp:-none} " /proc/locks || break; sleep 0.05; done
grep -q -e "-> FLOCK.* ${acp:-none} " /proc/locks; _if $? 'the record is locked while it is changed' "$acp: $(cat /proc/locks)"
timeout 20 sh -c 'echo >go'; wait $holder
until_line '"id":18,'
is "$(jq -c '[.other, length]' "$STORE/editor.json")" '["allow",4]' 'and nothing of it is lost'

# To cancel while the question is open.
new 9 '[{"name":"x","command":"/no/such","args":[],"env":[]},{"name":"x","command":"/no/such2","args":[],"env":[]}]'
prompt 10
until_n request_permission 4
printf '{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"%s"}}\n' "$SESSION" >&8
until_line '"id":10,'
is "$(jq -r 'select(.id == 10).result.stopReason' got)" cancelled 'a prompt that waits can be cancelled'
prompt 11
until_n request_permission 6
say allow 2; say allow 1
until_line '"id":11,'
like "$(text)" 'no such tool' 'servers that do not start are no end of the session'
end
is $? 0 'it ends'
no_children_left

# One that is closed before it was open: both requests have their answer.
begin
{ req 20 session/load "{\"cwd\":\"$W\",\"sessionId\":\"$SESSION\",\"mcpServers\":[]}"
  req 21 session/close "{\"sessionId\":\"$SESSION\"}"; } >&8
until_line '"id":21,'
is "$(jq -c 'select(.id == 20 or .id == 21) | [.id, .error.message]' got | xargs)" \
    '[20,the session was closed] [21,null]' 'a session that is closed while it is opened'
end
no_children_left

# The variable by itself: servers for one run, from where no tool writes.
echo '{"mcpServers":{"more":{"command":"'"$MCPD"'"}}}' >"$HOME/more.json"
export AGENT_MCP_CONFIG="$HOME/more.json"
is "$(agent-tool list --names 2>&1 | grep -c '^more__')" 20 'AGENT_MCP_CONFIG names more servers'
mcp list
like "$TEXT" '^more +extra +stdio +20 tools' 'and they are listed'
good more__echo '{"text":"x"}' '^x$' 'and called'
cp "$HOME/more.json" here.json
AGENT_MCP_CONFIG=$W/here.json mcp list
like "$LINE" '^77:.*here.json is in the workspace' 'not from the workspace'
ln -s "$W/here.json" "$HOME/link.json"
AGENT_MCP_CONFIG=$HOME/link.json mcp list
like "$LINE" '^77:.*here.json is in the workspace' 'nor by a link'
AGENT_MCP_CONFIG=/no/such mcp list
like "$LINE" '^[1-9].*AGENT_MCP_CONFIG: /no/such' 'one that is not there'
AGENT_MCP_CONFIG=rel.json mcp list
like "$LINE" '^78:.*no absolute path' 'one that is relative'
no_children_left
done_testing
