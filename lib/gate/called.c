/*
 * called.c - the tools that the calls of a history named.
 */
#include "gate/called.h"

#include <string.h>

#include "core/msg.h"
#include "gate/dialect.h"
#include "gate/tools.h"

jv
called_tools(const struct buf *store)
{
	jv names = js_obj(), out;

	for (size_t at = 0; at < store->len;) {
		const char *p = store->data + at;
		const char *end = memchr(p, '\n', store->len - at);
		size_t n = (size_t)(end - p);
		struct err ignored = ERR_INIT;
		jv m = dialect_calls(*p) ? js_parse(p + 1, n - 1,
		    &ignored) : js_none();
		size_t calls = msg_ncalls(m);

		for (size_t i = 0; i < calls; i++) {
			const char *name;

			msg_call(m, i, NULL, &name, NULL, NULL);
			names = js_set_bool(names, name, true);
		}
		js_free(m);
		at += n + 1;
	}
	out = tools_named(names);
	js_free(names);
	return out;
}
