#!/bin/sh
# What the window holds can be told without a server: the sum is of what is
# known, and says where the size of the window is from.
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set models "m"
default text "Re: {last}"'
mkdir work && cd work && echo 'Use tabs.' >AGENTS.md || exit 99
config() { mkdir -p ~/.config/agent && printf '%s\n' "$1" >~/.config/agent/config.json; }
budget() { agent-chat budget --json "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
sum() { jq_ok '.window - .fixed - .tools - .history - .reserve == .left and .fixed > 50 and .reserve > 0' "$1: is arithmetic"; }
is_window() {	# is_window SIZE SOURCE SILENT NAME
	is "$STATUS $(jq -c '[.window, .window_source, .silent]' "$OUT")" "0 [$1,\"$2\",$3]" "$4"
	sum "$4"
}

AGENT_MODEL_URL=$URL AGENT_MODEL=m budget
is_window 8192 server null 'a server that answers'
ok 'a talk' env AGENT_MODEL_URL="$URL" AGENT_MODEL=m agent-chat -n 'What is tea?'
modeld_ok
modeld_stop
n=$(agent-chat sessions | wc -l)
for url in '' "$URL"; do
	export AGENT_MODEL_URL="$url"
	[ -n "$url" ] || unset AGENT_MODEL_URL
	budget
	is_window 8192 assumed true "no server (${url:-none named})"
	is "$(wc -c <"$ERR")" 0 'and no word of it elsewhere'
	jq_ok '.tools > 500 and .history == 0' 'with the tools'
	budget --no-tools
	jq_ok '.tools == 0 and .left > 5000' 'without them'
	budget --model qwen2.5-coder:7b
	is_window 32768 profile true 'of a model that is known'
	config '{"window":16000}'
	budget --model qwen2.5-coder:7b
	# Nothing is asked where all is named.
	is_window 16000 configuration "$([ -n "$url" ] && echo null || echo true)" 'as it was set'
	budget -c
	jq_ok '.history > 3 and .messages == 3' 'the last session as well'
	config '{"window":1000}'
	budget
	is "$STATUS" 3 'too much is too much'
	jq_ok '.left < 0' 'which is shown'
	like "$(cat "$ERR")" '^agent-chat: [0-9]+ tokens too many for the window of 1000$' 'and said'
	rm ~/.config/agent/config.json
done
unset AGENT_MODEL_URL
like "$(agent-chat budget)" '^window +8192  tokens, assumed: no server answers$' 'for a person'
like "$(agent-chat budget)" '^left +=' 'to the end'
is "$(agent-chat sessions | wc -l)" "$n" 'no session comes of it'
status_is 69 agent-chat -n hi
like "$(cat "$ERR")" 'start one:' 'a question still needs one'
status_is 1 agent-chat doctor
like "$(cat "$OUT")" '^fail +server' 'as doctor says'
like "$(agent-chat budget --offline --tools shell)" '^window +\?  the offline model has none; set "window" in config.json$' \
    'the offline model has no window'
like "$(agent-chat budget --offline --tools shell)" '^tools .* 1 schema$' 'one is one'
like "$(agent-chat doctor --offline)" '^ok +window +the offline model has none' 'nor is that to mend'
status_is 77 agent-chat budget --gemini
status_is 66 agent-chat budget --resume nothing
no_children_left
done_testing
