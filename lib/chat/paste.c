/*
 * paste.c - what a terminal sends, apart from what is typed.
 */
#include "chat/paste.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char begin_mark[] = "\033[200~", end_mark[] = "\033[201~";

#define MARK	(sizeof(begin_mark) - 1)

void
paste_free(struct paste *p)
{
	buf_free(&p->raw);
	buf_free(&p->keys);
	buf_free(&p->text);
	vec_free(&p->kept);
}

/* Terminals send a CR for the end of a line. */
static void
unify(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\r' && i + 1 < b->len &&
		    b->data[i + 1] == '\n')
			continue;
		b->data[n++] = b->data[i] == '\r' ? '\n' : b->data[i];
	}
	buf_cut(b, n);
}

/* Into the line as if it was typed: no byte of it is a key. */
static void
type_in(struct paste *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		buf_addc(&p->keys, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

static void
pasted(struct paste *p)
{
	size_t lines = 1;
	char *name;

	unify(&p->text);
	while (p->text.len > 0 && p->text.data[p->text.len - 1] == '\n')
		buf_cut(&p->text, p->text.len - 1);
	for (size_t i = 0; i < p->text.len; i++)
		lines += p->text.data[i] == '\n';
	if (lines == 1) {
		type_in(p, buf_str(&p->text), p->text.len);
	} else {
		vec_push(&p->kept, buf_str(&p->text));
		name = xasprintf("[paste %zu: %zu lines]", p->kept.n, lines);
		buf_adds(&p->keys, name);
		free(name);
	}
	buf_reset(&p->text);
	p->within = false;
}

/* How many bytes of raw may be looked at, with at least one of a mark to
 * come at the end held back. */
static size_t
upto_mark(const struct buf *raw, const char *mark, bool *found)
{
	const char *at = memmem(raw->data, raw->len, mark, MARK);
	size_t n = raw->len;

	*found = at != NULL;
	if (at != NULL)
		return (size_t)(at - raw->data);
	for (size_t k = MARK - 1; k > 0; k--)
		if (n >= k && memcmp(raw->data + n - k, mark, k) == 0)
			return n - k;
	return n;
}

void
paste_feed(struct paste *p, const char *s, size_t n, bool idle)
{
	bool found = true;

	buf_add(&p->raw, s, n);
	while (p->raw.len > 0 && found) {
		size_t k = upto_mark(&p->raw, p->within ? end_mark :
		    begin_mark, &found);

		if (!found && idle && !p->within)
			k = p->raw.len;
		buf_add(p->within ? &p->text : &p->keys, p->raw.data, k);
		buf_shift(&p->raw, k + (found ? MARK : 0));
		if (p->within && (found || p->text.len > PASTE_MAX))
			pasted(p);
		else if (found)
			p->within = true;
	}
}

void
paste_type(struct paste *p, const char *s, size_t n)
{
	struct buf b = BUF_INIT;

	buf_add(&b, s, n);
	if (p->keys.len > p->keys_at)
		buf_add(&b, p->keys.data + p->keys_at, p->keys.len -
		    p->keys_at);
	buf_free(&p->keys);
	p->keys = b;
	p->keys_at = 0;
}

int
paste_key(struct paste *p, uint32_t *cp)
{
	size_t left = p->keys.len - p->keys_at, n;

	if (left == 0)
		return 0;
	n = utf8_decode(p->keys.data + p->keys_at, left, cp);
	if (n == 0) {
		/* Wait for the rest of a character, unless it is none. */
		if (utf8_cut(p->keys.data + p->keys_at, left) == 0 &&
		    left < 4)
			return 0;
		*cp = 0xfffd;
		n = 1;
	}
	p->keys_at += n;
	if (p->keys_at == p->keys.len) {
		buf_reset(&p->keys);
		p->keys_at = 0;
	}
	return 1;
}

void
paste_expand(struct paste *p, struct buf *line)
{
	for (size_t i = 0; i < p->kept.n; i++) {
		char *name = xasprintf("[paste %zu: ", i + 1);
		const char *at = memmem(buf_str(line), line->len, name,
		    strlen(name));
		const char *end = at != NULL ? strchr(at, ']') : NULL;
		struct buf out = BUF_INIT;

		free(name);
		if (end == NULL)
			continue;	/* it was taken out again */
		buf_add(&out, line->data, (size_t)(at - line->data));
		buf_adds(&out, p->kept.v[i]);
		buf_adds(&out, end + 1);
		buf_free(line);
		*line = out;
	}
	vec_free(&p->kept);
}
