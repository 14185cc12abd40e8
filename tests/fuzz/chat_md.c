/* Any text as Markdown, the first byte: width and ways.  In pieces or whole
 * it comes out the same; no control character but newline, tab and styles of
 * our own does; every line ends. */
#include "chat/md.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
feed(struct buf *out, uint8_t ways, const char *text, size_t n, size_t piece)
{
	struct md m;

	md_init(&m, (ways & 31) * 3, (ways & 32) != 0, (ways & 64) != 0);
	for (size_t i = 0; i < n; i += piece)
		md_feed(&m, text + i, n - i < piece ? n - i : piece, out);
	md_end(&m, out);
	md_free(&m);
}

static void
check(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (c == '\033') {
			if (b->data[++i] != '[')
				abort();
			for (i++; b->data[i] != 'm'; i++)
				if (strchr("0123456789;", b->data[i]) == NULL)
					abort();
		} else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
			abort();
		}
	}
	if (b->len > 0 && b->data[b->len - 1] != '\n')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data + 1;
	struct buf whole = BUF_INIT, bytes = BUF_INIT;

	if (n < 2)
		return 0;
	feed(&whole, *data, text, n - 1, n - 1);
	feed(&bytes, *data, text, n - 1, 1);
	check(&whole);
	if (whole.len != bytes.len || (whole.len > 0 &&
	    memcmp(whole.data, bytes.data, whole.len) != 0))
		abort();
	check(&bytes);
	buf_free(&whole);
	buf_free(&bytes);
	return 0;
}
