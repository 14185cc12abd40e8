#!/bin/sh
# A long job in a small window: the talk is shortened before the server has to
# refuse it, and again when it does refuse or cuts it in silence; the goal, the
# calls and their results stay together, and a resumed session goes on from it.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
# row 27
mkdir work && cd work || exit 99
n=${CONTEXT_STEPS:-100}
for i in $(seq 0 "$n"); do
	awk -v i="$i" 'BEGIN { srand(i); for (k = 0; k < 90; k++)
	    printf "%d: the cup %d stands beside the pot number %d\n", k,
		rand() * 1e6, rand() * 1e6 }' >"f$i.txt"
done
is "$(($(wc -c <f1.txt) > 4500))" 1 'results of about 5 kB'
session() { ls -t "$HOME"/.local/state/agent/projects/work-*/sessions/*.jsonl | head -n 1; }
events() { jq -c "select(.type == \"$1\") | $2" "${3:-$OUT}"; }
job="set strict
when contains \"You keep the minutes\" text \"Goal: GOAL-4711. Facts: cups stand beside pots. Open: more files.\"
repeat $n call read_file {\"path\":\"f{i}.txt\"} expect \"GOAL-4711\"
text \"all read\" expect \"GOAL-4711\"
default text \"Re: {last}\" expect \"GOAL-4711\""
export AGENT_MODEL=test-model

# As llama.cpp: 8,192 tokens, more are refused.
modeld_start "set window 8192
$job" --brief
export AGENT_MODEL_URL="$URL"
ok 'the job' agent-chat -n --format events --max-steps 1000 'Read every file; GOAL-4711.'
is "$(events result '[.exit_code, .text]')" '[0,"all read"]' 'comes to its end'
is "$(events tool.result .status | sort | uniq -c | awk '{ print $1, $2 }')" \
    "$n \"completed\"" 'with every call made once'
is "$(jq -s 'map(select(.status == 400)) | length <= 1' "$MODELD_LOG")" true \
    'hardly anything was refused'
is "$(jq -s 'map(select(.type == "compaction")) | length > 3 and
    all(.tokens_after < .tokens_before)' "$OUT")" true 'it was shortened'
is "$(sh "$ROOT/tests/conform.sh" event.schema.json "$OUT" 2>&1)" '' \
    'the events conform'
modeld_ok 'and every request was a good one'

# The file has everything; what goes on from it has what fits.
is "$(jq -r 'select(.role == "tool") | .content | length > 1500' "$(session)" |
    sort | uniq -c | awk '{ print $1, $2 }')" "$n true" 'the file keeps all results'
ok 'resumed' agent-chat -n -c --format events 'And then?'
is "$(events result '[.exit_code, .text]')" '[0,"Re: And then?"]' 'it goes on'
is "$(events compaction .tier)" '' 'without being shortened anew'
modeld_ok 'with a good request'
modeld_stop

# As Ollama: what is too long is cut in front, silently.
modeld_start "set truncate 6000
when lacks \"GOAL-4711\" text \"What shall I do?\"
$job" --brief
export AGENT_MODEL_URL="$URL"
ok 'a server that cuts' agent-chat -n --format events --max-steps 1000 \
    'Read every file; GOAL-4711.'
like "$(events notice .code)" truncated 'is noticed'
is "$(sh "$ROOT/tests/conform.sh" event.schema.json "$OUT" 2>&1)" '' 'the events conform'
is "$(events usage 'select(.truncated) | .truncated' | head -n 1)" true 'the count of a part is known as one'
is "$(events compaction .type | head -n 1)" '"compaction"' 'the talk is shortened'
is "$(events result '[.exit_code, .text]')" '[0,"all read"]' 'and the job is done'
modeld_ok 'the goal never got lost'
modeld_stop

# What can not fit ends with a checkpoint and status 3.
modeld_start 'set window 700
default text "never"'
export AGENT_MODEL_URL="$URL"
status_is 3 agent-chat -n --format events "$(head -c 4000 f1.txt)"
is "$(events result '[.stop_reason, .exit_code]')" '["budget",3]' 'the result says so'
like "$(cat "$ERR")" 'does not fit.*fixed.*tools.*history.*> 700' 'with the numbers'
is "$(wc -l <"$ERR")" 1 'on one line'
modeld_stop
modeld_start 'default status 400 message="the prompt is too long: maximum context length exceeded"'
export AGENT_MODEL_URL="$URL"
status_is 3 agent-chat -n --format events hi
is "$(jq -s 'map(select(.method == "POST")) | length' "$MODELD_LOG")" 1 \
    'nothing is sent again that can not be made shorter'
modeld_stop

# Switched off, the talk is sent as it is.
modeld_start "set window 8192
$job" --brief
export AGENT_MODEL_URL="$URL"
status_is 3 agent-chat -n --compact off --format events --max-steps 1000 \
    'Read every file; GOAL-4711.'
is "$(events compaction .tier)" '' '--compact off'
modeld_stop
no_children_left
done_testing
