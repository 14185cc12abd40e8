#!/bin/sh
# Commands in the background: started, watched, waited for, stopped; and gone
# with the conversation.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
bg() { tc shell "$(jq -nc --arg c "$1" "{command: \$c, background: true} + ${3:-{\}}")" "$2"; }
st() { tc job_status "$1" "$2"; }
# text ID: what call ID answered; code ID: its code
text() { jq -r --arg i "$1" 'select(.tool_call_id == $i).content' got; }

bad INVALID_ARGUMENTS shell '{"command":"true","background":true}' 'nothing can run in the background' \
    'one call by hand has no background'
is "$(agent-tool list --names | grep -c job_status)" 0 'job_status is not offered before there is a job'
bad DENIED job_status '{}' 'no command was started' 'nor does it run'

mkfifo in
agent-tool run --coprocess <in >got 2>"$ERR" &
pid=$!
exec 9>in
msg "$(bg 'echo begin; while [ ! -e go ]; do sleep 0.05; done; seq 1 50000; echo end; exit 3' a)" >&9
dones 1
like "$(text a)" '^Job 1 runs in the background, for at most 3600 s; its output goes to /.*/artifacts/job-' 'it answers at once'
is "$(jq -c 'select(.type == "tools") | [.tools[].function.name | select(. == "job_status")]' got)" '["job_status"]' \
    'now job_status is offered'
msg "$(st '{"job":1}' b)" "$(tc shell '{"command":"echo beside"}' c)" >&9
dones 2
like "$(text b)" '^\[job 1: echo begin; while .*; runs for [0-9]+ s\]$' 'how it is'
is "$(text c)" 'beside
[exit 0]' 'and other commands run beside it'
touch go
msg "$(st '{"job":1,"wait":60}' d)" >&9
dones 3
like "$(text d)" '^begin$' 'waited for: the beginning'
like "$(text d)" '^50000$' 'the end'
like "$(text d)" 'left out' 'not the middle'
like "$(text d)" '^\[[0-9]+ bytes so far, in /.*\]$' 'but where it is'
like "$(text d)" '^\[exit 3\]$' 'and how it ended'
f=$(jq -r 'select(.tool_call_id == "d").agent.artifact' got)
is "$(wc -l <"$f")" 50002 'all of it is in the file'
is "$(stat -c %a "$f")" 600 'for us only'
msg "$(bg 'trap "" TERM; sleep 77 & sleep 77' e)" "$(bg 'sleep 1' f '{timeout: 1}')" "$(bg 'sleep 78' g)" >&9
msg "$(st '{"job":2,"stop":true}' h)" "$(st '{"job":3,"wait":60}' i)" "$(st '{}' j)" "$(st '{"job":9}' k)" >&9
dones 5
like "$(text h)" 'ended after' 'stopped, though it did not want to'
like "$(text i)" 'timeout after 1 s|exit 0' 'with a time limit'
is "$(text j | grep -c '^\[job')" 4 'the list'
like "$(text j)" '^\[job 4: sleep 78; runs' 'of all'
like "$(text k)" 'ERROR \[NOT_FOUND\].*no job 9' 'a job that is none'
for i in 1 2 3 4 5 6 7 8; do msg "$(bg "sleep 7$i" "m$i")"; done >&9
dones 13
like "$(text m8)" 'RESOURCE_LIMIT.*8 jobs run already' 'not too many at once'
exec 9>&-
wait $pid
no_children_left 'all of them are gone with it'

# Killed by force: they go as well.
mkfifo in2
agent-tool run --coprocess <in2 >got 2>"$ERR" &
pid=$!
exec 9>in2
msg "$(bg 'setsid sleep 79 & sleep 79' a)" >&9
dones 1
kill -KILL $pid
wait $pid 2>/dev/null
exec 9>&-
no_children_left 'even when that was killed'

# A name that the jail holds while a command runs does not stay behind.
before=$(ls -A)
agent-tool call shell '{"command":"echo >there; sleep 79"}' >"$OUT" 2>&1 &
pid=$!
for _i in $(seq 200); do [ ! -e there ] || break; sleep 0.05; done
is "$([ -e there ]; echo $?)" 0 'a command runs'
rm there
kill -KILL $pid
wait $pid 2>/dev/null
no_children_left 'killed, its command is gone'
is "$(ls -A)" "$before" 'and the folder is what it was'
done_testing
