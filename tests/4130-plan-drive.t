#!/bin/sh
# make, xargs, GNU parallel and cron drive it: no terminal, few variables, and
# statuses that they understand.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
mkdir w && cd w || exit 99
plan_of() { seq "$1" | sed 's/.*/{"objective":"&","tags":["'"$2"'"]}/' | agent-plan add -q -f - >ids; }
done_of() { agent-plan list --status "done" -t "$1" --ids | wc -l; }

# ---- xargs
plan_of 8 xargs
seq 8 | ok 'xargs -P' xargs -P 4 -n 1 sh -c 'agent-plan work --once -q --worker "x$0" -- sh -c "cat >>seen"'
is "$(done_of xargs) $(jq -r .objective seen | sort -n | tr '\n' ' ')" '8 1 2 3 4 5 6 7 8 ' 'xargs: all, once each'
ok 'with nothing to do' agent-plan work --once -q -- false

# ---- make
plan_of 4 make
cat >Makefile <<'EOT'
all: w1 w2 w3
w%:
	@agent-plan work --until-empty -q --worker $@ -- true
failing:
	@agent-plan add -q bad --tries 1 >/dev/null && agent-plan work --until-empty -q -- false
EOT
ok 'make -j' make -j 3 all
is "$(done_of make)" 4 'make: all'
must_fail make failing

# ---- GNU parallel
plan_of 4 parallel
if parallel --version 2>/dev/null | grep -q GNU; then
	seq 4 | ok 'parallel' parallel -j 2 agent-plan work --once -q --worker p{} -- true
	is "$(done_of parallel)" 4 'parallel: all'
else
	skip 'no GNU parallel here' parallel
	agent-plan work --until-empty -q -- true
fi

# ---- a line of crontab(5): sh, little environment, no input, silent
plan_of 3 cron
line='* * * * * cd w && agent-plan work -q --until-empty --deadline 1m -- true'
env -i HOME="$HOME" LOGNAME=x SHELL=/bin/sh PATH="$PATH" \
    sh -c "cd '$TRASH'; $(printf %s "$line" | cut -d ' ' -f 6-)" >mail 2>&1 </dev/null
is "$? $(cat mail)" '0 ' 'cron: silent'
is "$(done_of cron)" 3 'cron: all'

# ---- a shell loop with claims
plan_of 3 loop
while claim=$(agent-plan next --owner $$ 2>"$ERR" | cut -f 1) && [ -n "$claim" ]; do
	agent-plan "done" "$claim" -q
done
is "$(done_of loop)" 3 'a loop: all'

# ---- a model: nobody there is not the task's fault
agent-plan add model -t model >id
status_is 69 agent-plan work --once -q --url http://127.0.0.1:9/v1 --model m
is "$(agent-plan show "$(cat id)" --format json | jq -c '[.status, .failures]')" '["ready",null]' 'given back'
modeld_start 'default text "It is done."' --max-seconds 60
ok 'a model' agent-plan work --once -q --url "$URL" --model m
is "$(done_of model)" 1 'done'

# ---- watch
agent-plan watch --json --interval 20ms --until-empty >watch.out &
p=$!
plan_of 3 watch
agent-plan work -q --until-empty -- sleep 0.1
agent-plan watch --json --once >last
wait $p
is "$?" 0 'watch ends when all is done'
jq_ok '.type == "plan" and .tasks.ready == 0 and (.entries | length) == 0' 'an event' last
is "$(agent-plan watch --once | grep -c 'done')" 1 'a line'
plan_of 1 tty
"$STUB/pty" 'sleep 50' agent-plan watch --once >tty 2>"$ERR" </dev/null
like "$(tr -d '\r' <tty)" '1 ready' 'a picture on a terminal'

# ---- propose
modeld_start 'when contains "bad" text "{\"tasks\":[{\"key\":\"a\",\"objective\":\"A\",\"check\":\"\",\"needs\":[\"b\"]},{\"key\":\"b\",\"objective\":\"B\",\"check\":\"\",\"needs\":[\"a\"]}]}"
default text "{\"tasks\":[{\"key\":\"lex\",\"objective\":\"Write the lexer\",\"check\":\"make lex\",\"needs\":[]},{\"key\":\"parse\",\"objective\":\"Write the parser\",\"check\":\"\",\"needs\":[\"lex\"]}]}"' --max-seconds 60
mkdir ../p && cd ../p || exit 99
ok 'a dry run' agent-plan propose --dry-run --url "$URL" --model m 'Port it'
is "$(agent-plan list)" '' 'keeps nothing'
ok 'propose' agent-plan propose --url "$URL" --model m 'Port it'
is "$(agent-plan list --json | jq -c '[.key, .status, .check, .needs]' | tr '\n' ' ')" \
    '["lex","ready","make lex",null] ["parse","waiting",null,[1]] ' 'a plan of a model'
status_is 65 agent-plan propose --url "$URL" --model m 'a bad one'
like "$(cat "$ERR")" "the model's plan: tasks would wait" 'a circle is refused'
status_is 69 agent-plan propose --url http://127.0.0.1:9/v1 --model m x
like "$(cat "$ERR")" '^agent-plan: agent-gate: cannot connect' 'and why'
is "$(wc -l <"$ERR")" 1 'in one line'
is "$(agent-plan list --ids | wc -l)" 2 'nothing of it was kept'
modeld_ok
no_children_left
done_testing
