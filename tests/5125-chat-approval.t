#!/bin/sh
# Who says yes to a call that the policy asks about: a person at the terminal, a
# program at two descriptors, a folder, nobody; once, always, with other
# arguments, or no.  Each was told what would run, and by which rule.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
mkdir work && cd work || exit 99
echo KEY=secret-1 >.env; echo KEY=plain >.envs
modeld_start 'set strict
when contains "TWICE" messages<5 call read_file {"path":".env"}
when contains "BOTH" messages<4 call read_file {"path":".env"} call read_file {"path":"secrets/a"}
when contains "WRITE" messages<4 call write_file {"path":"made.txt","content":"tea"}
when contains "SECRET" messages<4 call read_file {"path":".env"}
default text "done"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir secrets; echo a >secrets/a
printf 'ask read secrets/**\n' >policy
statuses() { jq -r 'select(.type == "tool.result").status' "$1" | tr '\n' ' '; }
results() { jq -r 'select(.role == "tool").content' "$1"; }
asked() { jq -r 'select(.type == "permission.request") | [.tool, .rule] | join(": ")' "$1"; }
replied() { jq -r 'select(.type == "permission.reply").decision' "$1" | tr '\n' ' '; }
chat() { agent-chat -q -n --no-session --brief none --format events "$@"; }

# Nobody; and everybody.
status_is 77 chat SECRET
is "$(statuses "$OUT")" 'denied ' 'nobody is there: it did not run'
is "$(chat --yes SECRET | tail -n 1 | jq .exit_code)" 0 '--yes'
is "$(chat --approval yes SECRET | tail -n 1 | jq .exit_code)" 0 'the same in other words'
status_is 77 chat --approval none SECRET

# A person.
tty() {	# tty SCRIPT ARGS...: events into out
	_run "$STUB/pty" -o "$TRASH/out" "$@"
}
tty 'expect [n]
send y\r' agent-chat -n --no-session --format events SECRET
is "$STATUS $(statuses "$TRASH/out")" '0 completed ' 'y: it ran'
like "$(cat "$OUT")" 'read_file \{"path":".env"\}' 'what would run was shown'
like "$(cat "$OUT")" 'rule: ask +read' 'and the rule'
like "$(asked "$TRASH/out")" '^read_file: ask' 'so in the stream'
is "$(replied "$TRASH/out")" 'allow ' 'with the decision'
tty 'expect [n]
send a\r' agent-chat -n --no-session --format events TWICE
is "$STATUS $(statuses "$TRASH/out") $(asked "$TRASH/out" | wc -l)" '0 completed completed  1' \
    'a: asked once for two'
tty 'expect [n]
send y\r
expect [n]
send n\r' agent-chat -n --no-session --format events TWICE
is "$STATUS $(statuses "$TRASH/out")" '0 completed denied ' 'y is for one, n for the other'
tty 'expect [n]
send e\r
expect now:
send nonsense\r
expect not a JSON object
send {"path":".envs"}\r' agent-chat -n --no-session --format events SECRET
like "$STATUS $(results "$TRASH/out")" '^0 .*' 'e: other arguments'
like "$(results "$TRASH/out")" 'KEY=plain' 'ran, after nonsense was asked again'
for no in '\r' 'n\r' '\x04'; do
	tty "expect [n]
send $no" agent-chat -n --no-session --format events SECRET
	is "$STATUS $(statuses "$TRASH/out")" '0 denied ' "no is no, and so is nothing: $no"
done
tty 'expect [n]
send \cC' agent-chat -n --no-session --format events SECRET
is "$STATUS $(tail -n 1 "$TRASH/out" | jq -c '[.exit_code, .stop_reason]')" \
    '130 [130,"cancelled"]' 'Ctrl-C at the question'

# A program at two descriptors.
mkfifo in out
answer() {	# answer LINE...: one for each question
	(exec 3<out 4>in
	 for a; do read -r q <&3; printf '%s\n' "$q" >>"$TRASH/q"; printf '%s\n' "$a" >&4; done
	 cat <&3 >"$TRASH/more") &
	other=$!
}
by_fd() { rm -f "$TRASH/q"; "$@" 8>out 7<in >"$OUT" 2>"$ERR"; STATUS=$?; wait $other; }
answer '{"type":"permission.reply","decision":"allow"}' '{"type":"permission.reply","decision":"deny"}'
by_fd chat --policy policy --approval fd:7,8 BOTH
is "$STATUS $(statuses "$OUT")" '0 completed denied ' 'fd: yes to one, no to the other'
is "$(jq -r '[.type, .tool, .arguments.path] | join(" ")' "$TRASH/q" | tr '\n' ',')" \
    'permission.request read_file .env,permission.request read_file secrets/a,' 'each was asked'
like "$(jq -r .rule "$TRASH/q" | tail -n 1)" 'ask read secrets' 'with its rule'
answer '{"decision":"allow","arguments":{"path":".envs"}}'
by_fd chat --approval fd:7,8 SECRET
like "$(results "$OUT")" 'KEY=plain' 'fd: other arguments'
answer '{"decision":"allow_always"}'
by_fd chat --approval fd:7,8 TWICE
is "$STATUS $(statuses "$OUT") $(wc -l <"$TRASH/q")" '0 completed completed  1' 'fd: always'
(exec 3<out 4>in; read -r q <&3) &
other=$!
by_fd chat --approval fd:7,8 SECRET
is "$(statuses "$OUT")" 'denied ' 'fd: the other end goes away: no'
status_is 2 chat --approval fd:99 SECRET
status_is 2 chat --approval elephant SECRET

# A folder.
mkdir -m 700 "$TRASH/spool"
spool() {	# spool LINE...: one for each question
	(for a; do
		_n=0
		until set -- "$TRASH"/spool/*.request; [ -e "$1" ] && [ ! -e "${1%.request}.reply" ]; do
			_n=$((_n + 1)); [ $_n -lt 400 ] || exit; sleep 0.03
		done
		cat "$1" >>"$TRASH/q"
		printf '%s\n' "$a" | jq -c --arg id "$(jq -r .id "$1")" '.id = $id' >"$TRASH/tmp"
		mv "$TRASH/tmp" "${1%.request}.reply"
		_n=0; while [ -e "$1" ] && [ $_n -lt 400 ]; do _n=$((_n + 1)); sleep 0.03; done
	done) &
	other=$!
}
rm -f "$TRASH/q"
spool '{"type":"permission.reply","decision":"allow"}' '{"type":"permission.reply","decision":"deny"}'
ok 'spool' chat --policy policy --approval "spool:$TRASH/spool" BOTH
is "$(statuses "$OUT")" 'completed denied ' 'yes to one, no to the other'
wait $other
like "$(jq -r .rule "$TRASH/q" | tail -n 1)" 'ask read secrets' 'each was asked, with its rule'
is "$(ls "$TRASH/spool")" '' 'nothing is left there'
spool '{"type":"permission.reply","decision":"allow","arguments":{"path":".envs"}}'
ok 'spool' chat --approval "spool:$TRASH/spool" SECRET
like "$(results "$OUT")" 'KEY=plain' 'other arguments'
status_is 3 chat --max-time 1s --approval "spool:$TRASH/spool" SECRET
is "$(statuses "$OUT")" 'cancelled ' 'nobody looks there: the time is over'
is "$(ls "$TRASH/spool")" '' 'and the question is taken back'
must_fail chat --approval spool:/nowhere/x SECRET

# What may be done at all.
ok '--read-only' chat --read-only WRITE
is "$(ls made.txt 2>/dev/null)" '' 'nothing is written'
printf 'deny write *\n' >no
ok '--policy' chat --policy no --yes WRITE
is "$(statuses "$OUT")$(ls made.txt 2>/dev/null)" 'denied ' 'a denial stands, whoever says yes'
printf 'allow read .env\n' >yes
ok '--policy' chat --policy yes SECRET
is "$(statuses "$OUT")$(asked "$OUT")" 'completed ' 'what is allowed is not asked'
modeld_ok
modeld_stop
no_children_left
done_testing
