/* Any text of a model with tools offered: what a reader is told, in pieces
 * of any size, adds up to the message, and the message is the same however
 * the text was cut. */
#include "core/msg.h"
#include "gate/heal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char offered[] = "[{\"function\":{\"name\":\"now\"}},"
    "{\"function\":{\"name\":\"write_file\",\"parameters\":{\"type\":"
    "\"object\",\"properties\":{\"path\":{\"type\":\"string\"},\"content\":"
    "{\"type\":\"string\"}},\"required\":[\"path\"]}}}]";

struct told {
	struct buf	text, think, args;
};

static void
on_piece(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct told *t = arg;

	(void)name;
	if (kind == DELTA_RECAST) {
		buf_reset(&t->text);
		buf_reset(&t->think);
	} else if (kind == DELTA_ARGS) {
		buf_addf(&t->args, "%d ", index);
		buf_add(&t->args, p, n);
	} else {
		buf_add(kind == DELTA_TEXT ? &t->text : &t->think, p, n);
	}
}

static void
same(const struct buf *b, jv m, const char *key)
{
	jv v = js_get(m, key);
	size_t n = 0;
	const char *p = js_bytes(v, &n);

	if (n != b->len || (n > 0 && memcmp(p, b->data, n) != 0))
		abort();
	js_free(v);
}

static void
outcome(struct buf *out, jv tools, const char *p, size_t n, size_t piece,
    enum heal_mode mode)
{
	struct told t = { BUF_INIT, BUF_INIT, BUF_INIT };
	struct heal_opts o = { .mode = mode };
	struct heal h;
	struct delta d;
	struct err e = ERR_INIT;
	jv m, calls;

	heal_open(&h, &o, tools, on_piece, &t);
	delta_init(&d, heal_piece, &h);
	/* Characters come whole: delta.h sees to it. */
	for (size_t i = 0, k; i < n; i += k) {
		for (k = piece < n - i ? piece : n - i; k < n - i &&
		    ((unsigned char)p[i + k] & 0xc0) == 0x80;)
			k++;
		delta_text(&d, DELTA_TEXT, p + i, k);
	}
	m = heal_message(&h, &d, DELTA_DONE);
	if (msg_check(m, &e) == -1)
		abort();
	same(&t.text, m, "content");
	same(&t.think, m, "reasoning_content");
	buf_add(out, t.text.data, t.text.len);
	buf_addc(out, '\n');
	buf_add(out, t.think.data, t.think.len);
	buf_addc(out, '\n');
	buf_add(out, t.args.data, t.args.len);
	calls = js_get(m, "tool_calls");
	buf_addf(out, "\n%zu", js_len(calls));
	js_free(calls);
	js_free(m);
	delta_free(&d);
	heal_free(&h);
	buf_free(&t.text);
	buf_free(&t.think);
	buf_free(&t.args);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = ERR_INIT;
	jv tools = js_parse(offered, sizeof(offered) - 1, &e);
	struct buf whole = BUF_INIT, parts = BUF_INIT;
	size_t piece = 1 + (n > 0 ? data[n - 1] % 7 : 0);
	enum heal_mode mode = n > 1 ? data[n / 2] % 3 : 0;
	jv text = js_from_bytes((const char *)data, n);
	const char *p = js_bytes(text, &n);

	outcome(&whole, tools, p, n, n > 0 ? n : 1, mode);
	outcome(&parts, tools, p, n, piece, mode);
	if (whole.len != parts.len ||
	    memcmp(whole.data, parts.data, whole.len) != 0)
		abort();
	buf_free(&whole);
	buf_free(&parts);
	js_free(text);
	js_free(tools);
	return 0;
}
