#!/bin/sh
# agent-gate as a filter: input, options, exits, and the offline model.
. "$(dirname "$0")/lib.sh"
talk() { jq -nc --arg q "$1" '{role: "user", content: $q}'; }
tool() { printf '{"type":"function","function":{"name":"%s"}}\n' "$@"; }
tool list_files read_file search_files shell write_file edit_file \
    remember recall >tools

# ---- the command line
ok '--version' agent-gate --version
like "$(cat "$OUT")" '^agent-gate [0-9]+\.[0-9]+' 'names itself'
ok '--help' agent-gate --help
like "$(head -n 1 "$OUT")" '^Examples:' 'help begins with examples'
is "$(sed -n '2,/^$/p' "$OUT" | grep -c agent-gate)" 3 'three of them'
status_is 2 agent-gate --strem
like "$(cat "$ERR")" 'did you mean --stream' 'the nearest option'
status_is 2 agent-gate talk.jsonl
like "$(cat "$ERR")" 'agent-gate <talk.jsonl' 'how a talk is given'
status_is 2 agent-gate modls
like "$(cat "$ERR")" 'did you mean models' 'the nearest command'
status_is 2 agent-gate --offline --replay x
status_is 2 agent-gate --retries many --offline
status_is 2 agent-gate --temperature hot --offline
AGENT_TEMPERATURE=hot status_is 78 agent-gate --offline
status_is 78 agent-gate --url ftp://x

# ---- the input
: >empty
status_is 66 sh -c 'agent-gate --offline <empty'
status_is 66 sh -c 'echo "{\"type\":\"session\"}" | agent-gate --offline'
status_is 65 sh -c 'echo "{" | agent-gate --offline'
status_is 65 sh -c 'echo 42 | agent-gate --offline'
status_is 65 sh -c 'echo "{\"content\":\"x\"}" | agent-gate --offline'
status_is 65 sh -c 'echo "{\"role\":\"robot\",\"content\":\"x\"}" |
    agent-gate --offline'
like "$(cat "$ERR")" 'line 1.*robot' 'the line and the role'
is "$(wc -l <"$ERR")" 1 'one line on stderr'
is "$(cat "$OUT")" '' 'nothing on stdout'

talk 'Hello.' >hello
ok 'a talk' sh -c 'agent-gate --offline <hello'
is "$(wc -l <"$OUT")" 1 'one line'
jq_ok '.role == "assistant" and (.content | test("offline model")) and
    .agent.finish_reason == "stop" and .agent.model == "offline"' \
    'it says what it is'
printf '\357\273\277' >odd
talk 'Hello.' | tr -d '\n' | sed 's/$/\r/' >>odd
ok 'BOM, CR, no newline' sh -c 'agent-gate --offline <odd'
{ echo '{"type":"session"}'; echo '{"type":"unknown","x":1}'
  talk 'Hello.' | jq -c '. + {type: "message", ts: "x", seq: 1, id: "m"}'
} >events
ok 'events' sh -c 'agent-gate --offline <events'
{ printf '{"role":"user","content":"'
  head -c 10000000 /dev/zero | tr '\0' x; echo '"}'; } >long
ok 'a line of 10 MB' sh -c 'agent-gate --offline <long'


status_is 74 sh -c 'agent-gate --offline <hello >/dev/full'
mkfifo gone
is "$(sh -c 'exec 4<>gone 5>gone 4<&-
agent-gate --offline --stream <hello >&5; echo $?')" 141 'the reader has gone: 141'

# ---- streaming
ok '--stream' sh -c 'agent-gate --offline --stream <hello'
is "$(jq -rj 'select(.type == "delta" and .kind == "text").text' "$OUT")" \
    "$(jq -r 'select(.role).content' "$OUT")" 'deltas add up to the message'
is "$(tail -n 1 "$OUT" | jq -r .role)" assistant 'the message is last'
is "$(jq -r 'select(.type == "delta").message_id' "$OUT" | sort -u | wc -l)" \
    1 'one message_id'

# ---- what the offline model understands
calls() {	# calls TEXT: "name arguments" of each call
	talk "$1" | agent-gate --offline --tools "$TRASH/tools" |
	    jq -r '.tool_calls // [] | .[].function |
	    .name + " " + .arguments'
}
is "$(calls 'What files are in the current directory?')" \
    'list_files {"path":"."}' 'list'
is "$(calls 'ls')" 'list_files {"path":"."}' 'ls'
is "$(calls 'list the files in src/')" 'list_files {"path":"src/"}' 'list a folder'
is "$(calls 'Read the README file')" 'read_file {"path":"README"}' 'read'
is "$(calls 'show me src/main.c, please.')" 'read_file {"path":"src/main.c"}' 'show'
is "$(calls 'cat notes')" 'read_file {"path":"notes"}' 'cat'
is "$(calls 'search for "int main" in src/')" \
    'search_files {"pattern":"int main","path":"src/"}' 'search'
is "$(calls 'grep foo')" 'search_files {"pattern":"foo"}' 'grep'
is "$(calls 'run `ls -l | wc`')" 'shell {"command":"ls -l | wc"}' 'run'
is "$(calls 'run ls -la')" 'shell {"command":"ls -la"}' 'run, bare'
is "$(calls 'run the tests')" '' 'that is no command'
is "$(calls 'write "hi there" to notes.txt')" \
    'write_file {"path":"notes.txt","content":"hi there"}' 'write'
is "$(calls 'replace "a" with "b" in x.c')" \
    'edit_file {"path":"x.c","old_text":"a","new_text":"b"}' 'replace'
is "$(calls '/tool shell {"command" : "x"}')" 'shell {"command" : "x"}' \
    'a call word for word'
is "$(calls '/tool shell {"a":1}
/tool nothing oops')" 'shell {"a":1}
nothing oops' 'two of them, one odd'
is "$(calls 'Good morning')" '' 'a greeting calls nothing'
jq_ok '.tool_calls == null and (.content | test("list_files"))' \
    'a tool that is not offered is not called' - <<EOT
$(talk ls | agent-gate --offline)
EOT
echo '[{"type":"function","function":{"name":"memory","parameters":
    {"type":"object","properties":{"action":{"enum":["add","search"]},
    "text":{"type":"string"}},"required":["action","text"]}}}]' >mem
is "$(talk 'Remember that I like tea' | agent-gate --offline --tools mem |
    jq -r '.tool_calls[0].function.arguments')" \
    '{"action":"add","text":"I like tea"}' 'remember, by the schema'
is "$(talk 'recall "tea"' | agent-gate --offline --tools mem |
    jq -r '.tool_calls[0].function.arguments')" \
    '{"action":"search","text":"tea"}' 'recall, by the schema'

talk ls | tee turn | agent-gate --offline --tools tools >>turn
id=$(tail -n 1 turn | jq -r '.tool_calls[0].id')
like "$id" '^[A-Za-z0-9]{9}$' 'ids that every server takes'
jq -nc --arg id "$id" '{role: "tool", tool_call_id: $id,
    content: "a.c\nb.c\n"}' >>turn
is "$(agent-gate --offline --tools tools <turn | jq -r .content)" \
    "Lines in the list: 2:
    a.c
    b.c" 'it tells what came out'

head -c 3000 /dev/urandom | base64 -w 0 | sed 's/^/read "/' >noise
ok 'any input' sh -c 'jq -Rsc "{role: \"user\", content: .}" <noise |
    agent-gate --offline --tools tools'
ok 'NUL and more' sh -c \
    'printf "%s\n" "{\"role\":\"user\",\"content\":\"read \\u0000 \\ud83d\"}" |
    agent-gate --offline --tools tools'
done_testing
