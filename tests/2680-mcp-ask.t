#!/bin/sh
# Servers that want to know something of the user in the midst of a call: he
# is asked, however questions reach him, and what he says goes to the server.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
servers "{new: $(program --era=modern), old: $(program)}"
agent-tool list --names >"$OUT" 2>&1

# Nobody to ask.
for s in new old; do
	bad TOOL_FAILED ${s}__need '{}' 'wants more before it goes on.*your name, please' "$s: without a user it is a failure that says what"
done
unlike "$TEXT" "$(printf '\033')" 'nothing in it reaches the terminal raw'
agent-tool --yes call new__need '{}' >"$OUT" 2>&1
like "$(cat "$OUT")" 'TOOL_FAILED.*your name' '--yes is no name'

# Over a descriptor.
cat >"$TRASH/judge" <<'EOT'
#!/bin/sh
# Answers every question with the next line of the file; what was asked is kept.
while read -r q; do
	case $q in
	*'"type":"permission.request"'*)
		printf '%s\n' "$q" >>"$TRASH/asked"
		id=$(printf '%s' "$q" | jq -r .id) ;;
	*'"type":"permission.reply"'*) continue ;;
	esac
	read -r a <&9 || exit 0
	printf '%s\n' "$a" | jq -c --arg id "$id" '. + {type: "permission.reply", id: $id}'
done
EOT
chmod 755 "$TRASH/judge"
export TRASH
judged() {	# judged CALL-ARGS... <<replies: an approval by the program above
	cat >"$TRASH/replies"
	rm -f "$TRASH/asked" q a; mkfifo q a
	"$TRASH/judge" <q >a 9<"$TRASH/replies" & _judge=$!
	timeout 60 agent-tool --approval fd:8,9 call "$@" >"$OUT" 2>"$ERR" </dev/null 9>q 8<a
	STATUS=$?
	TEXT=$(grep -hvE ': (text from|end of that text)' "$OUT" "$ERR")
	kill $_judge 2>/dev/null; wait $_judge 2>/dev/null
}
for s in new old; do
	judged ${s}__need '{}' <<'EOT'
{"decision":"allow","arguments":{"name":"Ada"}}
EOT
	is "$STATUS:$TEXT" '0:accept Ada' "$s: what the user says reaches the server"
	json_is "$(jq -c '[.tool, .arguments, .what, .form.required]' "$TRASH/asked")" \
	    "[\"${s}__need\",{\"name\":\"\"},\"your name, please\\\\x1b[1m\",[\"name\"]]" 'with what is asked, and what is proposed'
	judged ${s}__need '{}' <<'EOT'
{"decision":"deny"}
EOT
	is "$STATUS:$TEXT" '0:decline -' 'no is no'
	judged ${s}__need '{}' <<'EOT'
{"decision":"allow"}
EOT
	is "$STATUS:$TEXT" '0:cancel -' 'a proposal that does not fit is not sent'
	judged ${s}__need '{}' <<'EOT'
{"decision":"allow","arguments":{"name":7}}
{"decision":"allow","arguments":{"name":"Bo"}}
EOT
	like "$STATUS:$TEXT" '^0:accept Bo' 'what does not fit is asked again'
done
for _ in 1 2 3 4 5 6; do echo '{"decision":"allow","arguments":{"name":"Ada"}}'; done >many
judged new__need '{"ever":true}' <many
like "$STATUS:$TEXT" '^1:.*wants more' 'one that asks for ever is given up'
is "$(wc -l <"$TRASH/asked")" 4 'after four questions'

# At the terminal.
"$STUB/pty" 'expect dit it first
send e\r
expect name:
send Eve\r
expect accept Eve' agent-tool call old__need '{}' >"$OUT" 2>&1
is $? 0 'the terminal asks, and a text is typed as it is'
like "$(tr -d '\r' <"$OUT")" 'old__need wants to know this' 'it says who'

# The parent of a coprocess.
mkfifo in
timeout 60 agent-tool run --coprocess --approval=protocol <in >got 2>"$ERR" & pid=$!
exec 8>in
msg "$(tc new__need '{}' a)" >&8
for _ in $(seq 600); do ! grep -q permission.request got || break; sleep 0.05; done
jq -c 'select(.type == "permission.request") | {type: "permission.reply", id, decision: "allow", arguments: {name: "Cleo"}}' got >&8
dones 1
is "$(jq -r 'select(.role == "tool").content' got | sed -n 2p)" 'accept Cleo' 'a parent answers'
msg "$(tc old__need '{}' b)" >&8
for _ in $(seq 600); do [ "$(grep -c permission.request got)" -lt 2 ] || break; sleep 0.05; done
echo '{"type":"cancel"}' >&8
dones 2
is "$(jq -r 'select(.tool_call_id == "b").agent.code' got)" CANCELLED 'or cancels'
msg "$(tc old__echo '{"text":"on"}' c)" >&8
dones 3
is "$(jq -r 'select(.tool_call_id == "c").content' got | sed -n 2p)" on 'and the next is served'
exec 8>&-
wait $pid
no_children_left

# Through our own server, the question goes to the client of it.
V='"protocolVersion":"2025-11-25","clientInfo":{"name":"t","version":"1"}'
req() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$1" "$2" "$3"; }
for able in '{"elicitation":{}}' '{}'; do
	rm -f in got; mkfifo in
	timeout 60 agent-tool serve <in >got 2>"$ERR" & pid=$!
	exec 8>in
	req 0 initialize "{$V,\"capabilities\":$able}" >&8
	req 1 tools/call '{"name":"new__need","arguments":{}}' >&8
	for _ in $(seq 600); do ! grep -qE 'elicitation/create|"id":1,' got || break; sleep 0.05; done
	jq -c 'select(.method == "elicitation/create") | {jsonrpc, id, result: {action: "accept", content: {name: "Dora"}}}' got >&8
	for _ in $(seq 600); do ! grep -q '"id":1,' got || break; sleep 0.05; done
	exec 8>&-; wait $pid
	jq -r 'select(.id == 1).result.content[0].text' got | grep -vE ': (text from|end of that text)|^$'
done >said
like "$(tr '\n' ' ' <said)" '^accept Dora .*new wants more' 'a client answers, or the call fails and says why'
is "$(jq -r 'select(.method == "elicitation/create").params.message' got | wc -l)" 0 'and is not asked'
no_children_left
done_testing
