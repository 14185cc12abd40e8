#!/bin/sh
# A server that takes no tools: they are told in words, called in text, run,
# and answered in text, from end to end.
. "$(dirname "$0")/lib.sh"
export AGENT_STATE="$PWD/state" XDG_CONFIG_HOME="$PWD/config"
mkdir work
echo 'the secret word is plover' >work/note.txt
cat >script <<'EOT'
when contains "\"tools\":" status 400 message="registry/m does not support tools"
when last-contains "plover" text "The word is plover."
when last-contains "another" text "No more."
default text "I look.\n```json\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"note.txt\"}}\n```"
EOT
modeld_start script
agent-chat -q -p 'What is the secret word?' -w work --url "$URL" --model m \
    --format events >"$OUT" 2>"$ERR"
is "$?$(cat "$ERR")" 0 'a whole turn'
is "$(jq -r 'select(.type == "message" and .role == "assistant") |
    .content' "$OUT" | tail -n 1)" 'The word is plover.' 'with its answer'
is "$(jq -c 'select(.type == "tool.call") | .tool' "$OUT")" '"read_file"' \
    'and the call in between'
bodies() { jq -c 'select(.path | endswith("completions")).body' "$MODELD_LOG"; }
is "$(bodies | jq -c 'has("tools")' | tr '\n' ' ')" 'true false false ' \
    'tools are sent once, and never again'
like "$(bodies | sed -n 2p | jq -r '.messages[0].content' | tr '\n' ' ')" \
    '"read_file".*<tool_call>' 'but told of in the system message'
is "$(bodies | tail -n 1 | jq -c '[.messages[].role]')" \
    '["system","user","assistant","user"]' 'no role that such a server knows not'
like "$(bodies | tail -n 1 | jq -r '.messages[2].content' | tr '\n' ' ')" \
    'I look.*<tool_call>.*read_file.*</tool_call>' 'the call stands in the text'
like "$(bodies | tail -n 1 | jq -r '.messages[3].content' | tr '\n' ' ')" \
    '<tool_response>.*plover.*</tool_response>' 'and so does the result'
is "$(bodies | tail -n 1 | grep -c '"tool_calls"')" 0 'and no native one is left'
# A talk that already holds calls, for such a server.
jq -c 'select(.type == "message")' "$OUT" >talk
echo '{"role":"user","content":"And another?"}' >>talk
agent-tool list --event >all
cat talk >>all
: >"$MODELD_LOG"
agent-gate --url "$URL" -m m -q <all >"$OUT"
is "$(jq -r .content "$OUT")" 'No more.' 'a history with native calls is rewritten'
is "$(bodies | tail -n 1 | grep -c '"tool_calls"')" 0 'all of it'
modeld_stop
# The same by a profile: no request is refused.
modeld_start script
agent-chat -q -p 'What is the secret word?' -w work --url "$URL" \
    --model llama2:7b --format events >"$OUT" 2>"$ERR"
is "$?$(bodies | jq -c 'has("tools")' | tr '\n' ' ')" '0false false ' \
    'a model whose profile says so is not offered them at all'
modeld_ok
done_testing
