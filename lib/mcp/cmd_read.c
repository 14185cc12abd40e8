/*
 * cmd_read.c - agent-tool mcp resources, prompts: what servers have to read.
 *
 * For people and for pipes: nothing of it reaches a model by itself.
 */
#include "mcp/cmd.h"

#include "base/base64.h"
#include "base/log.h"
#include "base/utf8.h"
#include "sys/sig.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define PAGES	100

/* One request, waited for. */
struct wait {
	bool	done;
	jv	result;
	struct err err;
};

static void
on_end(struct call *c, jv result, const struct err *e)
{
	struct wait *w = c->arg;

	w->done = true;
	w->result = js_ref(result);
	w->err = *e;
}

/* The result of a request, owned; invalid with e filled. */
static jv
ask(struct hub *h, size_t at, const char *method, const char *name,
    jv params_take, struct err *e)
{
	struct wait w = { .result = js_none(), .err = ERR_INIT };
	struct call c = { .tool = (char *)(uintptr_t)name, .method = method,
	    .args = params_take, .pinned = js_none(), .on_end = on_end,
	    .arg = &w };
	struct pollfd p[HUB_FDS + 1];

	server_call(h->v[at], &c);
	while (!w.done && sig_caught() == 0) {
		size_t n = hub_poll(h, p);

		p[n] = (struct pollfd){ sig_fd(), POLLIN, 0 };
		poll(p, n + 1, hub_left(h));
		hub_work(h, p);
	}
	if (!w.done)
		server_cancel(h->v[at], &c);
	server_forget(h->v[at], &c);
	js_free(c.args);
	if (sig_caught() != 0)
		err_set(e, ERR_CANCELLED, "interrupted");
	else if (!js_is_valid(w.result))
		*e = w.err;
	return w.result;
}

/* ---- what is shown ---- */

/* As it is into a pipe; at a terminal with nothing that moves it. */
static void
put(struct buf *out, const char *p, size_t n)
{
	if (isatty(STDOUT_FILENO))
		utf8_escape(out, p, n, UTF8_TEXT);
	else
		buf_add(out, p, n);
	if (n > 0 && p[n - 1] != '\n')
		buf_addc(out, '\n');
}

static void
word(struct buf *out, jv o, const char *key)
{
	const char *s = js_str(o, key);

	if (s != NULL)
		utf8_escape(out, s, strlen(s) < 300 ? strlen(s) :
		    utf8_cut(s, 300), UTF8_LINE);
}

static void
list_line(struct buf *out, jv o, bool json, const char *key)
{
	jv args = js_get(o, "arguments");

	if (json) {
		js_dump(out, o);
		buf_addc(out, '\n');
		js_free(args);
		return;
	}
	word(out, o, key);
	for (size_t i = 0; js_is_arr(args) && i < js_len(args); i++) {
		jv a = js_at(args, i);
		bool must = js_bool(a, "required", false);

		buf_adds(out, must ? " " : " [");
		word(out, a, "name");
		buf_adds(out, must ? "=..." : "=...]");
		js_free(a);
	}
	buf_addc(out, '\t');
	word(out, o, js_str(o, "description") != NULL ? "description" :
	    js_str(o, "title") != NULL ? "title" : "name");
	buf_addc(out, '\n');
	js_free(args);
}

/* All pages of one of the lists. */
static int
list(struct hub *h, size_t at, const char *method, const char *member,
    const char *key, const struct cmd *c, struct buf *out, struct err *e)
{
	jv params = js_obj();

	for (int page = 0; page < PAGES; page++) {
		jv r = ask(h, at, method, NULL, params, e), all;
		const char *next = js_str(r, "nextCursor");

		all = js_get(r, member);
		for (size_t i = 0; js_is_arr(all) && i < js_len(all); i++) {
			jv o = js_at(all, i);

			list_line(out, o, c->json, key);
			js_free(o);
		}
		js_free(all);
		params = next != NULL && *next != '\0' ? js_set_str(js_obj(),
		    "cursor", next) : js_none();
		js_free(r);
		if (e->kind != ERR_NONE || !js_is_valid(params)) {
			js_free(params);
			return e->kind == ERR_NONE ? 0 : -1;
		}
	}
	js_free(params);
	log_note("the list has no end; what came so far is shown");
	return 0;
}

static void
content(struct buf *out, jv o)
{
	jv inner = js_get(o, "resource");
	const char *s, *blob;
	struct buf b = BUF_INIT;
	size_t n;

	if (js_is_obj(inner)) {
		content(out, inner);
	} else if ((s = js_str_len(o, "text", &n)) != NULL) {
		put(out, s, n);
	} else if ((blob = js_str_len(o, "blob", &n)) != NULL) {
		if (isatty(STDOUT_FILENO))
			buf_addf(out, "[%zu characters of base64]\n", n);
		else if (base64_decode(&b, blob, n))
			buf_add(out, b.data, b.len);
	} else {
		buf_adds(out, "[");
		word(out, o, "type");
		buf_adds(out, "]\n");
	}
	buf_free(&b);
	js_free(inner);
}

/* ---- the commands ---- */

/* Open the server that is named first, and do what is wanted with it. */
static int
with_server(const struct cmd *c, struct buf *out, struct err *e,
    int (*work)(struct hub *, size_t, const struct cmd *, struct buf *,
    struct err *))
{
	struct hub h;
	size_t at;
	int rc = -1;

	if (c->nargs == 0)
		return err_set(e, ERR_USAGE, "the name of a server is "
		    "missing; see agent-tool mcp list");
	if (cmd_begin(&h, c, e) == -1)
		return -1;
	if (cmd_named(&h, c, c->args[0], &at, e) != NULL)
		rc = work(&h, at, c, out, e);
	hub_close(&h);
	return rc;
}

static int
read_resource(struct hub *h, size_t at, const struct cmd *c, struct buf *out,
    struct err *e)
{
	jv r, all;

	if (c->nargs == 1)
		return list(h, at, "resources/list", "resources", "uri", c,
		    out, e);
	r = ask(h, at, "resources/read", c->args[1], js_set_str(js_obj(),
	    "uri", c->args[1]), e);
	all = js_get(r, "contents");
	if (c->json && js_is_valid(r)) {
		js_dump(out, r);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; !c->json && js_is_arr(all) && i < js_len(all);
	    i++) {
		jv o = js_at(all, i);

		content(out, o);
		js_free(o);
	}
	js_free(all);
	js_free(r);
	return e->kind == ERR_NONE ? 0 : -1;
}

int
cmd_resources(const struct cmd *c, struct buf *out, struct err *e)
{
	if (c->nargs > 2)
		return err_set(e, ERR_USAGE, "resources takes a server and "
		    "one URI, not also %.60s", c->args[2]);
	return with_server(c, out, e, read_resource);
}

/* A message as agent-message(5) has it. */
static void
message_line(struct buf *out, jv m)
{
	jv body = js_get(m, "content"), line = js_obj();
	struct buf text = BUF_INIT;
	const char *role = js_str(m, "role"), *s;
	size_t n;

	if ((s = js_str_len(body, "text", &n)) != NULL)
		buf_add(&text, s, n);
	else
		content(&text, body);
	line = js_set_str(line, "role", role != NULL ? role : "user");
	line = js_set(line, "content", js_from_buf(&text));
	js_dump(out, line);
	buf_addc(out, '\n');
	js_free(line);
	buf_free(&text);
	js_free(body);
}

static int
get_prompt(struct hub *h, size_t at, const struct cmd *c, struct buf *out,
    struct err *e)
{
	jv args = js_obj(), p, r, all;

	if (c->nargs == 1) {
		js_free(args);
		return list(h, at, "prompts/list", "prompts", "name", c, out,
		    e);
	}
	for (size_t i = 2; i < c->nargs; i++) {
		char *eq = strchr(c->args[i], '=');
		struct buf name = BUF_INIT;

		if (eq == NULL || eq == c->args[i]) {
			js_free(args);
			return err_set(e, ERR_USAGE, "%.60s: expected "
			    "NAME=VALUE", c->args[i]);
		}
		buf_add(&name, c->args[i], (size_t)(eq - c->args[i]));
		args = js_set_str(args, buf_str(&name), eq + 1);
		buf_free(&name);
	}
	p = js_set_str(js_obj(), "name", c->args[1]);
	r = ask(h, at, "prompts/get", c->args[1], js_set(p, "arguments",
	    args), e);
	all = js_get(r, "messages");
	for (size_t i = 0; js_is_arr(all) && i < js_len(all); i++) {
		jv m = js_at(all, i), body = js_get(m, "content");

		if (c->json)
			message_line(out, m);
		else
			content(out, body);
		js_free(body);
		js_free(m);
	}
	js_free(all);
	js_free(r);
	return e->kind == ERR_NONE ? 0 : -1;
}

int
cmd_prompts(const struct cmd *c, struct buf *out, struct err *e)
{
	return with_server(c, out, e, get_prompt);
}
