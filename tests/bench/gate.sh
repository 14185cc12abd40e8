#!/bin/sh
# gate.sh - agent-gate in bulk: calls out of text, tokens a second, many
# requests at once, and what serve adds to each.
# Words name the parts to run: parse tokens batch serve.
. "$(dirname "$0")/../bench.sh"

part_parse() {	# 1. Calls out of text
	cat >"$T/tools" <<-'EOT'
	[{"type":"function","function":{"name":"write_file","parameters":{"type":
	"object","properties":{"path":{"type":"string"},"content":{"type":"string"}}}}}]
	EOT
	awk 'BEGIN { srand(1); for (i = 0; i < 90000; i++) { s = "";
	    for (j = 0; j < 40; j++) s = s " w" int(rand() * 5000);
	    print s (i % 9 ? "" : " - see `f(x)` and <b>.\n") } }' >"$T/prose"
	awk 'BEGIN { srand(1); for (i = 0; i < 200; i++) { s = "";
	    for (j = 0; j < 8000; j++)
		s = s (j % 12 ? " " : "\\n") "w" int(rand() * 5000);
	    print "<tool_call>";
	    printf "{\"name\": \"write_file\", \"arguments\": {\"path\": \"f%d\", ", i;
	    printf "\"content\": \"%s\"}}\n</tool_call>\n", s } }' >"$T/calls"
	for f in prose calls; do
		size=$(wc -c <"$T/$f")
		"$STUB/spawn" -n 5 -i "$T/$f" agent-gate parse --tools "$T/tools" ,, \
		    jq -Rs length >"$T/out"
		{ read -r wall _ peak st; read -r jwall _ _ _; } <"$T/out"
		[ "$st" = 0 ] || row "parse: ended with status" "$st" ''
		row "parse: $((size / 1000000)) MB of $f" "$(rate "$size" "$wall")" MB/s
		row "parse: jq -Rs length on the same" "$(rate "$size" "$jwall")" MB/s
	done
	row 'parse: peak memory, for the calls' "$(calc 1 "$peak / 1024")" MB
}

part_tokens() {	# 2. A stream of events
	serve 'default tokens 20000'
	echo '{"role":"user","content":"hi"}' >"$T/talk"
	agent-gate --stream <"$T/talk" >/dev/null
	last_request
	set -f; IFS='
'
	# shellcheck disable=SC2046
	"$STUB/spawn" -n 9 -i "$T/talk" agent-gate --stream ,, $(as_curl) >"$T/out"
	unset IFS; set +f
	{ read -r wall cpu _ _; read -r cwall ccpu _ _; } <"$T/out"
	row 'stream: agent-gate --stream' "$(calc 0 "20 / $wall * 1e3")" ktok/s
	row 'stream: curl' "$(calc 0 "20 / $cwall * 1e3")" ktok/s
	row 'stream: agent-gate --stream, of its own CPU time' \
	    "$(calc 0 "20 / $cpu * 1e3")" ktok/s
	row 'stream: curl, of its own CPU time' "$(calc 0 "20 / $ccpu * 1e3")" ktok/s
}

COUNT=1000
# transfers N BASE: a configuration of curl that asks so often
transfers() {
	for _i in $(seq "$1"); do
		printf 'url = "%s/chat/completions"\noutput = /dev/null\n' "$2"
		printf 'header = "Content-Type: application/json"\nnoproxy = "*"\n'
		printf 'data = "@%s"\nsilent\n' "$T/request"
		[ "$_i" = "$1" ] || echo next
	done
}
part_batch() {	# 3. Many requests
	serve 'default text "ok"' --brief
	printf '{"model":"m","messages":[{"role":"user","content":"q"}]}' >"$T/request"
	awk -v n=$COUNT 'BEGIN { for (i = 1; i <= n; i++) printf "{\"custom_id\":" \
	    "\"r%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":" \
	    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}}\n",
	    i }' >"$T/batch"
	transfers $COUNT "$AGENT_MODEL_URL" >"$T/curlrc"
	for j in 1 16; do
		"$STUB/spawn" -n 5 agent-gate batch -q -j "$j" "$T/batch" ,, \
		    curl --no-progress-meter --parallel --parallel-max "$j" -K "$T/curlrc" >"$T/out"
		{ read -r wall _ _ st; read -r cwall _ _ _; } <"$T/out"
		[ "$st" = 0 ] || row 'batch: ended with status' "$st" ''
		row "batch: -j $j, $COUNT requests" "$(calc 0 "$COUNT / $wall * 1e3")" req/s
		row "batch: curl --parallel-max $j" "$(calc 0 "$COUNT / $cwall * 1e3")" req/s
	done
}

part_serve() {	# 4. What serve adds to a request
	serve 'default text "Hello there, how can I help?"' --brief
	printf '{"model":"m","messages":[{"role":"user","content":"q"}]}' >"$T/request"
	tools=$(printf '"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]')
	mkfifo "$T/url"
	agent-gate serve --listen 127.0.0.1:0 --url "$AGENT_MODEL_URL" >"$T/url" \
	    2>/dev/null </dev/null &
	servers="$servers $!"
	read -r front <"$T/url" || exit 99
	for what in plain tools; do
		[ $what = plain ] || printf '{"model":"m",%s,"messages":[{"role":"user","content":"q"}]}' \
		    "$tools" >"$T/request"
		transfers $COUNT "$AGENT_MODEL_URL" >"$T/direct"
		transfers $COUNT "$front" >"$T/front"
		"$STUB/spawn" -n 7 curl -K "$T/direct" ,, curl -K "$T/front" >"$T/out"
		{ read -r dwall _ _ _; read -r fwall _ _ st; } <"$T/out"
		[ "$st" = 0 ] || row 'serve: curl ended with status' "$st" ''
		row "serve: a request straight to the server, $what" \
		    "$(calc 0 "$dwall / $COUNT * 1e3")" us
		row "serve: the same through it, more by" \
		    "$(calc 0 "($fwall - $dwall) / $COUNT * 1e3")" us
	done
}

measure "${*:-parse tokens batch serve}"
