/*
 * cmd.c - agent-tool mcp: look at the servers.
 */
#include "mcp/cmd.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/opt.h"
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

int
cmd_begin(struct hub *h, const struct cmd *c, struct err *e)
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

		if (wanted[i] && server_listed(s))
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

/* Why the server could not be asked when that was tried last, owned. */
static jv
why_failed(jv failed, const char *name)
{
	for (size_t i = 0; js_is_arr(failed) && i < js_len(failed); i++) {
		jv f = js_at(failed, i), why = js_get(f, "why");
		bool mine = js_str_is(f, "server", name) && js_is_str(why);

		js_free(f);
		if (mine)
			return why;
		js_free(why);
	}
	return js_none();
}

static jv
describe(const struct hub *h, size_t i, jv failed)
{
	const struct entry *c = h->entries.v[i];
	jv tools = js_get(h->pin[i], "tools"), o = js_obj();
	jv why = why_failed(failed, c->name);

	o = js_set_str(o, "server", c->name);
	o = js_set_str(o, "from", c->from);
	o = js_set_str(o, "transport", !c->http ? "stdio" : c->old_http ?
	    "sse" : "http");
	o = js_set_str(o, "state", c->fault != NULL ? "unusable" :
	    c->disabled ? "disabled" : js_is_arr(tools) ? "recorded" :
	    js_is_valid(why) ? "failed" : "new");
	if (c->fault != NULL)
		o = js_set_str(o, "why", c->fault);
	else if (js_str_is(o, "state", "failed"))
		o = js_set(o, "why", js_ref(why));
	js_free(why);
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
	else if (js_str(o, "why") != NULL)
		buf_addf(out, "%s: %s\n", state, js_str(o, "why"));
	else
		buf_addf(out, "%s\n", strcmp(state, "new") == 0 ? "not asked "
		    "yet" : state);
}

int
cmd_list(const struct cmd *c, struct buf *out, struct err *e)
{
	struct hub h;
	jv failed;

	if (c->nargs > 0)
		return err_set(e, ERR_USAGE, "list takes no name; mcp test "
		    "%.60s says all of one server", c->args[0]);
	if (cmd_begin(&h, c, e) == -1)
		return -1;
	failed = store_failed(c->index);
	if (h.entries.n == 0 && !c->untrusted && !c->json)
		log_note("there are no MCP servers; see agent-tool mcp add "
		    "--help");
	for (size_t i = 0; i < h.entries.n; i++) {
		jv o = describe(&h, i, failed);

		if (c->json) {
			js_dump(out, o);
			buf_addc(out, '\n');
		} else {
			list_line(out, o);
		}
		js_free(o);
	}
	js_free(failed);
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
	o = js_set_bool(o, "usable", server_listed(s));
	o = js_set_str(o, "transport", s->entry->http ? web_kind(s) :
	    "stdio");
	if (server_listed(s)) {
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

struct server *
cmd_named(struct hub *h, const struct cmd *c, const char *name, size_t *at,
    struct err *e)
{
	struct server *s = hub_find(h, name, at);
	const char *names[ENTRY_MAX + 1] = { NULL }, *near;

	for (size_t i = 0; i < h->entries.n; i++)
		names[i] = h->entries.v[i]->name;
	near = opt_nearest(name, names);
	if (s == NULL)
		err_set(e, ERR_USAGE, "no server is called %.60s; %s%s%s",
		    name, near != NULL ? "did you mean " : "see agent-tool "
		    "mcp list", near != NULL ? near : "", near != NULL ? "?" :
		    "");
	if (s == NULL && c->untrusted)
		err_set(e, ERR_DENIED, "%.60s: the project's .mcp.json does "
		    "not count before agent-tool trust --yes .mcp.json", name);
	return s;
}

/* The servers that are named, or all that count, in wanted. */
static int
choose(struct hub *h, const struct cmd *c, bool wanted[ENTRY_MAX],
    struct err *e)
{
	size_t at;

	for (size_t i = 0; i < c->nargs; i++) {
		if (cmd_named(h, c, c->args[i], &at, e) == NULL)
			return -1;
		wanted[at] = true;
	}
	for (size_t i = 0; i < h->entries.n; i++) {
		wanted[i] |= c->nargs == 0 && !h->entries.v[i]->disabled;
		if (h->v[i]->opening_ms < PATIENCE_MS)
			h->v[i]->opening_ms = PATIENCE_MS;
		/* Its era may be another one now. */
		if (wanted[i])
			h->v[i]->was_legacy = false;
	}
	return 0;
}

static void
test_one(const struct cmd *c, struct hub *h, size_t i, int64_t ms,
    struct buf *out)
{
	struct server *s = h->v[i];
	jv was = js_get(h->pin[i], "tools");
	struct buf said = BUF_INIT;

	if (c->json)
		report_json(out, s, ms);
	else if (server_listed(s))
		report(out, s, ms, was);
	s->link->said(s, &said);
	if (!c->json && said.len > 0)
		stderr_tail(out, &said);
	buf_free(&said);
	js_free(was);
}

/* Wait until the servers that c names have listed their tools, or failed. */
static int
wait_chosen(struct hub *h, const struct cmd *c, bool *wanted, struct err *e)
{
	if (choose(h, c, wanted, e) == -1)
		return -1;
	hub_wait(h, wanted);
	return interrupted(e);
}

int
cmd_test(const struct cmd *c, struct buf *out, struct err *e)
{
	bool wanted[ENTRY_MAX] = { false };
	struct hub h;
	int64_t began = clock_ms();
	size_t n = 0;
	int rc;

	if (cmd_begin(&h, c, e) == -1)
		return -1;
	rc = wait_chosen(&h, c, wanted, e);
	for (size_t i = 0; rc == 0 && i < h.entries.n; i++)
		n += wanted[i];
	for (size_t i = 0; rc == 0 && i < h.entries.n; i++) {
		struct server *s = h.v[i];

		if (!wanted[i])
			continue;
		test_one(c, &h, i, s->ready_at - began, out);
		if (server_listed(s))
			continue;
		if (n == 1)
			*e = s->fault;
		else if (!c->json)
			log_warn("%s", s->fault.msg);
		if (n > 1)
			err_set(e, ERR_NEGATIVE, "not all servers can be "
			    "used");
	}
	if (rc == 0 && n == 0)
		err_set(e, ERR_USAGE, "there is no server to test; see "
		    "agent-tool mcp add --help");
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

	if (!server_listed(s)) {
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
	int rc;

	if (cmd_begin(&h, c, e) == -1)
		return -1;
	rc = wait_chosen(&h, c, wanted, e);
	for (size_t i = 0; rc == 0 && i < h.entries.n; i++)
		if (wanted[i] && refresh_one(&h, i, out, e) == -1 &&
		    e->kind != ERR_NEGATIVE)
			rc = -1;
	store_forget();
	hub_close(&h);
	return e->kind == ERR_NONE ? rc : -1;
}
