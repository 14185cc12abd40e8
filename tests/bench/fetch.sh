#!/bin/sh
# fetch.sh - what fetching and the proxy of the sandbox cost, beside curl.
# Words name the parts to run: start get read gate.
# shellcheck disable=SC2034,SC2154
. "$(dirname "$0")/../bench.sh"
fetch=$BUILD/libexec/agent/agent-fetch gate=$BUILD/libexec/agent/agent-netgate

part_start() {	# From start to --version
	"$STUB/spawn" -n $((N * 5)) "$fetch" --version ,, "$gate" --version ,, curl --version >"$T/start"
	{ read -r f _ _ _; read -r g _ _ _; read -r c _ _ _; } <"$T/start"
	row 'start: agent-fetch --version' "$f" ms
	row 'start: agent-netgate --version' "$g" ms '<= 3'
	row 'start: curl --version' "$c" ms
}

part_get() {	# One short document, whole process
	serve 'default status 404
when path=/x body "hello"' --brief
	"$STUB/spawn" -n $((N * 2)) "$fetch" -q --allow-host "127.0.0.1:$port" "http://127.0.0.1:$port/x" ,, \
	    curl -s "http://127.0.0.1:$port/x" ,, \
	    env AGENT_ALLOW_HOST="127.0.0.1:$port" agent-tool call fetch "{\"url\":\"http://127.0.0.1:$port/x\"}" >"$T/get"
	{ read -r f _ peak _; read -r c _ _ _; read -r t _ _ _; } <"$T/get"
	row 'get: agent-fetch' "$f" ms
	row 'get: agent-tool call fetch' "$t" ms
	row 'get: curl' "$c" ms
	row 'get: agent-fetch, times curl' "$(calc 2 "$f / $c")" x '<= 3'
	row 'get: peak memory, agent-fetch' "$(calc 1 "$peak / 1024")" MB
}

part_read() {	# A page of 4 MB reduced to text
	{
		printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n'
		awk 'BEGIN { for (i = 0; i < 40000; i++) printf "<div><p class=x>Some words of <b>text</b> and <a href=\"/page/%d\">a link</a>.</p></div>\n", i }'
	} >"$T/work/page.raw"
	size=$(wc -c <"$T/work/page.raw")
	serve 'when path=/page raw page.raw' --brief --dir "$T/work"
	"$STUB/spawn" -n 5 "$fetch" -q --allow-host "127.0.0.1:$port" "http://127.0.0.1:$port/page" ,, \
	    curl -s "http://127.0.0.1:$port/page" >"$T/read"
	{ read -r f cpu peak _; read -r c _ _ _; } <"$T/read"
	row "read: a page of $(calc 1 "$size / 1e6") MB as text" "$f" ms
	row 'read: CPU' "$cpu" ms
	row 'read: curl, the bytes alone' "$c" ms
	row 'read: peak memory' "$(calc 1 "$peak / 1024")" MB
}

part_gate() {	# A command with a proxy, and what goes through it
	serve 'when path=/big garbage 50000000
when path=/x body "hello"' --brief
	"$STUB/spawn" -n $N agent-tool sandbox -- true ,, \
	    agent-tool sandbox --allow-host "127.0.0.1:$port" -- true >"$T/gate"
	{ read -r a _ _ _; read -r b _ _ _; } <"$T/gate"
	row 'gate: agent-tool sandbox true' "$a" ms
	row 'gate: the same with --allow-host' "$b" ms
	mkfifo "$T/at"
	"$gate" -q --allow-host "127.0.0.1:$port" -l 127.0.0.1:0 >"$T/at" &
	servers=$!
	read -r at <"$T/at"
	"$STUB/spawn" -n 5 curl -so /dev/null -x "http://$at" -p "http://127.0.0.1:$port/big" ,, \
	    curl -so /dev/null "http://127.0.0.1:$port/big" >"$T/gate"
	{ read -r a _ _ _; read -r b _ _ _; } <"$T/gate"
	row 'gate: 50 MB through a tunnel' "$(calc 0 "50000 / $a")" MB/s
	row 'gate: 50 MB without it' "$(calc 0 "50000 / $b")" MB/s
}

measure "${*:-start get read gate}"
