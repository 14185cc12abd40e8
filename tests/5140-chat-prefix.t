#!/bin/sh
# What a request begins with stays the same to the byte, so that a server can use
# again what it has computed: each request holds the whole of the one before, up
# to the end of its messages; in the steps of a turn, in the next turn, in a
# session that is gone on with; whatever the clock says.  What the server reused
# is told.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
mkdir work && cd work || exit 99
echo 'Use tabs.' >AGENTS.md; echo tea >a; echo 'über 😀' >b
modeld_start 'set strict
when contains "STEPS" messages<12 text "Größe\n\"x\" {n}" call read_file {"path":"a"} call read_file {"path":"b"}
default text "Well, 😀 {n}."'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
# The bodies as they were sent, one a line.
bodies() { grep '"method":"POST"' "$MODELD_LOG" | sed 's/^.*"headers":{[^}]*},"body":{/{/; s/},"line":[0-9]*,"turn".*$/}/'; }
# same NAME N: there were N since the last time; each but the last is, to the end
# of its messages, what the next one begins with.
from=1
same() {
	bodies | tail -n +$from | sed 's/\],"stream":true,.*$//' | awk '
		NR > 1 && substr($0, 1, length(last)) != last { bad = bad " " NR }
		!/"messages":\[.*}$/ { bad = bad " no messages in " NR }
		{ last = $0 }
		END { print NR bad }' >"$TRASH/same"
	is "$(cat "$TRASH/same")" "$2" "$1"
	from=$(($(bodies | wc -l) + 1))
}

printf 'one\ntwo\n\nSTEPS\nthree\n' | agent-chat -i -q >/dev/null 2>&1
same 'four turns of a session, one with steps' 6
agent-chat -n -q one >/dev/null; agent-chat -n -q -c two >/dev/null; agent-chat -n -q -c STEPS >/dev/null
same 'three runs of a session' 5
agent-chat -n -q -c three >/dev/null
agent-chat -n -q -c --fork four >/dev/null
same 'and a fork of it' 2
printf '{"role":"user","content":"%s"}\n' one two | agent-chat --coprocess >/dev/null
same 'a coprocess' 2

# No clock in it, nor anything else that is another each time.
for t in 1000000000 1900000000; do
	AGENT_FIXED_TIME=$t agent-chat -n -q --no-session one >/dev/null
	sleep 0.1
done
is "$(bodies | tail -n 2 | sort -u | wc -l)" 1 'another day, another session: the same bytes'
is "$(bodies | tail -n 1 | jq -c '[.tools[].function.name] | . == sort')" true 'the tools are sorted'
for tools in shell,read_file,list_files list_files,shell,read_file; do
	agent-chat -n -q --no-session --tools $tools one >/dev/null
done
is "$(bodies | tail -n 2 | sort -u | wc -l)" 1 'in whatever order they are named'
modeld_ok
modeld_stop

# What was reused is told where the server tells.
modeld_start 'default text "y" usage in=900 out=5 cached=800'
export AGENT_MODEL_URL="$URL"
for how in '' --no-stream; do
	# shellcheck disable=SC2086
	ok "reuse $how" agent-chat -n -q --format events $how hi
	is "$(jq -c 'select(.type == "usage") | [.input_tokens, .cached_input_tokens]' "$OUT")" \
	    '[900,800]' 'is in the event'
	is "$(tail -n 1 "$OUT" | jq -c .usage.cached_input_tokens)" 800 'and in the result'
done
like "$(printf 'hi\n/context\n' | agent-chat -i -q 2>&1)" 'reused by the server: 800 of 900' '/context shows it'
modeld_stop
no_children_left
done_testing
