/* JSON as rows: values end at the same places however the bytes are cut,
 * and every cell lies within its row. */
#include "base/mem.h"
#include "view/json_lines.h"
#include "view/json_row.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Where values end, as text. */
static void
ends(struct buf *out, const char *p, size_t n, bool array, size_t piece)
{
	struct json_split s = { .array = array, .depth = 1 };
	size_t at = 0;

	while (at < n && (!array || s.depth > 0)) {
		bool whole;
		size_t k = n - at < piece ? n - at : piece;

		k = json_split(&s, p + at, k, &whole);
		if (k == 0)
			abort();
		at += k;
		if (whole)
			buf_addf(out, "%zu ", at);
	}
}

static void
rows(const char *p, size_t n)
{
	struct json_row j = { .slot = NULL };
	struct view_row r = { .bytes = NULL };
	struct vec names = VEC_INIT;

	while (n != 0) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;

		if (json_row(&j, &names, &r, p, len)) {
			if (r.n > names.n)
				abort();
			for (size_t i = 0; i < r.n; i++)
				if (r.v[i].at + r.v[i].n > j.bytes.len)
					abort();
		}
		p += len + (nl != NULL);
		n -= len + (nl != NULL);
	}
	vec_free(&names);
	view_row_free(&r);
	json_row_free(&j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data + 1;

	if (n < 2)
		return 0;
	n--;
	for (int array = 0; array < 2; array++) {
		struct buf whole = BUF_INIT, pieces = BUF_INIT;

		ends(&whole, p, n, array, n);
		ends(&pieces, p, n, array, data[0] % 40 + 1);
		if (strcmp(buf_str(&whole), buf_str(&pieces)) != 0)
			abort();
		buf_free(&whole);
		buf_free(&pieces);
	}
	rows(p, n);
	return 0;
}
