#!/bin/sh
# agent-chat where scripts have it: make with the dependencies that it wrote,
# answers that are there whole or not at all, runs that are not repeated, locks,
# the shells that are here, and cron.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
mkdir work && cd work || exit 99
cat >script <<'END'
set strict
when contains "BROKEN" lacks "mended" status 400 message="no"
when last-contains "SLOW" tokens 400 stream piece=1 pace=50ms
when last-contains "WAIT" delay 300ms text "waited"
when last-contains "LONG" tokens 3000
when last-role=tool contains "as JSON" text "\"sum\""
when last-role=tool text "Sum {n}."
when last-contains "Sum up one" call read_file {"path":"one.txt"} call read_file {"path":"shared.txt"}
when last-contains "Sum up two" call read_file {"path":"two.txt"} call read_file {"path":"shared.txt"}
when last-contains "Sum up odd" call read_file {"path":"odd na$me#1.txt"} call list_files {"path":"."}
when last-contains "Sum up none" call read_file {"path":"missing.txt"}
default text "Re: {last}"
END
modeld_start script
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
requests() { jq -s 'map(select(.method == "POST")) | length' "$MODELD_LOG"; }
for f in one two three shared; do echo $f >$f.txt; done
echo odd >'odd na$me#1.txt'

# ---- make
cat >Makefile <<'END'
all: one.md two.md three.md odd.md none.md
%.md:
	@agent-chat -n -q -o $@ -MD $@.d -p 'Sum up $*'
-include $(wildcard *.d)
END
ok 'make -j' make -j4 all
is "$(ls ./*.md | wc -l)" 5 'all are made'
ok 'again' make all
is "$(cat "$OUT")" "make: Nothing to be done for 'all'." 'nothing is to be done'
touch -d '-1 hour' ./*.txt ./*.md && touch shared.txt
ok 'what two of them read has changed' make all
is "$(find . -name '*.md' -newermt '-30 minutes' | sort | tr '\n' ' ')" './one.md ./two.md ' 'those two'
touch -d '-1 hour' ./*.txt ./*.md && touch 'odd na$me#1.txt'
ok 'an odd name' make all
is "$(find . -name '*.md' -newermt '-30 minutes')" ./odd.md 'is no trouble'
rm shared.txt
ok 'what was read is gone' make one.md
like "$(cat one.md)" '^Sum' 'so it is made anew'
echo BROKEN >AGENTS.md; rm one.md two.md
status_is 2 make -k -j2 all
is "$(ls one.md two.md 2>/dev/null; ls -A | grep tmp)" '' 'what fails leaves no file'
echo 'BROKEN, mended' >AGENTS.md
ok 'mended' make -k -j2 all
is "$(ls one.md two.md | wc -l)" 2 'and made'
cp one.md before; echo BROKEN >AGENTS.md
status_is 2 make -B one.md
is "$(cmp one.md before && ls -A | grep tmp)" '' 'a file that was there stays as it was'
rm AGENTS.md

# ---- into what is open, or a device: nothing takes its place
mkfifo pipe; cat pipe >piped & agent-chat -nq -o pipe -MD /dev/fd/3 three 3>three.rule
is "$? $(wait $!; cat piped)$(grep -c ^pipe: three.rule)" '0 Re: three1' 'a pipe'
agent-chat -nq -o /dev/fd/1 three >said
is "$? $(cat said)" '0 Re: three' 'standard output that is a file'
agent-chat -nq --if-changed -o /proc/self/fd/1 three >>said
is "$? $(cat said | tr '\n' .)" '0 Re: three.Re: three.' 'or goes to the end of one'
rm pipe piped said three.rule

# ---- an answer that is what it was
cat >same.mk <<'END'
same.html: same.md; @echo x >>built; cp $< $@
same.md: same.txt; @agent-chat -n -q -o $@ -MD $@.d --skip-done $(FORCE) --if-changed -p '$(SAY)'
END
same() { touch -d '-1 hour' same.txt same.md same.html 2>/dev/null; touch same.txt; make -f same.mk SAY=hi "$@" >"$OUT" 2>&1; }
n=$(requests); same; same FORCE='--model other'
is "$(($(requests) - n)) $(wc -l <built) $(find . -name 'same.md' -newermt '-30 minutes')" '2 1 ' \
    '--if-changed: the file keeps its time, and what comes of it is not made'
same; is "$(($(requests) - n)) $(wc -l <built)" '3 1' 'nor with the first model'
same; is "$(($(requests) - n)) $(wc -l <built)" '3 1' 'nor is it asked for twice with --skip-done'
same SAY=ho; is "$(cat same.html) $(wc -l <built)" 'Re: ho 2' 'another one is another file'
chmod 640 same.md; same SAY=ho FORCE='--model x'
is "$(stat -c %a same.md) $(wc -l <built)" '640 2' 'its mode stays'
cp same.md there; ln -sf there same.md; same SAY=ho FORCE='--model y'
is "$(stat -c %F same.md)" 'regular file' 'a link is replaced'
printf 'Re: h' >same.md; same SAY=hi FORCE=--force
is "$(cat same.md)" 'Re: hi' 'so is a part of it'
status_is 2 agent-chat -n --if-changed hi

# ---- whole or not at all
agent-chat -n -o long.md LONG >shown; cmp shown long.md
_if $? 'without -q the answer is shown as well' differ
size=$(wc -c <long.md)
(for _ in 1 2 3 4 5 6; do agent-chat -n -q -o long.md LONG & done; wait; touch over) &
while [ ! -e over ]; do wc -c <long.md; done | sort -u >sizes
is "$(cat sizes)" "$size" 'who reads while it is written sees one or the other'
rm -f slow.md
agent-chat -n -q -o slow.md SLOW & p=$!
sleep 0.4; kill -KILL $p; { wait $p; } 2>/dev/null
agent-chat -n -q -o slow.md SLOW & p=$!
sleep 0.4; kill -TERM $p; { wait $p; } 2>/dev/null
is "$(ls slow.md 2>/dev/null; ls -A | grep tmp)" '' 'killed: no file, and nothing beside it'
status_is 3 agent-chat -n -q --max-time 500ms -o slow.md SLOW
is "$(ls slow.md 2>/dev/null)" '' 'a part of an answer is no answer'
mkdir shut && chmod 500 shut
[ "$(id -u)" = 0 ] || status_is 73 agent-chat -n -o shut/x hi

# ---- not twice
export LC_ALL=C
asks() {	# asks NAME COUNT ARGS...: so many requests
	n=$(requests) name=$1 want=$2; shift 2
	agent-chat -n -q -o skip.md --skip-done "$@" >"$OUT" 2>"$ERR"
	is "$? $(($(requests) - n))$(cat "$OUT" "$ERR")" "0 $want" "--skip-done: $name"
}
asks 'first' 1 hi
asks 'the same' 0 hi
asks 'other words' 1 ho
asks 'another model' 1 --model other ho
asks 'the first model' 1 ho
asks 'another system prompt' 1 --system x ho
asks 'fewer tools' 1 --tools read_file ho
asks 'a cap is no other question' 0 --tools read_file --max-steps 7 ho
echo 'Be kind.' >AGENTS.md
asks 'other instructions' 1 --tools read_file ho
asks 'the same' 0 --tools read_file ho
rm skip.md
asks 'the answer is gone' 1 --tools read_file ho
rm AGENTS.md
echo one >in; n=$(requests)
for _ in 1 2; do agent-chat -q -o skip.md --skip-done hi <in; done >"$OUT"
echo two >in; agent-chat -q -o skip.md --skip-done hi <in
is "$(($(requests) - n))" 2 '--skip-done: standard input is a part of the question'

# The model of the configuration counts as one that is named, and the offline
# model is another one.
mkdir -p "$HOME/.config/agent"
unset AGENT_MODEL
for name in one two; do
	echo "{\"model\":\"$name\"}" >"$HOME/.config/agent/config.json"
	asks "a model of the configuration, $name" 1 who
	asks 'the same' 0 who
done
rm "$HOME/.config/agent/config.json"
export AGENT_MODEL=test-model
asks 'the offline model' 0 --offline who
like "$(cat skip.md)" 'offline model' 'answers'
asks 'and then the one of the server' 1 who

# ---- what the prompt itself was made of
mkdir -p .agents/prompts
echo 'Sum up one as JSON, $1' >.agents/prompts/sum.md
echo 'Be brief.' >brief.txt; echo '{"type":"string"}' >schema.json; echo more >more.txt
agent-chat -n -q -o made.md -MD made.d --system @brief.txt --output-schema schema.json -a more.txt -t sum x 2>"$ERR"
for f in .agents/prompts/sum.md brief.txt schema.json more.txt one.txt; do
	like "$(head -n 1 made.d)" "[ /]$f( |\$)" "-MD: $f"
done
rm -r .agents

# ---- locks
agent-chat -n -q --lock job WAIT >first & p=$!
i=0; while [ $i -lt 100 ] && ! [ -e "$HOME/.local/state/agent/locks/job" ]; do i=$((i + 1)); sleep 0.02; done
status_is 75 agent-chat -n -q --lock job hi
is "$(wc -l <"$ERR")" 1 'one line says who has it'
ok 'another name' agent-chat -n -q --lock job2 hi
wait $p; is "$? $(cat first)" '0 waited' 'the first one goes on'
ok 'then it is free' agent-chat -n -q --lock job hi
agent-chat -n -q --lock job SLOW >/dev/null & p=$!
sleep 0.3; kill -KILL $p; { wait $p; } 2>/dev/null
ok 'as when its owner was killed' agent-chat -n -q --lock job hi
pids=''
for i in 1 2 3 4; do
	(agent-chat -n -q --lock one WAIT >/dev/null 2>&1; echo $? >st.$i) &
	pids="$pids $!"
done
for q in $pids; do wait "$q"; done
is "$(cat st.* | sort | uniq -c | awk '{ printf "%s ", $2 }')$(cat st.* | wc -l)" '0 75 4' \
    'of many at once, one has it and the others are told'
(flock -n 9 && agent-chat -n -q SLOW >/dev/null) 9>outer & p=$!
sleep 0.3
status_is 75 flock -n -E 75 outer agent-chat -n -q hi
kill $p 2>/dev/null; pkill -TERM -P $p 2>/dev/null; { wait $p; } 2>/dev/null

# ---- the shells that are here
printf 'one\ntwo words\n\303\274ber $HOME `x`\n' >lines
for sh in dash bash 'bash --posix' zsh fish 'busybox sh' ksh mksh; do
	# shellcheck disable=SC2086
	command -v ${sh%% *} >/dev/null || continue
	case $sh in
	fish) loop='cat lines | while read -l l; agent-chat -n -q -- "$l"; end; agent-chat -q -n --max-time x; echo $status' ;;
	*) loop='while IFS= read -r l; do agent-chat -n -q -- "$l"; done <lines; agent-chat -q -n --max-time x; echo $?' ;;
	esac
	# shellcheck disable=SC2086
	$sh -c "$loop" >"$OUT" 2>"$ERR" </dev/null
	is "$(cat "$OUT")" "Re: one
Re: two words
Re: über \$HOME \`x\`
2" "$sh: each line is a prompt, read once"
done
printf '%s\0' one 'two words' | xargs -0 -n 1 -P 2 agent-chat -n -q | sort >"$OUT"
is "$(cat "$OUT")" 'Re: one
Re: two words' 'xargs -0 -P'

# ---- cron
cron() {	# a line of crontab(5): sh, hardly any environment, mail for output
	env -i HOME="$HOME" LOGNAME=x SHELL=/bin/sh PATH="$PATH" sh -c "cd '$TRASH/work'; $1" >mail 2>&1 </dev/null
}
export LC_ALL=C.UTF-8
cron "AGENT_MODEL_URL=$URL agent-chat -q --model m -o nightly.md --lock nightly 'Grüße 😀'"
is "$? $(cat mail) $(cat nightly.md)" '0  Re: Grüße 😀' 'cron: silent, and bytes are what they were'
cron "AGENT_MODEL_URL=$URL agent-chat -q --model m 'code' BROKEN -o nightly.md"
is "$? $(wc -l <mail) $(cat nightly.md)" '65 1 Re: Grüße 😀' 'cron: a failure is one line of mail'
cron "AGENT_MODEL_URL=http://127.0.0.1:1/v1 agent-chat -q --model m hi"
is "$? $(wc -l <mail)" '69 1' 'cron: no server, one line'
modeld_stop
no_children_left
done_testing
