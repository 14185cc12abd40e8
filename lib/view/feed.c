/*
 * feed.c - the bytes of a text file as UTF-8, in pieces.
 */
#include "view/feed.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK	4096

static ssize_t
read_at(int fd, void *p, size_t n, off_t at)
{
	ssize_t got;

	do {
		got = pread(fd, p, n, at);
	} while (got == -1 && errno == EINTR);
	return got;
}

/* Zero bytes where ASCII as UTF-16 has them, and nowhere else. */
static enum feed_code
guess(const unsigned char *p, size_t n)
{
	size_t zero[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		zero[i & 1] += p[i] == 0;
	if (zero[1] * 4 > n && zero[0] == 0)
		return FEED_UTF16LE;
	if (zero[0] * 4 > n && zero[1] == 0)
		return FEED_UTF16BE;
	return FEED_PLAIN;
}

int
feed_open(struct feed *f, int fd, struct err *e)
{
	unsigned char p[LOOK];
	struct stat st;
	ssize_t n;

	*f = (struct feed){ .fd = fd };
	if (fstat(fd, &st) == -1 || (n = read_at(fd, p, LOOK, 0)) == -1)
		return err_sys(e, "read");
	f->size = st.st_size;
	if (n >= 4 && (memcmp(p, "\xff\xfe\0\0", 4) == 0 ||
	    memcmp(p, "\0\0\xfe\xff", 4) == 0))
		return err_set(e, ERR_DATA, "it is UTF-32 text; convert it "
		    "with iconv");
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		f->begin = 3;
	else if (n >= 2 && memcmp(p, "\xff\xfe", 2) == 0)
		f->code = FEED_UTF16LE;
	else if (n >= 2 && memcmp(p, "\xfe\xff", 2) == 0)
		f->code = FEED_UTF16BE;
	if (f->code != FEED_PLAIN)
		f->begin = 2;
	f->marked = f->begin != 0;
	if (!f->marked)
		f->code = guess(p, (size_t)n & ~(size_t)1);
	f->at = f->begin;
	return 0;
}

void
feed_seek(struct feed *f, off_t at)
{
	f->at = at;
	f->high = 0;
	f->left = 0;
}

void
feed_close(struct feed *f)
{
	free(f->piece);
	f->piece = NULL;
	f->left = 0;
}

void
feed_take(struct feed *f, size_t n)
{
	f->p += n;
	f->left -= n;
}

/* One unit of UTF-16. */
static void
unit(struct feed *f, uint32_t u, struct buf *out)
{
	bool low = u >= 0xdc00 && u < 0xe000;

	if (f->high != 0 && low) {
		utf8_encode(out, 0x10000 + ((f->high - 0xd800) << 10) +
		    (u - 0xdc00));
		f->high = 0;
		return;
	}
	if (f->high != 0)
		utf8_encode(out, 0xfffd);
	f->high = u >= 0xd800 && u < 0xdc00 ? u : 0;
	if (f->high == 0)
		utf8_encode(out, low ? 0xfffd : u);
}

static ssize_t
read_utf16(struct feed *f, char *p, size_t n)
{
	unsigned char raw[16384];
	struct buf out = BUF_INIT;
	size_t want = n / 4 * 2;
	ssize_t got;

	got = read_at(f->fd, raw, want < sizeof(raw) ? want : sizeof(raw),
	    f->at);
	if (got == -1)
		return -1;
	f->at += got;
	for (ssize_t i = 0; i + 1 < got; i += 2)
		unit(f, f->code == FEED_UTF16LE ?
		    raw[i] | (uint32_t)raw[i + 1] << 8 :
		    (uint32_t)raw[i] << 8 | raw[i + 1], &out);
	/* Cut within a unit: only at the end of the file. */
	if (got % 2 != 0 && got > 1)
		f->at--;
	if (got <= 1 && f->high != 0) {
		utf8_encode(&out, 0xfffd);
		f->high = 0;
	}
	got = (ssize_t)out.len;
	memcpy(p, buf_str(&out), out.len);
	buf_free(&out);
	return got;
}

static ssize_t
read_plain(struct feed *f, char *p, size_t n)
{
	ssize_t got = read_at(f->fd, p, n, f->at);

	if (got > 0)
		f->at += got;
	return got;
}

bool
feed_next(struct feed *f, struct err *e)
{
	ssize_t got;

	if (f->piece == NULL)
		f->piece = xmalloc(FEED_PIECE);
	/* A lone half of a pair gives no bytes yet. */
	do {
		got = f->code == FEED_PLAIN ?
		    read_plain(f, f->piece, FEED_PIECE) :
		    read_utf16(f, f->piece, FEED_PIECE);
	} while (got == 0 && f->high != 0);
	if (got == -1)
		err_sys(e, "read");
	f->p = f->piece;
	f->left = got > 0 ? (size_t)got : 0;
	return got > 0;
}
