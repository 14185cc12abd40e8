#!/bin/sh
# Many prompts by xargs, GNU parallel and make -j, against a server that fails
# one request of twenty at random and is restarted twice: every answer is there
# exactly once, none in part, and the bill is what the server counted.
# PROMPTS=1000 is the long form.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
command -v parallel >/dev/null || skip_all 'no GNU parallel here'
examples=$ROOT/share/examples
n=${PROMPTS:-40} rate=5
# Of so few none might fail.
[ "$n" -ge 500 ] || rate=20
export AGENT_MODEL=test-model AGENT_LEDGER=on
# Long enough to be torn.
filler=$(seq -s ' ' 600)
port=
server() {	# server SEED: on the same port as the one before
	modeld_start "default text \"{last} $filler {last}\" usage in=10 out=2
	    delay 20ms" --fail-rate "$rate" --seed "$1" --brief --max-seconds 900 \
	    ${port:+--port "$port"}
	port=${URL##*:} port=${port%/v1}
	export AGENT_MODEL_URL="$URL"
}
stop_server() { modeld_stop; cat "$MODELD_LOG" >>log; }
served() {	# wait until this server has answered so many
	for _i in $(seq 6000); do
		[ "$(grep -c '"status":200,"fate":"complete"' "$MODELD_LOG")" \
		    -lt "$1" ] || return 0
		sleep 0.05
	done
}
prompts() {	# prompts SUFFIX
	rm -rf work && mkdir work
	for i in $(seq "$n"); do printf 'question %d' "$i" >"work/q$i$1"; done
}
again() {	# until it ends with 0, as its user would
	until "$@" >said 2>&1; do sleep 0.1; done
}
all() {		# all NAME SUFFIX COMMAND...
	name=$1
	prompts "$2"
	shift 2
	rm -rf "$XDG_STATE_HOME/agent" && : >log
	server 1
	again timeout 600 "$@" & work=$!
	for seed in 2 3; do
		served $((n / 4))
		stop_server
		server $seed
	done
	wait $work
	stop_server
	find work -type f | grep -c answer >count
	is "$(cat count) $(find work -type f | wc -l)" "$n $((2 * n))" \
	    "$name: an answer to each, and nothing else"
	for i in $(seq "$n"); do
		printf 'question %d %s question %d\n' "$i" "$filler" "$i" |
		    cmp - work/q"$i".answer*
	done >wrong 2>&1
	is "$(cat wrong)" '' "$name: each is whole"
	ok "$name: the bill" agent-gate usage --by outcome --json
	cp "$OUT" bill
	jq -s '[.[] | select(.turn and .status == 200 and .fate == "complete")] |
	    length' log >answered
	is "$(cat answered)" "$n" "$name: the server gave each one answer"
	jq -se --argjson s "$(cat answered)" 'map(select(.outcome == "ok")) |
	    length == 1 and .[0].requests == $s and .[0].estimated == 0 and
	    .[0].input_tokens == 10 * $s and .[0].output_tokens == 2 * $s' bill >why
	_if $? "$name: is what the server counted" "$(cat answered bill)"
	# What a restart cut off is estimated, and comes on top: two restarts,
	# 8 at once.  What was refused costs nothing.
	jq -se 'map(select(.outcome and .outcome != "ok")) | (map(.estimated) |
	    add // 0) <= 16 and all(.estimated > 0 or
	    .input_tokens + .output_tokens == 0)' bill >why
	_if $? "$name: and hardly anything else" "$(cat bill)"
	jq -r 'select(.injected) | .n' log >>injected
}
all xargs .txt "$examples/many-prompts.sh" xargs work 8
all parallel .txt "$examples/many-prompts.sh" parallel work 8
all make .prompt.md make -s -k -j 8 -C work -f "$examples/agent.mk"
[ -s injected ]; _if $? 'the server failed now and then' "$(cat log)"
# One of twenty, or as it is with less: by a seed, and not by chance.
awk -v f="$(wc -l <injected)" -v n=$((3 * n)) -v r=$rate 'BEGIN {
	p = 100 * f / (n + f); exit !(p > r / 2 && p < r * 2) }'
_if $? "about $rate of a hundred times" "$(wc -l <injected) failed of $((3 * n))"
no_children_left
done_testing
