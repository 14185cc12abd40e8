#!/bin/sh
# agent-chat --acp and the official client library for JavaScript, which is
# installed into the test's own folder when the registry can be reached.
. "$(dirname "$0")/lib.sh"
loudly() { echo "SKIPPED: $1" >&2; skip_all "$1"; }
command -v npm >"$OUT" && command -v node >"$OUT" || loudly 'no npm here'
case $(node --version) in v1[0-9].* | v[0-9].*) loudly 'node is too old' ;; esac
mkdir js work && cd js && echo '{"private":true}' >package.json
timeout 50 npm install --no-audit --no-fund --ignore-scripts \
    @agentclientprotocol/sdk@2.4.0 >"$OUT" 2>"$ERR" ||
    loudly 'the client cannot be installed from the registry'

cat >client.mjs <<'EOT'
import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import * as acp from '@agentclientprotocol/sdk';
const [cwd, url] = process.argv.slice(2);
const say = (name, value) => console.log(JSON.stringify([name, value]));
const start = (args) => {
	const p = spawn('agent-chat', ['--acp', ...args, '--policy', cwd + '/../rules'],
	    { stdio: ['pipe', 'pipe', 'inherit'] });
	const seen = [], asked = [];
	const me = { choose: 'allow', onUpdate: () => {} };
	const M = acp.methods;
	const conn = acp.client({ name: 'test' })
	    .onRequest(M.client.session.requestPermission, (ctx) => {
		asked.push(ctx.params);
		return { outcome: me.choose === null ? { outcome: 'cancelled' } :
		    { outcome: 'selected', optionId: me.choose } };
	    })
	    .onNotification(M.client.session.update, (ctx) => {
		seen.push(ctx.params.update);
		me.onUpdate(ctx.params.update);
	    })
	    .connect(acp.ndJsonStream(Writable.toWeb(p.stdin),
		Readable.toWeb(p.stdout)));
	const ask = (method) => (params) => conn.agent.request(method, params);
	const c = { initialize: ask(M.agent.initialize),
	    newSession: ask(M.agent.session.new),
	    prompt: ask(M.agent.session.prompt),
	    loadSession: ask(M.agent.session.load),
	    listSessions: ask(M.agent.session.list),
	    cancel: (params) => conn.agent.notify(M.agent.session.cancel, params) };
	return { p, c, seen, asked, me };
};
const text = (s) => [{ type: 'text', text: s }];
const join = (seen, kind) => seen.filter((u) => u.sessionUpdate === kind)
    .map((u) => u.content.text).join('');
const gone = (p) => new Promise((r) => p.exitCode !== null ? r(p.exitCode) :
    p.on('exit', (code, sig) => r(code ?? sig)));

let a = start(['--url', url]);
const init = await a.c.initialize({ protocolVersion: 1, clientCapabilities: {} });
say('initialize', [init.protocolVersion, init.agentCapabilities.loadSession]);
const { sessionId } = await a.c.newSession({ cwd, mcpServers: [] });
let r = await a.c.prompt({ sessionId, prompt: text('Hello') });
say('prompt', [r.stopReason, join(a.seen, 'agent_message_chunk')]);
say('commands', a.seen.filter((u) => u.sessionUpdate ===
    'available_commands_update').flatMap((u) => u.availableCommands)
    .filter((c) => c.name === 'brew'));
r = await a.c.prompt({ sessionId, prompt: text('/brew green tea') });
a.seen.length = 0;
r = await a.c.prompt({ sessionId, prompt: text('LIST') });
say('call', a.seen.filter((u) => u.sessionUpdate.startsWith('tool_call'))
    .map((u) => [u.sessionUpdate, u.title ?? null, u.status ?? null,
	/teas/.test(JSON.stringify(u.content ?? ''))]));
a.seen.length = 0; a.me.choose = 'deny';
r = await a.c.prompt({ sessionId, prompt: text('ASK') });
say('asked', [a.asked.length, a.asked[0].toolCall.kind,
    a.asked[0].options.map((o) => o.kind)]);
say('denied', a.seen.filter((u) => u.status === 'failed').length);
a.me.choose = 'allow'; a.seen.length = 0;
r = await a.c.prompt({ sessionId, prompt: text('ASK') });
say('allowed', a.seen.filter((u) => u.status === 'completed').length);
a.asked.length = 0;
r = await a.c.prompt({ sessionId, prompt: text('WRITE') });
say('diff', a.asked[0].toolCall.content.filter((b) => b.type === 'diff')
    .map((b) => [b.path === cwd + '/teas', b.oldText, b.newText]));
a.me.onUpdate = (u) => { if (u.sessionUpdate === 'agent_message_chunk')
    a.c.cancel({ sessionId }); };
r = await a.c.prompt({ sessionId, prompt: text('SLOW') });
say('cancel', r.stopReason);
a.me.onUpdate = () => {};
const fails = async (name, p) => { try { await p; say(name, 'none'); }
    catch (e) { say(name, e.code ?? String(e)); } };
await fails('server error', a.c.prompt({ sessionId, prompt: text('BUSY') }));
await fails('no session', a.c.prompt({ sessionId: 'x', prompt: text('a') }));
await fails('bad folder', a.c.newSession({ cwd: 'rel', mcpServers: [] }));
const two = await a.c.newSession({ cwd, mcpServers: [] });
const both = await Promise.all([
    a.c.prompt({ sessionId, prompt: text('Hello') }),
    a.c.prompt({ sessionId: two.sessionId, prompt: text('Hello') })]);
say('two at once', both.map((x) => x.stopReason));
a.p.stdin.end();
say('end', await gone(a.p));

a = start(['--url', url]);
await a.c.initialize({ protocolVersion: 99, clientCapabilities: {} });
const list = await a.c.listSessions({ cwd });
say('list', list.sessions.map((s) => s.sessionId === sessionId ||
    s.sessionId === two.sessionId));
await a.c.loadSession({ sessionId, cwd, mcpServers: [] });
say('load', [join(a.seen, 'user_message_chunk').slice(0, 9),
    a.seen.some((u) => u.sessionUpdate === 'tool_call')]);
r = await a.c.prompt({ sessionId, prompt: text('Hello') });
say('go on', r.stopReason);
await fails('load nothing', a.c.loadSession({ sessionId: '../x', cwd,
    mcpServers: [] }));
a.p.kill('SIGTERM');
say('term', await gone(a.p));
EOT
modeld_start 'set strict
when last-contains BUSY status 500
when last-contains SLOW tokens 400 stream piece=1 pace=50ms
when last-role=tool text "Done."
when last-contains LIST call list_files {"path":"."}
when last-contains WRITE call write_file {"path":"teas","content":"assam\n"}
when last-contains ASK call read_file {"path":".env"}
default text "Good day."'
echo oolong >../work/teas
mkdir -p ../work/.agents/prompts
printf -- '---\ndescription: To brew\nargument-hint: TEA\ntools: read_file\n---\nBrew $2 of $1.\n' \
    >../work/.agents/prompts/brew.md
echo 'ask write teas' >../rules
echo 'TEA_KEY=secret-tea' >../work/.env
got=$(timeout 60 node client.mjs "$TRASH/work" "$URL" 2>"$ERR")
is "$got" '["initialize",[1,true]]
["prompt",["end_turn","Good day."]]
["commands",[{"name":"brew","description":"To brew","input":{"hint":"TEA"}}]]
["call",[["tool_call","list_files: .","in_progress",false],["tool_call_update",null,"completed",false],["tool_call_update",null,null,true]]]
["asked",[1,"read",["allow_once","allow_always","reject_once"]]]
["denied",1]
["allowed",1]
["diff",[[true,"oolong\n","assam\n"]]]
["cancel","cancelled"]
["server error",-32603]
["no session",-32002]
["bad folder",-32602]
["two at once",["end_turn","end_turn"]]
["end",0]
["list",[true,true]]
["load",["HelloBrew",true]]
["go on","end_turn"]
["load nothing",-32002]
["term","SIGTERM"]' 'all that the official client does' || diag "$(cat "$ERR")"
is "$(jq -c 'select(.body | type == "object") | select(.body.messages[-1].content? == "Brew tea of green.\n").body.tools | map(.function.name)' "$MODELD_LOG")" \
    '["read_file"]' 'a prompt file is a command of the editor'
no_children_left
done_testing
