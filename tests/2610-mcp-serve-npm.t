#!/bin/sh
# agent-tool serve and real clients: the SDK's and the inspector's.
# MCP_INSPECTOR=VERSION names a second one (make torture).
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/npm.sh"
need_jail
mcp_peers
ln -s "$TRASH/node_modules" .
echo hello >f.txt
cat >client.mjs <<'EOT'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
const say = (name, value) => console.log(JSON.stringify([name, value]));
const client = new Client({ name: 'test', version: '1' }, { capabilities: {} });
const transport = new StdioClientTransport({ command: 'agent-tool',
    args: ['-w', process.argv[2], 'serve'], env: process.env, stderr: 'inherit' });
await client.connect(transport);
say('server', [client.getServerVersion().name, client.getServerCapabilities(),
    client.getInstructions().includes(process.argv[2])]);
const { tools } = await client.listTools();
say('tools', tools.map((t) => t.name).filter((n) => /^(shell|read_file)$/.test(n)));
const call = (name, args, options) => client.callTool({ name, arguments: args }, undefined, options);
let r = await call('read_file', { path: 'f.txt' });
say('read', [r.content[0].text, r.isError]);
r = await call('shell', { command: 'printf é; exit 3' });
say('shell', [r.content[0].text, r.isError]);
r = await call('read_file', { path: '../x' });
say('outside', [r.content[0].text.slice(0, 40), r.isError]);
try { r = await call('no_such_tool', {}); say('unknown', r); }
catch (e) { say('unknown', e.code); }
const order = [];
await Promise.all([
	call('shell', { command: 'sleep 0.5' }).then(() => order.push('slow')),
	call('read_file', { path: 'f.txt' }).then(() => order.push('fast')),
]);
say('order', order);
let beats = 0;
await call('shell', { command: 'sleep 2.5' }, { onprogress: () => beats++ });
say('progress', beats > 0);
const stop = new AbortController();
setTimeout(() => stop.abort('enough'), 200);
try { await call('shell', { command: 'sleep 77' }, { signal: stop.signal }); say('abort', 'none'); }
catch (e) { say('abort', 'stopped'); }
say('ping', await client.ping());
await client.close();
const asks = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
let question = null;
asks.setRequestHandler(ElicitRequestSchema, (q) => {
	question = q.params.message;
	return { action: 'accept', content: { decision: 'allow' } };
});
await asks.connect(new StdioClientTransport({ command: 'agent-tool',
    args: ['-w', process.argv[2], '--policy', 'policy', 'serve'], env: process.env }));
r = await asks.callTool({ name: 'shell', arguments: { command: 'touch made' } });
say('consent', [r.isError, question.includes('touch made')]);
await asks.close();
EOT
echo 'ask run touch' >policy
ok 'the client of the SDK runs' node client.mjs "$W"
cp "$OUT" said
got() { jq -c "select(.[0] == \"$1\") | .[1]" said; }
is "$(got server)" '["agent-tool",{"tools":{}},true]' 'it is greeted'
is "$(got tools)" '["read_file","shell"]' 'sees tools'
is "$(got read)" '["[f.txt: lines 1-1 of 1]\nhello\n",false]' 'calls one'
like "$(got shell)" '^\["é.*exit 3' 'runs a command'
like "$(got outside)" 'PATH_OUTSIDE_WORKSPACE' 'is held in the workspace'
is "$(got unknown)" -32602 'is told of an unknown tool'
is "$(got order)" '["fast","slow"]' 'calls beside each other'
is "$(got progress)" true 'gets progress'
is "$(got abort)" '"stopped"' 'stops a call'
is "$(got ping)" '{}' 'pings'
is "$(got consent) $(ls made)" '[false,true] made' 'and asks its user for us'
no_children_left 'nothing is left when it closes'

inspect() { AGENT_WORKSPACE=$W timeout 60 node "$NPM_BIN/$INSPECTOR" --cli agent-tool serve "$@"; }
inspector() {	# inspector NAME: the program of that name
	INSPECTOR=$1
	ok "$1 lists tools" inspect --method tools/list
	jq_ok '[.tools[] | select(.name == "read_file" and .annotations.readOnlyHint)] | length == 1' 'and understands them'
	ok 'and calls one' inspect --method tools/call --tool-name read_file --tool-arg path=f.txt
	jq_ok '.content[0].text | test("hello")' 'with its answer'
}
inspector mcp-inspector-cli
# Its second edition brings a hundred megabytes: only when its version is named.
if [ -n "${MCP_INSPECTOR:-}" ]; then
	rm "$TRASH/node_modules"
	export AGENT_TEST_NPM="$ROOT/build/npm-inspector"
	npm_need "@modelcontextprotocol/inspector@$MCP_INSPECTOR"
	inspector mcp-inspector
fi
done_testing
