#!/bin/sh
# agent-chat asked once: prompts, formats, files, first steps without a server.
# shellcheck disable=SC2016,SC2034
. "$(dirname "$0")/lib.sh"
mkdir work && cd work || exit 99
echo 'buy tea' >notes.txt

# The commands' own manners.
ok '--version' agent-chat --version
like "$(cat "$OUT")" '^agent-chat [0-9]' 'says its name'
ok '--help' agent-chat --help
like "$(head -n 2 "$OUT")" 'Examples' 'begins with examples'
is "$(sed -n 2,4p "$OUT" | grep -c agent-chat)" 3 'three of them'
for bad in --modle --format=xml --max-steps=0 --max-steps=many --timeout=x \
    '--no-tools --tools=shell' '-c --resume=x' '-n - x' '--json x' \
    '-c --no-session' '-q -v' '-c --system=x' '-p'; do
	# shellcheck disable=SC2086
	status_is 2 agent-chat $bad
	is "$(wc -l <"$ERR") $(wc -c <"$OUT")" '1 0' "one line, nothing on stdout: $bad"
done
like "$(agent-chat --modle 2>&1)" -- '--model' 'the nearest option is named'

# Without a server: three lines at most, and what to type.
status_is 69 agent-chat hi
is "$(wc -l <"$ERR") $(wc -c <"$OUT")" '3 0' 'three lines, nothing on stdout'
like "$(cat "$ERR")" 'llama-server' 'how to start one'
like "$(cat "$ERR")" 'AGENT_MODEL_URL=http' 'how to name one'
like "$(cat "$ERR")" '--offline' 'how to do without'
status_is 69 agent-chat --format events hi
is "$(tail -n 1 "$OUT" | jq -c '[.type,.exit_code,.is_error]')" \
    '["result",69,true]' 'its result says so'
ok '--demo goes on' agent-chat --demo hi
is "$(wc -l <"$ERR")" 1 'with one line'
like "$(cat "$ERR")" 'offline.*llama-server' 'that says how to get a real one'
like "$(cat "$OUT")" 'offline model' 'and an answer'

modeld_start 'set strict
when last-contains "twice" text "once" usage in=5 out=2
when last-role=tool text "You want tea." usage in=10 out=4
when last-contains "notes" call read_file {"path":"notes.txt"}
when last-contains "bytes" text "a\u001b[31mb\u0007é"
when last-contains "lines" text "one\ntwo\n"
when last-contains "think" reasoning "hm" text "thought"
default text "Good day." usage in=12 out=3'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
asked() {	# asked FILTER: of the bodies of the requests so far
	jq -c "select(.body | type == \"object\") | .body | $1" "$MODELD_LOG"
}

ok 'words' agent-chat how are you
is "$(cat "$OUT")" 'Good day.' 'are the prompt'
is "$(cat "$ERR")" '' 'nothing on stderr'
is "$(asked '.messages[-1].content' | tail -n 1)" '"how are you"' 'joined by blanks'
ok '-p' agent-chat -p 'read my notes'
is "$(cat "$OUT")" 'You want tea.' 'tools run, the answer comes'
is "$(od -An -c "$OUT" | tail -n 1 | tr -d ' ' | tail -c 4)" '.\n' 'ends with a newline'
ok 'control bytes' agent-chat bytes
is "$(od -An -tx1 "$OUT" | tr -d ' \n')" 611b5b33316d6207c3a90a \
    'go to a pipe as they are'
ok 'a newline at the end' agent-chat lines
is "$(od -An -c "$OUT" | tr -d ' \n')" 'one\ntwo\n' 'is not doubled'
ok '--no-stream' agent-chat --no-stream hi
is "$(cat "$OUT")" 'Good day.' 'says the same'
ok '-v' agent-chat -v read my notes
like "$(cat "$ERR")" '^▸ read_file notes.txt … ok [0-9.]+s' 'shows calls'
ok 'reasoning' agent-chat -v think
is "$(cat "$OUT")" 'thought' 'is not the product'

ok '-o' agent-chat -o answer hi
is "$(cat answer)" 'Good day.' 'has the text'
chmod 600 answer
ok '-o again' agent-chat -o answer lines
is "$(cat answer) $(stat -c %a answer)" 'one
two 600' 'replaces it, with its mode'
ok '-o device' agent-chat -o /dev/null hi
[ -c /dev/null ]; _if $? 'is written, not replaced' gone
status_is 73 agent-chat -o none/answer hi
is "$(wc -l <"$ERR")" 1 'one line'

ok '--format json' agent-chat --format json read my notes
jq_ok '.type == "result" and .text == "You want tea." and .exit_code == 0
    and .num_turns == 2 and .num_tool_calls == 1
    and .usage.input_tokens > 0 and .stop_reason == "end_turn"' 'one object'
is "$(wc -l <"$OUT")" 1 'on one line'

ok '--format events' agent-chat --format events read my notes
is "$(jq -r 'select(.type != "delta") | [.type, .role // empty] | join(" ")' \
    "$OUT" | tr '\n' ',')" 'session,message system,turn.start,message user,message assistant,usage,tool.call,tool.result,message tool,message assistant,usage,turn.end,result,' \
    'the order of events'
is "$(jq -s 'map(.seq) == [range(length)]' "$OUT")" true 'no gaps in seq'
is "$(jq -s 'map(.ts and .session_id) | all' "$OUT")" true 'each has its stamp'
is "$(jq -c 'select(.type == "session" or .type == "result") | .turn' "$OUT" |
    tr '\n' ' ')" 'null null ' 'first and last stand outside the turn'
is "$(sh "$ROOT/tests/conform.sh" event.schema.json "$OUT" 2>&1)" '' \
    'they conform to the schema'
is "$(jq -rj 'select(.type == "delta" and .kind == "text") | .text' "$OUT")" \
    'You want tea.' 'deltas add up'
is "$(jq -r 'select(.type == "delta") | .message_id' "$OUT" | sort -u | wc -l)" \
    "$(jq -r 'select(.type == "message" and .role == "assistant") | .id' "$OUT" |
    wc -l)" 'deltas name their messages'

# The same run is the same stream.
golden() {
	AGENT_FIXED_TIME=1700000000 AGENT_FIXED_IDS=x agent-chat -n --no-session \
	    --format events read my notes |
	    jq -c 'del(.duration_ms, .usage, .tool_calls, .call_id,
		.tool_call_id, .agent, .cwd)'
}
golden >one; golden >two
is "$(cat one)" "$(cat two)" 'two runs agree byte for byte'
like "$(head -n 1 one)" '"ts":"2023-11-14T22:13:20' 'with a clock of their own'

ok '--system' agent-chat --system 'be brief' hi
is "$(asked '.messages[0].content' | tail -n 1)" '"be brief"' \
    'is sent'
echo 'be kind' >sys
ok '--system @file' agent-chat --system @sys hi
is "$(asked '.messages[0].content' | tail -n 1)" '"be kind"' \
    'is read'
must_fail agent-chat --system @none hi
ok '--no-tools' agent-chat --no-tools hi
is "$(asked .tools | tail -n 1)" null 'offers none'
unlike "$(asked '.messages[0].content' | tail -n 1)" 'Look before|sandbox' 'nor speaks of any'
like "$(asked '.messages[0].content' | tail -n 1)" 'you have no tools' 'but says so'
ok '--tools' agent-chat --tools read_file hi
is "$(asked '[.tools[]?.function.name]' | tail -n 1)" '["read_file"]' \
    'offers these'
ok '--read-only' agent-chat --read-only hi
is "$(asked '[.tools[]?.function.name] | contains(["write_file"])' |
    tail -n 1)" false \
    'offers no writing'
ok 'first request' agent-chat hi
is "$(asked 'tojson | length <= 6144' | tail -n 1)" true 'is small'
ok 'again' agent-chat hi
is "$(asked '.messages[0], .tools' | tail -n 4 | sort -u | wc -l)" 2 'with the same prefix'
is "$(awk '{ n += length($0) } END { print (n < 1100) }' \
    "$ROOT/share/agent/prompts/system.md")" 1 'the system prompt is short'

ok 'record' agent-chat --record rec read my notes
modeld_ok
modeld_stop
unset AGENT_MODEL_URL
ok 'replay' agent-chat --replay rec read my notes
is "$(cat "$OUT")" 'You want tea.' 'plays the same without a server'
no_orphans agent-chat --offline list files
no_children_left
done_testing
