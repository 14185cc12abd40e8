#!/bin/sh
# AGENTS.md and its kin: from the user and from the root of the repository down
# to the workspace, 32 kB in all, less in a small window; what does not fit is cut at the end of a line,
# and the user and the model are told.
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m AGENT_MAX_TOKENS=1000
mkdir -p ~/.config/agent && echo '{"window":200000}' >~/.config/agent/config.json
mkdir -p work/sub/deep && cd work && git init -q . 2>"$ERR" || exit 99
system() { jq -rs 'last.body.messages[0].content' "$MODELD_LOG"; }
ask() { agent-chat -n --format events hi >"$OUT" 2>"$ERR" && system >sent; }
blocks() { grep -o '<instructions file="[^"]*' sent | sed 's,.*/work/,,' | tr '\n' ' '; }

seq -f 'rule %06.0f' 20000 >AGENTS.md
ok 'one of 240 kB' ask
is "$(grep -c '^rule' sent)" 2730 'as many lines of it as 32 kB have'
is "$(grep '^rule' sent | tail -n 1)" 'rule 002730' 'from its beginning, and whole ones'
like "$(grep -A 2 '^rule 002730' sent)" '^\[cut to the first 32760 of 240000 bytes\]$' 'the model is told'
like "$(tail -n 1 sent)" '</instructions>' 'and where it ends'
like "$(cat "$ERR")" 'warning: .*/work/AGENTS\.md: cut to the first 32760 of 240000 bytes, the end of the 32 kB that instructions have in all$' 'and so is the user'
is "$(grep -c warning "$ERR")" 1 'once'
is "$(jq -r 'select(.type == "session").instructions[0].sha256' "$OUT")" \
    "$(sha256sum <AGENTS.md | cut -d ' ' -f 1)" 'the hash is that of the file'
echo 'Deeper.' >sub/AGENTS.md; echo 'Deepest.' >sub/deep/CLAUDE.md
cd sub/deep && ok 'those further down' ask && mv sent ../.. && cd ../.. || exit 99
is "$(blocks)" 'AGENTS.md ' 'have no room'
is "$(grep -c 'left out: those before it fill the 32 kB that' "$ERR")" 2 'which is said of each'
is "$(agent-chat -n -q -w sub/deep hi 2>&1)" 'Re: hi' 'not with -q'
mv ~/.config/agent/config.json ../config
seq -f 'rule %06.0f' 20000 >AGENTS.md
agent-chat -n hi >"$OUT" 2>"$ERR"
is "$?$(cat "$OUT")" '0Re: hi' 'in a small window there is room for a talk'
system >sent
is "$(grep '^rule' sent | tail -n 1)" 'rule 000682' 'and for as many bytes of them as it has tokens'
like "$(cat "$ERR")" 'cut to the first 8184 of 240000 bytes, the end of the 8 kB that instructions have in all in so small a window$' 'which is said'
mv ../config ~/.config/agent/config.json
seq -f 'rule %06.0f' 2000 >AGENTS.md; seq -f 'more %06.0f' 2000 >sub/AGENTS.md
agent-chat -n -w sub hi >"$OUT" 2>"$ERR"; system >sent
is "$(grep -c '^rule' sent) $(grep -c '^more' sent)" '2000 730' 'the second is the one that is cut'
printf '%s' "$(seq -s ä 1 12000)" >AGENTS.md
ok 'one without any line' ask
is "$(grep -c '^\[cut to the first 327[56][0-9] of' sent)" 1 'is cut all the same'
is "$(jq -n --rawfile t sent '$t | contains("\ufffd")')" false 'within no character'
is "$(agent-chat -n --skip-done -o out hi 2>&1 | grep -c 'cut to')" 1 'and said once with --skip-done'
truncate -s 17M AGENTS.md
ok 'one that nobody would read' ask
like "$(cat "$ERR")" 'left out: .*/AGENTS\.md: larger than 16777216 bytes' 'is left out, and that is said'
is "$(blocks)" '' 'and nothing told'
: >AGENTS.md
ok 'an empty one' ask
is "$(blocks)$(cat "$ERR")" 'AGENTS.md ' 'is one'

# The order, and which of a folder's.
echo 'Of the user.' >~/.config/agent/AGENTS.md
echo 'Root.' >AGENTS.md; echo 'Over.' >sub/AGENTS.override.md
agent-chat -n -w sub/deep hi >"$OUT" 2>"$ERR"; system >sent
is "$(grep -x 'Of the user\.\|Root\.\|Over\.\|Deepest\.' sent | tr '\n' ' ')" 'Of the user. Root. Over. Deepest. ' \
    'the user, then from the root down, one of each folder'
is "$(grep -c '^more' sent)" 0 'an override takes the place of the other'
echo 'House.' >sub/HOUSE.md
AGENT_INSTRUCTIONS='HOUSE.md, AGENTS.md' agent-chat -n -w sub/deep hi >"$OUT" 2>"$ERR"; system >sent
is "$(grep -x 'Root\.\|Over\.\|House\.\|Deepest\.' sent | tr '\n' ' ')" 'Root. House. ' 'under other names'
for bad in ../x.md x.txt .md sub/AGENTS.md; do
	AGENT_INSTRUCTIONS=$bad status_is 78 agent-chat -n hi
	like "$(cat "$ERR")" '^agent-chat: instructions: .* is no name of a file NAME\.md' "but not $bad"
done
modeld_ok
done_testing
