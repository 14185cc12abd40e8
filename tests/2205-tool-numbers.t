#!/bin/sh
# Numbers of arguments that a double would change: ids of 64 bits.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
# Numbers that a double would change arrive as the model wrote them.
big='{"id":1700000000123456789,"to":[{"x":1.0,"y":-9007199254740993}],"s":"1.0"}'
t=$XDG_DATA_HOME/agent/tools
mkdir -p "$t"
printf '#!/bin/sh\ncat\n' >"$t/big"; chmod 755 "$t/big"
echo '{"name":"big","description":"Big.","inputSchema":{"type":"object","properties":
    {"id":{"type":"integer"},"to":{"type":"array"},"s":{"type":"string"}}}}' >"$t/big.tool.json"
call big "$big"
is "$TEXT" "$big" 'numbers of more than 53 bits'
call big '{"id":1700000000123456789.5}'
is "$STATUS" 0 'what reads as a whole number'
call big '{"id":1.5}'
like "$STATUS $(echo "$TEXT" | tr '\n' ' ')" '^65 .*id: expected integer' 'and what does not'
# Whoever is asked sees the same digits, and a rule for one is none for another.
printf '%s\n' 'ask tool big' >"$TRASH/ask"
mkfifo "$TRASH/to" "$TRASH/from"
asked_with() {	# asked_with REPLY: the question in $TRASH/q
	(exec 3<"$TRASH/from" 4>"$TRASH/to"; read -r q <&3; printf '%s\n' "$q" >"$TRASH/q"; printf '%s\n' "$1" >&4
	 read -r q <&3) &
	agent-tool --policy="$TRASH/ask" --approval=fd:7,8 call big "$big" 8>"$TRASH/from" 7<"$TRASH/to" >"$OUT" 2>"$ERR"
	STATUS=$?; wait
}
asked_with '{"decision":"allow"}'
is "$STATUS $(cat "$OUT")" "0 $big" 'allowed: they arrive'
jq_ok '.arguments.id == "1700000000123456789" and .arguments.to[0].y == "-9007199254740993" and
    (.always | contains("1700000000123456789"))' 'shown as they are' "$TRASH/q"
asked_with "{\"decision\":\"allow\",\"arguments\":$(jq -c .arguments "$TRASH/q")}"
is "$STATUS $(cat "$OUT")" "0 $big" 'given back as they were shown: no change'
asked_with '{"decision":"allow","arguments":{"id":7}}'
is "$STATUS $(tail -n 1 "$OUT")" '0 {"id":7}' 'others in their place'
asked_with '{"decision":"allow","arguments":{"id":1700000000123456790}}'
is "$([ "$STATUS" = 0 ]; echo $?)" 1 'one that would be changed on its way is refused'


# The same for a server of MCP.
cat >"$HOME/server" <<EOT
while IFS= read -r line; do
	id=\${line#*'"id":'}; id=\${id%%[!0-9]*}
	case \$line in
	*'"initialize"'*) r='{"protocolVersion":"2025-11-25","capabilities":{"tools":{}}}' ;;
	*tools/list*) r='{"tools":[{"name":"t","inputSchema":{"type":"object","properties":{"n":{"type":"integer"}}}}]}' ;;
	*tools/call*) r='{"content":[{"type":"text","text":"ok"}]}'; printf '%s\\n' "\$line" >"$TRASH/sent" ;;
	*) continue ;;
	esac
	printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "\$id" "\$r"
done
EOT
servers "{s: {command: \"/bin/sh\", args: [\"$HOME/server\"], protocol: \"legacy\"}}"
call s__t '{"n":-1700000000123456789}'
like "$(cat "$TRASH/sent")" '"arguments":\{"n":-1700000000123456789\}' 'it gets the number as the model wrote it'

sed -i 's/"content":\[.*"ok"}\]/"content":[],"structuredContent":{"id":1700000000123456789,"x":[1.5,7]}/' "$HOME/server"
call s__t '{"n":1}'
like "$TEXT" '\{"id":"1700000000123456789","x":\[1\.5,7\]\}' 'what it answers keeps its digits'
printf '#!/bin/sh\necho "{\\"structuredContent\\":{\\"id\\":1700000000123456789}}"\n' >"$t/big"
call big '{}'
is "$TEXT" '{"id":"1700000000123456789"}' 'so does what a tool answers'

# In a conversation: the model's words are kept, and events have strings.
modeld_start 'when last-role=tool text "done"
default call list_files {"path":".","n":1700000000123456789}'
agent-chat -nq --format events --no-session --url "$URL" hi >"$OUT" 2>"$ERR"
is "$(jq -c 'select(.type == "tool.call").arguments' "$OUT")" '{"path":".","n":"1700000000123456789"}' 'the event'
is "$(jq -r '.body | objects | .messages[]? | .tool_calls[]?.function.arguments' "$MODELD_LOG")" \
    '{"path":".","n":1700000000123456789}' 'what the model is told that it said'

# An id of a request that could not be given back is none.
printf '%s\n' '{"jsonrpc":"2.0","id":9007199254740991,"method":"ping"}' \
    '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}' | agent-tool serve >"$OUT" 2>"$ERR"
is "$(jq -c '[.id, .error.code]' "$OUT" | tr '\n' ' ')" '[9007199254740991,null] [null,-32600] ' \
    'ids of 53 bits are given back, others refused'
done_testing
