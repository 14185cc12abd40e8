/*
 * calls.c - tool calls out of the pieces that servers make of them.
 */
#include "gate/calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/ids.h"
#include "json/exact.h"
#include "json/scan.h"
#include "recover/names.h"

#define MAX_CALLS	1000	/* more than that is no answer but an attack */

/* One piece of a call. */
struct piece {
	int64_t		 index;		/* -1 none */
	const char	*id, *name;	/* "" none */
	const char	*args;
	size_t		 nargs;
	bool		 object;	/* args came as an object */
};

static bool
is_object(const char *p, size_t n)
{
	struct err e = ERR_INIT;
	jv v = js_parse(p, n, &e);
	bool yes = js_is_obj(v);

	js_free(v);
	return yes;
}

/* True when nothing can follow in these arguments.  The parse is kept for
 * the few pieces where it can matter. */
static bool
is_full(const struct buf *args)
{
	size_t n = args->len;

	while (n > 0 && strchr(" \t\r\n", args->data[n - 1]) != NULL)
		n--;
	return n > 0 && args->data[n - 1] == '}' &&
	    is_object(args->data, n);
}

static bool
same(const struct buf *b, const char *s)
{
	return strcmp(buf_str(b), s) == 0;
}

static struct delta_call *
new_call(struct delta *d, int64_t index)
{
	struct delta_call *c;

	d->calls = xreallocarray(d->calls, d->ncalls + 1, sizeof(*c));
	c = &d->calls[d->ncalls++];
	memset(c, 0, sizeof(*c));
	c->wire = index;
	c->extra = js_none();
	return c;
}

/* True when the piece, though it fits by index or place, begins another
 * call than c. */
static bool
begins_other(const struct delta_call *c, const struct piece *p)
{
	size_t i = 0;

	if (p->id[0] != '\0' && c->id.len > 0)
		return !same(&c->id, p->id);
	if (p->name[0] == '\0' || c->name.len == 0)
		return false;
	if (!same(&c->name, p->name))
		return c->args.len > 0;
	/* The name again: repeated for the same call, or the next one. */
	while (i < p->nargs && strchr(" \t\r\n", p->args[i]) != NULL)
		i++;
	return i < p->nargs && p->args[i] == '{' && is_full(&c->args);
}

/* The call that the piece goes on with, or NULL when it begins one. */
static struct delta_call *
find_call(struct delta *d, const struct piece *p, size_t fresh)
{
	struct delta_call *last = d->ncalls > 0 ? &d->calls[d->ncalls - 1] :
	    NULL;

	for (size_t i = d->ncalls; p->id[0] != '\0' && i-- > 0;)
		if (d->calls[i].wire == p->index &&
		    same(&d->calls[i].id, p->id))
			return &d->calls[i];
	for (size_t i = d->ncalls; p->index >= 0 && i-- > 0;)
		if (d->calls[i].wire == p->index)
			return begins_other(&d->calls[i], p) ? NULL :
			    &d->calls[i];
	if (p->index < 0 && p->id[0] != '\0') {
		/* An id that comes late, for a call without one. */
		if (last != NULL && last->id.len == 0 && p->name[0] == '\0')
			return last;
		return NULL;
	}
	if (p->id[0] == '\0' && p->name[0] == '\0')
		return last;
	if (p->index >= 0 || last == NULL)
		return NULL;
	/* A name only: its second call within one chunk is another one. */
	if (d->ncalls > fresh || begins_other(last, p))
		return NULL;
	return last;
}

static void
add_name(struct delta_call *c, const struct piece *p)
{
	if (p->name[0] == '\0' || same(&c->name, p->name))
		return;
	if (c->name.len == 0 || c->args.len == 0)
		buf_adds(&c->name, p->name);
}

static void
add_args(struct delta *d, struct delta_call *c, const struct piece *p,
    bool marked)
{
	size_t old = c->args.len;
	const char *name = c->told || c->name.len == 0 ? NULL :
	    buf_str(&c->name);

	/* An object is whole; sent again it is the same one. */
	if (p->object && old > 0)
		return;
	mend_out(&c->mend, &c->args, p->args, p->nargs, marked);
	if (c->args.len == old)
		return;
	d->pieces++;
	if (d->fn == NULL)
		return;
	d->fn(d->arg, DELTA_ARGS, c->args.data + old, c->args.len - old,
	    (int)(c - d->calls), name);
	c->told = c->told || name != NULL;
}

static void
take_piece(struct delta *d, const struct piece *p, jv extra, bool whole,
    bool marked, size_t fresh)
{
	struct delta_call *c = whole ? NULL : find_call(d, p, fresh);

	if (c == NULL) {
		if (d->ncalls >= MAX_CALLS)
			return;
		c = new_call(d, p->index);
	}
	if (c->id.len == 0)
		buf_adds(&c->id, p->id);
	add_name(c, p);
	if (js_is_valid(extra) && !js_is_valid(c->extra))
		c->extra = js_ref(extra);
	add_args(d, c, p, marked);
}

void
calls_take(struct delta *d, jv calls, bool whole, bool marked)
{
	size_t fresh = d->ncalls;

	for (size_t i = 0; i < js_len(calls); i++) {
		jv o = js_at(calls, i);
		jv fn = js_get(o, "function");
		jv extra = js_get(o, "extra_content");
		jv from = js_is_obj(fn) ? fn : o;
		jv args = js_get(from, "arguments");
		const char *id = js_str(o, "id");
		const char *name = js_str(from, "name");
		struct piece p = { .index = -1, .id = id ? id : "",
		    .name = name ? name : "" };
		struct buf b = BUF_INIT;

		js_int(o, "index", 0, 1 << 20, &p.index);
		p.args = js_bytes(args, &p.nargs);
		p.object = p.args != NULL && d->objects &&
		    is_object(p.args, p.nargs);
		if (p.args == NULL && (js_is_obj(args) || js_is_arr(args))) {
			js_dump(&b, args);
			p.object = true;
		}
		if (p.args == NULL) {
			p.args = buf_str(&b);
			p.nargs = b.len;
		}
		if (js_is_obj(o))
			take_piece(d, &p, extra, whole, marked, fresh);
		buf_free(&b);
		js_free(args);
		js_free(extra);
		js_free(fn);
		js_free(o);
	}
}

void
delta_call(struct delta *d, const char *id, const char *name,
    const char *args, size_t n)
{
	struct piece p = { .index = -1, .id = id, .name = name,
	    .args = args, .nargs = n };

	take_piece(d, &p, js_none(), true, false, 0);
}

bool
delta_calls_whole(const struct delta *d)
{
	for (size_t i = 0; i < d->ncalls; i++) {
		const struct buf *a = &d->calls[i].args;

		if (d->calls[i].name.len == 0)
			return false;
		if (a->len > 0 && !is_object(a->data, a->len))
			return false;
	}
	return true;
}

/* The name as it was offered: without what some platforms put before it,
 * and without a slip that can only mean one tool, which is noted. */
static const char *
plain_name(struct delta *d, const char *name, const struct names *offered)
{
	enum names_how how;
	const struct names_tool *t;
	jv note;

	if (*name == '\0')
		return "unnamed";
	t = names_find(offered, name, strlen(name), true, &how);
	if (t == NULL)
		return name;
	if (how != NAMES_EXACT) {
		note = js_set_str(js_obj(), "from", name);
		note = js_set_str(note, "to", t->name);
		if (!js_is_arr(d->renamed))
			d->renamed = js_arr();
		d->renamed = js_push(d->renamed, note);
	}
	return t->name;
}

/* Arguments as they are, or mended where nothing is lost by it. */
static jv
plain_args(const struct buf *a)
{
	struct err e = ERR_INIT;
	const char *p = buf_str(a), *s;
	size_t len;
	jv v = js_none(), out = js_none();

	if (strspn(p, " \t\r\n") == a->len || same(a, "null"))
		return js_from_str("{}");
	if (p[strspn(p, " \t\r\n")] == '"') {
		v = js_parse(a->data, a->len, &e);
		s = js_bytes(v, &len);
		if (s != NULL && is_object(s, len))
			out = js_from_bytes(s, len);
		js_free(v);
	}
	return js_is_valid(out) ? out : js_from_buf(a);
}

/* The call's id, or a new one when it has none or another call has it. */
static void
plain_id(struct delta *d, size_t i)
{
	struct buf *id = &d->calls[i].id;
	bool taken = id->len == 0 || js_has(d->used, buf_str(id));
	char fresh[IDS_SIZE];

	for (size_t k = 0; !taken && k < i; k++)
		taken = same(&d->calls[k].id, buf_str(id));
	if (!taken)
		return;
	ids_call(fresh);
	buf_reset(id);
	buf_adds(id, fresh);
}

/* One call of the message; args is consumed. */
static jv
one_call(struct delta *d, const char *id, const char *name, jv args,
    const struct names *offered)
{
	jv f = js_set_str(js_obj(), "name", plain_name(d, name, offered));
	jv o = js_set_str(js_obj(), "id", id);

	o = js_set_str(o, "type", "function");
	return js_set(o, "function", js_set(f, "arguments", args));
}

/* The parameters of the nth call of a wrapper, as its text has them. */
static void
parameters(struct buf *out, jv params, const struct buf *text, size_t nth)
{
	struct scan_span s = { buf_str(text), text->len };
	size_t pos = 0, i = 0;

	if (!scan_find(s.p, s.n, "tool_uses", &s))
		s.n = 0;
	for (struct scan_span all = s; i <= nth; i++)
		if (!scan_element(all.p, all.n, &pos, &s))
			break;
	if (i <= nth || !scan_find(s.p, s.n, "parameters", &s))
		s.n = 0;
	exact_dump(out, params, s.p, s.n);
}

/* A platform's own function that wraps several calls into one: appends
 * these.  False when it is not that. */
static bool
unwrap(struct delta *d, const struct delta_call *c,
    const struct names *offered, jv *all)
{
	static const char wrapper[] = "multi_tool_use.parallel";
	struct err ignored = ERR_INIT;
	jv v, uses;
	size_t n;

	if (!same(&c->name, wrapper))
		return false;
	v = js_parse(buf_str(&c->args), c->args.len, &ignored);
	uses = js_get(v, "tool_uses");
	n = js_is_arr(uses) ? js_len(uses) : 0;
	for (size_t i = 0; i < n; i++) {
		jv u = js_at(uses, i), params = js_get(u, "parameters");
		const char *name = js_str(u, "recipient_name");
		struct buf args = BUF_INIT;
		char fresh[IDS_SIZE];

		if (i > 0)
			ids_call(fresh);
		if (js_is_obj(params))
			parameters(&args, params, &c->args, i);
		else
			buf_adds(&args, "{}");
		*all = js_push(*all, one_call(d, i > 0 ? fresh :
		    buf_str(&c->id), name != NULL ? name : "",
		    js_from_buf(&args), offered));
		buf_free(&args);
		js_free(params);
		js_free(u);
	}
	js_free(uses);
	js_free(v);
	return n > 0;
}

jv
calls_result(struct delta *d, jv tools, bool whole)
{
	struct names offered = { NULL, 0 };
	jv all = js_arr();

	if (d->ncalls > 0)
		names_load(&offered, tools);
	for (size_t i = 0; i < d->ncalls; i++) {
		struct delta_call *c = &d->calls[i];
		jv o;

		if (c->name.len == 0 && c->args.len == 0)
			continue;
		mend_end(&c->mend, &c->args);
		plain_id(d, i);
		if (whole && unwrap(d, c, &offered, &all))
			continue;
		o = one_call(d, buf_str(&c->id), buf_str(&c->name), whole ?
		    plain_args(&c->args) : js_from_buf(&c->args), &offered);
		if (js_is_valid(c->extra))
			o = js_set(o, "extra_content", js_ref(c->extra));
		all = js_push(all, o);
	}
	names_free(&offered);
	return all;
}
