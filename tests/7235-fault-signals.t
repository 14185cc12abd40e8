#!/bin/sh
# Interrupts, terminations and terminals that go away, at any instant: what
# was under way is stopped and written down, the conversation goes on after
# the first interrupt, databases are sound, and nothing is left running.
# FAULTS=long: 20 instants each.
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }
modeld_start 'set strict
when last-contains "slow" tokens 60 stream piece=1 pace=20ms
when last-contains "wait" text "So." call shell {"command":"sleep 2; echo slept"}
when last-contains "secret" call shell {"command":"cat .env; echo {n}"}
when last-contains "many" call list_files {"path":"."} call write_file {"path":"x","content":"y"} call read_file {"path":"x"}
default text "Re: {last}"' --max-seconds 900
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
echo key=1 >.env
most=${LONG:+20}; most=${most:-3}
instant() { awk -v i="$1" -v n="$2" -v m="$most" 'BEGIN { srand(i * 7919); print int(n * (i - 1 + rand()) / m) }'; }
ended() { tail -n 1 "$(session)" | sed 's/^{"type":"\([a-z.]*\)".*"exit_code":\([0-9]*\).*}$/\1 \2/'; }
whole() { jq -se 'map(.seq) == [range(length)] and ([.[] | select(.role == "assistant") | .tool_calls[]?.id] - [.[] | select(.role == "tool").tool_call_id] == [])' \
    "$(session)" >"$good" 2>&1; }

# row 19 (T N): the first one stops what is under way, and the talk goes on
for what in slow wait secret many; do
	for i in $(seq "$most"); do
		at=$(instant "$i" 700)
		"$STUB/pty" "expect > 
send $what\\r
sleep $at
send \\cC
sleep 200
send \\cU
send hi $i\\r
expect Re: hi $i
expect > 
send \\cD" agent-chat >"$out" 2>"$err"; st=$?
		[ $st = 0 ] || bad="$bad $what:$at:status$st"
		whole || bad="$bad $what:$at:calls"
		[ "$(ended)" = 'result 0' ] || bad="$bad $what:$at:$(ended)"
	done
	sums "Ctrl-C at $most instants of '$what': stopped, and the talk goes on"
done
no_children_left 'and nothing runs on'
# Asked once it ends with 130.
for what in slow wait many; do
	for i in $(seq "$most"); do
		at=$(awk -v ms="$(instant "$i" 600)" 'BEGIN { printf "%.3f", 0.02 + ms / 1000 }')
		env --default-signal=INT $LEAKLESS timeout -k 20 -s INT "$at" agent-chat -nq --format events "$what" >"$out" 2>"$err"; st=$?
		# timeout(1) says 124 when it had to.
		case $st in 0 | 124 | 130) ;; *) bad="$bad $what:$at:status$st:$(head -n 1 "$err")" ;; esac
		[ ! -s "$out" ] || tail -n 1 "$out" | jq -e '.type == "result" and (.exit_code == 0 or .exit_code == 130)' >"$good" || bad="$bad $what:$at:$(tail -n 1 "$out" | cut -c 1-200)"
		[ ! -s "$out" ] || whole || bad="$bad $what:$at:calls"
	done
done
sums 'asked once: a result of 130'
for s in INT TERM HUP; do
	for a in mem plan gate tool; do
		for i in $(seq "$most"); do
			at=$(awk -v ms="$(instant "$i" 12)" 'BEGIN { printf "%.3f", 0.001 + ms / 1000 }')
			again $a
			act $a env --default-signal=$s $LEAKLESS timeout -k 20 -s $s "$at"
			case $st in 0 | 124 | 12[89] | 130 | 143) ;; *) bad="$bad $a:$s:$at:status$st:$(head -n 1 "$err")" ;; esac
			sound $a "$s$at"
		done
	done
done
sums "INT, TERM, HUP at $most instants of a write: sound, nothing acknowledged is lost"
for i in 1 2 3 4 5; do echo "{\"text\":\"$(seq -s ' ' $((i * 300)))\"}"; done >lines
seq 4000 | sed 's/.*/{"text":"line & of an import"}/' >>lines
for i in $(seq "$most"); do
	env --default-signal=INT $LEAKLESS timeout -k 20 -s INT "0.0$((i * 29 % 100 + 10))" agent-mem import -n i lines >"$out" 2>"$err"; st=$?
	case $st in 0 | 124 | 130) ;; *) bad="$bad import:status$st" ;; esac
	sound mem "import$i"
done
agent-mem import -n i lines >"$out" 2>"$err" || bad="$bad import-again"
[ "$(agent-mem export -n i | wc -l)" = 4005 ] || bad="$bad import:$(agent-mem export -n i | wc -l)"
sums 'an import that is interrupted is done again, and each is there once'

# row 20 (T N)
for what in slow wait many; do
	for how in close 'signal TERM' 'signal HUP'; do
		at=$(instant $((${#how} % most + 1)) 500)
		"$STUB/pty" "expect > 
send $what\\r
sleep $at
$how" agent-chat >"$out" 2>"$err"; st=$?
		case $how.$st in close.129 | *TERM.143 | *HUP.129) ;; *) bad="$bad $what:$how:$at:status$st" ;; esac
		whole || bad="$bad $what:$how:calls"
		[ "$(ended)" = "result $st" ] || bad="$bad $what:$how:$at:$(ended)"
		no_children_left "$what, $how: nothing runs on"
	done
done
"$STUB/pty" 'expect > 
close' agent-chat >"$out" 2>"$err"; is $? 129 'gone at the prompt'
sums 'a terminal that goes away, TERM, HUP: written down'
agent-chat -nqc 'go on' >"$out" 2>"$err"
is "$(cat "$out")" 'Re: go on' 'and the last one is gone on with'
modeld_ok 'every request was a valid talk'
no_children_left
secretless
done_testing
