/* A condition that a model wrote: it is refused with a reason, or it is
 * decided for every row. */
#include "base/mem.h"
#include "view/where.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const cells[] = { "12", "Ulm", "", "2024-01-05",
	    "-12345678901234567890", "TRUE", "3.5e3" };
	char *text = xmemdup(data, n);
	struct buf why = BUF_INIT;
	struct vec names = VEC_INIT;
	struct view_row r = { .bytes = NULL };
	struct where *w;
	bool first;

	/* Counts of counts make regcomp(3) itself endless; the walls of the
	 * tool are for that. */
	for (char *p = text; *p != '\0'; p++)
		if (*p == '{' || *p == '+')
			*p = ' ';
	w = where_parse(text, &why);
	if ((w == NULL) != (why.len != 0))
		abort();
	if (w != NULL) {
		vec_push(&names, "a");
		vec_push(&names, "b c");
		if (!where_bind(w, &names, &why) && why.len == 0)
			abort();
		for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]);
		    i++) {
			struct view_cell *c;

			r.n = 0;
			r.bytes = cells[i];
			c = view_row_add(&r);
			c->n = c->total = strlen(cells[i]);
			first = where_match(w, &r);
			if (where_match(w, &r) != first)
				abort();
		}
	}
	where_free(w);
	view_row_free(&r);
	vec_free(&names);
	buf_free(&why);
	free(text);
	return 0;
}
