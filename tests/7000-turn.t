#!/bin/sh
# The sentence that must stay true: one turn of an agent is a pipeline of two
# filters and tee, and its loop ends by itself.  The server is strict: it
# refuses a talk in which a call has no result or a result has no call.
# shellcheck disable=SC2016,SC2094
. "$(dirname "$0")/lib.sh"

modeld_start 'set strict
call list_files {"path":"."}
expect-last "notes.txt" text "Reading." call read_file {"path":"notes.txt"}
    call read_file {"path":"missing.txt"}
expect "buy tea" text "The note says: buy tea."'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir work && cd work || exit 99
echo 'buy tea' >notes.txt
talk=$TRASH/talk.jsonl
begin() {
	agent-tool list --event >"$talk"
	echo '{"role":"user","content":"What do my notes say?"}' >>"$talk"
}
turn() {
	agent-gate <"$talk" | tee -a "$talk" | agent-tool run >>"$talk"
}
# Nothing but what the talk began with and messages, each call answered once
# and in order.
valid() {
	jq -se '[.[] | select(.type != "tools")] as $m
	    | all($m[]; has("role") and (has("type") | not))
	    and ([$m[] | .tool_calls[]?.id] as $calls
		| [$m[] | .tool_call_id | values] as $results
		| $calls[:($results | length)] == $results
		and ($calls | length) == ($results | length)
		and ($calls | unique | length) == ($calls | length))' \
	    "$talk" >"$TRASH/why" 2>&1
	_if $? "$1" "$(cat "$TRASH/why" "$talk")"
}

begin
ok 'one turn' turn
is "$(jq -r .role "$talk" | tail -n 2 | tr '\n' ' ')" 'assistant tool ' \
    'adds the call and its result'
like "$(tail -n 1 "$talk")" 'notes[.]txt' 'the result is that of the tool'
valid 'the file is a talk after one turn'
ok 'the server takes it for the next turn' turn
is "$(jq -r 'select(.role == "tool") | .agent.is_error' "$talk" |
    tr '\n' ' ')" 'false false true ' 'a call that fails is answered too'
valid 'the file is a talk after two turns'
status_is 1 turn
is "$(tail -n 1 "$talk" | jq -r .content)" 'The note says: buy tea.' \
    'the last line is the answer'
valid 'the file is a talk at the end'
modeld_ok 'the server found no fault'
is "$(cat notes.txt; ls)" 'buy tea
notes.txt' 'the workspace is as it was'

# The same as a loop, with a server that begins anew.
modeld_stop
modeld_start 'set strict
call list_files {"path":"."}
call read_file {"path":"notes.txt"}
call shell {"command":"wc -c <notes.txt"}
text "Done."'
export AGENT_MODEL_URL="$URL"
begin
cat >"$TRASH/loop" <<'END'
while agent-gate <"$1" | tee -a "$1" | agent-tool run >>"$1"
do :; done
END
timeout_is 50 sh "$TRASH/loop" "$talk"
is "$(tail -n 1 "$talk" | jq -r .content)" 'Done.' 'the loop gets to the end'
is "$(jq -r 'select(.role == "tool") | .agent.status' "$talk" | sort -u)" \
    completed 'every call was done'
valid 'the file is a talk after the loop'
modeld_ok 'the server found no fault in the loop'

# tee writes its output before the file; a slow one must not let results get
# into the talk before their calls.
modeld_stop
modeld_start 'set strict
call read_file {"path":"notes.txt"}
text "Done."'
export AGENT_MODEL_URL="$URL"
slow_tee() {
	cat >"$TRASH/passing"
	cat "$TRASH/passing"
	sleep 0.5
	cat "$TRASH/passing" >>"$1"
}
begin
agent-gate <"$talk" | slow_tee "$talk" | agent-tool run >>"$talk"
is "$(jq -r '.role // .type' "$talk" | tr '\n' ' ')" \
    'tools user assistant tool ' 'a result comes after its call'
status_is 1 turn
modeld_ok 'and the server takes them'
cp "$talk" "$TRASH/done"

# What is not for the tools passes through them.
printf '%s\n' '{"type":"notice","text":"hello"}' >"$TRASH/in"
ok 'other lines pass' sh -c 'agent-tool run <"$1" || [ $? = 1 ]' - "$TRASH/in"
is "$(cat "$OUT")" "$(cat "$TRASH/in")" 'byte for byte'
# A server that is away ends the loop, and the talk is as it was.
modeld_stop
cp "$talk" "$TRASH/before"
timeout_is 50 sh "$TRASH/loop" "$talk"
is "$(cat "$talk")" "$(cat "$TRASH/before")" 'no server: the talk is as it was'
no_children_left
done_testing
