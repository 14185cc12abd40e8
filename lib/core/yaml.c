/*
 * yaml.c - the part of YAML that people write prompts and settings in: maps and
 * lists.
 */
#include "core/yaml.h"

#include "base/utf8.h"
#include "core/yaml_in.h"

#include <string.h>

#define KEY_MAX	256	/* bytes of a key */

static jv node(struct yaml *y, int margin, int column);
static jv flow(struct yaml *y);

/* ---- lines ---- */

int
yaml_fail(struct yaml *y, const char *why)
{
	size_t line = 1, end = y->at < y->n ? y->at : y->n;

	for (size_t i = 0; i < end; i++)
		line += y->p[i] == '\n';
	if (y->e->kind == ERR_NONE)
		err_set(y->e, ERR_DATA, "%.300s:%zu: %s", y->name, line, why);
	return -1;
}

char
yaml_peek(const struct yaml *y, size_t i)
{
	size_t at = y->at + i;

	if (at >= y->n)
		return '\0';
	return y->p[at] == '\r' && at + 1 < y->n && y->p[at + 1] == '\n' ?
	    '\n' : y->p[at];
}

bool
yaml_is_gap(const struct yaml *y, size_t i)
{
	char c = yaml_peek(y, i);

	return c == ' ' || c == '\t' || c == '\n' || c == '\0';
}

void
yaml_blanks(struct yaml *y)
{
	while (yaml_peek(y, 0) == ' ' || yaml_peek(y, 0) == '\t')
		y->at++;
}

int
yaml_end_line(struct yaml *y)
{
	const char *nl;
	char c;

	yaml_blanks(y);
	c = yaml_peek(y, 0);
	if (c != '\n' && c != '\0' && (c != '#' || (y->at > 0 &&
	    strchr(" \t\n", y->p[y->at - 1]) == NULL)))
		return yaml_fail(y, "something stands behind the value");
	nl = y->at < y->n ? memchr(y->p + y->at, '\n', y->n - y->at) : NULL;
	y->at = nl != NULL ? (size_t)(nl - y->p) + 1 : y->n;
	return 0;
}

int
yaml_next(struct yaml *y)
{
	while (y->at < y->n) {
		int n = 0;
		char c;

		while (yaml_peek(y, (size_t)n) == ' ')
			n++;
		c = yaml_peek(y, (size_t)n);
		if (c == '\t' && y->at + (size_t)n < y->n) {
			y->at += (size_t)n;
			yaml_blanks(y);
			c = yaml_peek(y, 0);
			if (c != '\n' && c != '#' && c != '\0')
				return yaml_fail(y, "a margin is made of "
				    "blanks, not of tabs"), -2;
			n = 0;
		}
		if (c != '\n' && c != '#' && c != '\0') {
			if (n == 0 && y->n - y->at >= 3 &&
			    (memcmp(y->p + y->at, "---", 3) == 0 ||
			    memcmp(y->p + y->at, "...", 3) == 0) &&
			    yaml_is_gap(y, 3))
				return yaml_fail(y, "there is more than one "
				    "document"), -2;
			y->at += (size_t)n;
			return n;
		}
		y->at += (size_t)n;
		if (yaml_end_line(y) == -1)
			return -2;
	}
	return -1;
}

/* ---- in brackets ---- */

/* What no plain text may begin with, said by name. */
static int
bad_begin(struct yaml *y)
{
	char c = yaml_peek(y, 0);

	if (c == '&' || c == '*')
		return yaml_fail(y, "anchors and aliases (& and *) are not "
		    "taken");
	if (c == '!')
		return yaml_fail(y, "tags (!) are not taken");
	if (c == '?' && yaml_is_gap(y, 1))
		return yaml_fail(y, "keys behind a question mark are not "
		    "taken");
	if (c == '\0' || strchr(",]}%@`|>#", c) != NULL)
		return yaml_fail(y, "no text begins so: put it between "
		    "quotation marks");
	return 0;
}

/* Blanks, ends of lines and remarks between brackets. */
static void
space(struct yaml *y)
{
	for (;; y->at++) {
		char c = yaml_peek(y, 0);

		if (c == '#' && y->at > 0 && strchr(" \t\n",
		    y->p[y->at - 1]) != NULL)
			while (yaml_peek(y, 1) != '\n' && y->at + 1 < y->n)
				y->at++;
		else if (c == '\0' || strchr(" \t\r\n", c) == NULL)
			return;
	}
}

/* A scalar in b, between brackets or as a key; *plain: without quotation
 * marks. */
static int
word(struct yaml *y, struct buf *b, bool *plain)
{
	char c = yaml_peek(y, 0);

	*plain = c != '"' && c != '\'';
	if (!*plain)
		return yaml_quoted(y, b);
	return bad_begin(y) == -1 ? -1 : yaml_plain(y, true, 0, b);
}

/* A pair of {...} into o. */
static int
pair(struct yaml *y, jv *o)
{
	struct buf key = BUF_INIT;
	jv v = js_none();
	bool plain;
	int rc = word(y, &key, &plain);

	if (rc == 0 && (key.len > KEY_MAX || js_has(*o, buf_str(&key))))
		rc = yaml_fail(y, "the key is too long, or stands twice");
	if (rc == 0) {
		space(y);
		if (yaml_peek(y, 0) == ':') {
			y->at++;
			space(y);
			v = strchr(",}", yaml_peek(y, 0)) != NULL &&
			    yaml_peek(y, 0) != '\0' ? js_null() : flow(y);
		} else {
			rc = yaml_fail(y, "a key without its colon");
		}
	}
	if (rc == 0 && js_is_valid(v))
		*o = js_set(*o, buf_str(&key), js_ref(v));
	else
		rc = -1;
	js_free(v);
	buf_free(&key);
	return rc;
}

static jv
brackets(struct yaml *y)
{
	bool map = yaml_peek(y, 0) == '{';
	jv o = map ? js_obj() : js_arr(), v;
	int rc = 0;

	for (y->at++;;) {
		char c;

		space(y);
		if (yaml_peek(y, 0) == (map ? '}' : ']')) {
			y->at++;
			return o;
		}
		if (map) {
			rc = pair(y, &o);
		} else {
			v = flow(y);
			rc = js_is_valid(v) ? 0 : -1;
			if (rc == 0)
				o = js_push(o, js_ref(v));
			js_free(v);
		}
		space(y);
		c = yaml_peek(y, 0);
		if (rc == 0 && c != ',' && c != (map ? '}' : ']'))
			rc = yaml_fail(y, "a comma or the other bracket is "
			    "missing");
		if (rc == -1)
			break;
		y->at += c == ',';
	}
	js_free(o);
	return js_none();
}

/* A value between brackets, or with them. */
static jv
flow(struct yaml *y)
{
	struct buf b = BUF_INIT;
	char c = yaml_peek(y, 0);
	jv v = js_none();
	bool plain;

	if (c == '[' || c == '{') {
		if (++y->depth > YAML_DEPTH)
			yaml_fail(y, "too many levels in each other");
		else
			v = brackets(y);
		y->depth--;
	} else if (word(y, &b, &plain) == 0) {
		v = plain ? yaml_meaning(&b) : js_from_buf(&b);
	}
	buf_free(&b);
	return v;
}

/* ---- in blocks ---- */

/* Whether the line goes on with a key and its colon. */
static bool
is_key(const struct yaml *y)
{
	char quote = yaml_peek(y, 0), c;
	size_t i = 0;

	if (quote == '"' || quote == '\'') {
		for (i = 1; (c = yaml_peek(y, i)) != quote; i++) {
			if (c == '\0' || c == '\n')
				return false;
			i += c == '\\' && quote == '"';
		}
		for (i++; yaml_peek(y, i) == ' '; i++)
			;
		return yaml_peek(y, i) == ':' && yaml_is_gap(y, i + 1);
	}
	if (quote == '[' || quote == '{')
		return false;
	for (; (c = yaml_peek(y, i)) != '\0' && c != '\n'; i++) {
		if (c == ':' && yaml_is_gap(y, i + 1))
			return true;
		if (c == '#' && i > 0 && yaml_is_gap(y, i - 1))
			return false;
	}
	return false;
}

static bool
is_item(const struct yaml *y)
{
	return yaml_peek(y, 0) == '-' && yaml_is_gap(y, 1);
}

/* The value behind a colon or the sign of an item, of a map or list at that
 * column; y->at is at the start of a line afterwards. */
static jv
value(struct yaml *y, int column, bool item)
{
	struct buf b = BUF_INIT;
	size_t line = y->at;
	char c;
	jv v = js_none();
	int n;

	yaml_blanks(y);
	c = yaml_peek(y, 0);
	if (c == '\n' || c == '\0' || (c == '#' && y->at > line)) {
		if (yaml_end_line(y) == -1 || (n = yaml_next(y)) == -2)
			return v;
		/* The items of a list may stand below their key. */
		if (n > column || (n == column && !item && is_item(y)))
			return node(y, n == column ? column - 1 : column, n);
		y->at -= n > 0 ? (size_t)n : 0;
		return js_null();
	}
	if (c == '|' || c == '>') {
		if (yaml_block(y, column, &b) == 0)
			v = js_from_buf(&b);
	} else if (c == '"' || c == '\'' || c == '[' || c == '{') {
		v = flow(y);
		if (js_is_valid(v) && yaml_end_line(y) == -1) {
			js_free(v);
			v = js_none();
		}
	} else if (bad_begin(y) == 0 && yaml_plain(y, false, column, &b) ==
	    0) {
		v = yaml_meaning(&b);
	}
	buf_free(&b);
	return v;
}

static int
key(struct yaml *y, struct buf *b)
{
	char c = yaml_peek(y, 0);

	if (c == '"' || c == '\'') {
		if (yaml_quoted(y, b) == -1)
			return -1;
		yaml_blanks(y);
	} else if (bad_begin(y) == -1) {
		return -1;
	} else {
		for (; yaml_peek(y, 0) != ':' || !yaml_is_gap(y, 1); y->at++)
			buf_addc(b, yaml_peek(y, 0));
		while (b->len > 0 && strchr(" \t", b->data[b->len - 1]) !=
		    NULL)
			buf_cut(b, b->len - 1);
		if (strcmp(buf_str(b), "<<") == 0)
			return yaml_fail(y, "maps are not merged (<<)");
	}
	y->at++;		/* the colon */
	return b->len > KEY_MAX ? yaml_fail(y, "the key is too long") : 0;
}

/* One more of the map or list o, at its column. */
static int
member(struct yaml *y, jv *o, bool list, int column)
{
	struct buf b = BUF_INIT;
	jv v = js_none();
	int rc = 0;

	if (list) {
		int n = column + 1;

		y->at++;
		while (yaml_peek(y, (size_t)(n - column - 1)) == ' ')
			n++;
		y->at += (size_t)(n - column - 1);
		/* "- key: value" and "- - item" begin at that column. */
		if (is_item(y) || is_key(y))
			v = node(y, column, n);
		else
			v = value(y, column, true);
		if (js_is_valid(v))
			*o = js_push(*o, js_ref(v));
	} else {
		rc = key(y, &b);
		if (rc == 0 && js_has(*o, buf_str(&b)))
			rc = yaml_fail(y, "the key stands twice");
		if (rc == 0)
			v = value(y, column, false);
		if (js_is_valid(v))
			*o = js_set(*o, buf_str(&b), js_ref(v));
	}
	rc = js_is_valid(v) ? rc : -1;
	js_free(v);
	buf_free(&b);
	return rc;
}

/* A map or list whose first member is at y->at, in that column. */
static jv
members(struct yaml *y, int column)
{
	bool list = is_item(y);
	jv o = list ? js_arr() : js_obj();

	for (;;) {
		int n, rc = member(y, &o, list, column);

		n = rc == 0 ? yaml_next(y) : -2;
		if (n == column && is_item(y) != list) {
			/* Below a key, a list may end with the next key. */
			if (list && is_key(y)) {
				y->at -= (size_t)n;
				return o;
			}
			yaml_fail(y, "a map and a list in one");
			n = -2;
		} else if (n == column && !list && !is_key(y)) {
			yaml_fail(y, "a key and a colon is missing");
			n = -2;
		} else if (n > column) {
			yaml_fail(y, "the margin is larger than that of its "
			    "neighbours");
			n = -2;
		}
		if (n == -2)
			break;
		if (n < column) {
			y->at -= n > 0 ? (size_t)n : 0;
			return o;
		}
	}
	js_free(o);
	return js_none();
}

/* What begins at y->at, in that column; what is around it has the margin. */
static jv
node(struct yaml *y, int margin, int column)
{
	jv v = js_none();

	if (++y->depth > YAML_DEPTH) {
		yaml_fail(y, "too many levels in each other");
	} else if (is_item(y) || is_key(y)) {
		v = members(y, column);
	} else {
		v = value(y, margin, true);
	}
	y->depth--;
	return v;
}

jv
yaml_read(const char *p, size_t n, const char *name, struct err *e)
{
	struct yaml y = { .p = p, .n = n, .name = name, .e = e };
	size_t len = 1;
	uint32_t cp;
	jv v = js_none();
	int margin;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		y.at = 3;
	if (memchr(p, '\0', n) != NULL || !utf8_valid(p, n)) {
		for (y.at = 0; y.at < n && p[y.at] != '\0' && len > 0;
		    y.at += len)
			len = utf8_decode(p + y.at, n - y.at, &cp);
		yaml_fail(&y, "is no UTF-8 text");
		return v;
	}
	if (n - y.at >= 3 && memcmp(p + y.at, "---", 3) == 0) {
		size_t was = y.at;

		y.at += 3;
		if (!yaml_is_gap(&y, 0))
			y.at = was;
		else if (yaml_end_line(&y) == -1)
			return v;
	}
	margin = yaml_next(&y);
	if (margin == -2)
		return v;
	if (margin == -1)
		return js_null();
	v = node(&y, -1, margin);
	if (js_is_valid(v) && yaml_next(&y) >= 0)
		yaml_fail(&y, "the margin is smaller than that of its "
		    "neighbours");
	if (e->kind != ERR_NONE) {
		js_free(v);
		v = js_none();
	}
	return v;
}
