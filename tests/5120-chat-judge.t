#!/bin/sh
# Code that was written is checked before the turn ends, and only then; what
# needs an approval is asked, or refused with status 77; failures in a row are
# told.  None of it touches ordinary work.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
mkdir work && cd work || exit 99
modeld_start 'set strict
when last-contains "EMPTY" repeat 1 text ""
when last-contains "VOID" text ""
when contains "fail a while" messages<9 call read_file {"path":"no-{n}"}
when last-contains "It failed:" call write_file {"path":"x.c","content":"good"}
when last-role=tool text "done"
when last-contains "code" call write_file {"path":"x.c","content":"bad"}
when last-contains "prose" call write_file {"path":"x.txt","content":"bad"}
when last-contains "tested" call write_file {"path":"x.c","content":"bad"} call shell {"command":"make check"}
when last-contains "secret" call read_file {"path":".env"}
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
printf 'check:\n\tgrep -q good x.c\n' >Makefile
echo 'KEY=1' >.env
codes() { jq -r 'select(.type == "notice").code' "$OUT" | tr '\n' ' '; }
result() { jq -c 'select(.type == "result") | [.exit_code, .stop_reason]' "$OUT"; }

ok 'code' agent-chat -n --format events 'write code'
is "$(codes)" 'check check_failed check check_passed ' "the project's own check is run"
is "$(cat x.c)" good 'and what failed is mended'
is "$(jq -r 'select(.role == "user" and .agent.by == "check").content' "$OUT" |
    head -n 1)" '[After your changes the check `make check` was run.  It failed:]' \
    'the model is told'
ok 'no code' agent-chat -n --format events 'write prose'
is "$(codes)" '' 'nothing is checked when no code was written'
ok 'tested' agent-chat -n --format events 'write tested'
is "$(codes)" '' 'nor when the model tested it'
ok '--check none' agent-chat -n --format events --check none 'write code'
is "$(codes)" '' 'nor when it is switched off'
ok 'without the tool for commands' agent-chat -n --format events \
    --tools write_file,read_file 'write code'
is "$(codes)" '' 'nor where the model could not have'
status_is 1 agent-chat -n --format events --check 'exit 3' 'write code'
is "$(result)" '[1,"error"]' 'a check that was demanded has to pass'
is "$(codes)" 'check check_failed check check_failed check check_failed ' \
    'three rounds'

status_is 77 agent-chat -n --format events 'my secret'
is "$(result)" '[77,"error"]' 'what nobody can allow'
like "$(cat "$ERR")" 'needed an approval.*--yes' 'what to do'
ok '--yes' agent-chat -n --format events --yes 'my secret'
is "$(jq -r 'select(.type == "tool.result").status' "$OUT")" completed 'runs it'
printf 'deny read .env\n' >policy
ok '--policy' agent-chat -n --format events --yes --policy policy 'my secret'
is "$(jq -r 'select(.type == "tool.result").status' "$OUT")" denied 'a denial stands'
status_is 78 agent-chat -n --policy /dev/null/none 'my secret'
# A person at a terminal says yes, once; what was typed before does not count.
asked() { _run "$STUB/pty" "expect [n]
$1" agent-chat -n --format json 'my secret'; }
asked 'send y\n
expect done'
is "$STATUS" 0 'yes at the terminal'
like "$(cat "$OUT")" 'rule: ask +read' 'which saw the rule'
asked 'send n\n
expect done'
like "$(cat "$OUT")" '"exit_code":0' 'no at the terminal'
# A script answers, over a folder.
mkdir -m 700 "$HOME/spool"
(for _ in $(seq 200); do
	for f in "$HOME"/spool/*.request; do
		[ -e "$f" ] || continue
		printf '{"type":"permission.reply","id":"%s","decision":"allow"}\n' \
		    "$(jq -r .id "$f")" >"$HOME/spool/tmp"
		mv "$HOME/spool/tmp" "${f%.request}.reply"
		exit
	done
	sleep 0.05
done) &
ok '--approval spool' agent-chat -n --format events --approval "spool:$HOME/spool" 'my secret'
is "$(jq -r 'select(.type == "tool.result").status' "$OUT")" completed 'a script said yes'

status_is 0 agent-chat -n --format events 'fail a while'
is "$(codes)" 'failures ' 'three failures in a row'
like "$(jq -r 'select(.role == "tool").content' "$OUT")" '3 calls in a row failed' \
    'the model is told to change its way'
models() { jq -r 'select(.method == "POST").body.model' "$MODELD_LOG" | uniq | tr '\n' ' '; }
: >"$MODELD_LOG"
ok '--fallback' agent-chat -n --format events --fallback strong 'fail a while'
is "$(codes)" 'failures fallback ' 'then the model is changed, which is told'
is "$(models)" 'test-model strong ' 'a stronger one answers'
: >"$MODELD_LOG"
ok '--no-guard' agent-chat -n --format events --no-guard 'fail a while'
is "$(codes)" '' 'not a word'
status_is 76 agent-chat -n --format events --no-guard 'VOID'
is "$(codes)$(jq -s 'map(select(.type == "message" and .role == "user")) | length' "$OUT")" 1 \
    'an empty answer is one'
ok 'and without' agent-chat -n --format events 'EMPTY'
is "$(codes)" 'empty_answer ' 'it is asked for again, once, which is told'
modeld_ok
modeld_stop
no_children_left
done_testing
