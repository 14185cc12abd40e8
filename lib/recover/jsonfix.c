/*
 * jsonfix.c - one JSON value as models write it.
 *
 * A stack of brackets instead of recursion; everything is copied as it is
 * read, so that the copy is the input's own bytes where nothing was wrong.
 */
#include "recover/jsonfix.h"

#include "json/js.h"

#include <string.h>

enum want {
	WANT_VALUE,		/* after a colon, or at the top */
	WANT_FIRST,		/* after [ */
	WANT_ELEMENT,		/* after a comma in an array */
	WANT_KEY_FIRST,		/* after { */
	WANT_KEY,		/* after a comma in an object */
	WANT_COLON,
	WANT_AFTER,		/* after a value within brackets */
	WANT_NOTHING,
};

struct fixer {
	const char		*p;
	size_t			 n, i;
	const char *const	*stops;
	bool			 repair;
	struct jsonfix		*j;
	enum want		 want;
	char			 stack[JS_DEPTH];	/* { or [ */
	size_t			 depth;
	size_t			 comma;		/* in text, of the last one */
};

/* A repair: allowed, and noted, or not. */
static bool
fix(struct fixer *f, unsigned what)
{
	if (!f->repair)
		return false;
	f->j->fixes |= what;
	return true;
}

static void
copy(struct fixer *f, size_t n)
{
	buf_add(&f->j->text, f->p + f->i, n);
	f->i += n;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (c >= '0' && c <= '9') || c == '$';
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* True when all n characters at k are hex digits. */
static bool
hexes(const struct fixer *f, size_t k, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (k + i >= f->n || hex(f->p[k + i]) < 0)
			return false;
	return true;
}

/* Skip a comment at i, which ends with end. */
static enum jsonfix_status
comment(struct fixer *f, const char *end)
{
	const char *q = memmem(f->p + f->i, f->n - f->i, end, strlen(end));

	if (!fix(f, JSONFIX_COMMENT))
		return JSONFIX_BAD;
	if (q == NULL) {
		f->i = f->n;
		return JSONFIX_MORE;
	}
	f->i = (size_t)(q - f->p) + (end[0] == '\n' ? 0 : strlen(end));
	return JSONFIX_OK;
}

/* Copy blanks, skip comments within brackets. */
static enum jsonfix_status
gap(struct fixer *f)
{
	enum jsonfix_status st = JSONFIX_OK;

	while (f->i < f->n && st == JSONFIX_OK) {
		char c = f->p[f->i];

		if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
			copy(f, 1);
		} else if (c == '#' && f->depth > 0) {
			st = comment(f, "\n");
		} else if (c == '/' && f->depth > 0) {
			if (f->i + 1 == f->n)
				return JSONFIX_MORE;
			if (f->p[f->i + 1] != '/' && f->p[f->i + 1] != '*')
				return JSONFIX_BAD;
			st = comment(f, f->p[f->i + 1] == '/' ? "\n" : "*/");
		} else {
			return JSONFIX_OK;
		}
	}
	return st;
}

/* After a backslash at i, which is not copied yet. */
static enum jsonfix_status
escape(struct fixer *f)
{
	struct buf *b = &f->j->text;
	size_t left = f->n - f->i;
	char c;

	if (left < 2)
		return JSONFIX_MORE;
	c = f->p[f->i + 1];
	if (c == 'u' && left < 6 && hexes(f, f->i + 2, left - 2))
		return JSONFIX_MORE;
	if (c == 'x' && left < 4 && hexes(f, f->i + 2, left - 2))
		return JSONFIX_MORE;
	if (strchr("\"\\/bfnrt", c) != NULL && c != '\0') {
		copy(f, 2);
		return JSONFIX_OK;
	}
	if (c == 'u' && hexes(f, f->i + 2, 4)) {
		copy(f, 6);
		return JSONFIX_OK;
	}
	if (!fix(f, JSONFIX_ESCAPE))
		return JSONFIX_BAD;
	if (c == '\'') {
		buf_addc(b, '\'');
		f->i += 2;
	} else if (c == '\n') {
		buf_adds(b, "\\n");
		f->i += 2;
	} else if (c == 'x' && hexes(f, f->i + 2, 2)) {
		buf_addf(b, "\\u00%.2s", f->p + f->i + 2);
		f->i += 4;
	} else {
		buf_adds(b, "\\\\");
		f->i++;
	}
	return JSONFIX_OK;
}

static bool
control(struct fixer *f, char c)
{
	if (!fix(f, JSONFIX_CONTROL))
		return false;
	if (c == '\n')
		buf_adds(&f->j->text, "\\n");
	else if (c == '\t')
		buf_adds(&f->j->text, "\\t");
	else if (c == '\r')
		buf_adds(&f->j->text, "\\r");
	else
		buf_addf(&f->j->text, "\\u%04x", (unsigned char)c);
	f->i++;
	return true;
}

/* A string whose quote, " or ', stands at i. */
static enum jsonfix_status
string(struct fixer *f)
{
	char quote = f->p[f->i];
	enum jsonfix_status st;

	if (quote == '\'' && !fix(f, JSONFIX_QUOTE))
		return JSONFIX_BAD;
	buf_addc(&f->j->text, '"');
	f->i++;
	for (;;) {
		size_t k = f->i;
		char c;

		while (k < f->n && (unsigned char)f->p[k] >= 0x20 &&
		    f->p[k] != '"' && f->p[k] != '\\' && f->p[k] != '\'')
			k++;
		copy(f, k - f->i);
		if (k == f->n)
			return JSONFIX_MORE;
		c = f->p[k];
		if (c == quote) {
			buf_addc(&f->j->text, '"');
			f->i++;
			return JSONFIX_OK;
		}
		if (c == '\\') {
			if ((st = escape(f)) != JSONFIX_OK)
				return st;
		} else if (c == '"') {
			buf_adds(&f->j->text, "\\\"");
			f->i++;
		} else if (c == '\'') {
			copy(f, 1);
		} else if (!control(f, c)) {
			return JSONFIX_BAD;
		}
	}
}

static size_t
digits(const struct fixer *f, size_t k)
{
	while (k < f->n && f->p[k] >= '0' && f->p[k] <= '9')
		k++;
	return k;
}

static enum jsonfix_status
number(struct fixer *f)
{
	size_t k = f->i, start;

	if (f->p[k] == '-')
		k++;
	start = k;
	k = digits(f, k);
	if (k == f->n)
		return JSONFIX_MORE;
	if (k == start || (f->p[start] == '0' && k > start + 1))
		return JSONFIX_BAD;
	if (f->p[k] == '.') {
		start = ++k;
		if ((k = digits(f, k)) == start && k < f->n)
			return JSONFIX_BAD;
	}
	if (k < f->n && (f->p[k] | 0x20) == 'e') {
		k++;
		if (k < f->n && (f->p[k] == '+' || f->p[k] == '-'))
			k++;
		start = k;
		if ((k = digits(f, k)) == start && k < f->n)
			return JSONFIX_BAD;
	}
	if (k == f->n)
		return JSONFIX_MORE;
	copy(f, k - f->i);
	return JSONFIX_OK;
}

/* true, false, null, or what Python calls them. */
static enum jsonfix_status
word(struct fixer *f)
{
	static const struct { const char *is, *json; } words[] = {
		{ "true", "true" }, { "false", "false" }, { "null", "null" },
		{ "True", "true" }, { "False", "false" }, { "None", "null" },
	};
	size_t k = f->i;

	while (k < f->n && is_word(f->p[k]))
		k++;
	if (k == f->n && k - f->i < 6)
		return JSONFIX_MORE;
	for (size_t w = 0; w < BASE_NITEMS(words); w++) {
		if (strlen(words[w].is) != k - f->i ||
		    memcmp(words[w].is, f->p + f->i, k - f->i) != 0)
			continue;
		if (w >= 3 && !fix(f, JSONFIX_PYTHON))
			return JSONFIX_BAD;
		buf_adds(&f->j->text, words[w].json);
		f->i = k;
		return JSONFIX_OK;
	}
	return JSONFIX_BAD;
}

/* A key without quotes. */
static enum jsonfix_status
bare_key(struct fixer *f)
{
	size_t k = f->i;

	while (k < f->n && is_word(f->p[k]))
		k++;
	if (k == f->n)
		return JSONFIX_MORE;
	if (k == f->i || !fix(f, JSONFIX_KEY))
		return JSONFIX_BAD;
	buf_addc(&f->j->text, '"');
	copy(f, k - f->i);
	buf_addc(&f->j->text, '"');
	return JSONFIX_OK;
}

static void
pop(struct fixer *f)
{
	buf_addc(&f->j->text, f->stack[--f->depth] == '{' ? '}' : ']');
	f->want = f->depth == 0 ? WANT_NOTHING : WANT_AFTER;
}

/* Take the last comma back. */
static bool
uncomma(struct fixer *f)
{
	struct buf *b = &f->j->text;

	if (!fix(f, JSONFIX_COMMA))
		return false;
	memmove(b->data + f->comma, b->data + f->comma + 1,
	    b->len - f->comma - 1);
	buf_cut(b, b->len - 1);
	return true;
}

/* A closing bracket at i, where one may stand. */
static enum jsonfix_status
closing(struct fixer *f)
{
	char open = f->p[f->i] == '}' ? '{' : '[';
	size_t d = f->depth;

	if ((f->want == WANT_KEY || f->want == WANT_ELEMENT) && !uncomma(f))
		return JSONFIX_BAD;
	while (d > 0 && f->stack[d - 1] != open)
		d--;
	if (d == 0 || (d != f->depth && !fix(f, JSONFIX_CLOSE)))
		return JSONFIX_BAD;
	while (f->depth >= d)
		pop(f);
	f->i++;
	return JSONFIX_OK;
}

/* 1 when a stop stands at i, -1 when one may, 0 when not. */
static int
at_stop(const struct fixer *f)
{
	size_t left = f->n - f->i;
	int part = 0;

	for (size_t s = 0; f->stops != NULL && f->stops[s] != NULL; s++) {
		size_t n = strlen(f->stops[s]);

		if (memcmp(f->p + f->i, f->stops[s], n < left ? n : left) != 0)
			continue;
		if (n <= left)
			return 1;
		part = -1;
	}
	return part;
}

static enum jsonfix_status
push(struct fixer *f)
{
	if (f->depth == JS_DEPTH - 2)
		return JSONFIX_BAD;
	f->stack[f->depth++] = f->p[f->i];
	f->want = f->p[f->i] == '{' ? WANT_KEY_FIRST : WANT_FIRST;
	copy(f, 1);
	return JSONFIX_OK;
}

static enum jsonfix_status
value(struct fixer *f)
{
	char c = f->p[f->i];
	enum jsonfix_status st;

	if (c == '{' || c == '[')
		return push(f);
	if (c == ']' && f->want != WANT_VALUE)
		return closing(f);
	if (c == '"' || c == '\'')
		st = string(f);
	else if (c == '-' || (c >= '0' && c <= '9'))
		st = number(f);
	else
		st = word(f);
	f->want = f->depth == 0 ? WANT_NOTHING : WANT_AFTER;
	return st;
}

static enum jsonfix_status
key(struct fixer *f)
{
	char c = f->p[f->i];
	enum jsonfix_status st;

	if (c == '}')
		return closing(f);
	st = c == '"' || c == '\'' ? string(f) : bare_key(f);
	f->want = WANT_COLON;
	return st;
}

static enum jsonfix_status
after(struct fixer *f)
{
	char c = f->p[f->i];

	if (c == '}' || c == ']')
		return closing(f);
	if (c != ',')
		return JSONFIX_BAD;
	f->comma = f->j->text.len;
	copy(f, 1);
	f->want = f->stack[f->depth - 1] == '{' ? WANT_KEY : WANT_ELEMENT;
	return JSONFIX_OK;
}

/* A stop at i: add what is missing, if anything may be. */
static enum jsonfix_status
stopped(struct fixer *f)
{
	if (f->want == WANT_VALUE || f->want == WANT_COLON ||
	    !fix(f, JSONFIX_CLOSE))
		return JSONFIX_BAD;
	if ((f->want == WANT_KEY || f->want == WANT_ELEMENT) && !uncomma(f))
		return JSONFIX_BAD;
	while (f->depth > 0)
		pop(f);
	return JSONFIX_OK;
}

static enum jsonfix_status
step(struct fixer *f)
{
	enum jsonfix_status st = gap(f);
	int stop;

	if (st != JSONFIX_OK)
		return st;
	if (f->i == f->n)
		return JSONFIX_MORE;
	if (f->depth > 0 && (stop = at_stop(f)) != 0)
		return stop == 1 ? stopped(f) : JSONFIX_MORE;
	switch (f->want) {
	case WANT_KEY:
	case WANT_KEY_FIRST:
		return key(f);
	case WANT_COLON:
		if (f->p[f->i] != ':')
			return JSONFIX_BAD;
		copy(f, 1);
		f->want = WANT_VALUE;
		return JSONFIX_OK;
	case WANT_AFTER:
		return after(f);
	default:
		return value(f);
	}
}

enum jsonfix_status
jsonfix_read(struct jsonfix *j, const char *p, size_t n,
    const char *const *stops, bool repair)
{
	struct fixer f = { .p = p, .n = n, .stops = stops, .repair = repair,
	    .j = j, .want = WANT_VALUE };
	enum jsonfix_status st = JSONFIX_OK;

	buf_reset(&j->text);
	j->fixes = 0;
	while (st == JSONFIX_OK && f.want != WANT_NOTHING)
		st = step(&f);
	j->len = f.i;
	return st;
}

void
jsonfix_free(struct jsonfix *j)
{
	buf_free(&j->text);
}

void
jsonfix_names(struct buf *b, unsigned fixes)
{
	static const char *const names[] = { "trailing comma",
	    "single quotes", "Python literals", "raw control characters",
	    "missing brackets", "comments", "unknown escapes",
	    "unquoted keys" };
	const char *sep = "";

	for (size_t i = 0; i < BASE_NITEMS(names); i++) {
		if ((fixes & 1u << i) == 0)
			continue;
		buf_addf(b, "%s%s", sep, names[i]);
		sep = ", ";
	}
}
