#!/bin/sh
# Hostile output changes nothing on a terminal but letters: every control
# character of C0 (NUL as well) and C1, the clipboard (OSC 52), titles,
# modes, other screens, bidirectional text and a line of a megabyte, in answers,
# reasoning, calls, results, questions, errors, names of models, files and
# sessions.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/screen.sh"
# The stub writes U+FDD0 as \u0000.
all=$(for i in 64976 $(seq 1 8) $(seq 11 31) $(seq 127 159); do printf '\\u%04x' "$i"; done)
bad='\u001b]52;c;aGk=\u0007\u001b]0;owned\u0007\u001bkowned\u001b\\\u001b[?1049h\u001b[?25l\u001b[2J\u001b[3;5r\u001b[4h\u001b[?1000h\u001b[?6h\u001b[?7l\u001b(0\u001bP1$r\u001b\\\u001b_x\u001b\\\u001b#8\u001bc\u009b2J\u009d52;c;aGk=\u009c\u001b]8;;http://x\u0007\u202e\u2066\u2069\u200f\u000e'
nul='a\ufdd0\u001b]52;c;aGk=\u0007\u001b[2Jz'
modeld_start "set strict
set models \"m mod\\u001b[2Jel\"
when last-role=tool text \"Done.\"
when last-contains \"every\" text \"begin $all end\"
when last-contains \"places\" text \"# H $bad\\n\\n**b $bad** \`c $bad\` [l $bad](http://x/$bad)\\n\\n\`\`\`x$bad\\n$bad\\n\`\`\`\\n\\n- $bad\\n> $bad\\n\\n| a$bad | b |\\n|---|---|\\n| $bad | 2 |\\n\\nlast line\\n\" stream piece=5
when last-contains \"think\" reasoning \"hm $bad\" text \"thought\"
when last-contains \"call\" call shell {\"command\":\"printf 'out \\\\033]52;c;aGk=\\\\007\\\\033[?1049h'; : '$bad'\"}
when last-contains \"nulls\" reasoning \"hm $nul\" text \"# $nul\\n\\n- **$nul** \`$nul\`\\n\\n\`\`\`\\n$nul\\n\`\`\`\\n\\n| $nul | b |\\n|---|---|\\n| $nul | 2 |\\n\\nlast null\\n\" stream piece=3
when last-contains \"nularg\" call shell {\"command\":\"echo a\\u0000\\u001b[2Jz\"}
when last-contains \"rawnul\" call shell {\"command\":\"printf 'raw\\\\000\\\\033]52;c;aGk=\\\\007\\\\033[2Jz'\"}
when last-contains \"bearer\" status 400 message=\"no $nul\"
when last-contains \"ask\" call shell {\"command\":\"cat .env $bad\"}
when last-contains \"refuse\" status 400 message=\"no $bad\"
when last-contains \"mega\" text \"$(head -c 1000000 /dev/zero | tr '\0' x) end\"
when last-contains \"wide\" text \"$(head -c 300000 /dev/zero | tr '\0' '|')\\n|-|\\n end\"
default text \"Re: {last}\"" --max-seconds 300
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m PAGER=cat
mkdir work && cd work && echo S=1 >.env && touch "$(printf 'te\033]52;c;aGk=\007as')" || exit 99
# What of the terminal is not a letter, after that turn as before it.
unchanged() { ready; is "$(modes)" "$was" "$1: nothing is changed"; }
# Whatever comes from us, no sequence of theirs is among it: the bytes, too.
log() { $T pipe-pane -o "cat >>'$TRASH/bytes'"; }

screen_start 100 50 'agent-chat -v --check none'
$T select-pane -T mine
was=$(modes)
log
turn every
unchanged 'every control character'
text=$(screen -J | sed -n '/^begin/,/end$/p' | tr -d ' \n')
is "$text" "begin$(for i in $(seq 0 8) $(seq 11 31) $(seq 127 159); do printf '\\x%02x' "$i"; done)end" \
    'each is shown as letters'
turn places; unchanged 'in every place of Markdown'
sees '^last line' 'to the end'
sees 'x1b\]52;c;aGk=.x07' 'the clipboard is letters'
sees '<U\+202E><U\+2066>' 'and so is the direction'
turn think; unchanged 'in reasoning'
sees '^(hm )?.x1b\]52;c;aGk=' 'which is shown'
_grep "$($T capture-pane -pe)" "$(printf '\033')\[2mhm"; _if $? 'dimmed'
turn call; unchanged 'in a call'
sees '▸ shell printf' 'which is shown'
turn /last; unchanged 'in its result'
sees 'out .x1b\]52;c;aGk=.x07.x1b\[\?1049h' 'which is shown'
keys ask Enter; shows 'n no \[n\]'
is "$(modes)" "$was" 'in a question: nothing is changed'
sees '\| cat .env .x1b\]52' 'which is shown'
keys n Enter; ready
turn nulls; unchanged 'NUL in an answer'
sees '^last null' 'to the end'
is "$(screen -J | grep -c 'a.x00.x1b\]52;c;aGk=.x07.x1b\[2Jz')" 6 'which is shown in every place'
turn nularg; unchanged 'in an argument'
turn /last; unchanged 'in its result'
turn rawnul; unchanged 'as a byte that a command wrote'
turn /last; unchanged 'in its result'
sees 'raw.x00.x1b\]52;c;aGk=.x07.x1b\[2Jz' 'which is shown'
turn '!printf "mine\\000\\033[2Jz\\n"'; unchanged 'as one that my own wrote'
sees '^mine.x00.x1b\[2Jz' 'which is shown'
turn bearer; unchanged 'in an error of the server'
sees 'Bad Request: no a +\]52;c;aGk= +\[2Jz' 'which is shown'
turn refuse; unchanged 'in an error of the server'
turn /sessions; unchanged 'in the list of sessions'
keys '/file te' Tab; sleep 0.5; keys C-u
unchanged 'in the name of a file'
$T pipe-pane
is "$(LC_ALL=C grep -aPc '\x1b(\]|P|_|k|c|#|\(0|\[\?(1049|25l|6|7l|1000)|\[3;5r|\[4h)|\x07|\x0e' "$TRASH/bytes")" 0 \
    'and no such sequence was written'
is "$(LC_ALL=C grep -aPc '(?<![\x80-\xbf\xc3-\xf4])[\x80-\x9f]|\xc2[\x80-\x9f]' "$TRASH/bytes")" 0 'none of C1'

# A line of a megabyte, and one that could be a table for ever.
screen_start 80 24 'agent-chat --check none --model "$(printf '"'mod\\033[2Jel\\033]0;t\\007'"')"'
was=$(modes)
turn /model; unchanged 'in the name of a model'
sees '^mod.x1b\[2Jel.x1b\]0;t' 'which is shown'
keys mega Enter; shows 'x end$'
unchanged 'a line of a megabyte'
keys wide Enter; shows '^ ?end$'
unchanged 'a line of bars'
turn hello
sees 'Re: hello' 'and the conversation goes on'
is "$(jq -r 'select(.role == "assistant").content | length' "$(ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | head -n 1)" | head -n 1)" \
    1000004 'all of it is kept'
$T kill-server
no_children_left
done_testing
