/*
 * tools_plain.c - tools for servers that take less than others.
 *
 * Some refuse keywords of JSON Schema that others want; some take no tools
 * at all, and the model has to be told of them in words.
 */
#include "gate/tools.h"

#include <string.h>

#define DEPTH	20	/* of schemas, references put in place */
#define NODES	5000	/* of one tool, the same */

struct simplify {
	jv	root;		/* of the schema, for references */
	jv	drop;
	int	left;		/* nodes that may follow */
};

static jv simple(jv s, struct simplify *c, int depth);

static bool
is_dropped(const char *key, jv drop)
{
	static const char *const always[] = { "$schema", "$id", "$comment",
	    "$defs", "definitions", "$anchor", "additionalProperties",
	    "unevaluatedProperties", "propertyNames", "patternProperties",
	    "examples", "default", "title", "exclusiveMinimum",
	    "exclusiveMaximum", "multipleOf", "uniqueItems", "contentEncoding",
	    "contentMediaType", "dependentRequired", "if", "then", "else",
	    "not", "readOnly", "writeOnly", "deprecated", NULL };
	bool yes = false;

	for (size_t i = 0; always[i] != NULL; i++)
		if (strcmp(key, always[i]) == 0)
			return true;
	for (size_t i = 0; !yes && i < js_len(drop); i++) {
		jv d = js_at(drop, i);
		const char *name = js_cstr(d);

		yes = name != NULL && strcmp(key, name) == 0;
		js_free(d);
	}
	return yes;
}

/* What a reference within the schema means; owned, invalid if nothing. */
static jv
resolve(jv root, const char *ref)
{
	jv at = js_ref(root);

	if (strncmp(ref, "#/", 2) != 0) {
		js_free(at);
		return js_none();
	}
	for (ref += 2; *ref != '\0';) {
		size_t n = strcspn(ref, "/");
		char name[128];
		jv next;

		if (n >= sizeof(name)) {
			js_free(at);
			return js_none();
		}
		memcpy(name, ref, n);
		name[n] = '\0';
		next = js_get(at, name);
		js_free(at);
		at = next;
		ref += n + (ref[n] == '/');
	}
	return at;
}

/* Each member of properties, or each element of a list, made simple. */
static jv
simple_all(jv v, struct simplify *c, int depth)
{
	jv out, keys;

	if (js_is_arr(v)) {
		out = js_arr();
		for (size_t i = 0; i < js_len(v); i++) {
			jv s = js_at(v, i);

			out = js_push(out, simple(s, c, depth));
			js_free(s);
		}
		return out;
	}
	out = js_obj();
	keys = js_keys(v);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);
		jv s = key != NULL ? js_get(v, key) : js_none();

		if (js_is_valid(s))
			out = js_set(out, key, simple(s, c, depth));
		js_free(s);
		js_free(k);
	}
	js_free(keys);
	return out;
}

/* A type of several names is the first that is not null. */
static jv
one_type(jv out, jv types)
{
	for (size_t i = 0; i < js_len(types); i++) {
		jv t = js_at(types, i);
		const char *name = js_cstr(t);

		if (name != NULL && strcmp(name, "null") != 0 &&
		    !js_has(out, "type"))
			out = js_set_str(out, "type", name);
		js_free(t);
	}
	return out;
}

/* The first of several alternatives that is not null takes the place of all
 * of them; what stands beside them stays. */
static jv
first_of(jv out, jv list, struct simplify *c, int depth)
{
	for (size_t i = 0; i < js_len(list); i++) {
		jv s = js_at(list, i), one = simple(s, c, depth), keys;
		bool null = js_str_is(s, "type", "null");

		js_free(s);
		if (null) {
			js_free(one);
			continue;
		}
		keys = js_keys(one);
		for (size_t k = 0; k < js_len(keys); k++) {
			jv key = js_at(keys, k);

			if (!js_has(out, js_cstr(key)))
				out = js_copy_key(out, js_cstr(key), one,
				    js_cstr(key));
			js_free(key);
		}
		js_free(keys);
		js_free(one);
		break;
	}
	return out;
}

static bool
is_choice(const char *key)
{
	return strcmp(key, "anyOf") == 0 || strcmp(key, "oneOf") == 0;
}

static jv
simple_member(jv out, const char *key, jv v, struct simplify *c, int depth)
{
	if (is_choice(key) && (is_dropped(key, c->drop) ||
	    is_dropped("anyOf", c->drop)))
		return first_of(out, v, c, depth);
	if (is_dropped(key, c->drop))
		return out;
	if (strcmp(key, "type") == 0 && js_is_arr(v))
		return one_type(out, v);
	if (strcmp(key, "const") == 0)
		return js_set(out, "enum", js_push(js_arr(), js_ref(v)));
	if (is_choice(key))
		return js_set(out, "anyOf", simple_all(v, c, depth));
	if (strcmp(key, "properties") == 0 && js_is_obj(v))
		return js_set(out, key, simple_all(v, c, depth));
	if (strcmp(key, "items") == 0 || strcmp(key, "allOf") == 0)
		return js_set(out, key, js_is_arr(v) &&
		    strcmp(key, "items") != 0 ?
		    simple_all(v, c, depth) :
		    simple(v, c, depth));
	return js_set(out, key, js_ref(v));
}

static jv
simple(jv s, struct simplify *c, int depth)
{
	const char *ref = js_str(s, "$ref");
	jv out = js_obj(), keys;

	if (--c->left < 0)
		depth = 0;
	if (ref != NULL && depth > 0) {
		jv to = resolve(c->root, ref), v = simple(to, c, depth - 1);

		js_free(to);
		js_free(out);
		return v;
	}
	keys = js_keys(s);
	for (size_t i = 0; depth > 0 && js_is_obj(s) && i < js_len(keys);
	    i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);
		jv v = key != NULL ? js_get(s, key) : js_none();

		if (js_is_valid(v) && strcmp(key, "$ref") != 0)
			out = simple_member(out, key, v, c, depth - 1);
		js_free(v);
		js_free(k);
	}
	js_free(keys);
	if (js_str_is(out, "type", "array") && !js_has(out, "items"))
		out = js_set(out, "items", js_set_str(js_obj(), "type",
		    "string"));
	if (js_len(out) == 0)
		out = js_set_str(out, "type", "string");
	return out;
}

jv
tools_simple(jv tools, jv drop)
{
	jv out = js_arr();

	for (size_t i = 0; i < js_len(tools); i++) {
		jv t = js_at(tools, i), f = js_get(t, "function");
		jv p = js_get(f, "parameters");
		struct simplify c = { p, drop, NODES };

		if (js_is_obj(p))
			f = js_set(f, "parameters", simple(p, &c, DEPTH));
		if (js_has(f, "strict"))
			f = js_del(f, "strict");
		out = js_push(out, js_set(t, "function", f));
		js_free(p);
	}
	return out;
}

jv
tools_named(jv names)
{
	jv out = js_arr(), keys = js_keys(names);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		jv f = js_set(js_obj(), "name", k);

		f = js_set_str(f, "description", "Not available any more.");
		f = js_set(f, "parameters", js_set(js_set_str(js_obj(),
		    "type", "object"), "properties", js_obj()));
		out = js_push(out, js_set(js_set_str(js_obj(), "type",
		    "function"), "function", f));
	}
	js_free(keys);
	return out;
}

void
tools_words(struct buf *out, jv tools)
{
	buf_adds(out, "# Tools\n\nThese functions can be called, each "
	    "described by a JSON schema between <tools> marks:\n<tools>\n");
	for (size_t i = 0; i < js_len(tools); i++) {
		jv t = js_at(tools, i);

		js_dump(out, t);
		buf_addc(out, '\n');
		js_free(t);
	}
	buf_adds(out, "</tools>\n\nTo call one, write a JSON object with its "
	    "name and arguments between <tool_call> marks, and nothing after "
	    "it:\n<tool_call>\n{\"name\": \"NAME\", \"arguments\": {...}}\n"
	    "</tool_call>\nThe result comes between <tool_response> marks.");
}
