/*
 * exact.c - values written with the numbers of the text that they are from.
 */
#include "json/exact.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

#define SAFE_DIGITS	15	/* that a double always keeps */
#define NUMBER_MAX	512	/* of a number that is worth it */
#define TURNS_MAX	200	/* through the members of one object */

struct out {
	struct buf	*b;
	bool		 quote;		/* what would be changed is a string */
};

static void walk(const struct out *o, jv v, struct scan_span s);

/* Whether a number is there that js_dump may write in another way. */
static bool
matters(const char *p, size_t n)
{
	bool quoted = false;

	for (size_t i = 0, digits = 0; i < n; i++) {
		if (quoted && p[i] == '\\') {
			i++;
		} else if (p[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && p[i] >= '0' && p[i] <= '9') {
			if (++digits > SAFE_DIGITS)
				return true;
			continue;
		} else if (!quoted && digits > 0 && strchr(".eE", p[i]) !=
		    NULL) {
			return true;
		}
		digits = 0;
	}
	return false;
}

/* What is too large reads as either of these. */
static double
capped(double d)
{
	return isinf(d) ? copysign(DBL_MAX, d) : d;
}

/* Whether it is more than another way to write what js_dump writes. */
static bool
changes(jv v, const char *text)
{
	struct buf b = BUF_INIT;
	size_t digits = 0;
	bool other;

	for (const char *p = text; *p != '\0'; p++)
		digits += *p >= '0' && *p <= '9';
	js_dump(&b, v);
	other = digits > SAFE_DIGITS && strcmp(buf_str(&b), text) != 0;
	buf_free(&b);
	return other;
}

static void
number(const struct out *o, jv v, struct scan_span s)
{
	char text[NUMBER_MAX], *end;

	if (s.n > 0 && s.n < sizeof(text) && strchr("-0123456789", *s.p) !=
	    NULL) {
		memcpy(text, s.p, s.n);
		text[s.n] = '\0';
		if (capped(strtod(text, &end)) == capped(jv_number_value(v)) &&
		    *end == '\0') {
			if (o->quote && changes(v, text))
				js_quote(o->b, text, s.n);
			else
				buf_add(o->b, text, s.n);
			return;
		}
	}
	js_dump(o->b, v);
}

static void
array(const struct out *o, jv v, struct scan_span s)
{
	struct scan_span one;
	bool more = true;
	size_t pos = 0;

	buf_addc(o->b, '[');
	for (size_t i = 0; i < js_len(v); i++) {
		jv at = js_at(v, i);

		more = more && scan_element(s.p, s.n, &pos, &one);
		if (i > 0)
			buf_addc(o->b, ',');
		walk(o, at, more ? one : (struct scan_span){ "", 0 });
		js_free(at);
	}
	buf_addc(o->b, ']');
}

static bool
named(struct scan_span key, const char *name, size_t len)
{
	struct err ignored = ERR_INIT;
	bool same = key.n == len && memcmp(key.p, name, len) == 0;

	if (memchr(key.p, '\\', key.n) != NULL) {
		/* Its quotes stand around it. */
		jv k = js_parse(key.p - 1, key.n + 2, &ignored);
		size_t n = 0;
		const char *t = js_bytes(k, &n);

		same = t != NULL && n == len && memcmp(t, name, n) == 0;
		js_free(k);
	}
	return same;
}

/* The next member of that name; mostly they come in the same order. */
static struct scan_span
member(struct scan_span s, size_t *pos, int *turns, const char *name,
    size_t len)
{
	struct scan_span key, value;

	for (int again = 0; again < 2 && *turns > 0; again++) {
		while (scan_member(s.p, s.n, pos, &key, &value))
			if (named(key, name, len))
				return value;
		*pos = 0;
		--*turns;
	}
	return (struct scan_span){ "", 0 };
}

static void
object(const struct out *o, jv v, struct scan_span s)
{
	jv keys = js_keys(v);
	int turns = TURNS_MAX;
	size_t pos = 0;

	buf_addc(o->b, '{');
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), at;
		size_t len = 0;
		const char *name = js_bytes(k, &len);

		if (i > 0)
			buf_addc(o->b, ',');
		js_dump(o->b, k);
		buf_addc(o->b, ':');
		at = jv_object_get(js_ref(v), js_ref(k));
		walk(o, at, member(s, &pos, &turns, name, len));
		js_free(at);
		js_free(k);
	}
	buf_addc(o->b, '}');
	js_free(keys);
}

static void
walk(const struct out *o, jv v, struct scan_span s)
{
	/* No number below: as it is. */
	if (!matters(s.p, s.n))
		js_dump(o->b, v);
	else if (js_is_num(v))
		number(o, v, s);
	else if (js_is_arr(v))
		array(o, v, s);
	else if (js_is_obj(v))
		object(o, v, s);
	else
		js_dump(o->b, v);
}

static void
write_as(const struct out *o, jv v, const char *p, size_t n)
{
	struct scan_span s = { p, n };
	struct scan_info info;

	if (n == 0 || !matters(p, n) || !scan_text(p, n, JS_DEPTH, &info))
		js_dump(o->b, v);
	else
		walk(o, v, s);
}

void
exact_dump(struct buf *b, jv v, const char *p, size_t n)
{
	write_as(&(struct out){ .b = b }, v, p, n);
}

jv
exact_shown(jv v, const char *p, size_t n)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv shown;

	if (n == 0 || !matters(p, n))
		return js_ref(v);
	write_as(&(struct out){ .b = &b, .quote = true }, v, p, n);
	shown = js_parse(buf_str(&b), b.len, &ignored);
	buf_free(&b);
	return shown;
}
