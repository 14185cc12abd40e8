/* What the proxy is asked is read strictly; names in TLS are found. */
#include "netgate/errand.h"

#include <stdlib.h>

#include "base/mem.h"
#include "netgate/hello.h"
#include "tap.h"

static const struct {
	const char	*in;
	const char	*host;		/* NULL: refused */
	int		 port;		/* or the status of the refusal */
	const char	*head;		/* for the server; NULL: not looked at */
} table[] = {
	{ "CONNECT a.org:443 HTTP/1.1\r\nHost: b.org\r\n\r\n", "a.org", 443,
	    NULL },
	{ "CONNECT A.ORG.:22 HTTP/1.0\r\n\r\n", "a.org", 22, NULL },
	{ "CONNECT [::1]:443 HTTP/1.1\r\n\r\n", "::1", 443, NULL },
	{ "GET http://a.org/x?y HTTP/1.1\r\nHost: b.org\r\nAccept: */*\r\n"
	    "Proxy-Connection: keep-alive\r\nConnection: X-One, close\r\n"
	    "X-One: 1\r\nX-Two: 2\r\nProxy-Authorization: Basic x\r\n\r\n",
	    "a.org", 80, "GET /x?y HTTP/1.1\r\nHost: a.org\r\n"
	    "Connection: close\r\nAccept: */*\r\nX-Two: 2\r\n\r\n" },
	{ "POST http://a.org:81 HTTP/1.1\r\nContent-Length:  7 \r\n\r\nabc",
	    "a.org", 81, "POST / HTTP/1.1\r\nHost: a.org:81\r\n"
	    "Connection: close\r\nContent-Length:  7 \r\n\r\n" },
	{ "GET http://a.org?x HTTP/1.1\r\n\r\n", "a.org", 80,
	    "GET /?x HTTP/1.1\r\nHost: a.org\r\nConnection: close\r\n\r\n" },
	{ "CONNECT a.org HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT a.org:0 HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT a.org:65536 HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT a.org:4x HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT u@a.org:443 HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT a.org:443 HTTP/2.0\r\n\r\n", NULL, 505, NULL },
	{ "CONNECT  a.org:443 HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT a.org:443\r\n\r\n", NULL, 400, NULL },
	{ "CONNECT evil.org\\.a.org:443 HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "GET / HTTP/1.1\r\nHost: a.org\r\n\r\n", NULL, 400, NULL },
	{ "GET https://a.org/ HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "GET http://u:p@a.org/ HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "GET http://a.org/#f HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "GET http:///x HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "GET http://[::1/ HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "G(T http://a.org/ HTTP/1.1\r\n\r\n", NULL, 400, NULL },
	{ "GET http://a.org/ HTTP/1.1\nX: y\n\n", NULL, 400, NULL },
	{ "GET http://a.org/ HTTP/1.1\r\nX: y\n\r\n\r\n", NULL, 400, NULL },
	{ "GET http://a.org/ HTTP/1.1\r\n folded\r\n\r\n", NULL, 400, NULL },
	{ "GET http://a.org/ HTTP/1.1\r\nX : y\r\n\r\n", NULL, 400, NULL },
	{ "GET http://a.org/ HTTP/1.1\r\nnothing\r\n\r\n", NULL, 400, NULL },
	{ "POST http://a.org/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
	    NULL, 411, NULL },
	{ "POST http://a.org/ HTTP/1.1\r\nContent-Length: 1\r\n"
	    "content-length: 2\r\n\r\n", NULL, 400, NULL },
	{ "POST http://a.org/ HTTP/1.1\r\nContent-Length: +1\r\n\r\n", NULL,
	    400, NULL },
	{ "POST http://a.org/ HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", NULL,
	    400, NULL },
};

static void
requests(void)
{
	for (size_t i = 0; i < BASE_NITEMS(table); i++) {
		const char *in = table[i].in, *end = strstr(in, "\r\n\r\n");
		size_t n = strlen(in), head = end != NULL ?
		    (size_t)(end + 4 - in) : 0;
		struct errand r = { .status = 0 };
		long got = errand_read(&r, in, n);

		if (table[i].host == NULL) {
			is_int(got, -1, "refused");
			is_int(r.status, table[i].port, r.why);
		} else {
			is_int(got, head, table[i].host);
			is_str(r.host, table[i].host, "the host");
			is_int(r.port, table[i].port, "the port");
			if (table[i].head != NULL)
				is_str(buf_str(&r.head), table[i].head,
				    "the head");
		}
		errand_free(&r);
		/* Not before it is whole. */
		for (size_t k = 0; got > 0 && k < head; k++) {
			struct errand part = { .status = 0 };

			if (errand_read(&part, in, k) != 0)
				ok(false, "cut at %zu", k);
			errand_free(&part);
		}
	}
}

static void
nul_and_length(void)
{
	static const char nul[] = "CONNECT a.org\0.b.org:443 HTTP/1.1\r\n\r\n";
	struct errand r = { .status = 0 };
	char *big = xcalloc(1, ERRAND_HEAD + 1);

	is_int(errand_read(&r, nul, sizeof(nul) - 1), -1, "a NUL byte");
	memset(big, 'x', ERRAND_HEAD);
	r = (struct errand){ .status = 0 };
	is_int(errand_read(&r, big, ERRAND_HEAD), -1, "without an end");
	is_int(r.status, 431, "too long");
	free(big);
}

/* A ClientHello with these extensions, in records of that size. */
static void
hello_of(struct buf *out, const char *exts, size_t n, size_t record)
{
	struct buf m = BUF_INIT;
	size_t len;

	buf_add(&m, "\3\3", 2);
	for (int i = 0; i < 32; i++)
		buf_addc(&m, (char)i);
	buf_add(&m, "\0\0\2\x13\1\1\0", 7);
	if (exts != NULL) {
		buf_addc(&m, (char)(n >> 8));
		buf_addc(&m, (char)n);
		buf_add(&m, exts, n);
	}
	len = m.len;
	buf_reset(out);
	for (size_t at = 0, all = len + 4; at < all; at += record) {
		size_t part = all - at < record ? all - at : record;

		buf_add(out, "\x16\3\1", 3);
		buf_addc(out, (char)(part >> 8));
		buf_addc(out, (char)part);
		for (size_t i = at; i < at + part; i++)
			buf_addc(out, i == 0 ? 1 : i == 1 ? 0 : i == 2 ?
			    (char)(len >> 8) : i == 3 ? (char)len :
			    m.data[i - 4]);
	}
	buf_free(&m);
}

static void
names(void)
{
	static const char named[] = "\0\x17\0\0\0\0\0\x0a\0\x08\0\0\5A.org";
	static const char two[] = "\0\0\0\x0d\0\x0b\0\0\3a.b\0\0\2cd";
	static const char nul[] = "\0\0\0\x0a\0\x08\0\0\5a\0org";
	struct buf b = BUF_INIT;
	char host[ADMIT_HOST];

	for (size_t record = 1; record < 80; record += 13) {
		hello_of(&b, named, sizeof(named) - 1, record);
		is_int(hello_read((unsigned char *)b.data, b.len, host),
		    HELLO_NAMED, "named");
		is_str(host, "a.org", "its name");
		for (size_t i = 0; i < b.len; i++)
			if (hello_read((unsigned char *)b.data, i, host) !=
			    HELLO_MORE)
				ok(false, "cut at %zu", i);
	}
	hello_of(&b, NULL, 0, 9999);
	is_int(hello_read((unsigned char *)b.data, b.len, host),
	    HELLO_NAMELESS, "no extensions");
	hello_of(&b, "\0\x17\0\0", 4, 9999);
	is_int(hello_read((unsigned char *)b.data, b.len, host),
	    HELLO_NAMELESS, "no name");
	hello_of(&b, two, sizeof(two) - 1, 9999);
	is_int(hello_read((unsigned char *)b.data, b.len, host), HELLO_NONE,
	    "two names");
	hello_of(&b, nul, sizeof(nul) - 1, 9999);
	is_int(hello_read((unsigned char *)b.data, b.len, host), HELLO_NONE,
	    "a NUL byte");
	hello_of(&b, "\0\0\0\x63", 4, 9999);
	is_int(hello_read((unsigned char *)b.data, b.len, host), HELLO_NONE,
	    "beyond its end");
	is_int(hello_read((const unsigned char *)"GET / HTTP/1.1", 14, host),
	    HELLO_NONE, "no TLS");
	is_int(hello_read((const unsigned char *)"", 0, host), HELLO_MORE,
	    "nothing yet");
	buf_free(&b);
}

int
main(void)
{
	requests();
	nul_and_length();
	names();
	return done_testing();
}
