#!/bin/sh
# agent-gate models, and finding a server and a model by itself.
. "$(dirname "$0")/lib.sh"
echo '{"role":"user","content":"Hello."}' >talk
status_is 69 agent-gate models
is "$(wc -l <"$ERR")" 1 'one line'
like "$(cat "$ERR")" 'AGENT_MODEL_URL.*--offline' 'what to try'
status_is 69 sh -c 'agent-gate <talk'
status_is 2 agent-gate models --url offline:

modeld_start 'set models "text-embed-1 big-one Qwen2.5-Coder-7B"
default text hi'
port=${URL##*:} port=${port%/v1}
ok 'a named server' agent-gate models --url "$URL"
is "$(cut -f 1 "$OUT" | tr '\n' ' ')" 'text-embed-1 big-one Qwen2.5-Coder-7B ' 'its models'
ok '--json' agent-gate models --json --url "$URL"
jq_ok '.id and .url' 'objects'
export AGENT_DISCOVER="1, $port"
ok 'a server that is found' agent-gate models
is "$(sed -n '3s/\t.*//p' "$OUT")" Qwen2.5-Coder-7B 'its models'
ok 'asked' sh -c 'agent-gate <talk'
asked() { jq -r '.body.model? // empty' "$MODELD_LOG" | tail -n 1; }
is "$(asked)" Qwen2.5-Coder-7B 'the coder is taken'
ok 'named' sh -c 'agent-gate -m big-one <talk'
is "$(asked)" big-one 'the named one'
is "$(agent-gate --coprocess </dev/null | jq -c '[.model, .source, .url]')" \
    "[\"Qwen2.5-Coder-7B\",\"discovered\",\"$URL\"]" 'ready says so'
port1=$port
modeld_start 'set models "second-1"
default text x'
port=${URL##*:} port=${port%/v1}
is "$(AGENT_DISCOVER="$port1 $port" agent-gate models --all | cut -f 1 |
    tail -n 1)" second-1 'all of them'
is "$(AGENT_DISCOVER="$port $port1" agent-gate models | cut -f 1)" second-1 \
    'in the order of the ports'

# A port that is open and no model server, or says nothing.
modeld_start 'when path=/ status 404
default status 404'
modeld_start 'when path=/v1/models delay 30s
default text x'
silent=${URL##*:} silent=${silent%/v1}
timeout_is 10 env AGENT_DISCOVER="$silent $port" agent-gate models
is "$(cut -f 1 "$OUT")" second-1 'a silent server is passed over'
modeld_start "when path=/v1/models raw $ROOT/tests/data/llama-server/models.res
default text x"
is "$(agent-gate models --json --url "$URL" | jq -c '[.id, .window]')" \
    '["random-qwen2",8192]' 'a real list, with the window'
is "$(agent-gate --coprocess --url "$URL" </dev/null | jq .window)" 8192 \
    'the coprocess tells it'
is "$(agent-gate --coprocess --window 99 --url "$URL" </dev/null | jq .window)" \
    99 'what is said by hand counts'
done_testing
