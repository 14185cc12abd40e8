/* Whatever is called YAML: a value, or one error that names a line; and a value
 * is not larger than its text allows. */
#include "core/yaml.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = yaml_read((const char *)data, n, "f", &e);

	if (js_is_valid(v)) {
		if (e.kind != ERR_NONE)
			abort();
		js_dump(&b, v);
		if (b.len > (n + 1) * 16)
			abort();
	} else if (e.kind != ERR_DATA || strncmp(e.msg, "f:", 2) != 0) {
		abort();
	}
	buf_free(&b);
	js_free(v);
	return 0;
}
