#!/bin/sh
# agent-chat at a terminal, seen through a model of a screen: what is drawn,
# pasted, completed, interrupted and resized.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/screen.sh"
modeld_start 'set strict
when last-contains "page" text "# Title\n\nSome **bold**, `code` and a line that is too long for the screen.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 漢字 |\n\n```c\nint x;\n```\n" stream piece=3
when last-contains "evil" text "a\u001b[2Jb\u001b]52;c;aGk=\u0007c\u202ed\u009b2Je" stream piece=2
when last-contains "ponder" reasoning "The user wants me to think of tea, which takes some time and more columns than there are here.\n  - indented, and long enough that it has to be wrapped as well" text "Tea." stream piece=3
when last-contains "slow" tokens 400 stream piece=1 pace=50ms
when last-contains "stuck" delay 60s text "never"
when last-contains "flaky" status 429 retry-after=2
when last-contains "ask me" call read_file {"path":".env"}
when last-contains "work" call shell {"command":"echo begun; sleep 300"}
when last-role=tool text "Stopped it."
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work && cd work && echo oolong >teas && mkdir dir && echo A=1 >.env || exit 99

start() { screen_start 50 16 "agent-chat $*"; }

start -q
keys page Enter
sees '^int x;' 'a page of Markdown comes in'
shows '^>$'
is "$(screen)" '> page
Title

Some bold, code and a line that is too long for
the screen.

• one
• two

a │ b
──┼─────
1 │ 漢字

int x;
>' 'and is laid out'
$T capture-pane -pe >styles
_grep "$(cat styles)" "$(printf '\033')\[1mbold"; _if $? 'in bold' "$(cat styles)"

keys C-l evil Enter
sees 'c<U\+202E>d' 'what is hostile is shown'
is "$(screen | grep -c 'a.x1b\[2Jb.x1b\]52;c;aGk=.x07c')" 1 'as letters'

start -q
printf 'line %s\n' $(seq 200) >"$TRASH/paste"
$T load-buffer "$TRASH/paste"
$T paste-buffer -p
sees 'paste 1: 200 lines' 'a paste of 200 lines is one thing'
keys Enter
sees '^line 200$' 'and is sent whole'
is "$(jq -r 'select(.type == "message" and .role == "user").content' \
    "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl |
    grep -c '^line [0-9]*$')" 200 'with all its lines'
keys '/mo' Tab
sees '^> /model$' 'a command is completed'
keys C-u '/rev' Tab
sees '^> /review$' 'and a prompt file'
keys C-u 'look at t' Tab
sees '^> look at teas$' 'and a file'
echo x >'b$(touch pwned) '"'"'q.txt'
keys C-u '!echo b' Tab
shows 'q.txt *$'
keys Enter
sees '^b.\(touch pwned\) .q.txt$' 'a name is completed for the shell as a name'
ready
keys "!echo 'b" Tab
shows 'q.txt. *$'
keys Enter
sees '^b.\(touch pwned\) .q.txt$' 'and within quotation marks'
is "$(ls pwned 2>&1 | grep -c '^pwned')" 0 'nothing in it is run'
ready
keys C-u Up Up Up Up
sees 'evil$' 'what was typed in another session comes back'
keys C-u 'one \' Enter 'two' Enter
sees '^Re: one' 'a backslash goes on in the next line'

start -v
keys ponder Enter
shows '^Tea.$'
is "$(screen | sed -n '/^> ponder/,/^Tea/p')" '> ponder
The user wants me to think of tea, which takes
some time and more columns than there are here.
  - indented, and long enough that it has to be
  wrapped as well
Tea.' 'reasoning is wrapped between words'
like "$($T capture-pane -pe)" "$(printf '\033')\[2mThe user" 'and dim'

keys '"""' Enter 'a block' Enter 'of lines"""' Enter
sees '^of lines$' 'a text of several lines'
ready
keys Up
sees '^> """a block|^> """$' 'comes back whole'
keys C-u

start
keys stuck Enter
sees 'waiting for the model, [0-9]+s' 'a long wait is told'
keys C-c
sees '^>$' 'Ctrl-C before the first byte'
is "$(screen | grep -c waiting)" 0 'leaves nothing of it'
keys flaky Enter
sees 'next try in [0-9]+s, waited [0-9]+s' 'how long until it is tried again'
for _ in $(seq 400); do
	[ "$(screen | grep -c 'trying again')" -lt 2 ] || break
	sleep 0.05
done
keys C-c
shows '^>$'
is "$(screen | grep -c 'trying again') $(screen | grep -c 'wait.*agent-chat')" '2 0' \
    'a note does not run into the line that waits'
keys slow Enter
sees 'quick brown' 'a slow answer'
$T resize-window -x 30 -y 12
sleep 0.3
keys C-c
sees '^>$' 'Ctrl-C amid an answer, on a smaller screen'
$T resize-window -x 60 -y 12
keys work Enter
sees 'shell echo begun' 'a call'
sees '… [0-9]+s' 'tells how long it runs'
keys C-c
sees '^>$' 'Ctrl-C amid a call'
keys hello Enter
sees 'Re: hello' 'and the conversation goes on'
keys C-d
sees 'left 0' 'Ctrl-D leaves'
is "$(find "$HOME/.local/state/agent/history" -perm 600 | wc -l)" 1 \
    'what was typed is for nobody else'

# Much that was pasted is no reason to forget all.
long=$(yes word | head -n 2000 | tr '\n' ' ')
for i in $(seq 250); do echo "$i $long"; done >"$HOME/.local/state/agent/history"
echo 'the last one' >>"$HOME/.local/state/agent/history"
screen_start 60 12 'agent-chat -q'
keys C-p
sees '^> the last one$' 'the history has the newest, however much there is'
is "$(($(wc -c <"$HOME/.local/state/agent/history") < 1200000)) $(head -c 4 "$HOME/.local/state/agent/history")" \
    '1 147 ' 'and what is too old is cut off, by whole lines'
keys C-u C-d

# Stopped, and gone on with: the shell has had the terminal meanwhile.
if command -v bash >"$OUT"; then
	screen_start 50 16 "PS1='>$ ' bash --norc --noprofile -i"
	keys 'agent-chat -q' Enter
	ready
	keys C-z
	sees 'Stopped' 'Ctrl-Z at the prompt'
	keys fg Enter
	ready
	$T load-buffer "$TRASH/paste"
	$T paste-buffer -p
	sees '^> .paste 1: 200 lines.$' 'and fg: a paste is one thing, as before'
	keys C-u
	keys slow Enter
	shows 'quick brown'
	keys C-z
	shows '^>\$$'
	keys clear Enter fg Enter
	sees 'quick brown|lazy dog' 'amid an answer: it goes on'
	keys C-c
	ready
	keys 'ask me' Enter
	shows 'other arguments, n no'
	keys C-z
	shows '^>\$$'
	keys clear Enter fg Enter
	sees 'other arguments, n no' 'at a question: it is put again'
	keys y Enter
	sees '^Stopped it' 'and answered'
	ready
	turn hello
	sees '^Re: hello' 'and so does the conversation'
	keys C-d
else
	skip 'no bash here' 'stopped and gone on with'
fi
$T kill-server
no_children_left
done_testing
