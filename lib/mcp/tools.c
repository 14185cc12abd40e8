/*
 * tools.c - what a server says of its tools, made fit for a model.
 */
#include "mcp/tools.h"

#include "base/utf8.h"
#include "core/ids.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_BYTES	64
#define TOOL_NAME_MAX	256

/* ---- names ---- */

static bool
plain(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static void
add_plain(struct buf *b, const char *s, bool *changed)
{
	for (; *s != '\0'; s++) {
		*changed |= !plain(*s);
		buf_addc(b, plain(*s) ? *s : '_');
	}
}

void
tools_name(struct buf *out, const char *server, const char *tool)
{
	struct buf b = BUF_INIT, whole = BUF_INIT;
	bool changed = false, ignored = false;
	char sum[65];

	/* A server's name was chosen by the user, and may have a dot. */
	add_plain(&b, server, &ignored);
	buf_adds(&b, "__");
	add_plain(&b, tool, &changed);
	if (changed || b.len > NAME_MAX_BYTES) {
		buf_addf(&whole, "%s\n%s", server, tool);
		ids_sha256(sum, whole.data, whole.len);
		if (b.len > NAME_MAX_BYTES - 9)
			buf_cut(&b, NAME_MAX_BYTES - 9);
		buf_addf(&b, "_%.8s", sum);
	}
	buf_add(out, b.data, b.len);
	buf_free(&b);
	buf_free(&whole);
}

/* ---- schemas ---- */

/* What is looked at so far. */
struct look {
	size_t	nodes;
	const char *why;	/* what is wrong, NULL nothing */
};

static bool
outside(jv o)
{
	static const char *const keys[] = { "$ref", "$dynamicRef",
	    "$recursiveRef" };

	for (size_t i = 0; i < BASE_NITEMS(keys); i++) {
		const char *s = js_str(o, keys[i]);

		if (s != NULL && *s != '#')
			return true;
	}
	return false;
}

static void
look_at(struct look *l, jv v, size_t depth)
{
	jv keys = js_is_obj(v) ? js_keys(v) : js_none();
	size_t n = js_is_obj(v) || js_is_arr(v) ? js_len(v) : 0;

	if (depth > TOOLS_DEPTH)
		l->why = "its schema is nested too deep";
	else if (++l->nodes + n > TOOLS_NODES)
		l->why = "its schema has too many parts";
	else if (js_is_obj(v) && outside(v))
		l->why = "its schema refers to another document";
	for (size_t i = 0; l->why == NULL && i < n; i++) {
		jv k = js_is_obj(v) ? js_at(keys, i) : js_none();
		jv x = js_is_arr(v) ? js_at(v, i) : js_cstr(k) != NULL ?
		    js_get(v, js_cstr(k)) : js_none();

		if (js_is_obj(v) && js_cstr(k) == NULL)
			l->why = "its schema has a name with a NUL";
		look_at(l, x, depth + 1);
		js_free(x);
		js_free(k);
	}
	js_free(keys);
}

/* The text as it may be shown, cut to size. */
static jv
clean(const char *s, size_t n, size_t max)
{
	struct buf b = BUF_INIT;
	jv v;

	utf8_escape(&b, s, n, UTF8_TEXT);
	if (b.len > max) {
		buf_cut(&b, utf8_cut(b.data, max));
		buf_adds(&b, "...");
	}
	v = js_from_buf(&b);
	buf_free(&b);
	return v;
}

/* Every string of the schema without characters that hide or move text. */
static jv
clean_all(jv v)
{
	jv out, keys;
	const char *s;
	size_t n;

	if ((s = js_bytes(v, &n)) != NULL)
		return clean(s, n, TOOLS_SCHEMA);
	if (js_is_arr(v)) {
		out = js_arr();
		for (size_t i = 0; i < js_len(v); i++) {
			jv x = js_at(v, i);

			out = js_push(out, clean_all(x));
			js_free(x);
		}
		return out;
	}
	if (!js_is_obj(v))
		return js_ref(v);
	out = js_obj();
	keys = js_keys(v);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), x = js_get(v, js_cstr(k)), name;

		name = clean(js_cstr(k), strlen(js_cstr(k)), TOOLS_SCHEMA);
		if (js_cstr(name) != NULL)
			out = js_set(out, js_cstr(name), clean_all(x));
		js_free(name);
		js_free(x);
		js_free(k);
	}
	js_free(keys);
	return out;
}

jv
tools_schema(jv schema, const char **why)
{
	jv raw = js_ref(schema), out;
	struct look l = { 0, NULL };
	struct buf b = BUF_INIT;

	if (!js_is_obj(raw))
		l.why = "its schema is no object";
	else if (js_has(raw, "type") && !js_str_is(raw, "type", "object"))
		l.why = "its arguments are no object";
	else
		look_at(&l, raw, 0);
	*why = l.why;
	if (l.why != NULL) {
		js_free(raw);
		return js_none();
	}
	raw = js_del(raw, "$schema");
	if (!js_has(raw, "type"))
		raw = js_set_str(raw, "type", "object");
	out = clean_all(raw);
	js_free(raw);
	js_dump(&b, out);
	if (b.len > TOOLS_SCHEMA) {
		*why = "its schema is too long";
		js_free(out);
		out = js_none();
	}
	buf_free(&b);
	return out;
}

/* ---- arguments that are headers as well ---- */

static bool
token(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
	    "UVWXYZ0123456789!#$%&'*+-.^_`|~");

	return n > 0 && s[n] == '\0' && n <= 64;
}

static bool
primitive(jv schema)
{
	return js_str_is(schema, "type", "string") ||
	    js_str_is(schema, "type", "integer") ||
	    js_str_is(schema, "type", "boolean");
}

/* Those below a chain of properties, as [{"header","path":[...]}]; another
 * place of the mark is a fault, found by counting all of them. */
static jv
headers_of(jv out, jv schema, jv path, size_t depth, const char **why)
{
	jv props = js_get(schema, "properties"), keys = js_keys(props);

	for (size_t i = 0; depth < TOOLS_DEPTH && js_is_obj(props) &&
	    i < js_len(keys); i++) {
		jv k = js_at(keys, i), p = js_get(props, js_cstr(k));
		jv here = js_push(js_ref(path), js_ref(k)), o;
		const char *name = js_str(p, "x-mcp-header");

		if (js_has(p, "x-mcp-header")) {
			if (name == NULL || !token(name) || !primitive(p))
				*why = "an x-mcp-header of its schema is none";
			else {
				o = js_set_str(js_obj(), "header", name);
				o = js_set(o, "path", js_ref(here));
				out = js_push(out, o);
			}
		}
		out = headers_of(out, p, here, depth + 1, why);
		js_free(here);
		js_free(p);
		js_free(k);
	}
	js_free(keys);
	js_free(props);
	return out;
}

static size_t
marks(jv v)
{
	size_t n = 0, len = js_is_obj(v) || js_is_arr(v) ? js_len(v) : 0;
	jv keys = js_is_obj(v) ? js_keys(v) : js_none();

	for (size_t i = 0; i < len; i++) {
		jv k = js_is_obj(v) ? js_at(keys, i) : js_none();
		jv x = js_is_obj(v) ? js_get(v, js_cstr(k)) : js_at(v, i);

		n += js_is_obj(v) && strcmp(js_cstr(k), "x-mcp-header") == 0 &&
		    !js_is_obj(x);
		n += marks(x);
		js_free(x);
		js_free(k);
	}
	js_free(keys);
	return n;
}

static bool
unique(jv headers)
{
	for (size_t i = 0; i < js_len(headers); i++)
		for (size_t j = 0; j < i; j++) {
			jv a = js_at(headers, i), b = js_at(headers, j);
			bool same = strcasecmp(js_str(a, "header"),
			    js_str(b, "header")) == 0;

			js_free(a);
			js_free(b);
			if (same)
				return false;
		}
	return true;
}

/* ---- a tool ---- */

static jv
hints(jv tool)
{
	static const char *const names[] = { "readOnlyHint",
	    "destructiveHint", "idempotentHint", "openWorldHint" };
	jv a = js_get(tool, "annotations"), out = js_obj();

	for (size_t i = 0; i < BASE_NITEMS(names); i++) {
		jv v = js_get(a, names[i]);

		if (js_is_bool(v))
			out = js_set(out, names[i], js_ref(v));
		js_free(v);
	}
	js_free(a);
	return out;
}

static jv
describe(const struct entry *s, jv tool, jv schema)
{
	const char *name = js_str(tool, "name"), *d;
	struct buf b = BUF_INIT;
	size_t n;
	jv o = js_obj();

	tools_name(&b, s->name, name);
	o = js_set(o, "name", js_from_buf(&b));
	o = js_set_str(o, "tool", name);
	d = js_str_len(tool, "description", &n);
	if (d == NULL || n == 0)
		d = js_str_len(tool, "title", &n);
	o = js_set(o, "description", d != NULL ? clean(d, n,
	    TOOLS_DESCRIPTION) : js_from_str(name));
	o = js_set(o, "inputSchema", js_ref(schema));
	o = js_set(o, "annotations", hints(tool));
	buf_free(&b);
	return o;
}

/* Whether it is wanted at all. */
static bool
wanted(const struct entry *s, const char *name)
{
	return (s->include.n == 0 || vec_has(&s->include, name)) &&
	    !vec_has(&s->exclude, name);
}

static bool
there(jv out, jv tool)
{
	jv twin = tools_find(out, "name", js_str(tool, "name"));
	bool yes = js_is_valid(twin);

	js_free(twin);
	return yes;
}

static jv
take_one(const struct entry *s, jv out, jv tool, struct vec *notes)
{
	const char *name = js_str(tool, "name"), *why = NULL;
	jv given = js_none(), made, headers = js_arr(), path = js_arr();
	struct buf shown = BUF_INIT;

	if (name != NULL)
		utf8_escape(&shown, name, strlen(name) < 80 ? strlen(name) : 80,
		    UTF8_LINE);
	if (name == NULL || *name == '\0' || strlen(name) > TOOL_NAME_MAX) {
		why = "it has no usable name";
	} else if (wanted(s, name)) {
		jv raw = js_get(tool, "inputSchema");

		given = tools_schema(raw, &why);
		js_free(raw);
		headers = why == NULL ? headers_of(headers, given, path, 0,
		    &why) : headers;
		if (why == NULL && s->http && (marks(given) !=
		    js_len(headers) || !unique(headers)))
			why = "an x-mcp-header of its schema is misplaced";
	}
	if (why == NULL && js_is_valid(given)) {
		made = describe(s, tool, given);
		if (js_len(headers) > 0)
			made = js_set(made, "headers", js_ref(headers));
		if (there(out, made)) {
			why = "the name is there twice";
			js_free(made);
		} else {
			if (strstr(js_str(made, "name"), name) == NULL)
				vec_pushf(notes, "%s is called %s",
				    buf_str(&shown), js_str(made, "name"));
			out = js_push(out, made);
		}
	}
	if (why != NULL)
		vec_pushf(notes, "%s is left out: %s", buf_str(&shown), why);
	js_free(path);
	js_free(headers);
	js_free(given);
	buf_free(&shown);
	return out;
}

jv
tools_take(const struct entry *s, jv out, jv list, struct vec *notes)
{
	for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
		jv t = js_at(list, i);

		if (js_len(out) >= TOOLS_MAX) {
			vec_pushf(notes, "more than %d tools; the rest is left "
			    "out", TOOLS_MAX);
			js_free(t);
			break;
		}
		out = take_one(s, out, t, notes);
		js_free(t);
	}
	return out;
}

bool
tools_same(jv a, jv b)
{
	return js_eq(a, b);
}

jv
tools_find(jv tools, const char *key, const char *name)
{
	for (size_t i = 0; name != NULL && i < js_len(tools); i++) {
		jv t = js_at(tools, i);

		if (js_str_is(t, key, name))
			return t;
		js_free(t);
	}
	return js_none();
}
