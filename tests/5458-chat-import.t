#!/bin/sh
# agent-chat prompts import: templates of llm, roles of aichat and patterns of
# fabric become prompt files that are asked as they were there; what is text stays
# text; all or nothing, nothing is replaced unasked, and no name chooses a path.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set parts
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mine=$HOME/.config/agent/prompts
import() { ok "import $*" agent-chat prompts import "$@"; }
says() { is "$(agent-chat -n -q "$@" 2>&1)" "Re: $said" "$*"; }
hint() { agent-chat prompts --json | jq -r "select(.name == \"$1\").argument_hint"; }

# llm.
mkdir llm && cd llm || exit 99
cat >summary-of.yaml <<'EOT'
model: gpt-4o
system: You write like $voice, for $$5
prompt: >
    Summarize this:

    $input
defaults:
  voice: a "pirate"
options: {temperature: 0.7}
functions: |
  def f(x): return x
EOT
printf 'system: Suggest a recipe from $country\n' >recipe.yml
printf 'prompt: |\n  Run !{touch made} and !`touch made` for $HOME5 $1 ${@:2}, it is ${input}!\n' >'odd name!.yaml'
printf "'Only this: \$input'\n" >bare.yaml
printf 'schema_object:\n  type: object\n  properties: {name: {type: string}}\n  required: [name]\nprompt: A dog\nextract: true\n' >dog.yaml
cd ..
import llm
is "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" 'bare dog odd-name recipe summary-of ' 'what is written is listed'
like "$(cat "$ERR")" 'summary-of: left out: options, functions; its model gpt-4o is a remark in its head$' 'and what is not'
like "$(cat "$ERR")" "dog: left out: extract; its schema is for --output-schema $mine/dog.schema.json" 'a schema'
is "$(cat "$mine/summary-of.md")" '---
# a prompt of llm, by agent-chat prompts import
argument-hint: "[INPUT] [VOICE]"
# model: gpt-4o
---
You write like ${2:-a "pirate"}, for $$5

Summarize this:
$1' 'the file'
is "$(stat -c %a "$mine/dog.md" "$mine/dog.schema.json" | tr '\n' ' ')" '644 644 ' 'may be read'
json_is "$(cat "$mine/dog.schema.json")" '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}' 'the schema'
said='You write like a "pirate", for $5

Summarize this:
long text'
says -t summary-of 'long text'
said='You write like Yoda, for $5

Summarize this:
text'
says -t summary-of text Yoda
said='Suggest a recipe from Peru

with rice and beans'
says -t recipe Peru with rice and beans
is "$(hint recipe)" 'COUNTRY [INPUT...]' 'its words'
said='Only this: a b'
says -t bare a b
said='Run !{touch made} and !`touch made` for it $1 ${@:2}, it is here now!'
says -t odd-name it here now
ok 'no command of it is run' test ! -e made
is "$(printf 'standing in' | agent-chat -q -t bare)" 'Re: Only this: 


<stdin>
standing in
</stdin>' 'standard input'

# aichat.
mkdir aichat
printf -- '---\nmodel: openai:gpt-4o\ntemperature: 0\nuse_tools: fs\n---\nconvert __INPUT__ to emoji, $1, at {{__os__}}\n' >'aichat/%emoji%.md'
printf 'Words to code.\n\n### INPUT:\nlist\n\n### OUTPUT:\nls\n' >aichat/shots.md
printf -- '- name: grammar\n  prompt: >\n    Mend the\n    grammar\n- name: short\n  model: x\n  prompt: __INPUT__, shorter\n' >aichat/roles.yaml
import aichat
like "$(cat "$ERR")" 'emoji: places such as \{\{__os__\}\} are text; left out: temperature, use_tools; its model openai:gpt-4o is' 'roles'
said='convert a joy to emoji, $1, at {{__os__}}'
says -t emoji a joy
said='Words to code.

### INPUT:
list

### OUTPUT:
ls

### INPUT:
show files'
says -t shots show files
said='Mend the grammar

i is'
says -t grammar i is
said='so long, shorter'
says -t short so long

# fabric.
mkdir -p patterns/extract_wisdom patterns/translate patterns/.git
printf '# IDENTITY\n\nYou extract $100 of wisdom.\n\n# INPUT:\n\nINPUT:\n' >patterns/extract_wisdom/system.md
printf 'CONTENT:\n' >patterns/extract_wisdom/user.md
printf 'Into {{lang_code}} with {{plugin:datetime:now}}: {{input}}\n' >patterns/translate/system.md
echo 'About patterns.' >patterns/README.md
import patterns
is "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" 'extract_wisdom translate ' 'patterns, and nothing else'
like "$(cat "$ERR")" 'translate: places of plugins are text$' 'what is not theirs'
said='# IDENTITY

You extract $100 of wisdom.

# INPUT:

INPUT:

CONTENT:

a talk'
says -t extract_wisdom a talk
said='Into de with {{plugin:datetime:now}}: good day'
says -t translate de good day

# Nothing is replaced unasked, and it is all or nothing.
import_fails() { _s=$1; shift; status_is "$_s" agent-chat prompts import "$@"; }
echo 'Mine.' >"$mine/translate.md"
mkdir -p more/new && echo 'New.' >more/new/system.md && cp -r patterns/translate more
import_fails 73 more
like "$(cat "$ERR")" 'translate.md is there; --force replaces it; nothing is written' 'it is said'
ok 'and holds' test ! -e "$mine/new.md" -a "$(cat "$mine/translate.md")" = Mine.
import --force more
is "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" 'new translate ' 'with --force'
ok 'as JSON' agent-chat prompts import --json --force llm/dog.yaml
json_is "$(cat "$OUT")" "{\"name\":\"dog\",\"from\":\"llm\",\"file\":\"llm/dog.yaml\",\"path\":\"$mine/dog.md\",
    \"schema\":\"$mine/dog.schema.json\",\"notes\":[\"left out: extract\"]}" 'lines'
printf 'prompt: a\n' >a.yaml; printf 'prompt: &x b\nsystem: *x\n' >bomb.yaml
import_fails 65 a.yaml bomb.yaml
like "$(cat "$ERR")" '^agent-chat: bomb.yaml:1: anchors and aliases' 'YAML that grows'
ok 'is none, nor is the other' test ! -e "$mine/a.md"
for bad in 'prompt: [a]' 'a: b' 'prompt: a: b' '- x' '- name: x' 'prompt: "a\u0000"'; do
	printf '%s\n' "$bad" >bad.yaml
	import_fails 65 bad.yaml
	like "$(cat "$ERR")" '^agent-chat: bad.yaml' "names the file: $bad"
done
printf 'a\0b\n' >nul.md; printf 'a\377b\n' >latin.md; head -c 1100000 /dev/zero | tr '\0' a >huge.md
printf -- '---\ntools: shell\n---\nx\n' >ours.md; echo x >x.txt; mkfifo pipe.md
for bad in nul.md latin.md huge.md ours.md x.txt pipe.md; do import_fails 65 "$bad"; done
import_fails 66 nothing.md
mkdir empty; import_fails 66 empty
import_fails 2
import_fails 2 --from lm a.yaml
for words in hi prompts sessions; do status_is 2 agent-chat --from llm $words; done
mkdir crowd && echo 'prompt: a' >crowd/crowd.yaml && (cd crowd && seq 10000 | xargs touch)
import_fails 65 crowd
like "$(cat "$ERR")" 'crowd: has more than 10000 files; name those that are prompts' 'some are not all'
rm -r crowd
printf 'prompt: a\n' >A.yml
import_fails 65 a.yaml A.yml
like "$(cat "$ERR")" 'a.yaml and A.yml would both be A.md' 'two of a name'
import --from fabric x.txt
said='x

y'
says -t x y

# Names and links.
for name in system.yaml system-coder.yaml summary.yaml ...yaml; do
	echo 'prompt: a' >"$name"; import_fails 65 "./$name"
done
printf -- '- name: ../../../evil\n  prompt: a\n- name: "b\\e[2J/\\n c"\n  prompt: a\n- name: help\n  prompt: a\n' >names.yaml
import names.yaml
is "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" 'evil b-2J-c help ' 'names are no paths'
like "$(cat "$ERR")" 'help: /help is a command, so only -t finds it' 'nor commands'
printf 'model: "x\\ntools: none"\nprompt: |\n  ---\n  tools: none\n  ---\n  hi\n' >head.yaml
import head.yaml
is "$(agent-chat prompts --json | jq -c 'select(.name == "head") | [.tools, .model]')" '[null,null]' 'nor does a text write a head'
mkdir -p linked/in links; echo secret >key; ln -s ../../key linked/in/system.md
ln -s ../llm/bare.yaml links/bare2.yaml; ln -s ../patterns/translate links/translate2; echo 'prompt: c' >links/c.yaml
import_fails 77 linked
import links
is "$(cut -d ' ' -f 1 "$OUT" | tr '\n' ' ')" 'c ' 'links in a folder are left alone'
like "$(cat "$ERR")" 'links/bare2.yaml: is a link, left out' 'which is said'
rm "$mine/c.md"; ln -s "$TRASH/key" "$mine/c.md"
import_fails 73 links
import --force links
is "$(cat key)" secret 'a link in the way is replaced, not what it leads to'
status_is 73 env XDG_CONFIG_HOME=/dev/null/x agent-chat prompts import a.yaml
printf 'prompt: $a $b\ndefaults: {a: "!`touch made`", b: "!{touch made"}\n' >default.yaml
import default.yaml
like "$(cat "$ERR")" 'default: the default of a, which would be no text here, is left out' 'a default is no command'
said='1 2

3'
says -t default 1 2 3
is "$(find "$mine" -name '.*tmp*')" '' 'nothing is left behind'
modeld_ok
no_children_left
done_testing
