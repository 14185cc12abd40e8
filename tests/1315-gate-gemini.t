#!/bin/sh
# Gemini's compatible endpoint: its own names, its own key, its signatures.
. "$(dirname "$0")/lib.sh"
G=https://generativelanguage.googleapis.com/v1beta/openai
K=AIza-0123456789abcdef
echo '{"role":"user","content":"u"}' >talk
echo '[{"type":"function","function":{"name":"f","parameters":{"$schema":"x","type":"object","properties":{"p":{"type":"string","default":"d"}},"additionalProperties":false}}}]' >tools
mkdir -p "$XDG_CONFIG_HOME/agent"
conf() { printf '%s\n' "$1" >"$XDG_CONFIG_HOME/agent/config.json"; }
shown() { agent-gate --show-config "$@" | sed -n 's/^model_url  *//p;s/^model  *//p;s/^fallback  *//p;s/^model_api_key  *//p'; }

# ---- names and places
is "$(shown --gemini)" "$G  [flag]
gemini-2.5-flash  [default]
(unset)
(unset)" 'with nothing set'
is "$(GEMINI_MODEL=gm GEMINI_ESCALATION_MODEL=gs GEMINI_API_KEY=$K \
    AGENT_MODEL=local AGENT_MODEL_URL=http://127.0.0.1:1 AGENT_FALLBACK=x \
    AGENT_MODEL_API_KEY=other shown --gemini)" "$G  [flag]
gm  [environment]
gs  [environment]
(set)  [environment: GEMINI_API_KEY]" 'its own variables, not the others'
is "$(GEMINI_MODEL=gm AGENT_GATEWAY=gemini shown -m mine --fallback b)" "$G  [environment]
mine  [flag]
b  [flag]
(unset)" 'AGENT_GATEWAY, and options'
conf '{"gateway":"gemini","gemini_model":"fm","gemini_api_key":"'$K'"}'
is "$(shown)" "$G  [user]
fm  [user]
(unset)
(set)  [user: gemini_api_key]" 'a file'
is "$(AGENT_GATEWAY=local shown | head -n 1)" '(unset)' 'the environment goes before it'
conf '{}'
AGENT_GATEWAY=cloud status_is 78 agent-gate --show-config
is "$(GEMINI_API_KEY=$K shown | head -n 1)" '(unset)' 'a key alone asks nobody'

# ---- the key: to its host, and where an option says so
status_is 77 sh -c 'agent-gate --gemini <talk'
like "$(cat "$ERR")" 'GEMINI_API_KEY' 'without a key'
status_is 77 agent-gate models --gemini
status_is 77 agent-chat --gemini --no-session hi
modeld_start "set key $K
default text hi"
try() {	# try STATUS NAME OPTION...
	_w=$1 _n=$2; shift 2
	agent-gate --retries 0 "$@" <talk >got 2>err
	is $? "$_w" "$_n"
	unlike "$(cat got err)" 0123456789 "$_n: the key is not shown"
}
GEMINI_API_KEY=$K try 0 'an option names the URL for Gemini' --gemini --url "$URL"
GEMINI_API_KEY=$K AGENT_MODEL_URL=$URL try 77 'another server does not get it' -m m
GEMINI_API_KEY=$K try 77 'nor one of an option without --gemini' -m m --url "$URL"
AGENT_MODEL_API_KEY=$K try 77 'nor does Gemini get another key' --gemini --url "$URL"
printf '%s\n' $K >key; chmod 600 key
GEMINI_API_KEY=$K GEMINI_MODEL=gm ok 'batch' agent-gate batch --gemini --url "$URL" talk
is "$(jq -r '.response.body.choices[0].message.content' "$OUT")" hi 'batch: answered'
try 0 'a key of an option' --gemini --url "$URL" --key-file key
GEMINI_API_KEY=$K try 77 'nor the server of a fallback' -m m --url "$URL" \
    --fallback "s@$URL" --fallback-after 1
is "$(jq -r 'select(.status == 401) | .headers.authorization // "none"' \
    "$MODELD_LOG" | sort | uniq -c | tr -s ' ')" ' 4 none' 'nothing was sent to them'
modeld_stop
is "$(GEMINI_API_KEY=$K shown --url "$G" | tail -n 1)" \
    '(set)  [environment: GEMINI_API_KEY]' 'its URL, without --gemini'
for u in http://generativelanguage.googleapis.com/v1beta/openai \
    https://generativelanguage.googleapis.com.evil.example/v1 \
    https://generativelanguage.googleapis.com:444/v1; do
	is "$(GEMINI_API_KEY=$K shown --url "$u" | tail -n 1)" '(unset)' "not to $u"
done

# ---- signatures of calls
cat >script <<'EOT'
when contains additionalProperties status 400 body=[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters': Cannot find field.","status":"INVALID_ARGUMENT"}}]
when contains "default" status 400 message="Unknown name default"
when messages>1 lacks "\"thought_signature\":\"SIG" lacks skip_thought status 400 body=[{"error":{"code":400,"message":"Function call is missing a thought_signature in functionCall parts. Additional data, function call `default_api:f` , position 2.","status":"INVALID_ARGUMENT"}}]
when last-role=tool text done
default event {"choices":[{"delta":{"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"SIG=="}},"function":{"arguments":"{\"p\":1}","name":"f"},"id":"g1","type":"function"},{"function":{"arguments":"{}","name":"f"},"id":"g2","type":"function"}]},"finish_reason":"tool_calls","index":0}],"object":"chat.completion.chunk"} stream role=none finish=none
EOT
modeld_start script
gate() { agent-gate --url "$URL" -m m --retries 0 --tools tools "$@" 2>err; }
posts() { jq -s '[.[] | select(.method == "POST")] | length' "$MODELD_LOG"; }
last() { jq -c 'select(.method == "POST").body.messages' "$MODELD_LOG" | tail -n 1; }
gate --gemini --stream <talk | tail -n 1 >answer
is "$(jq -c '[.tool_calls[].extra_content]' answer)" \
    '[{"google":{"thought_signature":"SIG=="}},null]' 'kept in the message'
is "$(posts)" 1 'schemas are simple from the first'
{ cat talk answer; for i in g1 g2; do
	printf '{"role":"tool","tool_call_id":"%s","content":"r"}\n' $i; done; } >more
is "$(gate --gemini <more | jq -r .content)" 'done' 'sent back'
is "$(posts)" 2 'at once'
is "$(last | jq -c '[.[1].tool_calls[].extra_content.google.thought_signature]')" \
    '["SIG==",null]' 'as it was'
is "$(agent-gate --dry-run -m m <more | grep -c extra_content)" 0 'to Gemini only'
is "$(agent-gate --dry-run --url "$G" <more | jq -c \
    '[.messages[1].tool_calls[].extra_content != null]')" '[true,false]' 'known by its URL'
# A relay in front of it says so itself.
is "$(gate <more | jq -r .content)" 'done' 'a relay: learned'
like "$(cat err)" 'signatures of calls are sent back' 'and told'
# Calls of another model have none.
jq -c 'del(.tool_calls[]?.extra_content)' more >others
is "$(gate --gemini <others | jq -r .content)" 'done' 'calls of another model'
is "$(last | jq -c '[.[1].tool_calls[].extra_content.google.thought_signature]')" \
    '["skip_thought_signature_validator",null]' 'say that there is none'
# The stronger model, at the same place and with the same key.
{ cat talk; for i in 1 2; do
	printf '{"role":"assistant","content":null,"tool_calls":[{"id":"%s","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"SIG"}}}]}\n{"role":"tool","tool_call_id":"%s","content":"r","agent":{"is_error":true}}\n' $i $i
done; } >failing
GEMINI_API_KEY=$K GEMINI_MODEL=gm GEMINI_ESCALATION_MODEL=gs agent-gate \
    --gemini --url "$URL" --retries 0 --fallback-after 2 <failing >got 2>err
is "$(jq -r 'select(.method == "POST") | [.body.model, .headers.authorization] |
    join(" ")' "$MODELD_LOG" | tail -n 1)" "gs Bearer $K" 'the stronger model'
# In one conversation.
{ cat talk; echo '{"type":"request","id":"1","stream":true}'
  tail -n 2 more; echo '{"type":"request","id":"2","stream":true}'; dones 2; } |
    gate --gemini --coprocess >got
is "$(jq -r 'select(.type == "message").content' got | tail -n 1)" 'done' 'in a coprocess'
is "$(jq -r 'select(.type == "done").exit_code' got | tr '\n' ' ')" '0 0 ' 'both'
done_testing
