/*
 * hello.c - the name in the first words of TLS.
 */
#include "netgate/hello.h"

#include "base/buf.h"

#include <string.h>

enum { RECORD_HANDSHAKE = 22, CLIENT_HELLO = 1, SERVER_NAME = 0 };

struct reader {
	const unsigned char *p;
	size_t	 n;
	bool	 bad;		/* it ended too early */
};

static size_t
take(struct reader *r, int bytes)
{
	size_t v = 0;

	for (int i = 0; i < bytes; i++) {
		if (r->n == 0) {
			r->bad = true;
			return 0;
		}
		v = v << 8 | *r->p++;
		r->n--;
	}
	return v;
}

/* A vector whose length stands before it in so many bytes. */
static struct reader
vector(struct reader *r, int bytes)
{
	struct reader in = { NULL, 0, false };
	size_t n = take(r, bytes);

	if (r->bad || n > r->n) {
		r->bad = in.bad = true;
		return in;
	}
	in.p = r->p;
	in.n = n;
	r->p += n;
	r->n -= n;
	return in;
}

/* The list of server names: the first host name counts. */
static enum hello
name_of(struct reader ext, char host[ADMIT_HOST])
{
	struct reader list = vector(&ext, 2), name;
	char text[ADMIT_HOST];

	if (take(&list, 1) != 0)
		return HELLO_NONE;
	name = vector(&list, 2);
	/* One name, or it is not clear which one counts. */
	if (list.bad || list.n != 0 || name.n == 0 || name.n >= sizeof(text) ||
	    memchr(name.p, '\0', name.n) != NULL)
		return HELLO_NONE;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	admit_host(host, text);
	return *host != '\0' ? HELLO_NAMED : HELLO_NONE;
}

static enum hello
look(struct reader r, char host[ADMIT_HOST])
{
	struct reader exts;

	take(&r, 2);		/* version */
	for (int i = 0; i < 32; i++)
		take(&r, 1);	/* random */
	vector(&r, 1);		/* session */
	vector(&r, 2);		/* ciphers */
	vector(&r, 1);		/* compression */
	if (r.bad)
		return HELLO_NONE;
	if (r.n == 0)
		return HELLO_NAMELESS;
	exts = vector(&r, 2);
	while (!exts.bad && exts.n > 0) {
		size_t type = take(&exts, 2);
		struct reader ext = vector(&exts, 2);

		if (!exts.bad && type == SERVER_NAME)
			return name_of(ext, host);
	}
	return r.bad || exts.bad ? HELLO_NONE : HELLO_NAMELESS;
}

/* The handshake message out of its records, which may cut it anywhere. */
static enum hello
gather(struct reader r, struct buf *message)
{
	size_t want;

	for (;;) {
		size_t n;

		if (message->len >= 4) {
			const unsigned char *m =
			    (const unsigned char *)message->data;

			want = (size_t)m[1] << 16 | (size_t)m[2] << 8 | m[3];
			if (m[0] != CLIENT_HELLO || want > HELLO_MAX)
				return HELLO_NONE;
			if (message->len >= want + 4)
				return HELLO_NAMED;
		}
		if (r.n > 0 && r.p[0] != RECORD_HANDSHAKE)
			return HELLO_NONE;
		if (r.n > 1 && r.p[1] != 3)
			return HELLO_NONE;
		if (r.n < 5)
			return HELLO_MORE;
		take(&r, 3);
		n = take(&r, 2);
		if (n == 0 || n > 16384)
			return HELLO_NONE;
		if (n > r.n)
			return HELLO_MORE;
		buf_add(message, r.p, n);
		r.p += n;
		r.n -= n;
	}
}

enum hello
hello_read(const unsigned char *p, size_t n, char host[ADMIT_HOST])
{
	struct reader r = { p, n, false };
	struct buf message = BUF_INIT;
	enum hello rc;

	*host = '\0';
	rc = gather(r, &message);
	if (rc == HELLO_NAMED) {
		const unsigned char *m = (const unsigned char *)message.data;

		r.p = m + 4;
		r.n = (size_t)m[1] << 16 | (size_t)m[2] << 8 | m[3];
		rc = look(r, host);
	}
	if (rc == HELLO_MORE && n >= HELLO_MAX)
		rc = HELLO_NONE;
	buf_free(&message);
	return rc;
}
