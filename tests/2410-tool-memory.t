#!/bin/sh
# memory: what a model keeps for another day, in the user's memory, in the
# namespace of the project.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
export AGENT_ENABLE_MEMORY=1
mem() { call memory "$1"; }
is "$(agent-tool list --names | grep -c '^memory$')" 1 'it is offered'
is "$(AGENT_ENABLE_MEMORY=0 agent-tool list --names | grep -c '^memory$')" 0 'AGENT_ENABLE_MEMORY=0'
mem '{"operation":"list"}'
is "$STATUS$TEXT" '0[there are no memories yet]' 'none yet'
mem '{"operation":"store","content":"The staging server is moved every Friday."}'
is "$STATUS" 0 'store'
id=$(printf '%s' "$TEXT" | jq -r .id)
like "$id" '^m' 'it has an id'
mem '{"operation":"store","content":"--help is not an option here"}'
is "$STATUS" 0 'a text is never an option'
mem '{"operation":"search","content":"friday moved staging?"}'
like "$TEXT" 'The staging server is moved every Friday' 'found by its words, in any order'
like "$TEXT" "$id" 'with its id'
mem '{"operation":"search","content":"-n other"}'
unlike "$TEXT" 'usage|Usage|unknown option' 'nor is a question'
mem '{"operation":"search","content":"zebra xylophone"}'
is "$STATUS$TEXT" '0[nothing like that is remembered]' 'nothing found is no failure'
mem '{"operation":"list"}'
is "$(printf '%s\n' "$TEXT" | grep -c '^m')" 2 'list'
agent-mem get "$id" >"$OUT"
jq_ok '.speaker == "assistant" and .source == "model"' 'a model said it, and that is known'
mkdir "$TRASH/other"
AGENT_WORKSPACE=$TRASH/other mem '{"operation":"list"}'
is "$(AGENT_WORKSPACE=$TRASH/other agent-tool call memory '{"operation":"list"}')" '[there are no memories yet]' \
    'another project does not see it'
mem "{\"operation\":\"forget\",\"id\":\"$id\"}"
is "$STATUS" 0 'forget'
mem '{"operation":"search","content":"staging server"}'
unlike "$TEXT" Friday 'is forgotten'
bad NOT_FOUND memory '{"operation":"forget","id":"nope"}' 'nope' 'an id that is none'
bad INVALID_ARGUMENTS memory '{"operation":"forget"}' 'needs the id' 'no id'
bad INVALID_ARGUMENTS memory '{"operation":"forget","id":"","content":"all"}' 'needs the id' 'nothing is forgotten by its words'
bad INVALID_ARGUMENTS memory '{"operation":"store"}' 'content' 'nothing to store'
bad INVALID_ARGUMENTS memory '{"operation":"store","content":"a\u0000b"}' 'NUL' 'a NUL byte'
bad INVALID_ARGUMENTS memory '{"operation":"erase"}' 'operation' 'no such operation'
bad FILE_TOO_LARGE memory "$(head -c 20000 /dev/zero | tr '\0' x | jq -Rc '{operation:"store",content:.}')" 'at most' 'too much'
is "$(agent-tool --read-only list --names | grep -c '^memory$')" 0 'not in a run that is read-only'
is "$(find . -type f)" '' 'nothing of it is in the workspace'
done_testing
