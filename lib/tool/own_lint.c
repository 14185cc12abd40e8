/*
 * own_lint.c - agent-tool lint: is an executable a good tool?
 */
#include "tool/own.h"

#include "base/mem.h"
#include "core/tokens.h"
#include "tool/extern.h"
#include "tool/registry.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LONG_TOKENS	200	/* what a schema should not cost */

struct report {
	struct buf	*out;
	const char	*path;
	size_t		 faults;
};

static void
fault(struct report *r, const char *what)
{
	buf_addf(r->out, "%s: %s\n", r->path, what);
	r->faults++;
}

/* Every parameter says what it is. */
static void
check_params(struct report *r, jv tool)
{
	jv schema = js_get(tool, "inputSchema");
	jv props = js_get(schema, "properties"), keys = js_keys(props);

	if (js_is_valid(schema) && js_bool(schema, "additionalProperties",
	    true))
		fault(r, "inputSchema.additionalProperties: expected false, or "
		    "misspelt arguments are not noticed");
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), p = js_none();

		if (js_cstr(k) != NULL)
			p = js_get(props, js_cstr(k));
		if (js_is_valid(p) && !js_has(p, "type") &&
		    !js_has(p, "enum") && !js_has(p, "anyOf")) {
			char *s = xasprintf("inputSchema.properties.%s: no "
			    "type", js_cstr(k));

			fault(r, s);
			free(s);
		}
		js_free(p);
		js_free(k);
	}
	js_free(keys);
	js_free(props);
	js_free(schema);
}

static void
check_size(struct report *r, jv tool)
{
	struct buf b = BUF_INIT;
	double n;

	js_dump(&b, tool);
	n = tokens_text(b.data, b.len);
	if (n > LONG_TOKENS)
		buf_addf(r->out, "%s: note: about %.0f tokens, sent with every "
		    "request; shorter words do\n", r->path, n);
	buf_free(&b);
}

static void
check_file(struct report *r, struct tool_env *env, const char *path,
    bool json)
{
	char *name = extern_name(path);
	struct extern_schema s = { .tool = js_none() };
	struct err e = ERR_INIT;
	struct stat st;

	r->path = path;
	if (stat(path, &st) == -1)
		fault(r, "no such file");
	else if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		fault(r, "not executable; try chmod +x");
	else if (st.st_mode & 022)
		fault(r, "others may write it; try chmod go-w");
	else if (!registry_name(name))
		fault(r, "its name is none of a tool: letters, digits, _ and "
		    "-, at most 64");
	else if (extern_schema(env, path, name, &s, &e) == -1)
		fault(r, e.msg);
	if (js_is_valid(s.tool)) {
		check_params(r, s.tool);
		check_size(r, s.tool);
		if (json) {
			js_dump(r->out, s.tool);
			buf_addc(r->out, '\n');
		} else {
			buf_addf(r->out, "%s: %s, by %s\n", path, r->faults ==
			    0 ? "good" : "found", s.from);
		}
	}
	js_free(s.tool);
	free(name);
}

int
own_lint(struct tool_env *env, const char *what, bool json, struct buf *out,
    struct err *e)
{
	struct report r = { .out = out };
	const struct vec *notes = registry_notes(env->registry);
	const struct tool *t = what != NULL ? tool_find(env, what) : NULL;
	char *abs = NULL;

	if (what == NULL) {
		for (size_t i = 0; (t = tool_at(env, i)) != NULL; i++)
			if (t->group == GROUP_TOOLS && t->program != NULL)
				check_file(&r, env, t->program, json);
		for (size_t i = 0; i < notes->n; i++) {
			buf_addf(out, "%s\n", notes->v[i]);
			r.faults++;
		}
	} else if (t != NULL && (t->group != GROUP_TOOLS ||
	    t->program == NULL)) {
		return err_set(e, ERR_USAGE, "lint: %.60s is a tool of ours",
		    what);
	} else {
		if (t == NULL && what[0] != '/')
			abs = xasprintf("%s/%s", env->workspace, what);
		check_file(&r, env, t != NULL ? t->program : abs != NULL ?
		    abs : what, json);
	}
	free(abs);
	if (r.faults == 0)
		return 0;
	return err_set(e, ERR_NEGATIVE, "%zu fault%s", r.faults,
	    r.faults == 1 ? "" : "s");
}
