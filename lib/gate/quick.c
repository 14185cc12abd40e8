/*
 * quick.c - the usual chunk of a stream, without building values.
 */
#include "gate/quick.h"

#include <string.h>

#include "base/utf8.h"
#include "json/scan.h"

/* Larger frames are not worth remembering. */
#define FRAME_MAX	4096

/* Members of a chunk that change nothing after the first chunk. */
static const char *const dull[] = { "id", "object", "created", "model",
	"system_fingerprint", "service_tier", "provider", "obfuscation" };

static bool
is_dull(struct scan_span key)
{
	for (size_t i = 0; i < BASE_NITEMS(dull); i++)
		if (key.n == strlen(dull[i]) &&
		    memcmp(key.p, dull[i], key.n) == 0)
			return true;
	return false;
}

static bool
key_is(struct scan_span key, const char *s)
{
	return key.n == strlen(s) && memcmp(key.p, s, key.n) == 0;
}

static bool
is_raw(struct scan_span v, const char *s)
{
	return key_is(v, s);
}

/* A choice with a delta that holds one string, or nothing at all. */
static bool
find_piece(struct scan_span choice, struct scan_span *text,
    enum delta_kind *kind)
{
	struct scan_span key, value, delta = { NULL, 0 };
	size_t pos = 0;

	while (scan_member(choice.p, choice.n, &pos, &key, &value)) {
		if (key_is(key, "delta"))
			delta = value;
		else if (key_is(key, "index") ? !is_raw(value, "0") :
		    key_is(key, "finish_reason") || key_is(key, "logprobs") ?
		    !is_raw(value, "null") : true)
			return false;
	}
	if (delta.p == NULL || delta.n == 0 || delta.p[0] != '{')
		return false;
	text->p = NULL;
	for (pos = 0; scan_member(delta.p, delta.n, &pos, &key, &value);) {
		if (key_is(key, "role") || is_raw(value, "null"))
			continue;
		if (text->p != NULL || value.n < 2 || value.p[0] != '"')
			return false;
		if (key_is(key, "content"))
			*kind = DELTA_TEXT;
		else if (key_is(key, "reasoning_content"))
			*kind = DELTA_REASONING;
		else
			return false;
		*text = value;
	}
	return text->p != NULL;
}

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static uint32_t
unit(const char *p)
{
	return (uint32_t)(nibble(p[0]) << 12 | nibble(p[1]) << 8 |
	    nibble(p[2]) << 4 | nibble(p[3]));
}

/* The string literal's content; the scanner has found it sound. */
static void
unquote(struct buf *b, struct scan_span s)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *p = s.p + 1, *end = s.p + s.n - 1;

	while (p < end) {
		const char *q = memchr(p, '\\', (size_t)(end - p));
		const char *t;
		uint32_t cp;

		buf_add(b, p, (size_t)((q != NULL ? q : end) - p));
		if (q == NULL)
			return;
		p = q + 2;
		if (q[1] != 'u') {
			t = strchr(from, q[1]);
			buf_addc(b, t != NULL ? to[t - from] : q[1]);
			continue;
		}
		cp = unit(p);
		p += 4;
		if (cp >= 0xd800 && cp < 0xdc00) {
			cp = 0x10000 + ((cp - 0xd800) << 10) +
			    (unit(p + 2) - 0xdc00);
			p += 6;
		}
		utf8_encode(b, cp);
	}
}

/* Hand on the text of a string literal that is sound. */
static void
tell(struct delta *d, enum delta_kind kind, struct scan_span text)
{
	struct buf b = BUF_INIT;

	if (memchr(text.p, '\\', text.n) == NULL) {
		delta_text(d, kind, text.p + 1, text.n - 2);
		return;
	}
	unquote(&b, text);
	delta_text(d, kind, buf_str(&b), b.len);
	buf_free(&b);
}

void
quick_free(struct quick *q)
{
	buf_free(&q->frame);
}

static void
remember(struct quick *q, enum delta_kind kind, const char *p, size_t n,
    struct scan_span text)
{
	buf_reset(&q->frame);
	if (n - text.n > FRAME_MAX)
		return;
	q->kind = kind;
	q->before = (size_t)(text.p - p);
	buf_add(&q->frame, p, q->before);
	buf_add(&q->frame, text.p + text.n, n - q->before - text.n);
}

bool
quick_again(struct quick *q, struct delta *d, const char *p, size_t n)
{
	size_t len = q->frame.len, after = len - q->before;
	struct scan_info info;
	struct scan_span text;

	/* One string literal in place of another leaves the text sound. */
	if (len == 0 || n < len + 2 ||
	    memcmp(p, q->frame.data, q->before) != 0 ||
	    memcmp(p + n - after, q->frame.data + q->before, after) != 0)
		return false;
	text.p = p + q->before;
	text.n = n - len;
	if (text.p[0] != '"' || text.p[text.n - 1] != '"' ||
	    !scan_text(text.p, text.n, 1, &info) || info.surrogate ||
	    info.bytes)
		return false;
	tell(d, q->kind, text);
	return true;
}

bool
quick_take(struct quick *q, struct delta *d, const char *p, size_t n)
{
	struct scan_span key, value, choices = { NULL, 0 }, choice, more;
	struct scan_span text;
	enum delta_kind kind = DELTA_TEXT;
	size_t pos = 0;

	/* The first chunk tells the model's name and more. */
	if (d->model == NULL || d->choice != 0)
		return false;
	while (scan_member(p, n, &pos, &key, &value)) {
		if (key_is(key, "choices"))
			choices = value;
		else if (!is_dull(key) && !is_raw(value, "null"))
			return false;
	}
	pos = 0;
	if (choices.p == NULL ||
	    !scan_element(choices.p, choices.n, &pos, &choice) ||
	    scan_element(choices.p, choices.n, &pos, &more) ||
	    !find_piece(choice, &text, &kind))
		return false;
	tell(d, kind, text);
	remember(q, kind, p, n, text);
	return true;
}
