/* Messages of MCP, from either side, and files that name servers: whatever
 * comes, names are plain, every call ends once, every request has one answer,
 * and nothing is kept. */
#include "base/mem.h"
#include "core/rpc.h"
#include "mcp/creds.h"
#include "mcp/endpoint.h"
#include "mcp/entry.h"
#include "mcp/server.h"
#include "mcp/tools.h"
#include "mcp/web.h"
#include "tool/content.h"
#include "tool/registry.h"
#include "tool/serve.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* ---- what a server says ---- */

static int ended;

static int
open_link(struct server *s, struct err *e)
{
	(void)s;
	(void)e;
	return 0;
}

static void
send_link(struct server *s, jv msg, struct request *q)
{
	enum rpc_kind k = rpc_classify(msg);

	(void)s;
	must(k != RPC_NONE);
	must((q != NULL) == (k == RPC_REQUEST));
}

static void
forget_link(struct server *s, struct request *q)
{
	(void)s;
	(void)q;
}

static void
cut_link(struct server *s)
{
	(void)s;
}

static void
said_link(const struct server *s, struct buf *b)
{
	(void)s;
	(void)b;
}

static void
on_end(struct call *c, jv result, const struct err *e)
{
	(void)c;
	must(js_is_valid(result) || e->kind != ERR_NONE);
	ended++;
}

static void
on_progress(struct call *c, jv params)
{
	(void)c;
	(void)params;
}

static void
check_tools(jv tools)
{
	for (size_t i = 0; i < js_len(tools); i++) {
		jv t = js_at(tools, i), schema = js_get(t, "inputSchema");
		const char *name = js_str(t, "name");

		must(name != NULL && registry_name(name));
		must(strncmp(name, "srv__", 5) == 0);
		must(js_is_obj(schema));
		js_free(schema);
		js_free(t);
	}
	must(js_len(tools) <= TOOLS_MAX);
}

static void
client(const char *p, size_t n)
{
	static const struct link link = { open_link, send_link, forget_link,
	    cut_link, said_link };
	struct entry entry = { .name = (char *)(uintptr_t)"srv",
	    .timeout_ms = 1000, .startup_ms = 1000, .http = n % 2 != 0 };
	struct call c = { .tool = (char *)(uintptr_t)"echo",
	    .args = js_obj(), .pinned = js_none(), .on_end = on_end,
	    .on_progress = on_progress };
	struct server s;
	struct err e = ERR_INIT;

	ended = 0;
	server_init(&s, &entry, "/w", &link);
	server_call(&s, &c);
	for (const char *end = p + n; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = nl != NULL ? (size_t)(nl - p) : (size_t)(end - p);
		jv v = js_parse(p, len, &e);

		server_message(&s, v);
		server_tick(&s);
		must(ended <= 1);
		js_free(v);
		p += len + 1;
	}
	check_tools(s.tools);
	server_free(&s);
	must(ended == 1);
	vec_free(&s.notes);
	js_free(c.args);
}

/* ---- what a client says ---- */

static void
serve(jv v)
{
	static struct tool_env env;
	struct serve_peer peer = { "", false };
	struct serve_ask a;

	if (env.registry == NULL) {
		env.workspace = xstrdup("/w");
		env.registry = registry_new(&env);
	}
	for (int i = 0; i < 2; i++) {
		enum rpc_kind k = rpc_classify(v);

		serve_read(&peer, &env, v, &a);
		must(k != RPC_REQUEST || a.what == SERVE_REPLY ||
		    a.what == SERVE_CALL);
		must((k != RPC_RESULT && k != RPC_ERROR) ||
		    a.what == SERVE_ANSWER);
		must(k != RPC_NOTIFICATION || a.what == SERVE_NOTHING ||
		    a.what == SERVE_CANCEL);
		must(a.what != SERVE_REPLY || js_is_obj(a.reply));
		must(a.what != SERVE_CALL || tool_find(&env,
		    js_cstr(a.name)) != NULL);
		serve_ask_free(&a);
		memcpy(peer.version, "2025-11-25", 11);
	}
}

/* ---- the rest ---- */

static void
files(const char *p, size_t n)
{
	struct entries c = { NULL, 0, VEC_INIT };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct vec headers = VEC_INIT;
	char *s = xmemdup(p, n), *url;

	entries_text(&c, p, n, "f", "user", &e);
	for (size_t i = 0; i < c.n; i++)
		must(entry_name(c.v[i]->name) && (c.v[i]->fault != NULL ||
		    c.v[i]->http || c.v[i]->argv.n > 0));
	entries_free(&c);
	entry_expand(&b, s, &e);
	buf_reset(&b);
	tools_name(&b, "srv", s);
	must(registry_name(buf_str(&b)));
	buf_reset(&b);
	web_value(&b, p, n);
	for (size_t i = 0; i < b.len; i++)
		must(b.data[i] == '\t' || (b.data[i] >= ' ' &&
		    (unsigned char)b.data[i] < 0x7f));
	/* Whatever a command prints, a header is one line. */
	if (creds_read(&headers, s, strlen(s), &e) == 0)
		for (size_t i = 0; i < headers.n; i++)
			must(strpbrk(headers.v[i], "\r\n") == NULL &&
			    strstr(headers.v[i], ": ") != NULL);
	vec_free(&headers);
	/* Whatever a service names, it is its own. */
	url = endpoint_url("http://a.example:81/x", p, n, &e);
	must(url == NULL || strncmp(url, "http://a.example:81/", 20) == 0);
	free(url);
	buf_free(&b);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct entry entry = { .name = (char *)(uintptr_t)"srv" };
	struct vec notes = VEC_INIT;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v, list, tools;

	if (n > 30000)
		return 0;
	client(p, n);
	files(p, n);
	v = js_parse(p, n, &e);
	serve(v);
	content_text(&b, v);
	list = js_get(v, "tools");
	entry.http = n % 2 == 0;
	tools = tools_take(&entry, js_arr(), list, &notes);
	check_tools(tools);
	js_free(tools);
	js_free(list);
	js_free(v);
	vec_free(&notes);
	buf_free(&b);
	return 0;
}
