# bench.sh - for the scripts in bench/, read first.
# shellcheck shell=sh disable=SC2034
# They print a line per figure: name, median, unit, target.  BENCH_ROUNDS
# (default 40) is how often the short ones are repeated.  Nothing passes or
# fails; machines differ, so compare the ratios.
set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd) || exit 99
BUILD=${AGENT_BUILD:-$ROOT/build}
STUB=$BUILD/tests/stub
N=${BENCH_ROUNDS:-40}
for v in $(env | sed -n 's/^\(AGENT_[A-Za-z0-9_]*\)=.*/\1/p') http_proxy \
    https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY; do
	unset "$v"
done
T=$(mktemp -d) || exit 99
server='' servers=''
finish() {
	for _p in $server $servers; do kill "$_p" 2>/dev/null; done
	rm -rf "$T"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
mkdir "$T/home" "$T/work"
export HOME="$T/home" LC_ALL=C.UTF-8 TZ=UTC AGENT_DISCOVER=none \
    PATH="$BUILD/bin:$PATH"
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
cd "$T/work" || exit 99

calc() { awk "BEGIN { printf \"%.$1f\", $2 }"; }
row() { printf '%-56s %9s %-6s %s\n' "$1" "$2" "$3" "${4:-}"; }
serve() {	# serve SCRIPT [OPTION...]
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	printf '%s\n' "$1" >"$T/script"; shift
	rm -f "$T/log" "$T/port"; mkfifo "$T/port"
	"$STUB/modeld" --max-seconds 600 --log "$T/log" "$@" "$T/script" \
	    >"$T/port" </dev/null &
	server=$!
	read -r port <"$T/port" || exit 99
	AGENT_MODEL_URL=http://127.0.0.1:$port/v1 AGENT_MODEL=modeld-1
	export AGENT_MODEL_URL AGENT_MODEL
}
# as_curl: a curl command, a word a line, for the request that was sent last
last_request() { tail -n 1 "$T/log" | jq -c .body >"$T/request"; }
as_curl() { printf '%s\n' curl -sSN --noproxy '*' -H \
    'Content-Type: application/json' -d "@$T/request" \
    "$AGENT_MODEL_URL/chat/completions"; }
rate() { calc 0 "$1 / 1000 / $2"; }	# rate BYTES MS: MB/s
# measure "PART ...": those, or the ones that are asked for
measure() {
	printf '%-56s %9s %-6s %s\n' "# $(uname -sm), $(nproc) CPUs, load $(cut \
	    -d' ' -f1 /proc/loadavg 2>/dev/null)" median unit target
	for part in $1; do
		"part_$part"
	done
}
