#!/bin/sh
# Real servers of MCP, from the npm registry: server-everything over stdio and
# HTTP, server-filesystem.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/npm.sh"
mcp_peers
. "$ROOT/tests/mcp.sh"
echo hello >f.txt
servers "{everything: {command: \"node\", args: [\"$NPM_BIN/mcp-server-everything\", \"stdio\"]},
    files: {command: \"node\", args: [\"$NPM_BIN/mcp-server-filesystem\", \"$W\"], roots: true}}"
mcp test everything
like "$LINE" '^0:everything: stdio, version 2025-11-25 \(legacy\)' 'everything opens'
ok 'its tools are listed' agent-tool list --names
like "$(cat "$OUT")" '^everything__echo$' 'one of them'
is "$(grep -cE '^(everything|files)__' "$OUT")" 27 'all of both'
is "$(agent-tool list | jq '[.[] | .function.parameters | has("$schema")] | any')" false 'without what nobody needs'

# What it has to read.
mcp resources everything
like "$TEXT" '^demo://resource/static/document/architecture.md	' 'resources'
mcp resources everything demo://resource/static/document/architecture.md
like "$TEXT" '^# ' 'one of them'
mcp resources everything demo://nothing
like "$LINE" '^(65|76):.*everything answered with error' 'one that is not there'
mcp prompts everything
like "$TEXT" '^args-prompt city=\.\.\. \[state=\.\.\.\]	' 'prompts, and what they take'
mcp prompts everything args-prompt city=Bern --json
is "$(jq -c '[.role, (.content | test("Bern"))]' "$OUT")" '["user",true]' 'one of them as a message'
mcp prompts everything args-prompt Bern
like "$LINE" '^2:.*expected NAME=VALUE' 'words that make no sense'
mcp prompts files
like "$LINE" '^76:.*files answered with error -32601' 'a server without any'

# One conversation: the servers are started once, and asked again and again.
calls() {
	tc everything__echo '{"message":"héllo"}' a; echo
	tc everything__get-sum '{"a":40,"b":2}' b; echo
	tc everything__get-tiny-image '{}' c; echo
	tc everything__get-structured-content '{"location":"New York"}' d; echo
	tc everything__get-resource-links '{"count":2}' e; echo
	tc everything__get-resource-reference '{"resourceType":"Text","resourceId":1}' f; echo
	tc everything__get-annotated-message '{"messageType":"error","includeImage":true}' g; echo
	tc everything__trigger-long-running-operation '{"duration":1,"steps":3}' h; echo
	tc everything__get-env '{}' i; echo
	tc files__read_text_file "{\"path\":\"$W/f.txt\"}" j; echo
	tc files__read_text_file '{"path":"/usr/include/x"}' k; echo
	tc files__write_file "{\"path\":\"$W/new.txt\",\"content\":\"made\"}" l; echo
	tc files__list_allowed_directories '{}' m; echo
}
calls | while read -r c; do msg "$c"; done >talk
{ cat talk; dones 13; } | OPENAI_API_KEY=sk-secret agent-tool run --coprocess >got 2>"$ERR"
is "$(grep -c '"role":"tool"' got)" 13 'every call has its result'
said() { jq -r "select(.role == \"tool\" and .tool_call_id == \"$1\") | .content" got | grep -vE ': (text from|end of that text)'; }
fact() { jq -c "select(.role == \"tool\" and .tool_call_id == \"$1\") | .agent.$2" got; }
is "$(said a)" 'Echo: héllo' 'echo'
like "$(said b)" '42' 'sum'
like "$(said c)" 'dropped: image, image/png, [0-9]+ bytes' 'an image is named'
like "$(fact d structured.temperature)" '^[0-9]' 'structured content is kept'
is "$(said d | grep -c temperature)" 1 'and said once'
like "$(said e)" 'link: demo://' 'links are named'
like "$(said f)" 'Resource 1' 'text of a resource'
like "$(said g)" 'dropped: image' 'an annotated message'
like "$(said h)" 'completed' 'a long operation'
is "$(jq -c 'select(.type == "tool.progress" and .call_id == "h") | .total' got | head -n 1)" 3 'with progress'
unlike "$(said i)" 'sk-secret|OPENAI' 'no key of ours in its environment'
is "$(said j)" 'hello' 'a file'
like "$(fact k is_error)$(said k)" 'true.*TOOL_FAILED' 'one that it may not read'
is "$(cat new.txt)" made 'a file is written'
like "$(said m)" "$W" 'the workspace is its root'
is "$(fact a origin)" '"mcp"' 'where the text is from'
no_children_left 'nothing is left of them'

# The same server over HTTP, and over the oldest transport.
listen() {	# listen HOW PATH: it runs on $PORT then
	for try in 1 2 3; do
		PORT=$((20000 + ($$ + try * 777) % 40000))
		PORT=$PORT node "$NPM_BIN/mcp-server-everything" "$1" >http.out 2>&1 &
		pid=$! MODELD_PIDS="$MODELD_PIDS $!"
		for _ in $(seq 100); do
			! curl -s -m 1 -o "$OUT" "http://127.0.0.1:$PORT/none" || return 0
			kill -0 $pid 2>"$OUT" || break
			sleep 0.1
		done
	done
}
listen streamableHttp
servers "{web: {url: \"http://127.0.0.1:$PORT/mcp\"}}"
mcp test web
like "$LINE" '^0:web: http, version 2025-11-25 \(legacy\).*13 tools' 'over HTTP'
good web__echo '{"message":"over HTTP"}' '^Echo: over HTTP' 'a call'
good web__trigger-long-running-operation '{"duration":1,"steps":2}' 'completed' 'a long one, streamed'
bad INVALID_ARGUMENTS web__get-sum '{"a":"x"}' 'a: expected number' 'arguments are checked'
kill $pid; wait $pid 2>"$OUT"
listen sse
servers "{old: {url: \"http://127.0.0.1:$PORT/sse\"}}"
mcp test old
like "$LINE" '^0:old: sse, version 2025-11-25 \(legacy\).*13 tools' 'HTTP+SSE is found'
good old__echo '{"message":"over SSE"}' '^Echo: over SSE' 'a call'
kill $pid; wait $pid 2>"$OUT"
done_testing
