#!/bin/sh
# mcp.sh - what a call of an MCP server's tool costs through agent-tool, beside
# the same server asked directly; and agent-tool as a server.
# Words name the parts to run: one many list serve.
. "$(dirname "$0")/../bench.sh"
COUNT=1000
MCPD=$STUB/mcpd
export AGENT_STATE="$T/state"
mkdir -p "$HOME/.config/agent"
printf '{"mcpServers":{"s":{"command":"%s"}}}' "$MCPD" >"$HOME/.config/agent/mcp.json"
call() { printf '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"%s","arguments":%s}}\n' "$@"; }
hello() {
	printf '{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}\n'
	printf '{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
}
agent-tool list >"$T/out"

part_one() {	# 1. A process for one call: the server is started for it
	{ hello; call 1 echo '{"text":"x"}'; } >"$T/in"
	"$STUB/spawn" -n "$N" -i "$T/in" "$MCPD" ,, agent-tool call s__echo '{"text":"x"}' >"$T/out"
	{ read -r wall _ _ _; read -r twall _ peak st; } <"$T/out"
	[ "$st" = 0 ] || row 'mcp: ended with status' "$st" ''
	row 'mcp: the server alone, started, one call' "$wall" ms
	row 'mcp: agent-tool call, with that server' "$twall" ms
	row 'mcp: its peak memory' "$(calc 1 "$peak / 1024")" MB
}

part_many() {	# 2. A conversation: the server is started once
	{ hello; for i in $(seq $COUNT); do call "$i" echo '{"text":"x"}'; done; } >"$T/in"
	for i in $(seq $COUNT); do
		printf '{"role":"assistant","content":null,"tool_calls":[{"id":"c%s","type":"function","function":{"name":"s__echo","arguments":"{\\"text\\":\\"x\\"}"}}]}\n' "$i"
	done >"$T/talk"
	"$STUB/spawn" -n 7 -i "$T/in" "$MCPD" >"$T/out"
	"$STUB/spawn" -n 7 -i "$T/talk" agent-tool run >>"$T/out"
	{ read -r wall _ _ _; read -r twall _ _ st; } <"$T/out"
	[ "$st" = 0 ] || row 'mcp: run ended with status' "$st" ''
	row 'mcp: the server alone, a call of many' "$(calc 0 "$wall / $COUNT * 1e3")" us
	row 'mcp: agent-tool run, a call of many' "$(calc 0 "$twall / $COUNT * 1e3")" us
}

part_list() {	# 3. A start where servers are configured: none is started
	"$STUB/spawn" -n "$N" agent-tool list ,, env AGENT_ENABLE_MCP=0 agent-tool list >"$T/out"
	{ read -r wall _ _ _; read -r owall _ _ _; } <"$T/out"
	row 'mcp: agent-tool list, 20 tools of a server' "$wall" ms
	row 'mcp: the same without them (and env)' "$owall" ms
}

part_serve() {	# 4. agent-tool as a server
	echo x >f
	{ hello; for i in $(seq $COUNT); do
		printf '{"jsonrpc":"2.0","id":%s,"method":"ping"}\n' "$i"; done; } >"$T/in"
	{ hello; for i in $(seq 200); do call "$i" read_file '{"path":"f"}'; done; } >"$T/in2"
	"$STUB/spawn" -n 7 -i "$T/in" agent-tool serve >"$T/out"
	"$STUB/spawn" -n 7 -i "$T/in2" agent-tool serve >>"$T/out"
	{ read -r wall _ _ _; read -r rwall _ _ st; } <"$T/out"
	[ "$st" = 0 ] || row 'mcp: serve ended with status' "$st" ''
	row 'mcp: agent-tool serve, a ping of many' "$(calc 0 "$wall / $COUNT * 1e3")" us
	row 'mcp: agent-tool serve, a read_file of many' "$(calc 0 "$rwall / 200 * 1e3")" us
}

measure "${*:-one many list serve}"
