#!/bin/sh
# What a project brings along is asked for, and run, on the user's word only:
# skills by the tool skill, told by name and read when needed, kept when the
# talk is made shorter; and the commands in prompt files, agreed to once.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
when last-role=tool text "Followed."
when last-contains "make tea" call skill {"name":"tea"}
when last-contains "script" call skill {"name":"tea","file":"scripts/boil.sh"}
when last-contains "out" call skill {"name":"tea","file":"../../../AGENTS.md"}
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work && cd work && git init -q . 2>"$ERR" || exit 99
echo 'Nothing.' >AGENTS.md
result() { jq -r 'select(.type == "message" and .role == "tool").content' "$OUT"; }
tools() { agent-tool list | jq -r '.[].function.name' | grep -cx skill; }
call() { agent-tool call skill "$1" >"$OUT" 2>&1; STATUS=$?; }

# The tool.
is "$(tools)" 0 'no skills, no tool'
mkdir -p .agents/skills/tea/scripts ~/.agents/skills/cup ~/.agents/skills/secret ~/.agents/skills/none
printf -- '---\nname: tea\ndescription: How to: make tea\n---\nBoil water, see scripts/boil.sh.\n' >.agents/skills/tea/SKILL.md
echo 'echo boiled' >.agents/skills/tea/scripts/boil.sh
is "$(tools)" 0 'nor for one that nobody trusts'
printf -- '---\nname: cup\ndescription: Cups\n---\nTwo cups.\n' >~/.agents/skills/cup/SKILL.md
printf -- '---\nname: secret\ndescription: Mine\ndisable-model-invocation: true\n---\nMine.\n' >~/.agents/skills/secret/SKILL.md
echo 'No head.' >~/.agents/skills/none/SKILL.md
agent-tool trust --yes >"$OUT" 2>&1
is "$(agent-tool list | jq -c '.[].function | select(.name == "skill").parameters.properties.name.enum')" \
    '["cup","tea"]' 'those that are trusted, and the user'"'"'s, sorted'
is "$(agent-tool list | sha256sum)" "$(agent-tool list | sha256sum)" 'the same to the byte'
call '{"name":"cup"}'
like "$STATUS$(tr '\n' ' ' <"$OUT")" '^0.*<skill name="cup".*Two cups' 'one of the user'
call '{"name":"secret"}'
like "$(cat "$OUT")" 'ERROR' 'one that is not for models'
ok 'a model asks for one' agent-chat -n --format events 'make tea'
like "$(result)" 'Boil water.*scripts/boil.sh' 'its text and the names of its files'
is "$(jq -r 'select(.type == "message" and .role == "tool").agent.keep' "$OUT")" true 'is kept'
ok 'a file of it' agent-chat -n --format events script
is "$(result)" 'echo boiled' 'by its name'
ok 'a file elsewhere' agent-chat -n --format events out
like "$(result)" 'ERROR \[PATH_OUTSIDE' 'is out of reach'
ln -s /etc/hostname .agents/skills/tea/link
call '{"name":"tea","file":"link"}'
unlike "$(cat "$OUT")" "^$(cat /etc/hostname)" 'nor by a link'
echo 'echo owned' >.agents/skills/tea/scripts/boil.sh
call '{"name":"tea"}'
like "$(cat "$OUT")" 'ERROR' 'a skill is off as soon as any of it is changed'

# Some are for the model alone.
mkdir -p ~/.agents/skills/inner
printf -- '---\nname: inner\ndescription: Inner\nuser-invocable: false\n---\nInside.\n' >~/.agents/skills/inner/SKILL.md
call '{"name":"inner"}'
like "$(cat "$OUT")" 'Inside' 'one for the model'
status_is 66 agent-chat -n --skill inner hi
ok 'another for both' agent-chat -n --skill cup hi
rm -r ~/.agents/skills/inner

# A talk that is made shorter keeps it: many long results come after it.
rm .agents/skills/tea/link; agent-tool trust --yes >"$OUT" 2>&1
ok 'the skill' agent-chat -n 'make tea'
for i in 1 2 3; do
	agent-chat -n -c "$(seq -s ' ' 1000) $i" >"$OUT" 2>"$ERR"
done
printf '/compact\nlast words\n' | agent-chat -i -c >"$OUT" 2>"$ERR"
like "$(jq -c 'select(.body | type == "object") | .body.messages' "$MODELD_LOG" | tail -n 1)" 'Boil water' \
    'after /compact the model still has it'

# Commands in prompt files.
mkdir -p .agents/prompts
printf -- '---\ndescription: x\n---\nFiles: !{ls; echo "arg: "$1}\nBad: !`exit 3`\nRaw: $1\n' >.agents/prompts/look.md
status_is 77 agent-chat -n -t look 'a;b'
like "$(cat "$ERR")" 'nobody has agreed to; try it once at a terminal' 'not without a word'
is "$(grep -c 'arg: ' "$MODELD_LOG")" 0 'nothing was run'
ask() { _run "$STUB/pty" "expect [n]
send $1\r
$2" agent-chat -n -t look 'a;b'; }
ask n ''
is "$STATUS" 77 'no'
like "$(cat "$OUT")" '\| ls; echo "arg: "\$1' 'the commands are shown'
ask y 'expect Re:'
is "$STATUS" 0 'yes'
ok 'from then on' agent-chat -n -t look 'a;b'
is "$(cat "$OUT")" 'Re: Files: AGENTS.md
arg: a;b
Bad: [exit status 3]
Raw: a;b' 'their output is there, arguments quoted, failures told'
is "$(stat -c %a "$HOME/.local/state/agent/agreed")" 600 'what was agreed to is for nobody else'
printf 'More: !{touch /tmp/../etc/x-$$ 2>&1}\n' >>.agents/prompts/look.md
status_is 77 agent-chat -n -t look 'a;b'
like "$(cat "$ERR")" 'agreed' 'another text is another question'

# Above the workspace, up to the root of its repository; and those of others.
skill() { mkdir -p "$1" && printf -- '---\nname: %s\ndescription: %s\n---\n%s.\n' "$(basename "$1")" "$2" "$3" >"$1/SKILL.md"; }
skill ../.agents/skills/far Far 'From afar'
skill sub/.claude/skills/guest Guest 'A guest'
skill ~/.claude/skills/lodger Lodger 'A lodger'
skill ~/.agents/skills/tea Mine 'The tea of the user'
mkdir -p sub/deep && cd sub/deep || exit 99
enum() { agent-tool list 2>"$ERR" | jq -c '.[].function | select(.name == "skill").parameters.properties.name.enum'; }
is "$(enum)" '["cup","tea"]' 'in a folder below: not trusted there'
call '{"name":"tea"}'
like "$(cat "$OUT")" 'The tea of the user' 'so it is the one of the user'
like "$(agent-tool trust)" '^new .* \.\./\.\./\.agents/skills/tea/SKILL\.md' 'trust shows it'
ok 'trust takes a folder above' agent-tool trust --yes ../../.agents/skills/tea
call '{"name":"tea"}'
like "$(tr '\n' ' ' <"$OUT")" "folder=\"$TRASH/work/.agents/skills/tea\".*Boil water" 'the project goes before the user'
like "$(enum; cat "$ERR")" 'skill tea: .*/home/\.agents/skills/tea is another of that name, which does not count' 'and it is said'
ok 'a model is told' agent-chat -n hi
like "$(jq -rs 'last.body.messages[0].content' "$MODELD_LOG")" '- tea \(\.\./\.\./\.agents/skills/tea/SKILL\.md\): How to: make tea' 'where it is'
is "$(agent-tool trust | grep -c far)" 0 'above the repository nothing is looked at'
is "$(AGENT_CLAUDE_SKILLS=yes enum)" '["cup","lodger","tea"]' 'skills of others when wanted'
AGENT_CLAUDE_SKILLS=yes agent-tool trust --yes >"$OUT" 2>&1
is "$(AGENT_CLAUDE_SKILLS=yes enum)" '["cup","guest","lodger","tea"]' 'those of the project once trusted'
echo 'More.' >>../.claude/skills/guest/SKILL.md
is "$(AGENT_CLAUDE_SKILLS=yes enum)" '["cup","lodger","tea"]' 'and only as they were'

# What a project would have sent to a server is its own Markdown.
cd ../.. && mkdir -p docs && echo 'From the docs.' >docs/rules.md && echo 'KEY=canary' >.env
echo 'id canary' >"$TRASH/secret.md"
system() { jq -rs 'last.body.messages[0].content' "$MODELD_LOG"; }
ln -sf docs/rules.md AGENTS.md
ok 'AGENTS.md may lead to Markdown of the project' agent-chat -n hi
like "$(system)" 'From the docs' 'which is told'
for to in .env "$TRASH/secret.md" "$HOME/.ssh/id" /etc/hostname; do
	ln -sf "$to" AGENTS.md
	ok "one that leads to $(basename "$to") is left out" agent-chat -n hi
	unlike "$(system)" 'canary|instructions file' 'and not told'
	[ "$to" = "$HOME/.ssh/id" ] || like "$(cat "$ERR")" 'left out: .*no Markdown of the project' 'which is said'
done
ln -sf "$TRASH/secret.md" .agents/prompts/review.md
status_is 77 agent-chat -n -t review x
like "$(cat "$ERR")" 'review.md: leads to what is no Markdown of the project' 'nor is a prompt file'
ln -sf ../../docs/rules.md .agents/prompts/review.md
ok 'one that leads to the docs' agent-chat -n -t review x
is "$(cat "$OUT")" 'Re: From the docs.

x' 'is a prompt file'
rm AGENTS.md
modeld_ok
no_children_left
done_testing
