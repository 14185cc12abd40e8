#!/bin/sh
# Sessions that are killed at random moments, with everything they started, can
# be gone on with: no session is lost, no call is without its result, and no
# effect happens twice without a word about it; not while the talk is shortened
# for a small window either, nor when what goes on is killed in turn.
# CHAT_KILLS is how many of them, those that had not begun when they were killed
# not counted.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
mkdir work && cd work || exit 99
# row 1
kills=${CHAT_KILLS:-12}
job='when contains "You keep the minutes" text "Effects were had."
when last-contains "go on" text "Went on."
when messages>12 text "enough"
default call shell {"command":"echo {n} >>effects; seq 100 220; sleep 0.02"}'
modeld_start "set strict
set window 1200
$job" --max-seconds 3000
small=$URL small_log=$MODELD_LOG
modeld_start "set strict
$job" --max-seconds 3000
large=$URL
export AGENT_MODEL_URL AGENT_MODEL=test-model
random() { awk -v i="$i" -v s="$1" -v p=$$ 'BEGIN { srand(i * 7919 + p + s); printf "%.3f", rand() * s }'; }
# chat SECONDS ARGS...: and after that long it is killed.
chat() {
	t=$1; shift
	# shellcheck disable=SC2086
	agent-chat -n -q --check none $opts "$@" >/dev/null 2>&1 &
	p=$!
	sleep "$t"
	kill -KILL $p 2>/dev/null
	{ wait $p; } 2>/dev/null
}
dir() { echo "$HOME"/.local/state/agent/projects/work-*/sessions; }
lost=0 orphans=0 doubled=0 bad=0 unsaid=0 tried=0
i=0
while [ $tried -lt "$kills" ] && [ $i -lt $((kills * 4)) ]; do
	i=$((i + 1))
	rm -f effects
	AGENT_MODEL_URL=$large opts=''
	[ $((i % 2)) = 0 ] || AGENT_MODEL_URL=$small opts='--tools shell --brief none'
	chat "$(random 0.5)" "job $i"
	s=$(ls -t "$(dir)"/*.jsonl 2>/dev/null | head -n 1)
	# Killed before there was anything to keep.
	grep -qs "job $i\"" "$s" || continue
	tried=$((tried + 1))
	[ $((i % 3)) != 0 ] || chat "$(random 0.1)" -c 'go on'
	# shellcheck disable=SC2086
	agent-chat -n -q --check none $opts -c 'go on' >out 2>err || bad=$((bad + 1))
	grep -q 'Went on' out || lost=$((lost + 1))
	# Every call has one result, in the file as in what was sent.
	[ "$(jq -s '[.[] | select(.role == "assistant") | .tool_calls[]?.id] -
	    [.[] | select(.role == "tool").tool_call_id] | length' "$s")" = 0 ] ||
		orphans=$((orphans + 1))
	touch effects
	[ "$(sort effects | uniq -d | wc -l)" = 0 ] || doubled=$((doubled + 1))
	# An effect whose result was not recorded is said to be unverified.
	done=$(jq -s '[.[] | select(.role == "tool" and (.agent.unverified | not))] | length' "$s")
	[ "$(wc -l <effects)" -le "$done" ] || grep -q 'effect unverified' "$s" ||
		unsaid=$((unsaid + 1))
done
# At the least one of them has been shortened.
AGENT_MODEL_URL=$small agent-chat -n -q --check none --tools shell --brief none \
    --max-steps 12 'the last job' >out 2>err
is "$tried" "$kills" 'enough of them had begun'
is "$bad $lost" '0 0' "none of $tried sessions is lost"
is "$orphans" 0 'no call is without its result'
is "$doubled" 0 'no effect happened twice'
is "$unsaid" 0 'what is not known to have happened is said to be so'

# A fork that is killed leaves either all of the talk or none of it.  Nothing
# is shortened, however many there are.
AGENT_MODEL_URL=$large
for i in $(seq 40); do printf 'line %s\n' "$i"; done >many
agent-chat -n -q --check none --no-tools 'first words' >out 2>err
for i in 1 2 3 4 5; do agent-chat -n -q --no-tools -c "$(cat many) $i" >out 2>err; done
part=0 forked=0
for i in $(seq $((kills / 2))); do
	agent-chat -n -q --no-tools --compact off -c --fork "fork $i" >out 2>err &
	p=$!
	sleep "$(awk -v i="$i" -v s=$$ 'BEGIN { srand(i * 6007 + s); printf "%.3f", rand() * 0.08 }')"
	kill -KILL $p 2>/dev/null
	{ wait $p; } 2>/dev/null
	forked=$((forked + $(agent-chat sessions export --json | grep -c '"fork ')))
	agent-chat sessions export --json >out
	grep -q 'first words' out && grep -q 'line 40 5' out || part=$((part + 1))
done
is "$part" 0 "no fork is a part of a talk ($forked had begun to answer)"

# One that is killed while it copies leaves a file, until the next one goes on.
head -c 1000000 /dev/zero | tr '\0' x >big
for i in 1 2 3 4 5 6 7 8; do agent-chat -n -q --offline --no-tools --compact off -c 'keep this' <big >out 2>err; done
left() { find "$(dir)" -name '*.new' | wc -l; }
i=0
while [ "$(left)" = 0 ] && [ $i -lt 60 ]; do
	i=$((i + 1))
	agent-chat -n -q --offline --no-tools -c --fork 'fork' >out 2>err &
	p=$!
	until set -- "$(dir)"/*.new && [ -e "$1" ]; do kill -0 $p 2>/dev/null || break; done
	kill -KILL $p 2>/dev/null
	{ wait $p; } 2>/dev/null
done
is "$(left)" 1 'a fork was killed while it copied'
n=$(agent-chat sessions --json | wc -l)
touch "$(dir)/held.jsonl.new"
flock "$(dir)/held.jsonl.new" agent-chat -n -q --offline --no-tools -c 'go on' >out 2>err
is "$(ls "$(dir)" | grep -c new)$(left)" 11 'the next run takes that away, and not one that is at work'
agent-chat -n -q --offline --no-tools -c 'go on' >out 2>err
is "$(left) $(agent-chat sessions --json | wc -l)" "0 $n" 'nor a session'
modeld_ok 'and the server never saw an orphan'
MODELD_LOG=$small_log modeld_ok 'nor did the one with the small window'
like "$(cat "$(dir)"/*.jsonl | grep -c '"type":"compaction"')" '^[1-9]' 'some talks were shortened'
modeld_stop
no_children_left
done_testing
