#!/bin/sh
# The locale, the time zone and the name of the folder make no difference to
# what programs say to programs.
# shellcheck disable=SC2154,SC2163
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
mkdir work && cd work || exit 99
good=$_meta/good bad='' J='{"path":"new","content":"x"}'
export AGENT_FIXED_TIME=1790000000.125 AGENT_FIXED_IDS=zz AGENT_MODEL_API_KEY="$SECRET"
printf 'a file: \303\251 \360\237\246\212 I\304\260\304\261i 1.5\n' >file
echo '{"role":"user","content":"Hello \u0130I."}' >talk
# What all five say, to programs, and what they write; in a state of its own.
said() {
	rm -rf "$_meta/state" new answers; export AGENT_STATE="$_meta/state" AGENT_MEMORY="$_meta/state/m.db"
	mkdir -p "$_meta/state"
	printf '%s\n' '{"text":"INDIGO ink is \u0130nce 1.5","id":"a","at":"2026-03-01T00:00:00Z","importance":0.25}' \
	    '{"text":"Istanbul, title TITLE","id":"b","tags":["I\u0131"]}' | agent-mem import -n a
	agent-mem search -n a 'indigo INK title'; agent-mem search -n a --explain 'istanbul'; agent-mem list -n a --since 2026-01-01
	agent-mem export -n a
	agent-plan add 'The TITLE of it' --priority 2 --check 'true'; agent-plan list --json; agent-plan show 1 --format json
	agent-gate --offline --stream --temperature 0.5 <talk
	echo '{"custom_id":"I","messages":[{"role":"user","content":"Hello."}]}' >in
	agent-gate batch -q --offline -o answers in 2>"$good.x"; jq -c 'del(.response.body.id, .id)' answers
	agent-tool list --json; agent-tool call read_file '{"path":"file"}'; agent-tool call write_file "$J"; agent-tool call list_files '{"path":"."}'
	agent-tool call search_files '{"pattern":"ıi"}'; agent-tool check shell '{"command":"LS -la"}'
	agent-chat --offline -n --format json 'list files' | jq -c 'del(.duration_ms)'
	jq -c 'del(.duration_ms, .cwd, .workspace, .content)' "$_meta"/state/projects/*/sessions/*.jsonl
}
W=$_meta/want G=$_meta/got; mkdir "$_meta/loc"
said >"$W" 2>"$W.err"
like "$(cat "$W")" 'INDIGO' 'they say something'
is "$(grep -v '^agent-[a-z]*: \(warning\|note\)' "$W.err")" '' 'and complain of nothing'
n=0
same() {	# same NAME VARIABLE=VALUE...
	( name=$1; shift; export "$@"; unset name; said ) >"$G" 2>"$G.err"
	cmp -s "$W" "$G" && cmp -s "$W.err" "$G.err" || bad="$bad $1:$(diff "$W" "$G" | head -n 3 | cut -c 1-200)$(diff "$W.err" "$G.err" | head -n 2)"
	n=$((n + 1))
}

# row 35
for l in tr_TR ${LONG:+de_DE fa_IR}; do
	localedef -i $l -f UTF-8 "$_meta/loc/$l.UTF-8" >"$good" 2>&1
done
same C LC_ALL=C
same none LC_ALL= LANG=
same unknown LC_ALL=xx_YY.UTF-8
if [ -d "$_meta/loc/tr_TR.UTF-8" ]; then
	for l in tr_TR ${LONG:+de_DE fa_IR}; do same $l LC_ALL=$l.UTF-8 LOCPATH="$_meta/loc" \
	    ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"; done # the C library never frees LOCPATH
else
	skip 'no localedef here' 'Turkish'
fi
for z in XXX-24:59:59 "$(head -c 5000 /dev/zero | tr '\0' A)" ${LONG:+Asia/Kathmandu :/nowhere AAA+3BBB,M3.2.0,M11.1.0 ../../etc/passwd}; do
	same "TZ=$(printf %s "$z" | cut -c 1-20)" TZ="$z"
done
is "$bad" '' "the same in $n locales and time zones"; bad=''

unset AGENT_STATE AGENT_MEMORY AGENT_FIXED_TIME AGENT_FIXED_IDS
top=$PWD
long=$(head -c 255 /dev/zero | tr '\0' l)
i=0
for name in ' a  b ' "new
line" "$long" "$(printf 'bad\377\376')" '-dash' "$(printf '\342\200\256rtl\360\237\246\212')" "qu'o\"te\$(id)\`;" '*?[a]' '~' '%s%n' "$(printf 'esc\033[2J')"; do
	i=$((i + 1))
	cd "$top" || exit 99
	mkdir -- "./$name" && cd -- "./$name" || { fail "folder $i"; continue; }
	cp "$top/talk" .; : >"./$name" 2>"$good"
	{ agent-mem store "text $i" && agent-mem search "text $i" && agent-plan add one && agent-plan list --json && agent-plan check >"$good.c" &&
	    agent-gate --offline <talk && agent-chat --offline -nq --format events 'list files' && agent-chat -w . --offline -nqc hello --format json &&
	    agent-chat sessions --json; } >"$good" 2>"$good.err" || bad="$bad $i:$(head -n 1 "$good.err")"
	{ agent-tool call list_files '{"path":"."}' && agent-tool call shell '{"command":"pwd; touch made"}' && [ -e made ]; } >"$good.t" 2>"$good.err" || bad="$bad tool$i:$(head -n 1 "$good.err" | cut -c 1-200)"
	jq . "$good" >"$good.j" 2>&1 || bad="$bad $i:json:$(tail -n 1 "$good.j")"
	[ -z "$(tr -d '\n\t' <"$good.t" | LC_ALL=C tr -d '\40-\176\200-\377')" ] || bad="$bad $i:control"
	iconv -f UTF-8 -t UTF-8 "$good" >"$good.j" 2>&1 || bad="$bad $i:utf8"
	[ "$(agent-plan list --ids)" = 1 ] || bad="$bad $i:plan"
done
cd "$top" || exit 99
is "$bad" '' "folders with $i odd names: all five work there, and say valid JSON"
is "$(find "$HOME/.local/state/agent/projects" -mindepth 1 -maxdepth 1 | wc -l)" "$i" 'each has a project of its own'
no_children_left
secretless
done_testing
