/*
 * named.c - a body that names its model.
 */
#include "gate/named.h"

#include <string.h>

#include "json/js.h"
#include "json/scan.h"

void
named_add(struct buf *out, const char *body, size_t n, const char *model)
{
	struct scan_span key, value;
	const char *brace = memchr(body, '{', n);
	size_t pos = 0;

	if (model == NULL || brace == NULL || scan_find(body, n, "model",
	    &value)) {
		buf_add(out, body, n);
		return;
	}
	buf_adds(out, "{\"model\":");
	js_quote(out, model, strlen(model));
	if (scan_member(body, n, &pos, &key, &value))
		buf_addc(out, ',');
	buf_add(out, brace + 1, n - (size_t)(brace + 1 - body));
}
