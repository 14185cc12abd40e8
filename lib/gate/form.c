/*
 * form.c - answers in a form: a JSON Schema that the answer has to fit.
 */
#include "gate/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/scan.h"
#include "json/schema.h"
#include "sys/file.h"

#define FILE_LIMIT	((size_t)1024 * 1024)
#define DEPTH		50

void
form_free(struct form *f)
{
	js_free(f->schema);
	free(f->ask);
	free(f->words);
	*f = (struct form)FORM_INIT;
}

/* ---- asking for it ---- */

static bool is_strict(jv schema, int depth);

static bool
all_strict(jv v, int depth)
{
	jv list = js_is_obj(v) ? js_keys(v) : js_ref(v);
	bool yes = true;

	for (size_t i = 0; yes && i < js_len(list); i++) {
		jv k = js_at(list, i);
		const char *key = js_cstr(k);
		jv s = js_is_obj(v) && key != NULL ? js_get(v, key) :
		    js_ref(k);

		yes = is_strict(s, depth);
		js_free(s);
		js_free(k);
	}
	js_free(list);
	return yes;
}

/* True when every property is required. */
static bool
all_required(jv properties, jv required)
{
	jv keys = js_keys(properties);
	bool yes = true;

	for (size_t i = 0; yes && i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		yes = false;
		for (size_t n = 0; !yes && n < js_len(required); n++) {
			jv r = js_at(required, n);

			yes = js_cstr(r) != NULL && js_cstr(k) != NULL &&
			    strcmp(js_cstr(r), js_cstr(k)) == 0;
			js_free(r);
		}
		js_free(k);
	}
	js_free(keys);
	return yes;
}

/* What services that are strict want of every object: all members named,
 * all required, no others. */
static bool
is_strict(jv schema, int depth)
{
	static const char *const inner[] = { "items", "anyOf", "allOf",
	    "oneOf", "$defs", "definitions" };
	jv props = js_get(schema, "properties");
	jv required = js_get(schema, "required");
	bool yes = depth > 0;

	if (js_is_obj(props) || js_str_is(schema, "type", "object"))
		yes = yes && js_is_obj(props) &&
		    !js_bool(schema, "additionalProperties", true) &&
		    all_required(props, required) &&
		    all_strict(props, depth - 1);
	for (size_t i = 0; yes && i < BASE_NITEMS(inner); i++) {
		jv v = js_get(schema, inner[i]);

		if (i == 0 && js_is_obj(v))
			yes = is_strict(v, depth - 1);
		else if (js_is_valid(v))
			yes = all_strict(v, depth - 1);
		js_free(v);
	}
	js_free(required);
	js_free(props);
	return yes;
}

static char *
dump(jv v)
{
	struct buf b = BUF_INIT;

	js_dump(&b, v);
	return buf_detach(&b);
}

int
form_set(struct form *f, jv schema, struct err *e)
{
	jv inner = js_get(schema, "schema"), o, all;
	const char *name = js_str(schema, "name");
	char *text;

	form_free(f);
	if (!js_is_obj(inner) || js_has(schema, "type") ||
	    js_has(schema, "properties")) {
		js_free(inner);
		inner = js_ref(schema);
		name = NULL;
	}
	if (!js_is_obj(inner)) {
		js_free(inner);
		return err_set(e, ERR_CONFIG, "a schema is an object, this is "
		    "%s", js_kind(schema));
	}
	o = js_set_str(js_obj(), "name", name != NULL ? name : "answer");
	o = js_set_bool(o, "strict", is_strict(inner, DEPTH));
	o = js_set(o, "schema", js_ref(inner));
	all = js_set_str(js_obj(), "type", "json_schema");
	all = js_set(all, "json_schema", o);
	f->ask = dump(all);
	js_free(all);
	text = dump(inner);
	f->words = xasprintf("Answer with one JSON value and nothing else, no "
	    "fence and no words around it. It has to fit this JSON Schema:\n"
	    "%s", text);
	free(text);
	f->schema = inner;
	return 0;
}

int
form_load(struct form *f, const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = file_read(path, &b, FILE_LIMIT, e);
	jv v = js_none();

	if (rc == 0) {
		v = js_parse(buf_str(&b), b.len, e);
		rc = js_is_valid(v) ? form_set(f, v, e) : -1;
		if (rc == -1) {
			e->kind = ERR_CONFIG;
			err_wrap(e, "--output-schema: %s", path);
		}
	} else {
		err_wrap(e, "--output-schema");
	}
	js_free(v);
	buf_free(&b);
	return rc;
}

/* ---- looking at it ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The span if it is one JSON value. */
static const char *
value(const char *p, size_t n, size_t *len)
{
	struct scan_info info;

	while (n > 0 && is_blank(*p)) {
		p++;
		n--;
	}
	while (n > 0 && is_blank(p[n - 1]))
		n--;
	*len = n;
	return n > 0 && scan_text(p, n, JS_DEPTH, &info) ? p : NULL;
}

/* What stands in the first fence. */
static const char *
in_fence(const char *p, size_t n, size_t *len)
{
	const char *open = memmem(p, n, "```", 3), *from, *end;

	if (open == NULL)
		return NULL;
	n -= (size_t)(open - p);
	from = memchr(open, '\n', n);
	if (from == NULL)
		return NULL;
	n -= (size_t)(from - open);
	end = memmem(from, n, "\n```", 4);
	return value(from, end != NULL ? (size_t)(end - from) : n, len);
}

/* From the first bracket to the last. */
static const char *
in_brackets(const char *p, size_t n, size_t *len)
{
	size_t a = 0, z = n;

	while (a < n && p[a] != '{' && p[a] != '[')
		a++;
	while (z > a && p[z - 1] != '}' && p[z - 1] != ']')
		z--;
	return value(p + a, z - a, len);
}

const char *
form_find(const char *p, size_t n, size_t *len)
{
	const char *s = value(p, n, len);

	if (s == NULL)
		s = in_fence(p, n, len);
	return s != NULL ? s : in_brackets(p, n, len);
}

bool
form_fits(const struct form *f, const char *p, size_t n, const char **text,
    size_t *len, struct buf *why)
{
	struct err e = ERR_INIT;
	bool fits;
	jv v;

	*text = form_find(p, n, len);
	if (*text == NULL) {
		buf_adds(why, "the answer is no JSON value");
		return false;
	}
	v = js_parse(*text, *len, &e);
	if (js_is_valid(v))
		fits = schema_check(f->schema, v, why);
	else
		fits = false;
	if (!js_is_valid(v))
		buf_adds(why, e.msg);
	js_free(v);
	return fits;
}
