#!/bin/sh
# A whole agent in front of servers that want back what they gave: the
# signatures of calls go through the tools, the session and its resumption.
. "$(dirname "$0")/lib.sh"
export GEMINI_API_KEY=AIza-0123456789abcdef GEMINI_MODEL=gm
mkdir work && cd work || exit 99
echo hello >a.txt

modeld_start 'set key AIza-0123456789abcdef
when messages>2 lacks "\"extra_content\":{\"google\":{\"thought_signature\":\"SIG==\"}}" status 400 message="Function call is missing a thought_signature in functionCall parts."
when last-contains hello text "It says hello."
when last-role=tool text "Something else."
when last-contains "And now" text "Still hello."
default event {"choices":[{"delta":{"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"SIG=="}},"function":{"arguments":"{\"path\":\"a.txt\"}","name":"read_file"},"id":"g1","type":"function"}]},"finish_reason":"tool_calls","index":0}],"object":"chat.completion.chunk"} stream role=none finish=none'
ok 'one turn with a call' agent-chat --gemini --url "$URL" 'What is in a.txt?'
is "$(cat "$OUT")" 'It says hello.' 'its answer'
ok 'gone on with later' agent-chat --gemini --url "$URL" -c 'And now?'
is "$(cat "$OUT")" 'Still hello.' 'its answer'
is "$(jq -r 'select(.method == "POST").status' "$MODELD_LOG" | tr '\n' ' ')" \
    '200 200 200 ' 'nothing was refused'
is "$(jq -r 'select(.method == "POST").body.model' "$MODELD_LOG" | sort -u)" gm \
    'its model'
modeld_stop

# The same session with another server: the signature stays here.
unset GEMINI_API_KEY GEMINI_MODEL
modeld_start 'default text "Elsewhere." expect-not extra_content'
ok 'another server' agent-chat --url "$URL" --model m -c 'And here?'
is "$(cat "$OUT")" 'Elsewhere.' 'its answer'
modeld_ok
modeld_stop

# A server that is strict in three ways: each is learned once, for all turns.
modeld_start 'when contains stream_options status 422 body={"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}
when contains "\"content\":null" status 400 message="messages[1].content: expected a string, got null"
when contains "\"id\":\"call_" status 400 message="Tool call id was call_1_0 but must be a-z, A-Z, 0-9, with a length of 9."
when last-contains hello text "It says hello."
when last-contains again text "As I said."
default call read_file {"path":"a.txt"}'
printf 'What is in a.txt?\nOnce again: again?\nAnd again.\n' >lines
ok 'three turns' sh -c "agent-chat -i --no-session --read-only --model m \
    --url $URL <lines"
is "$(jq -r 'select(.method == "POST").status' "$MODELD_LOG" | tr '\n' ' ')" \
    '422 200 400 400 200 200 200 ' 'refused once each'
done_testing
