/*
 * cmd.c - agent-tool mcp: look at the servers.
 */
#include "mcp/cmd.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "mcp/store.h"
#include "mcp/tools.h"
#include "sys/sig.h"

#include <string.h>

#define SAID_SHOWN	((size_t)1024)
#define PATIENCE_MS	60000	/* of a server that the user waits for */

static void
say_notes(const struct cmd *c, const struct hub *h)
{
	for (size_t i = 0; i < h->entries.notes.n; i++)
		log_note("%s", h->entries.notes.v[i]);
	if (c->untrusted)
		log_note("%s/.mcp.json does not count before agent-tool "
		    "trust --yes .mcp.json", c->workspace);
}

static int
begin(struct hub *h, const struct cmd *c, struct err *e)
{
	if (hub_open(h, &c->files, c->workspace, e) == -1)
		return -1;
	say_notes(c, h);
	return 0;
}

static int
interrupted(struct err *e)
{
	return sig_caught() == 0 ? 0 : err_set(e, ERR_CANCELLED,
	    "interrupted");
}

/* ---- collect ---- */

static jv
failed_take(jv list, const char *server, const char *why)
{
	jv o = js_set_str(js_obj(), "server", server);

	return js_push(list, js_set_str(o, "why", why));
}

int
cmd_collect(const struct cmd *c, struct err *e)
{
	bool wanted[ENTRY_MAX] = { false };
	jv failed = js_arr();
	struct hub h;
	int rc;

	if (hub_open(&h, &c->files, c->workspace, e) == -1) {
		js_free(failed);
		return -1;
	}
	for (size_t i = 0; i < h.entries.n; i++)
		wanted[i] = !h.entries.v[i]->disabled &&
		    !js_is_valid(h.pin[i]);
	hub_wait(&h, wanted);
	rc = interrupted(e);
	for (size_t i = 0; rc == 0 && i < h.entries.n; i++) {
		const struct server *s = h.v[i];

		if (wanted[i] && s->state == SERVER_READY)
			rc = hub_pin(&h, i, e);
		else if (wanted[i])
			failed = failed_take(failed, s->entry->name,
			    s->fault.msg);
	}
	if (rc == 0 && c->index != NULL)
		rc = store_index(c->index, &h.entries, h.pin, failed, e);
	js_free(failed);
	hub_close(&h);
	return rc;
}

/* ---- list ---- */

static jv
describe(const struct hub *h, size_t i)
{
	const struct entry *c = h->entries.v[i];
	jv tools = js_get(h->pin[i], "tools"), o = js_obj();

	o = js_set_str(o, "server", c->name);
	o = js_set_str(o, "from", c->from);
	o = js_set_str(o, "transport", !c->http ? "stdio" : c->old_http ?
	    "sse" : "http");
	o = js_set_str(o, "state", c->fault != NULL ? "unusable" :
	    c->disabled ? "disabled" : js_is_arr(tools) ? "recorded" : "new");
	if (c->fault != NULL)
		o = js_set_str(o, "why", c->fault);
	o = js_copy_key(o, "era", h->pin[i], "era");
	o = js_copy_key(o, "version", h->pin[i], "version");
	if (js_is_arr(tools))
		o = js_set_int(o, "tools", (int64_t)js_len(tools));
	js_free(tools);
	return o;
}

static void
list_line(struct buf *out, jv o)
{
	const char *state = js_str(o, "state"), *v = js_str(o, "version");
	int64_t n = 0;

	buf_addf(out, "%-20s %-8s %-6s ", js_str(o, "server"),
	    js_str(o, "from"), js_str(o, "transport"));
	if (strcmp(state, "recorded") == 0 && js_int(o, "tools", 0, 1 << 20,
	    &n))
		buf_addf(out, "%lld tool%s, version %.20s\n", (long long)n,
		    n == 1 ? "" : "s", v != NULL ? v : "?");
	else if (strcmp(state, "unusable") == 0)
		buf_addf(out, "unusable: %s\n", js_str(o, "why"));
	else
		buf_addf(out, "%s\n", strcmp(state, "new") == 0 ? "not asked "
		    "yet" : state);
}

int
cmd_list(const struct cmd *c, struct buf *out, struct err *e)
{
	struct hub h;

	if (begin(&h, c, e) == -1)
		return -1;
	for (size_t i = 0; i < h.entries.n; i++) {
		jv o = describe(&h, i);

		if (c->json) {
			js_dump(out, o);
			buf_addc(out, '\n');
		} else {
			list_line(out, o);
		}
		js_free(o);
	}
	hub_close(&h);
	return 0;
}

/* ---- test ---- */

/* How a tool stands to what was recorded: "new", "changed", or NULL. */
static const char *
differs(jv tool, jv was)
{
	jv twin = tools_find(was, "tool", js_str(tool, "tool"));
	const char *how = !js_is_valid(twin) ? "new" :
	    tools_same(tool, twin) ? NULL : "changed";

	js_free(twin);
	return js_is_arr(was) ? how : NULL;
}

static void
tool_lines(struct buf *out, jv tools, jv was)
{
	for (size_t i = 0; i < js_len(tools); i++) {
		jv t = js_at(tools, i);
		const char *d = js_str(t, "description");
		const char *how = differs(t, was);
		size_t n = d != NULL ? strcspn(d, "\n") : 0;

		buf_addf(out, "  %-32s %s%s%.*s\n", js_str(t, "name"),
		    how != NULL ? how : "", how != NULL ? ": " : "",
		    (int)(n < 60 ? n : utf8_cut(d, 60)), d != NULL ? d : "");
		js_free(t);
	}
	for (size_t i = 0; i < js_len(was); i++) {
		jv t = js_at(was, i), now = tools_find(tools, "tool",
		    js_str(t, "tool"));

		if (!js_is_valid(now))
			buf_addf(out, "  %-32s gone\n", js_str(t, "name"));
		js_free(now);
		js_free(t);
	}
}

static void
report_json(struct buf *out, const struct server *s, int64_t ms)
{
	jv o = js_set_str(js_obj(), "server", s->entry->name);
	jv notes = js_arr();

	for (size_t i = 0; i < s->notes.n; i++)
		notes = js_push(notes, js_from_str(s->notes.v[i]));
	o = js_set_bool(o, "usable", s->state == SERVER_READY);
	o = js_set_str(o, "transport", s->entry->http ? web_kind(s) :
	    "stdio");
	if (s->state == SERVER_READY) {
		o = js_set_str(o, "era", s->modern ? "modern" : "legacy");
		o = js_set_str(o, "version", s->version);
		if (js_is_obj(s->info))
			o = js_set(o, "info", js_ref(s->info));
		o = js_set_int(o, "opened_ms", ms);
		o = js_set(o, "tools", js_ref(s->tools));
	} else {
		o = js_set_str(o, "why", s->fault.msg);
	}
	o = js_set(o, "notes", notes);
	js_dump(out, o);
	buf_addc(out, '\n');
	js_free(o);
}

static void
report(struct buf *out, const struct server *s, int64_t ms, jv was)
{
	const char *name = js_str(s->info, "name");
	const char *version = js_str(s->info, "version");

	buf_addf(out, "%s: %s, version %s (%s), opened in %lld ms\n",
	    s->entry->name, s->entry->http ? web_kind(s) : "stdio", s->version,
	    s->modern ? "modern" : "legacy", (long long)ms);
	if (name != NULL) {
		buf_adds(out, "it calls itself ");
		utf8_escape(out, name, strlen(name), UTF8_LINE);
		buf_addf(out, " %.40s\n", version != NULL ? version : "");
	}
	buf_addf(out, "%zu tool%s:\n", js_len(s->tools),
	    js_len(s->tools) == 1 ? "" : "s");
	tool_lines(out, s->tools, was);
	for (size_t i = 0; i < s->notes.n; i++)
		buf_addf(out, "note: %s\n", s->notes.v[i]);
}

/* The end of what it said, in whole lines. */
static void
stderr_tail(struct buf *out, const struct buf *said)
{
	const char *p = said->data, *nl;

	if (said->len > SAID_SHOWN) {
		p += said->len - SAID_SHOWN;
		nl = strchr(p, '\n');
		p = nl != NULL ? nl + 1 : p;
	}
	buf_addf(out, "its standard error:\n%s", p);
	if (out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static struct server *
named(struct hub *h, const struct cmd *c, const char *name, size_t *at,
    struct err *e)
{
	struct server *s = hub_find(h, name, at);

	if (s == NULL)
		err_set(e, ERR_USAGE, "no server is called %.60s; see "
		    "agent-tool mcp list", name);
	if (s == NULL && c->untrusted)
		err_set(e, ERR_DENIED, "%.60s: the project's .mcp.json does "
		    "not count before agent-tool trust --yes .mcp.json", name);
	return s;
}

int
cmd_test(const struct cmd *c, struct buf *out, struct err *e)
{
	bool wanted[ENTRY_MAX] = { false };
	struct buf said = BUF_INIT;
	struct server *s;
	struct hub h;
	size_t at;
	jv was;
	int64_t began;

	if (c->nargs != 1)
		return err_set(e, ERR_USAGE, "test takes the name of a "
		    "server");
	if (begin(&h, c, e) == -1)
		return -1;
	s = named(&h, c, c->args[0], &at, e);
	if (s == NULL) {
		hub_close(&h);
		return -1;
	}
	if (s->opening_ms < PATIENCE_MS)
		s->opening_ms = PATIENCE_MS;
	s->was_legacy = false;
	wanted[at] = true;
	began = clock_ms();
	hub_wait(&h, wanted);
	was = js_get(h.pin[at], "tools");
	if (c->json)
		report_json(out, s, clock_ms() - began);
	else if (s->state == SERVER_READY)
		report(out, s, clock_ms() - began, was);
	js_free(was);
	s->link->said(s, &said);
	if (!c->json && said.len > 0)
		stderr_tail(out, &said);
	if (interrupted(e) == 0 && s->state != SERVER_READY)
		*e = s->fault;
	buf_free(&said);
	hub_close(&h);
	return e->kind == ERR_NONE ? 0 : -1;
}

/* ---- refresh ---- */

static int
refresh_one(struct hub *h, size_t i, struct buf *out, struct err *e)
{
	struct server *s = h->v[i];
	size_t fresh = 0, changed = 0, kept = 0;
	jv was = js_get(h->pin[i], "tools");

	if (s->state != SERVER_READY) {
		log_warn("%s", s->fault.msg);
		js_free(was);
		return err_set(e, ERR_NEGATIVE, "not all servers answered");
	}
	for (size_t k = 0; k < js_len(s->tools); k++) {
		jv t = js_at(s->tools, k);
		const char *how = differs(t, was);

		fresh += how != NULL && *how == 'n';
		changed += how != NULL && *how == 'c';
		kept += how == NULL;
		js_free(t);
	}
	buf_addf(out, "%s: %zu tool%s", s->entry->name, js_len(s->tools),
	    js_len(s->tools) == 1 ? "" : "s");
	if (js_is_arr(was))
		buf_addf(out, ", %zu new, %zu changed, %zu gone", fresh,
		    changed, js_len(was) - kept - changed);
	buf_addc(out, '\n');
	js_free(was);
	return hub_pin(h, i, e);
}

int
cmd_refresh(const struct cmd *c, struct buf *out, struct err *e)
{
	bool wanted[ENTRY_MAX] = { false };
	struct hub h;
	size_t at;
	int rc = 0;

	if (begin(&h, c, e) == -1)
		return -1;
	for (size_t i = 0; i < c->nargs && rc == 0; i++) {
		if (named(&h, c, c->args[i], &at, e) == NULL)
			rc = -1;
		else
			wanted[at] = true;
	}
	for (size_t i = 0; i < h.entries.n; i++) {
		wanted[i] |= c->nargs == 0 && !h.entries.v[i]->disabled;
		if (h.v[i]->opening_ms < PATIENCE_MS)
			h.v[i]->opening_ms = PATIENCE_MS;
	}
	if (rc == 0)
		hub_wait(&h, wanted);
	if (rc == 0)
		rc = interrupted(e);
	for (size_t i = 0; rc == 0 && i < h.entries.n; i++)
		if (wanted[i] && refresh_one(&h, i, out, e) == -1 &&
		    e->kind != ERR_NEGATIVE)
			rc = -1;
	store_forget();
	hub_close(&h);
	return e->kind == ERR_NONE ? rc : -1;
}
