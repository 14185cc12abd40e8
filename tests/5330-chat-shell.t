#!/bin/sh
# Commands for the user's own shell: what "!" runs goes with the next prompt,
# shown safely, bounded and with its status; what "!!" runs does not; neither
# takes the prompts that follow, or outlives a Ctrl-C.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set models "m"
default text "Re: {last}" usage in=12 out=3'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m SHELL=/bin/sh
mkdir work && cd work && echo oolong >teas || exit 99
say() { printf '%s\n' "$@" | agent-chat -i >"$OUT" 2>"$ERR"; STATUS=$?; }
sent() { jq -rs "map(select(.body | type == \"object\").body.messages) | $1" "$MODELD_LOG"; }
last() { sent 'last | last.content'; }

# ---- what the model sees ----
want='what is that?

<output command="cat teas; echo oops >&2; exit 4" status="4">
oolong
oops
</output>'
for how in '!' '/run '; do
	say "${how}cat teas; echo oops >&2; exit 4" 'what is that?' 'and now?'
	is "$(sent '.[-2:][] | last.content')" "$want
and now?" "$how: the next prompt has what it wrote, and that one alone"
	like "$(cat "$OUT")" '^oolong' "$how: it is shown"
	like "$(cat "$ERR")" 'ended with status 4' "$how: its status"
	like "$(cat "$ERR")" '12B of output go with the next prompt; /drop' "$how: how much, and the way out"
done
: >"$MODELD_LOG"
say '!!cat teas' '!!exit 3' one
like "$(cat "$OUT")" '^oolong' '!! shows as well'
like "$(cat "$ERR")" 'status 3' 'and says the status'
unlike "$(cat "$ERR")" 'next prompt' 'no word of the next prompt'
unlike "$(cat "$MODELD_LOG")" oolong 'the model does not see it'
say '!echo a' '!!echo b' '!true' '!false' '/file teas' '!echo c' all
is "$(last)" 'all

<output command="echo a" status="0">
a
</output>

<output command="true" status="0">
(no output)
</output>

<output command="false" status="1">
(no output)
</output>

<file name="'"$PWD"'/teas">
oolong
</file>

<output command="echo c" status="0">
c
</output>' 'several, in their order'
is "$(grep -c 'wrote nothing goes' "$ERR")" 2 'nothing is said to be nothing'
say /drop '!echo a' '/file teas' /drop one
is "$(last)" one '/drop leaves out all of it'
like "$(cat "$ERR")" '/drop: nothing waits' 'which there has to be'
say '!' '!!' '! echo c' '!! echo d' x
is "$(grep -c '^Re: !' "$OUT")" 2 'without a command they are prompts'
like "$(last)" 'command=" echo c"' 'a blank before the command'
status_is 0 agent-chat -n '!echo a'
is "$(cat "$OUT")" 'Re: !echo a' 'on a command line it is a prompt'
is "$(echo '!echo a' | agent-chat)" 'Re: !echo a' 'and so is a whole standard input'

# ---- long, and not text ----
mkdir -p ~/.config/agent; echo '{"window":200000}' >~/.config/agent/config.json
say '!seq 1500000' x
rm ~/.config/agent/config.json
last >long
is "$(tail -n 2 long | tr '\n' ' ')" '1500000 </output> ' 'a long one has its end'
is "$(sed -n 4p long)" 1 'and its beginning'
like "$(cat long)" '^\[\.\.\. [0-9]+ bytes left out \.\.\.\]$' 'and says what is missing'
is "$(($(wc -c <long) > 65000 && $(wc -c <long) < 67000))" 1 '64 KiB of it'
like "$(cat "$ERR")" '65\.5kB of 10\.[0-9]MB of output go' 'which is said'
say '!yes | head -n 100000' x
is "$(sent 'last | last.content | length < 8000')" true 'in a small window less'
say '!printf "a\303"; sleep 0.1; printf "\251 \377 \033[31m \000 \342\200\256\n"' x
like "$(cat "$OUT")" 'aé .xff .x1b\[31m .x00 <U\+202E>$' 'shown: whole characters, and nothing but letters'
is "$(sent 'last | last.content | contains("aé \ufffd \u001b[31m ")')" true 'sent: repaired'
modeld_ok

# ---- what else it could take ----
say '!cat' '!!cat' one
like "$(cat "$OUT")" '^Re: one' 'it does not eat the prompts of a pipe'
say '!sleep 300 & echo $! >../pid; echo on it' one
like "$(last)" '^on it' 'what goes on behind it is not waited for'
ok 'nor ended' kill "$(cat ../pid)"
printf '%s\n' '!echo a' '!!echo b' /plan x | agent-chat -i --format events >"$OUT" 2>"$ERR"
is "$(jq -rs 'last.exit_code' "$OUT")" 0 'a stream has events alone'
is "$(grep -cx '[ab]' "$ERR")" 2 'and what they write is on stderr'
SHELL=/nowhere/sh say '!echo a' '!!echo b' one
is "$(grep -c 'start /nowhere/sh' "$ERR")" 2 'a shell that is not there'
is "$(last)" one 'sends nothing'
_run "$STUB/pty" 'expect > 
send !echo $((40 + 2)); exec sleep 300\r
expect 42
send \cC
expect status 130
expect > 
send !trap "" INT; echo $((50 + 2)); sleep 300 & wait; wait; wait\r
expect 52
send \cC
sleep 100
send \cC
sleep 100
send \cC
expect status 137
expect > 
send x\r
expect Re: x
expect > 
send \cD' agent-chat
is "$STATUS" 0 'Ctrl-C ends a command, twice a deaf one, and never the talk'
is "$(last | grep -c '^<output')" 2 'and the model hears of both'
for how in '!' '!!'; do
	_run "$STUB/pty" "expect > 
send ${how}echo \$((40 + 2)); exec sleep 300\\r
expect 42
signal TERM" agent-chat
	is "$STATUS" 143 "$how: a signal that ends the talk ends it"
done
# What the deaf one was waiting for is all that is left.
for p in $(procs_tagged); do
	[ "$(cat "/proc/$p/comm")" != sleep ] || kill "$p"
done 2>"$ERR"
no_children_left
done_testing
