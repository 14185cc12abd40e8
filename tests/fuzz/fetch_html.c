/*
 * A page of any bytes, with any label of a character set, becomes
 * well-formed text without an end of its own.
 */
#include "fetch/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fetch/charset.h"
#include "fetch/kind.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The first line is a Content-Type, the rest the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const uint8_t *nl = memchr(p, '\n', n);
	size_t head = nl != NULL ? (size_t)(nl - p) : 0;
	char *type = xmemdup(p, head);
	const char *body = (const char *)p + head;
	struct html_page h = { .cut = false };
	struct buf b = BUF_INIT;

	n -= head;
	kind_of(type, body, n);
	kind_to_send(body, n);
	charset_utf8(&b, body, n, type, true);
	if (!utf8_valid(buf_str(&b), b.len))
		abort();
	html_text(&h, buf_str(&b), b.len, "http://h/a/b?c", n % 2 == 0);
	if (!utf8_valid(buf_str(&h.text), h.text.len) ||
	    !utf8_valid(buf_str(&h.title), h.title.len) ||
	    h.text.len > b.len * 16 + (1 << 17))
		abort();
	html_free(&h);
	buf_free(&b);
	free(type);
	return 0;
}
