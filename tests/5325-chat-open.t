#!/bin/sh
# Commands that open something: a call with its result, through the user's
# pager where it is long; files; an editor; skills; another session, by its
# name too; blocks of several lines.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set parts
set models "m other-model"
when last-contains "work" call shell {"command":"echo out; echo \"\u001b[2J\"; exit 3"} call write_file {"path":"made","content":"l1\nl2\n"}
when last-role=tool text "Worked."
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m PAGER=cat
mkdir place && cd place || exit 99
git init -q . 2>"$ERR"
printf '\211PNG\r\n\032\n1234' >a.png
echo oolong >teas
say() { printf '%s\n' "$@" | agent-chat -i --check none --brief none >"$OUT" 2>"$ERR"; STATUS=$?; }
sent() { jq -c 'select(.body | type == "object") | .body.messages[-1].content' "$MODELD_LOG" | tail -n 1; }

say work /last '/last 2' '/last 3' '/last x'
is "$STATUS" 0 '/last'
like "$(cat "$OUT")" '^write_file
  path: made
  content:
l1
l2
-- completed, [0-9.]+s
Created made' 'the last call, with its arguments and its result'
like "$(cat "$OUT")" '^shell
  command: echo out' 'the one before'
like "$(cat "$OUT")" 'x1b\[2J' 'escaped'
like "$(cat "$ERR")" 'were not so many calls' 'none before that'
like "$(cat "$ERR")" 'not a number' 'no number'
say /last
like "$(cat "$ERR")" 'there was no call' 'nothing to show'
ok 'long results' agent-chat -n --brief none --check none work
_run "$STUB/pty" 'expect > 
send /help\r
expect PAGED
expect > 
send \cD' env PAGER='sed s/^/PAGED/' agent-chat -q
is "$STATUS" 0 'what is longer than the screen goes through the pager'
_run "$STUB/pty" 'expect > 
send /help\r
expect /quit
expect > 
send \cD' env PAGER=no-such-pager agent-chat -q
is "$STATUS" 0 'or comes without, when there is none'

say '/file teas' 'What is it?' 'And now?'
like "$(cat "$OUT")" '^Re: What is it\?' '/file'
is "$(jq -r 'select(.body | type == "object") | .body.messages[] | select(.role == "user") | .content' "$MODELD_LOG" | grep -c oolong)" 2 \
    'goes with the next prompt, once'
say '/file a.png' 'And this?'
is "$(sent | jq -r '.[1].type')" image_url 'a picture, too'
say '/file a.png' 'And this?' /retry
is "$(sent | jq -r '.[1].type')" image_url 'and is there when it is asked again'
status_is 2 agent-chat --coprocess -a teas
say '/file nothing' /file 'And this?'
like "$(cat "$ERR")" 'nothing: No such file' 'one that is not there'
is "$(sent)" '"And this?"' 'is not sent'

printf '#!/bin/sh\ncat "$1" >was; printf "edited\\n\\ntwice\\n\\n" >"$1"\n' >editor && chmod +x editor
VISUAL="$PWD/editor" say '/edit begin'
is "$(sent)" '"edited\n\ntwice"' '/edit'
is "$(cat was)" begin 'begins with the words'
VISUAL=false say /edit
like "$(cat "$ERR")" 'set VISUAL or EDITOR' 'an editor that fails'

say '"""one' '  two' '' 'three"""' after
like "$(cat "$OUT")" 'Re: after' 'a block of lines'
is "$(jq -r 'select(.body | type == "object") | .body.messages[] | select(.role == "user") | .content' "$MODELD_LOG" |
    tail -n 5)" 'one
  two

three
after' 'is one prompt'

mkdir -p ~/.agents/skills/tea
printf -- '---\nname: tea\ndescription: about tea\n---\nBoil it.\n' >~/.agents/skills/tea/SKILL.md
say '/skill tea for two'
like "$(sent)" 'Boil it.*for two' '/skill'
say '/skill coffee'
like "$(cat "$ERR")" "no skill 'coffee'" 'that there is not'

# Sessions by name.
say one '/name my talk' '/name first-talk'
say '/resume first-talk' two /session
like "$(cat "$ERR")" 'this is that session now' '/resume NAME'
is "$(jq -c 'select(.body | type == "object") | .body.messages | map(.content) | .[1:]' "$MODELD_LOG" | tail -n 1)" \
    '["one","Re: one","two"]' 'the talk goes on'
f=$(ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | head -n 1)
is "$(jq -r 'select(.type == "turn.start").turn' "$f" | tr '\n' ' ')" '1 2 ' 'in its file'
ok '--resume NAME' agent-chat -n --resume first-talk three
is "$(jq -r 'select(.type == "turn.start").turn' "$f" | tr '\n' ' ')" '1 2 3 ' 'from the shell'
status_is 66 agent-chat -n --resume no-such-talk three
say '/resume no-such-talk' /resume one
like "$(cat "$ERR")" "no session 'no-such-talk'" 'one that there is not'
like "$(cat "$OUT")" 'Re: one' 'changes nothing'
say one '/name twin'
say one '/name twin'
status_is 2 agent-chat -n --resume twin three
like "$(cat "$ERR")" "2 sessions have the name 'twin'" 'two of a name'
say one /fork two
for f in "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl; do
	[ "$(tail -n 1 "$f" | jq -r .type)" = result ] || echo "$f"
done >"$TRASH/open"
is "$(cat "$TRASH/open")" '' 'every session that was left ends with its result'

# Completion.
_run "$STUB/pty" 'expect > 
send /model oth\t
expect other-model
send \r
expect another model
send /resume first\t
expect first-talk
send \r
expect that session
send /skill t\t
expect tea
send \cC
expect > 
send \cD' agent-chat --url "$URL"
is "$STATUS" 0 'Tab completes models, sessions and skills'
modeld_ok
no_children_left
done_testing
