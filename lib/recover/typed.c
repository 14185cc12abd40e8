/*
 * typed.c - values that stand without quotes, typed by the tool's schema.
 *
 * A parameter that may only be a string stays what it is, to the byte; one
 * that may be something else is that when it reads as such, and a string
 * when not.  An undeclared parameter is a string.
 */
#include "recover/decode.h"

#include "json/js.h"
#include "json/scan.h"
#include "recover/pylit.h"

#include <string.h>
#include <strings.h>

enum type {
	TYPE_STRING = 1, TYPE_NUMBER = 2, TYPE_BOOL = 4, TYPE_NULL = 8,
	TYPE_OTHER = 16,	/* arrays and objects */
};

static unsigned
type_named(const char *s)
{
	static const struct { const char *name; unsigned type; } types[] = {
		{ "string", TYPE_STRING }, { "integer", TYPE_NUMBER },
		{ "number", TYPE_NUMBER }, { "boolean", TYPE_BOOL },
		{ "null", TYPE_NULL }, { "array", TYPE_OTHER },
		{ "object", TYPE_OTHER },
	};

	for (size_t i = 0; s != NULL && i < BASE_NITEMS(types); i++)
		if (strcmp(types[i].name, s) == 0)
			return types[i].type;
	return 0;
}

static unsigned
type_of_value(jv v)
{
	return type_named(js_kind(v));
}

/* All types that the schema allows; 0 when it does not say. */
static unsigned
types_of(jv schema, int depth)
{
	static const char *const lists[] = { "anyOf", "oneOf", "allOf" };
	jv t = js_get(schema, "type");
	jv list = js_none();
	unsigned types = type_named(js_cstr(t));

	for (size_t i = 0; js_is_arr(t) && i < js_len(t); i++) {
		jv one = js_at(t, i);

		types |= type_named(js_cstr(one));
		js_free(one);
	}
	for (size_t k = 0; k < BASE_NITEMS(lists) && depth < 8; k++) {
		js_free(list);
		list = js_get(schema, lists[k]);
		for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
			jv one = js_at(list, i);

			types |= types_of(one, depth + 1);
			js_free(one);
		}
	}
	js_free(list);
	list = js_get(schema, "enum");
	for (size_t i = 0; types == 0 && js_is_arr(list) &&
	    i < js_len(list); i++) {
		jv one = js_at(list, i);

		types |= type_of_value(one);
		js_free(one);
	}
	js_free(list);
	js_free(t);
	return types;
}

static bool
is(const char *p, size_t n, const char *s)
{
	return strlen(s) == n && strncasecmp(p, s, n) == 0;
}

static bool
number(struct buf *out, const char *p, size_t n)
{
	struct scan_info info;
	bool minus = n > 0 && p[0] == '-';

	if (n > 0 && (p[0] == '+' || minus)) {
		p++;
		n--;
	}
	while (n > 1 && p[0] == '0' && p[1] >= '0' && p[1] <= '9') {
		p++;
		n--;
	}
	if (n == 0 || p[0] < '0' || p[0] > '9' ||
	    !scan_text(p, n, 1, &info))
		return false;
	if (minus)
		buf_addc(out, '-');
	buf_add(out, p, n);
	return true;
}

/* An array or an object, as JSON or as Python has it. */
static bool
other(struct buf *out, const char *p, size_t n)
{
	struct jsonfix j = JSONFIX_INIT;
	struct buf b = BUF_INIT;
	size_t len;
	bool ok = false;

	if (n > 0 && (p[0] == '{' || p[0] == '[')) {
		ok = jsonfix_read(&j, p, n, NULL, true) == JSONFIX_OK &&
		    j.len == n;
		if (ok)
			buf_add(out, j.text.data, j.text.len);
		else if ((ok = pylit_value(&b, p, n, &len) == JSONFIX_OK &&
		    len == n))
			buf_add(out, b.data, b.len);
	}
	buf_free(&b);
	jsonfix_free(&j);
	return ok;
}

void
typed_schema(struct buf *out, jv schema, const char *p, size_t n)
{
	unsigned types = js_is_obj(schema) ? types_of(schema, 0) :
	    TYPE_STRING;
	const char *q = p;
	size_t len = n;

	if (types == 0)
		types = TYPE_STRING | TYPE_OTHER;
	while (len > 0 && strchr(" \t\r\n", *q) != NULL && *q != '\0') {
		q++;
		len--;
	}
	while (len > 0 && strchr(" \t\r\n", q[len - 1]) != NULL &&
	    q[len - 1] != '\0')
		len--;
	if ((types & TYPE_NULL) && (is(q, len, "null") || is(q, len, "none")))
		buf_adds(out, "null");
	else if ((types & TYPE_BOOL) && is(q, len, "true"))
		buf_adds(out, "true");
	else if ((types & TYPE_BOOL) && is(q, len, "false"))
		buf_adds(out, "false");
	else if (((types & TYPE_NUMBER) && number(out, q, len)) ||
	    ((types & TYPE_OTHER) && other(out, q, len)))
		return;
	else
		js_quote(out, p, n);
}

void
typed_value(struct buf *out, const struct names_tool *t, const char *key,
    size_t nkey, const char *p, size_t n)
{
	jv schema = t != NULL ? names_param(t, key, nkey) : js_none();

	typed_schema(out, schema, p, n);
	js_free(schema);
}
