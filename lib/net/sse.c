/*
 * sse.c - event streams, pushed in as bytes, handed out as events.
 *
 * The bytes of an unfinished line wait in s->line.  The data of the event
 * so far is either s->span, which points into a line that is still in
 * memory, or s->data, from the second data line or the end of that line's
 * memory on; never both.
 */
#include "net/sse.h"

#include <limits.h>
#include <string.h>

void
sse_init(struct sse *s, size_t max)
{
	memset(s, 0, sizeof(*s));
	s->max = max == 0 ? SSE_EVENT_MAX : max;
	s->retry_ms = -1;
}

void
sse_free(struct sse *s)
{
	buf_free(&s->line);
	buf_free(&s->data);
	buf_free(&s->type);
	buf_free(&s->id);
}

static int
too_long(const struct sse *s, struct err *e)
{
	return err_set(e, ERR_PROTOCOL,
	    "an event of the stream is longer than %zu bytes", s->max);
}

/* Forget the event in the making. */
static void
forget(struct sse *s)
{
	buf_reset(&s->data);
	buf_reset(&s->type);
	s->span = NULL;
	s->has_data = false;
}

/* Hand out the event in the making, if there is any data in it. */
static int
dispatch(struct sse *s, bool cut, sse_fn *cb, void *arg, struct err *e)
{
	struct sse_event ev = {
		.type = s->type.len > 0 ? buf_str(&s->type) : "message",
		.data = s->span != NULL ? s->span : buf_str(&s->data),
		.len = s->span != NULL ? s->span_len : s->data.len,
		.id = buf_str(&s->id),
		.cut = cut,
	};
	int rc = 0;

	if (s->has_data) {
		s->events++;
		rc = cb(arg, &ev, e);
	}
	forget(s);
	return rc;
}

/* Move the span, if any, to memory of our own. */
static void
spill(struct sse *s)
{
	if (s->span == NULL)
		return;
	buf_add(&s->data, s->span, s->span_len);
	s->span = NULL;
}

static int
add_data(struct sse *s, const char *p, size_t n, struct err *e)
{
	size_t have = s->span != NULL ? s->span_len : s->data.len;

	if (n > s->max || have + s->has_data > s->max - n)
		return too_long(s, e);
	if (!s->has_data) {
		s->has_data = true;
		s->span = p;
		s->span_len = n;
		return 0;
	}
	spill(s);
	buf_addc(&s->data, '\n');
	buf_add(&s->data, p, n);
	return 0;
}

static void
set_retry(struct sse *s, const char *p, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9' || v > INT_MAX)
			return;
		v = v * 10 + (p[i] - '0');
	}
	if (n > 0)
		s->retry_ms = v;
}

static void
set_string(struct buf *b, const char *p, size_t n)
{
	if (n > 0 && memchr(p, '\0', n) != NULL)
		return;
	buf_reset(b);
	buf_add(b, p, n);
}

static bool
is(const char *name, size_t n, const char *want)
{
	return n == strlen(want) && memcmp(name, want, n) == 0;
}

/* One "name: value" or "name" line. */
static int
take_field(struct sse *s, const char *p, size_t n, struct err *e)
{
	const char *colon = memchr(p, ':', n);
	size_t name = colon != NULL ? (size_t)(colon - p) : n;
	const char *value = p + name;
	size_t len = n - name;

	if (len > 0) {			/* the colon, and one blank */
		value++;
		len--;
	}
	if (len > 0 && *value == ' ') {
		value++;
		len--;
	}
	if (is(p, name, "data"))
		return add_data(s, value, len, e);
	if (is(p, name, "event"))
		set_string(&s->type, value, len);
	else if (is(p, name, "id"))
		set_string(&s->id, value, len);
	else if (is(p, name, "retry"))
		set_retry(s, value, len);
	return 0;
}

/* One line without its end; cut when the stream ended within it. */
static int
take_line(struct sse *s, const char *p, size_t n, bool cut, sse_fn *cb,
    void *arg, struct err *e)
{
	int rc;

	if (!s->begun && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	s->begun = true;
	if (n == 0)
		return dispatch(s, false, cb, arg, e);
	if (*p == ':')
		return 0;
	if (*p != '{')
		return take_field(s, p, n, e);
	/* A bare JSON line is an event of its own. */
	rc = dispatch(s, false, cb, arg, e);
	if (rc == 0)
		rc = add_data(s, p, n, e);
	if (rc == 0)
		rc = dispatch(s, cut, cb, arg, e);
	return rc;
}

static const char *
line_end(const char *p, const char *end)
{
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	return p;
}

/* Keep the start of a line until the rest comes; what goes beyond the cap
 * is refused before it takes memory. */
static int
keep_tail(struct sse *s, const char *p, size_t n, struct err *e)
{
	/* "data: " and a byte order mark are not part of the event. */
	size_t max = s->max + 16;

	if (n > max || s->line.len > max - n)
		return too_long(s, e);
	buf_add(&s->line, p, n);
	return 0;
}

static int
feed(struct sse *s, const char *p, size_t n, sse_fn *cb, void *arg,
    struct err *e)
{
	const char *end = p + n;
	int rc = 0;

	while (p < end) {
		if (s->skip_lf && *p == '\n')
			p++;
		s->skip_lf = false;
		const char *eol = line_end(p, end);
		size_t len = (size_t)(eol - p);

		if (eol == end)
			break;
		s->skip_lf = *eol == '\r';
		if (s->line.len == 0) {
			rc = take_line(s, p, len, false, cb, arg, e);
		} else {
			rc = keep_tail(s, p, len, e);
			if (rc == 0)
				rc = take_line(s, s->line.data, s->line.len,
				    false, cb, arg, e);
			spill(s);
			buf_reset(&s->line);
		}
		if (rc != 0)
			return rc;
		p = eol + 1;
	}
	spill(s);
	return p < end ? keep_tail(s, p, (size_t)(end - p), e) : 0;
}

int
sse_feed(struct sse *s, const void *p, size_t n, sse_fn *cb, void *arg,
    struct err *e)
{
	int rc;

	if (s->dead)
		return 1;
	if (n == 0)
		return 0;
	rc = feed(s, p, n, cb, arg, e);
	if (rc != 0) {
		s->dead = true;
		forget(s);
	}
	return rc;
}

int
sse_end(struct sse *s, sse_fn *cb, void *arg, struct err *e)
{
	bool cut = s->line.len > 0;
	int rc = 0;

	if (s->dead)
		return 1;
	s->dead = true;
	if (cut)
		rc = take_line(s, s->line.data, s->line.len, true, cb, arg, e);
	if (rc == 0)
		rc = dispatch(s, cut, cb, arg, e);
	forget(s);
	buf_reset(&s->line);
	return rc;
}
