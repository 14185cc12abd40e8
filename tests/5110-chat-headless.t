#!/bin/sh
# What scripts rely on: answers in files that are made once, dependencies for
# make, prompt files, locks, limits, the fork and the undoing of sessions; and
# what the system prompt holds.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
# The make that may run us is none of this.
unset MAKEFLAGS MFLAGS MAKELEVEL
mkdir work && cd work || exit 99
modeld_start 'set strict
when last-role=tool text "tea" usage in=60 out=5
when last-contains "notes" call read_file {"path":"notes.txt"} usage in=60 out=5
default text "Re: {last}" usage in=60 out=5'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
requests() { jq -s 'map(select(.method == "POST")) | length' "$MODELD_LOG"; }
first() { jq -c 'select(.method == "POST") | .body.messages[0].content' "$MODELD_LOG" | tail -n 1; }
echo 'buy tea' >notes.txt; echo 'Use tabs.' >AGENTS.md

ok '-MD' agent-chat -n -o out.md -MD out.d 'read my notes'
is "$(head -n 1 out.d)" "out.md: $PWD/AGENTS.md notes.txt" 'names what was read'
is "$(make -f - -n out.md <<'END'
include out.d
out.md: ; agent
END
)" "make: 'out.md' is up to date." 'for make'
touch -d '-1 hour' out.md
is "$(printf 'include out.d\nout.md: ; agent\n' | make -f - -n out.md 2>&1 | tail -n 1)" \
    agent 'which makes it again'

ok '--skip-done' agent-chat -n -o a.md --skip-done hi
n=$(requests)
ok 'once more' agent-chat -n -o a.md --skip-done hi
is "$(requests) $(cat a.md)" "$n Re: hi" 'asks nobody'
is "$(cat "$OUT")" '' 'says nothing'
touch -d '-1 hour' a.md; t=$(stat -c %Y a.md)
ok 'as events' agent-chat -n -o a.md --skip-done --format events hi
is "$(jq -r .type "$OUT" | tr '\n' ' ')" 'session result ' 'is a whole stream'
jq_ok 'select(.type == "result") | .exit_code == 0 and .text == "Re: hi" and
    .num_turns == 0 and (.session_id | length) > 10' 'with the answer'
ok 'as JSON' agent-chat -n -o a.md --skip-done --format json hi
jq_ok '.type == "result" and .exit_code == 0 and (.is_error | not)' 'one line'
is "$(requests) $(stat -c %Y a.md)" "$n $t" 'and the file is not touched'
ok 'another question' agent-chat -n -o a.md --skip-done ho
is "$(cat a.md)" 'Re: ho' 'is asked'
echo 'mine' >>a.md
status_is 73 agent-chat -n -o a.md --skip-done he
is "$(tail -n 1 a.md)" mine 'what somebody changed is left alone'
ok '--force' agent-chat -n -o a.md --skip-done --force he
# Ended between the two files: nobody else's hand.
torn() {	# torn N FILE ARGS...: when the Nth of the names that hold FILE is given
	_k=$1 _f=$2; shift 2
	env LD_PRELOAD="$STUB/failio.so" FAILIO_PROG=agent-chat FAILIO_CALL=rename \
	    FAILIO_PATH="$_f" FAILIO_N="$_k" agent-chat -n "$@" >"$OUT" 2>"$ERR"
}
if ! preloads || [ "${ASAN:-}" ] || ldd "$(command -v agent-chat)" | grep -q asan; then
	skip 'no preloading here' 'ended between two files'
else
	for k in 1 2; do
		torn $k a.md -o a.md --skip-done "she $k"
		is "$?" 74 "file $k is not there"
		ok 'the next run' agent-chat -n -o a.md --skip-done "it $k"
	done
	is "$(cat a.md)" 'Re: it 2' 'goes on'
	# An answer without its rule for make would not be made again.
	torn 1 rule.d -o rule.md --deps=rule.d hi
	is "$? $(ls rule.* 2>"$ERR")" '74 ' 'no rule, no answer'
fi
status_is 2 agent-chat -n --skip-done he
chmod 500 .; [ "$(id -u)" = 0 ] || status_is 73 agent-chat -n -o b.md hi; chmod 700 .

# The lock; what waits for it is told at once.
mkfifo gate
(agent-chat --lock nightly --no-session -p x - <gate >/dev/null 2>&1 &)
exec 8>gate
i=0; while [ $i -lt 100 ] && ! [ -e "$HOME/.local/state/agent/locks/nightly" ]; do
	i=$((i + 1)); sleep 0.05
done
status_is 75 agent-chat -n --lock nightly hi
exec 8>&-
no_children_left
ok 'when it is over' agent-chat -n -q --lock nightly hi
is "$(cat "$ERR")" '' 'nothing on stderr'
status_is 2 agent-chat -n --lock ../x hi

# Prompt files.
ok '-t review' agent-chat -n -t review -- src/x.c
like "$(cat "$OUT")" 'Review src/x.c' 'ours'
mkdir -p .agents/prompts
printf -- '---\ndescription: x\n---\nSay $2, then $1; $$5 ${@:2}.' >.agents/prompts/say.md
ok '-t' agent-chat -n -t say a 'b c'
is "$(cat "$OUT")" 'Re: Say b c, then a; $5 b c.' 'places are filled'
status_is 66 agent-chat -n -t sya a
like "$(cat "$ERR")" 'did you mean say' 'the nearest is named'

# Limits.
status_is 3 agent-chat -n --max-total-tokens 60 --format json 'read my notes'
jq_ok '.stop_reason == "budget" and .exit_code == 3 and .num_tool_calls == 1' \
    'a limit of tokens'

# The system prompt.
like "$(first)" 'Use tabs' 'AGENTS.md is in it'
ok 'without' agent-chat -n --brief none hi
unlike "$(first)" 'Use tabs' '--brief none'
status_is 2 agent-chat -n --brief agent hi
like "$(cat "$ERR")" 'did you mean agents' 'a word that is none'
mkdir -p .agents/skills/tea "$HOME/.agents/skills/cup"
printf -- '---\nname: tea\ndescription: How to: make tea\n---\nBoil water.\n' >.agents/skills/tea/SKILL.md
printf -- '---\nname: cup\ndescription: Cups\n---\nTwo cups.\n' >"$HOME/.agents/skills/cup/SKILL.md"
ok 'a skill' agent-chat -n hi
unlike "$(first)" 'make tea' 'that nobody trusts is not offered'
status_is 66 agent-chat -n --skill tea hi
agent-tool trust --yes >/dev/null 2>&1
ok 'a trusted one' agent-chat -n hi
like "$(first)" 'tea \(.agents/skills/tea/SKILL.md\): How to: make tea' 'is'
like "$(first)" "cup \($HOME/.agents/skills/cup\): Cups" "and so is the user's"
ok 'without the tool' agent-chat -n --tools list_files hi
unlike "$(first)" 'make tea|Cups' 'no word of skills'
echo 'rm -rf ~' >.agents/skills/tea/boil.sh
ok 'a file came beside it' agent-chat -n hi
unlike "$(first)" 'make tea' 'then it is off'
status_is 66 agent-chat -n --skill tea hi
agent-tool trust --yes >/dev/null 2>&1; echo 'Boil oil.' >>.agents/skills/tea/SKILL.md
ok 'it changed' agent-chat -n hi
unlike "$(first)" 'make tea' 'so that it is off'
agent-tool trust --yes >/dev/null 2>&1
ok 'trusted again' agent-chat -n --skill tea hi
like "$(cat "$OUT")" 'Boil oil' 'it is back'
ok '--skill' agent-chat -n --skill cup hi
like "$(cat "$OUT")" 'Two cups' 'begins with it'
ok 'again' agent-chat -n hi
is "$(jq -c 'select(.method == "POST") | .body.messages[0]' "$MODELD_LOG" |
    tail -n 3 | sort -u | wc -l)" 1 'the prefix is the same to the byte'

# What the memory and the plan have to say.
agent-mem store 'The user drinks tea, never coffee.' >/dev/null
agent-plan init 'Port the teapot' >/dev/null; agent-plan add 'Find the lid' >/dev/null
ok 'memory and plan' agent-chat -n 'What does the user drink?'
like "$(first)" 'drinks tea, never coffee' 'are in the prompt'
like "$(first)" 'Port the teapot' 'both'
ok 'switched off' agent-chat -n --brief agents,skills 'What does the user drink?'
unlike "$(first)" 'never coffee|teapot' 'each has its switch'

# Sessions.
agent-chat -n alpha >/dev/null; agent-chat -n -c beta >/dev/null
old=$(agent-chat sessions --json | jq -rs 'max_by(.time).path') was=$(cksum "$old")
ok '--fork' agent-chat -n -c --fork gamma
is "$(cksum "$old")" "$was" 'the other stays as it is'
is "$(agent-chat sessions export --json | jq -r 'select(.role == "user").content' |
    tr '\n' ' ')" 'alpha beta gamma ' 'has what came before'
ok '--undo' agent-chat -n -c --undo delta
is "$(agent-chat sessions export --json | jq -r 'select(.role == "user").content' |
    tr '\n' ' ')" 'alpha beta delta ' 'the last turn is gone'
like "$(jq -c 'select(.method == "POST") | [.body.messages[].content]' "$MODELD_LOG" | tail -n 1)" \
    '"beta","Re: beta","delta"' 'for the model as well'
id=$(agent-chat sessions --json | jq -r .id | tail -n 1)
n=$(agent-chat sessions | wc -l)
agent-chat -n -q 'one to go' >"$OUT"; agent-chat -n -q 'another' >"$OUT"
agent-chat sessions --json | jq -r .id | tail -n 2 >ids
set -- "$(head -n 1 ids)" "$(tail -n 1 ids)"
s=$(echo "$HOME"/.local/state/agent/projects/*/sessions/"$1".jsonl)
touch "$s.torn-1" "$s.torn-2"
status_is 66 agent-chat sessions remove "$1" no-such
is "$(agent-chat sessions | wc -l)" $((n + 2)) 'sessions remove: none, when one is none'
flock "$s" sh -c 'agent-chat sessions remove "$1"; echo $? >rc' sh "$1" 2>"$ERR"
is "$(cat rc) $(agent-chat sessions | wc -l)" "75 $((n + 2))" 'nor one in use'
ok 'sessions remove' agent-chat sessions remove "$1" "$2"
is "$(agent-chat sessions | wc -l) $(ls "$s"* 2>"$ERR" | wc -l)" "$n 0" 'they are gone, and what was put aside'
status_is 2 agent-chat sessions name
like "$(cat "$ERR")" 'sessions name: it takes search' 'with too little'
status_is 66 agent-chat sessions export no-such
like "$(cat "$ERR")" "^agent-chat: no session 'no-such'" 'one that there is not'
ok 'sessions name' agent-chat sessions name "$id" 'tea time'
like "$(agent-chat sessions | tail -n 1)" 'tea time' 'is shown'
like "$(agent-chat sessions search DELTA)" 'user: delta' 'sessions search'
status_is 1 agent-chat sessions search nothing-like-that
like "$(agent-chat sessions export "$id")" '^## User' 'as Markdown'
ok 'budget' agent-chat budget -c --json
jq_ok '.window == 8192 and .window - .fixed - .tools - .history - .reserve == .left' \
    'is arithmetic'
ok 'doctor' agent-chat doctor
like "$(cat "$OUT")" '^ok +window +8192' 'says what there is'
modeld_ok
modeld_stop
status_is 1 agent-chat doctor
like "$(cat "$OUT")" 'start one: llama-server' 'and what to do'
no_children_left
done_testing
