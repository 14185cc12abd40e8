/*
 * yaml_text.c - texts, as YAML writes them.
 */
#include "core/yaml_in.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX	15	/* of an integer that a double has exactly */

/* ---- between quotation marks ---- */

/* The end of a line within a text: one is a blank, more are so many less one;
 * the margin of the next is no part of it. */
static void
fold(struct yaml *y, struct buf *b, size_t keep)
{
	size_t lines = 0;

	while (b->len > keep && strchr(" \t", b->data[b->len - 1]) != NULL)
		buf_cut(b, b->len - 1);
	while (y->at < y->n && strchr(" \t\r\n", y->p[y->at]) != NULL)
		lines += y->p[y->at++] == '\n';
	if (lines == 1)
		buf_addc(b, ' ');
	for (; lines > 1; lines--)
		buf_addc(b, '\n');
}

/* \x41, \u0041, \U00000041: the digits behind the letter. */
static int
coded(struct yaml *y, size_t digits, struct buf *b)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < digits; i++) {
		char c = yaml_peek(y, 0);
		const char *hex = "0123456789abcdef0123456789ABCDEF";
		const char *at = c != '\0' ? strchr(hex, c) : NULL;

		if (at == NULL)
			return yaml_fail(y, "a code needs more digits");
		cp = cp << 4 | (uint32_t)((at - hex) & 15);
		y->at++;
	}
	if (cp == 0)
		return yaml_fail(y, "the character NUL is not taken");
	utf8_encode(b, cp);
	return 0;
}

static int
escaped(struct yaml *y, struct buf *b)
{
	static const char from[] = "abtnvfre \"/\\", to[] =
	    "\a\b\t\n\v\f\r\033 \"/\\";
	char c = yaml_peek(y, 0);
	const char *at = c != '\0' ? strchr(from, c) : NULL;

	y->at++;
	if (at != NULL)
		buf_addc(b, to[at - from]);
	else if (c == 'x' || c == 'u' || c == 'U')
		return coded(y, c == 'x' ? 2 : c == 'u' ? 4 : 8, b);
	else if (c == '\n')
		while (y->at < y->n && strchr(" \t\r\n", y->p[y->at]) != NULL)
			y->at++;
	else
		return yaml_fail(y, "no character is written so; \\\\ is a "
		    "backslash");
	return 0;
}

int
yaml_quoted(struct yaml *y, struct buf *b)
{
	char quote = yaml_peek(y, 0), c;
	size_t keep = b->len, begin = y->at++;

	while ((c = yaml_peek(y, 0)) != '\0') {
		if (c == '\n') {
			fold(y, b, keep);
			continue;
		}
		y->at++;
		if (c == quote && quote == '\'' && yaml_peek(y, 0) == '\'') {
			buf_addc(b, '\'');
			y->at++;
		} else if (c == quote) {
			return 0;
		} else if (c == '\\' && quote == '"') {
			if (escaped(y, b) == -1)
				return -1;
			keep = b->len;
		} else {
			buf_addc(b, c);
		}
	}
	y->at = begin;
	return yaml_fail(y, "the quotation mark has no other");
}

/* ---- blocks ---- */

struct block {
	bool	folded;
	char	chomp;		/* '-', '+' or 0 */
	int	margin;		/* 0: that of the first line */
};

static int
header(struct yaml *y, int margin, struct block *k)
{
	*k = (struct block){ .folded = yaml_peek(y, 0) == '>' };
	for (y->at++; !yaml_is_gap(y, 0); y->at++) {
		char c = yaml_peek(y, 0);

		if ((c == '-' || c == '+') && k->chomp == 0)
			k->chomp = c;
		else if (c >= '1' && c <= '9' && k->margin == 0)
			k->margin = (margin < 0 ? 0 : margin) + c - '0';
		else
			return yaml_fail(y, "a block begins with | or > and a "
			    "sign or digit at most");
	}
	return yaml_end_line(y);
}

/* The blanks that the line at y->at begins with. */
static int
blanks(const struct yaml *y)
{
	int n = 0;

	while (yaml_peek(y, (size_t)n) == ' ')
		n++;
	return n;
}

/* One line without its margin, whose end is not written yet: what comes between
 * it and the one before. */
static void
join(struct buf *b, const struct block *k, size_t *empty, bool *deep,
    bool now_deep)
{
	bool keep = !k->folded || *deep || now_deep || b->len == 0;

	if (b->len == 0 || (!keep && *empty == 0))
		buf_adds(b, b->len > 0 ? " " : "");
	else if (keep)
		buf_addc(b, '\n');
	for (; *empty > 0; --*empty)
		buf_addc(b, '\n');
	*deep = now_deep;
}

int
yaml_block(struct yaml *y, int margin, struct buf *b)
{
	size_t empty = 0;
	bool deep = false, any = false;
	struct block k;

	if (header(y, margin, &k) == -1)
		return -1;
	while (y->at < y->n) {
		int n = blanks(y);
		char c = yaml_peek(y, (size_t)n);

		if ((c == '\n' && (k.margin == 0 || n <= k.margin)) ||
		    c == '\0') {
			empty++;
		} else if (n <= margin || (k.margin > 0 && n < k.margin)) {
			break;
		} else {
			if (k.margin == 0)
				k.margin = n;
			c = yaml_peek(y, (size_t)k.margin);
			join(b, &k, &empty, &deep, c == ' ' || c == '\t');
			any = true;
			for (y->at += (size_t)k.margin; (c = yaml_peek(y, 0))
			    != '\n' && c != '\0'; y->at++)
				buf_addc(b, c);
		}
		while (y->at < y->n && y->p[y->at] != '\n')
			y->at++;
		y->at += y->at < y->n;
	}
	if (any && k.chomp != '-')
		buf_addc(b, '\n');
	for (; k.chomp == '+' && empty > 0; empty--)
		buf_addc(b, '\n');
	return 0;
}

/* ---- plain ---- */

/* One line of it; -1 with the error filled. */
static int
plain_line(struct yaml *y, bool flow, struct buf *b)
{
	size_t keep = b->len;

	for (;; y->at++) {
		char c = yaml_peek(y, 0);

		if (c == '\0' || c == '\n' || (flow && strchr(",[]{}", c) !=
		    NULL))
			break;
		if (c == '#' && y->at > 0 && strchr(" \t", y->p[y->at - 1]) !=
		    NULL)
			break;
		if (c == ':' && (yaml_is_gap(y, 1) || (flow &&
		    strchr(",[]{}", yaml_peek(y, 1)) != NULL))) {
			if (flow)
				break;
			return yaml_fail(y, "a colon and a blank within a "
			    "text: put it between quotation marks");
		}
		buf_addc(b, c);
	}
	while (b->len > keep && strchr(" \t", b->data[b->len - 1]) != NULL)
		buf_cut(b, b->len - 1);
	return 0;
}

int
yaml_plain(struct yaml *y, bool flow, int margin, struct buf *b)
{
	for (;;) {
		size_t was, empty = 0;
		int n;

		if (plain_line(y, flow, b) == -1)
			return -1;
		if (flow)
			return 0;
		if (yaml_peek(y, 0) == '#')
			return yaml_end_line(y);
		y->at += y->at < y->n;
		if (y->at < y->n && y->p[y->at - 1] == '\r')
			y->at++;
		was = y->at;
		for (n = blanks(y); yaml_peek(y, (size_t)n) == '\n' &&
		    y->at < y->n; n = blanks(y)) {
			const char *nl = memchr(y->p + y->at, '\n',
			    y->n - y->at);

			y->at = nl != NULL ? (size_t)(nl - y->p) + 1 : y->n;
			empty++;
		}
		if (n <= margin || strchr("#", yaml_peek(y, (size_t)n)) !=
		    NULL) {
			y->at = was;
			return 0;
		}
		y->at += (size_t)n;
		buf_adds(b, empty == 0 ? " " : "");
		for (; empty > 0; empty--)
			buf_addc(b, '\n');
	}
}

/* A number of YAML's core schema that JSON has as well. */
static bool
is_number(const char *s)
{
	size_t n;

	s += *s == '-' || *s == '+';
	n = strspn(s, "0123456789");
	if (n == 0 || n > DIGITS_MAX || (n > 1 && *s == '0'))
		return false;
	s += n;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	if ((*s == 'e' || *s == 'E') && s[1] != '\0') {
		s += 1 + (s[1] == '-' || s[1] == '+');
		n = strspn(s, "0123456789");
		if (n == 0 || n > 2)
			return false;
		s += n;
	}
	return *s == '\0';
}

jv
yaml_meaning(const struct buf *b)
{
	static const char *const words[] = {
		"null", "Null", "NULL", "~", "true", "True", "TRUE",
		"false", "False", "FALSE",
	};
	const char *s = buf_str(b);

	if (b->len == 0)
		return js_null();
	for (size_t i = 0; i < BASE_NITEMS(words); i++)
		if (strcmp(s, words[i]) == 0)
			return i < 4 ? js_null() : js_from_bool(i < 7);
	if (is_number(s))
		return js_from_num(strtod(s, NULL));
	return js_from_buf(b);
}
