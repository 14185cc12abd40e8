/*
 * dotenv.c - the text of a .env file.
 */
#include "base/dotenv.h"

#include "base/buf.h"

#include <string.h>

struct text {
	const char	*p, *end;
	int		 line;
};

static bool
is_name(char c, bool first)
{
	return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (!first && c >= '0' && c <= '9');
}

static void
blanks(struct text *t)
{
	while (t->p < t->end && (*t->p == ' ' || *t->p == '\t'))
		t->p++;
}

/* To behind the end of the line; nothing but blanks and a comment may be
 * there. */
static int
rest(struct text *t, struct err *e)
{
	blanks(t);
	if (t->p < t->end && *t->p == '#')
		while (t->p < t->end && *t->p != '\n')
			t->p++;
	if (t->p < t->end && *t->p == '\r')
		t->p++;
	if (t->p < t->end && *t->p != '\n')
		return err_set(e, ERR_CONFIG, "line %d: text behind the "
		    "value", t->line);
	if (t->p < t->end)
		t->p++;
	t->line++;
	return 0;
}

static int
quoted(struct text *t, struct buf *b, struct err *e)
{
	char quote = *t->p++;
	int from = t->line;

	for (; t->p < t->end && *t->p != quote; t->p++) {
		const char *at;

		t->line += *t->p == '\n';
		if (quote == '\'' || *t->p != '\\' || t->p + 1 == t->end ||
		    (at = strchr("n\nt\t\"\"\\\\$$", t->p[1])) == NULL ||
		    t->p[1] == '\0') {
			buf_addc(b, *t->p);
			continue;
		}
		/* Of each pair the second is what the first stands for. */
		buf_addc(b, at[1]);
		t->p++;
	}
	if (t->p == t->end)
		return err_set(e, ERR_CONFIG, "line %d: a quote without its "
		    "end", from);
	t->p++;
	return rest(t, e);
}

static int
bare(struct text *t, struct buf *b, struct err *e)
{
	const char *from = t->p, *end;

	while (t->p < t->end && *t->p != '\n' && *t->p != '\r' &&
	    (*t->p != '#' || (t->p > from && t->p[-1] != ' ' &&
	    t->p[-1] != '\t')))
		t->p++;
	for (end = t->p; end > from && (end[-1] == ' ' || end[-1] == '\t');)
		end--;
	buf_add(b, from, (size_t)(end - from));
	return rest(t, e);
}

static int
pair(struct text *t, struct buf *b, struct err *e)
{
	const char *from;

	if (t->end - t->p > 7 && memcmp(t->p, "export", 6) == 0 &&
	    (t->p[6] == ' ' || t->p[6] == '\t'))
		t->p += 7;
	blanks(t);
	for (from = t->p; t->p < t->end && is_name(*t->p, t->p == from);)
		t->p++;
	buf_add(b, from, (size_t)(t->p - from));
	blanks(t);
	if (b->len == 0 || t->p == t->end || *t->p != '=')
		return err_set(e, ERR_CONFIG, "line %d: expected NAME=VALUE",
		    t->line);
	t->p++;
	blanks(t);
	buf_addc(b, '=');
	if (t->p < t->end && (*t->p == '"' || *t->p == '\''))
		return quoted(t, b, e);
	return bare(t, b, e);
}

int
dotenv_parse(const char *p, size_t n, struct vec *out, struct err *e)
{
	struct text t = { p, p + n, 1 };
	struct buf b = BUF_INIT;
	int rc = 0;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		t.p += 3;
	if (memchr(p, '\0', n) != NULL)
		return err_set(e, ERR_CONFIG, "line 1: not a text");
	while (rc == 0 && t.p < t.end) {
		blanks(&t);
		if (t.p == t.end || strchr("#\r\n", *t.p) != NULL) {
			rc = rest(&t, e);
			continue;
		}
		buf_reset(&b);
		rc = pair(&t, &b, e);
		if (rc == 0)
			vec_push(out, buf_str(&b));
	}
	buf_free(&b);
	return rc;
}
