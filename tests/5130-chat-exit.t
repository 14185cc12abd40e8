#!/bin/sh
# The exit statuses of agent-chat, one line each: what is asked, the status,
# the reason.  As one object and as events, the result agrees with the process,
# stands last and once, and what there was of an answer is in it; so in the
# session; standard error has one line.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
mkdir work && cd work || exit 99
cat >script <<'END'
set strict
when last-contains "SLOW" tokens 400 stream piece=1 pace=50ms
when last-contains "REFUSE" text "I may" finish content_filter
when last-contains "LONG" text "cut he" finish length
when last-contains "BAD" status 400 message="no such thing"
when last-contains "AUTH" status 401
when last-contains "LATE" text "some words that are cut" cut after=500
when last-contains "GARBAGE" garbage 200
when last-contains "EMPTY" text ""
when last-contains "OVERFLOW" status 400 message="the prompt is too long: maximum context length exceeded"
when last-contains "SECRET" call read_file {"path":".env"}
when last-contains "CODE" call write_file {"path":"x.c","content":"{n}"}
when last-contains "HANG" text "Wait." call shell {"command":"sleep 300"}
when contains "FOREVER" text "On {n}." call shell {"command":"echo {n}"} usage in=60 out=5
when contains "AGAIN" text "Look." call list_files {"path":"."}
when contains "THREE" text "All." call list_files {"path":"a"} call list_files {"path":"b"} call list_files {"path":"c"}
when last-contains "It failed:" text "Sorry."
when last-role=tool text "Done."
default text "Re: {last}"
END
modeld_start script
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
echo KEY=1 >.env; echo '{"model": }' >broken.json; mkdir out
mkdir -p "$HOME/.config/agent"
echo '{"prices":{"test-model":{"input":100,"output":100}}}' >"$HOME/.config/agent/config.json"
session() { ls -t "$HOME"/.local/state/agent/projects/work-*/sessions/*.jsonl | head -n 1; }
last() { tail -n 1 "$1" | jq -c "$2"; }

# What $OUT says, in one go: jq is slow to start.
summary() {
	jq -rs '[.[0].type, (map(select(.type == "result")) | length),
	    (map(select(.type == "error")) | length > 0), (.[-1] | .type,
	    .exit_code, .is_error, .stop_reason, (.error.message != null and
	    .error.code != null), .session_id, .text)] | join("|")' "$OUT"
}
# case_is STATUS STOP_REASON TEXT-ERE NAME ARGS...; PRE is a command before it.
case_is() {
	want=$1 stop=$2 text=$3 name=$4 failed=true; shift 4
	[ "$want" != 0 ] || failed=false
	for format in json events; do
		: >"$OUT"
		# shellcheck disable=SC2086
		_run ${PRE:-} agent-chat -q -n "--format=$format" "$@"
		bad=''
		[ "$STATUS" = "$want" ] || bad="status $STATUS"
		IFS='|' read -r type results errors last code error reason why id said <<END
$(summary)
END
		[ "$last $code $error $reason $results" = "result $want $failed $stop 1" ] ||
			bad="$bad, result: $last $code $error $reason $results"
		[ "$want" -gt 128 ] || [ "$why" = "$failed" ] || bad="$bad, no reason"
		printf '%s\n' "$said" | grep -Eq "$text" || bad="$bad, text: $said"
		[ "$format" = json ] || [ "$type" = session ] || bad="$bad, first line"
		[ "$format" = json ] || [ "$want" -gt 128 ] || [ "$errors" = "$failed" ] ||
			bad="$bad, error event"
		[ "$want" = 0 ] || [ "$want" -gt 128 ] ||
		    [ "$(wc -l <"$ERR")" = 1 ] || bad="$bad, stderr"
		# What began a session ended it so.
		for f in "$HOME"/.local/state/agent/projects/work-*/sessions/"$id".jsonl; do
			[ ! -e "$f" ] || tail -n 1 "$f" |
			    grep -q "\"type\":\"result\".*\"exit_code\":$want," ||
				bad="$bad, session"
		done
		is "$bad" '' "$want $name, $format" || diag "$(cat "$ERR") $(tail -n 1 "$OUT")"
	done
}

case_is 0 end_turn '^Re: hi$' 'an answer' hi
case_is 0 end_turn 'Done' 'a tool' --check none 'write CODE'
case_is 1 error Sorry 'a check that was demanded fails' --check 'exit 3' 'write CODE'

for args in --modle --max-steps=0 --max-tool-calls=x --max-total-tokens=0 --max-time=x \
    --timeout=x --compact=sideways --brief=none,x '-c --resume=x' '-c --no-session' \
    '--no-tools --tools=shell' '--yes --approval=none' '--skip-done x' --fork \
    '--lock=../x x' -v --json '-c --system=x' --acp '- x' --model; do
	# shellcheck disable=SC2086
	case_is 2 error '^$' "usage: $args" $args
done
case_is 2 error '^$' 'a child refuses' --tools=hammer hi

case_is 3 max_turns '^On ' '--max-steps' --max-steps 2 FOREVER
case_is 3 budget '^All.$' '--max-tool-calls' --max-tool-calls 2 THREE
case_is 3 budget '^On ' '--max-total-tokens' --max-total-tokens 100 FOREVER
case_is 3 budget '^On ' '--max-cost' --max-cost 0.25 FOREVER
case_is 3 budget 'quick' '--max-time' --max-time 2s SLOW
case_is 3 budget '^Wait.$' '--max-time in a tool' --max-time 2s HANG
case_is 3 max_tokens '^cut he$' 'the limit of an answer' LONG
case_is 3 budget '^Look.$' 'the same call five times' AGAIN
case_is 3 budget '^$' 'a talk that does not fit' OVERFLOW
case_is 4 refusal '^I may$' 'the filter of the model' REFUSE
case_is 65 error '^$' 'a request that is refused' BAD
case_is 66 error '^$' 'no prompt'
case_is 66 error '^$' 'no such session' --resume=none hi
case_is 66 error '^$' 'no such workspace' -w nowhere hi
case_is 66 error '^$' 'no such prompt file' -t nowhere hi
case_is 66 error '^$' 'no such system prompt' --system @nowhere hi
case_is 73 error '^$' '-o where nothing can be' -o none/x hi
PRE='env XDG_STATE_HOME=/dev/null' case_is 73 error '^$' 'no place for a session' hi
case_is 75 error 'some' 'the answer is cut off' LATE
case_is 76 error '^$' 'empty twice' EMPTY
case_is 77 error '^$' 'a wrong key' AUTH
case_is 77 error Done 'nobody can allow it' 'my SECRET'
case_is 78 error '^$' 'no such policy' --policy nowhere hi
case_is 124 error quick '--timeout' --timeout 2s SLOW
case_is 124 error Wait '--timeout in a tool' --timeout 2s HANG
mkdir -p "$HOME/.local/state/agent/locks"
exec 9>"$HOME/.local/state/agent/locks/held"
flock 9
case_is 75 error '^$' 'the lock is held' --lock held hi
exec 9>&-
mv "$HOME/.config/agent/config.json" prices.json
cp broken.json "$HOME/.config/agent/config.json"
case_is 78 error '^$' 'a broken configuration' hi
mv prices.json "$HOME/.config/agent/config.json"
PRE='env AGENT_MODEL_URL=http://127.0.0.1:1/v1' case_is 69 error '^$' 'no server' hi

# Signals, whenever they come; 5040 looks at what is left of the answer.
for sig in INT:130 TERM:143 HUP:129; do
	PRE="env $LEAKLESS timeout --preserve-status -s ${sig%:*} 0.6" \
	    case_is "${sig#*:}" cancelled '' "${sig%:*} in an answer" SLOW
	PRE="env $LEAKLESS timeout --preserve-status -s ${sig%:*} 0.6" \
	    case_is "${sig#*:}" cancelled '' "${sig%:*} in a tool" HANG
done
mkfifo idle; sleep 300 >idle & idler=$!
exec 8<idle
for sig in INT:130 TERM:143; do
	env $LEAKLESS timeout --preserve-status -s "${sig%:*}" 0.5 \
	    agent-chat --format=json hi <&8 >"$OUT" 2>"$ERR"
	is "$? $(last "$OUT" '[.exit_code, .stop_reason]')" "${sig#*:} [${sig#*:},\"cancelled\"]" \
	    "${sig%:*} while waiting for standard input"
done
kill $idler; exec 8<&-

# Output that cannot be written leaves the status to the session.
_run sh -c 'agent-chat -n --format events hi >/dev/full'
is "$STATUS $(last "$(session)" '[.type, .exit_code]')" '74 ["result",74]' 'a full disk'
(agent-chat -n --format events SLOW; echo $? >status) 2>"$ERR" | head -n 1 >"$OUT"
is "$(cat status) $(last "$(session)" '[.type, .exit_code]')" '141 ["result",141]' \
    'nobody reads on'
modeld_stop
no_children_left
done_testing
