# mcp.sh - for the tests of MCP servers; read behind lib.sh and tool.sh.
# shellcheck shell=sh disable=SC2034
MCPD=$STUB/mcpd
USERS=$XDG_CONFIG_HOME/agent/mcp.json
# servers JSON: the user's file is just this.
servers() {
	mkdir -p "$XDG_CONFIG_HOME/agent"
	jq -nc "{mcpServers: $1}" >"$USERS" || fail "servers: $1"
}
# program FLAG...: an entry for mcpd with these
program() {
	jq -nc --arg c "$MCPD" '{command: $c, args: $ARGS.positional}' --args -- "$@"
}
# server NAME FLAG...: there is just this one, a program
server() { _n=$1; shift; servers "{\"$_n\": $(program "$@")}"; }
# service FLAG...: mcpd over HTTP in the background: $SERVICE is its URL
service() {
	rm -f "$TRASH/port"
	mkfifo "$TRASH/port"
	TEST_MARK='' "$MCPD" --http --log="$TRASH/http.log" "$@" >"$TRASH/port" 2>"$TRASH/service.err" \
	    </dev/null &
	MODELD_PIDS="$MODELD_PIDS $!"
	read -r _port <"$TRASH/port"
	SERVICE=http://127.0.0.1:$_port/mcp
	: >"$TRASH/http.log"
}
# mcp ARG...: agent-tool mcp, its words in $TEXT
mcp() {
	timeout 60 agent-tool mcp "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	TEXT=$(cat "$OUT" "$ERR")
	LINE=$STATUS:$(printf %s "$TEXT" | tr '\n' ' ')
}
