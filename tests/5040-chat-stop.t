#!/bin/sh
# What ends agent-chat: signals, limits, failures of server and children.  The
# result agrees with the exit status every time, and nothing is left running.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
when last-contains "slow" tokens 400 stream piece=1 pace=50ms
when last-contains "stuck" delay 60s text "never"
when last-contains "hang" text "Wait." call shell {"command":"echo begun >begun; sleep 300"}
when last-contains "trap" call shell {"command":"trap : TERM INT HUP; echo begun >begun; while :; do sleep 1; done"}
when last-contains "refuse" text "" finish content_filter
when last-contains "long" text "cut he" finish length
when last-contains "bad" status 400 message="no such thing"
when last-contains "auth" status 401
when last-contains "late" text "some words that are cut" cut after=500
when last-contains "garbage" garbage 200
when last-contains "empty" text ""
when contains "forever" call shell {"command":"echo {n}"}
when contains "again" call list_files {"path":"."}
when contains "three" call list_files {"path":"a"} call list_files {"path":"b"} call list_files {"path":"c"}
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir work && cd work || exit 99
session() { ls -t "$HOME"/.local/state/agent/projects/work-*/sessions/*.jsonl | head -n 1; }
last() { tail -n 1 "$1" | jq -c "$2"; }
# agrees STATUS NAME: stream and session end with a result of that status.
agrees() {
	is "$STATUS $(last "$OUT" '[.type, .exit_code, .is_error]')" \
	    "$1 [\"result\",$1,$([ "$1" = 0 ] && echo false || echo true)]" \
	    "$2: status and result" || diag "$(cat "$ERR")"
	is "$(last "$(session)" '[.type, .exit_code]')" "[\"result\",$1]" \
	    "$2: so in the session"
	is "$(jq -s 'map(.seq) == [range(length)]' "$OUT")" true "$2: seq"
}
chat() { _run timeout -k 1 50 agent-chat -n --format events "$@"; }

chat hi; agrees 0 'fine'
is "$(last "$OUT" .stop_reason)" '"end_turn"' 'stop_reason end_turn'
chat refuse; agrees 4 'refused'
is "$(last "$OUT" .stop_reason)" '"refusal"' 'stop_reason refusal'
chat long; agrees 3 'cut at the limit of tokens'
is "$(last "$OUT" '[.stop_reason, .text]')" '["max_tokens","cut he"]' 'partial text'
chat bad; agrees 65 'invalid request'
like "$(cat "$ERR")" '^agent-chat: .*no such thing' 'one line says why'
chat auth; agrees 77 'wrong key'
chat garbage; agrees "$STATUS" 'garbage'
[ "$STATUS" != 0 ]; _if $? 'garbage is no answer' "$STATUS"
chat empty; agrees 76 'empty twice'
is "$(jq -r 'select(.type == "notice") | .code' "$OUT")" empty_answer 'a notice'
is "$(jq -r 'select(.body | type == "object") | .body.messages[-1].content' \
    "$MODELD_LOG" | grep -c '^empty$')" 2 'asked twice'
chat late; agrees 75 'cut off'
like "$(jq -r 'select(.agent.partial // .agent.cancelled) | .content' "$(session)")" \
    'some' 'the partial answer is kept'

# row 27
# row 28
# Limits.
chat --max-steps 3 forever; agrees 3 '--max-steps'
is "$(last "$OUT" '[.stop_reason, .num_turns, .num_tool_calls]')" \
    '["max_turns",3,3]' 'stop_reason max_turns'
chat -q forever; agrees 3 'the default limit'
is "$(last "$OUT" .num_turns)" 20 'is 20'
AGENT_MAX_STEPS=2 chat forever; is "$(last "$OUT" .num_turns)" 2 'AGENT_MAX_STEPS'
chat --max-tool-calls 2 three; agrees 3 '--max-tool-calls'
is "$(last "$OUT" '[.stop_reason, .num_tool_calls]')" '["budget",0]' \
    'no call over the limit runs'
is "$(jq -r 'select(.role == "tool") | .tool_call_id' "$(session)" | wc -l)" 3 \
    'each is answered'
chat again; agrees 3 'the same call again and again'
is "$(last "$OUT" '[.stop_reason, .num_tool_calls]')" '["budget",5]' 'stops at five'
is "$(jq -r 'select(.role == "tool") | .content' "$(session)" |
    grep -c 'same call before')" 3 'told at the third'
s=$(date +%s); chat --timeout 1 slow; agrees 124 '--timeout'
[ $(($(date +%s) - s)) -le 5 ]; _if $? 'ends in time' late
like "$(last "$OUT" .text)" 'quick' 'with the partial answer'
chat --timeout 1500ms stuck; agrees 124 '--timeout in ms'
like "$(cat "$ERR")" '^agent-chat: (no answer within the 1500 ms of --timeout|.* when --timeout was over)$' \
    'says what was given'
chat --max-steps 1 forever
like "$(cat "$ERR")" 'stopped after 1 step;' 'one step is no steps'
chat --timeout 1 hang; agrees 124 '--timeout in a tool'
is "$(jq -r 'select(.role == "tool") | .agent.status' "$(session)")" cancelled \
    'the call is answered'
rm -f begun

# row 19
# row 20
# Signals.
signal() {	# signal NAME PROMPT: when it streams, or its tool has begun
	rm -f begun; : >"$OUT"	# nothing of the run before
	agent-chat -n --format events "$2" >"$OUT" 2>"$ERR" &
	p=$!
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -e begun ] && ! grep -q '"quick"\|quick' "$OUT" || break
		sleep 0.1
	done
	[ "$2" != stuck ] || sleep 0.3
	kill "-$1" $p; { wait $p; } 2>/dev/null; STATUS=$?
	sleep 0.1
}
for where in slow stuck hang trap; do
	for sig in TERM:143 HUP:129; do
		signal "${sig%:*}" $where
		agrees "${sig#*:}" "${sig%:*} in $where"
		is "$(last "$OUT" .stop_reason)" '"cancelled"' "$where: cancelled"
	done
done
no_children_left 'signals leave nothing'
# A background job of sh ignores INT; a terminal sends it properly.
for where in slow:quick hang:Wait. trap:shell; do
	_run "$STUB/pty" "expect ${where#*:}
sleep 300
send \\cC" agent-chat -v "${where%:*}"
	is "$STATUS $(last "$(session)" '[.type, .exit_code]')" \
	    '130 ["result",130]' "INT in ${where%:*}"
done
no_children_left 'nor does INT'

# row 30
# Each process of the tree killed in turn.
killed() {	# killed NAME: kill the child of that name when the tool runs
	rm -f begun; : >"$OUT"	# nothing of the run before
	agent-chat -n --format events hang >"$OUT" 2>"$ERR" &
	p=$!
	i=0; while [ $i -lt 50 ] && [ ! -e begun ]; do i=$((i + 1)); sleep 0.1; done
	pkill -KILL -P $p -x "$1"
	wait $p; STATUS=$?
}
killed agent-tool; agrees 70 'agent-tool killed'
like "$(cat "$ERR")" 'agent-tool was killed by signal 9' 'says so'
like "$(jq -r 'select(.role == "tool") | .content' "$(session)")" \
    'effect unverified' 'the call is answered'
no_children_left 'its tool is gone'
: >"$OUT"
agent-chat -n --format events slow >"$OUT" 2>"$ERR" &
p=$!
i=0; while [ $i -lt 50 ] && ! grep -q quick "$OUT"; do i=$((i + 1)); sleep 0.1; done
pkill -KILL -P $p -x agent-gate; wait $p; STATUS=$?
agrees 70 'agent-gate killed'
like "$(jq -r 'select(.role == "assistant") | .content' "$(session)")" quick \
    'the partial answer is kept'
for where in slow hang; do
	rm -f begun; : >"$OUT"	# nothing of the run before
	agent-chat -n --format events $where >"$OUT" 2>"$ERR" &
	p=$!
	i=0; while [ $i -lt 50 ] && [ ! -e begun ] && ! grep -q quick "$OUT"; do
		i=$((i + 1)); sleep 0.1
	done
	kill -KILL $p; wait $p 2>/dev/null
	no_children_left "kill -9 in $where leaves nothing"
done
modeld_stop
no_children_left
done_testing
