/* Any text in any language, the first byte: nothing runs away, pieces are in
 * order and of their size, and no word is lost or there twice. */
#include "mem/chunk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	const char	*at;		/* the end of the last piece */
	size_t		 dense;		/* bytes that are not blank */
};

static size_t
dense(const char *p, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += p[i] != ' ' && p[i] != '\t' && p[i] != '\f' &&
		    p[i] != '\r' && p[i] != '\n';
	return k;
}

static void
see(const struct chunk *c, void *arg)
{
	struct seen *s = arg;

	if (c->len == 0 || c->len > CHUNK_MAX || c->first > c->last ||
	    (s->at != NULL && c->text < s->at))
		abort();
	s->at = c->text + c->len;
	s->dense += dense(c->text, c->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data + 1;
	struct seen s = { NULL, 0 };
	size_t skip = 0;

	if (n == 0)
		return 0;
	n--;
	chunk_cut((enum chunk_lang)(*data % (CHUNK_TEX + 1)), text, n, see,
	    &s);
	if (n >= 3 && data[1] == 0xef && data[2] == 0xbb && data[3] == 0xbf)
		skip = 3;
	if (s.dense != dense(text + skip, n - skip))
		abort();
	return 0;
}
