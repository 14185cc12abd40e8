/*
 * glob.c - patterns of file names, with the double star.
 *
 * Matching goes forward and remembers two places to come back to: the last
 * star, and the last double star.  That is enough, because what stands
 * before a star that was reached is best matched as early as possible.
 */
#include "base/glob.h"

#include <string.h>

/* Whether the set after [ has c, and *end behind its ]; false with *end
 * NULL when there is no end. */
static bool
in_set(const char *p, unsigned char c, const char **end)
{
	bool not = *p == '!' || *p == '^', hit = false;
	const char *first;

	p += not;
	first = p;
	*end = NULL;
	for (; *p != '\0' && (*p != ']' || p == first); p++) {
		unsigned char lo, hi;

		if (*p == '\\' && p[1] != '\0')
			p++;
		lo = hi = (unsigned char)*p;
		if (p[1] == '-' && p[2] != ']' && p[2] != '\0') {
			p += 2;
			if (*p == '\\' && p[1] != '\0')
				p++;
			hi = (unsigned char)*p;
		}
		hit |= c >= lo && c <= hi;
	}
	if (*p != ']')
		return false;
	*end = p + 1;
	return hit != not && c != '/';
}

/* How many bytes the character at s has; a stray byte is one. */
static size_t
character(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ?
	    4 : 1;

	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 1;
	return n;
}

/* One element of the pattern at the head of s: how many bytes of s it
 * takes, 0 when it does not fit; *p moves behind it. */
static size_t
one(const char **p, const char *s)
{
	const char *end;
	bool fits;

	if (*s == '\0')
		return 0;
	if (**p == '?') {
		++*p;
		return *s != '/' ? character(s) : 0;
	}
	if (**p == '[') {
		fits = in_set(*p + 1, (unsigned char)*s, &end);
		if (end != NULL) {
			*p = end;
			return fits;
		}
	}
	if (**p == '\\' && (*p)[1] != '\0')
		++*p;
	fits = **p == *s;
	*p += fits;
	return fits;
}

/* True when a double star that is a whole component stands at p. */
static bool
double_star(const char *p, const char *pattern)
{
	return p[0] == '*' && p[1] == '*' && (p == pattern || p[-1] == '/') &&
	    (p[2] == '/' || p[2] == '\0');
}

bool
glob_match(const char *pattern, const char *path)
{
	const char *p = pattern, *s = path;
	const char *star = NULL, *star_s = NULL;	/* come back here */
	const char *deep = NULL, *deep_s = NULL;

	for (;;) {
		size_t n;

		if (double_star(p, pattern)) {
			if (p[2] == '\0')
				return *s != '\0' || p == pattern;
			p += 3;
			deep = p;
			deep_s = s;
			star = NULL;
			continue;
		}
		if (*p == '*') {
			while (*p == '*')
				p++;
			star = p;
			star_s = s;
			continue;
		}
		if (*p == '\0' && *s == '\0')
			return true;
		if (*p != '\0' && (n = one(&p, s)) != 0) {
			s += n;
			continue;
		}
		if (star != NULL && *star_s != '\0' && *star_s != '/') {
			p = star;
			s = ++star_s;
			continue;
		}
		deep_s = deep != NULL ? strchr(deep_s, '/') : NULL;
		if (deep_s == NULL)
			return false;
		p = deep;
		s = ++deep_s;
		star = NULL;
	}
}
