/*
 * word.c - words of a command line and patterns, as coded text.
 */
#include "policy/word.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char special[] = "*?[]{},\\";

void
word_literal(struct buf *code, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\0' && strchr(special, p[i]) != NULL)
			buf_addc(code, '\\');
		buf_addc(code, p[i] != '\0' ? p[i] : WORD_UNKNOWN);
	}
}

void
word_plain(struct buf *b, const char *code)
{
	for (; *code != '\0'; code++) {
		if (*code == '\\' && code[1] != '\0')
			code++;
		buf_addc(b, *code);
	}
}

char *
word_text(const char *code)
{
	struct buf b = BUF_INIT;

	buf_grow(&b, 0);
	buf_adds(&b, "");
	word_plain(&b, code);
	return b.data != NULL ? buf_detach(&b) : xstrdup("");
}

bool
word_unknown(const char *code)
{
	return strchr(code, WORD_UNKNOWN) != NULL || word_globs(code);
}

bool
word_globs(const char *code)
{
	for (; *code != '\0'; code++) {
		if (*code == '\\' && code[1] != '\0')
			code++;
		else if (*code == '*' || *code == '?' || *code == '[')
			return true;
	}
	return false;
}

/* ---- braces ---- */

/* The brace that closes the one at p, or NULL; commas: it has alternatives,
 * dots: it is a sequence. */
static const char *
closing(const char *p, bool *commas, bool *dots)
{
	int depth = 0;

	*commas = *dots = false;
	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}' && --depth == 0)
			return p;
		else if (*p == ',' && depth == 1)
			*commas = true;
		else if (*p == '.' && p[1] == '.' && depth == 1)
			*dots = true;
	}
	return NULL;
}

/* head is done already, rest is to be expanded; false when it is too much. */
static bool
braces(struct vec *out, const char *head, const char *rest, int depth)
{
	const char *p = rest, *end = NULL, *from;
	bool commas = false, dots = false, fits = true;

	if (out->n >= WORD_BRACES || depth > 32)
		return false;
	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '{' && (end = closing(p, &commas, &dots)) !=
		    NULL && (commas || dots))
			break;
	}
	if (*p == '\0') {
		vec_pushf(out, "%s%s", head, rest);
		return true;
	}
	if (!commas)
		return false;
	from = p + 1;
	for (const char *q = from, *level = p; fits && q <= end; q++) {
		struct buf h = BUF_INIT, r = BUF_INIT;
		bool inner;

		if (*q == '\\' && q[1] != '\0') {
			q++;
			continue;
		}
		if (*q == '{' && q != level) {
			bool c, d;
			const char *e = closing(q, &c, &d);

			q = e != NULL && e < end ? e : q;
			continue;
		}
		inner = *q != ',' && q != end;
		if (inner)
			continue;
		/* An alternative may hold braces of its own. */
		buf_adds(&h, head);
		buf_add(&h, rest, (size_t)(p - rest));
		buf_add(&r, from, (size_t)(q - from));
		buf_adds(&r, end + 1);
		fits = braces(out, buf_str(&h), buf_str(&r), depth + 1);
		buf_free(&h);
		buf_free(&r);
		from = q + 1;
	}
	return fits;
}

void
word_braces(struct vec *out, const char *code)
{
	struct vec all = VEC_INIT;

	if (strchr(code, '{') == NULL || !braces(&all, "", code, 0)) {
		if (strchr(code, '{') == NULL)
			vec_push(out, code);
		else
			vec_pushf(out, "%.*s%c", (int)strcspn(code, "{"),
			    code, WORD_UNKNOWN);
	}
	else
		for (size_t i = 0; i < all.n; i++)
			vec_push(out, all.v[i]);
	vec_free(&all);
}

/* ---- paths ---- */

static void
pop(struct buf *b)
{
	while (b->len > 0 && b->data[b->len - 1] != '/')
		buf_cut(b, b->len - 1);
	if (b->len > 0)
		buf_cut(b, b->len - 1);
}

static void
components(struct buf *b, const char *p)
{
	while (*p != '\0') {
		size_t n = strcspn(p, "/");

		if (n == 2 && p[0] == '.' && p[1] == '.') {
			pop(b);
		} else if (n != 0 && !(n == 1 && *p == '.')) {
			buf_addc(b, '/');
			buf_add(b, p, n);
		}
		p += n;
		p += *p == '/';
	}
}

/* Another spelling of the root or of the working directory. */
static const char *
proc_spelling(const char *path, const char *cwd, const char **base)
{
	const char *p = path, *what;

	if (strncmp(p, "/proc/", 6) != 0)
		return NULL;
	p += 6;
	what = strchr(p, '/');
	if (what == NULL)
		return NULL;
	if (strncmp(what, "/root", 5) == 0 && (what[5] == '/' ||
	    what[5] == '\0')) {
		*base = "";
		return what + 5;
	}
	if (strncmp(what, "/cwd", 4) == 0 && (what[4] == '/' ||
	    what[4] == '\0')) {
		*base = cwd;
		return what + 4;
	}
	return NULL;
}

char *
word_path(const char *code, const char *cwd)
{
	struct buf b = BUF_INIT;
	const char *rest, *base = NULL;

	if (*code == WORD_UNKNOWN || (*code != '/' && cwd == NULL))
		return NULL;
	if (*code != '/')
		components(&b, cwd);
	components(&b, code);
	for (int i = 0; i < 8 && (rest = proc_spelling(buf_str(&b),
	    cwd != NULL ? cwd : "/", &base)) != NULL; i++) {
		struct buf again = BUF_INIT;

		components(&again, base);
		components(&again, rest);
		buf_free(&b);
		b = again;
	}
	if (b.len == 0)
		buf_addc(&b, '/');
	return buf_detach(&b);
}
