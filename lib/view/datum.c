/*
 * datum.c - what a piece of text is.
 */
#include "view/datum.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX	64	/* bytes of a number */

const char *
datum_name(enum view_kind k)
{
	static const char *const names[VIEW_KINDS] = { "text", "null",
	    "integer", "number", "boolean", "date", "datetime", "text",
	    "json", "bytes" };

	return names[k];
}

static size_t
digits(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= '0' && p[i] <= '9')
		i++;
	return i;
}

static enum view_kind
number(const char *p, size_t n)
{
	size_t i = 0, whole, part = 0, k;
	bool real = false;

	if (i < n && (p[i] == '-' || p[i] == '+'))
		i++;
	whole = digits(p + i, n - i);
	if (whole > 1 && p[i] == '0')
		return KIND_TEXT;
	i += whole;
	if (i < n && p[i] == '.') {
		part = digits(p + i + 1, n - i - 1);
		i += part + 1;
		real = true;
	}
	if (whole + part == 0)
		return KIND_TEXT;
	if (i < n && (p[i] == 'e' || p[i] == 'E')) {
		i++;
		if (i < n && (p[i] == '-' || p[i] == '+'))
			i++;
		k = digits(p + i, n - i);
		if (k == 0)
			return KIND_TEXT;
		i += k;
		real = true;
	}
	if (i != n)
		return KIND_TEXT;
	return real ? KIND_NUMBER : KIND_INTEGER;
}

/* "09:30", "09:30:15.25", with a zone behind it or not. */
static bool
clock_time(const char *p, size_t n)
{
	size_t i = 5;

	if (n < 5 || digits(p, 2) != 2 || p[2] != ':' ||
	    digits(p + 3, 2) != 2)
		return false;
	if (i + 3 <= n && p[i] == ':' && digits(p + i + 1, 2) == 2)
		i += 3;
	if (i < n && (p[i] == '.' || p[i] == ','))
		i += 1 + digits(p + i + 1, n - i - 1);
	if (i < n && p[i] == ' ')
		i++;
	if (i + 1 == n && p[i] == 'Z')
		return true;
	if (i + 3 <= n && (p[i] == '+' || p[i] == '-') &&
	    digits(p + i + 1, 2) == 2) {
		i += 3;
		if (i < n && p[i] == ':')
			i++;
		if (i + 2 <= n && digits(p + i, 2) == 2)
			i += 2;
	}
	return i == n;
}

static enum view_kind
date(const char *p, size_t n)
{
	if (n < 10 || digits(p, 4) != 4 || (p[4] != '-' && p[4] != '/') ||
	    digits(p + 5, 2) != 2 || p[7] != p[4] || digits(p + 8, 2) != 2)
		return KIND_TEXT;
	if (p[5] > '1' || p[8] > '3')
		return KIND_TEXT;
	if (n == 10)
		return KIND_DATE;
	if ((p[10] == 'T' || p[10] == ' ') && clock_time(p + 11, n - 11))
		return KIND_DATETIME;
	return KIND_TEXT;
}

static bool
word(const char *p, size_t n, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == n && strncasecmp(p, *list, n) == 0)
			return true;
	return false;
}

enum view_kind
datum_kind(const char *p, size_t n)
{
	static const char *const nulls[] = { "na", "n/a", "null", "none",
	    "nan", "#n/a", NULL };
	static const char *const yes_no[] = { "true", "false", NULL };
	enum view_kind k = KIND_TEXT;

	while (n != 0 && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n != 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	if (n == 0)
		return KIND_NULL;
	if (n > NUMBER_MAX)
		return KIND_TEXT;
	if ((*p >= '0' && *p <= '9') || *p == '-' || *p == '+' ||
	    *p == '.') {
		k = number(p, n);
		return k == KIND_TEXT ? date(p, n) : k;
	}
	if (n <= 5 && word(p, n, nulls))
		return KIND_NULL;
	return n <= 5 && word(p, n, yes_no) ? KIND_BOOLEAN : KIND_TEXT;
}

/* A number without what stands around it, terminated. */
static void
bare(char text[NUMBER_MAX + 1], const char *p, size_t n)
{
	size_t len;

	while (n != 0 && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n != 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	len = n < NUMBER_MAX ? n : NUMBER_MAX;
	memcpy(text, p, len);
	text[len] = '\0';
}

double
datum_value(const char *p, size_t n)
{
	char text[NUMBER_MAX + 1];

	bare(text, p, n);
	return strtod(text, NULL);
}

bool
datum_whole(const char *p, size_t n, int64_t *out)
{
	char text[NUMBER_MAX + 1], *end;
	long long v;

	bare(text, p, n);
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		return false;
	*out = v;
	return true;
}

enum view_kind
datum_join(enum view_kind a, enum view_kind b)
{
	if (a == b || b == KIND_NULL)
		return a;
	if (a == KIND_NULL)
		return b;
	if (a > b) {
		enum view_kind c = a;

		a = b;
		b = c;
	}
	if (a == KIND_INTEGER && b == KIND_NUMBER)
		return KIND_NUMBER;
	if (a == KIND_DATE && b == KIND_DATETIME)
		return KIND_DATETIME;
	return KIND_TEXT;
}
