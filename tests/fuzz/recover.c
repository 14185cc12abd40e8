/* Any text: it comes out the same in pieces as whole, what was told is a
 * prefix of what it came to, and only offered tools are called, with an
 * object each. */
#include "json/js.h"
#include "recover/recover.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char offered[] = "[{\"function\":{\"name\":\"now\"}},"
    "{\"function\":{\"name\":\"write_file\",\"parameters\":{\"type\":"
    "\"object\",\"properties\":{\"path\":{\"type\":\"string\"},\"content\":"
    "{\"type\":\"string\"},\"mode\":{\"type\":\"integer\"},\"tags\":{\"type\":"
    "\"array\",\"items\":{\"type\":\"string\"}}},\"required\":[\"path\"]}}}]";

struct told {
	struct buf	text, think;
	bool		recast;
};

static void
on_piece(void *arg, enum recover_kind kind, const char *p, size_t n)
{
	struct told *t = arg;

	if (kind == RECOVER_RECAST) {
		t->recast = true;
		buf_reset(&t->text);
		buf_reset(&t->think);
	} else {
		buf_add(kind == RECOVER_TEXT ? &t->text : &t->think, p, n);
	}
}

static void
prefix(const struct buf *a, const struct buf *b)
{
	if (a->len > b->len ||
	    (a->len > 0 && memcmp(a->data, b->data, a->len) != 0))
		abort();
}

/* All that came out, in one buffer. */
static void
outcome(struct buf *b, jv tools, const char *p, size_t n, size_t piece,
    unsigned flags)
{
	struct told t = { BUF_INIT, BUF_INIT, false };
	struct recover_opts o = { .thinking = flags & 1, .promote = flags & 2,
	    .plain = flags & 4, .format = flags & 8 ? "cline" : NULL };
	struct recover *r = recover_open(tools, &o, on_piece, &t);
	const struct recover_result *res;

	for (size_t i = 0; i < n; i += piece)
		recover_feed(r, p + i, n - i < piece ? n - i : piece);
	res = recover_end(r, flags & 16);
	prefix(&t.text, &res->content);
	if (!t.recast)
		prefix(&t.think, &res->reasoning);
	buf_addf(b, "%zu %zu ", res->ncalls, res->ncut);
	buf_add(b, res->content.data, res->content.len);
	buf_addc(b, '\n');
	buf_add(b, res->reasoning.data, res->reasoning.len);
	for (size_t i = 0; i < res->ncalls; i++) {
		struct err e = ERR_INIT;
		jv v = js_parse(res->calls[i].args.data,
		    res->calls[i].args.len, &e);

		if (!js_is_obj(v) || (strcmp(res->calls[i].name, "now") != 0 &&
		    strcmp(res->calls[i].name, "write_file") != 0))
			abort();
		js_free(v);
		buf_addf(b, "\n%s ", res->calls[i].name);
		buf_add(b, res->calls[i].args.data, res->calls[i].args.len);
	}
	buf_free(&t.text);
	buf_free(&t.think);
	recover_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = ERR_INIT;
	jv tools = js_parse(offered, sizeof(offered) - 1, &e);
	struct buf whole = BUF_INIT, parts = BUF_INIT;
	unsigned flags = n > 0 ? data[0] : 0;
	size_t piece = 1 + (n > 1 ? data[1] % 7 : 0);

	/* Texts of the corpus begin with a mark, not with flags. */
	if (flags >= 32)
		flags = 0;
	outcome(&whole, tools, (const char *)data, n, n > 0 ? n : 1, flags);
	outcome(&parts, tools, (const char *)data, n, piece, flags);
	if (whole.len != parts.len ||
	    memcmp(whole.data, parts.data, whole.len) != 0)
		abort();
	buf_free(&whole);
	buf_free(&parts);
	js_free(tools);
	return 0;
}
