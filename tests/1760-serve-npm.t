#!/bin/sh
# agent-gate serve and the official client for JavaScript, which is installed
# into the test's own folder when the registry can be reached.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
loudly() { echo "SKIPPED: $1" >&2; skip_all "$1"; }
command -v npm >"$OUT" && command -v node >"$OUT" || loudly 'no npm here'
case $(node --version) in v1[0-9].* | v[0-9].*) loudly 'node is too old' ;; esac
echo '{"private":true}' >package.json
timeout 50 npm install --no-audit --no-fund --ignore-scripts openai@7.55.0 \
    >"$OUT" 2>"$ERR" || loudly 'openai cannot be installed from the registry'

cat >client.mjs <<'EOT'
import OpenAI from 'openai';
const [url, token] = process.argv.slice(2);
const ai = new OpenAI({ baseURL: url, apiKey: token, maxRetries: 0 });
const say = (name, value) => console.log(JSON.stringify([name, value]));
const messages = (text) => [{ role: 'user', content: text }];
const tools = [{ type: 'function', function: { name: 'read_file',
    description: 'x', parameters: { type: 'object',
    properties: { path: { type: 'string' } } } } }];
const failing = async (name, p) => { try { await p; say(name, 'none'); }
    catch (e) { say(name, [e.constructor.name, e.status ?? null, e.code ?? null]); } };
const model = 'm';
const chat = (text, more) => ai.chat.completions.create({ model,
    messages: messages(text), ...more });

let r = await chat('hello');
say('chat', [r.choices[0].message.content, r.choices[0].finish_reason,
    r.usage.total_tokens > 0]);
let text = '', usage = null;
for await (const c of await chat('hello', { stream: true,
    stream_options: { include_usage: true } })) {
	text += c.choices[0]?.delta?.content ?? '';
	usage = c.usage ?? usage;
}
say('stream', [text, usage.total_tokens > 0]);
r = await chat('HERMES', { tools });
say('tools', r.choices[0].message.tool_calls.map((c) =>
    [c.type, c.function.name, JSON.parse(c.function.arguments).path]));
const run = ai.chat.completions.stream({ model, tools,
    messages: messages('HERMES') });
r = await run.finalChatCompletion();
say('tools streamed', r.choices[0].message.tool_calls.map((c) =>
    [c.type, c.function.name, JSON.parse(c.function.arguments).path]));
const list = [];
for await (const m of ai.models.list()) list.push(m.id);
say('models', list);
r = await ai.embeddings.create({ model, input: ['a', 'b'],
    encoding_format: 'float' });
say('embeddings', r.data.map((d) => d.embedding.length));
await failing('busy', chat('BUSY'));
await failing('cut', (async () => {
	for await (const c of await chat('CUT', { stream: true, tools })) c;
})());
await failing('empty', ai.chat.completions.create({ model, messages: 'x' }));
await failing('path', ai.files.list());
await failing('token', new OpenAI({ baseURL: url, apiKey: 'wrong',
    maxRetries: 0 }).models.list());
const stop = new AbortController();
const s = await ai.chat.completions.create({ model, stream: true,
    messages: messages('SLOW') }, { signal: stop.signal });
await failing('abort', (async () => {
	for await (const c of s) stop.abort();
	say('aborted', true);
})());
EOT
cat >script <<'EOT'
set embeddings 8
set models "alpha beta"
when contains "HERMES" text "<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"ü\"}}\n</tool_call>"
when contains "BUSY" status 429 retry-after=1 message="slow down"
when contains "CUT" text "one two three four five six seven" stream cut
when contains "SLOW" tokens 100 stream pace=100ms
default text "Hello there"
EOT
modeld_start script
echo a-token-for-npm >token
chmod 600 token
serve_start --url "$URL" --token-file token
ok 'the client runs' node client.mjs "$SERVE" a-token-for-npm
result() { jq -c "select(.[0] == \"$1\") | .[1]" "$OUT"; }
is "$(result chat)" '["Hello there","stop",true]' 'chat'
is "$(result stream)" '["Hello there",true]' 'stream'
is "$(result tools)" '[["function","read_file","ü"]]' 'tools out of text'
is "$(result 'tools streamed')" '[["function","read_file","ü"]]' \
    'and streamed'
is "$(result models)" '["alpha","beta"]' 'models'
is "$(result embeddings)" '[8,8]' 'embeddings'
like "$(result busy)" '^\["RateLimitError",429' '429'
like "$(result cut)" 'APIError' 'an error within a stream'
like "$(result empty)" '^\["(BadRequest|API)?Error",400' '400'
is "$(result path)" '["NotFoundError",404,"unknown_path"]' '404'
is "$(result token)" '["AuthenticationError",401,"invalid_token"]' '401'
is "$(result aborted)" true 'aborted by the client'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	last=$(tail -n 1 "$MODELD_LOG" | jq -r .fate)
	[ "$last" != closed_early ] || break
	sleep 0.2
done
is "$last" closed_early 'and the server behind is told'
serve_stop
done_testing
