#!/bin/sh
# agent-tool serve where the policy says "ask": the client asks its user for
# us, and who cannot be asked does not run it.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
echo 'ask run touch  # it makes files' >policy.txt
V=2026-07-28 P=io.modelcontextprotocol
able() { printf '"_meta":{"%s/protocolVersion":"%s","%s/clientCapabilities":%s}' $P $V $P "$1"; }
req() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$1" "$2" "${3:-{\}}"; }
init() { req 0 initialize "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":$1,\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}"; }
touches() { req "$1" tools/call "{\"name\":\"shell\",\"arguments\":{\"command\":\"touch $2\"}${3:+,$3}}"; }
reply() { printf '{"jsonrpc":"2.0","id":"%s","result":%s}\n' "$1" "$2"; }
text() { jq -r "select(.id == $1) | .result.content[0].text" got; }
begin() {	# begin OPTION...: a server in the background, its input is 8
	rm -f in got
	mkfifo in
	timeout 60 agent-tool --policy policy.txt "$@" serve <in >got 2>"$ERR" & pid=$!
	exec 8>in
}
end() { exec 8>&-; wait $pid; }
until_line() { for _ in $(seq 600); do ! grep -q "$1" got || return 0; sleep 0.05; done; }
# The id of the request that was sent last.
asked() { jq -r 'select(.method == "elicitation/create").id' got | tail -n 1; }

# The older era: a request of ours.
begin
{ init '{"elicitation":{}}'; touches 1 a; } >&8
until_line elicitation/create
like "$(jq -r 'select(.method).params.message' got)" 'may shell run with .*touch a.*it makes files' 'the user is told what and why'
is "$(jq -c 'select(.method).params.requestedSchema.properties.decision.enum' got)" '["allow","allow_always","deny"]' 'and what may be said'
reply "$(asked)" '{"action":"accept","content":{"decision":"allow"}}' >&8
until_line '"id":1,'
is "$(ls a)" a 'allowed, it runs'
touches 2 b >&8
for _ in $(seq 600); do [ "$(grep -c elicitation/create got)" -lt 2 ] || break; sleep 0.05; done
req 3 ping >&8
until_line '"id":3,'
reply "$(asked)" '{"action":"decline"}' >&8
until_line '"id":2,'
like "$(text 2)" 'REFUSED_BY_USER' 'declined, it does not'
is "$(ls b 2>"$OUT")" '' 'and did not'
touches 4 c >&8
for _ in $(seq 600); do [ "$(grep -c elicitation/create got)" -lt 3 ] || break; sleep 0.05; done
printf '{"jsonrpc":"2.0","id":"%s","error":{"code":-32603,"message":"x"}}\n' "$(asked)" >&8
until_line '"id":4,'
like "$(text 4)" 'REFUSED_BY_USER' 'an error is no yes'
touches 5 d >&8
for _ in $(seq 600); do [ "$(grep -c elicitation/create got)" -lt 4 ] || break; sleep 0.05; done
reply "$(asked)" '{"action":"accept","content":{"decision":"allow_always"}}' >&8
until_line '"id":5,'
touches 6 d >&8
until_line '"id":6,'
is "$(ls d) $(grep -c elicitation/create got)" 'd 4' 'what is always allowed is asked once'
end

# A client that cannot ask.
begin
{ init '{}'; touches 1 e; } >&8
until_line '"id":1,'
like "$(text 1)" 'APPROVAL_NEEDED' 'nobody can be asked'
is "$(ls e 2>"$OUT")" '' 'so it does not run'
end
begin --yes
{ init '{}'; touches 1 e; } >&8
until_line '"id":1,'
is "$(ls e)" e '--yes said so beforehand'
end
echo 'ask tool {shell,write_file}' >policy.txt
for able in '{}' '{"elicitation":{}}'; do
	{ init "$able"; req 1 tools/list; } >calls
	agent-tool --policy policy.txt serve <calls >got 2>"$ERR"
	jq -r 'select(.id == 1) | .result.tools[].name' got | grep -cE '^(shell|write_file)$'
done >counts
is "$(tr '\n' ' ' <counts)" '0 2 ' 'what nobody could allow is not offered'
echo 'ask run touch' >policy.txt

# The newer era: a result that wants input, and the call again.
begin
E=$(able '{"elicitation":{}}')
touches 1 f "$E" >&8
until_line '"id":1,'
is "$(jq -c 'select(.id == 1) | [.result.resultType, .result.inputRequests.approval.method]' got)" \
    '["input_required","elicitation/create"]' 'the result wants input'
ticket=$(jq -r 'select(.id == 1).result.requestState' got)
yes='{"approval":{"action":"accept","content":{"decision":"allow"}}}'
touches 2 other "$E,\"requestState\":\"$ticket\",\"inputResponses\":$yes" >&8
until_line '"id":2,'
is "$(jq -r 'select(.id == 2).result.resultType' got) $(ls other 2>"$OUT")" 'input_required ' 'a yes is for the call it was given for'
touches 3 f "$E,\"requestState\":\"forged\",\"inputResponses\":$yes" >&8
until_line '"id":3,'
is "$(jq -r 'select(.id == 3).result.resultType' got)" 'input_required' 'and to the question that was put'
touches 4 f "$E,\"requestState\":\"$ticket\",\"inputResponses\":$yes" >&8
until_line '"id":4,'
is "$(jq -r 'select(.id == 4).result.resultType' got) $(ls f)" 'complete f' 'made again with a yes, it runs'
touches 5 f "$E,\"requestState\":\"$ticket\",\"inputResponses\":$yes" >&8
until_line '"id":5,'
is "$(jq -r 'select(.id == 5).result.resultType' got)" 'input_required' 'once'
touches 6 g "$(able '{}')" >&8
until_line '"id":6,'
like "$(text 6)" 'APPROVAL_NEEDED' 'without elicitation nobody is asked'
end
is $? 0 'questions that are open do not keep it'
no_children_left
done_testing
