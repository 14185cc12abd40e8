#!/bin/sh
# Whoever reads lines of JSON may be given anything: no line, half a line, one
# that has no end, noise, nesting without a bottom, a peer that goes away.  It
# says so, in time and in bounded memory, and a good line behind it counts.
# FAULTS=long: a line of 1 GB.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
mkdir work && cd work || exit 99
good=$_meta/good bad='' out=$_meta/act.out err=$_meta/act.err
export AGENT_MODEL_API_KEY=$SECRET AGENT_MEMORY=$PWD/m.db
sums() { is "$bad" '' "$1"; bad=''; }
# More than the cap of a line, 64 MiB.
huge=66; [ -z "$LONG" ] || huge=1024
give() {	# give KIND: the lines
	case $1 in
	nothing) ;;
	words) echo nonsense ;;
	half) printf '{"role":"us' ;;
	array) echo '[1]' ;;
	NUL) printf '{"role":"user","content":"a\000b"}\n' ;;
	bytes) printf '{"x":"\377\376"}\n' ;;
	deep) head -c 300000 /dev/zero | tr '\0' '['; echo ;;
	objects) head -c 100000 /dev/zero | sed 's/\x00/{"a":/g'; echo ;;
	noise) od -An -tx1 -v /proc/self/maps | head -c 5000 | tr '0-9a-f ' '\1-\20\200'; echo ;;
	huge) printf '{"role":"user","content":"'; head -c ${huge}M /dev/zero | tr '\0' x; printf '"}\n' ;;
	endless) head -c ${huge}M /dev/zero | tr '\0' y ;;
	esac
}
KINDS="nothing words half array NUL bytes deep objects noise huge ${LONG:+endless}"
# Bounded: what a program may have, whatever the line.
limit='prlimit --as=900000000'; ! sanitized || limit=''

# row 31 (E B)
feed() { case $LONG$1 in longhuge | longendless) give "$1" ;; *) cat "$_meta/give.$1" ;; esac; }
for k in $KINDS; do case $LONG$k in longhuge | longendless) ;; *) give $k >"$_meta/give.$k" ;; esac; done
while IFS='|' read -r what statuses cmd; do
	says=
	for k in $KINDS; do
		# In the short form a great line only where programs speak to each other.
		case $k$LONG$what in hugelong* | hugegate-coprocess | hugetool | hugemem-coprocess) ;; huge*) continue ;; esac
		feed $k | eval "timeout -k 1 60 $limit $cmd" >"$out.$k" 2>"$err.$k"; st=$?
		case " $statuses " in *" $st "*) ;; *) bad="$bad $what:$k:status$st:$(head -n 1 "$err.$k" | cut -c 1-80)" ;; esac
		# A filter that fails says so, in lines that one can read.
		[ -s "$err.$k" ] || [ -s "$out.$k" ] || case $st in 65 | 66 | 76) bad="$bad $what:$k:silent" ;; esac
		[ ! -s "$err.$k" ] || says="$says $err.$k"
	done
	# shellcheck disable=SC2086
	[ -z "$says" ] || LC_ALL=C awk '/[\001-\010\013-\037\177]/ || length > 600 || FNR > 300 || !/^(agent-|\{)/ { print FILENAME ": " substr($0, 1, 200); exit 1 }' $says >"$good" ||
	    bad="$bad $what:$(cat "$good")"
	[ "$what" = tool ] || jq -n 'reduce inputs as $x (0; 0)' "$out".* >"$good" 2>&1 || bad="$bad $what:stdout:$(cat "$good")"
	rm -f "$out".* "$err".*
	sums "$what: whatever it is given"
done <<'EOT'
gate|0 65 66|agent-gate --offline
gate-coprocess|0 65|agent-gate --offline --coprocess
batch|0 1 65 66|agent-gate batch --offline -q
parse|0 65|agent-gate parse
embed|0 1 65 66|agent-gate embed --offline
count|0 65 66|agent-gate count
tool|0 1 65 66|agent-tool run
tool-coprocess|0 65|agent-tool run --coprocess
mcp|0 65|agent-tool serve
mem-coprocess|0 65|agent-mem --coprocess
import|0 65|agent-mem import -n a
compact|0 65 66|agent-mem compact --budget 8000
plan|65 66|agent-plan add -f -
plan-import|65 66|agent-plan import -
chat-coprocess|0 65|agent-chat --offline --coprocess
acp|0 65|agent-chat --acp --offline
EOT
# A good line behind them is answered.
behind() { for k in words array bytes deep noise objects ${LONG:+huge}; do give $k; done; cat; }
echo '{"role":"user","content":"Hello."}' >talk
{ cat talk; echo '{"type":"request","id":"7"}'; } | behind | agent-gate --offline --coprocess >"$out" 2>"$err"
jq -se 'any(.type == "done" and .id == "7" and .exit_code == 0)' "$out" >"$good"; _if $? 'agent-gate: a good request behind them is answered' "$(tail -n 3 "$out")"
echo '{"role":"assistant","tool_calls":[{"id":"c7","type":"function","function":{"name":"list_files","arguments":"{}"}}]}' |
    behind | agent-tool run >"$out" 2>"$err"
jq -se 'any(.tool_call_id == "c7" and (.agent.is_error | not))' "$out" >"$good" 2>&1
grep -q '"tool_call_id":"c7"' "$out"; _if $? 'agent-tool: a good call behind them is run' "$(cut -c 1-300 "$out")"
echo '{"jsonrpc":"2.0","id":7,"method":"ping"}' | behind | agent-tool serve >"$out" 2>"$err"
jq -se 'any(.id == 7 and .result)' "$out" >"$good"; _if $? 'agent-tool serve: so is a good message' "$(tail -n 2 "$out")"
echo '{"id":"g","text":"a good one"}' | behind | agent-mem import -n b >"$out" 2>"$err"
is "$(agent-mem export -n b | jq -r 'select(.id == "g").text')" 'a good one' 'agent-mem import: so is a good memory kept'

# ---- a driver and its children, who speak nonsense
mkdir fake; cp "$(command -v agent-chat)" "$(command -v agent-mem)" fake/
[ -x fake/agent-chat ] || skip_all 'no copy of programs'
export AGENT_SHARE="$ROOT/share/agent" AGENT_LIBEXEC="$BUILD/libexec/agent"
agent-gate --offline --coprocess </dev/null | head -n 1 >"$_meta/ready.agent-gate"
agent-tool run --coprocess </dev/null | head -n 1 >"$_meta/ready.agent-tool"
child() {	# child PROG KIND: an executable that behaves so
	{ echo '#!/bin/sh'; echo 'exec 2>/dev/null'
	case $2 in
	mute) echo 'exit 0' ;;
	half) echo "printf '{\"type\":\"rea'" ;;
	words | array | deep | noise) give "$2" >"$_meta/$2"; echo "cat '$_meta/$2'; cat >/dev/null" ;;
	later-*) give "${2#later-}" >"$_meta/$2"
	    # Half a line and no more to come is what a slow one looks like.
	    echo "cat '$_meta/ready.$1'; read -r line; cat '$_meta/$2'; [ $2 = later-half ] || cat >/dev/null" ;;
	gone) echo "cat '$_meta/ready.$1'; read -r line; exit 0" ;;
	killed) echo "cat '$_meta/ready.$1'; read -r line; kill -9 \$\$" ;;
	other) echo "sed 's,protocol/1,protocol/9,' '$_meta/ready.$1'; cat >/dev/null" ;;
	esac; } >fake/"$1"
	chmod +x fake/"$1"
}
for p in agent-gate agent-tool; do
	for other in agent-gate agent-tool; do rm -f fake/$other; ln -s "$(command -v $other)" fake/$other; done
	for k in mute words half noise other gone killed later-half later-noise later-huge ${LONG:+array deep later-words later-deep later-array}; do
		rm -f fake/$p; child $p $k
		timeout -k 1 30 ./fake/agent-chat --offline -nq --format events 'list files' >"$out" 2>"$err"; st=$?
		case $st in 65 | 69 | 7[0156]) ;; *) bad="$bad $p:$k:status$st:$(head -n 1 "$err")" ;; esac
		[ "$(wc -l <"$err")" = 1 ] || bad="$bad $p:$k:$(head -n 3 "$err" | cut -c 1-150)"
		tail -n 1 "$out" | jq -e ".type == \"result\" and .exit_code == $st" >"$good" 2>&1 || bad="$bad $p:$k:result"
		[ "$(wc -c <"$err")" -lt 1000 ] || bad="$bad $p:$k:long"
	done
	sums "agent-chat: $p speaks nonsense: one line, a result, a status of the table"
done
rm -f fake/agent-gate
agent-mem store -n e 'something to embed' >"$good"
for k in mute words half array deep noise; do
	rm -f fake/agent-gate; child agent-gate $k
	timeout -k 1 30 ./fake/agent-mem embed >"$out" 2>"$err"; st=$?
	case $st in 65 | 69 | 7[0156]) ;; *) bad="$bad mem:$k:status$st:$(head -n 1 "$err")" ;; esac
	[ "$(wc -l <"$err")" = 1 ] || bad="$bad mem:$k:$(head -n 3 "$err" | cut -c 1-150)"
	agent-mem check || bad="$bad mem:$k:check"
done
sums 'agent-mem embed: agent-gate speaks nonsense: one line, the memories are sound'
rm -f fake/agent-gate; ln -s "$(command -v agent-gate)" fake/agent-gate
cp "$(command -v agent-plan)" fake/; mv fake/agent-chat fake/agent-chat.real
id=$(agent-plan add --tries 99 'a task for a worker')
for k in mute words half array noise gone later-noise ${LONG:+deep later-deep later-huge}; do
	cp "$_meta/ready.agent-gate" "$_meta/ready.agent-chat"
	rm -f fake/agent-chat; child agent-chat $k
	timeout -k 1 30 ./fake/agent-plan work --once -q >"$out" 2>"$err" </dev/null; st=$?
	case $st in 1 | 65 | 69 | 7[0156]) ;; *) bad="$bad plan:$k:status$st:$(head -n 1 "$err")" ;; esac
	[ "$(wc -l <"$err")" -le 1 ] || bad="$bad plan:$k:$(head -n 3 "$err" | cut -c 1-150)"
	agent-plan check >"$good" || bad="$bad plan:$k:check"
	[ "$(agent-plan show "$id" --format json | jq -r .status)" != "done" ] || bad="$bad plan:$k:done"
done
sums 'agent-plan work: agent-chat speaks nonsense: the task is not done, the plan is sound'
# What is asked for memories, for tasks, for a little of what is known.
rm fake/agent-chat fake/agent-mem; mv fake/agent-chat.real fake/agent-chat
cp "$(command -v agent-tool)" fake/agent-tool.real; rm fake/agent-tool; mv fake/agent-tool.real fake/agent-tool
export AGENT_ENABLE_MEMORY=1
agent-plan list --ids >before
for k in words noise killed ${LONG:+half array gone later-noise later-huge}; do
	cp "$_meta/ready.agent-gate" "$_meta/ready.agent-mem"
	rm -f fake/agent-mem; child agent-mem $k
	timeout -k 1 30 ./fake/agent-tool call memory '{"operation":"search","content":"x"}' >"$out" 2>"$err" </dev/null; st=$?
	case $k.$st in killed.1 | [!k]*.0) ;; *) bad="$bad memory:$k:status$st" ;; esac
	[ "$(cat "$out" "$err" | wc -c)" -lt 100000 ] && ! LC_ALL=C grep -q '[^[:print:][:space:]]' "$out" "$err" || bad="$bad memory:$k:$(head -c 200 "$out")"
	# What it should have said is left out, or escaped.
	timeout -k 1 30 ./fake/agent-chat --offline -nq 'list files' >"$out" 2>"$err" </dev/null; st=$?
	[ $st = 0 ] && grep -q 'Lines in the list' "$out" || bad="$bad brief:$k:status$st:$(head -n 1 "$err")"
	rm -f fake/agent-gate; child agent-gate $k
	timeout -k 1 30 ./fake/agent-plan propose --model m 'Port it' >"$out" 2>"$err" </dev/null; st=$?
	case $st in 65 | 76) ;; *) bad="$bad propose:$k:status$st" ;; esac
	[ "$(wc -l <"$err")" = 1 ] && [ ! -s "$out" ] || bad="$bad propose:$k:$(head -n 2 "$err")"
	rm -f fake/agent-gate; ln -s "$(command -v agent-gate)" fake/agent-gate
done
agent-plan list --ids | cmp -s - before || bad="$bad propose:kept"
sums 'memories, tasks and plans that are nonsense: escaped, left out or refused'
no_children_left
secretless
done_testing
