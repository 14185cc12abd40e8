#!/bin/sh
# agent-gate understands the same answer in every dialect of servers.
. "$(dirname "$0")/lib.sh"
echo '{"role":"user","content":"Hello."}' >talk
cat >tools <<'EOT'
[{"type":"function","function":{"name":"list_files","parameters":{}}},
 {"type":"function","function":{"name":"read_file","parameters":{}}}]
EOT
export AGENT_MODEL=m AGENT_TOOLS=$TRASH/tools
answer='text "Grüße, 世界 🎈\n\"ok\"." reasoning "let me think"
    call list_files {"path":"."}
    call read_file {"path":"ü.txt","n":9007199254740993} id=c2'
want='{"c":"Grüße, 世界 🎈\n\"ok\".","r":"let me think","t":[
    ["list_files","{\"path\":\".\"}"],
    ["read_file","{\"path\":\"ü.txt\",\"n\":9007199254740993}"]],
    "f":"tool_calls","u":true}'
shape='{c: .content, r: .reasoning_content,
    t: [.tool_calls[].function | [.name, .arguments]],
    f: .agent.finish_reason,
    u: ([.tool_calls[].id] | length == (unique | length) and all(. != ""))}'

try() {		# try NAME SCRIPT-OPTIONS [AGENT-GATE-OPTION...]
	_name=$1 _s=$2; shift 2
	modeld_start "$answer $_s"
	agent-gate --url "$URL" --retries 0 "$@" <talk >got 2>err
	st=$?
	is "$st" 0 "$_name: status"
	json_is "$(tail -n 1 got | jq -c "$shape")" "$want" "$_name"
	if [ $# -gt 0 ]; then
		is "$(jq -rj 'select(.kind == "text").text' got)" \
		    "$(tail -n 1 got | jq -rj .content)" "$_name: deltas"
		is "$(jq -rj 'select(.index == 1).text' got)" \
		    '{"path":"ü.txt","n":9007199254740993}' "$_name: arguments"
	fi
	modeld_stop
}
try 'whole' ''
try 'stream' '' --stream
try 'whole though a stream was asked' 'as whole' --stream
try 'a stream though whole was asked' 'as stream'
for o in chunk=1 chunk=7 batch=3 piece=0 piece=1 crlf cr nospace bom \
    comments comment-data blanks nodone done-tight \
    after-done role=none role=each role=empty usage=none usage=each \
    usage=choice finish=none finish=with finish=twice delta=message \
    key=reasoning key=thinking index=none ids=each ids=none ids=empty \
    name=each name=late type=none type=each whole-call; do
	try "$o" "stream $o" --stream
done
# The same, all at once.
try 'many oddities' 'stream crlf nospace comments chunk=5 role=each usage=each nodone index=none ids=none whole-call' --stream
answer='text "x" call read_file {"path":"a b"}'
for o in object double; do
	modeld_start "$answer stream args=$o whole-call"
	agent-gate --url "$URL" --stream <talk >got
	is "$(tail -n 1 got | jq -r '.tool_calls[0].function.arguments |
	    fromjson.path')" 'a b' "arguments: $o"
done
answer='text "x" call read_file'
for o in none null empty; do
	modeld_start "$answer stream args=$o"
	agent-gate --url "$URL" --stream <talk >got
	is "$(tail -n 1 got | jq -r '.tool_calls[0].function.arguments')" \
	    '{}' "arguments: $o"
done
answer='text "x" call read_file {"path":"a"}'
for o in index=zero index=one index=jump name=split delta=null delta=missing; do
	modeld_start "$answer stream $o"
	agent-gate --url "$URL" --stream <talk >got
	is "$(tail -n 1 got | jq -c '.tool_calls[0].function')" \
	    '{"name":"read_file","arguments":"{\"path\":\"a\"}"}' "one call: $o"
done
done_testing
