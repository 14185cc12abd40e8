/* Whatever is called a prompt of another program: it is refused with the name
 * of the file, or becomes prompt files with a name that is no path, a head that
 * chooses nothing, and no command. */
#include "chat/foreign.h"
#include "chat/prompt.h"
#include "core/front.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
look(const struct foreign *f)
{
	struct vec found = VEC_INIT;
	size_t body = 0;
	jv head = front_read(buf_str(&f->text), f->text.len, &body);

	if (body == 0 || *f->name == '\0' || strpbrk(f->name, "/.\n") != NULL ||
	    js_has(head, "model") || js_has(head, "tools"))
		abort();
	prompt_commands(buf_str(&f->text) + body, f->text.len - body, &found);
	if (found.n > 0)
		abort();
	vec_free(&found);
	js_free(head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct foreigns all = { NULL, 0 };
	struct buf text = BUF_INIT, more = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	if (n == 0)
		return 0;
	buf_add(&text, data + 1, n - 1);
	switch (data[0] % 3) {
	case 0:
		rc = foreign_yaml(&all, FOREIGN_ANY, &text, "f", "x", &e);
		break;
	case 1:
		rc = foreign_role(&all, FOREIGN_ANY, &text, "f", "x", &e);
		break;
	default:
		buf_add(&more, data + 1 + (n - 1) / 2, n - 1 - (n - 1) / 2);
		rc = foreign_pattern(&all, &text, &more, "f", "x", &e);
		break;
	}
	if ((rc == 0) != (e.kind == ERR_NONE) || (rc == -1 &&
	    (e.kind != ERR_DATA || e.msg[0] != 'f')))
		abort();
	for (size_t i = 0; rc == 0 && i < all.n; i++)
		look(&all.v[i]);
	foreigns_free(&all);
	buf_free(&text);
	buf_free(&more);
	return 0;
}
