/*
 * schema.c - a subset of JSON Schema, and complaints a model can act on.
 */
#include "json/schema.h"

#include "base/ere.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#define FAULTS_MAX	8
#define PATTERN_STEPS	3e8	/* of regexec: about a second */
#define DEPTH_MAX	64	/* of schemas; values are bounded by js_parse */

struct check {
	struct buf	*why;		/* NULL: only the answer counts */
	struct buf	 path;
	int		 faults;
	int		 depth;
	bool		 exact;		/* of numbers, there is the text */
};

static void check(struct check *c, jv schema, jv v);

/* "PATH: expected WHAT, given V" */
static void
fault(struct check *c, jv v, const char *expected)
{
	struct buf given = BUF_INIT;

	if (c->faults++ >= FAULTS_MAX || c->why == NULL)
		return;
	buf_addf(c->why, "%s: expected %s, given ",
	    c->path.len != 0 ? buf_str(&c->path) : "arguments", expected);
	js_dump(&given, v);
	if (given.len > 60) {
		buf_cut(&given, utf8_cut(given.data, 57));
		buf_adds(&given, "...");
	}
	if (!js_is_null(v))
		buf_addf(c->why, "%s ", js_kind(v));
	utf8_escape(c->why, buf_str(&given), given.len, UTF8_LINE);
	buf_addc(c->why, '\n');
	buf_free(&given);
}

/* Go down to a member; returns the length to cut the path back to. */
static size_t
down(struct check *c, const char *name)
{
	size_t was = c->path.len;

	if (was != 0)
		buf_addc(&c->path, '.');
	utf8_escape(&c->path, name, strnlen(name, 80), UTF8_LINE);
	return was;
}

/* Beyond 2^53 a double does not tell whole numbers apart. */
static bool
whole(const struct check *c, jv v)
{
	double d = js_is_num(v) ? jv_number_value(v) : 0.5;

	return floor(d) == d && (c->exact || fabs(d) <= 9007199254740992.0);
}

static bool
is_type(const struct check *c, jv v, const char *type)
{
	if (strcmp(type, "integer") == 0)
		return whole(c, v);
	return strcmp(type, js_kind(v)) == 0;
}

static void
check_type(struct check *c, jv type, jv v)
{
	struct buf names = BUF_INIT;
	size_t n = js_is_arr(type) ? js_len(type) : 1;
	bool fits = false;

	for (size_t i = 0; i < n && !fits; i++) {
		jv t = js_is_arr(type) ? js_at(type, i) : js_ref(type);
		const char *name = js_cstr(t);

		if (name != NULL) {
			fits = is_type(c, v, name);
			buf_addf(&names, "%s%s", i != 0 ? " or " : "", name);
		}
		js_free(t);
	}
	if (!fits && names.len != 0)
		fault(c, v, buf_str(&names));
	buf_free(&names);
}

static void
check_enum(struct check *c, jv values, jv v)
{
	struct buf text = BUF_INIT;
	size_t n = js_len(values);

	for (size_t i = 0; i < n; i++) {
		jv w = js_at(values, i);
		bool same = js_eq(v, w);

		if (i != 0)
			buf_adds(&text, ", ");
		if (text.len < 400)
			js_dump(&text, w);
		js_free(w);
		if (same)
			goto out;
	}
	buf_adds(&text, n > 1 ? " (one of these)" : "");
	fault(c, v, buf_str(&text));
out:
	buf_free(&text);
}

static void
bound(struct check *c, jv v, double got, jv limit, bool low, bool open,
    const char *unit)
{
	char text[96];
	double l;
	bool ok;

	if (!js_is_num(limit))
		return;
	l = jv_number_value(limit);
	ok = low ? (open ? got > l : got >= l) : (open ? got < l : got <= l);
	if (ok)
		return;
	snprintf(text, sizeof(text), "%s %.15g%s", low ?
	    (open ? "more than" : "at least") :
	    (open ? "less than" : "at most"), l, unit);
	fault(c, v, text);
}

static void
bound_key(struct check *c, jv schema, const char *key, jv v, double got,
    bool low, bool open, const char *unit)
{
	jv limit = js_get(schema, key);

	bound(c, v, got, limit, low, open, unit);
	js_free(limit);
}

static double
code_points(jv v)
{
	size_t n = 0, len;
	const char *p = js_bytes(v, &len);

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)p[i] & 0xc0) != 0x80;
	return (double)n;
}

static void
check_pattern(struct check *c, const char *pattern, jv v)
{
	struct buf re = BUF_INIT, text = BUF_INIT;
	const char *s = js_cstr(v);
	regex_t r;

	ere_translate(&re, pattern);
	/* A pattern that POSIX cannot say does not refuse anything, nor one
	 * that would take too much: whoever wrote the schema may mean ill. */
	if (ere_weight(buf_str(&re)) <= ERE_WEIGHT_MAX && (s == NULL ||
	    ere_cost(buf_str(&re), strlen(s)) <= PATTERN_STEPS) &&
	    regcomp(&r, buf_str(&re), REG_EXTENDED | REG_NOSUB) == 0) {
		if (s == NULL || regexec(&r, s, 0, NULL, 0) != 0) {
			buf_addf(&text, "a string that matches %.200s",
			    pattern);
			fault(c, v, buf_str(&text));
		}
		regfree(&r);
	}
	buf_free(&re);
	buf_free(&text);
}

static void
check_scalar(struct check *c, jv schema, jv v)
{
	if (js_is_num(v)) {
		double d = jv_number_value(v);

		bound_key(c, schema, "minimum", v, d, true, false, "");
		bound_key(c, schema, "maximum", v, d, false, false, "");
		bound_key(c, schema, "exclusiveMinimum", v, d, true, true, "");
		bound_key(c, schema, "exclusiveMaximum", v, d, false, true,
		    "");
	} else if (js_is_str(v)) {
		double n = code_points(v);
		const char *pattern = js_str(schema, "pattern");

		bound_key(c, schema, "minLength", v, n, true, false,
		    " characters");
		bound_key(c, schema, "maxLength", v, n, false, false,
		    " characters");
		if (pattern != NULL)
			check_pattern(c, pattern, v);
	}
}

static void
check_array(struct check *c, jv schema, jv v)
{
	jv items = js_get(schema, "items");
	size_t n = js_len(v);

	bound_key(c, schema, "minItems", v, (double)n, true, false, " items");
	bound_key(c, schema, "maxItems", v, (double)n, false, false, " items");
	for (size_t i = 0; js_is_valid(items) && i < n &&
	    c->faults < FAULTS_MAX; i++) {
		jv item = js_at(v, i);
		size_t was = c->path.len;

		buf_addf(&c->path, "[%zu]", i);
		check(c, items, item);
		buf_cut(&c->path, was);
		js_free(item);
	}
	js_free(items);
}

static void
check_required(struct check *c, jv required, jv props, jv v)
{
	for (size_t i = 0; i < js_len(required); i++) {
		jv key = js_at(required, i), prop;
		const char *name = js_cstr(key), *type;

		if (name != NULL && !js_has(v, name) &&
		    c->faults++ < FAULTS_MAX && c->why != NULL) {
			size_t was = down(c, name);

			prop = js_get(props, name);
			type = js_str(prop, "type");
			buf_addf(c->why, "%s: required%s%s%s, missing\n",
			    buf_str(&c->path), type != NULL ? " (" : "",
			    type != NULL ? type : "", type != NULL ? ")" : "");
			buf_cut(&c->path, was);
			js_free(prop);
		}
		js_free(key);
	}
}

/* The strings of array names that v has no member of. */
static void
absent(struct vec *out, jv names, jv v)
{
	for (size_t i = 0; i < js_len(names); i++) {
		jv k = js_at(names, i);
		const char *name = js_cstr(k);

		if (name != NULL && !js_has(v, name))
			vec_push(out, name);
		js_free(k);
	}
}

/* What the member name of v was meant to be: the one that is missing, or
 * the nearest of those not given.  Owned by the vectors, or NULL. */
static const char *
meant(const char *name, struct vec *missing, struct vec *unused)
{
	const char *near;

	near = opt_nearest(name, (const char *const *)vec_argv(missing));
	if (near == NULL && missing->n == 1)
		near = missing->v[0];
	if (near == NULL)
		near = opt_nearest(name,
		    (const char *const *)vec_argv(unused));
	return near;
}

/* A member that the schema does not know: name those it knows. */
static void
unknown(struct check *c, jv schema, const char *name, jv v)
{
	jv props = js_get(schema, "properties"), keys = js_keys(props);
	jv required = js_get(schema, "required");
	struct vec missing = VEC_INIT, unused = VEC_INIT;
	size_t was = down(c, name);
	const char *near;

	if (c->faults++ < FAULTS_MAX && c->why != NULL) {
		absent(&missing, required, v);
		absent(&unused, keys, v);
		near = meant(name, &missing, &unused);
		buf_addf(c->why, "%s: unknown argument", buf_str(&c->path));
		if (near != NULL)
			buf_addf(c->why, "; did you mean %s?", near);
		else if (unused.n != 0)
			buf_adds(c->why, "; known are");
		for (size_t i = 0; near == NULL && i < unused.n; i++)
			buf_addf(c->why, "%s %s", i != 0 ? "," : "",
			    unused.v[i]);
		buf_addc(c->why, '\n');
	}
	buf_cut(&c->path, was);
	vec_free(&missing);
	vec_free(&unused);
	js_free(required);
	js_free(keys);
	js_free(props);
}

static void
check_member(struct check *c, jv schema, const char *name, jv v)
{
	jv props = js_get(schema, "properties");
	jv other = js_get(schema, "additionalProperties");
	jv own = js_get(props, name);
	jv member = js_get(v, name);
	size_t was;

	if (!js_is_valid(own) && js_is_bool(other) &&
	    jv_get_kind(other) == JV_KIND_FALSE) {
		unknown(c, schema, name, v);
	} else {
		was = down(c, name);
		if (js_is_valid(own))
			check(c, own, member);
		else if (js_is_obj(other))
			check(c, other, member);
		buf_cut(&c->path, was);
	}
	js_free(props);
	js_free(other);
	js_free(own);
	js_free(member);
}

static void
check_object(struct check *c, jv schema, jv v)
{
	jv required = js_get(schema, "required");
	jv props = js_get(schema, "properties");
	jv keys = js_keys(v);

	for (size_t i = 0; i < js_len(keys) && c->faults < FAULTS_MAX; i++) {
		jv k = js_at(keys, i);
		const char *name = js_cstr(k);

		if (name != NULL)
			check_member(c, schema, name, v);
		js_free(k);
	}
	check_required(c, required, props, v);
	js_free(required);
	js_free(props);
	js_free(keys);
}

/* How many of the schemas fit, without a word. */
static size_t
fitting(struct check *c, jv schemas, jv v)
{
	size_t fit = 0;

	for (size_t i = 0; i < js_len(schemas); i++) {
		struct check sub = { .depth = c->depth,
		    .exact = c->exact };
		jv s = js_at(schemas, i);

		check(&sub, s, v);
		fit += sub.faults == 0;
		buf_free(&sub.path);
		js_free(s);
	}
	return fit;
}

static void
check_combined(struct check *c, jv schema, jv v)
{
	jv any = js_get(schema, "anyOf");
	jv one = js_get(schema, "oneOf");
	jv all = js_get(schema, "allOf");
	size_t n;

	if (js_is_arr(any) && fitting(c, any, v) == 0)
		fault(c, v, "one of the alternatives of the schema");
	if (js_is_arr(one) && (n = fitting(c, one, v)) != 1)
		fault(c, v, n == 0 ? "one of the alternatives of the schema" :
		    "only one of the alternatives of the schema");
	for (size_t i = 0; i < js_len(all); i++) {
		jv s = js_at(all, i);

		check(c, s, v);
		js_free(s);
	}
	js_free(any);
	js_free(one);
	js_free(all);
}

static void
check(struct check *c, jv schema, jv v)
{
	jv type, values, only;
	int before = c->faults;

	if (jv_get_kind(schema) == JV_KIND_FALSE)
		fault(c, v, "nothing here");
	if (!js_is_obj(schema) || c->depth >= DEPTH_MAX)
		return;
	c->depth++;
	type = js_get(schema, "type");
	values = js_get(schema, "enum");
	only = js_get(schema, "const");
	if (js_is_valid(type))
		check_type(c, type, v);
	if (c->faults == before) {
		if (js_is_arr(values))
			check_enum(c, values, v);
		if (js_is_valid(only)) {
			jv list = js_push(js_arr(), js_ref(only));

			check_enum(c, list, v);
			js_free(list);
		}
		check_scalar(c, schema, v);
		if (js_is_arr(v))
			check_array(c, schema, v);
		if (js_is_obj(v))
			check_object(c, schema, v);
		check_combined(c, schema, v);
	}
	js_free(type);
	js_free(values);
	js_free(only);
	c->depth--;
}

static bool
run(jv schema, jv v, struct buf *why, bool exact)
{
	struct check c = { .why = why, .exact = exact };

	check(&c, schema, v);
	buf_free(&c.path);
	return c.faults == 0;
}

bool
schema_check(jv schema, jv v, struct buf *why)
{
	return run(schema, v, why, false);
}

bool
schema_check_exact(jv schema, jv v, struct buf *why)
{
	return run(schema, v, why, true);
}
