#!/bin/sh
# Who closes the reader of agent-gate ends the request at the server, though
# nothing was written yet.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
export AGENT_MODEL=m
echo '{"role":"user","content":"Hello."}' >talk
mkdir -p "$XDG_CONFIG_HOME/agent"
echo '{"heartbeat":"100ms"}' >"$XDG_CONFIG_HOME/agent/config.json"
fates() {	# of the POSTs, when there are $1 of them
	for _ in $(seq 100); do
		jq -r 'select(.method == "POST").fate' "$MODELD_LOG" >fates
		[ "$(wc -l <fates)" -lt "$1" ] || break
		sleep 0.1
	done
	sort fates | uniq -c | xargs
}
# reads ends when agent-gate says that it waits.
reads() { for _ in $(seq 300); do ! grep -q 'still no answer' err || break; sleep 0.1; done; }

modeld_start 'when contains "bbb" text x delay 100s
when path=/v1/embeddings contains "ddd" body {} delay 100s
default text "ok" delay 300ms
set embeddings 3' --max-seconds 300
export AGENT_MODEL_URL="$URL"
echo '{"role":"user","content":"bbb"}' >talk
for o in '' --stream; do
	: >err
	# shellcheck disable=SC2086
	{ agent-gate -v $o <talk 2>err; echo $? >st; } | reads
	is "$(cat st)" 141 "filter $o: ends as by SIGPIPE"
done
is "$(fates 2)" '2 closed_early' 'the server is told at once'
printf 'aaa\nbbb\n' >lines
{ agent-gate batch --prompts -j 2 lines 2>err; echo $? >st; } | head -n 1 >got
is "$(cat st) $(jq -r .custom_id got)" '141 line-1' 'batch: one result is read'
is "$(fates 4)" '3 closed_early 1 complete' 'the other is not asked for any more'
printf 'ccc\nddd\n' >lines
{ agent-gate embed --batch 1 -j 2 <lines 2>err; echo $? >st; } | head -n 1 >got
is "$(cat st) $(jq -r .index got)" '141 0' 'embed: one vector is read'
is "$(fates 6)" '4 closed_early 2 complete' 'nor is the other one'

# Files and terminals have no reader that leaves.
echo '{"role":"user","content":"aaa"}' >talk
ok 'a file' agent-gate <talk
is "$(jq -r .content "$OUT")" ok 'is written'
modeld_stop
no_children_left
done_testing
