#!/bin/sh
# Output that cannot be written, state that cannot be kept.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
when last-role=tool text "done"
when last-contains "much" huge 400000
when last-contains "slow" tokens 400 stream piece=1 pace=20ms
when last-contains "call" call list_files {"path":"."}
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir work && cd work || exit 99
state=$HOME/.local/state
session() { ls -t "$state"/agent/projects/work-*/sessions/*.jsonl | head -n 1; }
result() { tail -n 1 "$(session)" | jq -c '[.type, .exit_code]'; }
try() { _run timeout -k 1 30 sh -c "$1"; }
one_line() { is "$STATUS $(wc -l <"$ERR")" "$1 1" "$2" || diag "$(cat "$ERR")"; }

# row 7
for f in text json events; do
	try "agent-chat -n --format $f hi >&-"; one_line 74 "closed stdout, $f"
	is "$(result)" '["result",74]' 'so in the session'
	try "agent-chat -n --format $f hi >/dev/full"; one_line 74 "full, $f"
	is "$(result)" '["result",74]' 'so in the session'
done
try 'agent-chat --help >/dev/full'; one_line 74 '--help, full'
try 'agent-chat sessions >/dev/full'; one_line 74 'sessions, full'
echo '{"role":"user","content":"hi"}' >line
echo '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}}' >rpc
for out in '&-' /dev/full; do
	try "agent-chat --coprocess --no-session >$out <line"; one_line 74 "a coprocess, $out"
	try "agent-chat --acp >$out <rpc"; one_line 74 "an editor, $out"
done
try 'agent-chat -n hi 2>&-'; is "$STATUS $(cat "$OUT")" '0 Re: hi' 'closed stderr'
try 'agent-chat -n hi 2>/dev/full'; is "$STATUS" 0 'full stderr'

# A reader that leaves.
try '{ agent-chat -n slow; echo $? >st; } | head -c 10 >/dev/null'
is "$(cat st) $(cat "$ERR")" '141 ' 'the reader leaves in a stream: quiet 141'
is "$(result)" '["result",141]' 'so in the session'
try '{ agent-chat -n --format events much; echo $? >st; } | head -n 1 >/dev/null'
is "$(cat st) $(cat "$ERR")" '141 ' '| head -1: quiet 141'
try '{ sleep 1; agent-chat -n hi; echo $? >st; } | true'
is "$(cat st) $(cat "$ERR")" '141 ' 'the reader is gone at once'
# A reader that does not read does not keep a signal waiting.
# shellcheck disable=SC2217
mkfifo p; sleep 30 <p &
sleeper=$!
agent-chat -n much >p 2>"$ERR" &
p=$!
sleep 1; kill -TERM $p; { wait $p; } 2>/dev/null; STATUS=$?
is "$STATUS" 143 'TERM while nobody reads'
kill $sleeper; { wait $sleeper; } 2>/dev/null
# 400 kB through a pipe, whole.
try 'agent-chat -n much | wc -c'; is "$(cat "$OUT")" 400001 'a large answer is whole'

# row 11
# State that cannot be kept; every failure leaves a sound file.
try 'AGENT_STATE=/proc/none agent-chat -n hi'; one_line 73 'no state folder'
like "$(cat "$ERR")" '--no-session' 'says what to do'
like "$(cat "$ERR")" '/proc/none' 'and where'
try 'AGENT_STATE=/proc/none agent-chat -n --no-session hi'
is "$STATUS" 0 '--no-session does without' || diag "$(cat "$ERR")"
try 'HOME= XDG_STATE_HOME= AGENT_STATE=relative agent-chat -n hi'; one_line 78 'a bad AGENT_STATE'
sound() {	# the newest session can be gone on with
	try 'agent-chat -n -c again'
	is "$STATUS $(jq -s 'map(.seq) == [range(length)]' "$(session)")" '0 true' "$1" ||
	    diag "$(cat "$ERR" "$(session)")"
}
ok 'begin' agent-chat -n hi
# row 3
# row 4
# row 5
fails() {	# fails CALL ERRNO N PROMPT
	try "LD_PRELOAD='$STUB/failio.so' FAILIO_PROG=agent-chat FAILIO_CALL=$1 \
	    FAILIO_ERRNO=$2 FAILIO_N=$3 FAILIO_PATH=/sessions/ agent-chat -n -c '$4'"
}
if ! preloads || [ "${ASAN:-}" ] || ldd "$(command -v agent-chat)" | grep -q asan; then
	skip 'no preloading here' 'a failing disk'
else
	for n in 1 2 3 4 5 6 7 8; do
		fails write ENOSPC "$n+" call
		# The last write is that of the result.
		[ "$STATUS" = 74 ] || [ "$n" -ge 7 ]
		_if $? "disk full at write $n: status" "$STATUS $(cat "$ERR")"
		sound "disk full at write $n: the file is sound"
	done
	fails write short '1+' call
	is "$STATUS" 0 'short writes make no difference'; sound 'and leave a sound file'
	fails write EINTR 1 call; is "$STATUS" 0 'nor does an interrupted one'
	fails fsync EIO 1 call
	is "$STATUS" 74 'what cannot be synced is not run'
	is "$(jq -r 'select(.role == "tool") | .content' "$(session)" | tail -n 1 |
	    grep -c unverified)" 0 'nor answered from the dead'
	sound 'the file goes on'
fi
# A file that may not grow is a write that fails, not a signal.
try 'seq 2000 >in; ulimit -f 1; agent-chat -n -a in what'
is "$STATUS $(grep -c 'File too large' "$ERR")" '74 1' 'a limit of the size of files'
# Before any token is spent.
n=$(wc -l <"$MODELD_LOG")
try 'agent-chat -n -o . hi'; one_line 73 '-o to a folder'
like "$(cat "$ERR")" '-o \.: is a folder' 'says so'
try "agent-chat -n -o '' hi"; one_line 2 '-o to no name'
try 'agent-chat -n -o x --deps=no/such hi'; one_line 73 '-MD to no folder'
is "$(wc -l <"$MODELD_LOG")" "$n" 'and asks nothing'
# It may be a link that a tool made, to wherever that likes.
echo mine >mine; ln -s mine link
try 'agent-chat -n -q -o link hi'
is "$STATUS $(cat mine) $(cat link) $([ -h link ]; echo $?)" '0 mine Re: hi 1' '-o replaces a link'
is "$(agent-chat --format=events --bogus 2>/dev/null | head -n 1 | jq -r .cwd)" "$PWD" 'a wrong command line has a folder, too'
try 'agent-chat --offline -n --max-cost=nan hi'; one_line 2 'a limit that is no number, of the offline model too'
# A prompt is not for all to see in the list of processes.
for a in '-p slowsecret' '-npslowsecret' '--prompt=slowsecret' 'slowsecret word' '-q -- slowsecret'; do
	: >"$OUT"	# what the one before wrote is none of this one
	# shellcheck disable=SC2086
	agent-chat --no-session $a >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	for _i in $(seq 3000); do [ ! -s "$OUT" ] || break; sleep 0.02; done
	is "$(tr '\0' ' ' <"/proc/$pid/cmdline" | grep -c -e slow -e word)$([ -s "$OUT" ]; echo $?)" 00 "not in ps: $a"
	kill $pid; wait $pid 2>/dev/null
done
# The journal of systemd reads priorities; JOURNAL_STREAM says what leads there.
: >log
for j in "$(stat -c %d:%i log)" 1:1; do
	JOURNAL_STREAM=$j agent-chat -n --format=xml 2>log
	head -c 14 log; echo
done >"$OUT"
is "$(cat "$OUT")" '<3>agent-chat:
agent-chat: --' 'lines for the journal begin with their priority'
# People look at their own clock.
touch -d 2026-05-08T22:30:00Z "$(session)"
like "$(TZ=Asia/Tokyo agent-chat sessions)" ' 2026-05-09 07:30 ' 'local time in the list of sessions'
like "$(TZ=Asia/Tokyo agent-chat sessions --json)" '"time":"2026-05-08T22:30:00.000Z"' 'UTC for programs'
# Styles, by terminal, environment and option.
styled() { grep -c "$(printf '\033')\[0;1m" "$1"; }
for row in '1 TERM=xterm auto' '0 TERM=xterm never' '0 TERM= auto' '0 TERM=dumb auto' \
    '1 TERM=dumb always' '0 NO_COLOR=1 auto' '1 NO_COLOR=1 always' '1 NO_COLOR= auto'; do
	# shellcheck disable=SC2086
	set -- $row
	TERM=xterm "$STUB/pty" '' sh -c "TERM=xterm $2 agent-chat -n '**bold**' --color=$3 2>/dev/null" >"$OUT"
	is "$? $(styled "$OUT")" "0 $1" "styles on a terminal: $row"
done
try "agent-chat -n '**bold**' --color=always"; is "$STATUS $(styled "$OUT")" '0 1' 'to a pipe'
try "FORCE_COLOR=1 agent-chat -n '**bold**'"; is "$STATUS $(cat "$OUT")" '0 Re: **bold**' 'not unless asked'
try 'agent-chat -n hi --color=alway'; one_line 2 '--color=alway'
mkdir -p ~/.config/agent && echo '{"window":8192}' >~/.config/agent/config.json
try 'seq 600000 | agent-chat -q -'; one_line 3 'a prompt that is cut off amid its line to a child'
rm ~/.config/agent/config.json
# Text after an error still ends its line.
no_children_left
done_testing
