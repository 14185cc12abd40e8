/*
 * Event streams: any bytes, cut at places the input chooses, give the same
 * events as the whole in one piece.  The first byte steers the cuts.
 */
#include "net/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define CAP	4096

static int
note(void *arg, const struct sse_event *ev, struct err *e)
{
	struct buf *b = arg;

	(void)e;
	buf_addf(b, "%s|%s|%d|", ev->type, ev->id, ev->cut);
	buf_add(b, ev->data, ev->len);
	buf_addc(b, '\n');
	return 0;
}

static bool
run(struct buf *out, const uint8_t *p, size_t n, size_t step)
{
	struct err e = ERR_INIT;
	struct sse s;
	int rc = 0;

	sse_init(&s, CAP);
	for (size_t i = 0; i < n && rc == 0; ) {
		size_t len = step == 0 ? n : 1 + (i * step) % 7;
		char *piece;

		if (len > n - i)
			len = n - i;
		piece = xmemdup(p + i, len);
		rc = sse_feed(&s, piece, len, note, out, &e);
		free(piece);
		i += len;
	}
	if (rc == 0)
		rc = sse_end(&s, note, out, &e);
	sse_free(&s);
	return rc == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = BUF_INIT, cut = BUF_INIT;
	size_t step = n > 0 ? (size_t)p[0] + 1 : 1;

	if (run(&whole, p, n, 0) && run(&cut, p, n, step) &&
	    (whole.len != cut.len ||
	    (whole.len > 0 && memcmp(whole.data, cut.data, cut.len) != 0)))
		abort();
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
