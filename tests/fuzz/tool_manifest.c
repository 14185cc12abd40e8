/* What an executable says it takes, in a file beside it or in comments: it
 * is refused with a reason, or it is a Tool object that can be listed. */
#include "base/buf.h"
#include "tool/extern.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
judge(jv tool, const struct err *said)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	if (!js_is_valid(tool)) {
		js_free(tool);
		return;
	}
	if (said->kind != ERR_NONE)
		abort();
	if ((extern_check(tool, "t", &e) == 0) != (e.msg[0] == '\0'))
		abort();
	if (e.kind == ERR_NONE && js_str(tool, "description") == NULL)
		abort();
	js_dump(&b, tool);
	buf_free(&b);
	js_free(tool);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct err e = ERR_INIT, none = ERR_INIT, ignored = ERR_INIT;
	struct vec argv = VEC_INIT;
	jv v = extern_comments(p, n, "t", &e);

	judge(v, &e);
	v = js_parse(p, n, &ignored);
	if (js_is_obj(v)) {
		extern_options(&argv, v);
		if (argv.n > 2 * n)
			abort();
	}
	judge(v, &none);
	vec_free(&argv);
	return 0;
}
