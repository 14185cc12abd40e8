/*
 * chunk_code.c - the outermost definitions of source code, by its layout.
 *
 * What begins in the first column, behind a blank line or behind the end of
 * another definition, begins an item; strings and comments of several lines
 * are stepped over, since what is in them only looks like code.  Nothing is
 * counted that a macro, a template or a syntax error could put out of step.
 */
#include "mem/chunk_in.h"

#include <ctype.h>
#include <string.h>

/* What a line began within that ends on another line. */
enum within { CODE, BLOCK_COMMENT, BACKTICK, TRIPLE_DOUBLE, TRIPLE_SINGLE };

static bool
at_is(const char *p, const char *end, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(end - p) >= n && memcmp(p, s, n) == 0;
}

/* Past the string of one line that begins at p. */
static const char *
past_string(const char *p, const char *end)
{
	char quote = *p++;

	while (p < end && *p != quote)
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	return p < end ? p + 1 : end;
}

/* How what began before the line ends: where, or NULL when it does not. */
static const char *
past_within(enum within w, const char *p, const char *end)
{
	static const char *const marks[] = { "", "*/", "`", "\"\"\"", "'''" };
	const char *mark = marks[w];

	for (; p < end; p++) {
		if (*p == '\\' && w != BLOCK_COMMENT && p + 1 < end)
			p++;
		else if (at_is(p, end, mark))
			return p + strlen(mark);
	}
	return NULL;
}

/* What begins at p that may last longer than the line. */
static enum within
opens(enum chunk_lang lang, const char *p, const char *end)
{
	if ((lang == CHUNK_C || lang == CHUNK_BRACES) && at_is(p, end, "/*"))
		return BLOCK_COMMENT;
	if (lang == CHUNK_BRACES && *p == '`')
		return BACKTICK;
	if (lang == CHUNK_PYTHON && at_is(p, end, "\"\"\""))
		return TRIPLE_DOUBLE;
	if (lang == CHUNK_PYTHON && at_is(p, end, "'''"))
		return TRIPLE_SINGLE;
	return CODE;
}

/* The state behind a line that began in state w. */
static enum within
scan(enum chunk_lang lang, enum within w, const char *p, const char *end)
{
	if (lang == CHUNK_SHELL || lang == CHUNK_WORDS)
		return CODE;
	while (p < end) {
		if (w != CODE) {
			p = past_within(w, p, end);
			if (p == NULL)
				return w;
			w = CODE;
			continue;
		}
		w = opens(lang, p, end);
		if (w != CODE)
			p += w == BACKTICK ? 1 : w == BLOCK_COMMENT ? 2 : 3;
		else if (lang == CHUNK_PYTHON ? *p == '#' :
		    at_is(p, end, "//"))
			return CODE;
		/* ' of Rust's lifetimes and of C's digits begins nothing. */
		else if (*p == '"' || (*p == '\'' && p + 2 < end &&
		    (lang == CHUNK_PYTHON || p[2] == '\'' || p[1] == '\\')))
			p = past_string(p, end);
		else
			p++;
	}
	return w;
}

/* A line of the first column that goes on with what is above it. */
static bool
goes_on(enum chunk_lang lang, const char *p, size_t n)
{
	static const char *const words[] = { "else", "elif", "except",
	    "finally", "catch", "rescue", "ensure", "end", "fi", "done",
	    "esac", "then", "do", NULL };

	if (n == 0 || strchr("{}()[]<>,.:&|?+=", *p) != NULL)
		return true;
	if (lang == CHUNK_C && n > 1 && p[n - 1] == ':' &&
	    memchr(p, ' ', n) == NULL)
		return true;	/* a label */
	for (size_t i = 0; words[i] != NULL; i++) {
		size_t len = strlen(words[i]);

		if (n >= len && memcmp(p, words[i], len) == 0 &&
		    (n == len || !(isalnum((unsigned char)p[len]) ||
		    p[len] == '_')))
			return true;
	}
	return false;
}

/* The line ends a definition: its closing bracket or word stands alone in
 * the first column. */
static bool
closes(enum chunk_lang lang, const char *p, size_t n)
{
	if (n == 0)
		return false;
	if (*p == '}')
		return true;
	return lang == CHUNK_WORDS && n >= 3 && memcmp(p, "end", 3) == 0 &&
	    (n == 3 || !isalnum((unsigned char)p[3]));
}

/* Definitions of Python need no blank line above them. */
static bool
begins_python(const char *p, size_t n)
{
	return (n > 4 && memcmp(p, "def ", 4) == 0) ||
	    (n > 6 && memcmp(p, "class ", 6) == 0) ||
	    (n > 6 && memcmp(p, "async ", 6) == 0) || (n > 1 && *p == '@');
}

/* Line i, in the first column and outside of everything, begins an item. */
static bool
starts(enum chunk_lang lang, const struct chunk_lines *l, size_t i)
{
	const struct chunk_line *at = &l->v[i], *above = &l->v[i - 1];
	const char *p = l->text + at->off;

	if (at->blank || at->indent != 0 || goes_on(lang, p, at->len))
		return false;
	if (above->blank || closes(lang, l->text + above->off, above->len))
		return true;
	return lang == CHUNK_PYTHON && begins_python(p, at->len) &&
	    !(above->indent == 0 && chunk_prefix(lang, l, i - 1));
}

/* Add lines from .. to - 1, and what they define. */
static void
add(enum chunk_lang lang, const struct chunk_lines *l, size_t from, size_t to,
    struct chunk_items *items)
{
	struct buf name = BUF_INIT;
	struct chunk_item *it = chunk_item_add(items, l, from, to);

	if (it == NULL)
		return;
	it->kind = chunk_head(lang, l, it->from, it->to, &name);
	if (name.len != 0)
		it->title = buf_detach(&name);
	buf_free(&name);
}

void
chunk_code(enum chunk_lang lang, const struct chunk_lines *l,
    struct chunk_items *items)
{
	enum within w = CODE;
	size_t from = 0;

	for (size_t i = 0; i < l->n; i++) {
		const char *p = l->text + l->v[i].off;

		if (i > 0 && w == CODE && starts(lang, l, i)) {
			add(lang, l, from, i, items);
			from = i;
		}
		w = scan(lang, w, p, p + l->v[i].len);
	}
	add(lang, l, from, l->n, items);
}
