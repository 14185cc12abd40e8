/*
 * overview.c - the tools that may be used, for people and scripts.
 */
#include "tool/overview.h"

#include "base/utf8.h"
#include "tool/registry.h"

#include <string.h>

#define DESCRIPTION	100	/* bytes of it that are shown */

static void
put_origin(struct buf *out, const struct tool *t)
{
	buf_adds(out, "  [");
	if (t->server != NULL)
		utf8_escape(out, t->server, strlen(t->server), UTF8_LINE);
	else if (t->skill)
		buf_adds(out, "promoted");
	else
		utf8_escape(out, t->program, strlen(t->program), UTF8_LINE);
	buf_addc(out, ']');
}

static void
put_line(struct buf *out, const struct tool *t)
{
	const char *what = t->description != NULL ? t->description : "";
	size_t n = strcspn(what, "\n");

	buf_addf(out, "%-15s ", t->name);
	utf8_escape(out, what, n > DESCRIPTION ? utf8_cut(what, DESCRIPTION) :
	    n, UTF8_LINE);
	if (n > DESCRIPTION)
		buf_adds(out, "...");
	if (t->server != NULL || (t->origin != NULL &&
	    strcmp(t->origin, "tool") == 0))
		put_origin(out, t);
	buf_addc(out, '\n');
}

void
tool_overview(const struct tool_env *env, bool text, struct buf *out)
{
	const struct tool *t;

	for (size_t i = 0; (t = tool_at(env, i)) != NULL; i++) {
		if (tool_denied(env, t) != NULL)
			continue;
		if (text)
			put_line(out, t);
		else
			buf_addf(out, "%s\n", t->name);
	}
}
