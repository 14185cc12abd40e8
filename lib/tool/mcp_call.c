/*
 * mcp_call.c - tools of MCP servers: calls, by way of agent-mcp.
 */
#include "tool/mcp_link.h"

#include "core/event.h"
#include "tool/content.h"
#include "tool/spool.h"

#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

/* What its servers take to end, with force in the end. */
#define LEAVE_MS	6000

void
mcp_call_init(struct mcp_call *c)
{
	memset(c, 0, sizeof(*c));
	c->result = js_none();
	c->progress = js_none();
	c->asks = js_arr();
}

static void
unlink_call(struct mcp_call *c)
{
	struct mcp_call **p;

	if (c->id[0] == '\0' || c->env->mcp == NULL)
		return;
	for (p = &c->env->mcp->calls; *p != NULL; p = &(*p)->next)
		if (*p == c) {
			*p = c->next;
			break;
		}
	c->id[0] = '\0';
}

void
mcp_call_free(struct mcp_call *c)
{
	if (!c->done)
		mcp_call_cancel(c);
	unlink_call(c);
	js_free(c->result);
	js_free(c->progress);
	js_free(c->asks);
	c->result = c->progress = c->asks = js_none();
}

void
mcp_hang_up(struct mcp *m)
{
	coproc_close(&m->link, LEAVE_MS);
}

static int
need_link(struct tool_env *env, struct err *e)
{
	struct mcp *m = env->mcp;
	struct vec argv = VEC_INIT;
	int rc;

	if (m->link.started && !m->link.ended)
		return 0;
	coproc_close(&m->link, 0);
	coproc_init(&m->link, "agent-mcp");
	/* It sees the end of its input when we are killed, and has servers
	 * to end then. */
	m->link.outlives = true;
	mcp_command(env, &argv);
	if (env->approval.way > APPROVAL_YES)
		vec_push(&argv, "--elicits");
	vec_push(&argv, "relay");
	rc = coproc_start(&m->link, &argv, e);
	vec_free(&argv);
	return rc;
}

int
mcp_call_start(struct mcp_call *c, struct tool_env *env,
    const struct tool *t, jv args, const struct buf *text, struct result *r)
{
	struct mcp *m = env->mcp;
	struct buf like = BUF_INIT;
	struct err e = ERR_INIT;
	jv line;

	if (need_link(env, &e) == -1) {
		result_error(r, CODE_INTERNAL, "%s", e.msg);
		return -1;
	}
	c->env = env;
	c->tool = t;
	snprintf(c->id, sizeof(c->id), "%llu", (unsigned long long)++m->count);
	c->next = m->calls;
	m->calls = c;
	line = js_set_str(event_new("call"), "id", c->id);
	line = js_set_str(line, "server", t->server);
	line = js_set_str(line, "tool", t->remote);
	line = js_set(line, "arguments", js_ref(args));
	buf_adds(&like, "{\"arguments\":");
	buf_add(&like, buf_str(text), text->len);
	buf_addc(&like, '}');
	coproc_send_exact(&m->link, line, &like);
	buf_free(&like);
	js_free(line);
	return 0;
}

size_t
mcp_call_fds(const struct mcp_call *c, struct pollfd p[MCP_FDS])
{
	coproc_poll(&c->env->mcp->link, p);
	return MCP_FDS;
}

static struct mcp_call *
find(struct mcp *m, const char *id)
{
	for (struct mcp_call *c = m->calls; id != NULL && c != NULL;
	    c = c->next)
		if (strcmp(c->id, id) == 0)
			return c;
	return NULL;
}

static void
take(struct mcp *m, jv line)
{
	struct mcp_call *c = find(m, js_str(line, "id"));

	if (c == NULL || c->done)
		return;
	if (js_str_is(line, "type", "result")) {
		js_free(c->result);
		c->result = js_get(line, "result");
		c->done = true;
	} else if (js_str_is(line, "type", "error")) {
		event_to_err(line, &c->err);
		c->done = true;
	} else if (js_str_is(line, "type", "ask")) {
		c->asks = js_push(c->asks, js_ref(line));
	} else if (js_str_is(line, "type", "progress")) {
		js_free(c->progress);
		c->progress = js_ref(line);
	}
}

/* Whatever agent-mcp says, for whichever call. */
static void
pump(struct mcp *m)
{
	struct pollfd p[MCP_FDS];
	struct err e = ERR_INIT;
	jv line;
	int rc;

	coproc_poll(&m->link, p);
	if (poll(p, MCP_FDS, 0) > 0)
		coproc_work(&m->link, p);
	while ((rc = coproc_next(&m->link, &line, &e)) == 1) {
		take(m, line);
		js_free(line);
	}
	if (rc == 0)
		return;
	for (struct mcp_call *c = m->calls; c != NULL; c = c->next)
		if (!c->done) {
			c->done = true;
			c->err = e;
		}
}

bool
mcp_call_step(struct mcp_call *c)
{
	if (!c->done)
		pump(c->env->mcp);
	return c->done;
}

void
mcp_call_cancel(struct mcp_call *c)
{
	jv line;

	if (c->id[0] == '\0' || c->env->mcp == NULL)
		return;
	line = js_set_str(event_new("cancel"), "id", c->id);
	coproc_send(&c->env->mcp->link, line);
	js_free(line);
}

void
mcp_call_answer(struct mcp_call *c, const char *action, jv content)
{
	jv first = js_at(c->asks, 0), rest = js_arr(), line;

	for (size_t i = 1; i < js_len(c->asks); i++)
		rest = js_push(rest, js_at(c->asks, i));
	js_free(c->asks);
	c->asks = rest;
	line = js_set_str(event_new("answer"), "id", c->id);
	line = js_set_str(js_copy_key(line, "ask", first, "ask"), "action",
	    action);
	if (js_is_obj(content))
		line = js_set(line, "content", js_ref(content));
	if (c->id[0] != '\0' && c->env->mcp != NULL)
		coproc_send(&c->env->mcp->link, line);
	js_free(line);
	js_free(first);
}

/* ---- its result ---- */

static enum result_code
code_of(enum err_kind kind)
{
	switch (kind) {
	case ERR_INVALID:
		return CODE_ARGUMENTS;
	case ERR_TIMEOUT:
		return CODE_TIMEOUT;
	case ERR_CANCELLED:
		return CODE_CANCELLED;
	case ERR_DENIED:
	case ERR_AUTH:
		return CODE_DENIED;
	case ERR_TEMP:
	case ERR_RATE:
	case ERR_OVERLOADED:
		return CODE_TRY_LATER;
	case ERR_INTERNAL:
		return CODE_INTERNAL;
	default:
		return CODE_TOOL;
	}
}

/* The words of the server behind ours. */
static void
failed(const struct mcp_call *c, struct result *r)
{
	struct buf said = r->text;
	bool cut = r->truncated;

	r->text = (struct buf)BUF_INIT;
	result_error(r, CODE_TOOL, "%s says that it failed.", c->tool->name);
	r->truncated = cut;
	if (said.len > 0)
		buf_addc(&r->text, '\n');
	buf_add(&r->text, buf_str(&said), said.len);
	buf_free(&said);
}

void
mcp_call_finish(struct mcp_call *c, struct result *r)
{
	struct buf text = BUF_INIT;
	struct spool s = { .env = NULL };
	jv structured;

	unlink_call(c);
	strlcpy(r->origin, c->tool->origin, sizeof(r->origin));
	if (!js_is_valid(c->result)) {
		result_error(r, code_of(c->err.kind), "%s", c->err.msg);
		return;
	}
	content_text(&text, c->result);
	spool_begin(&s, c->env, c->tool->name);
	spool_add(&s, text.data, text.len);
	spool_text(&s, r);
	structured = js_get(c->result, "structuredContent");
	content_structured(r, structured);
	r->status = RESULT_COMPLETED;
	if (js_bool(c->result, "isError", false))
		failed(c, r);
	js_free(structured);
	spool_free(&s);
	buf_free(&text);
}
