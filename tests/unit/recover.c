/* Every text of tests/data/recover comes out as it should: whole, byte by
 * byte and in pieces of random size.  A record has a text, the tools that
 * were offered and what is expected; see the README there. */
#include "base/mem.h"
#include "json/jsonl.h"
#include "recover/recover.h"
#include "sys/file.h"

#include <glob.h>
#include <stdlib.h>

#include "tap.h"

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

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

static void
add(struct buf *b, const char *key, const char *p, size_t n)
{
	buf_addf(b, ",\"%s\":", key);
	if (n == 0)
		buf_adds(b, "null");
	else
		js_quote(b, p, n);
}

static void
add_calls(struct buf *b, const struct recover_call *v, size_t n)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;
		jv a = js_parse(buf_str(&v[i].args), v[i].args.len, &e);

		buf_adds(b, i > 0 ? ",{\"name\":" : "{\"name\":");
		js_quote(b, v[i].name, strlen(v[i].name));
		buf_adds(b, ",\"arguments\":");
		if (js_is_valid(a))
			js_dump(b, a);
		else
			js_quote(b, buf_str(&v[i].args), v[i].args.len);
		buf_addc(b, '}');
		js_free(a);
	}
	buf_addc(b, ']');
}

/* What comes out, as JSON; pieces of 0 bytes: whole, 1 bytes, else of up to
 * that size. */
static char *
outcome(jv rec, size_t piece, uint32_t seed, const char **why)
{
	struct told t = { BUF_INIT, BUF_INIT, false };
	jv tools = js_get(rec, "tools");
	struct recover_opts o = { .format = js_str(rec, "ask"),
	    .thinking = js_bool(rec, "prompt_opens_thinking", false),
	    .promote = js_bool(rec, "promote", false),
	    .plain = js_bool(rec, "plain", false) };
	struct recover *r = recover_open(tools, &o, on_piece, &t);
	const struct recover_result *res;
	struct buf b = BUF_INIT;
	size_t n, k;
	const char *p = js_str_len(rec, "text", &n);

	for (size_t i = 0; i < n; i += k) {
		k = piece == 0 ? n : piece == 1 ? 1 :
		    1 + next_random(&seed) % piece;
		if (k > n - i)
			k = n - i;
		recover_feed(r, p + i, k);
	}
	res = recover_end(r, js_bool(rec, "cut", false));
	buf_adds(&b, "{\"tool_calls\":");
	add_calls(&b, res->calls, res->ncalls);
	add(&b, "content", res->content.data, res->content.len);
	add(&b, "reasoning", res->reasoning.data, res->reasoning.len);
	buf_addf(&b, ",\"cut\":%zu}", res->ncut);
	if (t.text.len > res->content.len ||
	    memcmp(buf_str(&t.text), buf_str(&res->content), t.text.len) != 0)
		*why = "told text is no prefix of the content";
	if (!t.recast && (t.think.len > res->reasoning.len ||
	    memcmp(buf_str(&t.think), buf_str(&res->reasoning),
	    t.think.len) != 0))
		*why = "told reasoning is no prefix of the reasoning";
	buf_free(&t.text);
	buf_free(&t.think);
	recover_free(r);
	js_free(tools);
	return buf_detach(&b);
}

/* True when got has what is expected, of the members to be checked. */
static bool
as_expected(jv rec, const char *got)
{
	struct err e = ERR_INIT;
	jv g = js_parse(got, strlen(got), &e);
	jv want = js_get(rec, "expect"), check = js_get(rec, "check");
	bool same = true;

	for (size_t i = 0; i < js_len(check); i++) {
		jv name = js_at(check, i);
		jv a = js_get(g, js_cstr(name)), b = js_get(want,
		    js_cstr(name));

		same &= js_eq(a, b);
		js_free(a);
		js_free(b);
		js_free(name);
	}
	js_free(check);
	js_free(want);
	js_free(g);
	return same;
}

static void
one(jv rec)
{
	const char *id = js_str(rec, "id"), *why = NULL;
	char *whole = outcome(rec, 0, 0, &why), *other = NULL;
	jv want = js_get(rec, "expect");
	struct buf b = BUF_INIT;

	js_dump(&b, want);
	if (!as_expected(rec, whole)) {
		why = "not as expected";
	} else {
		buf_reset(&b);
		buf_adds(&b, whole);
	}
	for (uint32_t i = 0; why == NULL && i < 12; i++) {
		free(other);
		other = outcome(rec, i == 0 ? 1 : 1 + i * 3, i, &why);
		if (why == NULL && strcmp(whole, other) != 0)
			why = "depends on the pieces";
	}
	if (!ok(why == NULL, "%s: %s", id, why ? why : js_str(rec, "note")))
		fprintf(stderr, "# got   %s\n# want  %s\n", other != NULL ?
		    other : whole, buf_str(&b));
	buf_free(&b);
	js_free(want);
	free(whole);
	free(other);
}

static void
file(const char *path)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct jsonl in;
	enum jsonl_status st;
	jv rec;

	if (!ok(file_read(path, &text, 1 << 24, &e) == 0, "%s", path))
		return;
	jsonl_init(&in, path);
	jsonl_feed(&in, text.data, text.len);
	jsonl_eof(&in);
	while ((st = jsonl_next(&in, &rec, NULL, NULL, &e)) != JSONL_END) {
		if (st == JSONL_ERROR) {
			ok(false, "%s: %s", path, e.msg);
			continue;
		}
		one(rec);
		js_free(rec);
	}
	jsonl_free(&in);
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	glob_t g;

	for (int i = 1; i < argc; i++)
		file(argv[i]);
	if (argc > 1)
		return done_testing();
	if (glob("tests/data/recover/*.jsonl", 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			file(g.gl_pathv[i]);
	globfree(&g);
	return done_testing();
}
