#!/bin/sh
# What servers refuse in requests: mended once, remembered, and told.
. "$(dirname "$0")/lib.sh"
export AGENT_FIXED_IDS=t
u='{"role":"user","content":"u"}'
echo "$u" >talk
call() { printf '{"role":"assistant","content":%s,"tool_calls":[{"id":"%s","type":"function","function":{"name":"%s","arguments":%s}%s}]}\n' \
    "$1" "$2" "$3" "$4" "${5:-}"; }
{ echo "$u"; call null call_1234567890 f '"{\"a\": 1}"'
  echo '{"role":"tool","tool_call_id":"call_1234567890","name":"f","content":"r"}'; } >calls
{ cat calls; echo "$u"; } >order
{ echo '{"role":"developer","content":"s"}'; cat calls; echo "$u"; echo "$u"; } >roles
{ echo '{"role":"system","content":"s"}'; echo "$u"; } >system
{ echo "$u"; echo '{"role":"assistant","content":"a","reasoning_content":"hm","reasoning_details":[{"type":"x"}]}'; echo "$u"; } >thoughts
{ echo "$u"; call '""' c1 f '{"a":1}'; call null c2 f '"{\"a\":"'; echo "$u"; } >broken
echo '{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}' >parts
echo '[{"type":"function","function":{"name":"f","strict":true,"parameters":{"$schema":"x","type":"object","properties":{"p":{"$ref":"#/$defs/s"},"q":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":1},"r":{"type":"array"}},"additionalProperties":false,"$defs":{"s":{"type":"string","format":"uri"}}}}}]' >tools
echo '[{"type":"function","function":{"name":"fs.read","parameters":{"type":"object","properties":{}}}}]' >dots
sed 's/"f"/"fs.read"/' calls >dotted
echo '[]' >none
{ echo "$u"; echo '{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]}'
  echo '{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"text","text":"b"}]}'
  echo "$u"; } >pictures
printf '{"role":"user","content":"a\\ud800b"}\n' >torn

cat >table <<'TABLE'
## E1 max_tokens by another name
$ --max-tokens 7
? contains "\"max_tokens\"" status 400 message="Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
+ expect "\"max_completion_tokens\":7"

## E2 max_tokens is what is sent to whom nothing is known of
$ --max-tokens 7
+ expect "\"max_tokens\":7" expect-not max_completion

## E3 the role developer
< roles
+ expect "\"role\":\"system\"" expect-not developer

## E4 stream_options
? contains stream_options status 400 message="stream_options: Extra inputs are not permitted"
+ expect "\"stream\":true" expect-not stream_options

## E4-422 the same with status 422 and details
? contains stream_options status 422 body={"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}
+ expect-not stream_options

## E4-200 the same as an event of a stream with status 200
? contains stream_options event {"error":{"message":"stream_options: Extra inputs are not permitted","type":"x"}} stream role=none finish=none
+ expect-not stream_options

## E5 what nobody needs is not sent
$ --tools tools
+ expect-not parallel_tool_calls expect-not tool_choice expect-not "\"n\":" expect-not "\"stop\"" expect-not "\"store\"" expect-not "\"user\":\""

## E7 schemas with few keywords
$ --tools tools
? contains "additionalProperties" status 400 message="Invalid JSON payload received. Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters': Cannot find field."
+ expect "\"items\":{\"type\":\"string\"}" expect "\"format\":\"uri\"" expect "anyOf" expect-not "$ref" expect-not "$defs" expect-not "$schema" expect-not default expect-not strict

## E7-more and one after the other
$ --tools tools
? contains "$schema" status 400 message="tools.0.function.parameters.$schema: Extra inputs are not permitted"
? contains "uri" status 400 message="tools.0.function.parameters.properties.p.format: Extra inputs are not permitted"
? contains "anyOf" status 400 message="Unsupported keyword \"anyOf\" in the schema of tools[0]"
+ expect "\"q\":{\"type\":\"integer\"}" expect "\"p\":{\"type\":\"string\"}"

## E8 names with dots
$ --tools dots
< dotted
? contains "fs.read" status 400 message="Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
+ expect "\"name\":\"fs_read\"" expect-not fs.read

## E9 an empty list of tools
$ --tools none
+ expect-not "\"tools\""

## E10 tools for calls in the history
< calls
? lacks "\"tools\"" status 400 message="litellm.UnsupportedParamsError: Anthropic expects the `tools=` param to be passed in"
+ expect "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\","

## E11 ids of nine letters and digits
< calls
? contains call_1234567890 status 400 body={"object":"error","message":"Tool call id was call_1234567890 but must be a-z, A-Z, 0-9, with a length of 9.","type":"invalid_request_error","code":"3280"}
+ expect-not call_1234567890

## E12 ids that are not too long
< calls
? contains call_1234567890 status 400 message="Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 9, but got a string with length 15 instead."
+ expect-not call_1234567890

## E13 an answer between a result and the user
< order
? contains "\"content\":\"r\"},{\"role\":\"user\"" status 400 body={"object":"error","message":"Unexpected role 'user' after role 'tool'","type":"invalid_request_error","code":"3230"}
+ expect "\"content\":\"r\"},{\"role\":\"assistant\""

## E14 roles that alternate
< roles
? contains "\"content\":\"u\"},{\"role\":\"user\"" status 500 message="Conversation roles must alternate user/assistant/user/assistant/..."
+ expect "{\"role\":\"user\",\"content\":\"u\\n\\nu\"}"

## E14-system no system message
< system
? contains "\"system\"" status 500 message="System role not supported"
+ expect "\"messages\":[{\"role\":\"user\",\"content\":\"s\\n\\nu\"}]"

## E15 an answer that says nothing is not sent
< broken
+ expect-not "\"content\":\"\""

## E16 content that may not be null
< calls
? contains "\"content\":null" status 400 message="invalid message content type: <nil>"
+ expect "\"content\":\"\",\"tool_calls\""

## E17 content that may be neither null nor empty
< calls
? contains "\"content\":null" status 400 message="messages[1].content: expected a string, got null"
? contains "\"content\":\"\"" status 400 message="messages.1.content: text content blocks must be non-empty"
+ expect "\"content\":\"OK.\",\"tool_calls\""

## E18 beside calls content is null
< calls
+ expect "\"content\":null,\"tool_calls\""

## E19 arguments are a string, and E20 a JSON object
< broken
+ expect "\"arguments\":\"{\\\"a\\\":1}\"" expect "\"arguments\":\"{}\""

## E21 signatures of calls are what only Gemini gets: gemini.t
< calls
+ expect-not extra_content

## E22 reasoning that has to be sent back
< thoughts
? lacks reasoning_content status 400 message="The `reasoning_content` in the thinking mode must be passed back to the API."
+ expect "\"reasoning_content\":\"hm\""

## E22-calls the same, and there is none
< calls
? lacks reasoning_content status 400 message="Missing `reasoning_content` field in the assistant message at message index 1"
+ expect "\"reasoning_content\":\"\""

## E23 details of reasoning are sent back
< thoughts
+ expect "reasoning_details" expect-not reasoning_content

## E24 members of messages that are not known
< thoughts
? contains reasoning_details status 400 message="messages.1.reasoning_details: Extra inputs are not permitted"
+ expect "{\"role\":\"assistant\",\"content\":\"a\"}"

## E24-name the name of a tool beside its result
< calls
? contains "\"name\":\"f\",\"content\"" status 400 message="'messages.2' : for 'role:tool' the following must be satisfied[('messages.2' : property 'name' is unsupported, did you mean 'role'?)]"
+ expect "{\"role\":\"tool\",\"content\":\"r\",\"tool_call_id\":\"call_1234567890\"}"

## E25 plain strings in place of parts
< parts
? contains "\"content\":[" status 400 message="1 validation error: messages.0.content Input should be a valid string"
+ expect "\"content\":\"ab\""

## E26 pictures of a result are shown by the user
< pictures
+ expect "\"tool_call_id\":\"c1\",\"content\":\"ab\"},{\"role\":\"tool\"" expect "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]},{\"role\":\"user\",\"content\":\"u\"}]"

## E27 a result has the name of its tool
< calls
+ expect "\"name\":\"f\",\"content\":\"r\""

## E28 each call has its result, and no more
< broken
+ expect "\"tool_call_id\":\"c1\"" expect "\"tool_call_id\":\"c2\"" expect "effect unverified"

## E29 the temperature
$ --temperature 0.5
? contains temperature status 400 message="invalid temperature: only 1 is allowed for this model"
+ expect-not temperature

## A14 halves of characters are not sent
< torn
+ expect "a\ufffdb" expect-not "\\ud800"

## B13 tools are not switched on
$ --tools tools
? contains "\"tools\"" status 400 message="\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"
+ expect "<tools>" expect-not "\"tools\":"

## B14 tools that the model does not know
$ --tools tools
< calls
? contains "\"tools\"" status 400 message="registry.ollama.ai/library/m does not support tools"
+ expect "<tool_response>" expect-not "\"tool_calls\":"

## B14-404 the same, status 404
$ --tools tools
? contains "\"tools\"" status 404 message="No endpoints found that support tool use."
+ expect "<tools>"

## order-ids two things, one after the other
< order
? contains call_1234567890 status 400 message="Tool call id was call_1234567890 but must be a-z, A-Z, 0-9, with a length of 9."
? contains "\"content\":\"r\"},{\"role\":\"user\"" status 400 message="Unexpected role 'user' after role 'tool'"
? contains stream_options status 422 message="stream_options: Extra inputs are not permitted"
+ expect-not call_1234567890
TABLE

awk '/^## / { name = $2 }
    /^\? / { print "when model=" name " " substr($0, 3) }
    /^\+ / { print "when model=" name " text ok " substr($0, 3) }' table >script
echo 'set parts' >>script
modeld_start script
asked() { jq -r 'select(.body.model == "'"$1"'") | .status' "$MODELD_LOG" | wc -l | tr -d ' '; }
while IFS= read -r l; do
	case $l in
	'## '*)	title=${l#\#\# }; name=${title%% *} opts='' talk=talk n=0 ;;
	'$ '*)	opts=${l#\$ } ;;
	'< '*)	talk=${l#< } ;;
	'? '*)	n=$((n + 1)) ;;
	'+ '*)	# shellcheck disable=SC2086
		agent-gate --url "$URL" -m "$name" --retries 0 --stream $opts \
		    <"$talk" >got 2>err
		is "$? $(tail -n 1 got | jq -r .content) $(asked "$name") $(grep -c \
		    '"type":"notice","code":"repaired"' got)" \
		    "0 ok $((n + 1)) $n" "$title" || diag "$(cat err)"
	esac
done <table
modeld_stop
done_testing
