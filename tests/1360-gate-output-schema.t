#!/bin/sh
# agent-gate --output-schema: an answer that fits, or none.
. "$(dirname "$0")/lib.sh"
export AGENT_STATE="$PWD/state" XDG_CONFIG_HOME="$PWD/config"
run() { "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
cat >schema <<'EOT'
{"type":"object","properties":{"city":{"type":"string"},"people":{"type":"integer"}},
"required":["city","people"],"additionalProperties":false}
EOT
echo '{"role":"user","content":"Which city?"}' >talk
good='{"city":"Ulm","people":126000}'
say() { printf 'text %s' "$(printf '%s' "$1" | jq -Rs .)"; }
ask() { run agent-gate --url "$URL" -m m --retries 0 --output-schema schema "$@" <talk; }
bodies() { jq -c 'select(.path | endswith("completions")).body' "$MODELD_LOG"; }

# What is asked, and what comes.
modeld_start "default $(say "$good")"
ask
is "$STATUS$(cat "$ERR")" 0 'an answer that fits'
is "$(jq -r .content "$OUT")" "$good" 'as it was written'
is "$(bodies | jq -c '.response_format | [.type, .json_schema.strict,
    .json_schema.schema.required]')" \
    '["json_schema",true,["city","people"]]' 'the server is asked for it'
is "$(bodies | jq -c '.messages | length')" 1 'and no word is added'
modeld_stop

# JSON that stands in other text.
n=0
fence=$(printf '\140\140\140')
for text in "  $good
" "Here you are:
${fence}json
$good
$fence
Anything else?" "${fence}
$good
$fence" "The answer is $good." "$good I hope that helps."; do
	modeld_start "default $(say "$text")"
	ask
	is "$STATUS$(jq -r .content "$OUT")" "0$good" "found ($((n += 1)))"
	modeld_stop
done
modeld_start 'default text "{\"city\":\"<think>\",\"people\":1.26e5}"'
ask
is "$(jq -r .content "$OUT")" '{"city":"<think>","people":1.26e5}' \
    'byte for byte'
modeld_stop

# One that does not fit is asked for once more.
cat >again <<EOT
when contains "Write the whole JSON value again" $(say "$good")
default $(say '{"city":"Ulm","people":"many"}')
EOT
modeld_start again
ask --stream
is "$STATUS$(tail -n 1 "$OUT" | jq -r .content)" "0$good" 'once more'
like "$(bodies | tail -n 1 | jq -r '.messages[-1].content')" \
    'people: expected integer, given string "many"' 'with what is wrong'
is "$(bodies | wc -l)" 2 'once'
is "$(jq -rs 'map(select(.kind == "text").text) | join("")' "$OUT")" "$good" \
    'a reader of the stream is told what fits alone'
is "$(jq -rs 'map(select(.type == "notice").code) | join(" ")' "$OUT")" schema \
    'and that there was another'
{ cat talk; echo '{"type":"request","id":"1"}'; echo '{"role":"user","content":"And now?"}'
  echo '{"type":"request","id":"2"}'; sleep 1; } |
    agent-gate --coprocess --url "$URL" -m m --output-schema schema >"$OUT" 2>&1
is "$(bodies | tail -n 2 | head -n 1 | jq -c '[.messages[].role]')" \
    '["user","assistant","user"]' 'the history keeps the answer that fits'
is "$(bodies | tail -n 2 | head -n 1 | jq -r '.messages[1].content')" "$good" \
    'and nothing of the other'
modeld_stop

# And then it is an error.
modeld_start "default $(say '{"city":7}')"
ask
is "$STATUS" 65 'never: 65'
is "$(cat "$OUT")" '' 'nothing on standard output'
is "$(grep -c . "$ERR")" 2 'a note and one line'
like "$(tail -n 1 "$ERR")" '^agent-gate: the answer does not fit the schema: (city|people)' \
    'that names the place'
ask --stream
is "$(tail -n 1 "$OUT" | jq -c '[.type, .code, .retryable]')" \
    '["error","output_schema",false]' 'as an event'
modeld_stop
modeld_start "default $(say 'I would rather not.')"
ask
like "$STATUS$(tail -n 1 "$ERR")" '^65.*no JSON value' 'prose'
modeld_stop
modeld_start "default $(say '{"city":"U') finish length"
ask
like "$STATUS$(cat "$ERR")" '^65agent-gate: the limit of tokens cut' 'cut by the limit'
is "$(bodies | wc -l)" 1 'is not asked for again'
modeld_stop

# Servers that take no response_format get words.
cat >refuses <<EOT
set lenient
when contains "response_format" status 400 message="response_format is not supported"
default $(say "$good")
EOT
modeld_start refuses
ask
is "$STATUS$(jq -r .content "$OUT")" "0$good" 'a server that refuses the form'
like "$(bodies | tail -n 1 | jq -r '.messages[0].content' | tr '\n' ' ')" \
    'JSON Schema:.*"people"' 'gets it in words'
modeld_stop

# With tools: words, and a call is no answer yet.
agent-tool list --event >tools.jsonl
cat tools.jsonl talk >both
cat >calls <<EOT
when last-role=tool $(say "$good")
default call list_files {"path":"."}
EOT
modeld_start calls
run agent-gate --url "$URL" -m m --output-schema schema <both
is "$STATUS$(jq -r '.tool_calls[0].function.name' "$OUT")" 0list_files 'a call is let through'
is "$(bodies | jq -c 'has("response_format"), (.messages[0].content |
    test("JSON Schema"))' | tr '\n' ' ')" 'false true ' 'and the form is asked for in words'
agent-chat -p 'Which city?' --url "$URL" --model m --output-schema schema >"$OUT" 2>"$ERR"
is "$?$(cat "$OUT")" "0$good" 'agent-chat passes it on'
modeld_stop
modeld_start "default $(say 'no')"
agent-chat -q -p 'Which city?' --url "$URL" --model m --output-schema schema \
    --format json >"$OUT" 2>"$ERR"
is "$?$(jq -r .exit_code "$OUT")" 6565 'with its status'
modeld_stop

# One request of a coprocess.
cat >talking <<'EOT'
{"role":"user","content":"Which city?"}
{"type":"request","id":"a","schema":{"type":"object","required":["x"]}}
{"type":"request","id":"b"}
{"type":"request","id":"c","schema":7}
EOT
modeld_start "default $(say "$good")"
{ cat talking; sleep 1; } | agent-gate --coprocess --url "$URL" -m m >"$OUT" 2>"$ERR"
is "$(jq -r 'select(.type == "done") | "\(.id)\(.exit_code)"' "$OUT" | tr '\n' ' ')" \
    'a65 b0 c65 ' 'a schema of its own'
modeld_stop

# Recorded and replayed.
modeld_start again
ask --record tape
cp "$OUT" first
modeld_stop
run agent-gate --replay tape --output-schema schema <talk
is "$STATUS$(jq -r .content "$OUT")" "0$good" 'replayed'
run agent-gate --replay tape --output-schema schema --stream <talk
is "$(jq -rs 'map(select(.kind == "text").text) | join("")' "$OUT")" "$good" \
    'as a stream, too'

# Schemas.
echo '{"name":"town","schema":{"type":"object","properties":{"a":{"type":"string"}}}}' >wrapped
is "$(agent-gate --dry-run -m m --output-schema wrapped <talk |
    jq -c '.response_format.json_schema | [.name, .strict]')" '["town",false]' \
    'a name around it, and what cannot be strict is not'
for bad in '' '[]' '"x"' '{' ; do
	printf '%s' "$bad" >bad
	run agent-gate --output-schema bad --url http://127.0.0.1:1/v1 <talk
	like "$STATUS$(cat "$ERR")" '^78agent-gate: --output-schema: bad' "bad schema '$bad'"
done
run agent-gate --output-schema none --url http://127.0.0.1:1/v1 <talk
like "$STATUS$(cat "$ERR")" '^(66|78|74)agent-gate: --output-schema: .*none' 'no file'
done_testing
