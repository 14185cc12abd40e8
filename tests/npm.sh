# npm.sh - for tests that need packages of the npm registry; behind lib.sh.
# shellcheck shell=sh
# npm_need LIST...: they are installed once, into build/npm (AGENT_TEST_NPM),
# and shared by all tests and flavours; node_modules in the test's folder
# leads there.  Without npm or a registry the whole script is skipped, loudly.
npm_loudly() { echo "SKIPPED: $1" >&2; skip_all "$1"; }
npm_need() {
	command -v npm >"$OUT" && command -v node >"$OUT" || npm_loudly 'no npm here'
	case $(node --version) in v1[0-9].* | v[0-9].*) npm_loudly 'node is too old' ;; esac
	_npm=${AGENT_TEST_NPM:-$ROOT/build/npm}
	mkdir -p "$_npm" || npm_loudly "$_npm cannot be made"
	(
		flock 9 2>/dev/null	# one installs, the others wait for it
		[ "$(cat "$_npm/done" 2>/dev/null)" != "$*" ] || exit 0
		echo '{"private":true}' >"$_npm/package.json"
		(cd "$_npm" && timeout 100 npm install --no-audit --no-fund \
		    --ignore-scripts "$@") >"$OUT" 2>"$ERR" && echo "$*" >"$_npm/done"
	) 9>"$_npm/lock" || npm_loudly "not to be had from the registry: $*"
	ln -s "$_npm/node_modules" "$TRASH/node_modules"
	NPM_BIN=$_npm/node_modules/.bin
}
# The peers of the MCP tests: one list, so that it is installed once.
mcp_peers() {
	npm_need @modelcontextprotocol/sdk@1.32.2 \
	    @modelcontextprotocol/client@2.4.0 @modelcontextprotocol/server@2.4.0 \
	    @modelcontextprotocol/inspector-cli@0.15.0 \
	    @modelcontextprotocol/server-everything@2026.8.31 \
	    @modelcontextprotocol/server-filesystem@2026.8.31
}
