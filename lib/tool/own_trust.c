/*
 * own_trust.c - agent-tool trust: what of the project may run.
 */
#include "tool/own.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "sys/file.h"
#include "tool/trust.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN		((size_t)500)	/* of a server */

/* Those that are meant; how many of them are not trusted in *open, and cannot
 * be in *unseen. */
static size_t
show(const struct trust *t, char *const *paths, size_t npaths, bool json,
    struct buf *out, size_t *open, size_t *unseen)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct trust_file *f = &t->v[i];
		jv o;

		if (!trust_meant(f->path, paths, npaths))
			continue;
		n++;
		*open += f->state == TRUST_NEW || f->state == TRUST_CHANGED;
		*unseen += f->state == TRUST_UNSEEN;
		if (!json) {
			buf_addf(out, "%-8s %.12s%*s ",
			    trust_state_name(f->state), f->sum,
			    f->sum[0] == '\0' ? 12 : 0, "");
			utf8_escape(out, f->path, strlen(f->path), UTF8_LINE);
			if (f->why != NULL)
				buf_addf(out, " (%s)", f->why);
			buf_addc(out, '\n');
			continue;
		}
		o = js_set_str(js_obj(), "path", f->path);
		o = js_set_str(o, "state", trust_state_name(f->state));
		if (f->sum[0] != '\0')
			o = js_set_str(o, "sha256", f->sum);
		if (f->why != NULL)
			o = js_set_str(o, "why", f->why);
		js_dump(out, o);
		buf_addc(out, '\n');
		js_free(o);
	}
	return n;
}

/* One server of .mcp.json: what it would start, or ask. */
static void
show_server(const char *name, jv server, struct buf *out)
{
	const char *what = js_str(server, "command");
	jv args = js_get(server, "args"), helper;
	struct buf b = BUF_INIT;

	if (what == NULL)
		what = js_str(server, js_has(server, "url") ? "url" :
		    "httpUrl");
	buf_addf(&b, "%s: %s", name, what != NULL ? what : "?");
	for (size_t i = 0; js_is_arr(args) && i < js_len(args); i++) {
		jv a = js_at(args, i);

		buf_addf(&b, " %s", js_cstr(a) != NULL ? js_cstr(a) : "?");
		js_free(a);
	}
	helper = js_get(server, js_has(server, "headers_cmd") ?
	    "headers_cmd" : "headersHelper");
	if (js_is_valid(helper)) {
		buf_adds(&b, "; headers from ");
		js_dump(&b, helper);
	}
	buf_adds(out, "    server ");
	utf8_escape(out, b.data, b.len < SHOWN ? b.len : utf8_cut(b.data,
	    SHOWN), UTF8_LINE);
	buf_adds(out, b.len > SHOWN ? "...\n" : "\n");
	js_free(helper);
	js_free(args);
	buf_free(&b);
}

/* They run outside the sandbox: the user decides about that. */
static void
show_servers(const struct tool_env *env, struct buf *out)
{
	char *path = xasprintf("%s/.mcp.json", env->workspace);
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = js_none(), all, keys;

	if (file_read(path, &b, TRUST_MCP_MAX, &ignored) == 0)
		v = js_parse(buf_str(&b), b.len, &ignored);
	all = js_get(v, js_has(v, "mcpServers") ? "mcpServers" : "servers");
	keys = js_keys(all);
	for (size_t i = 0; js_is_obj(all) && i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		jv server = js_cstr(k) != NULL ? js_get(all, js_cstr(k)) :
		    js_none();

		if (js_is_obj(server))
			show_server(js_cstr(k), server, out);
		js_free(server);
		js_free(k);
	}
	js_free(keys);
	js_free(all);
	js_free(v);
	buf_free(&b);
	free(path);
}

int
own_trust(struct tool_env *env, enum own_trust what, char *const *paths,
    size_t npaths, bool json, struct buf *out, struct err *e)
{
	struct trust t;
	size_t n = 0, open = 0, unseen = 0;
	int rc = trust_read(&t, env, TRUST_ALL | TRUST_SUMS, e);

	if (rc == 0 && what != OWN_SHOW) {
		rc = trust_change(&t, env, paths, npaths, what == OWN_TRUST,
		    &n, e);
		if (rc == 0 && n == 0 && npaths > 0)
			rc = err_set(e, ERR_NOINPUT, "%s: no file of the "
			    "project that needs trust; see agent-tool trust",
			    paths[0]);
		trust_free(&t);
		if (rc == 0)
			rc = trust_read(&t, env, TRUST_ALL | TRUST_SUMS, e);
	}
	if (rc == -1) {
		trust_free(&t);
		return -1;
	}
	/* What was done to some leaves the others to be seen. */
	n = show(&t, paths, what == OWN_SHOW ? npaths : 0, json, out, &open,
	    &unseen);
	if (what == OWN_SHOW && !json && trust_find(&t, ".mcp.json") != NULL &&
	    trust_meant(".mcp.json", paths, npaths))
		show_servers(env, out);
	trust_free(&t);
	if (what == OWN_SHOW && n == 0 && npaths > 0)
		return err_set(e, ERR_NOINPUT, "%s: no file of the project "
		    "that needs trust; see agent-tool trust", paths[0]);
	if (what == OWN_REVOKE || (open == 0 && unseen == 0))
		return 0;
	if (open == 0)
		return err_set(e, ERR_NEGATIVE, "%zu unseen, for the reason "
		    "that stands with %s; what lies in a folder with such a "
		    "file does not count", unseen, unseen == 1 ? "it" :
		    "them");
	return err_set(e, ERR_NEGATIVE, "%zu of the project's files %s not "
	    "trusted; look at them, then agent-tool trust --yes", open,
	    open == 1 ? "is" : "are");
}
