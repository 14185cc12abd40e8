/* Whatever a Markdown file begins with: its head is strings, its body a part
 * of it, and what a prompt is filled with has no end of its own. */
#include "core/front.h"
#include "chat/prompt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct vec args = VEC_INIT;
	struct buf b = BUF_INIT;
	size_t body = 0;
	jv head = front_read((const char *)data, n, &body), keys;

	if (body > n)
		abort();
	keys = js_keys(head);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);
		jv v = key != NULL ? js_get(head, key) : js_none();

		if (key != NULL && !js_is_str(v))
			abort();
		js_free(v);
		js_free(k);
	}
	vec_push(&args, "one");
	vec_push(&args, "$1");
	prompt_fill(&b, (const char *)data + body, n - body, &args);
	if (b.len > (n + 1) * 8)
		abort();
	buf_free(&b);
	vec_free(&args);
	js_free(keys);
	js_free(head);
	return 0;
}
