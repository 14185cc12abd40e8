#!/bin/sh
# Where skills may lie: six folders deep, through the user's own links and no
# others, never in a circle, under names that are names, the same in the same
# order every time; and the tool and the system prompt always agree on which
# there are, whatever is hidden, changed, doubled or beyond a limit.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work elsewhere && cd work && git init -q . 2>"$ERR" || exit 99
mine=$HOME/.agents/skills
skill() { mkdir -p "$1" && printf -- '---\nname: %s\ndescription: %s\n---\n%s.\n' "${1##*/}" "${2:-Some}" "${3:-Text}" >"$1/SKILL.md"; }
enum() { agent-tool list 2>"$ERR" | jq -r '.[].function | select(.name == "skill").parameters.properties.name.enum[]' | tr '\n' ' '; }
prompt() { agent-chat -n hi >"$OUT" 2>"$ERR"; jq -rs 'last.body.messages[0].content' "$MODELD_LOG"; }
told() { prompt | sed -n 's/^- \([^ ]*\) (.*/\1/p' | LC_ALL=C sort | tr '\n' ' '; }
both() {	# both NAMES NAME: the tool offers them, and the prompt tells of them
	is "$(enum)" "$1" "$2: offered"
	is "$(told)" "$1" "$2: told"
}

# Depth.
skill "$mine/a/b/c/d/e/six"
skill "$mine/a/b/c/d/e/f/seven"
skill "$mine/my things/two"
both 'six two ' 'six folders deep'
like "$(prompt)" "^- six \($mine/a/b/c/d/e/six\): Some\$" 'and where'
ok 'it can be had' agent-tool call skill '{"name":"six"}'
like "$(cat "$OUT")" "folder=\"$mine/a/b/c/d/e/six\"" 'from there'
status_is 66 agent-chat -n --skill seven hi
ok 'a prompt can begin with it' agent-chat -n --skill two hi
skill "$mine/two/examples/inner"
skill "$mine/two"  'Higher' 'Higher up'
both 'six two ' 'what lies within a skill is none'
agent-tool call skill '{"name":"two"}' >"$OUT" 2>"$ERR"
like "$(cat "$OUT")" 'Higher up' 'of two the one that is higher counts'
prompt >/dev/null
like "$(cat "$ERR")" 'skill two: .*/my things/two is another of that name, which does not count' 'which is said'
is "$(enum; prompt)" "$(enum; prompt)" 'the same to the byte'
is "$(enum >"$OUT"; grep -c 'its head calls it' "$ERR")" 0 'whose heads have the names of their folders'
sed -i 's/^name: .*/name: other/' "$mine/two/SKILL.md"
enum >"$OUT"
like "$(cat "$ERR")" 'skill two: its head calls it other; the name of its folder counts' 'or it is said'
was=$(agent-tool list | sha256sum; prompt | sha256sum)
mv "$mine" old && mkdir -p "$mine" && (cd old && ls -r | while read -r f; do cp -r "$f" "$mine/"; done)
is "$(agent-tool list | sha256sum; prompt | sha256sum)" "$was" 'in whatever order it was made'
rm -r old

# Links.
skill ../elsewhere/linked
skill ../elsewhere/far/away
for to in .. . / "$HOME" "$mine/a" ../../..; do ln -s "$to" "$mine/l$(echo "$to" | tr / _)"; done
mkdir -p .agents/skills
ln -s "$TRASH/elsewhere/linked" "$mine/linked"
ln -s "$TRASH/elsewhere/far" "$mine/far"
ln -s "$TRASH/elsewhere/far/away" "$mine/again"
case $(enum) in *'linked '*) pass 'links of the user are followed' ;; *) fail 'links of the user are followed' "$(enum)" ;; esac
is "$(told)" "$(enum)" 'the same is told'
is "$(enum | tr ' ' '\n' | grep -cx 'away\|again')" 1 'no folder twice'
rm "$mine"/l_* "$mine"/l.* "$mine/again"
ln -s "$TRASH/elsewhere/linked" .agents/skills/stolen
ln -s "$TRASH/elsewhere" .agents/skills/all
ln -s . .agents/skills/self
agent-tool trust --yes >"$OUT" 2>&1
both 'away linked six two ' 'those of a project are not'
rm .agents/skills/*

# Of a project: trusted with all that lies beside it, wherever it is.
skill .agents/skills/kitchen/tea 'Make tea' 'Boil'
skill .agents/skills/kitchen/six 'Ours' 'Ours'
mkdir .agents/skills/kitchen/tea/scripts && echo 'echo hot' >.agents/skills/kitchen/tea/scripts/boil.sh
both 'away linked six two ' 'not before they are trusted'
agent-tool trust --yes >"$OUT" 2>&1
both 'away linked six tea two ' 'trusted'
like "$(prompt)" '^- tea \(\.agents/skills/kitchen/tea/SKILL\.md\): Make tea$' 'where it is'
like "$(cat "$ERR")" 'agent-chat: warning: skill six: .*/home/.*/six is another of that name' 'the project goes before the user, which is said'
agent-chat -q -n hi >"$OUT" 2>"$ERR"
is "$(cat "$ERR")" '' 'not with -q'
agent-chat -n --skip-done -o answer hi >"$OUT" 2>"$ERR"
is "$(grep -c 'skill six' "$ERR")" 1 'and once'
agent-tool call skill '{"name":"six"}' >"$OUT" 2>"$ERR"
like "$(cat "$OUT")" 'Ours' 'so it is'
echo 'echo cold' >.agents/skills/kitchen/tea/scripts/boil.sh
both 'away linked six two ' 'off when what lies beside it changed'
for i in $(seq 150); do echo x >".agents/skills/kitchen/a file with quite some name $i.txt"; done
agent-tool trust --yes >"$OUT" 2>&1
both 'away linked six tea two ' 'among many files'
echo 'echo cold again' >.agents/skills/kitchen/tea/scripts/boil.sh
both 'away linked six two ' 'as well'
rm -r .agents/skills/kitchen

# Names.
esc=$(printf '\033') nl='
'
long=$(printf '%065d' 0)
for name in "a${nl}b" "c${esc}[31m" "$(printf 'd\342\200\256x')" "$(printf 'e\377')" 'f"g' "$long" -rf 'h i' '<j>' \
    .hidden node_modules/k _l; do skill "$mine/$name" 'Bad'; done
skill "$mine/Large_1.5"
skill "$mine/$(printf '%064d' 0)"
both "$(printf '%064d' 0) Large_1.5 away linked six two " 'names that are none'
is "$(enum >"$OUT"; grep -c 'no name of a skill' "$ERR")" 6 'are said to be none'
is "$(tr -d '\n\t -~' <"$ERR" | wc -c)" 0 'in plain letters'
prompt >"$OUT"
is "$(grep -c "Bad\|$esc" "$OUT")" 0 'and nothing of them is told'
cd "$mine" && rm -rf -- ./[a-z]*g* ./[0_-]* ./*i* ./d* ./e* ./c* ./a* ./.h* ./node* ./'<j>' ./Large* && cd "$TRASH/work" || exit 99
rm -r "$mine"

# Limits.
mkdir "$mine"
(cd "$mine" && for i in $(seq -w 105); do skill "s$i"; done)
is "$(enum | wc -w)" 100 'a hundred are offered'
is "$(told | wc -w)" 100 'and told'
is "$(enum)" "$(told)" 'the same'
enum >"$OUT"
like "$(cat "$ERR")" 'skill s105: 100 others are offered before it' 'which is said'
rm -r "$mine" && skill "$mine/an"
(cd "$mine" && mkdir $(seq -f 'f%04.0f' 2000) && skill zz/last && skill zz && rm zz/SKILL.md)
both 'an ' 'two thousand folders are looked at'
like "$(cat "$ERR")" "skills: $mine: has more folders than are looked at" 'which is said'
(cd "$mine" && rmdir f0001 f0002 f0003)
both 'an last ' 'and no more'
rm -r "$mine"
skill .agents/skills/a/first && skill .agents/skills/b/second
(cd .agents/skills/b/second && touch $(seq -f 'f%04.0f' 1996))
agent-tool trust --yes >"$OUT" 2>&1
both 'first second ' 'two thousand files can be trusted'
touch .agents/skills/b/second/g1 .agents/skills/b/second/g2 .agents/skills/b/second/g3
status_is 1 agent-tool trust --yes
like "$(cat "$OUT")" '^unseen +\.agents/skills/b/second/g3 \(beyond the first 2000 files\)$' 'of more it is said'
both 'first ' 'and what lies with it does not count'
like "$(agent-tool trust 2>&1)" '1 unseen, for the reason that stands with it; what lies in a folder' 'nor is that kept quiet'
rm .agents/skills/b/second/[fg]* && truncate -s 257M .agents/skills/b/second/z
agent-tool trust --yes >"$OUT" 2>&1
both 'first ' 'nor with what is too large to look at'
modeld_ok
no_children_left
done_testing
