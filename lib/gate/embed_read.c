/*
 * embed_read.c - the vectors in an answer of /embeddings.
 *
 * The numbers go on as they were written; they are looked at, not read.
 */
#include "gate/embed.h"

#include <string.h>

#include "json/js.h"
#include "json/scan.h"

/* The places of an array of numbers; 0 when it is none. */
static size_t
places(struct scan_span v)
{
	size_t n = 1;

	if (v.n < 3 || v.p[0] != '[')
		return 0;
	for (size_t i = 1; i + 1 < v.n; i++) {
		if (v.p[i] == ',')
			n++;
		else if (strchr("0123456789+-.eE \t\r\n", v.p[i]) == NULL ||
		    v.p[i] == '\0')
			return 0;
	}
	return n;
}

static int64_t
index_of(struct scan_span one, size_t otherwise)
{
	struct scan_span s;
	int64_t n = 0;

	if (!scan_find(one.p, one.n, "index", &s) || s.n > 9)
		return (int64_t)otherwise;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		n = n * 10 + (s.p[i] - '0');
	}
	return n;
}

static int
take(struct scan_span one, size_t *dims, struct scan_span *v, struct err *e)
{
	size_t n;

	if (!scan_find(one.p, one.n, "embedding", v))
		return err_set(e, ERR_PROTOCOL, "the answer holds no "
		    "embedding; try a model for embeddings");
	n = places(*v);
	if (n == 0)
		return err_set(e, ERR_PROTOCOL, "an embedding is no array of "
		    "numbers; llama-server wants --pooling mean, cls or last");
	if (*dims != 0 && n != *dims)
		return err_set(e, ERR_PROTOCOL, "an embedding has %zu "
		    "dimensions, those before had %zu", n, *dims);
	*dims = n;
	return 0;
}

int
embed_read(const char *p, size_t n, size_t want, size_t *dims,
    embed_fn *tell, void *arg, struct err *e)
{
	struct scan_span data, one, v;
	size_t pos = 0, seen = 0;

	if (!scan_find(p, n, "data", &data))
		return err_set(e, ERR_PROTOCOL, "the answer has no member "
		    "data");
	while (scan_element(data.p, data.n, &pos, &one)) {
		int64_t i = index_of(one, seen);

		if (i < 0 || (size_t)i >= want)
			return err_set(e, ERR_PROTOCOL, "the answer numbers "
			    "its embeddings wrongly");
		if (take(one, dims, &v, e) == -1)
			return -1;
		tell(arg, (size_t)i, v.p, v.n);
		seen++;
	}
	if (seen != want)
		return err_set(e, ERR_PROTOCOL, "%zu embeddings came for %zu "
		    "texts", seen, want);
	return 0;
}
