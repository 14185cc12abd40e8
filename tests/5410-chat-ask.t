#!/bin/sh
# A person at a terminal is asked: they see what would be done, a diff where a
# file would be written, and the rule that asks; once, always, as a rule of
# their own, with other arguments, and no do what they say.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
when last-contains "twice" call write_file {"path":"notes.txt","content":"one\nzwei\nthree\n"}
when last-contains "later" delay 1500ms call write_file {"path":"notes.txt","content":"x"}
when last-contains "edit" call edit_file {"path":"notes.txt","old_text":"two","new_text":"2\u001b[2J\u202e"}
when last-contains "fresh" call write_file {"path":"new/f","content":"a\n"}
when last-contains "cat" call shell {"command":"cat .env"}
when last-contains "large" call write_file {"path":"notes.txt","content":"'"$(printf 'l%s\\n' $(seq 100))"'"}
when last-role=tool text "Done: {last}"
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
unset VISUAL EDITOR
mkdir work && cd work && echo secret=1 >.env || exit 99
printf '%s\n' 'ask write notes.txt # mine' 'ask write **/f' >"$TRASH/policy"
old() { printf 'one\ntwo\nthree\n' >notes.txt; }
# asked PROMPT SCRIPT: at a terminal; what is typed comes behind the question
asked() {
	old
	"$STUB/pty" "expect n no [n]
$2
expect Re:
expect > 
send \cD" agent-chat -i -q --check none --policy "$TRASH/policy" "$1" </dev/null \
	    >"$OUT" 2>"$ERR"
	STATUS=$?
	shown=$(tr -d '\r' <"$OUT" | sed "s/$(printf '\033')\[?2004[hl]//g")
}
reply() { jq -r "select(.type == \"permission.reply\")$1" "$(ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | head -n 1)"; }

asked twice 'send y\r
send hi\r'
is "$STATUS $(cat notes.txt)" '0 one
zwei
three' 'y: it is done'
like "$shown" '^\? write_file notes.txt' 'the tool and the file'
like "$(printf '%s' "$shown" | tr '\n' '~')" '\| .*@@ -1,3 \+1,3 @@[^~]*~  \|  one~  \| [^~]*-two[^~]*~  \| [^~]*\+zwei[^~]*~  \|  three~' 'a diff of it'
like "$shown" 'why: mine' 'why'
like "$shown" 'rule: ask +write +notes.txt \(.*policy:1\)' 'the rule that asks'
is "$(reply .decision)" allow 'the answer is in the session'
asked twice 'send n rather not\r
send hi\r'
is "$(sed -n 2p notes.txt)" two 'n: nothing is done'
like "$shown" 'Done: .*REFUSED_BY_USER' 'the model is told'
like "$shown" 'rather not' 'with the reason'
asked twice 'send \r
send hi\r'
is "$(sed -n 2p notes.txt) $(reply .decision)" 'two deny' 'nothing is no'
asked twice 'send maybe\r
expect y, a, s, e, v or n
send y\r
send hi\r'
is "$(sed -n 2p notes.txt)" zwei 'what is no answer is asked again'
asked twice 'send a\r
expect Done
send twice\r
expect Done
send hi\r'
is "$STATUS $(reply .decision | wc -l)" '0 1' 'a: the same call is not asked about again'
like "$(reply .rule)" 'allow exact write_file' 'its rule is told'
asked twice 'send e\r
expect now:
send {"path":"notes.txt","content":5}\r
expect do not fit
expect n no [n]
send e\r
expect now:
send {"path":"notes.txt","content":"mine"}\r
send hi\r'
is "$(cat notes.txt)" mine 'e: other arguments, once they fit'
asked cat 'send e\r
expect the command:
send echo other\r
send hi\r'
like "$shown" 'Done: .*other' 'e of a command: it is typed as it is'
like "$shown" '^  \| cat \.env' 'the command was shown'
printf '#!/bin/sh\n[ -t 0 ] && [ -t 1 ] && sed -i "s/three/drei/" "$1"\n' >"$TRASH/ed" && chmod +x "$TRASH/ed"
EDITOR=$TRASH/ed asked twice 'send e\r
expect Done
send hi\r'
is "$(cat notes.txt)" 'one
zwei
drei' 'e with an editor: the text of the file, on the terminal'
EDITOR="sed -i s/two/deux/" asked edit 'send e\r
expect Done
send hi\r'
is "$STATUS $(reply .arguments.old_text)" '0 deux' 'other arguments as JSON'
EDITOR="sed -i s/cat/echo/" asked cat 'send e\r
expect Done
send hi\r'
is "$STATUS $(reply .arguments.command)" '0 echo .env' 'a command as it is'
EDITOR=true asked twice 'send e\r
expect nothing was changed
expect n no [n]
send n\r
send hi\r'
is "$STATUS $(sed -n 2p notes.txt)" '0 two' 'nothing changed: asked again'
EDITOR=false asked twice 'send e\r
expect the editor failed
expect now:
send \r
send hi\r'
is "$STATUS $(sed -n 2p notes.txt)" '0 two' 'an editor that fails: they are typed'
EDITOR="sed -i d" asked edit 'send e\r
expect that is no JSON object
expect n no [n]
send n\r
send hi\r'
is "$STATUS $(sed -n 2p notes.txt)" '0 two' 'what is left is none'
asked twice 'send y\r
expect Done
send twice\r
expect just this content already
send n\r
send hi\r'
is "$STATUS" 0 'a write that changes nothing says so'
asked edit 'send y\r
send hi\r'
like "$shown" '\+2.x1b\[2J<U\+202E>' 'what deceives the eye is shown, in a diff, too'
unlike "$shown" "$(printf '\033')\[2J" 'as letters'
asked fresh 'send y\r
send hi\r'
is "$(cat new/f)" a 'a new file in a new folder'
like "$(printf '%s' "$shown" | tr '\n' '~')" '@@ -0,0 \+1,1 @@.*~  \| .*\+a' 'is all new'
asked large 'send v\r
expect l100
expect n no [n]
send n\r
send hi\r'
is "$STATUS $(printf %s "$shown" | grep -c 'v all of it')" '0 1' 'v: all of it'
asked cat 'send s\r
expect secret=1
send hi\r'
is "$(reply .scope)" user 's: a rule of the user'
like "$(cat "$HOME/.config/agent/policy")" 'allow exact shell' 'is kept'
unlike "$(NO_COLOR=1; export NO_COLOR; asked twice 'send n\r
send hi\r'; printf %s "$shown")" "$(printf '\033')\[3" 'no colour where none is wanted'
# The terminal goes, and we were told not to mind: nobody is waited for.
old
"$STUB/pty" -o answer 'expect waiting for the model
close' sh -c 'trap "" HUP; exec agent-chat -n --check none --policy "$1" later' - "$TRASH/policy" >"$OUT" 2>"$ERR"
is "$? $(sed -n 2p notes.txt)" '77 two' 'without the terminal nothing is allowed, and nothing waits'
like "$(cat answer)" 'the terminal is gone' 'the model is told'
modeld_ok
no_children_left
done_testing
