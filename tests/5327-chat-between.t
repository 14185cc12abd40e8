#!/bin/sh
# What comes between: a program that is lost, slow or interrupted while it is
# started anew; a limit of a turn that is over; a summary that takes long; a
# question whose asker is gone.  The next prompt finds all as it should be.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
mkdir -p bin work && cp "$(command -v agent-chat)" bin/ || exit 99
for p in gate tool mem plan; do
	ln -s "$(command -v agent-$p)" bin/real-$p
	printf '%s\n' '#!/bin/sh' "if [ -e $TRASH/slow-$p ]; then sleep 5; fi" \
	    "if [ -e $TRASH/late-$p ]; then $TRASH/bin/real-$p \"\$@\"; sleep 0.6; exit; fi" \
	    "exec $TRASH/bin/real-$p \"\$@\"" >bin/agent-$p
	chmod +x bin/agent-$p
done
export AGENT_SHARE="$BUILD/share/agent" AGENT_LIBEXEC="$BUILD/libexec/agent"
PATH=$PWD/bin:$PATH
modeld_start 'set strict
set models "m other"
set window 4000
when contains "minutes of a talk" delay 60s text "late"
when last-contains "late" delay 2s text "Re: late"
when last-contains "work" call shell {"command":"touch mark; sleep 1"}
when last-contains "BIG" huge 300000
when last-contains "paid" text "Re" usage in=100 out=20
when last-contains "ask" call write_file {"path":"f","content":"x"}
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
cd work || exit 99
# What the model was asked last: its name, how many messages and tools.
asked() { jq -c 'select(.body | type == "object") | .body | [.model, (.messages | length), (.tools | length > 0)]' "$MODELD_LOG" | tail -n 1; }
child() { printf 'pkill -9 -P $PPID %s' "$1"; }

# ---- the time of a turn is that of no command between two
{ echo hi; until [ -s answers ]; do sleep 0.1; done; sleep 1.2; echo /model other; echo again; } |
    agent-chat -i -q --timeout 1s --brief none >answers 2>"$ERR"
is "$(cat "$ERR")" '' '/model after the time of --timeout'
is "$(asked)" '["other",4,true]' 'has the talk'

# ---- Ctrl-C while a program starts: the next prompt starts it again, and has
# the whole talk and the tools
pty() { _run "$STUB/pty" "$@"; tr -d '\r' <"$OUT" >shown; }
pty "expect > 
send one\r
expect Re: one
expect > 
send !touch $TRASH/slow-gate\r
expect > 
send /model other\r
sleep 700
send \cC
expect interrupted
expect > 
send !rm $TRASH/slow-gate\r
expect > 
send two\r
expect Re: two
expect > 
send \cD" agent-chat --brief none
is "$STATUS $(asked)" '0 ["other",4,true]' 'Ctrl-C in /model'
pty "expect > 
send one\r
expect Re: one
expect > 
send !touch $TRASH/slow-gate; $(child real-gate)\r
expect > 
send two\r
sleep 700
send \cC
expect cancelled
expect > 
send !rm $TRASH/slow-gate\r
expect > 
send three\r
expect Re: three
expect > 
send \cD" agent-chat --brief none
is "$STATUS $(asked)" '0 ["m",5,true]' 'Ctrl-C while a lost agent-gate is started anew'
unlike "$(cat shown)" 'Re: two' 'what was cancelled is not asked'

# ---- one that can not be started does not hold up the next prompt
cp "$TRASH/bin/agent-gate" "$TRASH/away"
printf '%s\n' one "!echo '#!/none' >$TRASH/bin/agent-gate; $(child real-gate)" two \
    "!cp $TRASH/away $TRASH/bin/agent-gate" three |
    TEST_TIMEOUT=20 _run agent-chat -i -q --brief none
is "$STATUS $(grep -c . "$ERR")" '0 1' 'no agent-gate: one line'
is "$(grep Re: "$OUT" | xargs)" 'Re: one Re: three' 'and then it is there again'
is "$(asked)" '["m",5,true]' 'with the talk'

# ---- a summary that takes long ends with its turn
big=$(yes word | head -n 900 | tr '\n' ' ')
many() { for i in 1 2 3; do printf "$1\n" "N$i $big"; done; }
many %s | _run timeout 50 agent-chat -iq --no-tools --brief none --max-time 1s
like "$(cat "$ERR")" '^agent-chat: stopped after 1 s' '--max-time in a summary'
mkfifo to
timeout 40 agent-chat --coprocess --no-tools --brief none <to >got 2>"$ERR" & chats=$!
exec 7>to
many '{"role":"user","content":"%s"}' >&7
until [ "$(grep -c '"type":"turn.start"' got 2>/dev/null)" = 3 ]; do sleep 0.1; done
sleep 1
echo '{"type":"cancel"}' >&7
exec 7>&-
wait $chats
STATUS=$?
is "$STATUS $(jq -rc 'select(.type == "turn.end").stop_reason' got | tail -n 1)" \
    '130 cancelled' 'a cancel in a summary'

# ---- nor is a reader that does not read
mkfifo full && exec 8<>full
TEST_TIMEOUT=20 _run sh -c 'agent-chat -n -q --no-session --timeout 1s BIG >&8'
is "$STATUS" 124 '--timeout, and nobody reads'
TEST_TIMEOUT=20 _run sh -c 'agent-chat -n -q --no-session --max-time 1s BIG >&8'
is "$STATUS" 3 '--max-time, and nobody reads'
exec 8>&- 8<&-

# ---- nor is a run longer before its first turn
before() {	# before STATUS STOP_REASON WHAT ARGS...
	_want=$1 _stop=$2 _what=$3; shift 3
	TEST_TIMEOUT=20 _run agent-chat -q --no-session --format json "$@" hi <&8
	is "$STATUS $(jq -r '.exit_code, .stop_reason, .error.message' "$OUT" | xargs)" \
	    "$_want $_want $_stop $_what" "$*: $_what"
}
mkfifo idle && exec 8<>idle
before 124 error 'standard input was not at its end when --timeout was over' --timeout 500ms
before 3 budget 'standard input was not at its end when --max-time was over' --max-time 500ms
touch "$TRASH/slow-gate"
before 124 error 'agent-gate was not ready when --timeout was over' -n --timeout 500ms
before 3 budget 'agent-gate was not ready when --max-time was over' -n --max-time 500ms
rm "$TRASH/slow-gate"
exec 8>&-

# ---- who asked is gone: what is typed is no answer to it
echo 'ask write f' >"$TRASH/policy"
( until grep -q 'n no \[n\]' "$OUT"; do sleep 0.1; done; pkill -9 -f "^$TRASH/bin/real-tool" ) &
pty "expect > 
send ask\r
expect n no [n]
expect was killed
expect > 
send late\r
sleep 500
send y\r
expect Re: late
expect Re: y
expect > 
send \cD" agent-chat --brief none --policy "$TRASH/policy"
is "$STATUS" 0 'what is typed once the asker is gone is the next prompt'
# ---- an agent-gate that goes while a tool runs is not waited for
rm -f mark
( until [ -e mark ]; do sleep 0.1; done; pkill -9 -f "^$TRASH/bin/real-gate --cop" ) &
TEST_TIMEOUT=20 _run agent-chat -n -q --brief none work
is "$STATUS $(cat "$ERR")" '70 agent-chat: agent-gate was killed by signal 9' 'agent-gate goes while a tool runs'

# ---- who has read the result may go on with the session, although there are
# programs that have yet to leave
touch "$TRASH/late-tool"
mkfifo events
agent-chat -n --brief none --format events one >events 2>"$ERR" &
while read -r l; do
	case $l in *'"type":"result"'*) ok 'a result is read: go on' agent-chat -c -n -q two ;; esac
done <events
rm "$TRASH/late-tool"

# ---- what was spent before counts for an agent-gate that is started anew
mkdir -p "$HOME/.config/agent"
echo '{"prices":{"m":{"input":1000,"output":1000}}}' >"$HOME/.config/agent/config.json"
export AGENT_MAX_TOKENS=50
paid() { agent-gate usage --json | jq -c 'select(.total) | [.requests, .cost]'; }
printf '%s\n' "paid 1" "paid 2" '/model m' "paid 3" '/new' '/model m' "paid 4" |
    _run agent-chat -i -q --no-tools --brief none --max-cost 0.45
is "$STATUS $(grep -c '^Re' "$OUT") $(paid)" '0 2 [2,"0.24"]' '--max-cost holds beyond /model'
is "$(grep -c 'max-cost: 0.240000 of 0.450000 is spent' "$ERR")" 2 'and in a session of its own'
rm "$HOME/.local/state/agent/ledger.db"
( until grep -q late "$OUT"; do sleep 0.1; done; sleep 1; pkill -9 -f "^$TRASH/bin/real-gate --cop" ) &
printf '%s\n' late "paid 1" | _run agent-chat -i -q --no-tools --brief none --max-cost 0.3
like "$(cat "$ERR")" 'killed by signal 9' 'killed with a request under way'
like "$(cat "$ERR")" 'max-cost: 0\.[12][0-9]* of 0.300000 is spent' 'what that may have cost counts, too'
modeld_stop
no_children_left
done_testing
