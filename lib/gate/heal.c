/*
 * heal.c - the message that a model meant, out of the text it wrote.
 */
#include "gate/heal.h"

#include <string.h>

#include "core/ids.h"
#include "core/msg.h"

#define NOTES_TOLD	20	/* of what was mended, in agent.recovered */

bool
heal_read(const char *value, struct heal_opts *o)
{
	static const struct { const char *word; enum heal_mode mode; } words[] =
	    { { "auto", HEAL_AUTO }, { "on", HEAL_ON }, { "off", HEAL_OFF } };
	struct recover_format f;

	o->recover.format = NULL;
	for (size_t i = 0; i < BASE_NITEMS(words); i++)
		if (strcmp(words[i].word, value) == 0) {
			o->mode = words[i].mode;
			return true;
		}
	for (size_t i = 0; recover_formats(i, &f); i++)
		if (strcmp(f.name, value) == 0) {
			o->mode = HEAL_ON;
			o->recover.format = value;
			return true;
		}
	return false;
}

/* ---- pieces ----------------------------------------------------------- */

static void
tell(struct heal *h, enum delta_kind kind, const char *p, size_t n)
{
	if (h->fn != NULL)
		h->fn(h->arg, kind, p, n, -1, NULL);
}

static void
on_recover(void *arg, enum recover_kind kind, const char *p, size_t n)
{
	static const enum delta_kind kinds[] = {
		[RECOVER_TEXT] = DELTA_TEXT,
		[RECOVER_REASONING] = DELTA_REASONING,
		[RECOVER_RECAST] = DELTA_RECAST,
	};

	tell(arg, kinds[kind], p, n);
}

static void
start(struct heal *h)
{
	h->rec = recover_open(h->tools, &h->opts.recover,
	    h->fn != NULL ? on_recover : NULL, h);
	h->peek = false;
}

void
heal_open(struct heal *h, const struct heal_opts *o, jv tools, delta_fn *fn,
    void *arg)
{
	*h = (struct heal){ .opts = *o, .fn = fn, .arg = arg,
	    .tools = js_ref(tools) };
	if (o->mode == HEAL_OFF)
		return;
	if (o->mode == HEAL_ON || o->recover.thinking || js_len(tools) > 0)
		start(h);
	else
		h->peek = true;
}

void
heal_free(struct heal *h)
{
	recover_free(h->rec);
	js_free(h->tools);
	buf_free(&h->blanks);
	h->rec = NULL;
	h->tools = js_none();
}

static void
pass(struct heal *h, const char *p, size_t n)
{
	if (h->rec != NULL)
		recover_feed(h->rec, p, n);
	else if (n > 0)
		tell(h, DELTA_TEXT, p, n);
}

/* Without tools only reasoning is looked for, and only where the answer
 * begins with a mark of it. */
static void
take_text(struct heal *h, const char *p, size_t n)
{
	size_t i = 0;

	h->fed += n;
	if (h->peek) {
		while (i < n && memchr(" \t\r\n", p[i], 4) != NULL)
			i++;
		buf_add(&h->blanks, p, i);
		if (i == n)
			return;
		if (p[i] == '<' || p[i] == '[')
			start(h);
		h->peek = false;
		pass(h, buf_str(&h->blanks), h->blanks.len);
	}
	pass(h, p + i, n - i);
}

void
heal_piece(void *arg, enum delta_kind kind, const char *p, size_t n,
    int index, const char *name)
{
	struct heal *h = arg;

	if (kind == DELTA_TEXT)
		take_text(h, p, n);
	else if (h->fn != NULL)
		h->fn(h->arg, kind, p, n, index, name);
}

/* ---- the message ------------------------------------------------------ */

static jv
call(const struct recover_call *c, const char *id)
{
	jv f = js_set_str(js_obj(), "name", c->name);
	jv o = js_set_str(js_obj(), "id", id);

	f = js_set(f, "arguments", js_from_buf(&c->args));
	return js_set(js_set_str(o, "type", "function"), "function", f);
}

jv
heal_calls(const struct recover_call *v, size_t n, jv used)
{
	jv all = js_arr(), mine = js_obj();

	for (size_t i = 0; i < n; i++) {
		const char *id = v[i].id;
		char fresh[IDS_SIZE];

		/* Models count from 0 in every message; ids are unique. */
		if (id == NULL || *id == '\0' || js_has(mine, id) ||
		    js_has(used, id)) {
			ids_call(fresh);
			id = fresh;
		}
		mine = js_set_bool(mine, id, true);
		all = js_push(all, call(&v[i], id));
	}
	js_free(mine);
	return all;
}

/* What was done, for agent.recovered: formats, and what was mended. */
static jv
summary(const struct recover_result *res, size_t ncalls)
{
	jv o = js_set_int(js_obj(), "calls", (int64_t)ncalls);
	jv formats = js_arr(), notes = js_arr(), all = recover_notes(res);
	const char *last = "";

	for (size_t i = 0; i < res->ncalls; i++) {
		if (strcmp(res->calls[i].format, last) != 0)
			formats = js_push(formats,
			    js_from_str(res->calls[i].format));
		last = res->calls[i].format;
	}
	for (size_t i = 0; i < js_len(all); i++) {
		jv note = js_at(all, i);

		if ((js_str_is(note, "what", "repaired") ||
		    js_str_is(note, "what", "renamed") ||
		    js_str_is(note, "what", "dropped") ||
		    js_str_is(note, "what", "refused")) &&
		    js_len(notes) < NOTES_TOLD)
			notes = js_push(notes, js_ref(note));
		js_free(note);
	}
	js_free(all);
	o = js_set(o, "formats", formats);
	if (js_len(notes) > 0)
		return js_set(o, "notes", notes);
	js_free(notes);
	return o;
}

static void
tell_calls(struct heal *h, jv msg)
{
	size_t n = h->fn != NULL ? msg_ncalls(msg) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name, *args;
		size_t len;

		msg_call(msg, i, NULL, &name, &args, &len);
		h->fn(h->arg, DELTA_ARGS, args, len, (int)i, name);
	}
}

/* Content and reasoning as the text has them. */
static jv
put_text(jv m, const struct delta *d, const struct recover_result *res,
    bool calls)
{
	struct buf think = BUF_INIT;

	buf_add(&think, buf_str(&d->think), d->think.len);
	buf_add(&think, buf_str(&res->reasoning), res->reasoning.len);
	if (think.len > 0)
		m = js_set(m, "reasoning_content", js_from_buf(&think));
	buf_free(&think);
	return js_set(m, "content", res->content.len > 0 || !calls ?
	    js_from_buf(&res->content) : js_null());
}

/* The calls: released, or kept as cut. */
static jv
put_calls(struct heal *h, jv m, const struct delta *d,
    const struct recover_result *res, bool release)
{
	jv a = js_get(m, "agent"), cut = js_arr();

	if (release && res->ncalls > 0) {
		m = js_set(m, "tool_calls", heal_calls(res->calls,
		    res->ncalls, d->used));
		a = js_set_str(a, "finish_reason", "tool_calls");
		tell_calls(h, m);
	} else if (res->ncalls > 0) {
		js_free(cut);
		cut = heal_calls(res->calls, res->ncalls, d->used);
	}
	if (res->ncut > 0) {
		jv more = heal_calls(res->cut, res->ncut, d->used);

		for (size_t i = 0; i < js_len(more); i++)
			cut = js_push(cut, js_at(more, i));
		js_free(more);
		a = js_set_bool(a, "cut", true);
	}
	if (js_len(cut) > 0)
		a = js_set(a, "cut_calls", js_ref(cut));
	js_free(cut);
	if (res->ncalls > 0 && release)
		a = js_set(a, "recovered", summary(res, res->ncalls));
	return js_set(m, "agent", a);
}

jv
heal_message(struct heal *h, struct delta *d, enum delta_end end)
{
	bool length = strcmp(delta_finish(d), "length") == 0;
	bool release = end == DELTA_DONE && !length;
	const struct recover_result *res;
	jv m = delta_message(d, end, h->tools);

	if (d->text.len > h->fed)
		take_text(h, d->text.data + h->fed, d->text.len - h->fed);
	if (h->peek)
		pass(h, buf_str(&h->blanks), h->blanks.len);
	if (h->rec == NULL)
		return m;
	res = recover_end(h->rec, !release);
	m = put_text(m, d, res, d->ncalls > 0 || (release &&
	    res->ncalls > 0));
	/* The server's own calls are the ones that count. */
	return d->ncalls == 0 ? put_calls(h, m, d, res, release) : m;
}
