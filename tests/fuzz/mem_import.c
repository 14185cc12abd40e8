/* Any JSON as a line of an import: it is refused with a reason, or it is a
 * memory that is given back as the same one, with the same terms. */
#include "mem/item.h"
#include "mem/terms.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
on_term(const char *term, size_t n, void *arg)
{
	uint64_t *sum = arg;

	if (n == 0 || n >= TERMS_MAX || memchr(term, '\0', n) != NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		*sum = *sum * 31 + (unsigned char)term[i];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint64_t sum = 0, sum2 = 0;
	struct err e = ERR_INIT;
	struct item it, back;
	jv v, w;

	if (n > 20000)
		return 0;
	v = js_parse((const char *)data, n, &e);
	if (!js_is_valid(v) || item_read(&it, v, 1700000000000, &e) == -1) {
		if (e.kind != ERR_DATA || e.msg[0] == '\0')
			abort();
		js_free(v);
		return 0;
	}
	w = item_json(&it, NULL);
	if (item_read(&back, w, 1700000000000, &e) == -1)
		abort();
	terms_of(&it, on_term, &sum);
	terms_of(&back, on_term, &sum2);
	if (sum != sum2 || item_digest(&it) != item_digest(&back))
		abort();
	item_free(&it);
	item_free(&back);
	js_free(w);
	js_free(v);
	return 0;
}
