#!/bin/sh
# run.sh - the figures to hold, beside curl, sh and jq in the same run.
# Words name the parts to run: start one steps stream filter.
. "$(dirname "$0")/../bench.sh"

part_start() {	# 1. From start to --version
	"$STUB/spawn" -n $((N * 5)) agent-gate --version ,, agent-tool --version ,, \
	    agent-chat --version ,, sh -c : ,, jq -n 1 ,, curl --version >"$T/start"
	for c in 'agent-gate --version:<= 6' 'agent-tool --version:<= 3' \
	    'agent-chat --version:<= 3' 'sh -c ::' 'jq -n 1:' 'curl --version:'; do
		read -r wall _ _ _ || break
		row "start: ${c%:*}" "$wall" ms "${c##*:}"
	done <"$T/start"
}

part_one() {	# 2. One shot
	serve 'default text "Hello there, how can I help?"'
	agent-chat -q -p hi >/dev/null </dev/null
	last_request
	set -f; IFS='
'
	# shellcheck disable=SC2046
	"$STUB/spawn" -n $((N * 2)) agent-chat -q -p hi ,, $(as_curl) >"$T/one"
	unset IFS; set +f
	{ read -r wall cpu peak _; read -r cwall ccpu cpeak _; } <"$T/one"
	row 'one shot: agent-chat -p hi' "$wall" ms
	row 'one shot: curl, the same request' "$cwall" ms
	row 'one shot: wall, times curl' "$(calc 2 "$wall / $cwall")" x '<= 3'
	row 'one shot: CPU, agent-chat' "$cpu" ms
	row 'one shot: CPU, curl' "$ccpu" ms
	serve 'default text "Hello there" delay 60ms'
	"$STUB/spawn" -m -n 5 agent-chat -q -p hi >"$T/one"
	read -r _ _ peak _ <"$T/one"
	row 'one shot: peak memory, sum over the process tree' \
	    "$(calc 1 "$peak / 1024")" MB '<= 25'
	row 'one shot: peak memory, curl' "$(calc 1 "$cpeak / 1024")" MB
}

# 3. A step's own cost: end of a response to the next request
steps() {	# steps NAME TARGET [PREFIX...]
	name=$1 target=$2; shift 2
	: >"$T/gaps"
	for _ in 1 2 3; do
		serve 'when n<=100 call shell {"command":"echo {n}"}
default text "done"' --brief
		"$@" agent-chat -q -p go --max-steps=200 </dev/null \
		    >/dev/null 2>"$T/err" || cat "$T/err" >&2
		jq -s '[.[] | select(.turn)] | [range(1; length) as $i |
		    {i: $i, ms: ((.[$i].t_first - .[$i-1].t_reply) / 1e6)}]' \
		    "$T/log" >>"$T/gaps"
	done
	for first in 1 91; do
		row "step with shell tool, $name: steps $first to $((first + 9))" \
		    "$(jq -sr --argjson a "$first" '($a + 9) as $b | [add[] |
		    select(.i >= $a and .i <= $b) | .ms] | sort |
		    if length > 0 then .[length / 2 | floor] * 1000 | floor |
		    . / 1000 else "none" end' "$T/gaps")" ms "$target"
	done
}
mode() { "$@" agent-tool doctor 2>/dev/null | sed -n 's/^sandbox mode *//p'; }
# No user namespaces and no capabilities inside: the strict mode.
bare() {
	unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
	    exec setpriv --bounding-set=-all --inh-caps=-all "$@"' sh "$@"
}
part_steps() {
	steps "$(mode env)" '<= 6'
	if [ "$(mode bare)" = strict ]; then
		steps strict '<= 4' bare
	else
		row 'step with shell tool, strict: cannot be had here' - ms '<= 4'
	fi

	jail=$BUILD/libexec/agent/agent-jail
	"$STUB/spawn" -n "$N" "$jail" -w . -- sh -c : ,, \
	    "$jail" --walls landlock,seccomp,rlimits -w . -- sh -c : >"$T/jail"
	{ read -r nwall _ _ nst; read -r swall _ _ sst; } <"$T/jail"
	[ "$nst" != 0 ] || row 'of that, sh -c : in the sandbox, all walls' "$nwall" ms
	[ "$sst" != 0 ] || row 'of that, sh -c : in the sandbox, strict' "$swall" ms
}

part_stream() {	# 4. Streaming 20,000 tokens
	serve 'default tokens 20000'
	echo '{"role":"user","content":"hi"}' >"$T/talk"
	agent-gate --stream <"$T/talk" >/dev/null
	last_request
	bytes=$(tail -n 1 "$T/log" | jq .total)
	set -f; IFS='
'
	# shellcheck disable=SC2046
	"$STUB/spawn" -n 15 -i "$T/talk" agent-gate --stream ,, \
	    agent-chat -q -n -p hi ,, $(as_curl) >"$T/stream"
	unset IFS; set +f
	{ read -r swall scpu speak _; read -r _ hcpu _ _
	  read -r cwall ccpu _ _; } <"$T/stream"
	row "20,000 tokens, $(calc 1 "$bytes / 1e6") MB: CPU, agent-gate --stream" "$scpu" ms
	row '20,000 tokens: CPU, agent-chat -p with its gate' "$hcpu" ms
	row '20,000 tokens: CPU, curl' "$ccpu" ms
	row '20,000 tokens: agent-gate --stream, times curl' "$(calc 2 "$scpu / $ccpu")" x '<= 2'
	row '20,000 tokens: agent-chat -p, times curl' "$(calc 2 "$hcpu / $ccpu")" x
	row '20,000 tokens: wall, agent-gate --stream' "$swall" ms
	row '20,000 tokens: wall, curl' "$cwall" ms
	row '20,000 tokens: peak memory, agent-gate' "$(calc 1 "$speak / 1024")" MB
}

part_filter() {	# 5. Filters on JSON lines
	awk 'BEGIN { srand(1); for (i = 0; i < 40000; i++) { s = "";
	    n = 20 + int(rand() * 180); for (j = 0; j < n; j++)
	    s = s " w" int(rand() * 5000) (j % 20 ? "" : "\\n\\\"q\\\"");
	    printf "{\"role\":\"%s\",\"content\":\"%s\"}\n",
	    i % 2 ? "assistant" : "user", s } }' >"$T/big"
	size=$(wc -c <"$T/big")
	head -n 8000 "$T/big" >"$T/long"
	long=$(wc -c <"$T/long")
	"$STUB/spawn" -n 5 -i "$T/big" agent-tool run ,, jq -c . >"$T/filter"
	{ read -r twall _ tpeak _; read -r jwall _ _ _; } <"$T/filter"
	"$STUB/spawn" -n 5 -i "$T/long" agent-gate --dry-run --window=100000000 ,, \
	    jq -c . >"$T/filter"
	{ read -r gwall _ gpeak gst; read -r lwall _ _ _; } <"$T/filter"
	row "filter: agent-tool run, nothing for it, $((size / 1000000)) MB" \
	    "$(rate "$size" "$twall")" MB/s '>= 50'
	row 'filter: agent-tool run, peak memory' "$(calc 1 "$tpeak / 1024")" MB
	row 'filter: jq -c . on the same' "$(rate "$size" "$jwall")" MB/s
	row "filter: agent-gate --dry-run, a talk of $((long / 1000000)) MB" \
	    "$(rate "$long" "$gwall")" MB/s '>= 50'
	row 'filter: agent-gate --dry-run, peak memory' "$(calc 1 "$gpeak / 1024")" MB
	[ "$gst" = 0 ] || row 'filter: agent-gate --dry-run ended with status' "$gst" ''
	row 'filter: jq -c . on the same' "$(rate "$long" "$lwall")" MB/s
}

measure "${*:-start one steps stream filter}"
