#!/bin/sh
# agent-ledger: what is reserved and settled is written down once, limits and
# budgets hold over processes, and a file that is none of its own stays.
. "$(dirname "$0")/lib.sh"
LEDGER=$BUILD/libexec/agent/agent-ledger
db=$HOME/.local/state/agent/ledger.db
one() {	# one ID [MORE]: a request that is reserved and settled
	printf '{"type":"reserve","id":"%s","endpoint":"http://127.0.0.1:1/v1","model":"m","tokens":10}\n' "$1"
	printf '{"type":"settle","id":"%s","input":10,"output":5%s}\n' "$1" "${2:-}"
}
total() { "$LEDGER" usage --json | jq -c 'select(.total) | .[$k]' --arg k "$1"; }

ok 'a request' sh -c '"$1" --coprocess' - "$LEDGER" </dev/null
{ one a; one b; } | "$LEDGER" --coprocess >out
is "$(jq -r .type out | xargs)" 'ready granted settled granted settled' \
    'each request is granted and settled'
is "$(total requests) $(total input_tokens) $(total output_tokens)" '2 20 10' \
    'and counted'
seq 12 | xargs -P 8 -I @ sh -c '
	printf "%s\n" "{\"type\":\"reserve\",\"id\":\"x\",\"endpoint\":\"http://127.0.0.1:1/v1\",\"model\":\"m\",\"tokens\":1}" \
	    "{\"type\":\"settle\",\"id\":\"x\",\"input\":1,\"output\":1}" |
	"$1" --coprocess >/dev/null' - "$LEDGER"
is "$(total requests) $(total input_tokens)" '14 32' \
    'twelve processes at once: none is lost, none counted twice'
printf '{"type":"reserve","id":"k","endpoint":"http://127.0.0.1:1/v1","model":"m","tokens":7}\n' |
    "$LEDGER" --coprocess >/dev/null
is "$(total requests)" 15 'what was granted and never settled counts, too'

mkdir -p ~/.config/agent
echo '{"limits":[{"match":"*","requests_per_minute":1,"burst":1}],
    "budgets":{"b":{"max_tokens":20}}}' >~/.config/agent/config.json
{ one c; one d; } | "$LEDGER" --coprocess --limit-wait 0 >out
is "$(jq -r 'select(.type == "denied") | [.id, .exit_code] | @csv' out)" \
    '"d",75' 'over the limit: denied, 75, when nothing is to be waited for'
echo '{"budgets":{"b":{"max_tokens":20}}}' >~/.config/agent/config.json
{ one e; one f; one g; } | "$LEDGER" --coprocess --budget b >out
is "$(jq -r 'select(.type == "denied") | .exit_code' out | sort -u)" 3 \
    'a budget that is used up: 3'

ok 'the file is sound' "$LEDGER" check
echo nonsense >"$db"; rm -f "$db"-*
status_is 65 "$LEDGER" usage
is "$(cat "$db")" nonsense 'what is no database stays as it is'
rm -f "$db"; sqlite3 "$db" 'PRAGMA user_version = 3; CREATE TABLE t (x)' 2>/dev/null ||
    skip 'no sqlite3 here' 'a foreign database'
[ ! -s "$db" ] || must_fail "$LEDGER" usage
no_children_left
# A time beyond all calendars is the end of them.
AGENT_STATE=$TRASH/late AGENT_FIXED_TIME=99999999999999999999 ok 'a time beyond all' agent-gate usage
done_testing
