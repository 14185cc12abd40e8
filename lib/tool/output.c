/*
 * output.c - what a command wrote, made fit for a model.
 */
#include "tool/output.h"

#include "base/utf8.h"
#include "tool/text.h"

#include <string.h>

/* Length of the colour sequence at p, 0 when there is none. */
static size_t
colour(const char *p, size_t n)
{
	size_t i = 2;

	if (n < 3 || p[0] != '\x1b' || p[1] != '[')
		return 0;
	while (i < n && i < 32 && ((p[i] >= '0' && p[i] <= '9') ||
	    p[i] == ';' || p[i] == ':'))
		i++;
	return i < n && (p[i] == 'm' || p[i] == 'K') ? i + 1 : 0;
}

/* One line without its LF. */
static void
clean_line(struct buf *out, const char *p, size_t n)
{
	const char *cr;
	size_t from = 0;

	while (n != 0 && p[n - 1] == '\r')
		n--;
	/* Only what a terminal would show in the end. */
	cr = n != 0 ? memrchr(p, '\r', n) : NULL;
	if (cr != NULL) {
		n -= (size_t)(cr + 1 - p);
		p = cr + 1;
	}
	for (size_t i = 0; i < n;) {
		size_t skip = p[i] == '\x1b' ? colour(p + i, n - i) : 0;

		if (skip == 0) {
			i++;
			continue;
		}
		utf8_escape(out, p + from, i - from, UTF8_TEXT);
		i += skip;
		from = i;
	}
	utf8_escape(out, p + from, n - from, UTF8_TEXT);
}

void
output_clean(struct buf *out, const char *p, size_t n)
{
	while (n != 0) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;

		clean_line(out, p, len);
		if (nl == NULL)
			break;
		buf_addc(out, '\n');
		p = nl + 1;
		n -= len + 1;
	}
}

/* End of the first part: at most lines lines and bytes bytes. */
static size_t
head_end(const struct buf *b, size_t lines, size_t bytes)
{
	size_t at = 0;

	while (lines-- != 0 && at < b->len) {
		const char *nl = memchr(b->data + at, '\n', b->len - at);
		size_t next = nl != NULL ? (size_t)(nl + 1 - b->data) :
		    b->len;

		if (next > bytes)
			return at != 0 ? at : utf8_cut(b->data, bytes);
		at = next;
	}
	return at;
}

static size_t
tail_start(const struct buf *b, size_t lines, size_t bytes)
{
	size_t at = b->len;

	while (lines-- != 0 && at != 0) {
		const char *nl = memrchr(b->data, '\n', at - 1);
		size_t next = nl != NULL ? (size_t)(nl + 1 - b->data) : 0;

		if (b->len - next > bytes) {
			if (at != b->len)
				return at;
			next = b->len - bytes;
			while (next < b->len && ((unsigned char)
			    b->data[next] & 0xc0) == 0x80)
				next++;
			return next;
		}
		at = next;
	}
	return at;
}

bool
output_cut(struct buf *b, size_t lines, size_t bytes)
{
	size_t have = text_lines(buf_str(b), b->len), head, tail;
	struct buf out = BUF_INIT;

	if (have <= lines && b->len <= bytes)
		return false;
	head = head_end(b, lines / 3, bytes / 3);
	tail = tail_start(b, lines - lines / 3, bytes - bytes / 3);
	if (tail <= head)
		return false;
	buf_add(&out, b->data, head);
	if (out.len != 0 && out.data[out.len - 1] != '\n')
		buf_addc(&out, '\n');
	buf_addf(&out, "[... %zu lines, %zu bytes left out ...]\n",
	    text_lines(b->data + head, tail - head), tail - head);
	buf_add(&out, b->data + tail, b->len - tail);
	buf_free(b);
	*b = out;
	return true;
}
