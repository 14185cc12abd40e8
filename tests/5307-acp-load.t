#!/bin/sh
# agent-chat --acp: a wrong command line is refused at once; session/load tells
# what was said and still stands.
. "$(dirname "$0")/lib.sh"
modeld_start 'when last-role=tool text "Listed."
when last-contains "LIST" call list_files {"path":"."}
default text "Re: {last}"'
export AGENT_MODEL_URL=$URL AGENT_MODEL=m
mkdir work && cd work || exit 99

# load: the words of the folder's last session, as an editor gets them
load() {
	_id=$(agent-chat sessions --json | jq -rs '.[0].id')
	printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' \
	    0 initialize '{"protocolVersion":1,"clientCapabilities":{}}' \
	    1 session/load "{\"cwd\":\"$PWD\",\"sessionId\":\"$_id\",\"mcpServers\":[]}" >in
	{ cat in
	  for _ in $(seq 600); do ! grep -q '"id":1,' "$OUT" || break; sleep 0.05; done
	} | timeout 40 agent-chat --acp >"$OUT" 2>"$ERR"
	jq -r 'select(.params.update).params.update | .sessionUpdate as $k |
	    if $k == "user_message_chunk" then "> " + .content.text
	    elif $k == "agent_message_chunk" then .content.text
	    elif $k == "tool_call" then .title else empty end' "$OUT"
}
chat() { agent-chat -n -q --brief none "$@" >"$OUT" 2>"$ERR" || fail "chat $*" "$(cat "$ERR")"; }

# ---- the options, which are those of every agent-chat that it starts
for args in --bogus hello '-p hello' doctor -c '--resume x' '--max-steps x' '--timeout 5x' --model \
    '-n' '-q -v' --json '-- --bogus'; do
	# shellcheck disable=SC2086
	status_is 2 agent-chat --acp $args </dev/null
	is "$(wc -l <"$ERR") $(cat "$OUT")" '1 ' '  in one line'
	# shellcheck disable=SC2086
	status_is 2 "$BUILD/libexec/agent/agent-acp" $args </dev/null
done
for args in '--model x --max-steps 3' '-- --model x' '-q --yes'; do
	# shellcheck disable=SC2086
	ok "agent-acp $args" "$BUILD/libexec/agent/agent-acp" $args </dev/null
done
ok 'help, wherever it stands' agent-chat --acp --model x --help
like "$(cat "$OUT")" 'Agent Client Protocol' 'is that of agent-acp'
status_is 2 agent-chat --model x --acp

# ---- session/load
chat one
chat -c 'LIST two'
chat -c three
is "$(load | xargs -d '\n')" '> one Re: one > LIST two list_files: . Listed. > three Re: three' \
    'all is told'
chat -c --undo four
is "$(load | xargs -d '\n')" '> one Re: one > LIST two list_files: . Listed. > four Re: four' \
    'but not a turn that was taken back'
printf '/undo\n/undo\n' | agent-chat -c -i -q >"$OUT" 2>"$ERR"
is "$(load | xargs -d '\n')" '> one Re: one' 'nor two of them, with a call'
chat -c five
printf '/undo\n/undo\n' | agent-chat -c -i -q >"$OUT" 2>"$ERR"
is "$(load)" '' 'nothing is left of it'
chat -c six
is "$(load | xargs -d '\n')" '> six Re: six' 'and begun again'

# What was left out of the talk to save room still was said; and goes with the
# turn before it, when that is taken back.
f=$(ls "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl)
chat -c seven
chat -c eight
ids=$(jq -r 'select(.type == "message" and (.content | tostring | test("six|seven|eight"))) | .id' "$f" | xargs)
# shellcheck disable=SC2086
set -- $ids
is $# 6 'three turns'
last=$(tail -n 1 "$f")
printf '{"v":1,"type":"compaction","seq":%s,"time":"%s","session_id":"%s","tokens_before":9,"tokens_after":5,"tier":"drop","gone":["%s","%s","%s"],"short":[]}\n' \
    "$(($(echo "$last" | jq .seq) + 1))" "$(echo "$last" | jq -r .time)" \
    "$(echo "$last" | jq -r .session_id)" "$2" "$3" "$4" >>"$f"
is "$(load | xargs -d '\n')" '> six Re: six > seven Re: seven > eight Re: eight' \
    'what the model does not see any more is told'
printf '/undo\n' | agent-chat -c -i -q >"$OUT" 2>"$ERR"
is "$(load | xargs -d '\n')" '> six Re: six > seven Re: seven' 'the last turn'
printf '/undo\n' | agent-chat -c -i -q >"$OUT" 2>"$ERR"
is "$(load)" '' 'the one before it in the talk, and all since'

# What the program itself said in the name of the user is not the user's.
rm -f "$f"
chat nine
f=$(ls "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl)
last=$(tail -n 1 "$f")
echo "$last" | jq -c '.seq += 1 | {v: .v, type: "message", seq, time, session_id, id: "m_by",
    role: "user", content: "the check failed", agent: {by: "check"}}' >>"$f"
is "$(load | xargs -d '\n')" '> nine Re: nine' 'nor shown as such'
done_testing
