#!/bin/sh
# A long job takes no more memory than a short one, of all processes together:
# the talk is kept within the window, and nothing else grows.  LONG_STEPS are
# how many requests the long one has.
. "$(dirname "$0")/lib.sh"
! nm -D "$BUILD/bin/agent-chat" 2>/dev/null | grep -q __asan ||
	skip_all 'a sanitizer is no judge of memory'
mkdir work && cd work || exit 99
long=${LONG_STEPS:-160} short=$((${LONG_STEPS:-400} / 10))
export AGENT_MODEL=m AGENT_MODEL_URL
# job STEPS: its most memory at once in kB
job() {
	modeld_start "set strict
set window 4096
when contains \"You keep the minutes\" text \"Goal: go on.\"
when messages>1 n<$1 call shell {\"command\":\"seq {n}00 {n}99; seq {n}000 {n}200\"}
default text \"done\"" --brief --max-seconds 900
	AGENT_MODEL_URL=$URL
	"$STUB/spawn" -m -n 1 agent-chat -q -n -p go --check none --max-steps=100000 >job
	read -r _ _ kb st <job
	is "$st" 0 "$1 steps"
	is "$(jq -s 'map(select(.method == "POST")) | length >= '"$1" "$MODELD_LOG")" true 'and so many requests'
	modeld_ok
	modeld_stop
}
job "$short"; base=$kb
job "$long"
diag "most memory at once: $base kB in $short steps, $kb kB in $long"
[ "$kb" -lt $((base / 8 * 9)) ]
_if $? "memory is flat: $base kB, $kb kB"
is "$(jq -s 'map(select(.type == "compaction")) | length > 3' "$HOME"/.local/state/agent/projects/*/sessions/"$(ls -t "$HOME"/.local/state/agent/projects/*/sessions | head -n 1)")" \
    true 'the talk was shortened again and again'
no_children_left
done_testing
