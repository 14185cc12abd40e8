#!/bin/sh
# agent-gate serve without any server: the offline model and recordings.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
tools='"tools":[{"type":"function","function":{"name":"list_files",
"description":"x","parameters":{"type":"object","properties":{}}}}],'

serve_start --offline
post /chat/completions "$(ask hello)"
is "$CODE" 200 'chat: status'
like "$(cat head)" 'Content-Type: application/json' 'chat: type'
jq_ok '.object == "chat.completion" and (.id | startswith("chatcmpl-")) and
    (.created | type) == "number" and (.choices | length) == 1 and
    (.choices[0] | .index == 0 and .finish_reason == "stop" and
    .message.role == "assistant" and (.message.content | test("offline")) and
    (.message | has("agent") | not)) and
    .usage.total_tokens == .usage.prompt_tokens + .usage.completion_tokens' \
    'chat: shape'
whole=$(jq -r '.choices[0].message.content' "$OUT")

post /chat/completions "$(ask hello '"stream":true,')"
like "$(cat head)" 'Content-Type: text/event-stream' 'stream: type'
is "$(tail -n 2 "$OUT" | head -n 1)" 'data: [DONE]' 'stream: ends with [DONE]'
is "$(grep -cv '^data: \|^$' "$OUT")" 0 'stream: nothing but data'
events >ev
jq -s . ev >all
jq_ok '(.[0].choices[0].delta == {"role":"assistant","content":""}) and
    (.[-1] == "[DONE]") and (.[-2].choices[0].finish_reason == "stop") and
    (.[-2].choices[0].delta == {}) and
    (.[:-2] | all(.choices[0].finish_reason == null)) and
    (.[:-1] | map(.id) | unique | length) == 1 and
    (.[:-1] | all(.object == "chat.completion.chunk" and
    (has("usage") | not)))' 'stream: role, pieces, finish' all
is "$(jq -rj 'objects.choices[0].delta.content // empty' ev)" "$whole" \
    'stream: the same text'

post /chat/completions "$(ask hello '"stream":true,"stream_options":{"include_usage":true},')"
events >ev
is "$(jq -sc '.[-2] | [.choices, (.usage | keys | length > 2)]' ev)" \
    '[[],true]' 'stream: usage when asked for'
post /chat/completions "$(ask 'list the files' "$tools")"
jq_ok '.choices[0] | .finish_reason == "tool_calls" and
    .message.content == null and (.message.tool_calls | length) == 1 and
    (.message.tool_calls[0] | .type == "function" and (.id | length) > 5 and
    .function.name == "list_files" and
    (.function.arguments | fromjson | .path) == ".")' 'tools'
post /chat/completions "$(ask 'list the files' "$tools\"stream\":true,")"
events >ev
is "$(jq -sc '[.[] | objects.choices[0].delta.tool_calls // empty | .[0]] |
    [.[0].index, .[0].type, .[0].function.name,
    (map(.function.arguments) | join("") | fromjson)]' ev)" \
    '[0,"function","list_files",{"path":"."}]' 'tools, streamed'
is "$(jq -sr '.[-2].choices[0].finish_reason' ev)" tool_calls \
    'tools, streamed: finish'
post /completions '{"model":"m","prompt":"hello"}'
jq_ok '.object == "text_completion" and (.choices[0].text | test("offline"))' \
    'completions'
post /completions '{"model":"m","prompt":"hello","stream":true}'
like "$(events | jq -rj 'objects.choices[0].text')" 'offline' \
    'completions, streamed'

get "$SERVE/models"
jq_ok '.object == "list" and .data[0].id == "offline"' 'models'
get "$SERVE/models/offline"
jq_ok '.id == "offline"' 'one model'
get "$SERVE/models/other"
code_is 404 model_not_found 'no such model'
post /embeddings '{"model":"m","input":["red fox","the red fox","a blue sea"]}'
jq_ok 'def dot(a; b): [a, b] | transpose | map(.[0] * .[1]) | add;
    .data | map(.embedding) | (.[0] | length) == 256 and
    dot(.[0]; .[1]) > 0.6 and dot(.[0]; .[2]) < 0.4' 'embeddings'
post /embeddings '{"model":"m","input":"red fox","encoding_format":"base64"}'
is "$(jq -r '.data[0].embedding' "$OUT" | base64 -d | wc -c | tr -d ' ')" 1024 \
    'embeddings in base64'
get "$ROOT_URL/health"
jq_ok '.status == "ok"' 'health'
get "$ROOT_URL/metrics"
like "$(cat head)" 'Content-Type: text/plain; version=0.0.4' 'metrics: type'
like "$(cat "$OUT")" '^agent_serve_requests_total\{path="/v1/chat/completions",code="200"\} 5$' \
    'metrics: counted'

post /chat/completions '{"messages":'
code_is 400 invalid_json 'no JSON'
post /chat/completions '[]'
code_is 400 invalid_json 'no object'
post /chat/completions '{"messages":[]}'
code_is 400 invalid_request 'no messages'
post /chat/completions '{"messages":[{"role":"user"}]}'
code_is 400 invalid_request 'a message without content'
post /embeddings '{"input":[]}'
code_is 400 invalid_request 'nothing to embed'
get "$SERVE/nothing"
code_is 404 unknown_path 'an unknown path'
jq_ok '.error | keys == ["code","message","param","type"]' 'shape of errors'
get "$SERVE/chat/completions"
code_is 405 method_not_allowed 'a wrong method'
like "$(cat head)" '^Allow: POST' 'and the right one is told'
serve_stop
is "$STATUS" 143 'SIGTERM: it ends by the signal'

echo '{"role":"user","content":"What is two and two?"}' >talk
modeld_start 'text "It is four." reasoning "adding"'
agent-gate --url "$URL" -m big --record rec <talk >/dev/null
modeld_stop
serve_start --replay rec
post /chat/completions "$(ask 'What is two and two?')"
jq_ok '.choices[0].message | .content == "It is four." and
    .reasoning_content == "adding"' 'a recording is given'
post /chat/completions "$(ask 'What is two and two?' '"stream":true,')"
is "$(events | jq -rj 'objects.choices[0].delta.content // empty')" \
    'It is four.' 'and streamed'
post /chat/completions "$(ask 'And three?')"
code_is 404 no_recording 'no recording'
post /embeddings '{"input":"x"}'
code_is 501 not_supported 'recordings hold no embeddings'
serve_stop HUP
is "$STATUS" 129 'SIGHUP'
no_children_left
done_testing
