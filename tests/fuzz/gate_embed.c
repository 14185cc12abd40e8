/* Any JSON document as an answer of /embeddings: what is told is an array
 * of as many numbers as it says. */
#include "base/buf.h"
#include "gate/embed.h"
#include "json/scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define WANT	3

static void
tell(void *arg, size_t i, const char *json, size_t len)
{
	struct scan_span v;
	size_t pos = 0, *counts = arg;

	if (i >= WANT || len < 3 || json[0] != '[')
		abort();
	while (scan_element(json, len, &pos, &v))
		counts[i]++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	size_t dims = 0, counts[WANT] = { 0 };
	struct scan_info info;
	struct err e = ERR_INIT;

	/* The caller has looked at the document as a whole. */
	if (!scan_text(p, n, 64, &info))
		return 0;
	if (embed_read(p, n, WANT, &dims, tell, counts, &e) == 0) {
		for (size_t i = 0; i < WANT; i++)
			if (counts[i] != 0 && counts[i] % dims != 0)
				abort();
	} else if (e.kind != ERR_PROTOCOL) {
		abort();
	}
	return 0;
}
