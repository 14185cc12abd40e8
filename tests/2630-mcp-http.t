#!/bin/sh
# Services over Streamable HTTP, of both eras: JSON and streams, sessions that
# end, streams that break, statuses that refuse.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
# there FLAG... : the entry s is a service with these
there() { service "$@"; servers "{s: {url: \"$SERVICE\"}}"; }
sent() { jq -r '.head' "$TRASH/http.log" | tr -d '\r'; }
bodies() { jq -r '.body' "$TRASH/http.log"; }

for how in '' --json; do
	there --era=modern $how
	mcp test s
	like "$LINE" '^0:s: http, version 2026-07-28 \(modern\)' "modern $how"
	good s__echo '{"text":"x y"}' '^x y$' 'a call'
	there $how
	mcp test s
	like "$LINE" '^0:s: http, version 2025-11-25 \(legacy\)' "legacy $how"
	good s__echo '{"text":"z"}' '^z$' 'a call'
done
like "$(sent)" '^MCP-Protocol-Version: 2025-11-25$' 'the version is in a header'
like "$(sent)" '^Accept: application/json, text/event-stream$' 'and what is understood'

# The newer era: headers that say what the body says, encoded where needed.
there --era=modern
good s__echo '{"text":"é"}' '^é$' 'an argument that is a header, too'
like "$(sent)" '^Mcp-Param-Text: =\?base64\?w6k=\?=$' 'is encoded'
like "$(sent)" '^Mcp-Name: echo$' 'the name of the tool is one'
good s__echo '{"text":"m","n":-1700000000123456789}' '^m$' 'a number of 64 bits'
like "$(sent)" '^Mcp-Param-Number: -1700000000123456789$' 'keeps its digits in the header'
good s__progress '{}' '^there$' 'progress within the stream'
bad TOOL_FAILED s__need '{}' 'your name, please' 'one that needs more'
bad INVALID_ARGUMENTS s__refuse '{}' '-32602: text: not so' 'an error'
bad TOOL_FAILED s__die '{}' 's: ' 'a connection that breaks'
good s__echo '{"text":"again"}' '^again$' 'and the next call'

# The older era: sessions.
there --sessions
good s__echo '{"text":"in"}' '^in$' 'a session'
like "$(sent)" '^Mcp-Session-Id: s[0-9]+$' 'is kept'
like "$(sent)" '^DELETE /mcp' 'and ended'
service --sessions --expires=1
servers "{s: {url: \"$SERVICE\"}}"
{ msg "$(tc s__echo '{"text":"one"}' a)"; msg "$(tc s__echo '{"text":"two"}' b)"; } |
    timeout 60 agent-tool run >"$OUT" 2>"$ERR"
is "$(jq -r .content "$OUT" | grep -E '^(one|two)$' | tr '\n' ' ')" 'one two ' 'a forgotten session is begun anew'
is "$(bodies | grep -c '"initialize"')" 3 'once'

# A stream that ends before the answer is taken up again.
there --cuts
good s__echo '{"text":"resumed"}' '^resumed$' 'a stream that broke'
like "$(sent)" '^Last-Event-ID: cut-7$' 'is asked for what came behind its last id'

# Statuses.
there --token
mcp test s
like "$LINE" '^77:.*who asks \(status 401\).*Authorization' '401 says what to do'
export TOKEN=sesame
servers "{s: {url: \"$SERVICE\", headers: {Authorization: \"Bearer \${TOKEN}\"}}}"
mcp test s
like "$LINE" '^0:' 'the token of a variable'
unset TOKEN
mcp list
like "$TEXT" 'unusable: headers: the variable TOKEN is not set' 'a variable that is not set is named'
for status in 403 404 405 500 503; do
	there --status=$status
	mcp test s
	like "$LINE" "^[1-9][0-9]*:.*(status $status|initialize)" "status $status"
done
there --status=302
mcp test s
like "$LINE" '^78:.*redirect' 'a redirect is not followed'
servers '{s: {url: "http://127.0.0.1:1/mcp"}}'
mcp test s
like "$LINE" '^69:.*refused' 'nobody there'
servers '{s: {url: "file:///etc/passwd"}, t: {url: "http://x/", type: "ws"}, u: {}, v: {url: "http://x/", headers: {"A": "b\r\nC: d"}}}'
mcp list
like "$LINE" 's .*unusable: url: expected http' 'another scheme'
like "$LINE" 't .*unusable: type: expected' 'a transport that nobody knows'
like "$LINE" 'u .*unusable: command: there is none' 'nothing at all'
like "$LINE" 'v .*unusable: headers: a line end' 'a header with a line end'
no_children_left
done_testing
