/* A diff that a model wrote: whatever the bytes, hunks are whole lines, and
 * each of them changes something. */
#include "base/mem.h"
#include "tool/hunk.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
lines(const struct buf *b)
{
	if (b->len != 0 && b->data[b->len - 1] != '\n')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf why = BUF_INIT;
	struct hunk *v;
	int hunks = hunk_parse(&v, (const char *)data, n, &why);

	if ((hunks == -1) != (why.len != 0) || hunks == 0)
		abort();
	for (int i = 0; i < hunks; i++) {
		lines(&v[i].from);
		lines(&v[i].to);
		if (v[i].from.len == v[i].to.len && !v[i].bare &&
		    memcmp(v[i].from.data, v[i].to.data, v[i].to.len) == 0)
			abort();
	}
	if (hunks > 0)
		hunk_free(v, hunks);
	buf_free(&why);
	return 0;
}
