#!/bin/sh
# The head of a prompt file: shown to who chooses one; its tools narrow what is
# offered and run, for its turn, and never widen; its model answers when the file
# is the user's, or the user has agreed; --model goes before it.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set parts
set models "m other costly"
when last-role=tool text "Done."
when last-contains "both" call write_file {"path":"made","content":"x"} call read_file {"path":"AGENTS.md"}
when last-contains "write" call write_file {"path":"made","content":"x"}
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work && cd work && git init -q . 2>"$ERR" || exit 99
echo 'Nothing.' >AGENTS.md
mine=$HOME/.config/agent/prompts
mkdir -p .agents/prompts .claude/commands "$mine"
body() { jq -c "select(.body | type == \"object\").body$1" "$MODELD_LOG" | tail -n "${2:-1}"; }
tools() { body '.tools // [] | map(.function.name)'; }
model() { body .model | tr -d '"'; }
prompt() { printf -- '---\n%b\n---\n%b\n' "$2" "$3" >"$1.md"; }

# To choose from.
prompt .agents/prompts/look 'description: Look\0033[2J at it\nargument-hint: "[FILE]"' 'Look at $@'
prompt "$mine/look" 'description: shadowed' 'Mine'
printf '# A heading\n\n  First words, and more.\n' >"$mine/bare.md"
prompt .claude/commands/guest 'description: A guest\nargument-hint: X\nmodel: sonnet\nallowed-tools: Bash(git:*)\ntools: nothing' 'Guest: $1'
echo 'No prompt.' >"$mine/system-coder.md"
echo 'A prompt.' >"$mine/systematic.md"
ok 'prompts' agent-chat prompts
is "$(sed 's/   */|/g' "$OUT")" 'bare|user|First words, and more.
commit|toolkit|Write a commit message for what is staged
guest|claude|A guest (X)
look|project|Look\x1b[2J at it ([FILE])
nightly|toolkit|What needs attention in a project, for a timer or cron (WHAT TO LOOK AT)
review|toolkit|Review a file or a change for faults (FILE...)
systematic|user|A prompt.' 'are listed with what they are about'
ok 'prompts --json' agent-chat prompts --json
json_is "$(jq -c 'select(.name == "guest")' "$OUT")" "{\"name\":\"guest\",\"where\":\"claude\",
    \"path\":\"$PWD/.claude/commands/guest.md\",\"description\":\"A guest\",\"argument_hint\":\"X\"}" 'as lines of JSON'
status_is 2 agent-chat --json prompts x
ok 'a prompt of these words' agent-chat -n prompts are fine
ok 'or of one' agent-chat -n -p prompts
is "$(cat "$OUT")" 'Re: prompts' 'is one'
printf '/help\n/quit\n' | agent-chat -i >"$OUT" 2>"$ERR"
like "$(cat "$OUT")" '^/look +Look.x1b\[2J at it \(\[FILE\]\)$' '/help'

# Tools.
prompt .agents/prompts/read 'tools: read_file, search_files   # to read' '$@'
ok 'with tools' agent-chat -n -t read hi
is "$(tools)" '["read_file","search_files"]' 'they are offered'
ok 'a call of another' agent-chat -n --format events -t read 'write it'
like "$(jq -r 'select(.role? == "tool").content' "$OUT")" 'not run: this prompt does not offer that tool' 'is not run'
is "$(jq -r 'select(.type == "tool.result").status' "$OUT")" denied 'which is a result'
ok 'one of each' agent-chat -n --format events -t read 'both of it'
is "$(jq -r 'select(.type == "tool.result") | "\(.tool) \(.status)"' "$OUT" | sort | tr '\n' ' ')" \
    'read_file completed write_file denied ' 'the other one is'
ok 'none was written' test ! -e made
prompt .agents/prompts/wide 'tools:\n  - write_file\n  - "read_file"\n  - shell' '$@'
ok 'a list' agent-chat -n -t wide hi
is "$(tools)" '["read_file","shell","write_file"]' 'of them'
ok '--read-only' agent-chat -n --read-only -t wide hi
is "$(tools)" '["read_file"]' 'is not widened'
ok '--tools' agent-chat -n --tools plan,shell -t wide hi
is "$(tools)" '["shell"]' 'neither'
prompt .agents/prompts/noted 'tools :\n  # for looking\n  - read_file # one\n\n  - search_files\nmodel: "m" # small' '$@'
ok 'remarks and blanks' agent-chat -n -t noted hi
is "$(tools)" '["read_file","search_files"]' 'are no tools'
is "$(agent-chat prompts --json | jq -r 'select(.name | test("noted|^read$")) | .tools, .model // "-"' | tr '\n' '|')" \
    'read_file, search_files|m|read_file, search_files|-|' 'nor are they listed'
prompt .agents/prompts/not 'tools: none' '$@'
ok 'no tools' agent-chat -n -t not hi
is "$(tools)" '[]' 'are offered'
ok '--no-tools' agent-chat -n --no-tools -t wide hi
prompt .agents/prompts/bad 'tools: read_fil' '$@'
status_is 65 agent-chat -n -t bad hi
like "$(cat "$ERR")" "the prompt 'bad': tools: no tool is called read_fil; did you mean read_file\?" 'one that is none is named'
status_is 65 agent-chat -n --format json -t bad hi
jq_ok '.exit_code == 65' 'a script is told'
prompt .agents/prompts/bad 'tools:' '$@'
status_is 65 agent-chat -n -t bad hi
like "$(cat "$ERR")" 'names no tool; write none' 'nothing is no word for none'
agent-chat -n --skip-done -o out -t read hi 2>"$ERR"
prompt .agents/prompts/read 'tools: read_file' '$@'
ok 'other tools' agent-chat -n --skip-done -o out -MD out.d -t read hi
is "$(tools)" '["read_file"]' 'are another question'
like "$(cat out.d)" 'agents/prompts/read.md' 'of which make is told'

# A model.
prompt "$mine/dear" 'model: costly' 'My $@'
ok 'a model' agent-chat -n -t dear hi
is "$(model)" costly 'of the user'"'"'s file answers'
ok '--model' agent-chat -n --model other -t dear hi
is "$(model)" other 'goes before it'
ok 'the offline model' agent-chat -n --offline -t dear hi
prompt .agents/prompts/rich 'model: costly\ntools: read_file' '$@'
ok 'of a project' agent-chat -n -t rich hi
is "$(model)" m 'does not'
like "$(cat "$ERR")" "'rich' asks for the model costly; the usual one answers: give --model costly, or agree" 'which is said'
for answer in n y; do
	_run "$STUB/pty" "expect asks for the model costly
expect [n]
send $answer\r
expect Re: hi" agent-chat -n -t rich hi
done
is "$STATUS$(model)" 0costly 'once the user has agreed'
ok 'from then on' agent-chat -n -t rich hi
is "$(model)$(tools)$(cat "$ERR")" 'costly["read_file"]' 'it does'
prompt .agents/prompts/rich 'model: other' '$@'
ok 'another model' agent-chat -n -q -t rich hi
is "$(model)$(cat "$ERR")" m 'is another question'
ok 'of a path' agent-chat -n -t "$mine/dear.md" hi
is "$(model)" m 'nor one of any file'
ok 'of Claude' agent-chat -n -t guest hi
is "$(model)$(cat "$ERR$OUT" 2>/dev/null)" m 'is another program'"'"'s, as are its tools'
prompt "$mine/odd" 'model: a b\0033c' '$@'
status_is 65 agent-chat -n -t odd hi

# What was agreed to is just that.
prompt .agents/prompts/first 'model: costly' 'other\n!{touch ran}'
prompt .agents/prompts/second 'x: y' 'costly\nother\n!{touch ran}'
prompt .agents/prompts/third 'x: y' 'model costly\nother\n!{touch ran}'
_run "$STUB/pty" "expect asks for the model
send y\r
expect runs these commands
send n\r" agent-chat -n -t first
is "$STATUS" 77 'a model, and no command'
for name in second third; do status_is 77 agent-chat -n -t $name; done
ok 'is no other text' test ! -e ran
prompt .agents/prompts/deep 'x: y' 'model costly\n!{true}'
prompt .agents/prompts/up 'model: costly' '!{true}'
_run "$STUB/pty" "expect runs these commands
send y\r
expect Re:" agent-chat -n -t deep
status_is 77 agent-chat -n -t up
like "$(cat "$ERR")" 'asks for the model costly; the usual' 'nor are commands a model'
is "$(wc -l <"$HOME/.local/state/agent/agreed")" 3 'by a line of its own each'
# Of a program that drives it, whose terminal it is.
printf '%s\n' '{"role":"user","content":"a","agent":{"fill":"up"}}' '{"role":"user","content":"b"}' >driven
_run "$STUB/pty" 'expect turn.end
expect turn.end' sh -c 'agent-chat --coprocess --brief none <driven'
is "$STATUS $(grep -c 'asks for the model costly; the usual' "$OUT") $(grep -c 'to run them now' "$OUT")" '0 1 0' 'nobody is asked'

# In a conversation it is for its turn.
prompt "$mine/dear" 'model: costly\ntools: read_file' 'Dear $@'
say() { printf '%s\n' "$@" | agent-chat -q -i --brief none ${with:-} >"$OUT" 2>"$ERR"; STATUS=$?; }
said() { body '| [.model, (.tools | length), (.messages[-1].content | rtrimstr("\n"))] | join(" ")' "$1" | tr '\n' '|'; }
say one '/dear two' three /retry '/dear four' /retry '/model other' '/dear five' '/nothing' /quit
is "$STATUS$(cat "$ERR" | sed 's/.*: no command/no command/')" '0no command /nothing; /help lists them' 'its turn'
is "$(said 7)" '"m 12 one"|"costly 1 Dear two"|"m 12 three"|"m 12 three"|"costly 1 Dear four"|"costly 1 Dear four"|"other 1 Dear five"|' \
    'and no other; /retry is the same again'
json_is "$(jq -c 'select(.role? == "user" and .content == "Dear four\n").agent' "$(ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | head -n 1)" | tail -n 1)" \
    '{"prompt":"dear","tools":["read_file"],"model":"costly"}' 'the session knows'
with='-t dear' say last
is "$(said 2)" '"costly 1 Dear "|"m 12 last"|' 'with the first prompt, too'
say '/dear six'
with=-c say /retry seven
is "$(said 2)" '"costly 1 Dear six"|"m 12 seven"|' '/retry in another run'
is "$(body '.messages | map(.content) | .[1:3]' 1)" '["Dear six\n","Re: Dear six"]' 'of what was asked'
prompt "$mine/dear" 'tools: rread_file' 'Dear $@'
say '/dear eight' nine
like "$(cat "$ERR")" 'no tool is called rread_file' 'a wrong head'
is "$(said 1)" '"m 12 nine"|' 'changes nothing'
{ printf -- '---\ntools: read_file\nx:\n'; yes ' - more' | head -n 130000; printf -- '---\nhi\n'; } >"$mine/long.md"
ok 'a head that has no end in sight' agent-chat -n -t long
is "$(tools)" '["read_file"]' 'is read'
printf -- '---\ndescription: %0100000d\n---\nhi\n' 7 >"$mine/wordy.md"
is "$(agent-chat prompts --json | jq -r 'select(.name == "wordy").description | length')" 1024 'nor is it listed without end'

# Many of a project hide none of the user's.
mkdir -p ../many/.agents/prompts && cd ../many || exit 99
seq -f '.agents/prompts/p%g.md' 2000 | xargs touch
is "$(agent-chat prompts | wc -l | tr -d ' ') $(agent-chat prompts | grep -c -e '^bare ' -e '^commit ')" "$((2000 + $(ls "$mine"/*.md | grep -vc system-) + 3)) 2" 'all of many are listed'
cd ../work || exit 99

# Of another program, which is told which there are.
prompt .agents/prompts/read 'tools: read_file' 'Read $2, $1.'
printf '%s\n' '{"role":"user","content":"a \"b c\"","agent":{"fill":"read"}}' \
    '{"role":"user","content":[{"type":"text","text":"d"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}],"agent":{"fill":"read"}}' \
    '{"role":"user","content":"e","agent":{"fill":"./AGENTS.md"}}' '{"role":"user","content":"f","agent":{"fill":"bad"}}' \
    '{"role":"user","content":"g"}' | agent-chat --coprocess --brief none >"$OUT" 2>"$ERR"
is "$?" 0 'a coprocess'
is "$(jq -r 'select(.type == "ready").prompts | map(.name) | index("read", "guest") | type' "$OUT" | tr '\n' ' ')" 'number number ' 'has a list'
is "$(jq -r 'select(.type == "turn.end" or .type == "error") | .stop_reason // .code' "$OUT" | tr '\n' ' ')" \
    'end_turn end_turn data error data error end_turn ' 'every prompt has its turn'
is "$(body '| [(.tools | length), (.messages[-1].content | if type == "array" then map(.text // .type) else . end)]' 3 | tr '\n' ' ')" \
    '[1,"Read b c, a.\n"] [1,["Read , d.\n","image_url"]] [12,"g"] ' 'with the words, and the tools'
modeld_ok
no_children_left
done_testing
