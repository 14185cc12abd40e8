#!/bin/sh
# The wall clock goes back a day, forward ten years, to 1970 and past 2038,
# between and while: the order of what was written stays, deadlines stay what
# they were, and nothing is lost.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
preloads || skip_all 'nothing is loaded into these programs'
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }
day=86400 now=$(date +%s)
clock=$_meta/clock; : >"$clock"
shim="env LD_PRELOAD=$STUB/failio.so FAILIO_CLOCK=$clock"
$shim sh -c 'date +%s' >"$good" 2>&1
echo $((10 * 365 * day)) >"$clock"
[ "$($shim agent-gate --offline --stream <talk | jq -r 'select(.role) | .agent // {} | length >= 0' | tail -n 1)" = true ] ||
    skip_all 'no preloading here'

# row 18
n=0
for wrong in 0 $((-day)) $((3650 * day)) $((-now)) $((2147483647 - now + 100)) $((4294967296 - now + 100)) 0; do
	echo "$wrong" >"$clock"
	for a in $ACTS; do
		again $a
		# shellcheck disable=SC2086
		act $a $shim
		[ $st = 0 ] || bad="$bad $a:$wrong:status$st:$(head -n 1 "$err")"
		sound $a "$wrong"
	done
	n=$((n + 1))
done
sums "each command at $n times: does its job, nothing is lost"
is "$(agent-plan list --ids | tr '\n' ' ')" "$(agent-plan list --ids | sort -n | tr '\n' ' ')" 'tasks stay in their order'
is "$(agent-mem export -n a | wc -l)" "$(sort -u "$_meta/ack.mem" | wc -l)" 'each memory once'
is "$(agent-mem search -n a 'text number' -k 3 | wc -l)" 3 'which are found'
modeld_start 'set strict
when last-contains "slow" tokens 12 stream piece=1 batch=1 pace=100ms
when last-contains "stuck" delay 60s text never
when last-role=tool text "done"
when last-contains "tool" call shell {"command":"sleep 1; echo slept"}
default text "Re: {last}"' --max-seconds 300
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
# jumps PROMPT STATUS [OPTION...]: the clock jumps while it is under way
jumps() {
	p=$1 want=$2; shift 2
	for wrong in $((3650 * day)) $((-day)); do
		echo 0 >"$clock"
		( sleep 0.5; echo "$wrong" >"$clock" ) & j=$!
		# shellcheck disable=SC2086
		timeout -k 1 30 $shim agent-chat -nq "$@" "$p" >"$out" 2>"$err"; st=$?
		wait $j
		[ $st = "$want" ] || bad="$bad $p:$wrong:$st:$(head -n 1 "$err")"
		jq -se 'map(.seq) == [range(length)]' "$(session)" >"$good" || bad="$bad $p:$wrong:seq"
	done
}
jumps slow 0 --timeout 20s
sums 'while it streams: a deadline of 20 s does not come, the record is in order'
jumps tool 0 --timeout 20s
sums 'while a tool runs: the same'
jumps stuck 124 --timeout 2s
sums 'while a server is silent: a deadline of 2 s comes all the same'
echo 0 >"$clock"; agent-chat -nqc slow >"$out"; echo $((-day)) >"$clock"
# shellcheck disable=SC2086
$shim agent-chat -nqc 'a day before' >"$out"
is "$(cat "$out")" 'Re: a day before' 'the last session is gone on with'
is "$(jq -s 'map(.seq) == [range(length)]' "$(session)")" true 'in order'

# A task that is worked on while the clock jumps is nobody else's.
echo 0 >"$clock"
id=$(agent-plan add 'a slow one')
# shellcheck disable=SC2086
agent-plan list --ids | grep -vx "$id" >ids
while read -r i; do agent-plan cancel "$i"; done <ids >"$good" 2>&1
( sleep 0.5; echo "$day" >"$clock" ) &
# shellcheck disable=SC2086
timeout 60 $shim agent-plan work --until-empty -q -- sh -c 'sleep 1.5; echo once >>times' >"$out" 2>"$err" & w=$!
sleep 1
# shellcheck disable=SC2086
timeout 60 $shim agent-plan next >"$good" 2>"$err.2"; st=$?
diag "the other got $st: $(head -n 1 "$err.2" | cut -c 1-100)"
wait $w; is "$?" 0 'a worker ends well though the clock jumped'
is "$(agent-plan show "$id" --format json | jq -r .status) $(cat times)" 'done once' 'its task was done once'
no_children_left
secretless
done_testing
