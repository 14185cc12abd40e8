#!/bin/sh
# agent-tool serve: our tools for any client of MCP, of both eras, with clean
# lines on standard output whatever happens.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
export AGENT_FIXED_TIME=1700000000
V=2026-07-28 P=io.modelcontextprotocol
META="\"_meta\":{\"$P/protocolVersion\":\"$V\",\"$P/clientCapabilities\":{}}"
req() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$1" "$2" "${3:-{\}}"; }
init() { req 0 initialize "{\"protocolVersion\":\"${1:-2025-11-25}\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}"; }
tool() { req "$1" tools/call "{\"name\":\"$2\",\"arguments\":$3${4:+,$4}}"; }
serve() {	# serve [OPTION...]: the lines of in; one line of $OUT each
	timeout 60 agent-tool "$@" serve <in >"$OUT" 2>"$ERR"
	STATUS=$?
}
answer() { jq -c "select(.id == $1) | $2" "$OUT"; }
echo hello >f.txt

# The older era, to the byte.
{ init 2025-06-18; echo '{"jsonrpc":"2.0","method":"notifications/initialized"}'
  req 1 ping; tool '"two"' read_file '{"path":"f.txt"}'; } >in
serve --tools read_file
is "$STATUS $(cat "$ERR")" '0 ' 'it leaves with its input'
is "$(sed "s|$W|W|; s/landlock,seccomp/WALLS/" "$OUT")" \
    '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"agent-tool","version":"'"$(cat "$ROOT/VERSION")"'"},"instructions":"Tools that work in the folder W; paths are relative to it. Commands run in a sandbox without network. Text of a failure begins with ERROR [CODE] and says what to try."}}
{"jsonrpc":"2.0","id":1,"result":{}}
{"jsonrpc":"2.0","id":"two","result":{"content":[{"type":"text","text":"[f.txt: lines 1-1 of 1]\nhello\n"}],"isError":false,"_meta":{"agent":{"tool":"read_file","status":"completed","is_error":false,"duration_ms":0,"bytes":6,"sandbox":"WALLS"}}}}' \
    'a session of the older era'
for v in 2024-11-05 2025-03-26 2025-06-18 2025-11-25; do
	init $v >in; serve
	is "$(answer 0 .result.protocolVersion)" "\"$v\"" "version $v"
done
init 1900-01-01 >in; serve
is "$(answer 0 .result.protocolVersion)" '"2025-11-25"' 'another one gets our newest'
{ init; req 1 tools/list; } >in; serve
is "$(answer 1 '.result.tools | map(.name) == (map(.name) | sort)')" true 'the list is in order'
is "$(answer 1 '.result | has("nextCursor"), has("ttlMs")' | tr '\n' ' ')" 'false false ' 'on one page'
is "$(answer 1 '.result.tools | length')" "$(agent-tool list --mcp | jq length)" 'of all tools'
{ init 2025-03-26; printf '[%s,%s]\n' "$(req 1 ping)" "$(req 2 ping)"; } >in; serve
is "$(jq -c .id "$OUT" | tr '\n' ' ')" '0 1 2 ' 'several messages as an array'

# The newer era: every request says all.
{ req 1 server/discover "{$META}"; req 2 tools/list "{$META}"
  tool 3 read_file '{"path":"f.txt"}' "$META"; } >in
serve --tools read_file
json_is "$(answer 1 '[.result.resultType, .result.supportedVersions[:2], .result.capabilities, .result.cacheScope, .result.ttlMs > 0]')" \
    '["complete",["2026-07-28","2025-11-25"],{"tools":{}},"private",true]' 'server/discover'
is "$(answer 1 ".result._meta.\"$P/serverInfo\".name")" '"agent-tool"' 'says who it is'
is "$(answer 2 '[.result.tools[0].name, .result.resultType, .result.cacheScope]')" \
    '["read_file","complete","private"]' 'tools/list'
is "$(answer 3 '[.result.content[0].text, .result.resultType, (.result._meta | length)]')" \
    '["[f.txt: lines 1-1 of 1]\nhello\n","complete",2]' 'tools/call, without a session'
{ req 1 tools/list "{\"_meta\":{\"$P/protocolVersion\":\"1999-01-01\",\"$P/clientCapabilities\":{}}}"
  req 2 tools/list "{\"_meta\":{\"$P/protocolVersion\":\"$V\"}}"; req 3 tools/list
  req 4 nope "{$META}"; init; req 5 tools/list "{$META}"; req 6 tools/list; } >in
serve
is "$(answer 1 '[.error.code, .error.data.requested, .error.data.supported[0]]')" \
    '[-32022,"1999-01-01","2026-07-28"]' 'an unknown version'
is "$(answer 2 .error.code)$(answer 3 .error.code)$(answer 4 .error.code)" -32602-32602-32601 \
    'members that are missing, before a session, and an unknown method'
is "$(answer 5 .result.resultType)$(answer 6 '.result | has("resultType")')" '"complete"false' \
    'both eras in one process'

# Faults are answered, and the session goes on.
{ init; echo 'no JSON'; echo '[]'; echo '{"jsonrpc":"2.0","id":null,"method":"ping"}'
  echo '{"jsonrpc":"1.0","id":9,"method":"ping"}'; echo '{"jsonrpc":"2.0","id":9,"result":{}}'
  req 1 resources/list; req 2 tools/call '{}'; tool 3 reed_file '{}'; tool 4 read_file 7
  tool 5 read_file '{"pth":1}'; tool 6 read_file '{"path":"none"}'; req 7 tools/list '{"cursor":"x"}'
  echo '{"jsonrpc":"2.0","id":8,"method":"ping","params":3}'
  tool 10 shell '{"command":"sleep 0.2"}'; tool 10 read_file '{"path":"f.txt"}'
  tool 11 write_file '{"path":"g","content":"x"}'; printf '\n\n{"jsonrpc":"2.0","method":"what/ever"}\r\n'; req 12 ping; } >in
serve --tools read_file,shell
is "$STATUS" 0 'none of it ends it'
is "$(jq -c 'select(.id == null) | .error.code' "$OUT" | tr '\n' ' ')" '-32700 -32600 -32600 -32600 ' \
    'what is no message'
is "$(answer 1 .error.code)$(answer 2 .error.code)$(answer 3 .error.code)$(answer 4 .error.code)$(answer 7 .error.code)$(answer 8 .error.code)" \
    -32601-32602-32602-32602-32602-32602 'codes of errors'
like "$(answer 3 .error.message)" 'did you mean read_file' 'a name that is nearly right'
like "$(answer 5 '[.result.isError, .result.content[0].text]')" 'true.*INVALID_ARGUMENTS.*path: required' \
    'wrong arguments are a result that names them'
like "$(answer 6 '[.result.isError, .result.content[0].text]')" 'true.*NOT_FOUND' 'so is a failure'
is "$(jq -c 'select(.id == 10) | .error.code // .result.isError' "$OUT" | tr '\n' ' ')" '-32600 false ' \
    'an id that is in use'
like "$(answer 11 .result.content[0].text)" 'DENIED' 'a tool that is not offered'
is "$(answer 12 .result)" '{}' 'and it still answers'

# Calls beside each other, signs of life, cancellation.
mkfifo p
timeout 60 agent-tool serve <p >got 2>"$ERR" & pid=$!
exec 8>p
wait_id() { for _ in $(seq 600); do ! grep -q "\"id\":$1[,}]" got || return 0; sleep 0.05; done; }
{ init; tool 1 shell '{"command":"sleep 6017; echo late"}' '"_meta":{"progressToken":"tok"}'
  tool 2 shell '{"command":"sleep 6018"}'; tool 3 read_file '{"path":"f.txt"}'; } >&8
wait_id 3
is "$(jq -c 'select(.id != null).id' got | tr '\n' ' ')" '0 3 ' 'a short call overtakes long ones'
for _ in $(seq 600); do ! grep -q progress got || break; sleep 0.05; done
is "$(jq -c 'select(.method) | [.method, .params.progressToken]' got | head -n 1)" \
    '["notifications/progress","tok"]' 'progress for who wants it'
printf '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}\n' >&8
req 4 ping >&8
wait_id 4
n=0
while pgrep -f 'sleep 6017$' >"$OUT" && [ $((n += 1)) -lt 100 ]; do sleep 0.1; done
is "$(pgrep -f 'sleep 6017$' | wc -l)$(grep -c late got)" 00 'a cancelled call ends and is not answered'
exec 8>&-
wait $pid
is "$? $(grep -c '"id":[12][,}]' got)" '0 0' 'the end of the input ends what runs'
no_children_left
tool 1 shell '{"command":"sleep 30"}' "$META" >in
no_orphans sh -c '{ cat in; sleep 2; } | timeout -s KILL 1 agent-tool serve'
status_is 2 "$STUB/pty" '' agent-tool serve
done_testing
