#!/bin/sh
# agent-chat in conversation: on a terminal, and line by line from a pipe.
# shellcheck disable=SC2016,SC2088
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
when last-contains "slow" tokens 400 stream piece=1 pace=50ms
when last-contains "stuck" delay 60s text "never"
when last-contains "wait" text "Waiting." call shell {"command":"echo begun; sleep 300"}
when last-contains "stubborn" call shell {"command":"trap : TERM INT; echo begun; while :; do sleep 1; done"}
when last-contains "escape" text "\u001b]0;title\u0007red"
when last-contains "fail" status 400 message="no such thing"
when last-role=tool text "Stopped it."
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir work && cd work || exit 99
pty() { _run "$STUB/pty" "$@"; }
shown() { tr -d '\r' <"$OUT"; }
last_session() { ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | head -n 1; }

# From a pipe.
_run sh -c 'printf "one\n\n  two  \n/model\n/nonsense\n/etc/hosts\nquit\nthree\n" |
    agent-chat -i'
is "$STATUS" 0 '-i'
is "$(cat "$OUT")" '> one
Re: one
> 
>   two  
Re: two
> /model
test-model at '"$URL"' (env)
> /nonsense
> /etc/hosts
Re: /etc/hosts
> quit' '-i: each line a prompt, shown behind the sign'
like "$(head -n 1 "$ERR")" "test-model.*$PWD.*sandbox: .*landlock" 'the banner'
like "$(cat "$ERR")" 'no command /nonsense' 'an unknown command is not sent'
is "$(jq -c 'select(.type == "turn.start") | .turn' "$(last_session)" |
    tr '\n' ' ')" '1 2 3 ' 'turns are counted'
jq_ok 'select(.type == "result") | .exit_code == 0' 'one result' "$(last_session)"
for word in quit exit bye /quit; do
	_run sh -c "printf '%s\nx\n' $word | agent-chat -iq"
	is "$STATUS $(cat "$OUT" "$ERR")" "0 > $word" "$word leaves"
done
_run sh -c 'printf one | agent-chat -i -q first'
is "$STATUS $(cat "$OUT")" '0 Re: first
> one
Re: one
> ' 'a prompt first; a last line without newline counts'
_run sh -c 'printf "fail\none\n" | agent-chat -i -q'
is "$STATUS $(cat "$OUT")" '0 > fail
> one
Re: one
> ' 'a failure does not end it'
like "$(cat "$ERR")" '^agent-chat: .*no such thing' 'and is told'
is "$(wc -l <"$ERR")" 1 'once'
_run sh -c 'printf "one\n/tools\ntwo\n" | agent-chat -i --format events'
is "$(jq -s 'map(.seq) == [range(length)]' "$OUT")" true 'events stay JSON'
is "$(jq -c 'select(.type == "turn.end" or .type == "result") | .type' "$OUT" |
    tr '\n' ' ')" '"turn.end" "turn.end" "result" ' 'two turns, one result'

# On a terminal.
pty 'expect > 
send hi\r
expect Re: hi
expect > 
send throw away\cC
expect > 
send escape\r
expect \x1b]0;title\x07red
expect > 
send \cD' agent-chat
is "$STATUS" 0 'Ctrl-D leaves'
# But for those that ask the terminal to mark what is pasted.
esc=$(printf '\033')
unlike "$(sed "s/$esc\[?2004[hl]//g" "$OUT")" "$esc" \
    'no control bytes reach the terminal'
is "$(jq -r 'select(.role == "user") | .content' "$(last_session)" | tr '\n' ,)" \
    'hi,escape,' 'Ctrl-C at the prompt clears the line'

# Ctrl-C in a stream: the partial answer stays, the prompt comes back.
pty 'expect > 
send slow\r
expect quick brown
send \cC
expect cancelled
expect > 
send hi\r
expect Re: hi
expect > 
send quit\r' agent-chat
is "$STATUS" 0 'Ctrl-C in a stream'
f=$(last_session)
like "$(jq -r 'select(.agent.cancelled) | .content' "$f")" 'quick brown' \
    'the partial answer is kept'
is "$(jq -r 'select(.type == "turn.end") | .stop_reason' "$f" | tr '\n' ' ')" \
    'cancelled end_turn ' 'and marked'

# Before the first byte.
pty 'expect > 
send stuck\r
sleep 500
send \cC
expect cancelled
send hi\r
expect Re: hi
send quit\r' agent-chat
is "$STATUS" 0 'Ctrl-C before the first byte'

# In a tool: its result says so, the server takes the talk.
pty 'expect > 
send wait\r
expect shell echo begun
sleep 500
send \cC
expect cancelled
expect > 
send hi\r
expect Re: hi
expect > 
send quit\r' agent-chat
is "$STATUS" 0 'Ctrl-C in a tool'
is "$(jq -r 'select(.type == "tool.result") | .status' "$(last_session)")" \
    cancelled 'the call is answered'
no_children_left 'the tool is gone'

# Twice: what does not listen is killed.
pty 'expect > 
send stubborn\r
expect shell trap
sleep 500
send \cC
sleep 300
send \cC
expect cancelled
expect > 
send hi\r
expect Re: hi
expect > 
send quit\r' agent-chat
is "$STATUS" 0 'Ctrl-C twice in a tool that ignores it'
no_children_left 'it is gone'
pty 'expect > 
send slow\r
expect quick
send \cC
send \cC
expect cancelled
send hi\r
expect Re: hi
send quit\r' agent-chat
is "$STATUS" 0 'Ctrl-C twice in a stream: the gate comes back with the talk'
is "$(jq -c 'select(.body | type == "object") | .body.messages | map(.role)' \
    "$MODELD_LOG" | tail -n 1)" '["system","user","assistant","user"]' \
    'all of it'

# The terminal goes away.
pty 'expect > 
send slow\r
expect quick
close' agent-chat
is "$STATUS" 129 'HUP in a stream'
is "$(tail -n 1 "$(last_session)" | jq -c '[.type, .exit_code]')" '["result",129]' \
    'has its result'
pty 'expect > 
signal TERM' agent-chat
is "$STATUS" 143 'TERM at the prompt'
modeld_ok
no_children_left
done_testing
