#!/bin/sh
# agent-gate: what is known of models and servers, who says it, and what it
# does to a request.
. "$(dirname "$0")/lib.sh"
export AGENT_STATE="$PWD/state" XDG_CONFIG_HOME="$PWD/config"
mkdir -p config/agent/profiles
run() { "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
echo '{"role":"user","content":"Hello"}' >talk
body() { agent-gate --dry-run "$@" <talk; }
show() { agent-gate models --json --show-profile "$@"; }
family() { show "$1" | jq -r '.model // "-"'; }

# Names, as packers write them.
while read -r want name; do
	is "$(family "$name")" "$want" "$name"
done <<'EOT'
qwen2.5-coder qwen2.5-coder:7b
qwen2.5-coder Qwen/Qwen2.5-Coder-32B-Instruct-GGUF:Q4_K_M
qwen2.5-coder /models/qwen2.5-coder-0.5b-instruct-q8_0.gguf
qwen2.5-coder bartowski_Qwen2.5.Coder.14B.Instruct
qwen2.5-coder QWEN2_5_CODER_3B
qwen2.5 qwen2.5:14b-instruct
qwen3-coder qwen3-coder:30b-a3b
qwen3 qwen3:8b
qwen3-instruct Qwen3-4B-Instruct-2507
qwen3-thinking Qwen3-30B-A3B-Thinking-2507
llama-3 llama3.1:8b
llama-3 meta-llama/Llama-3.3-70B-Instruct
llama-3.0 llama3:8b
mistral mistral:7b
mistral-small mistral-small3.2:24b
devstral devstral:24b
deepseek-r1-distill deepseek-r1:8b
deepseek deepseek-v3.1
gpt-oss gpt-oss:20b
gemma-3 gemma3:12b
gemma-3-small gemma3:1b
functiongemma functiongemma-270m-it
phi-4 phi4:14b
phi-4-mini phi-4-mini-instruct
granite granite3.3:8b
glm-4.5 GLM-4.5-Air
glm-4.6 zai-org/GLM-4.6
gpt-5 gpt-5-mini
- my-own-model
- models/qwen-unrelated-folder/other.gguf
EOT

# Every shipped profile is data that the reader takes whole.
for f in models servers; do
	is "$(jq -r '[.profiles[].name] | length == (unique | length)' \
	    "$ROOT/share/agent/profiles/$f.json")" true "$f: no name twice"
	is "$(jq -r '[.profiles[] | keys_unsorted[]] | unique - ["name", "match",
	    "comment", "window", "sampling", "sampling_names", "stop", "tools",
	    "recover", "repairs", "preamble", "chars_per_token", "vision",
	    "system"] | join(" ")' \
	    "$ROOT/share/agent/profiles/$f.json")" '' "$f: known members only"
done
words=$(jq -r '.profiles[].repairs // [] | .[]' \
    "$ROOT"/share/agent/profiles/*.json | sort -u)
page=$(cat "$ROOT/man/agent-profile.5")
for w in $words; do
	like "$page" "^\.It Cm $w\$" "the page names the repair $w"
done

# What it does to a request.
is "$(body -m my-own-model | jq -c 'keys')" '["messages","model"]' \
    'nothing known, nothing added'
is "$(body -m qwen2.5-coder:7b | jq -c '[.temperature, .top_p, .top_k]')" \
    '[0.7,0.8,null]' 'its makers'\'' sampling, as far as every server takes it'
is "$(body -m qwen2.5-coder:7b --url http://127.0.0.1:1234/v1 |
    jq -c '[.temperature, .top_p, .top_k]')" '[0.7,0.8,20]' \
    'and more where the server is known'
is "$(body -m qwen2.5-coder:7b --temperature 0.1 | jq -c '[.temperature,
    .top_p]')" '[0.1,0.8]' 'the user goes first'
is "$(body -m qwen2.5-coder:7b --profile none | jq -c keys)" \
    '["messages","model"]' '--profile none'
is "$(AGENT_PROFILE=none body -m qwen2.5-coder:7b | jq -c keys)" \
    '["messages","model"]' 'AGENT_PROFILE'
is "$(body -m my-own-model --profile devstral | jq .temperature)" 0.15 \
    'a profile by its name'
run body -m m --profile nonsense
is "$STATUS" 78 'one that there is not: 78'
like "$(cat "$ERR")" 'there is none with the name nonsense' 'with its name'
echo '{"type":"tools","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]}' >tools
cat tools talk >offered
mv offered talk
is "$(body -m llama2 | jq -c '[has("tools"), (.messages[0].content |
    test("\"f\""))]')" '[false,true]' 'tools in words for a model that knows none'
is "$(body -m qwen3:8b | jq -c 'has("tools")')" true 'and as tools for others'

# The user's own, before the shipped.
cat >config/agent/profiles/mine.json <<'EOT'
{"profiles":[
 {"name":"mine","match":{"model":["my-own-*"]},"window":12345,
  "sampling":{"temperature":0.3},"repairs":["order"],"preamble":"Be brief."},
 {"name":"house","match":{"url":["http://models.example/*"]},
  "repairs":["max_field"]},
 {"name":"cool","match":{"model":["qwen2.5-coder*"]},
  "sampling":{"temperature":0.05}}]}
EOT
is "$(family my-own-model)" mine 'a profile of the user'
is "$(body -m my-own-model | jq -c '[.temperature, .messages[0].role,
    (.messages[0].content | test("Be brief"))]')" '[0.3,"system",true]' \
    'its sampling and its words'
is "$(body -m qwen2.5-coder:7b | jq -c '[.temperature, .top_p]')" \
    '[0.05,0.8]' 'member by member over the shipped one'
is "$(show qwen2.5-coder:7b | jq -c '[.members.sampling.temperature,
    .from.sampling]')" '[0.05,"user profile cool"]' 'and told so'
is "$(body -m x --url http://models.example/v1 --max-tokens 7 |
    jq -c '[.max_completion_tokens, .max_tokens]')" '[7,null]' \
    'a server of the user'
agent-gate --show-config -m my-own-model >"$OUT"
like "$(cat "$OUT")" '^temperature +0\.3 +\[user profile mine\]$' \
    '--show-config tells what is set by it'
like "$(cat "$OUT")" '^window +12345 ' 'and the window'
agent-gate models --show-profile my-own-model >"$OUT"
like "$(cat "$OUT")" '^model +mine$' 'a table for people'
for bad in '{' '[]' '{"profiles":{}}'; do
	echo "$bad" >config/agent/profiles/bad.json
	run body -m m
	is "$STATUS$(grep -c bad.json "$ERR")" 781 "a file with $bad: 78, named"
done
rm config/agent/profiles/bad.json
echo '{"profiles":[{"name":7,"match":[]},{"match":{"model":"x"}},3,{"match":{"model":["*"]},"window":"many","sampling":[1],"repairs":[9,"no such"],"tools":{}}]}' \
    >config/agent/profiles/odd.json
run body -m unknown-model
is "$STATUS$(cat "$ERR")" 0 'odd members do nothing'
rm config/agent/profiles/odd.json

# Recovery by profile; a recording does not depend on profiles.
cat >script <<'EOT'
default text "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>"
EOT
modeld_start script
calls() { agent-gate --url "$URL" "$@" <talk | jq '.tool_calls | length'; }
is "$(calls -m my-own-model) $(calls -m gpt-4o) $(calls -m gpt-4o --recover on)" \
    '1 0 1' 'a hosted model means what it says, unless told otherwise'
agent-gate --url "$URL" -m qwen2.5-coder:7b --record tape <talk >first
agent-gate --url replay:tape <talk >second
is "$(jq -c .tool_calls first)" "$(jq -c .tool_calls second)" \
    'replayed without the model'
modeld_ok
done_testing
