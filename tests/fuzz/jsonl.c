/* Lines come out the same whole and in pieces; the first byte says how
 * large the pieces are. */
#include "json/jsonl.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
feed(struct buf *out, const char *p, size_t n, size_t piece)
{
	struct jsonl r;
	struct err e = ERR_INIT;

	jsonl_init(&r, "fuzz");
	for (size_t i = 0; i <= n; i += piece) {
		enum jsonl_status st;
		const char *line;
		size_t len;

		if (i + piece > n)
			piece = n - i;
		jsonl_feed(&r, p + i, piece);
		if (i + piece == n)
			jsonl_eof(&r);
		while ((st = jsonl_line(&r, &line, &len, &e)) == JSONL_ITEM) {
			buf_add(out, line, len);
			buf_addc(out, '\n');
		}
		if (st == JSONL_END || piece == 0)
			break;
	}
	jsonl_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;

	if (n < 2)
		return 0;
	feed(&whole, (const char *)data + 1, n - 1, n);
	feed(&pieces, (const char *)data + 1, n - 1,
	    (size_t)(data[0] % 61) + 1);
	if (whole.len != pieces.len || (whole.len != 0 &&
	    memcmp(whole.data, pieces.data, whole.len) != 0))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
