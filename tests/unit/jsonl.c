/* JSON Lines come out the same however the bytes were cut, and a bad line
 * costs only itself. */
#include "base/fdio.h"
#include "base/mem.h"
#include "json/jsonl.h"

#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

/* All lines as text: values dumped, errors as "!" and their number. */
static char *
drain(struct jsonl *r, struct buf *out)
{
	struct err e = ERR_INIT;
	enum jsonl_status st;
	jv v;

	while ((st = jsonl_next(r, &v, NULL, NULL, &e)) != JSONL_END &&
	    st != JSONL_MORE) {
		if (st == JSONL_ITEM)
			js_dump(out, v);
		else
			buf_addf(out, "!%llu", (unsigned long long)r->lineno);
		buf_addc(out, '|');
		js_free(v);
	}
	return out->data;
}

static char *
in_pieces(const char *p, size_t n, size_t piece)
{
	struct jsonl r;
	struct buf out = BUF_INIT;

	jsonl_init(&r, "test");
	buf_adds(&out, "");
	for (size_t i = 0; i < n; i += piece) {
		jsonl_feed(&r, p + i, n - i < piece ? n - i : piece);
		drain(&r, &out);
	}
	jsonl_eof(&r);
	drain(&r, &out);
	if (r.torn)
		buf_addc(&out, 'T');
	jsonl_free(&r);
	return buf_detach(&out);
}

static void
framing(void)
{
	static const char text[] = "\xef\xbb\xbf{\"a\":1}\r\n\n  \n[2]\nbad\n"
	    "\"x\xe2\x80\xa8y\"\n{\"s\":\"\\ud83d\"}\n\"\xff\"\n{\"t\":1";
	static const char want[] = "{\"a\":1}|[2]|!5|\"x\xe2\x80\xa8y\"|"
	    "{\"s\":\"\xef\xbf\xbd\"}|\"\xef\xbf\xbd\"|!9|T";

	for (size_t piece = 1; piece <= sizeof(text); piece++) {
		char *got = in_pieces(text, sizeof(text) - 1, piece);

		if (strcmp(got, want) != 0 || piece == sizeof(text))
			is_str(got, want, "the same in pieces of any size");
		free(got);
	}
	{
		char *got = in_pieces("{\"n\":\"a\\u0000b\"}\n\"\0\"\n7", 22,
		    5);

		is_str(got, "{\"n\":\"a\\u0000b\"}|!2|7|T",
		    "an escaped NUL is data, a raw one is not; a last line "
		    "without its end counts");
		free(got);
	}
}

static void
caps(void)
{
	struct jsonl r;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	const char *p;
	size_t n;

	jsonl_init(&r, "FILE");
	r.cap = 10;
	for (int i = 0; i < 100; i++)
		jsonl_feed(&r, "\"0123456789\"", 12);
	is_int(jsonl_line(&r, &p, &n, &e), JSONL_ERROR,
	    "a line over the cap is refused before its end");
	has(e.msg, "FILE line 1: longer than 10 bytes", "with its number");
	is_int(jsonl_line(&r, &p, &n, &e), JSONL_MORE, "then skipped");
	jsonl_feed(&r, "more\n[1]\n", 9);
	is_int(jsonl_line(&r, &p, &n, &e), JSONL_ITEM, "the next is read");
	is_mem(p, n, "[1]", 3, "whole");
	is_int(r.lineno, 2, "with its own number");
	jsonl_feed(&r, "\"01234567890123\"\n", 17);
	is_int(jsonl_line(&r, &p, &n, &e), JSONL_ERROR, "also when it is whole");
	jsonl_free(&r);
	buf_free(&out);
}

static void
descriptors(void)
{
	struct buf big = BUF_INIT;
	struct err e = ERR_INIT;
	struct jsonl r;
	int fds[2];
	jv v;

	buf_addc(&big, '"');
	for (int i = 0; i < 60000; i++)
		buf_addc(&big, 'x');
	buf_addc(&big, '"');
	if (pipe(fds) == -1)
		return;
	is_int(jsonl_write_bytes(fds[1], big.data, big.len, &e), 0, "a write");
	v = js_set_int(js_obj(), "n", 2);
	is_int(jsonl_write(fds[1], v, &e), 0, "another");
	js_free(v);
	close(fds[1]);
	jsonl_init(&r, "pipe");
	is_int(jsonl_read(&r, fds[0], &v, NULL, NULL, &e), JSONL_ITEM, "one");
	js_free(v);
	is_int(jsonl_read(&r, fds[0], &v, NULL, NULL, &e), JSONL_ITEM, "two");
	js_free(v);
	is_int(jsonl_read(&r, fds[0], &v, NULL, NULL, &e), JSONL_END, "end");
	is_int(jsonl_read(&r, fds[0], &v, NULL, NULL, &e), JSONL_END, "still");
	jsonl_free(&r);
	close(fds[0]);
	jsonl_init(&r, "closed");
	is_int(jsonl_read(&r, fds[0], &v, NULL, NULL, &e), JSONL_ERROR,
	    "a closed descriptor is an error");
	is_int(e.kind, ERR_IO, "of reading");
	is_int(jsonl_read(&r, fds[0], &v, NULL, NULL, &e), JSONL_END,
	    "after which there is nothing more");
	jsonl_free(&r);
	buf_free(&big);
}

int
main(void)
{
	framing();
	caps();
	descriptors();
	return done_testing();
}
