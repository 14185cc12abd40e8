#!/bin/sh
# agent-gate models --probe: what a model can, by trying, and kept.
. "$(dirname "$0")/lib.sh"
export AGENT_STATE="$PWD/state" XDG_CONFIG_HOME="$PWD/config"
run() { "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
probe() { run agent-gate models --probe --json --url "$URL" --retries 0 "$@"; }

# One that can all of it.
cat >able <<'EOT'
when path=/v1/models body {"data":[{"id":"able","owned_by":"llamacpp","meta":{"n_ctx":8192,"n_ctx_train":32768}}]}
when contains "json_schema" text "{\"greeting\":\"hello\",\"count\":1}"
when last-role=tool text "It rains."
when tools=yes call get_weather {"city":"Paris"}
default text "one two three four five six seven" stream pace=20ms
EOT
modeld_start able
probe
is "$STATUS$(cat "$ERR")" 0 'a model that can all of it'
jq_ok '.model == "able" and .stream and .usage and .tools == "native" and
    (has("format") | not) and .results and .json_schema == "kept" and
    .window == 8192 and .window_max == 32768 and .repairs == [] and
    .tokens_per_second > 0' 'is found to' "$OUT"
p=$(jq -r .profile "$OUT")
n=$(grep -c chat/completions "$MODELD_LOG")
ok "in few requests ($n)" test "$n" -le 6
is "$(jq -r 'select(.path | endswith("completions")).body.max_tokens' \
    "$MODELD_LOG" | sort -u)" 256 'of few tokens'
modeld_ok
is "$(stat -c %a "$p" "${p%/*}" | tr '\n' ' ')" '600 700 ' 'kept, for the user alone'
is "$(agent-gate models --json --show-profile able --url "$URL" |
    jq -c '[.members.window, .members.tools, .from.window]')" \
    '[8192,"native","probed"]' 'and known from now on'
run agent-gate models --probe --url "$URL"
like "$(cat "$OUT")" '^tools +native$' 'a table for people'
like "$(cat "$OUT")" '^window +8192 \(the model can 32768\)$' 'with the window'
modeld_stop

# Calls as text; the form is ignored; no usage when it streams.
cat >texty <<'EOT'
when path=/v1/models body {"data":[{"id":"texty"}]}
when last-role=tool text "It rains."
when tools=yes text "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>"
when stream=true text "one two three" usage none stream usage=none pace=20ms
default text "Hello."
EOT
modeld_start texty
probe
jq_ok '.tools == "text" and .format == "hermes" and .results and
    .json_schema == "ignored" and (.stream_usage | not) and .stream and
    (has("window") | not)' 'calls as text' "$OUT"
is "$(jq -c '.profiles[0] | [.tools, .recover, .json_schema]' \
    "$(jq -r .profile "$OUT")")" '["native","on","ignored"]' 'is kept so'
modeld_stop

# A server that refuses tools and response_format.
cat >poor <<'EOT'
set lenient
when path=/v1/models body {"data":[{"id":"poor"}]}
when contains "\"tools\":" status 400 message="poor does not support tools"
when contains "response_format" status 400 message="response_format is not supported"
when contains "stream_options" status 400 message="Unknown field: stream_options"
when contains "get_weather" lacks "7 degrees" text "```json\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n```"
default text "one two three" stream pace=20ms
EOT
modeld_start poor
probe
is "$STATUS" 0 'a server that refuses'
jq_ok '.tools == "refused" and .results and .json_schema == "refused" and
    .stream and (.repairs | index("no_options"))' 'each is found' "$OUT"
echo '{"role":"user","content":"Hello"}' >talk
echo '{"type":"tools","tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{}}}}]}' >>talk
: >"$MODELD_LOG"
agent-gate --url "$URL" -m poor --stream --retries 0 <talk >"$OUT" 2>"$ERR"
is "$(grep -c chat/completions "$MODELD_LOG") $(cat "$ERR")" '1 ' \
    'and not tried again by the next request'
is "$(tail -n 1 "$OUT" | jq -r '.tool_calls[0].function.name')" get_weather \
    'whose call is found'
modeld_stop

# A server that does not stream, a model that does not call.
cat >plain <<'EOT'
when path=/v1/models body {"data":[{"id":"plain"}]}
default text "Hello there." as whole
EOT
modeld_start plain
probe
jq_ok '.tools == "none" and (.stream | not)' 'neither streams nor calls' "$OUT"
modeld_stop

# What ends it.
modeld_start 'default status 500 message=broken'
probe -m m
is "$STATUS$(wc -l <"$ERR")" 691 'a model that never answers: no profile'
ls state/profiles >after
is "$(grep -c '^m-' after)" 0 'nothing is kept of it'
modeld_stop
run agent-gate models --probe --url http://127.0.0.1:1/v1 -m m
is "$STATUS" 69 'no server: 69'
run agent-gate models --probe --url offline:
is "$STATUS" 2 'the offline model: 2'
rm -rf state; echo >state
modeld_start able
probe
is "$STATUS$(wc -l <"$ERR")" 731 'nowhere to keep it: 73'
jq_ok '.tools == "native"' 'shown all the same' "$OUT"
done_testing
