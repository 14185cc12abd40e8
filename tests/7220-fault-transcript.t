#!/bin/sh
# Transcripts that were cut, damaged, edited, or replaced by something else:
# what can be read is gone on with, what cannot is counted and kept, and what
# the server is sent is a valid talk.  FAULTS=long: each byte, 100 bits.
# shellcheck disable=SC2046,SC2089,SC2090,SC2119,SC2120,SC2154,SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
mkdir work && cd work || exit 99
good=$_meta/good bad=''
sums() { is "$bad" '' "$1"; bad=''; }
modeld_start 'set strict
when last-role=tool text "done"
when last-contains "call" call list_files {"path":"."} call list_files {"path":"./"}
default text "Re: {last}"' --max-seconds 900
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model AGENT_MODEL_API_KEY="$SECRET"
agent-chat -nq first >"$good"; agent-chat -nqc call >"$good"; agent-chat -nqc 'third, and last' >"$good"
s=$(ls "$HOME"/.local/state/agent/projects/work-*/sessions/*.jsonl) d=${s%/*}
cp "$s" whole; size=$(wc -c <whole)
# goes_on WHAT [STATUS]: the session x is resumed, T
goes_on() {
	timeout -k 1 30 agent-chat -n --resume x 'go on' >out 2>err; st=$?
	[ $st = "${2:-0}" ] || bad="$bad $1:status$st:$(head -n 1 err)"
	[ $st != 0 ] || {
		grep -q 'Re: go on' out || bad="$bad $1:out"
		tail -n 1 "$d/x.jsonl" | jq -e '.type == "result" and .exit_code == 0' >"$good" || bad="$bad $1:result"
		[ "$(grep -c . err)" -le 3 ] || bad="$bad $1:$(wc -l <err)lines"
	}
}
fresh() { rm -rf "$d"/x.*; cat "${1:-whole}" >"$d/x.jsonl"; }

# row 12 (T)
n=$((size - $(tail -n 2 whole | wc -c)))
while [ $n -le "$size" ]; do
	rm -f "$d"/x.*; head -c $n whole >"$d/x.jsonl"
	goes_on "cut$n"
	jq -se 'map(.seq) == [range(length)]' "$d/x.jsonl" >"$good" 2>&1 || bad="$bad cut$n:seq"
	[ -n "$LONG" ] && n=$((n + 1)) || n=$((n + 61))
done
sums 'cut at a byte of the last two records: goes on'
n=0 parts=4; [ -z "$LONG" ] || parts=40
while [ $n -lt "$size" ]; do
	rm -f "$d"/x.*; head -c $n whole >"$d/x.jsonl"; goes_on "cut$n" $([ $n -gt 0 ] || echo 66); n=$((n + 1 + size / parts))
done 2>"$good"
sums 'cut anywhere: goes on'

# row 14 (T)
edit() { fresh; jq -c "$1" whole >"$d/x.jsonl"; goes_on "$2" "${3:-0}"; }
edit 'select((.role == "tool") | not)' 'calls-without-results'
edit 'select((.role == "assistant" and .tool_calls) | not)' 'results-without-calls'
edit '.seq = 5' 'seq-twice'
edit 'del(.seq)' 'no-seq'
edit 'if .role == "tool" then ., . else . end' 'results-twice'
edit 'if .tool_calls then .tool_calls[0].id = .tool_calls[1].id else . end' 'ids-twice'
edit 'if .tool_calls then .tool_calls[0].function.arguments = "{" else . end' 'bad-arguments'
edit 'if .tool_calls then .tool_calls = [] else . end' 'no-calls'
edit 'if .role == "user" then .content = null else . end' 'no-content'
edit 'if .role then .role = "oracle" else . end' 'unknown-roles'
edit 'select(.type != "session")' 'no-header'
sums 'edited files: goes on'
edit 'if .type == "session" then .schema = "agent-events/9" else . end' newer 78
sums 'but for one of a newer version'
{ tac whole; } >"$d/x.jsonl"; goes_on backwards
sums 'and backwards'
modeld_ok 'every request was a valid talk'

# row 13 (T)
flip() { perl -0777 -pe 'BEGIN { ($at, $bit) = (shift, shift) } substr($_, $at, 1) = chr(ord(substr($_, $at, 1)) ^ (1 << $bit))' "$@"; }
flips=12; [ -z "$LONG" ] || flips=100
for i in $(seq $flips); do
	at=$(awk -v i="$i" -v n="$size" 'BEGIN { srand(i * 104729); print int(rand() * n) }')
	rm -f "$d"/x.*; flip "$at" $((i % 8)) whole >"$d/x.jsonl"
	lines=$(($(jq -Rn '[inputs | fromjson?] | length' "$d/x.jsonl") + 0)) all=$(wc -l <"$d/x.jsonl")
	goes_on "flip$at.$((i % 8))"
	# A line that is no JSON any more is counted.
	[ $lines = "$all" ] || grep -qE '[0-9]+ damaged line|torn' err || bad="$bad flip$at:uncounted:$(head -n 1 err)"
done
sums "a bit flipped at $flips places: goes on, and lines that are lost are counted"
fresh; sed 's/$/\r/' whole >"$d/x.jsonl"; goes_on CRLF
fresh; { printf '\357\273\277'; cat whole; } >"$d/x.jsonl"; goes_on BOM
fresh; head -c 5000 /dev/zero >>"$d/x.jsonl"; goes_on zeros
like "$(cat err)" 'torn' 'a tail of zeros is moved away, and said to be'
is "$(cat "$d"/x.jsonl.torn-* | tr -d '\0' | wc -c) $(tr -dc '\0' <"$d/x.jsonl" | wc -c)" '0 0' 'and kept'
fresh; { head -n 4 whole; head -c 5000 /dev/zero; echo; tail -n +5 whole; } >"$d/x.jsonl"; goes_on zeros-inside
like "$(cat err)" '1 damaged line' 'zeros inside are a damaged line'
fresh; { head -n 4 whole; echo; echo '   '; printf '\377\376\n'; echo '[1]'; echo 7; echo '{"type":5}'; tail -n +5 whole; } >"$d/x.jsonl"; goes_on odd-lines
: >"$d/x.jsonl"; rm -f "$d"/x.jsonl.*; goes_on empty 66
echo >"$d/x.jsonl"; goes_on blank
head -c 30000 /dev/urandom >"$d/x.jsonl"; goes_on noise
sums 'CRLF, BOM, zeros, blank, nothing, noise: goes on'

# row 17 (E B), the files of a session
refused() {	# refused WHAT: E; nothing hangs
	timeout -k 1 10 agent-chat -n --resume x 'go on' >out 2>err; st=$?
	case $st in 6[56] | 7[3478]) ;; *) bad="$bad $1:status$st" ;; esac
	[ "$(wc -l <err)" = 1 ] && [ ! -s out ] || bad="$bad $1:$(head -n 2 err)"
	timeout -k 1 10 agent-chat sessions >out 2>err || bad="$bad $1:list:$?"
	timeout -k 1 10 agent-chat -n hi >out 2>err || bad="$bad $1:new:$?:$(head -n 1 err)"
}
rm -f "$d"/x.*; mkfifo "$d/x.jsonl"; refused FIFO; rm "$d/x.jsonl"
mkdir "$d/x.jsonl"; refused folder; rmdir "$d/x.jsonl"
cp whole elsewhere; ln -s "$PWD/elsewhere" "$d/x.jsonl"; refused symlink; cmp -s whole elsewhere || bad="$bad symlink:written"
rm "$d/x.jsonl"; ln -s "$d/x.jsonl" "$d/x.jsonl"; refused loop; rm "$d/x.jsonl"
ln -s /dev/zero "$d/x.jsonl"; refused device; rm "$d/x.jsonl"
sums 'a FIFO, a folder, links, a device in its place: refused at once, and left alone'

# Who is killed at a call leaves it in the session and in the events.
if tracing; then
	env $LEAKLESS strace -e trace=write -s 100000 -o trace agent-chat -nq --format events 'call both' >ev 2>err
	is $? 0 'under a tracer'
	is "$(awk '/^write\(1,.*tool_calls/ { printf "events " } /^write\([0-9]*, "{\\"type\\":\\"message\\",\\"id\\".*tool_calls/ { print "run"; exit }
		/^write\([^1].*\\"ts\\".*tool_calls/ { printf "session " }' trace)" 'session events run' 'a call is told before it is run'
else
	skip 'no strace here' 'a call is told before it is run'
fi
no_children_left
secretless
done_testing
