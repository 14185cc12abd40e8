/*
 * decode.c - reading and giving, for the decoders.
 */
#include "recover/decode.h"

#include "base/mem.h"
#include "json/js.h"
#include "json/schema.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ARGS	500	/* of one call */

static bool
blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
looked(struct dec *d, size_t at)
{
	if (at > d->far)
		d->far = at < d->n ? at : d->n;
}

char
dec_peek(struct dec *d)
{
	while (d->i < d->n && blank(d->p[d->i]))
		d->i++;
	looked(d, d->i);
	return d->i < d->n ? d->p[d->i] : '\0';
}

bool
dec_at_end(struct dec *d)
{
	dec_peek(d);
	return d->i >= d->n;
}

enum dec_status
dec_lit(struct dec *d, const char *s)
{
	size_t n = strlen(s), left = d->n - d->i;

	looked(d, d->i + n);
	if (memcmp(d->p + d->i, s, n < left ? n : left) != 0)
		return DEC_NO;
	if (left < n)
		return d->final ? DEC_NO : DEC_MORE;
	d->i += n;
	return DEC_OK;
}

enum dec_status
dec_any(struct dec *d, const char *const *list)
{
	enum dec_status st = DEC_NO, one;

	for (size_t k = 0; list[k] != NULL; k++) {
		one = dec_lit(d, list[k]);
		if (one == DEC_OK)
			return DEC_OK;
		if (one == DEC_MORE)
			st = DEC_MORE;
	}
	return st;
}

enum dec_status
dec_find(struct dec *d, const char *s, size_t from, size_t *at)
{
	const char *q = from < d->n ? memmem(d->p + from, d->n - from, s,
	    strlen(s)) : NULL;

	if (q == NULL) {
		looked(d, d->n);
		return DEC_MORE;
	}
	*at = (size_t)(q - d->p);
	looked(d, *at + strlen(s));
	return DEC_OK;
}

enum dec_status
dec_token(struct dec *d, const char *pattern)
{
	size_t start = d->i;
	enum dec_status st = DEC_OK;

	for (; *pattern != '\0' && st == DEC_OK; pattern++) {
		static const char *const bars[] = { "｜", "|", NULL };
		static const char *const gaps[] = { "▁", "_", " ", NULL };
		char one[2] = { *pattern, '\0' };

		st = *pattern == '|' ? dec_any(d, bars) :
		    *pattern == ' ' ? dec_any(d, gaps) : dec_lit(d, one);
	}
	if (st != DEC_OK)
		d->i = start;
	return st;
}

enum dec_status
dec_mark(struct dec *d, const char *pattern)
{
	size_t at = d->i;
	enum dec_status st;

	dec_peek(d);
	st = dec_token(d, pattern);
	if (st == DEC_NO)
		d->i = at;
	else if (st == DEC_MORE || d->i > d->n)
		st = DEC_MORE;
	return st;
}

enum dec_status
dec_missing(struct dec *d)
{
	size_t at = d->i;
	enum dec_status st = DEC_OK;

	if (dec_at_end(d) && (!d->final || d->cut))
		st = DEC_MORE;
	d->i = at;
	return st;
}

enum dec_status
dec_line(struct dec *d, const char **p, size_t *n)
{
	size_t at, start;
	enum dec_status st;

	while (d->i < d->n && (d->p[d->i] == ' ' || d->p[d->i] == '\t'))
		d->i++;
	start = d->i;
	if ((st = dec_find(d, "\n", d->i, &at)) != DEC_OK)
		return d->n - start > 256 || d->final ? DEC_NO : st;
	*p = d->p + start;
	*n = at - start;
	d->i = at + 1;
	while (*n > 0 && strchr(" \t\r`\"'", (*p)[*n - 1]) != NULL)
		--*n;
	while (*n > 0 && strchr("`\"'", **p) != NULL) {
		++*p;
		--*n;
	}
	return *n > 0 && *n <= 256 ? DEC_OK : DEC_NO;
}

enum dec_status
dec_name(struct dec *d, const char **p, size_t *n)
{
	size_t k = d->i;

	for (; k < d->n; k++) {
		unsigned char c = (unsigned char)d->p[k];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c >= 0x80 ||
		    (c != '\0' && strchr("_.-:/", c) != NULL)))
			break;
	}
	looked(d, k);
	*p = d->p + d->i;
	*n = k - d->i;
	if (k - d->i > 256)
		return DEC_NO;
	d->i = k;
	if (k == d->n && !d->final)
		return DEC_MORE;
	return *n == 0 ? DEC_NO : DEC_OK;
}

enum dec_status
dec_json(struct dec *d, struct jsonfix *j, const char *const *stops)
{
	enum jsonfix_status st = jsonfix_read(j, d->p + d->i, d->n - d->i,
	    stops, d->repair);

	d->args_at = d->i;
	d->i += j->len;
	looked(d, d->i);
	if (st == JSONFIX_BAD)
		return DEC_NO;
	if (st == JSONFIX_MORE)
		return DEC_MORE;
	d->fixes |= j->fixes;
	return DEC_OK;
}

enum dec_status
dec_tail(struct dec *d)
{
	static const char *const ends[] = { "<|im_end|>", "<|eot_id|>",
	    "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>", "</s>",
	    "<｜end▁of▁sentence｜>", "<|return|>", "<|call|>",
	    "<end_of_turn>", "<turn|>", "[/TOOL_CALLS]", "</tool_call>", NULL };
	enum dec_status st;

	while (!dec_at_end(d))
		if ((st = dec_any(d, ends)) != DEC_OK)
			return st;
	return d->final ? DEC_OK : DEC_MORE;
}

void
dec_refuse(struct dec *d, const char *fmt, ...)
{
	va_list ap;

	if (!d->refused) {
		va_start(ap, fmt);
		buf_vaddf(&d->why, fmt, ap);
		va_end(ap);
	}
	d->refused = true;
}

bool
dec_tool(struct dec *d, const char *p, size_t n)
{
	enum names_how how;
	const struct names_tool *t;

	d->begun = true;
	t = names_find(d->names, p, n, d->repair, &how);
	if (t != NULL && how == NAMES_TYPO && (d->fmt->flags & DEC_BARE))
		t = NULL;
	d->tool = t;
	if (t == NULL) {
		dec_refuse(d, "no tool of the name \"%.*s\" was offered",
		    (int)(n < 64 ? n : 64), p);
		return false;
	}
	if (how >= NAMES_SPELLING)
		buf_addf(&d->renamed, "%s\"%.*s\" taken for %s",
		    d->renamed.len > 0 ? ", " : "", (int)n, p, t->name);
	return true;
}

struct dec_item *
dec_item(struct dec *d, enum dec_kind kind, const char *p, size_t n)
{
	struct dec_item *it;

	d->items = xreallocarray(d->items, d->nitems + 1, sizeof(*it));
	it = &d->items[d->nitems++];
	*it = (struct dec_item){ .kind = kind };
	buf_add(&it->text, p, n);
	return it;
}

/* True when the arguments fit what the tool declares. */
static bool
fits(struct dec *d, jv v)
{
	struct buf why = BUF_INIT;
	bool yes = !js_is_valid(d->tool->params) ||
	    schema_check(d->tool->params, v, &why);

	if (!yes)
		dec_refuse(d, "%s: %.*s", d->tool->name,
		    (int)strcspn(buf_str(&why), "\n"), buf_str(&why));
	buf_free(&why);
	return yes;
}

void
dec_call(struct dec *d, const char *args, size_t n, const char *id,
    size_t id_len)
{
	struct err e = ERR_INIT;
	struct dec_item *it;
	jv v;

	if (d->refused || d->tool == NULL)
		return;
	v = js_parse(args, n, &e);
	if (!js_is_obj(v))
		dec_refuse(d, "the arguments of %s are no object",
		    d->tool->name);
	else if (d->ncalls >= DEC_CALLS_MAX)
		dec_refuse(d, "more than %d calls", DEC_CALLS_MAX);
	else if (((d->fmt->flags & DEC_BARE) == 0 && d->renamed.len == 0 &&
	    d->fixes == 0) || fits(d, v)) {
		it = dec_item(d, DEC_CALL, args, n);
		it->tool = d->tool;
		if (id != NULL && id_len > 0 && id_len <= 128)
			it->id = xmemdup(id, id_len);
		d->ncalls++;
	}
	js_free(v);
}

enum dec_status
dec_done(struct dec *d)
{
	return d->refused ? DEC_TEXT : DEC_OK;
}

enum dec_status
dec_object(struct dec *d, const char *const *stops)
{
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st = dec_json(d, &j, stops);

	if (st == DEC_OK)
		shape_args(d, j.text.data, j.text.len, NULL, 0);
	jsonfix_free(&j);
	return st;
}

enum dec_status
dec_end_or(struct dec *d, const char *const *results)
{
	enum dec_status st;

	if (dec_at_end(d))
		return d->final ? dec_done(d) : DEC_MORE;
	if ((st = dec_any(d, results)) == DEC_OK) {
		if (!d->final)
			return DEC_MORE;
		d->i = d->n;
		return dec_done(d);
	}
	return st;
}

void
dec_reset(struct dec *d)
{
	for (size_t i = 0; i < d->nitems; i++) {
		buf_free(&d->items[i].text);
		free(d->items[i].id);
	}
	free(d->items);
	d->items = NULL;
	d->nitems = d->ncalls = 0;
}

void
dec_free(struct dec *d)
{
	dec_reset(d);
	buf_free(&d->why);
	buf_free(&d->renamed);
}

void
dec_member(struct buf *obj, const char *key, size_t n)
{
	if (obj->len > 0 && obj->data[obj->len - 1] != '{')
		buf_addc(obj, ',');
	js_quote(obj, key, n);
	buf_addc(obj, ':');
}

static size_t
find_arg(const struct dec_args *a, const char *key, size_t n)
{
	size_t i = 0;

	while (i < a->keys.n && (strlen(a->keys.v[i]) != n ||
	    memcmp(a->keys.v[i], key, n) != 0))
		i++;
	return i;
}

bool
dec_args_has(const struct dec_args *a, const char *key, size_t n)
{
	return find_arg(a, key, n) < a->keys.n;
}

void
dec_args_set(struct dec_args *a, const char *key, size_t n,
    const struct buf *json)
{
	size_t i = find_arg(a, key, n);

	if (i < a->keys.n) {
		free(a->values.v[i]);
		a->values.v[i] = xstrdup(buf_str(json));
	} else if (i < MAX_ARGS) {
		vec_pushf(&a->keys, "%.*s", (int)n, key);
		vec_push(&a->values, buf_str(json));
	}
}

void
dec_args_call(struct dec *d, struct dec_args *a)
{
	struct buf b = BUF_INIT;

	buf_addc(&b, '{');
	for (size_t i = 0; i < a->keys.n; i++) {
		dec_member(&b, a->keys.v[i], strlen(a->keys.v[i]));
		buf_adds(&b, a->values.v[i]);
	}
	buf_addc(&b, '}');
	if (a->keys.n >= MAX_ARGS)
		dec_refuse(d, "more than %d arguments", MAX_ARGS);
	dec_call(d, b.data, b.len, NULL, 0);
	buf_free(&b);
	vec_free(&a->keys);
	vec_free(&a->values);
}
