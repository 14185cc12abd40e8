/* Whatever comes in, repaired text is UTF-8 and escaped text is letters. */
#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct buf fixed = BUF_INIT, shown = BUF_INIT;

	utf8_repair(&fixed, p, n);
	utf8_escape(&shown, p, n, UTF8_LINE);
	if (!utf8_valid(buf_str(&fixed), fixed.len) ||
	    !utf8_valid(buf_str(&shown), shown.len) || utf8_cut(p, n) > n)
		abort();
	for (size_t i = 0; i < shown.len; i++)
		if ((unsigned char)shown.data[i] < 0x20)
			abort();
	buf_free(&fixed);
	buf_free(&shown);
	return 0;
}
