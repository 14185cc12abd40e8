#!/bin/sh
# agent-gate serve: calls that a model wrote as text become calls.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
tools='"tools":[{"type":"function","function":{"name":"read_file","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}}],'
stream='"stream":true,'
cat >script <<'EOT'
when contains "HERMES" text "Let me look.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"ü \\\"b\\\".txt\"}}\n</tool_call>" stream piece=3
when contains "OTHER" text "<tool_call>\n{\"name\": \"rm_rf\", \"arguments\": {}}\n</tool_call>"
when contains "LENGTH" text "<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"a" finish length
when contains "NATIVE" text "One." call read_file {"path":"n"}
default text "The tag <tool_call> is how some models write calls."
EOT
modeld_start script
serve_start --url "$URL"
calls='[.choices[0].message.tool_calls[]?.function | [.name,
    (.arguments | fromjson.path)]]'
pieces='[.[] | objects.choices[0].delta.tool_calls // [] | .[]] |
    group_by(.index) | map([.[0].function.name,
    (map(.function.arguments) | join("") | fromjson.path)])'
post /chat/completions "$(ask HERMES "$tools")"
is "$(jq -c "$calls" "$OUT")" '[["read_file","ü \"b\".txt"]]' 'a call'
jq_ok '.choices[0] | .finish_reason == "tool_calls" and
    (.message.content | test("^Let me look.\\s*$")) and
    (.message.tool_calls[0] | .type == "function" and (.id | length) > 5)' \
    'with what was said, and the finish reason'
post /chat/completions "$(ask HERMES "$tools$stream")"
is "$(events | jq -sc "$pieces")" '[["read_file","ü \"b\".txt"]]' 'streamed'
like "$(events | jq -rj 'objects.choices[0].delta.content // empty')" \
    '^Let me look\.$' 'and nothing of it is told as text'
is "$(events | jq -rc 'objects.choices[0].finish_reason // empty')" tool_calls \
    'streamed: the finish reason'
post /chat/completions "$(ask HERMES)"
like "$(jq -r '.choices[0].message.content' "$OUT")" '<tool_call>' \
    'without tools the text stays'
post /chat/completions "$(ask HERMES "$tools\"tool_choice\":\"none\",")"
like "$(jq -r '.choices[0].message.content' "$OUT")" '<tool_call>' \
    'and where no call was wanted'
post /chat/completions "$(ask OTHER "$tools")"
is "$(jq -c "$calls" "$OUT")" '[]' 'a tool that was not offered'
post /chat/completions "$(ask LENGTH "$tools")"
jq_ok '.choices[0] | .finish_reason == "length" and
    (.message | has("tool_calls") | not)' 'a call that is cut off'
post /chat/completions "$(ask LENGTH "$tools$stream")"
is "$(events | jq -sc "$pieces")" '[]' 'and streamed'
post /chat/completions "$(ask NATIVE "$tools$stream")"
is "$(events | jq -sc "$pieces")" '[["read_file","n"]]' "the server's own"
post /chat/completions "$(ask PROSE "$tools$stream")"
is "$(events | jq -rj 'objects.choices[0].delta.content // empty')" \
    'The tag <tool_call> is how some models write calls.' 'prose stays prose'
get "$ROOT_URL/metrics"
like "$(cat "$OUT")" '^agent_serve_recovered_calls_total 2$' 'counted'
serve_stop
serve_start --url "$URL" --no-recover
post /chat/completions "$(ask HERMES "$tools")"
like "$(jq -r '.choices[0].message.content' "$OUT")" '<tool_call>' \
    '--no-recover'
serve_stop
done_testing
