#!/bin/sh
# What the programs write conforms to the schemas, which the manual pages
# describe: filters, coprocesses, session files and streams of events.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"

# conforms SCHEMA FILE NAME
conforms() {
	[ -s "$2" ] || fail "$3: something was written" "$(cat "$ERR")"
	is "$(sh "$ROOT/tests/conform.sh" "$1" "$2")" '' "$3"
}
# filed FILE NAME: a whole session file.
filed() {
	conforms 'event.schema.json#/$defs/filed' "$1" "$2: lines conform"
	jq -se '.[0].type == "session" and .[-1].type == "result"
	    and map(.seq) == [range(length)]
	    and (.[-1] | .is_error == (.exit_code != 0))' "$1" >why 2>&1
	_if $? "$2: begins, ends and counts as it should" "$(cat why "$1")"
}
export AGENT_MODEL=test-model
mkdir work && cd work || exit 99
echo 'buy tea' >notes.txt
printf '%s\n' '{"role":"user","content":"What do my notes say?"}' >../talk
script='set strict
reasoning "Notes are files." text "Let me look." call read_file {"path":"notes.txt"}
    call shell {"command":"exit 3"} call nothing {"a":1} usage in=20 out=5
reasoning "Now I know." text "You want tea." usage in=40 out=6'

modeld_start "$script"
export AGENT_MODEL_URL="$URL"
agent-tool list --event >../tools
conforms 'protocol.schema.json#/$defs/tools' ../tools 'agent-tool list --event'
cat ../tools ../talk >../full
ok 'agent-gate --stream' sh -c 'agent-gate --stream <../full >../answer'
conforms 'protocol.schema.json#/$defs/talk' ../answer 'agent-gate --stream'
jq -c 'select(.role)' ../answer >../message
conforms message.schema.json ../message 'the message of agent-gate'
is "$(wc -l <../message)" 1 'is one'
ok 'agent-tool run' sh -c 'agent-tool run <../message >../results'
conforms message.schema.json ../results 'agent-tool run'
is "$(jq -r .agent.status ../results | tr '\n' ' ')" \
    'completed failed failed ' 'says how each call ended'
modeld_stop

# The coprocesses, in the order of agent-protocol(7).
modeld_start "$script"
export AGENT_MODEL_URL="$URL"
coprocess() {	# coprocess OUT COMMAND...: stdin, then waits for done
	_out=$1; shift
	rm -f fifo; mkfifo fifo
	: >"$_out"
	"$@" <fifo >"$_out" 2>"$ERR" &
	_pid=$!
	{
		cat
		for _i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			! grep -q '"type":"done"' "$_out" || break
			sleep 0.2
		done
	} >fifo
	wait $_pid
}
{ cat ../full; echo '{"type":"request","id":"r1","stream":true}'; } |
    coprocess ../gate.out agent-gate --coprocess
is $? 0 'agent-gate --coprocess leaves at the end of its input'
conforms 'protocol.schema.json#/$defs/out' ../gate.out 'agent-gate --coprocess'
is "$(jq -sc '[.[0].type, .[-2].type, .[-1].type, .[-1].id]' ../gate.out)" \
    '["ready","message","done","r1"]' 'ready, message, done'
{ echo '{"type":"of the future"}'; cat ../message; } |
    coprocess ../tool.out agent-tool run --coprocess
is $? 0 'agent-tool run --coprocess leaves at the end of its input'
conforms 'protocol.schema.json#/$defs/out' ../tool.out \
    'agent-tool run --coprocess'
is "$(jq -sc '[.[] | .type // .role]' ../tool.out)" \
    '["ready","tool","tool","tool","done"]' 'ready, results, done'
modeld_stop

# Sessions of agent-chat, on the disk and on stdout.
modeld_start "$script"
export AGENT_MODEL_URL="$URL"
rm -f fifo
ok 'agent-chat --format events' agent-chat --format events \
    'What do my notes say?'
cp "$OUT" ../stream
filed ../stream 'agent-chat --format events'
set -- "$XDG_STATE_HOME"/agent/projects/*/sessions/*.jsonl
filed "$1" 'the session file'
is "$(jq -r 'select(.role == "user").content' "$1")" 'What do my notes say?' \
    'the prompt is in it'
cut='del(.type, .ts, .seq, .session_id, .turn, .id, .parent_id, .model,
	.finish_reason, .agent)'
jq -c "select(.type == \"message\") | $cut" "$1" >../again
conforms message.schema.json ../again 'its messages are a talk'
modeld_ok 'the requests were good ones'
modeld_stop

# One that fails ends as orderly.
AGENT_MODEL_URL=http://127.0.0.1:9/v1 agent-chat --format events hello \
    >../failed 2>"$ERR"
st=$?
filed ../failed 'a session without server'
is "$(tail -n 1 ../failed | jq .exit_code)" $st \
    'its exit_code is the status of the program'
is $st 69 'which is that of a server that is away'
no_children_left
done_testing
