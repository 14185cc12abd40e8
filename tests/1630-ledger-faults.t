#!/bin/sh
# What agent-gate does when agent-ledger or its file fails it: one line, the
# right status, nothing is sent that could not be reserved, and nothing that
# was sent is missing from the books.
. "$(dirname "$0")/lib.sh"
LEDGER=$BUILD/libexec/agent/agent-ledger
state=$HOME/.local/state/agent
db=$state/ledger.db
conf=$HOME/.config/agent/config.json
mkdir -p "${conf%/*}"
export AGENT_MODEL=m AGENT_LEDGER=on
modeld_start 'when contains "HOLD" text "held" delay 100s
default text "ok" usage in=10 out=5' --max-seconds 300
export AGENT_MODEL_URL="$URL"
say() { echo "{\"role\":\"user\",\"content\":\"$1\"}"; }
say Hello >t; say HOLD >hold
fresh() { rm -rf "$state"; echo "${1:-{\}}" >"$conf"; }
sent() { jq -s length "$MODELD_LOG"; }
one_line() { is "$(wc -l <"$ERR") $(grep -c '^agent-gate: ' "$ERR")" '1 1' "one line: $(head -n 1 "$ERR")"; }
written() { "$LEDGER" usage --json | jq -c "select(.total) | [$1]"; }
outcomes() { "$LEDGER" usage --by outcome --json | jq -rc 'select(.outcome) | "\(.outcome):\(.requests):\(.output_tokens)"' | xargs; }
soon() { for _ in $(seq 300); do ! "$@" || return 0; sleep 0.1; done; return 1; }
waiting() { [ "$("$LEDGER" limits --json | jq .waiting)" = "$1" ]; }
under_way() { [ "$("$LEDGER" limits --json | jq .in_flight)" = "$1" ]; }
ledgers() {	# the processes agent-ledger of this test: PID PARENT
	for p in /proc/[0-9]*; do
		read -r _ name _ parent _ <"$p/stat" && [ "$name" = '(agent-ledger)' ] &&
		    grep -qsz "^TEST_MARK=$TEST_MARK\$" "$p/environ" &&
		    echo "${p#/proc/} $parent"
	done 2>/dev/null
}
ledger_of() { ledgers | sed -n "s/ $1\$//p"; }

# row 16
# ---- files that cannot be used: refused, left alone, nothing is sent
refused() {	# refused STATUS TEXT WHAT
	_before=$(sent) _sum=$({ cksum <"$db"; } 2>/dev/null)
	status_is "$1" agent-gate <t
	one_line
	like "$(cat "$ERR")" "$2" "$3"
	is "$(sent)" "$_before" 'nothing is sent'
	is "$({ cksum <"$db"; } 2>/dev/null)" "$_sum" 'the file stays as it is'
}
fresh; mkdir -p "$state"; echo nonsense >"$db"
refused 65 'ledger.db: no database, or a damaged one.*move it away' 'no database'
ok 'without books it works' agent-gate --ledger=off <t
fresh; agent-gate <t >/dev/null
printf '\377\377\377\377' | dd of="$db" bs=1 seek=60 conv=notrunc 2>/dev/null
refused 78 'made by a newer version' 'a newer schema'
fresh; agent-gate <t >/dev/null
printf 'ABCD' | dd of="$db" bs=1 seek=68 conv=notrunc 2>/dev/null
refused 65 'a database of another program' 'of another program'
fresh; agent-gate <t >/dev/null
head -c 40000 /dev/zero | tr '\0' '\377' | dd of="$db" bs=1 seek=110 conv=notrunc 2>/dev/null
refused 65 'ledger.db: ' 'damaged pages'
status_is 65 "$LEDGER" check
fresh; mkdir -p "$db"
refused 65 'ledger.db: no regular file' 'a folder'
fresh; agent-gate <t >/dev/null
_env="LD_PRELOAD=$STUB/failio.so FAILIO_PROG=agent-ledger FAILIO_N=1+"
if preloads; then
	status_is 77 env $_env FAILIO_CALL=open FAILIO_ERRNO=EROFS FAILIO_PATH=ledger.db agent-gate <t
	one_line
fi
if [ "$(id -u)" != 0 ]; then
	chmod 500 "$state"; chmod 400 "$db"
	refused 77 'ledger.db' 'not ours to write'
	chmod 700 "$state"
else
	skip 'root may write anything' 'not ours to write'
fi
fresh '{"limits":{"a":1}}'
refused 78 'limits: expected an array' 'limits that are none'

# row 3
# row 4
# ---- a full or a broken disk: at each write, and each sync, in turn
each() {	# each CALL ERRNO: what came of it, in $bad and $statuses
	fresh; agent-gate <t >/dev/null
	n=0 bad='' statuses='' first=$(sent)
	while n=$((n + 1)); [ $n -le 60 ]; do
		rm -f count
		env LD_PRELOAD="$STUB/failio.so" FAILIO_PROG=agent-ledger FAILIO_CALL="$1" \
		    FAILIO_ERRNO="$2" FAILIO_PATH=ledger.db FAILIO_N=$n+ \
		    FAILIO_COUNT="$TRASH/count" agent-gate <t >out 2>err
		st=$?
		case $st in
		0) [ -s out ] || bad="$bad $n:empty" ;;
		74) [ "$(wc -l <err)" = 1 ] && grep -q 'disk' err || bad="$bad $n:$(head -n 1 err)" ;;
		*) bad="$bad $n:$st" ;;
		esac
		"$LEDGER" check 2>>err || bad="$bad $n:check"
		statuses="$statuses $st"
		[ "$(awk '{ n = $2 } END { print n + 0 }' count)" -ge "$n" ] || break
	done
	agent-gate <t >/dev/null
}
broken() {
	each write ENOSPC
	is "$bad" '' "a full disk at any of $n writes: 74, or an answer and a warning"
	like "$statuses" ' 74 .* 0' 'first nothing is sent, later there is an answer'
	is "$(written .requests)" "[$(($(sent) - first + 1))]" 'every request is in the books'
	ok 'which are sound' "$LEDGER" check
	each fsync EIO
	is "$bad" '' "a disk that fails at any of $n syncs: the same"
	is "$(written .requests)" "[$(($(sent) - first + 1))]" 'every request is in the books'
}
if preloads; then broken; else skip 'nothing is loaded into these programs' 'a broken disk'; fi

# ---- the file is held by another process for long
held() {
	fresh; agent-gate <t >/dev/null
	flock "$db-queue" sh -c 'until [ -e release ]; do sleep 0.1; done' & holds=$!
	agent-gate <t >out 2>err & one=$!
	soon grep -q 'waiting for agent-ledger' err
	touch release; wait $holds; wait $one
	is "$? $(wc -l <err)" '0 1' 'who waits for the file is told'
}
if command -v flock >/dev/null; then held; else skip 'no flock here' 'a file that is held'; fi

# row 31
# ---- agent-ledger is not there, or is no agent-ledger
mkdir helpers; export AGENT_LIBEXEC="$TRASH/helpers"
helper() { printf '#!/bin/sh\n%s\n' "$1" >helpers/agent-ledger; chmod +x helpers/agent-ledger; }
status_is 78 agent-gate <t
one_line
like "$(cat "$ERR")" 'limits and budgets need agent-ledger: .*No such file' 'and says what is missing'
helper 'exit 0'; status_is 76 agent-gate <t; one_line
helper 'echo nonsense; cat >/dev/null'; status_is 76 agent-gate <t; one_line
helper 'echo "{\"type\":\"ready\",\"protocol\":\"agent-protocol/9\"}"; cat >/dev/null'
status_is 76 agent-gate <t; one_line
helper 'kill -9 $$'; status_is 75 agent-gate <t; one_line
like "$(cat "$ERR")" 'agent-ledger was killed by signal 9' 'who dies again and again'
unset AGENT_LIBEXEC

# ---- agent-ledger dies: while a request waits, and while one is under way
# The server is stopped meanwhile.
fresh '{"limits":[{"in_flight":1}]}'
kill -STOP "$MODELD_PID"
agent-gate <t >out1 2>err1 & one=$!
soon under_way 1
agent-gate <t >out2 2>err2 & two=$!
soon waiting 1
kill -9 "$(ledger_of $two)"
kill -CONT "$MODELD_PID"
wait $two; is "$? $(wc -l <err2)" '0 0' 'while a request waits: another takes over'
wait $one
fresh
kill -STOP "$MODELD_PID"
agent-gate <t >out 2>err & one=$!
soon under_way 1; sleep 0.1; kill -9 "$(ledger_of $one)"; kill -CONT "$MODELD_PID"; wait $one
is "$? $(jq -r .content out) $(wc -l <err)" '0 ok 1' 'while one is under way: the answer counts'
like "$(cat err)" 'killed by signal 9; what is held .* counts as used' 'and a warning'
agent-gate <t >/dev/null
is "$(outcomes)" 'lost:1:1024 ok:1:5' 'what was held is used'
twice() {	# twice [OPTION...]: a coprocess whose agent-ledger dies between
	fresh
	kill -STOP "$MODELD_PID"
	{ cat t; echo '{"type":"request","id":"1"}'; soon under_way 1; sleep 0.1
	  kill -9 "$(ledgers | cut -d' ' -f1)"; kill -CONT "$MODELD_PID"
	  soon grep -q '"id":"1","exit' out
	  echo '{"type":"request","id":"2"}'
	  soon grep -q '"id":"2","exit' out; } | agent-gate --coprocess "$@" >out 2>err
}
twice
is "$(jq -rc 'select(.type == "done") | .exit_code' out | xargs)" '0 0' 'of a coprocess: it goes on'
is "$(jq -r 'select(.type == "notice").code' out | uniq)" ledger 'with a notice'
twice --max-total-tokens 5000
is "$(jq -rc 'select(.type == "done") | .exit_code' out | xargs)" '0 75' \
    'with a limit of its own: no more is asked'
like "$(jq -r 'select(.type == "error").message' out)" 'what was spent .* not known' 'and says why'

# ---- all die at once: the next one sees it at once
fresh '{"limits":[{"in_flight":1}]}'
agent-gate --max-tokens 7 <hold >/dev/null 2>&1 & one=$!
soon under_way 1
kill -9 "$(ledger_of $one)" $one; wait $one 2>/dev/null
ok 'the place of a dead process is free' agent-gate --limit-wait=no <t
is "$(outcomes)" 'lost:1:7 ok:1:5' 'and what it held is used'

# row 18
# ---- the clock of the machine is set back
fresh '{"limits":[{"requests_per_minute":1,"burst":1}]}'
AGENT_FIXED_TIME=1900000000 agent-gate <t >/dev/null
AGENT_FIXED_TIME=1899000000 status_is 75 agent-gate --limit-wait=59s <t
like "$(cat "$ERR")" 'in 60\.0 s' 'set back: the limit moves with it'
AGENT_FIXED_TIME=1899000061 ok 'and a minute is a minute' agent-gate --limit-wait=no <t
AGENT_FIXED_TIME=1910000000 ok 'set forward' agent-gate --limit-wait=no <t
modeld_ok
no_children_left
done_testing
