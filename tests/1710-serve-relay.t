#!/bin/sh
# agent-gate serve in front of a server: what goes through, and what becomes
# of its failures and of clients that leave.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
tools='"tools":[{"type":"function","function":{"name":"read_file","parameters":{"type":"object","properties":{}}}}],'
stream='"stream":true,'
cat >script <<'EOT'
set embeddings 8
set models "alpha beta"
when contains "BUSY" status 429 retry-after=7 message="slow down"
when contains "KEY" status 401 message="no such key"
when contains "PAGE" status 500 body="<html><title>Oops</title></html>"
when contains "CUT" text "one two three four five six seven" stream cut
when contains "EMPTY" status 200 body="{\"error\":{\"message\":\"Rate limit reached\"}}"
when contains "SLOW" text "one two three four five six" stream pace=400ms
when contains "BIG" huge 3000000 stream
when contains "ODD" call read_file {"path":"x"} stream index=none ids=none args=object crlf nodone
when contains "TOOL" text "Look." call read_file {"path":"ü"} call read_file {"path":"b"}
when contains "STALL" text "x" stall 20s at=start
default text "Hello there" reasoning "hm"
EOT
modeld_start script
export AGENT_MODEL_API_KEY=secret-of-upstream
serve_start --url "$URL" -m fallback --first-byte-timeout 1s
direct() {
	printf %s "$1" | curl -sSN -H 'Content-Type: application/json' \
	    --data-binary @- "$URL/chat/completions"
}
same='del(.id, .created)'
post /chat/completions "$(ask hello)"
json_is "$(jq "$same" "$OUT")" "$(direct "$(ask hello)" | jq "$same")" \
    'whole: as the server wrote it'
post /chat/completions "$(ask hello "$stream")"
is "$(events | jq -c "objects | $same")" "$(direct "$(ask hello "$stream")" |
    sed -n 's/^data: //p' | grep -v DONE | jq -c "$same")" \
    'stream: as the server wrote it'
is "$(tail -n 2 "$OUT" | head -n 1)" 'data: [DONE]' 'stream: to its end'
is "$(jq -r 'select(.body) | .headers["authorization"] // .headers["Authorization"] // empty' "$MODELD_LOG" | head -n 1)" \
    'Bearer secret-of-upstream' 'our key is sent'
post /chat/completions '{ "messages":[{"role":"user","content":"x"}]}' \
    -H 'Authorization: Bearer of-the-client'
is "$(tail -n 1 "$MODELD_LOG" | jq -r '.body.model')" fallback \
    'a model is named where none was'
unlike "$(cat "$MODELD_LOG")" 'of-the-client' "the client's key is not passed on"

post /chat/completions "$(ask TOOL "$tools")"
jq_ok '.choices[0] | .finish_reason == "tool_calls" and
    .message.content == "Look." and [.message.tool_calls[].function.arguments |
    fromjson.path] == ["ü","b"]' 'tools'
post /chat/completions "$(ask TOOL "$tools$stream")"
is "$(events | jq -sc '[.[] | objects.choices[0].delta.tool_calls // [] | .[]]
    | group_by(.index) | map([.[0].function.name, .[0].type,
    (map(.function.arguments) | join("") | fromjson.path)])')" \
    '[["read_file","function","ü"],["read_file","function","b"]]' \
    'tools, streamed'
post /chat/completions "$(ask ODD "$tools$stream\"stream_options\":{\"include_usage\":true},")"
is "$(events | jq -sc '[.[] | objects.choices[0].delta.tool_calls // [] | .[]]
    | [.[0].index, (.[0].id | length > 5), (map(.function.arguments) |
    join("") | fromjson.path)]')" '[0,true,"x"]' \
    'tools in an odd dialect come out straight'
is "$(tail -n 2 "$OUT" | head -n 1)" 'data: [DONE]' 'and end with [DONE]'

get "$SERVE/models"
is "$(jq -c '[.data[].id]' "$OUT")" '["alpha","beta"]' 'models'
post /embeddings '{"model":"e","input":["a","b"]}'
is "$(jq -c '[.data[].embedding | length]' "$OUT")" '[8,8]' 'embeddings'

for t in "$stream" "$tools$stream" "$tools"; do
	post /chat/completions "$(ask BUSY "$t")"
	is "$CODE $(jq -r .error.message "$OUT")" '429 slow down' 'too many'
	like "$(cat head)" '^Retry-After: 7' 'and when to come again'
	post /chat/completions "$(ask PAGE "$t")"
	code_is 500 unavailable 'a page of HTML becomes an error'
	post /chat/completions "$(ask KEY "$t")"
	code_is 502 auth "a refusal of our key is not the client's"
	post /chat/completions "$(ask STALL "$t")"
	code_is 504 timeout 'nothing comes'
done
post /chat/completions "$(ask EMPTY "$tools$stream")"
code_is 429 rate_limit 'an error report with status 200'
post /chat/completions "$(ask CUT "$stream")"
like "$(cat "$ERR")" 'closed|18' 'a cut stream is cut for the client too'
post /chat/completions "$(ask CUT "$tools$stream")"
is "$(events | jq -r 'objects | .error.code // empty')" cut \
    'a cut stream that is rewritten ends with an error'
unlike "$(cat "$OUT")" 'DONE' 'and not as if it were whole'

# A client that leaves: the server behind is told at once.
curl -sSN --max-time 0.6 -o "$OUT" -H 'Content-Type: application/json' \
    -d "$(ask SLOW "$stream")" "$SERVE/chat/completions" 2>"$ERR"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	last=$(tail -n 1 "$MODELD_LOG" | jq -r .fate)
	[ "$last" != closed_early ] || break
	sleep 0.2
done
is "$last" closed_early 'a client that leaves takes its request along'
get "$ROOT_URL/metrics"
like "$(cat "$OUT")" '^agent_serve_clients_gone_total 1$' 'and is counted'
like "$(cat "$OUT")" '^agent_serve_requests_in_progress 1$' 'nothing is left'

# A client that reads slowly holds nothing up and costs little.
"$STUB/swarm" -c 4 -q 3 "$SERVE/chat/completions" "$(ask BIG "$stream")" >"$OUT"
is "$?" 0 'slow readers get all of it'
modeld_stop
post /chat/completions "$(ask hello)"
code_is 502 unavailable 'the server behind is gone'
unlike "$(cat "$OUT" serve.err)" 'secret-of' 'the key is never shown'
serve_stop
status_is 69 env AGENT_DISCOVER=none agent-gate serve --listen 127.0.0.1:0
no_children_left
done_testing
