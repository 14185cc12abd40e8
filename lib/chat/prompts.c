/*
 * prompts.c - prompt files for who chooses one.
 */
#include "chat/prompts.h"

#include "base/utf8.h"
#include "chat/prompt.h"

#include <string.h>

#define NAME_WIDTH	18
#define WHAT_MAX	200	/* bytes of a description */

/* The member, safe in a line of a terminal. */
static void
put(struct buf *b, jv one, const char *key)
{
	const char *s = js_str(one, key);
	size_t n = s != NULL ? strlen(s) : 0;

	if (n > 0)
		utf8_escape(b, s, n > WHAT_MAX ? utf8_cut(s, WHAT_MAX) : n,
		    UTF8_LINE);
}

static void
pad(struct buf *b, size_t from, size_t width)
{
	/* Two at least: names may have blanks. */
	buf_adds(b, "  ");
	while (b->len - from < width)
		buf_addc(b, ' ');
}

/* What it is about, with what it takes. */
static void
put_what(struct buf *b, jv one)
{
	bool described = js_has(one, "description");
	const char *hint = js_str(one, "argument_hint");

	put(b, one, described ? "description" : "begins");
	if (hint != NULL && *hint != '\0') {
		buf_adds(b, " (");
		put(b, one, "argument_hint");
		buf_addc(b, ')');
	}
	while (b->len > 0 && b->data[b->len - 1] == ' ')
		buf_cut(b, b->len - 1);
	buf_addc(b, '\n');
}

static void
put_line(struct buf *b, jv one)
{
	size_t from = b->len;

	put(b, one, "name");
	pad(b, from, NAME_WIDTH);
	from = b->len;
	put(b, one, "where");
	pad(b, from, 9);
	put_what(b, one);
}

void
prompts_help(const char *workspace, struct buf *b)
{
	jv all = prompt_list(workspace);

	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);
		size_t from = b->len;

		buf_addc(b, '/');
		put(b, one, "name");
		pad(b, from, NAME_WIDTH + 1);
		put_what(b, one);
		js_free(one);
	}
	js_free(all);
}

void
prompts_list(const char *workspace, bool json, struct buf *b)
{
	jv all = prompt_list(workspace);

	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);

		if (json) {
			js_dump(b, one);
			buf_addc(b, '\n');
		} else {
			put_line(b, one);
		}
		js_free(one);
	}
	js_free(all);
}
