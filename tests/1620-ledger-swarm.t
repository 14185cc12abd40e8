#!/bin/sh
# Many processes of agent-gate on one limit, none of which knows of another:
# the server, which logs when each request came, never sees one too many.
# LEDGER_RUNS=N does it N times more, over windows of a minute (80 s each).
. "$(dirname "$0")/lib.sh"
conf=$HOME/.config/agent/config.json
db=$HOME/.local/state/agent/ledger.db
mkdir -p "${conf%/*}"
export AGENT_MODEL=m TEST_TIMEOUT=200

setup() {	# setup CONFIG SCRIPT: new books, a new server
	[ -z "$MODELD_PID" ] || modeld_stop
	rm -rf ~/.local/state/agent st.* out.* err.* res.*
	echo "$1" >"$conf"
	modeld_start "$2" --max-seconds 300
	export AGENT_MODEL_URL="$URL"
}
# swarm N TIMES [OPTION...]: N processes at once, each asks so often; every
# request has a session of its own, and names it to the server
swarm() {
	_n=$1 _k=$2; shift 2
	seq "$_n" | xargs -P "$_n" -I {} sh -c 'p=$1 k=$2; shift 2
		for i in $(seq "$k"); do
			echo "{\"role\":\"user\",\"content\":\"s$p.$i\"}" |
			    AGENT_SESSION=s$p.$i agent-gate "$@" >out.$p.$i 2>err.$p.$i
			echo $? >st.$p.$i
		done' sh {} "$_k" "$@"
}
ended() { cat st.* | sort -n | uniq -c | awk '{ printf "%s%s:%s", s, $2, $1; s = " " }'; }
served() { jq -s '[.[] | select(.turn)] | length' "$MODELD_LOG"; }
written() { agent-gate usage --json | jq -c "select(.total) | [$1]"; }

# row 15
# ---- a burst: who is not among the first is told so
setup '{"limits":[{"requests_per_minute":20,"burst":20}]}' \
    'default text "ok" usage in=10 out=5'
begin=$(date +%s)
swarm 64 1 --limit-wait=no
# One flows back each minute, should this machine be that slow.
minutes=$((($(date +%s) - begin) / 60))
n=$(served)
is "$((n >= 20 && n <= 20 + minutes))" 1 "20 a minute, 64 processes: $n requests"
is "$(ended)" "0:$n 75:$((64 - n))" 'as many have an answer, all others are told'
is "$(written '.requests, .input_tokens, .output_tokens')" \
    "[$n,$((n * 10)),$((n * 5))]" 'and as many are written down'

# ---- in flight: how many requests the server has at once
setup '{"limits":[{"in_flight":3}]}' 'default text "ok" delay 10ms'
swarm 64 1
is "$(ended) $(served)" '0:64 64' 'three at once, 64 processes: all have their turn'
at_once() {	# the greatest number of requests that the server had at once
	jq -r 'select(.turn) | "\(.t_first) 1\n\(.t_reply) -1"' "$MODELD_LOG" |
	    sort -n | awk '{ n += $2; if (n > max) max = n } END { print max }'
}
n=$(at_once)
is "$((n >= 1 && n <= 3))" 1 "never more than three: $n"

# ---- the same with batches, each of which asks several at once
setup '{"limits":[{"in_flight":3}]}' 'default text "ok" delay 10ms'
seq 8 >prompts
seq 8 | xargs -P 8 -I {} sh -c 'agent-gate batch -q --prompts -j 4 -o res.{} prompts >out.{} 2>&1
	echo $? >st.{}'
is "$(ended) $(cat res.* | jq -r 'select(.error == null).custom_id' | wc -l) $(served)" \
    '0:8 64 64' 'eight batches of eight requests: all are answered'
n=$(at_once)
is "$((n >= 1 && n <= 3))" 1 "never more than three: $n"

# ---- a budget: nothing is overspent, and nothing is left that would do
setup '{"budgets":{"b":{"max_tokens":300}}}' 'default text "ok" usage in=10 out=5'
swarm 32 1 --budget b --max-tokens 20
need=$(sed -n 's/.* this request may take \([0-9]*\).*/\1/p' err.* | sort -n | tail -n 1)
n=$(((300 - ${need:-0}) / 15 + 1))
is "$(ended) $(served)" "0:$n 3:$((32 - n)) $n" "a budget for $n requests of 15"
is "$(written .input_tokens+.output_tokens)" "[$((n * 15))]" 'is spent to the last'

# ---- a rate: in any minute, wherever it begins
command -v sqlite3 >/dev/null || { skip 'no sqlite3 here' 'the times of requests'; no_children_left; done_testing; }
# Each request's grant (ms since 1970) and arrival (ms on the server's clock).
pair() {
	sqlite3 "$db" "SELECT session, time - duration FROM usage" |
	    tr '|' ' ' | sort >granted
	jq -r 'select(.turn) | "\(.body.messages[0].content) \(.t_request / 1e6)"' \
	    "$MODELD_LOG" | sort >came
	join granted came >times
}
# The greatest number of requests within MS milliseconds, by the clock of the
# ledger, and by that of the server.  The two clocks begin at different times,
# and a request is on its way for a while: by as much as the longest took more
# than the shortest, the window of the server is smaller.
windows() {	# windows MS: "granted came"
	awk -v w="$1" '
	function most(a, n, w,   i, j, m) {
		for (i = j = 1; j <= n; j++) {
			while (a[j] - a[i] >= w)
				i++
			if (j - i + 1 > m)
				m = j - i + 1
		}
		return m
	}
	function order(a, n,   i, j, v) {
		for (i = 2; i <= n; i++) {
			v = a[i]
			for (j = i - 1; j > 0 && a[j] > v; j--)
				a[j + 1] = a[j]
			a[j + 1] = v
		}
	}
	{ g[NR] = $2; s[NR] = $3; d = $3 - $2
	  if (NR == 1 || d < low) low = d
	  if (NR == 1 || d > high) high = d }
	END { order(g, NR); order(s, NR)
	  print most(g, NR, w), most(s, NR, w - (high - low)) }' times
}
rate() {	# rate LIMIT BURST PROCESSES TIMES
	setup "{\"limits\":[{\"requests_per_minute\":$1,\"burst\":$2}]}" 'default text "ok"'
	swarm "$3" "$4"
	n=$(($3 * $4))
	is "$(ended) $(served)" "0:$n $n" "$1 a minute, $3 processes: all have their turn"
	pair
	is "$(wc -l <times)" "$n" 'each is known by the ledger and the server'
	# shellcheck disable=SC2046
	set -- "$1" "$2" $(windows 60000)
	is "$(($3 <= $1 && $4 <= $1))" 1 "at most $3 granted and $4 come within a minute"
}
rate 3000 10 64 1
# A burst, and then one every 20 ms.
awk -v limit=3000 -v burst=10 '{ print $2 }' times | sort -n |
    awk -v each="$(awk 'BEGIN { print 60000 / (3000 - 10 + 1) }')" '
    { for (i = 1; i < NR; i++) if (NR - i + 1 > 10 + ($1 + 1 - t[i]) / each) bad++
      t[NR] = $1 } END { print bad + 0 }' >bad
is "$(cat bad)" 0 'and they flow evenly'
for _ in $(seq "${LEDGER_RUNS:-0}"); do rate 150 10 64 3; done
modeld_ok
no_children_left
done_testing
