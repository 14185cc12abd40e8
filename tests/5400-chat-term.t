#!/bin/sh
# agent-chat at a terminal, seen through a model of a screen: what is drawn,
# pasted, completed, interrupted and resized.
. "$(dirname "$0")/lib.sh"
command -v tmux >"$OUT" || { echo 'SKIPPED: no tmux here' >&2; skip_all 'no tmux'; }
modeld_start 'set strict
when last-contains "page" text "# Title\n\nSome **bold**, `code` and a line that is too long for the screen.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 漢字 |\n\n```c\nint x;\n```\n" stream piece=3
when last-contains "evil" text "a\u001b[2Jb\u001b]52;c;aGk=\u0007c\u202ed\u009b2Je" stream piece=2
when last-contains "slow" tokens 400 stream piece=1 pace=50ms
when last-contains "stuck" delay 60s text "never"
when last-contains "work" call shell {"command":"echo begun; sleep 300"}
when last-role=tool text "Stopped it."
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work && cd work && echo oolong >teas && mkdir dir || exit 99

T=: screens=0
echo 'set -g default-terminal screen-256color' >"$TRASH/tmux.conf"
start() {	# start [OPTION...]: agent-chat on a screen of 50 by 16
	$T kill-server 2>"$ERR"
	screens=$((screens + 1))
	T="tmux -L $TEST_MARK.$screens -f $TRASH/tmux.conf"
	$T new-session -d -x 50 -y 16 "agent-chat $*; echo left \$?; sleep 60"
	shows '^>'
}
keys() { $T send-keys "$@"; }
screen() { $T capture-pane -p 2>&1 | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }
shows() {	# shows ERE: wait until the screen does
	for _ in $(seq 400); do
		! screen | grep -Eq -e "$1" || return 0
		sleep 0.05
	done
	return 1
}
sees() { shows "$1"; _if $? "$2" "$(screen)"; }

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
keys C-u 'look at t' Tab
sees '^> look at teas$' 'and a file'
keys C-u Up Up
sees 'evil$' 'what was typed in another session comes back'
keys C-u 'one \' Enter 'two' Enter
sees '^Re: one' 'a backslash goes on in the next line'

start
keys stuck Enter
sees 'waiting for the model, [0-9]+s' 'a long wait is told'
keys C-c
sees '^>$' 'Ctrl-C before the first byte'
is "$(screen | grep -c waiting)" 0 'leaves nothing of it'
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
$T kill-server
no_children_left
done_testing
