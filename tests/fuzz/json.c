/* Any bytes: the scanner and the parser agree, and what is read prints and
 * reads back. */
#include "json/js.h"
#include "json/scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct scan_info info;
	struct scan_span key, value;
	struct err e = ERR_INIT;
	struct buf once = BUF_INIT, twice = BUF_INIT;
	size_t pos = 0, end = 0;
	bool sound = scan_text(p, n, JS_DEPTH, &info);
	jv v = js_parse(p, n, &e), w;

	if (sound != js_is_valid(v) && !(n >= 3 && data[0] == 0xef))
		abort();
	while (scan_member(p, n, &pos, &key, &value)) {
		if (pos <= end || value.p + value.n > p + n)
			abort();
		end = pos;
	}
	if (js_is_valid(v)) {
		js_dump(&once, v);
		w = js_parse(once.data, once.len, &e);
		if (!js_is_valid(w))
			abort();
		js_dump(&twice, w);
		if (once.len != twice.len)
			abort();
		js_free(w);
	}
	js_free(v);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
