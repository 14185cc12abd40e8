#!/bin/sh
# agent-gate: the context that a server really loaded, wherever it says so.
. "$(dirname "$0")/lib.sh"
export AGENT_STATE="$PWD/state" XDG_CONFIG_HOME="$PWD/config"
window() { agent-gate --coprocess "$@" </dev/null 2>/dev/null |
    jq -c '[.window, .window_max]'; }

json() { printf 'when path=%s body %s\n' "$1" "$2"; }
{ json /v1/models '{"data":[{"id":"q","owned_by":"llamacpp","meta":{"n_ctx":4096,"n_ctx_train":32768}}]}'
} >llama
modeld_start llama
is "$(window --url "$URL")" '[4096,32768]' 'llama-server: in its list'
is "$(window --url "$URL" --window 1000)" '[1000,32768]' 'what is set counts'
modeld_stop
{ json /v1/models '{"data":[{"id":"q","owned_by":"llamacpp"}]}'
  json /props '{"default_generation_settings":{"n_ctx":2048},"total_slots":4}'
} >props
modeld_start props
is "$(window --url "$URL")" '[2048,null]' 'an older one: /props'
modeld_stop
{ json /v1/models '{"data":[{"id":"qwen3:8b","owned_by":"library"},{"id":"b:latest","owned_by":"library"}]}'
  json /api/ps '{"models":[{"name":"qwen3:8b","model":"qwen3:8b","context_length":8192}]}'
  json /api/show '{"parameters":"stop \"x\"\nnum_ctx    16384\n","model_info":{"qwen3.context_length":40960}}'
} >ollama
modeld_start ollama
is "$(window --url "$URL" -m qwen3:8b)" '[8192,40960]' 'Ollama: loaded'
is "$(window --url "$URL" -m b)" '[16384,40960]' 'or configured'
is "$(agent-gate models --url "$URL" --json | jq -c '[.id, .window]' |
    tr '\n' ' ')" '["qwen3:8b",8192] ["b:latest",16384] ' 'and in the list'
modeld_stop
{ json /v1/models '{"data":[{"id":"m","owned_by":"library"}]}'
  json /api/ps '{"models":[]}'
  json /api/show '{"model_info":{"x.context_length":131072}}'
} >cold
modeld_start cold
is "$(window --url "$URL" -m m)" '[4096,131072]' \
    'not loaded, not configured: what Ollama loads'
modeld_stop
{ json /v1/models '{"data":[{"id":"a","owned_by":"organization_owner"},{"id":"b","owned_by":"organization_owner"}]}'
  json /api/v0/models '{"data":[{"id":"a","state":"loaded","loaded_context_length":6000,"max_context_length":32768},{"id":"b","state":"not-loaded","max_context_length":9999}]}'
} >lmstudio
modeld_start lmstudio
is "$(window --url "$URL" -m a)" '[6000,32768]' 'LM Studio: loaded'
is "$(window --url "$URL" -m b | jq -c '.[1]')" 9999 'and not loaded'
modeld_stop
{ json /v1/models '{"data":[{"id":"v","owned_by":"vllm","max_model_len":24576}]}'
} >vllm
modeld_start vllm
is "$(window --url "$URL")" '[24576,null]' 'vLLM: max_model_len'
modeld_stop
{ json /v1/models '{"data":[{"id":"r","context_length":200000,"top_provider":{"context_length":150000}}]}'
} >router
modeld_start router
is "$(window --url "$URL")" '[150000,200000]' 'OpenRouter: of the provider'
modeld_stop

# Answers of another kind, and none.
{ json /v1/models '{"data":[{"id":"q","owned_by":"library"}]}'
  json /api/ps '"no"'
  json /api/show '{"model_info":[],"parameters":{"num_ctx":1}}'
} >odd
modeld_start odd
is "$(window --url "$URL")" '[4096,null]' 'nonsense counts as not told'
modeld_stop
{ json /v1/models '{"data":[{"id":"q","owned_by":"llamacpp","meta":{"n_ctx":-5}}]}'
  printf 'when path=/props stall 30s\n'
} >slow
modeld_start slow
timeout_is 15 agent-gate --coprocess --url "$URL" </dev/null
is "$(agent-gate --coprocess --url "$URL" </dev/null | jq -c .window)" null \
    'a server that does not answer is not waited for'
modeld_stop
modeld_start 'default text x'
echo '{"role":"user","content":"Hi"}' | agent-gate --url "$URL" -m m >"$OUT"
is "$(jq -r .path "$MODELD_LOG" | tr '\n' ' ')" '/v1/chat/completions ' \
    'a filter asks for nothing but its answer'
done_testing
