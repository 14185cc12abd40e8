#!/bin/sh
# What a server refused is remembered and told; what else has to be learned
# from the words of servers.
. "$(dirname "$0")/lib.sh"
export AGENT_FIXED_IDS=t
echo '{"role":"user","content":"u"}' >talk
echo '[{"type":"function","function":{"name":"f","strict":true,"parameters":{"$schema":"x","type":"object","properties":{"p":{"$ref":"#/$defs/s"},"q":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":1},"r":{"type":"array"}},"additionalProperties":false,"$defs":{"s":{"type":"string","format":"uri"}}}}}]' >tools

# ---- E33 the base of the URL as people write it
modeld_start 'default text ok'
for u in "$URL/" "${URL%/v1}" "${URL%/v1}/" "$URL/chat/completions" "${URL#http://}"; do
	is "$(agent-gate --url "$u" -m m --retries 0 <talk | jq -r .content)" ok "E33 ${u#*:*:}"
done
modeld_stop

# ---- B9 a wait that is only in the words
modeld_start 'when n=1 status 429 message="Rate limit reached for m in organization x. Please try again in 310ms."
default text ok'
agent-gate --url "$URL" -m m --retries 1 --stream <talk >got 2>err
is "$? $(jq 'select(.type == "retry").delay_ms >= 310' got)" '0 true' 'B9 the wait is kept to'
modeld_stop

# ---- a model that only streams, asked for a whole answer
modeld_start 'when stream=false status 400 message="This model only support stream mode, please enable the stream parameter to access the model."
default text "ok then"'
is "$(agent-gate --url "$URL" -m m --retries 0 <talk 2>err | jq -r .content)" 'ok then' \
    'streamed, and told as a whole'
like "$(cat err)" 'answers come as streams' 'it says so'
modeld_stop

# ---- told, and remembered for the conversation
modeld_start 'when contains stream_options status 400 message="stream_options: Extra inputs are not permitted"
when contains "\"max_tokens\"" status 400 message="unknown field: max_tokens"
default text ok'
agent-gate --url "$URL" -m m <talk >got 2>err
is "$(wc -l <got)" 1 'without --stream, only the message'
agent-gate --url "$URL" -m m --max-tokens 3 <talk >got 2>err
like "$(cat err)" 'the server refused: the limit is sent as max_completion_tokens' 'told in a line'
: >"$MODELD_LOG"
{ cat talk; for i in 1 2 3; do echo "{\"type\":\"request\",\"id\":\"$i\",\"stream\":true}"; cat talk; done
  dones 3; } | agent-gate --coprocess --url "$URL" -m m --max-tokens 3 >got 2>err
is "$(jq -r 'select(.type == "notice").code' got | tr '\n' ' ')" 'repaired repaired ' 'told once each'
is "$(jq -r 'select(.method == "POST").status' "$MODELD_LOG" | tr '\n' ' ')" '400 400 200 200 200 ' 'asked so from then on'
is "$(jq -r 'select(.type == "done").exit_code' got | tr '\n' ' ')" '0 0 0 ' 'all answered'
modeld_stop

# ---- what no change mends is told as it is, after one more try at most
modeld_start 'default status 400 message="stream_options: Extra inputs are not permitted"'
agent-gate --url "$URL" -m m --stream <talk >got 2>err
is "$? $(wc -l <"$MODELD_LOG" | tr -d ' ')" '65 2' 'not for ever'
modeld_stop
modeld_start 'default status 400 message="Unknown name \"additionalProperties\" at tools[0].parameters, \"format\", \"anyOf\", \"default\": Cannot find field."'
agent-gate --url "$URL" -m m --tools tools <talk >got 2>err
is "$? $(wc -l <"$MODELD_LOG" | tr -d ' ')" '65 2' 'all keywords at once'
modeld_stop

# ---- B12 a call that the server could not read is read here
modeld_start 'when model=a status 400 body={"error":{"message":"Failed to call a function. Please adjust your prompt. See failed_generation for more details.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<tool_call>\n{\"name\": \"f\", \"arguments\": {\"p\": \"x\"}}\n</tool_call>"}}
when model=b text "Well. " event {"error":{"message":"Failed to call a function.","code":"tool_use_failed","status_code":400,"failed_generation":"<tool_call>\n{\"name\": \"f\", \"arguments\": {\"p\": \"x\"}}\n</tool_call>"}} stream finish=none usage=none nodone'
for m in a b; do
	agent-gate --url "$URL" -m $m --retries 0 --stream --tools tools <talk >got 2>err
	is "$? $(tail -n 1 got | jq -c '[.tool_calls[].function]')" \
	    '0 [{"name":"f","arguments":"{\"p\": \"x\"}"}]' "B12 $m: its text is recovered"
done
done_testing
