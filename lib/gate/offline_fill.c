/*
 * offline_fill.c - arguments for a tool that is known by its schema only.
 */
#include "gate/offline_fill.h"

#include <string.h>
#include <strings.h>

static bool
is_one_of(const char *s, const char *const *choices)
{
	for (; *choices != NULL; choices++)
		if (strcasecmp(s, *choices) == 0)
			return true;
	return false;
}

/* One of the choices that the enum has; invalid when there is none. */
static jv
pick_from(jv from, const char *const *choices)
{
	for (size_t j = 0; j < js_len(from); j++) {
		jv v = js_at(from, j);
		const char *s = js_cstr(v);

		if (s != NULL && is_one_of(s, choices))
			return v;
		js_free(v);
	}
	return js_none();
}

static bool
is_required(jv need, size_t nkeys, jv key)
{
	bool found = nkeys == 1;

	for (size_t j = 0; !found && j < js_len(need); j++) {
		jv r = js_at(need, j);

		found = js_eq(r, key);
		js_free(r);
	}
	return found;
}

/* What an argument is given, as far as can be guessed; invalid: nothing.
 * The text goes to what is required, or else to the first that takes it. */
static jv
guess(const char *key, jv p, bool required, bool *told, jv text,
    const char *verb, const char *const *choices)
{
	static const char *const verbs[] = { "op", "operation", "action",
		NULL };
	jv from = js_get(p, "enum"), v = pick_from(from, choices);

	js_free(from);
	if (js_is_valid(v))
		return v;
	if (js_str_is(p, "type", "string") && is_one_of(key, verbs))
		return js_from_str(verb);
	if (js_str_is(p, "type", "string") && (required || !*told)) {
		*told = true;
		return js_ref(text);
	}
	if (required && (js_str_is(p, "type", "integer") ||
	    js_str_is(p, "type", "number")))
		return js_from_int(1);
	return required && js_str_is(p, "type", "array") ? js_arr() :
	    js_none();
}

jv
offline_fill(jv fn, const char *words, size_t n, const char *verb,
    const char *const *choices)
{
	jv text = js_from_bytes(words, n);
	jv params = js_get(fn, "parameters");
	jv props = js_get(params, "properties");
	jv keys = js_keys(props), need = js_get(params, "required");
	jv out = js_obj();
	bool told = false;

	/* What is required comes first. */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < js_len(keys); i++) {
			jv k = js_at(keys, i), p, v;
			const char *key = js_cstr(k);

			if (key != NULL && is_required(need, js_len(keys),
			    k) == (round == 0)) {
				p = js_get(props, key);
				v = guess(key, p, round == 0, &told, text,
				    verb, choices);
				if (js_is_valid(v))
					out = js_set(out, key, v);
				js_free(p);
			}
			js_free(k);
		}
	js_free(text);
	js_free(need);
	js_free(keys);
	js_free(props);
	js_free(params);
	return out;
}
