/*
 * match.c - does a line match, does a name fit.
 *
 * Most lines of most files do not match: where the expression has a certain
 * literal part, memmem(3) finds the few lines that the expression is tried
 * on at all; where it has none, the automaton of dfa.h goes through the
 * whole text at once.  What that does not do is left to regexec(3), line by
 * line.
 */
#include "tool/match.h"

#include "base/dfa.h"
#include "base/ere.h"
#include "base/glob.h"

#include <locale.h>
#include <string.h>

static bool
ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

bool
match_init(struct match *m, const char *pattern, bool ignore_case,
    struct buf *why)
{
	struct buf ere = BUF_INIT;
	int flags = REG_EXTENDED | REG_NOSUB, rc;
	char text[256];

	memset(m, 0, sizeof(*m));
	if (strncmp(pattern, "(?i)", 4) == 0) {
		ignore_case = true;
		pattern += 4;
	}
	if (ascii(pattern))
		uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
	ere_translate(&ere, pattern);
	if (ere_weight(buf_str(&ere)) > ERE_WEIGHT_MAX) {
		buf_adds(why, "it is too large when its counts are written "
		    "out, or too deep");
		buf_free(&ere);
		return false;
	}
	rc = regcomp(&m->re, buf_str(&ere), flags |
	    (ignore_case ? REG_ICASE : 0));
	if (rc != 0) {
		regerror(rc, &m->re, text, sizeof(text));
		buf_adds(why, text);
	} else {
		m->compiled = true;
		if (ascii(pattern))
			m->dfa = dfa_new(buf_str(&ere), ignore_case);
		if (!ignore_case)
			ere_literal(&m->literal, buf_str(&ere));
		m->plain = m->literal.len == ere.len &&
		    strpbrk(buf_str(&ere), "\\.[]()*+?{}|^$") == NULL;
	}
	buf_free(&ere);
	return rc == 0;
}

void
match_free(struct match *m)
{
	if (m->compiled)
		regfree(&m->re);
	m->compiled = false;
	dfa_free(m->dfa);
	m->dfa = NULL;
	buf_free(&m->literal);
}

/* The line from p to end, as regexec wants it: with a NUL behind it. */
static bool
fits(const struct match *m, char *p, char *end)
{
	char saved = *end, cr = '\0', *over;
	bool ok;

	*end = '\0';
	if (m->dfa != NULL) {
		/* An empty line is one, too. */
		ok = end > p ? dfa_next(m->dfa, p, end, &over) != NULL :
		    regexec(&m->re, p, 0, NULL, 0) == 0;
		*end = saved;
		return ok;
	}
	if (end > p && end[-1] == '\r') {
		cr = '\r';
		end[-1] = '\0';
	}
	ok = regexec(&m->re, p, 0, NULL, 0) == 0;
	if (cr != '\0')
		end[-1] = '\r';
	*end = saved;
	return ok;
}

char *
match_next(const struct match *m, char *p, char *limit, char **end)
{
	char *start = p, saved = *limit, *hit;

	if (m->dfa != NULL && m->literal.len == 0) {
		*limit = '\0';
		hit = dfa_next(m->dfa, p, limit, end);
		*limit = saved;
		return hit;
	}
	while (p < limit) {
		hit = p;
		if (m->literal.len != 0) {
			hit = memmem(p, (size_t)(limit - p), m->literal.data,
			    m->literal.len);
			if (hit == NULL)
				return NULL;
			while (hit > start && hit[-1] != '\n')
				hit--;
		}
		*end = memchr(hit, '\n', (size_t)(limit - hit));
		if (*end == NULL)
			*end = limit;
		if (m->plain || fits(m, hit, *end))
			return hit;
		p = *end + 1;
		start = p;
	}
	return NULL;
}

/* Every way to choose from the first braces, and so on. */
void
match_globs(struct vec *globs, const char *text)
{
	const char *open = strchr(text, '{'), *p, *close;
	struct buf b = BUF_INIT;

	close = open != NULL ? strchr(open, '}') : NULL;
	if (close == NULL || globs->n > 64) {
		vec_push(globs, text);
		return;
	}
	for (p = open + 1; p <= close; p++) {
		size_t n = strcspn(p, ",}");

		buf_reset(&b);
		buf_add(&b, text, (size_t)(open - text));
		buf_add(&b, p, n);
		buf_adds(&b, close + 1);
		match_globs(globs, buf_str(&b));
		p += n;
	}
	buf_free(&b);
}

bool
match_glob(const struct vec *globs, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *leaf = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < globs->n; i++) {
		const char *g = globs->v[i];

		while (strncmp(g, "./", 2) == 0)
			g += 2;
		if (glob_match(g, strchr(g, '/') == NULL ? leaf : path))
			return true;
	}
	return globs->n == 0;
}
