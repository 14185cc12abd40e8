#!/bin/sh
# A model reaches the plan through one tool: bounded, by number, and without
# a way to close a task that its check would not.
. "$(dirname "$0")/lib.sh"
mkdir w && cd w || exit 99
is "$(agent-plan --schema | jq -Sc '[.name, .description, (.inputSchema | del(.additionalProperties))]')" \
    "$(agent-tool list | jq -Sc '.[].function | select(.name == "plan") | [.name, .description, .parameters]')" \
    'agent-tool offers what it takes'
tokens() { echo '{"role":"user","content":""}' | agent-gate count --json --tools "$1" | jq .tool_tokens; }
agent-tool list >with; AGENT_ENABLE_PLAN=0 agent-tool list >without
n=$(($(tokens with) - $(tokens without)))
is "$((n > 20 && n <= 110))" 1 "in at most 110 tokens: $n"
call() { agent-tool call plan "$1" 2>&1 | tr '\n' ' '; }
like "$(call '{"op":"show"}')" 'no plan yet' 'nothing there'
like "$(call '{"op":"init","text":"Port it"}')" planning 'init'
like "$(call '{"op":"add","text":"- [ ] lexer\n- [ ] parser\n  needs: -1"}')" 'added \[1,2\]' 'a list'
like "$(call '{"op":"add","text":"check it\nneeds: 2","check":"test -f ok"}')" 'added \[3\]' 'one task'
like "$(call '{"op":"add","text":"never\nneeds: 77"}')" 'ERROR .*no task 77' 'what there is not'
like "$(call '{"op":"next"}')" 'planning' 'not yet'
like "$(call '{"op":"advance"}')" executing 'advance'
like "$(call '{"op":"next"}')" 'You have task 1' 'next'
like "$(call '{"op":"checkpoint","task":1,"text":"DONE: half\nNEXT: the rest"}')" kept 'checkpoint'
like "$(call '{"op":"show","task":1}')" 'the rest' 'is shown'
like "$(call '{"op":"done","task":1,"text":"it works"}')" 'task 1 is done' 'done'
like "$(call '{"op":"fail","task":2,"text":"no"}')" 'ERROR .*not claimed' 'only what is claimed'
call '{"op":"next"}' >out; call '{"op":"done","task":2}' >out
call '{"op":"next"}' >out
like "$(call '{"op":"done","task":3,"text":"done, surely"}')" 'stays open' 'not by saying so'
like "$(agent-plan list --status running --ids)" 3 'it is open'
touch ok
like "$(call '{"op":"done","task":3}')" 'task 3 is done' 'by its check'
like "$(call '{"op":"note","text":"decision: use tables"}')" 'noted as decision' 'a note'
like "$(call '{"op":"log"}')" 'decision: use tables' 'the notebook'
like "$(call '{"op":"patch","text":"A title\nthe plan\n--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+x\n","check":"true"}')" \
    'patch 1 is proposed' 'a patch'
is "$(agent-plan patch show 1 --json | jq -r '[.title, .plan, .tests] | join("|")')" 'A title|the plan|true' 'as it was said'
like "$(call '{"op":"explode"}')" 'ERROR \[INVALID_ARGUMENTS\]' 'no such op'
like "$(AGENT_ENABLE_PLAN=no agent-tool list --names)" 'shell' 'can be switched off'
unlike "$(AGENT_ENABLE_PLAN=no agent-tool list --names)" 'plan' 'and is'
like "$(call '{"op":"try","task":1}')" 'It is good' 'a patch is tried, in a copy'
is "$(ls f 2>&1 | grep -c '^f$')" 0 'and nothing else'
like "$(call '{"op":"add","text":"later"}')" 'added' 'one more'
like "$(call '{"op":"edit","task":4,"text":"much later"}')" 'changed' 'edit'
like "$(call '{"op":"edit","task":3,"check":"true"}')" 'DENIED' 'not the check'
like "$(call '{"op":"cancel","task":4,"text":"not wanted"}')" 'cancelled' 'cancel'
like "$(call '{"op":"retry","task":4}')" 'again' 'retry'
call '{"op":"next"}' >out
like "$(call '{"op":"release","task":4,"text":"NEXT: all"}')" 'given back' 'release'
like "$(call '{"op":"pause"}')" paused 'pause'
like "$(call '{"op":"resume"}')" executing 'resume'
like "$(call '{"op":"complete"}')" 'ERROR' 'what the table does not allow'
like "$(call '{"op":"export"}')" 'much later' 'export'
like "$(call '{"op":"cancel","task":4}')" 'cancelled' 'so that none is open'
# In a conversation of a worker.
mine=$(agent-plan add mine)
agent-plan next --worker w1 >out
like "$(AGENT_TASK=$mine AGENT_WORKER=w1 call "{\"op\":\"done\",\"task\":$mine}")" \
    "ERROR \[DENIED\].*task $mine is yours" 'its own task is closed by the worker'
like "$(AGENT_TASK=$mine AGENT_WORKER=w1 agent-tool call plan '{"op":"next"}' 2>&1)" 'DENIED' 'and it takes no other'
like "$(call "{\"op\":\"done\",\"task\":$mine}")" "ERROR .*worker w1 has task $mine" 'nor does another'
no_children_left
done_testing
