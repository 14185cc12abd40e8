#!/bin/sh
# What a person sees, as golden screens: the main job's whole conversation, a
# narrow terminal with code, tables and wide characters, a terminal that can
# do nothing, a question with a diff, and every way to stop.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/screen.sh"
modeld_start 'set strict
when last-contains "code" text "Use this:\n\n```python\ndef fib(n: int) -> int:\n    \"\"\"A line of code that is longer than forty columns.\"\"\"\n    return n\n```\n\n1. First, a *step* that has to be wrapped, with `code`\n   - nested **bold**\n\n> A quote that is long enough to be wrapped on a narrow terminal.\n\n---\n\n### Done\n" stream piece=3
when last-contains "table" text "| Name | Purpose | Lines |\n|:-----|---------|------:|\n| `main.c` | the entry point, options and nothing else | 548 |\n| 漢字.c | wide **characters** | 12 |\n" stream piece=4
when last-contains "wide" text "日本語のテキストは幅が二倍です。とても長い行なので、四十桁の端末では折り返されるはずです。Mixed 한국어 and English with é ñ.\n" stream piece=2
when last-contains "write" call write_file {"path":"notes.txt","content":"one\nzwei\nthree\n"}
when last-contains "stuck" delay 60s text "never"
when last-contains "slow" tokens 400 stream piece=1 pace=50ms
when last-contains "work" call shell {"command":"echo begun; sleep 300"}
when last-contains "stubborn" call shell {"command":"trap : TERM INT; sleep 99; sleep 99"}
when last-contains "flow" text "'"$(for i in $(seq 300); do printf 'w%s ' "$i"; done)"'" stream piece=3 pace=4ms
when last-role=tool text "That is done."
default text "Re: {last}"' --max-seconds 300
mkdir work && cd work && printf 'A timer for tea.\n' >README && printf 'green 2m\nblack 4m\n' >teas.txt || exit 99
chat='agent-chat --check none'

# The main job, with the model that needs no server.
screen_start 64 40 "$chat --offline"
for p in hi 'What files are in the current directory?' 'Read the README file' 'Write "oolong 3m" to more.txt' 'Run `wc -l teas.txt`'; do
	turn "$p"
done
keys quit Enter
sees 'left 0' 'the main job, to its end'
golden job 'its whole conversation'

export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
screen_start 40 50 "$chat"
turn code; turn table; turn wide
golden narrow 'forty columns: code, lists, tables, wide characters'
screen_start 40 50 "TERM=dumb $chat -q"
turn code; turn table
golden dumb 'a terminal that can do nothing shows it as it is written'
screen_start 60 30 "NO_COLOR=1 $chat"
turn code
is "$($T capture-pane -pe | grep -c "$(printf '\033')")" 0 'NO_COLOR: no style at all'

# A question, and what comes of it.
printf 'one\ntwo\nthree\n' >notes.txt
echo 'ask write notes.txt # mine' >rules
screen_start 64 30 "$chat --policy rules"
keys write Enter
shows 'n no \[n\]'
keys y Enter
sees 'That is done' 'yes'
ready
golden ask 'a question with its diff, the answer, the result'

# Every way to stop.
screen_start 64 40 "$chat"
keys stuck Enter
shows 'waiting for the model'
keys C-c
ready
turn 'and now'
keys work Enter
shows 'begun.*… [0-9]'
keys C-c
ready
turn 'go on'
golden stops 'before the first byte and in a tool'
keys stubborn Enter
shows 'trap.*… [0-9]'
keys C-c C-c
ready
turn 'still here'
sees 'Re: still here' 'twice in one that does not listen'
keys slow Enter
shows 'quick brown'
keys C-c
ready; _if $? 'amid a stream'
keys slow Enter
shows 'jumps'
keys C-c C-c
ready; _if $? 'twice amid a stream'
turn 'yet here'
sees 'Re: yet here' 'and on it goes'

# Resized again and again while it streams, no word is lost or broken.
screen_start 70 40 "$chat"
keys flow Enter
shows 'w30'
for size in '30 20' '50 40' '22 30' '64 30'; do
	# shellcheck disable=SC2086
	$T resize-window -x ${size% *} -y ${size#* }
	sleep 0.25
done
ready
is "$($T capture-pane -pJ -S - | grep -Eo '^.*w[0-9].*' | grep -Eo 'w[0-9]+' | tr '\n' ' ')" \
    "$(for i in $(seq 300); do printf 'w%s ' "$i"; done)" 'every word is there, in order, whole'
turn 'after it'
sees 'Re: after it' 'and the prompt is where it belongs'
$T kill-server
no_children_left
done_testing
