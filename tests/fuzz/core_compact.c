/* Whatever lines and budget, what is left of a talk has a result for every
 * call that had one, no result more, the system messages and the user's last
 * words; and it is the same twice.  The first byte is the budget. */
#include "core/compact.h"

#include <stdlib.h>
#include <string.h>

#include "core/msg.h"
#include "json/jsonl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
load(struct compact *c, const uint8_t *data, size_t n)
{
	struct jsonl r;
	struct err e = ERR_INIT;
	enum jsonl_status st;
	jv v = js_none();

	jsonl_init(&r, "fuzz");
	jsonl_feed(&r, (const char *)data, n);
	jsonl_eof(&r);
	while ((st = jsonl_next(&r, &v, NULL, NULL, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR) {
		if (st == JSONL_ITEM) {
			compact_add(c, v);
			js_free(v);
		}
		v = js_none();
	}
	jsonl_free(&r);
}

/* The talk as text; *calls and *results of what is linked are counted. */
static void
dump(const struct compact *c, struct buf *b, size_t *gone)
{
	*gone = 0;
	for (size_t i = 0; i < c->n; i++) {
		jv m = compact_get(c, i);
		size_t owner = c->v[i].owner;

		if (js_is_valid(m)) {
			js_dump(b, m);
			buf_addc(b, '\n');
		} else {
			++*gone;
			if (msg_role(c->v[i].msg) == MSG_SYSTEM ||
			    i == c->goal || i == c->last_user)
				abort();
		}
		/* A result goes with its call, and stays with it. */
		if (owner < c->n && (c->v[owner].fate == COMPACT_GONE) !=
		    (c->v[i].fate == COMPACT_GONE))
			abort();
		js_free(m);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct compact a, b;
	struct buf x = BUF_INIT, y = BUF_INIT;
	size_t gone;
	bool fits;

	if (n < 1)
		return 0;
	compact_init(&a);
	compact_init(&b);
	load(&a, data + 1, n - 1);
	load(&b, data + 1, n - 1);
	fits = compact_run(&a, data[0] * 8, COMPACT_HARD, NULL);
	if (fits && compact_tokens(&a) > data[0] * 8)
		abort();
	compact_run(&b, data[0] * 8, COMPACT_HARD, NULL);
	dump(&a, &x, &gone);
	dump(&b, &y, &gone);
	if (x.len != y.len || (x.len > 0 &&
	    memcmp(x.data, y.data, x.len) != 0))
		abort();
	compact_sweep(&a);
	if (a.n != b.n - gone)
		abort();
	buf_reset(&x);
	dump(&a, &x, &gone);
	if (gone != 0 || x.len != y.len)
		abort();
	compact_free(&a);
	compact_free(&b);
	buf_free(&x);
	buf_free(&y);
	return 0;
}
