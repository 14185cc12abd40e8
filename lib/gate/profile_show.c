/*
 * profile_show.c - what a profile says, for requests and for people.
 */
#include "gate/profile.h"

#include <string.h>


/* Append ,"name":value for a number that may be sent. */
static void
add_number(struct buf *out, const char *name, jv sampling, const char *key)
{
	jv v = js_get(sampling, key);

	if (js_is_num(v)) {
		if (out->len > 0)
			buf_addc(out, ',');
		js_quote(out, name, strlen(name));
		buf_addc(out, ':');
		js_dump(out, v);
	}
	js_free(v);
}

void
profile_sampling(const struct profile *p, bool temperature, struct buf *out)
{
	jv sampling = js_get(p->members, "sampling");
	jv names = js_get(p->members, "sampling_names");
	jv keys = js_keys(names), stop = js_get(p->members, "stop");

	if (temperature)
		add_number(out, "temperature", sampling, "temperature");
	add_number(out, "top_p", sampling, "top_p");
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);
		const char *name = key != NULL ? js_str(names, key) : NULL;

		if (name != NULL)
			add_number(out, name, sampling, key);
		js_free(k);
	}
	if (js_is_arr(stop) && js_len(stop) > 0) {
		buf_adds(out, out->len > 0 ? ",\"stop\":" : "\"stop\":");
		js_dump(out, stop);
	}
	js_free(stop);
	js_free(keys);
	js_free(names);
	js_free(sampling);
}

static void
show_table(const struct profile *p, struct buf *out)
{
	jv keys = js_keys(p->members);

	buf_addf(out, "%-16s %s\n", "model", p->family != NULL ? p->family :
	    "(unknown)");
	buf_addf(out, "%-16s %s\n", "server", p->server != NULL ? p->server :
	    "(unknown)");
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), v = js_none();
		const char *key = js_cstr(k), *from;

		if (key != NULL) {
			v = js_get(p->members, key);
			from = js_str(p->from, key);
			buf_addf(out, "%-16s ", key);
			js_dump(out, v);
			buf_addf(out, "  [%s]\n", from != NULL ? from : "?");
		}
		js_free(v);
		js_free(k);
	}
	js_free(keys);
}

void
profile_show(const struct profile *p, bool json, struct buf *out)
{
	jv o;

	if (!json) {
		show_table(p, out);
		return;
	}
	o = js_set(js_obj(), "model", p->family != NULL ?
	    js_from_str(p->family) : js_null());
	o = js_set(o, "server", p->server != NULL ? js_from_str(p->server) :
	    js_null());
	o = js_set(o, "members", js_ref(p->members));
	o = js_set(o, "from", js_ref(p->from));
	js_dump(out, o);
	buf_addc(out, '\n');
	js_free(o);
}
