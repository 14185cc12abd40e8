/* Comma-separated values: cut into pieces anywhere, bytes give the same
 * records; the counter agrees with the reader; and so does a reading that
 * begins at the end. */
#include "base/mem.h"
#include "view/csv.h"
#include "view/csv_guess.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* All records as one text that shows their fields. */
static void
read_all(struct buf *out, const char *p, size_t n, char d, size_t piece)
{
	struct csv c;
	bool whole = false, more = true;
	size_t at = 0;

	csv_init(&c, d, '\n');
	while (more) {
		csv_next(&c);
		whole = false;
		while (!whole && at < n) {
			size_t k = n - at < piece ? n - at : piece;

			at += csv_feed(&c, p + at, k, &whole);
		}
		more = whole || csv_end(&c);
		if (more && c.n != c.fields && c.n != CSV_FIELDS_MAX)
			abort();
		for (size_t i = 0; more && i < c.n; i++) {
			if (c.v[i].n != c.v[i].total)
				abort();
			buf_addf(out, "%zu:", c.v[i].n);
			buf_add(out, csv_at(&c, i), c.v[i].n);
			buf_addc(out, i + 1 < c.n ? ',' : '\n');
		}
		buf_addf(out, "%d", more);
	}
	csv_free(&c);
}

static void
count(struct csv_count *c, const char *p, size_t n, char d, size_t piece)
{
	csv_count_init(c, d, '\n');
	for (size_t at = 0; at < n; at += piece)
		csv_count_feed(c, p + at, n - at < piece ? n - at : piece);
	csv_count_end(c);
}

static void
totals(const char *p, size_t n, char d, uint64_t *records, uint64_t *fields)
{
	struct csv c;
	bool more = true;
	size_t at = 0;

	*records = *fields = 0;
	csv_init(&c, d, '\n');
	while (more) {
		bool whole;

		csv_next(&c);
		at += csv_feed(&c, p + at, n - at, &whole);
		more = whole || csv_end(&c);
		*records += more;
		*fields += more ? c.fields : 0;
	}
	csv_free(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;
	struct csv_guess g;
	struct csv_count c;
	uint64_t records, fields;
	const char *p = (const char *)data + 2;
	char d;
	size_t piece;

	if (n < 3 || n > 20000)
		return 0;
	d = ",;\t|"[data[0] & 3];
	piece = data[1] % 100 + 1;
	n -= 2;
	read_all(&whole, p, n, d, n);
	read_all(&pieces, p, n, d, piece);
	if (whole.len != pieces.len ||
	    memcmp(whole.data, pieces.data, whole.len) != 0)
		abort();
	totals(p, n, d, &records, &fields);
	count(&c, p, n, d, n);
	if (c.records != records || c.fields != fields)
		abort();
	count(&c, p, n, d, piece);
	if (c.records != records || c.fields != fields)
		abort();
	csv_guess(&g, p, n, n & 1, n & 2);
	if (strchr(",;\t|", g.delim) == NULL)
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
