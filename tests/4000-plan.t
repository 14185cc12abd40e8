#!/bin/sh
# A project moves through its states as allowed and says why not otherwise;
# tasks are added whole or not at all, in no circle, and never lost.
. "$(dirname "$0")/lib.sh"
mkdir w && cd w || exit 99
field() { agent-plan list --json | jq -r "select(.id == $1) | $2"; }

# ---- nothing there
status_is 66 agent-plan status
like "$(cat "$ERR")" 'agent-plan init' 'says what to do'
ok 'a list of nothing' agent-plan list
status_is 1 agent-plan ready
is "$(find "$HOME" -name 'plan.db*')" '' 'looking makes no file'
status_is 2 agent-plan
status_is 2 agent-plan statis
like "$(cat "$ERR")" 'did you mean status' 'a slip of the hand'
status_is 2 agent-plan init
status_is 2 agent-plan next --prioritty 3
status_is 2 agent-plan add x --priority high

# ---- the states
ok 'init' agent-plan init 'Port the parser'
status_is 1 agent-plan init again
status_is 1 agent-plan advance
like "$(cat "$ERR")" 'no task yet' 'nothing to do yet'
status_is 1 agent-plan complete
like "$(cat "$ERR")" 'planning; from there it can only advance, pause' 'explained'
is "$(agent-plan add 'Write the lexer' -p 5 -t core --key lexer)" 1 'a task'
status_is 1 agent-plan next
like "$(cat "$ERR")" 'agent-plan advance begins' 'planning: no claims'
ok 'advance' agent-plan advance
status_is 1 agent-plan review
like "$(cat "$ERR")" '1 task has not ended' 'something is open'
ok 'pause' agent-plan pause
status_is 1 agent-plan next
is "$(agent-plan resume)" executing 'back where it was'

# ---- tasks
is "$(echo 'with - and
two lines' | agent-plan add - --needs lexer --input a.c --input b.c)" 2 'from stdin'
is "$(field 2 '.objective')" 'with - and
two lines' 'as it was given'
is "$(field 2 '[.status, .needs[0], .inputs[1]] | join(" ")')" 'waiting 1 b.c' 'it waits'
status_is 65 agent-plan add c --needs 99
status_is 65 agent-plan add c --needs nobody
status_is 65 agent-plan add c --key lexer
status_is 2 agent-plan add ''
is "$(agent-plan list --json | wc -l)" 2 'nothing of that was kept'
printf '%s\n' '{"objective":"a","key":"a","needs":["b"]}' \
    '{"objective":"b","key":"b","needs":["c"]}' \
    '{"objective":"c","key":"c","needs":["a"]}' >circle
status_is 65 agent-plan add -f circle
like "$(cat "$ERR")" 'wait for each other: [0-9]+ -> [0-9]+ -> [0-9]+' 'a circle'
printf '%s\n' '{"objective":"a"}' '{"objective":"b","colour":1}' >bad
status_is 65 agent-plan add -f bad
like "$(cat "$ERR")" 'bad: task 2 of 2: colour' 'names the line and the member'
printf '%s\n' '{"objective":"a"}' '{"objective":' '{"objective":"c"}' >bad
status_is 65 agent-plan add -f bad
like "$(cat "$ERR")" 'line 2' 'a broken line'
is "$(agent-plan list --json | wc -l)" 2 'all or nothing'
ok 'forward names' agent-plan add --dry-run -f - <<'EOT'
{"objective":"x","key":"x","needs":["y"]}
{"objective":"y","key":"y"}
EOT
is "$(agent-plan list --ids | tr '\n' ' ')" '1 2 ' 'a dry run keeps nothing'
cat >list.md <<'EOT'
# Parser
Some words.
- [ ] Write the parser
  check: `make test`
  in the style of the lexer
  - [ ] expressions
    priority: 7
  - [ ] statements
    needs: -1
- [x] Choose a name
  - [ ] and a logo
- [ ] Publish
EOT
is "$(agent-plan add -f list.md -t md | wc -l)" 4 'a Markdown list'
is "$(agent-plan list -t md --json | jq -c '[.objective, .status, .check, .priority]' | tr '\n' ' ')" \
    '["Write the parser\nin the style of the lexer","waiting","make test",null] ["expressions","ready",null,7] ["statements","waiting",null,null] ["Publish","ready",null,null] ' \
    'what it says'
is "$(agent-plan tree | sed -n '3,5p' | cut -d: -f1 | tr '\n' ,)" \
    "$(agent-plan list -t md --ids | sed -n '1s/$/ waiting/p;2s/^\(.*\)$/  \1 ready/p;3s/^\(.*\)$/  \1 waiting/p' | tr '\n' ,)" 'a tree'
is "$(agent-plan ready --ids | head -n 1)" "$(agent-plan list -t md --ids | sed -n 2p)" \
    'the highest priority is first'
ok 'edit' agent-plan edit 1 --priority 9 --check 'test -f lexer.c'
is "$(agent-plan ready --ids | head -n 1)" 1 'now that one is'
status_is 65 agent-plan edit 1 --needs 2
status_is 66 agent-plan edit 77 --priority 1
status_is 2 agent-plan edit 1

# ---- cancel and retry take along what depends
ok 'cancel' agent-plan cancel 1 --reason 'not wanted'
is "$(field 2 '[.status, .error, .culprit] | join("|")')" \
    'dead|needs task 1, which was cancelled|1' 'what needs it is given up'
status_is 1 agent-plan retry 2
like "$(cat "$ERR")" 'retry that one' 'because of another'
ok 'retry' agent-plan retry 1
is "$(field 1 .status) $(field 2 .status)" 'ready waiting' 'both are back'

# ---- what a shell asks, and what people and models read
is "$(agent-plan status --json | jq -c .tasks)" \
    '{"ready":3,"waiting":3,"running":0,"done":0,"dead":0,"cancelled":0}' 'counts'
agent-plan add "$(printf 'evil \033]52;c;eA==\a text')" >id
unlike "$(agent-plan list)" "$(printf '\033')" 'no control characters'
agent-plan show --format prompt --tokens 60 >prompt
like "$(head -n 1 prompt)" 'Project: Port the parser' 'a prompt'
is "$(($(wc -c <prompt) < 400))" 1 'within its budget'
like "$(agent-plan show --format md)" '^- \[ \] 1 Write the lexer' 'Markdown'
status_is 2 agent-plan show --format xml

# ---- project.json, and back
ok 'export' agent-plan export -o p.json
ok 'to what is open' sh -c 'agent-plan export -o /dev/fd/1 >open.json && cmp open.json p.json && rm open.json'
jq_ok '.state == "executing" and (.tasks | length) == 7 and
    .tasks[1].status == "blocked" and (.lab_notebook[0] | test("^\\[20.*\\] project begun"))' \
    'the members of the original' p.json
status_is 1 agent-plan import p.json
mkdir ../w2
ok 'import' agent-plan -w ../w2 import p.json
is "$(agent-plan list -w ../w2 --json | jq -c '[.objective, .status, .check]')" \
    "$(agent-plan list --json | jq -c '[.objective, .status, .check]')" 'the same tasks'
mkdir ../w3
cat >orig.json <<'EOT'
{"name":"demo","description":"","state":"paused","tasks":[
{"id":"task_1","description":"one","status":"complete","notes":""},
{"id":"task_2","description":"two","status":"in_progress"}],
"lab_notebook":["[2025-01-01T00:00:00] begun"]}
EOT
ok 'one of the original' agent-plan import -w ../w3 orig.json
is "$(agent-plan list -w ../w3 --json | jq -r '"\(.key) \(.status)"' | tr '\n' ' ')" \
    'task_1 done task_2 ready ' 'its tasks'
is "$(agent-plan status -w ../w3 --json | jq -r .state)" paused 'its state'
sed 's/paused/whatever/' orig.json >bad.json
mkdir ../w4
status_is 65 agent-plan import -w ../w4 bad.json
done_testing
