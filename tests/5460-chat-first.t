#!/bin/sh
# The first run: a server on this machine is found without a word of
# configuration; where none is, three lines say what to type; and agent-chat
# doctor says of each part whether it works and what to do.
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set model found-model
set window 16384
when last-contains "tool say" call say {"word":"yes"}
default text "Here I am."'
port=${URL#http://127.0.0.1:} port=${port%/v1}
mkdir work && cd work || exit 99

AGENT_DISCOVER="1 $port" ok 'a server that only runs' agent-chat -n hi
is "$(cat "$OUT")" 'Here I am.' 'answers'
_run "$STUB/pty" 'expect found-model at http://127.0.0.1
expect /help
expect > 
send hi\r
expect Here I am.
expect > 
send \cD' env AGENT_DISCOVER="$port" agent-chat
is "$STATUS" 0 'a conversation without any configuration'

for t in '' --no-tools; do
	# shellcheck disable=SC2086
	AGENT_DISCOVER=1 status_is 69 agent-chat -n $t hi
	is "$(wc -l <"$ERR")" 3 'without one: three lines'
done
like "$(sed -n 1p "$ERR")" '^agent-chat: no model server on the local ports' 'what is wrong'
like "$(sed -n 2p "$ERR")" '^  start one:  llama-server -hf [A-Za-z0-9./-]+ --jinja --port 8080$' 'what to type'
like "$(sed -n 3p "$ERR")" 'AGENT_MODEL_URL=http://.* agent-chat +.*agent-chat --offline' 'or else'
is "$(wc -c <"$OUT")" 0 'and nothing where the answer would be'
ok 'the offline model needs nothing' agent-chat -n --offline hi
ok '--demo falls back to it' env AGENT_DISCOVER=1 agent-chat -n --demo hi

says() { like "$(cat "$OUT")" "^$1 +$2" "doctor: $1 $2"; }
AGENT_DISCOVER="$port" ok doctor agent-chat doctor
for what in 'server +http' 'model +found-model' 'window +16384' answer calls 'tools +[1-9]' 'sandbox +(namespaces|strict): .*seccomp' sessions mem plan 'terminal +none'; do
	says ok "$what"
done
AGENT_DISCOVER="$port" AGENT_LIBEXEC=/nowhere status_is 1 agent-chat doctor
says fail 'sandbox +no command can run: .*/nowhere'
_run "$STUB/pty" '' env AGENT_DISCOVER="$port" TERM=screen agent-chat doctor
like "$(tr -d '\r' <"$OUT")" '^ok +terminal +screen' 'doctor at a terminal'
_run "$STUB/pty" '' env AGENT_DISCOVER="$port" TERM=dumb agent-chat doctor
like "$(tr -d '\r' <"$OUT")" '^warn +terminal +.*dumb' 'and one that can do nothing'
modeld_stop
modeld_start 'set window 4096
default text "yes"'
AGENT_MODEL_URL="$URL" AGENT_MODEL=m ok 'doctor with a small one' agent-chat doctor
says warn 'window +4096.*try a larger'
says warn 'calls +it wrote words.*try'
modeld_stop
modeld_start 'default status 401 message="bad key"'
AGENT_MODEL_URL="$URL" AGENT_MODEL=m status_is 1 agent-chat doctor
says fail 'answer +.*401'
modeld_stop
AGENT_DISCOVER=1 status_is 1 agent-chat doctor
says fail 'server +no model server'
like "$(cat "$OUT")" 'start one: llama-server -hf' 'and what to do'
like "$(cat "$ERR")" '1 thing to mend' 'how much'
AGENT_DISCOVER=1 AGENT_STATE=/proc/no status_is 1 agent-chat doctor
says fail 'sessions'
no_children_left
done_testing
