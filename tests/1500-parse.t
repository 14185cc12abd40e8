#!/bin/sh
# agent-gate parse: options, exits, streams, explanations, and a record of
# every file of the corpus through the command.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
export AGENT_FIXED_IDS=t
cat >tools.json <<'EOF'
[{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{}}}},
{"type":"function","function":{"name":"write_file","parameters":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}}}]
EOF
parse() { printf '%b' "$1" >text; shift; agent-gate parse --tools tools.json "$@" <text; }

# ---- the message
json_is "$(parse 'Hello.')" '{"role":"assistant","content":"Hello."}' \
    'prose is content'
json_is "$(parse '<tool_call>{"name":"now","arguments":{}}</tool_call>')" \
    '{"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"now","arguments":"{}"}}]}' \
    'a call'
json_is "$(parse '<think>hm</think>Yes.')" \
    '{"role":"assistant","content":"Yes.","reasoning_content":"hm"}' 'reasoning'
is "$(parse '{"name":"write_file","arguments":{ "path":"a", "content":"18446744073709551615 </tool_call>" }}' |
    jq -r '.tool_calls[0].function.arguments')" \
    '{ "path":"a", "content":"18446744073709551615 </tool_call>" }' \
    'arguments are the model'\''s own bytes'
is "$(parse '[TOOL_CALLS]now[CALL_ID]abcDEF123[ARGS]{}' | jq -r '.tool_calls[0].id')" \
    abcDEF123 'the model'\''s own id'
is "$(parse '[TOOL_CALLS][{"name":"now","arguments":{},"id":"same"},{"name":"now","arguments":{},"id":"same"}]' |
    jq '[.tool_calls[].id] | unique | length')" 2 'ids are unique'
parse '<tool_call>{"name":"write_file","arguments":{"path":"x' >"$OUT"
jq_ok '.tool_calls == null and .agent.cut and .agent.cut_calls[0].function.name == "write_file"' \
    'a call that is cut off is not made'
parse '' >"$OUT"
jq_ok '.content == null and .tool_calls == null' 'nothing in'
is "$(printf '<tool_call>{"name":"now","arguments":{}}</tool_call>' |
    agent-gate parse | jq -r .content)" \
    '<tool_call>{"name":"now","arguments":{}}</tool_call>' 'no tools: no calls'
is "$(printf '<tool_call>{"name":"now","arguments":{}}</tool_call>' |
    AGENT_TOOLS=tools.json agent-gate parse | jq '.tool_calls | length')" 1 \
    'tools from AGENT_TOOLS'

# ---- options
is "$(parse 'hm</think>Yes.' --thinking | jq -r .content)" Yes. '--thinking'
t='<think><tool_call>{"name":"now","arguments":{}}</tool_call></think>'
is "$(parse "$t" | jq '.tool_calls')" null 'a call in the reasoning stays there'
is "$(parse "$t" --promote | jq '.tool_calls | length')" 1 '--promote'
t='<tool_call>{"name":"now","arguments":{},}</tool_call>'
is "$(parse "$t" | jq '.tool_calls | length')" 1 'repaired'
is "$(parse "$t" --no-repair | jq '.tool_calls')" null '--no-repair'
t='<now></now>'
is "$(parse "$t" | jq '.tool_calls')" null 'a format that has to be asked for'
is "$(parse "$t" --format cline | jq '.tool_calls | length')" 1 '--format'
is "$(parse '{"name":"now","arguments":{}}' --format hermes | jq '.tool_calls')" \
    null '--format leaves the others out'
parse "<tool_call>{'name':'Now','arguments':{}}</tool_call>" --explain >"$OUT"
jq_ok '[.agent.explain[].what] == ["call","repaired","renamed"]' '--explain'
jq_ok 'all(.agent.explain[]; .format == "hermes" and .offset == 0)' \
    'explained: where'
parse 'x <tool name="off">{}</tool>' --explain -v >"$OUT" 2>"$ERR"
jq_ok '.agent.explain[0] | .what == "refused" and (.detail | contains("\"off\""))' \
    'explained: why not'
like "$(cat "$ERR")" '^agent-gate: refused at 2' '-v tells people'
agent-gate parse --list-formats >"$OUT"
for f in hermes qwen3-xml fenced-json bare-json pythonic glm harmony kimi-k2 \
    deepseek-v3 mistral-json minimax-m2 gemma4 react cline; do
	like "$(cat "$OUT")" "^$f " "--list-formats: $f"
done

# ---- exits
status_is 2 agent-gate parse --format nonsense
status_is 2 agent-gate parse operand
status_is 0 agent-gate parse --help
echo '{"broken' >bad.json
status_is 65 agent-gate parse --tools bad.json
printf '[1]' >bad.json
status_is 65 agent-gate parse --tools bad.json
must_fail agent-gate parse --tools absent.json
status_is 65 sh -c 'head -c 68000000 /dev/zero | agent-gate parse'
sig_is PIPE sh -c 'trap - PIPE; yes "a line" | head -n 100000 |
    agent-gate parse --stream | true; exit 141'

# ---- streams
(printf 'One. <tool'; sleep 0.3; printf '_call>{"name":"now","arguments":{}}</tool_call>') |
    agent-gate parse --stream --tools tools.json >"$OUT"
is "$(jq -s -c 'map(.type // .role)' "$OUT")" '["delta","assistant"]' \
    'a part of a tag is not told'
is "$(jq -r 'select(.type) | .text' "$OUT")" 'One.' 'text is told'

# ---- the corpus through the command
for f in "$ROOT"/tests/data/recover/*.jsonl; do
	name=${f##*/}
	jq -c 'select(.ask == null and .plain == null and .promote == null and
	    .prompt_opens_thinking == null and .cut == null)' "$f" | sed -n '1p;9p;17p' >some
	while read -r line; do
		printf '%s\n' "$line" | jq .tools >tools
		printf '%s\n' "$line" | jq -j .text |
		    agent-gate parse --tools tools |
		    jq -S '[.tool_calls // [] | .[].function | {name, arguments: (.arguments | fromjson)}]' >got
		printf '%s\n' "$line" | jq -S .expect.tool_calls >want
		cmp -s got want
		_if $? "$name $(printf '%s\n' "$line" | jq -r .id)" "$(cat got)"
	done <some
done

done_testing
