/* Task lists from anywhere: what is read is an array of objects that can be
 * printed and read again, each with an objective, and links of Markdown lead
 * back in it. */
#include "plan/outline.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = ERR_INIT;
	jv out = js_arr(), again = js_arr();
	struct buf b = BUF_INIT;
	int rc = outline_read((const char *)data, n, &out, &e);

	must(js_is_arr(out));
	must(rc == 0 ? e.kind == ERR_NONE : e.kind == ERR_DATA);
	js_dump(&b, out);
	must(utf8_valid(buf_str(&b), b.len));
	for (size_t i = 0; rc == 0 && i < js_len(out); i++) {
		jv t = js_at(out, i);
		int64_t parent;

		if (n > 0 && strchr("-*+ 0123456789", data[0]) != NULL &&
		    js_int(t, "parent", -1000000, -1, &parent))
			must((size_t)-parent <= i);
		js_free(t);
	}
	e = (struct err)ERR_INIT;
	if (rc == 0 && js_len(out) > 0) {
		must(outline_read(buf_str(&b), b.len, &again, &e) == 0);
		must(js_eq(out, again));
	}
	buf_free(&b);
	js_free(out);
	js_free(again);
	return 0;
}
