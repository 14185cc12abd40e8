#!/bin/sh
# The newer era and the SDK that speaks it, in both directions: its servers as
# tools of ours, its client with our tools.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/npm.sh"
need_jail
mcp_peers
. "$ROOT/tests/mcp.sh"
ln -s "$TRASH/node_modules" "$HOME/node_modules"
echo hello >f.txt

# A server of it.
cat >"$HOME/server.mjs" <<'EOT'
import { McpServer, createMcpHandler, inputRequired, acceptedContent } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createServer } from 'node:http';
import { z } from 'zod';
const text = (t) => ({ content: [{ type: 'text', text: t }] });
const make = () => {
	const s = new McpServer({ name: 'peer', version: '2' }, { capabilities: { tools: { listChanged: true } } });
	s.registerTool('echo', { description: 'Says it again', inputSchema: z.object({ text: z.string() }),
	    annotations: { readOnlyHint: true } }, async ({ text: t }) => text(t));
	s.registerTool('sum', { description: 'Adds', inputSchema: z.object({ a: z.number(), b: z.number() }),
	    outputSchema: z.object({ sum: z.number() }) },
	    async ({ a, b }) => ({ ...text(`it is ${a + b}`), structuredContent: { sum: a + b } }));
	s.registerTool('slow', { description: 'Slow', inputSchema: z.object({}) }, async (_, ctx) => {
		const progressToken = ctx.mcpReq._meta?.progressToken;
		for (let i = 1; i <= 3; i++) {
			await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: i, total: 3 } });
			await new Promise((r) => setTimeout(r, 250));
		}
		return text('done slowly');
	});
	s.registerTool('ask', { description: 'Asks', inputSchema: z.object({}) }, async (_, ctx) => {
		const got = acceptedContent(ctx.mcpReq.inputResponses, 'who');
		return got ? text(`hello ${got.name}`) : inputRequired({ requestState: 'state', inputRequests: {
		    who: inputRequired.elicit({ message: 'your name, please', requestedSchema: { type: 'object',
			properties: { name: { type: 'string' } }, required: ['name'] } }) } });
	});
	s.registerTool('fail', { description: 'Fails', inputSchema: z.object({}) }, async () => { throw new Error('it went wrong'); });
	return s;
};
const [how, legacy] = process.argv.slice(2);
if (how === 'stdio') {
	serveStdio(make, { legacy });
} else {
	const h = createMcpHandler(make, { legacy });
	const s = createServer(async (req, res) => {
		const body = [];
		for await (const c of req) body.push(c);
		const r = await h.fetch(new Request(`http://127.0.0.1${req.url}`, { method: req.method,
		    headers: req.headers, body: body.length ? Buffer.concat(body) : undefined }));
		res.writeHead(r.status, Object.fromEntries(r.headers));
		if (r.body) for await (const c of r.body) res.write(c);
		res.end();
	});
	s.listen(0, '127.0.0.1', () => console.log(s.address().port));
}
EOT
mkfifo port
node "$HOME/server.mjs" http reject >port 2>"$TRASH/http.err" & pid=$!
MODELD_PIDS="$MODELD_PIDS $pid"
PORT=0
read -r PORT <port
servers "{both: {command: \"node\", args: [\"$HOME/server.mjs\", \"stdio\", \"serve\"]},
    only: {command: \"node\", args: [\"$HOME/server.mjs\", \"stdio\", \"reject\"]},
    old: {command: \"node\", args: [\"$HOME/server.mjs\", \"stdio\", \"serve\"], protocol: \"legacy\"},
    web: {url: \"http://127.0.0.1:$PORT/mcp\"}}"
ok 'all are asked for their tools' agent-tool list --names
is "$(grep -cE '^(both|only|old|web)__' "$OUT")" 20 'and all have five'
mcp list
for s in both only web; do like "$TEXT" "$s +user +(stdio|http) +5 tools, version 2026-07-28" "$s is of the newer era"; done
like "$TEXT" 'old +user +stdio +5 tools, version 2025-11-25' 'and of the older one, if it has to be'
for s in both old web; do
	msg "$(tc ${s}__echo '{"text":"héllo"}' a)" "$(tc ${s}__sum '{"a":40,"b":2}' b)" "$(tc ${s}__slow '{}' c)"
	msg "$(tc ${s}__ask '{}' d)" "$(tc ${s}__fail '{}' e)"
done >talk
{ cat talk; dones 6; } | timeout 120 agent-tool run --coprocess >got 2>"$ERR"
said() { jq -r "select(.role == \"tool\" and .tool_call_id == \"$1\") | .content" got | grep -vE ': (text from|end of that text)|^$'; }
is "$(said a | tr '\n' ' ')" 'héllo héllo héllo ' 'echo, three ways'
is "$(said b | tr '\n' ' ')" 'it is 42 it is 42 it is 42 ' 'text beside a structure: the text'
is "$(jq -c 'select(.role == "tool" and .tool_call_id == "b").agent.structured' got | sort -u)" '{"sum":42}' 'the structure is kept'
is "$(said c | tr '\n' ' ')" 'done slowly done slowly done slowly ' 'a slow one'
is "$(jq -c 'select(.type == "tool.progress" and .call_id == "c").total' got | sort -u)" 3 'with progress'
is "$(said e | grep -c 'it went wrong')" 3 'a failure has its text'
unlike "$(said d)" '^hello' 'nobody is there to be asked'
no_children_left 'nothing is left of them'
kill "$pid"; wait "$pid" 2>"$OUT"

# Its client.
echo 'ask run touch' >policy
cat >"$HOME/client.mjs" <<'EOT'
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
const say = (name, value) => console.log(JSON.stringify([name, value]));
const c = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: { form: {} } },
    versionNegotiation: { mode: 'auto' } });
c.onerror = (e) => say('onerror', String(e));
let question = '';
c.setRequestHandler('elicitation/create', (q) => {
	question = q.params.message;
	return { action: 'accept', content: { decision: 'allow' } };
});
await c.connect(new StdioClientTransport({ command: 'agent-tool',
    args: ['-w', process.argv[2], '--policy', 'policy', 'serve'], env: process.env, stderr: 'inherit' }));
say('server', [c.getServerVersion().name, c.getNegotiatedProtocolVersion()]);
say('tools', (await c.listTools()).tools.map((t) => t.name).filter((n) => /^(shell|read_file)$/.test(n)));
const call = (name, args, options) => c.callTool({ name, arguments: args }, options);
let r = await call('read_file', { path: 'f.txt' });
say('read', [r.content[0].text, r.isError]);
r = await call('read_file', { pth: 'f.txt' });
say('wrong', [r.content[0].text.slice(0, 25), r.isError]);
r = await call('shell', { command: 'touch made' });
say('consent', [r.isError, question.includes('touch made')]);
try { await call('no_such_tool', {}); } catch (e) { say('unknown', e.code); }
let beats = 0;
const stop = new AbortController();
const slow = call('shell', { command: 'sleep 2.5' }, { onprogress: () => beats++ });
setTimeout(() => stop.abort('enough'), 200);
try { await call('shell', { command: 'sleep 77' }, { signal: stop.signal }); say('abort', 'none'); }
catch (e) { say('abort', 'stopped'); }
await slow;
say('progress', beats > 0);
await c.close();
EOT
timeout 60 node "$HOME/client.mjs" "$W" >said 2>"$ERR"
is "$?:$(tr '\n' ' ' <said)" '0:["server",["agent-tool","2026-07-28"]] ["tools",["read_file","shell"]] ["read",["[f.txt: lines 1-1 of 1]\nhello\n",false]] ["wrong",["ERROR [INVALID_ARGUMENTS]",true]] ["consent",[false,true]] ["unknown",-32602] ["abort","stopped"] ["progress",true] ' \
    'its client does all that it can do'
is "$(ls made)" made 'and asked its user for us'
no_children_left 'nothing is left when it closes'
done_testing
