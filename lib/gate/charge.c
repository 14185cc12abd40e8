/*
 * charge.c - from a request to its reservation, and from its end to what is
 * written down.
 */
#include "gate/charge.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/tokens.h"
#include "json/scan.h"

#define TOKENS_MAX	((int64_t)1000000000)
#define CHOICES_MAX	128

static int64_t
whole(double tokens)
{
	return tokens < 1e9 ? (int64_t)(tokens + 0.999) : TOKENS_MAX;
}

/* ---- how it ended ---- */

/* The server did not do what it was asked to. */
static bool
is_refused(const struct charge_end *end)
{
	if (!end->reached || end->status >= 300)
		return true;
	switch (end->fault->kind) {
	case ERR_RATE:
	case ERR_OVERLOADED:
	case ERR_INVALID:
	case ERR_OVERFLOW:
	case ERR_AUTH:
		return end->output == 0;
	default:
		return false;
	}
}

/* True when the server counted. */
static bool
take_usage(struct account_use *u, jv raw)
{
	jv usage = delta_usage(raw);
	bool counted = js_int(usage, "input_tokens", 0, TOKENS_MAX,
	    &u->input);

	counted = js_int(usage, "output_tokens", 0, TOKENS_MAX, &u->output)
	    && counted;
	js_int(usage, "cached_input_tokens", 0, TOKENS_MAX, &u->cached);
	js_int(usage, "reasoning_tokens", 0, TOKENS_MAX, &u->reasoning);
	js_free(usage);
	/* Two zeros are no count. */
	return counted && u->input + u->output > 0;
}

void
charge(struct account *a, struct booking *b, const struct charge_end *end)
{
	bool good = end->fault->kind == ERR_NONE;
	struct account_use u = { .input = b->input, .output = end->output,
	    .outcome = good ? "ok" : err_kind_name(end->fault->kind),
	    .retry_after_ms = good ? 0 : end->after_ms };

	if (!good && is_refused(end)) {
		u.input = u.output = 0;
	} else if (take_usage(&u, end->usage)) {
		/* Of an answer that broke off it may not be the last word. */
		if (!good && end->output > u.output) {
			u.estimated = true;
			u.output = end->output;
		}
	} else {
		u.estimated = true;
		u.cached = u.reasoning = 0;
		u.input = b->input;
		/* Sent, and nothing came: it may have used all of it. */
		u.output = good || end->output > 0 ? end->output : b->output;
	}
	account_settle(a, b, &u);
}

int64_t
charge_output(const struct delta *d)
{
	double sum = tokens_text(buf_str(&d->text), d->text.len) +
	    tokens_text(buf_str(&d->think), d->think.len);

	for (size_t i = 0; i < d->ncalls; i++)
		sum += tokens_text(buf_str(&d->calls[i].args),
		    d->calls[i].args.len) +
		    tokens_text(buf_str(&d->calls[i].name),
		    d->calls[i].name.len);
	return whole(sum);
}

int
charge_wait(struct account *a, struct booking *b,
    const struct account_ask *q, const struct sink *sink, struct err *e)
{
	int left;

	account_book(a, b, q);
	while (b->state == BOOKING_ASKED) {
		left = account_left(a);
		if (sink_wait(sink, account_fd(a), left < 0 ? -1 :
		    clock_ms() + left, e) == -1) {
			account_drop(a, b);
			return -1;
		}
		account_run(a);
	}
	if (b->state == BOOKING_GRANTED)
		return 0;
	*e = b->err;
	return -1;
}

/* ---- bodies of a batch ---- */

static bool
number(const struct buf *body, const char *key, int64_t max, int64_t *out)
{
	struct scan_span v;
	int64_t n = 0;

	if (!scan_find(body->data, body->len, key, &v) || v.n == 0)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9' || n > max)
			return false;
		n = n * 10 + (v.p[i] - '0');
	}
	*out = n;
	return n <= max;
}

static double
input(const struct buf *body)
{
	struct scan_span v, element;
	double sum = 0;
	size_t pos = 0;

	if (!scan_find(body->data, body->len, "messages", &v))
		return tokens_text(buf_str(body), body->len);
	while (scan_element(v.p, v.n, &pos, &element))
		sum += tokens_message(element.p, element.n);
	if (scan_find(body->data, body->len, "tools", &v))
		sum += tokens_tools(v.p, v.n);
	return sum;
}

/* A string literal, read. */
static char *
string(const struct buf *body, const char *key)
{
	struct err ignored = ERR_INIT;
	struct scan_span v;
	const char *s;
	char *copy = NULL;
	jv text;

	if (!scan_find(body->data, body->len, key, &v))
		return NULL;
	text = js_parse(v.p, v.n, &ignored);
	s = js_cstr(text);
	if (s != NULL)
		copy = xstrdup(s);
	js_free(text);
	return copy;
}

char *
charge_model(const struct buf *body)
{
	return string(body, "model");
}

char *
charge_body(const struct buf *body, bool embeds, struct account_ask *q)
{
	int64_t n = 1;

	if (body->len == 0)
		return NULL;
	q->input = whole(input(body));
	q->output = embeds ? 0 : -1;
	if (!embeds && !number(body, "max_completion_tokens", TOKENS_MAX,
	    &q->output) && !number(body, "max_tokens", TOKENS_MAX,
	    &q->output))
		q->output = -1;
	number(body, "n", CHOICES_MAX, &n);
	if (n > 1 && q->output != 0)
		q->output = n * (q->output < 0 ? CHARGE_OUTPUT : q->output);
	return charge_model(body);
}

int64_t
charge_text(const struct buf *body)
{
	struct scan_span v;

	if (body->len == 0 ||
	    !scan_find(body->data, body->len, "choices", &v))
		return 0;
	return whole(tokens_text(v.p, v.n));
}

jv
charge_usage(const struct buf *body)
{
	struct err ignored = ERR_INIT;
	struct scan_span v;

	if (body->len == 0 || !scan_find(body->data, body->len, "usage", &v))
		return js_none();
	return js_parse(v.p, v.n, &ignored);
}
