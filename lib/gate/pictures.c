/*
 * pictures.c - pictures in the results of tools.
 */
#include "gate/pictures.h"

jv
pictures_add(jv list, jv msg)
{
	jv parts = js_get(msg, "content");
	size_t n = js_is_arr(parts) ? js_len(parts) : 0;

	for (size_t i = 0; i < n; i++) {
		jv part = js_at(parts, i);

		if (js_str_is(part, "type", "image_url") &&
		    js_has(part, "image_url")) {
			if (!js_is_arr(list))
				list = js_arr();
			list = js_push(list, js_ref(part));
		}
		js_free(part);
	}
	js_free(parts);
	return list;
}

jv
pictures_message(jv list)
{
	jv parts = js_push(js_arr(), js_set_str(js_set_str(js_obj(), "type",
	    "text"), "text", "What the tools showed:"));

	for (size_t i = 0; i < js_len(list); i++)
		parts = js_push(parts, js_at(list, i));
	return js_set(js_set_str(js_obj(), "role", "user"), "content", parts);
}
