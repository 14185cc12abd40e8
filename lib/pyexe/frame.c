/*
 * frame.c - pieces on a byte stream.
 */
#include "pyexe/frame.h"

#include "base/fdio.h"

int
frame_write(int fd, char kind, const void *p, size_t n)
{
	unsigned char head[FRAME_HEAD] = { (unsigned char)kind,
	    (unsigned char)(n >> 24), (unsigned char)(n >> 16),
	    (unsigned char)(n >> 8), (unsigned char)n };
	struct buf b = BUF_INIT;
	int rc;

	buf_add(&b, head, sizeof(head));
	if (n > 0)
		buf_add(&b, p, n);
	rc = fd_write_all(fd, b.data, b.len);
	buf_free(&b);
	return rc;
}

int
frame_take(const struct buf *b, size_t *at, struct frame *f)
{
	const unsigned char *h;
	size_t n;

	if (b->len - *at < FRAME_HEAD)
		return 0;
	h = (const unsigned char *)b->data + *at;
	n = (size_t)h[1] << 24 | (size_t)h[2] << 16 | (size_t)h[3] << 8 |
	    (size_t)h[4];
	if (n > FRAME_MAX)
		return -1;
	if (b->len - *at - FRAME_HEAD < n)
		return 0;
	*f = (struct frame){ (char)h[0], b->data + *at + FRAME_HEAD, n };
	*at += FRAME_HEAD + n;
	return 1;
}
