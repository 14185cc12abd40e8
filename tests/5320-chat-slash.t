#!/bin/sh
# The commands of a conversation: what they show, and that going back, going
# on elsewhere and other models are what the session's file and the model see.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set models "m other"
default text "Re: {last}" usage in=12 out=3'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work && cd work || exit 99
say() { printf '%s\n' "$@" | agent-chat -i >"$OUT" 2>"$ERR"; STATUS=$?; }

sent() { jq -rs "map(select(.body | type == \"object\").body.messages) | $1" "$MODELD_LOG"; }

say /help
is "$STATUS" 0 '/help'
for w in model tools skills plan mem session sessions context compact cost \
    undo retry fork new run drop copy quit; do
	like "$(cat "$OUT")" "^/$w " "/help lists /$w"
done
say one /cost /context
like "$(cat "$OUT")" '^1 request, 0 tool calls; 12 tokens in, 3 out' '/cost'
like "$(cat "$OUT")" 'window' '/context'
mkdir -p ~/.config/agent
echo '{"prices":{"m":{"input":1000000,"output":2000000}}}' >~/.config/agent/config.json
say one /cost
like "$(cat "$OUT")" 'this session cost 18' '/cost in money, where there are prices'
rm ~/.config/agent/config.json
say '/file nosuch' /skill '/quit now' one
is "$(grep '^agent-chat: /' "$ERR" | sed 's,open /.*/nosuch,open nosuch,')" 'agent-chat: /file: open nosuch: No such file or directory
agent-chat: /skill: which one? /skills lists them' 'what is wrong is said in the words that were typed'
unlike "$(cat "$OUT")" 'Re: one' '/quit leaves, whatever stands behind it'
say one two /undo three
like "$(cat "$ERR")" 'taken back' '/undo'
is "$(grep -c '^Re: ' "$OUT")" 3 'three answers'
f=$(ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | head -n 1)
is "$(jq -r 'select(.type == "undo") | .type' "$f")" undo 'it is in the file'
say one /retry
is "$(grep -c '^Re: one' "$OUT")" 2 '/retry asks again'
say /undo /retry
like "$(cat "$ERR")" 'no turn' 'nothing to take back'
n=$(ls "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | wc -l)
say one /fork two
like "$(cat "$ERR")" 'of its own' '/fork'
is "$(ls "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | wc -l)" \
    $((n + 2)) 'two sessions'
turns() { agent-chat sessions --json | jq -s -c "map(.turns)[-$1:]"; }
is "$(turns 2 | jq -c sort)" '[1,2]' 'a turn that came with the fork is counted'
say one two /undo /quit
is "$(turns 1)" '[1]' 'one that was taken back is not'
say one '/model other' two /model
like "$(cat "$OUT")" '^other at ' '/model NAME'
like "$(cat "$OUT")" '^Re: two' 'and it answers'
say '/plan add "buy more tea"' /plan '/plan list' '/plan nonsense'
like "$(cat "$OUT")" 'buy more tea' '/plan with words'
is "$(grep -c "nonsense\|ended with" "$ERR")" 1 'what is wrong is said once'
like "$(cat "$ERR")" 'nonsense' 'and a verb that is none'
n=$(ls "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | wc -l)
say one /new two '/name second' /session
is "$(ls "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | wc -l)" $((n + 2)) '/new: two sessions'
is "$(sent 'last | map(select(.role != "system").content) | tojson')" '["two"]' 'and the model knows nothing of the other'
f=$(ls -t "$HOME"/.local/state/agent/projects/*/sessions/*.jsonl | sed -n 2p)
is "$(jq -r 'select(.type == "result").exit_code' "$f")" 0 'which has its result'
is "$(agent-chat sessions | grep -c '1 turn .*\[second\] two')" 1 'the new one is as any other'
ok 'and is gone on with' agent-chat -n -c three
is "$(sent 'last | map(.role) | tojson')" \
    '["system","user","assistant","user"]' 'with its own system prompt'
echo '{"window":3000}' >~/.config/agent/config.json
say "$(seq 4000 | tr '\n' ' ')" /undo short
like "$(cat "$ERR")" '/undo takes the prompt back' 'a prompt that is too long: what to do'
like "$(cat "$OUT")" '^Re: short' 'and that it helps'
rm ~/.config/agent/config.json
say /new /new one
is "$STATUS" 0 'over and over'
mkdir -p .agents/prompts
printf -- '---\ndescription: x\n---\nPour $1 into $2.\n' >.agents/prompts/pour-tea.md
say '/pour-tea "green tea" cups' '/pour-te x' '/pour-tee'
like "$(cat "$OUT")" '^Re: Pour green tea into cups\.' 'a prompt file is a command'
like "$(cat "$OUT")" '^Re: /pour-te x' 'another name is none'
like "$(cat "$ERR")" 'no command /pour-tee' 'alone'
ln -s /etc/hostname .agents/prompts/host.md
say /host hello
like "$(cat "$ERR")" 'no Markdown of the project' 'one that leads elsewhere'
like "$(cat "$OUT")" '^Re: hello' 'and on it goes'
mkdir -p ~/.agents/skills/pot
printf -- '---\nname: pot\ndescription: Pots\n---\nA pot.\n' >~/.agents/skills/pot/SKILL.md
say '/skill:pot now' '/skill pot then'
is "$(grep -c '^Re: <skill name="pot"' "$OUT")" 2 '/skill:NAME as /skill NAME'
say /mem '/mem tea'
is "$(grep -c 'nothing is remembered\|nothing that is remembered fits' "$ERR")" 2 '/mem of nothing says so'
agent-mem store 'the tea is green' >"$OUT"
say /mem '/mem "green tea"'
is "$(grep -c 'the tea is green' "$OUT")" 2 '/mem and /mem WORDS'
mkdir -p ~/.agents/skills/cup .agents/tools
printf -- '---\nname: cup\ndescription: Cups of tea\n---\nTwo.\n' >~/.agents/skills/cup/SKILL.md
printf '#!/bin/sh\n# @describe Say hello\n# @option --who! <NAME> whom\necho hi\n' >.agents/tools/greet.sh
chmod +x .agents/tools/greet.sh
agent-tool trust --yes >"$OUT" 2>&1
say /sessions /skills /tools
like "$(cat "$OUT")" '^- cup .*: Cups of tea$' '/skills: skills'
like "$(cat "$OUT")" "^greet +Say hello  \\[$PWD/.agents/tools/greet.sh\\]\$" 'and tools, with where they are from'
like "$(cat "$OUT")" '^read_file +Read a text file\.$' 'which is not said of ours'
like "$(cat "$OUT")" 'list_files' '/tools'
say /etc/hosts '/etc/hosts is short' /modl /nonsense
is "$(grep -c '^Re: /' "$OUT")" 2 'paths are no commands'
like "$(cat "$ERR")" 'no command /modl; did you mean /model' 'one that is near'
say /copy
like "$(cat "$ERR")" 'no answer to copy' '/copy of nothing'
_run "$STUB/pty" 'expect > 
send hi\r
expect Re: hi
expect > 
send /copy\r
expect 52;c;UmU6IGhp
expect > 
send \cD' agent-chat -q
is "$STATUS" 0 '/copy at a terminal, as base64'
no_children_left
done_testing
