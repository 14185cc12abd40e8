#!/bin/sh
# A task is claimed by one worker at a time; what a dead, slow or failing
# worker had comes back by itself, and is given up after its tries, with the
# reason.  Only a check that passes closes a task that has one.
. "$(dirname "$0")/lib.sh"
mkdir w && cd w || exit 99
field() { agent-plan show "$1" --format json | jq -r "$2"; }

# ---- claims
for t in a b c; do agent-plan add "$t" >id; done
is "$(agent-plan next --worker w1 | cut -f 1)" 1.1 'the first task'
is "$(agent-plan next --worker w2 --json | jq -r .claim)" 2.1 'another one for another'
status_is 1 agent-plan "done" 1.1 --worker w2
like "$(cat "$ERR")" 'worker w1 has task 1 now, as 1.1' 'not for others'
ok 'done' agent-plan "done" 1.1 --worker w1
status_is 1 agent-plan "done" 1.1
like "$(cat "$ERR")" 'it is done' 'only once'
ok 'release' agent-plan release 2 --done 'half of it' --next 'the other half'
is "$(agent-plan next 2 --json | jq -c '[.claim, .checkpoint.next]')" \
    '["2.2","the other half"]' 'released, and where it stands'
status_is 1 agent-plan heartbeat 2.1
ok 'heartbeat' agent-plan heartbeat 2.2 --lease 1h
status_is 1 agent-plan next 2
ok 'the last' agent-plan "done" 2.2
agent-plan next >claim
status_is 75 agent-plan next
ok 'done' agent-plan "done" 3
status_is 1 agent-plan next

# ---- failures are counted, and then it is given up
agent-plan add d --tries 2 >id
agent-plan add e --needs 4 >id
agent-plan next >claim
is "$(agent-plan fail 4.1 it broke)" queued 'once more'
agent-plan next >claim
is "$(agent-plan fail 4.2 it broke again)" dead 'and no more'
is "$(field 4 '[.status, .error, .failures] | join("|")')" \
    'dead|it broke again|2' 'with the reason'
is "$(field 5 .error)" 'needs task 4, which was given up' 'and what needs it'
is "$(agent-plan list --status dead --ids | tr '\n' ' ')" '4 5 ' 'dead letters'
status_is 1 agent-plan next
ok 'retry' agent-plan retry 4
agent-plan next >claim
is "$(agent-plan fail 4 no way --for-good)" dead 'at once'

# ---- leases run out
agent-plan add f >id
agent-plan next --worker slow --lease 200ms >claim
sleep 0.4
is "$(agent-plan next --worker quick | cut -f 1)" 6.2 'it comes back'
status_is 1 agent-plan "done" 6.1 --worker slow
is "$(field 6 '.attempts[0] | "\(.outcome): \(.reason)"')" \
    'lost: the lease of worker slow ran out' 'and is told'
ok 'done' agent-plan "done" 6.2
# The wall clock is set back ten years, and forward ten years.
agent-plan add g >id
agent-plan next --lease 1h >claim
now=$(date +%s)
export AGENT_FIXED_TIME=$((now + 315360000))
status_is 75 agent-plan next
export AGENT_FIXED_TIME=$((now - 315360000))
status_is 75 agent-plan next
ok 'the lease holds' agent-plan heartbeat 7.1 --lease 100ms
sleep 0.3
is "$(agent-plan next | cut -f 1)" 7.2 'and runs out'
unset AGENT_FIXED_TIME
ok 'done' agent-plan "done" 7.2

# ---- a claim ends with its process
agent-plan add h >id
sh -c 'agent-plan next --owner $$ --worker gone >claim'
is "$(agent-plan next --owner $$ | cut -f 1)" 8.2 'its process ended'
status_is 75 agent-plan next
like "$(field 8 '.attempts[0].reason')" 'worker gone \(process [0-9]+\) died' 'and is told'
status_is 2 agent-plan next --owner 999999999
ok 'done' agent-plan "done" 8.2

# ---- a check alone closes a task
agent-plan add i --check 'echo seen; test -f ok' >id
agent-plan next >claim
status_is 1 agent-plan "done" 9.1
like "$(cat "$ERR")" 'task 9 stays open: its check ended with status 1' 'it failed'
is "$(cat "$OUT")" seen 'and what it said'
is "$(field 9 .status)" running 'still with its worker'
touch ok
ok 'it passes' agent-plan "done" 9.1
is "$(agent-plan log --task 9 --kind event | grep -c 'check of task 9')" 2 'both are in the notebook'
agent-plan add j --check 'touch ../escaped; echo x >/etc/x; test ! -e ../w4' >id
agent-plan next >claim
agent-plan "done" 10 >out 2>err
is "$(ls ../escaped 2>/dev/null)" '' 'a check is in the sandbox'

# ---- parents wait for their children, also those that come later
agent-plan add parent >id
p=$(cat id)
agent-plan next "$p" >claim
agent-plan add child --parent "$p" >id
status_is 1 agent-plan "done" "$p"
like "$(cat "$ERR")" 'needs 1 task that is not done' 'a child is open'
ok 'release' agent-plan release "$p"
is "$(field "$p" .status)" waiting 'it waits'
agent-plan next "$(cat id)" >claim
ok 'the child' agent-plan "done" "$(cat id)"
is "$(field "$p" .status)" ready 'and goes on'
ok 'cancel a running one' sh -c "agent-plan next $p >claim && agent-plan cancel $p"
status_is 1 agent-plan heartbeat "$p"

# ---- many at once: nobody has what another has
seq 60 | sed 's/.*/{"objective":"m&","tags":["m"]}/' | agent-plan add -f - >ids
seq 6 | xargs -P 6 -I {} sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do
	agent-plan next --worker {} || echo none; done' >claims
is "$(cut -f 1 claims | sort -u | grep -c '\.1$')" 60 'sixty claims of sixty tasks'
no_children_left
done_testing
