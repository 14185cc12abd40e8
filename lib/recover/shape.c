/*
 * shape.c - JSON and Python that has the shape of calls.
 *
 * A name alone is no evidence: a call has arguments, under one of the names
 * that models use for them.  The schema of a tool, which models quote, is
 * no call.  Without a marker around it an object with any other member is
 * data.
 */
#include "recover/decode.h"

#include "base/mem.h"
#include "json/js.h"
#include "json/scan.h"
#include "recover/pylit.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH		4	/* of calls within lists within wrappers */
#define MAX_KEYS	64	/* of a Python call */

static const char *const name_keys[] = { "name", "tool_name", "tool",
	"function_name", "function", "recipient_name", "action", NULL };
static const char *const args_keys[] = { "arguments", "parameters", "args",
	"input", "tool_input", "params", "action_input", "kwargs", NULL };
static const char *const more_keys[] = { "id", "type", "tool_call_id",
	"call_id", "index", "tool_calls", "tool_uses", NULL };
static const char *const id_keys[] = { "id", "tool_call_id", "call_id",
	NULL };

static void	one_value(struct dec *d, struct scan_span v, int depth);

static bool
listed(const char *const *list, struct scan_span key)
{
	for (size_t i = 0; list[i] != NULL; i++)
		if (strlen(list[i]) == key.n &&
		    memcmp(list[i], key.p, key.n) == 0)
			return true;
	return false;
}

/* The value of the first key of the list that the object has. */
static bool
find(struct scan_span o, const char *const *keys, struct scan_span *v)
{
	for (size_t i = 0; keys[i] != NULL; i++)
		if (scan_find(o.p, o.n, keys[i], v))
			return true;
	return false;
}

/* The bytes of a string, without its escapes. */
static bool
text_of(struct scan_span v, struct buf *out)
{
	struct err e = ERR_INIT;
	const char *s;
	size_t n;
	jv j;

	if (v.n < 2 || v.p[0] != '"')
		return false;
	j = js_parse(v.p, v.n, &e);
	if ((s = js_bytes(j, &n)) != NULL)
		buf_add(out, s, n);
	js_free(j);
	return s != NULL;
}

/* True when the object is a schema that the tool itself has no use for. */
static bool
is_schema(struct dec *d, struct scan_span v)
{
	struct scan_span type, props;
	jv own = names_param(d->tool, "properties", 10);
	bool yes = !js_is_valid(own) && scan_find(v.p, v.n, "type", &type) &&
	    scan_is(type, "object") &&
	    scan_find(v.p, v.n, "properties", &props) && props.p[0] == '{';

	js_free(own);
	return yes;
}

/* Arguments within a string. */
static void
args_in_string(struct dec *d, struct scan_span v, const char *id,
    size_t id_len)
{
	struct buf s = BUF_INIT;
	struct jsonfix j = JSONFIX_INIT;
	enum jsonfix_status st;
	size_t start, n;

	text_of(v, &s);
	start = strspn(buf_str(&s), " \t\r\n");
	for (n = s.len; n > start && strchr(" \t\r\n", s.data[n - 1]); n--)
		;
	if (start >= s.len) {
		shape_args(d, "null", 4, id, id_len);
	} else {
		st = jsonfix_read(&j, s.data + start, n - start, NULL,
		    d->repair);
		if (st != JSONFIX_OK || j.len != n - start) {
			dec_refuse(d, "the arguments of %s are a string that "
			    "holds no object", d->tool->name);
		} else {
			d->fixes |= j.fixes;
			dec_call(d, j.text.data, j.text.len, id, id_len);
		}
	}
	jsonfix_free(&j);
	buf_free(&s);
}

void
shape_args(struct dec *d, const char *p, size_t n, const char *id,
    size_t id_len)
{
	struct scan_span v = { p, n };

	if (d->tool == NULL || d->refused)
		return;
	if (n > 0 && p[0] == '"') {
		args_in_string(d, v, id, id_len);
	} else if (n == 0 || (n == 4 && memcmp(p, "null", 4) == 0)) {
		if ((d->fmt->flags & DEC_BARE) || names_needs(d->tool))
			dec_refuse(d, "%s has no arguments", d->tool->name);
		else
			dec_call(d, "{}", 2, id, id_len);
	} else if (is_schema(d, v)) {
		dec_refuse(d, "the schema of %s, no call", d->tool->name);
	} else {
		dec_call(d, p, n, id, id_len);
	}
}

/* An array, every element of which has to be a call. */
static void
each(struct dec *d, struct scan_span a, int depth)
{
	struct scan_span v;
	size_t pos = 0, count = 0;

	while (!d->refused && scan_element(a.p, a.n, &pos, &v)) {
		one_value(d, v, depth + 1);
		count++;
	}
	if (count == 0 && (d->fmt->flags & DEC_BARE))
		dec_refuse(d, "an empty list");
}

/* Every member has a name that calls have. */
static bool
only_call_keys(struct dec *d, struct scan_span o)
{
	struct scan_span key, v;
	size_t pos = 0;

	while (scan_member(o.p, o.n, &pos, &key, &v)) {
		if (listed(name_keys, key) || listed(args_keys, key) ||
		    listed(more_keys, key))
			continue;
		dec_refuse(d, "a member \"%.*s\", which calls have not",
		    (int)(key.n < 40 ? key.n : 40), key.p);
		return false;
	}
	return true;
}

/* {"NAME": {arguments}} */
static bool
keyed_by_name(struct dec *d, struct scan_span o)
{
	struct scan_span key, v, more;
	size_t pos = 0;

	if (!scan_member(o.p, o.n, &pos, &key, &v) || v.p[0] != '{')
		return false;
	if (scan_member(o.p, o.n, &pos, &more, &more))
		return false;
	if (dec_tool(d, key.p, key.n))
		shape_args(d, v.p, v.n, NULL, 0);
	return true;
}

static void
object(struct dec *d, struct scan_span o, struct scan_span outer, int depth)
{
	struct buf name = BUF_INIT, id = BUF_INIT;
	struct scan_span v, args = { "", 0 };
	bool bare = d->fmt->flags & DEC_BARE;

	if (bare && !only_call_keys(d, o))
		return;
	if (scan_find(o.p, o.n, "function", &v) && v.p[0] == '{' &&
	    depth < DEPTH) {
		object(d, v, o, depth + 1);
	} else if ((scan_find(o.p, o.n, "tool_calls", &v) ||
	    scan_find(o.p, o.n, "tool_uses", &v)) && v.p[0] == '[' &&
	    depth < DEPTH) {
		each(d, v, depth);
	} else if (find(o, name_keys, &v) && text_of(v, &name)) {
		bool has = find(o, args_keys, &args);

		if (!has)
			args = (struct scan_span){ "", 0 };
		if (strcmp(buf_str(&name), "multi_tool_use.parallel") == 0 &&
		    has && depth < DEPTH && args.p[0] == '{') {
			object(d, args, o, depth + 1);
		} else if (dec_tool(d, buf_str(&name), name.len)) {
			if (find(outer, id_keys, &v))
				text_of(v, &id);
			shape_args(d, args.p, args.n, buf_str(&id), id.len);
		}
	} else if (!(d->fmt->flags & DEC_KEYNAME) || !keyed_by_name(d, o)) {
		dec_refuse(d, "an object that is no call");
	}
	buf_free(&name);
	buf_free(&id);
}

static void
one_value(struct dec *d, struct scan_span v, int depth)
{
	if (v.p[0] == '{')
		object(d, v, v, depth);
	else if (v.p[0] == '[' && depth < DEPTH)
		each(d, v, depth);
	else
		dec_refuse(d, "neither an object nor a list");
}

void
shape_calls(struct dec *d, const char *p, size_t n)
{
	struct scan_span v = { p, n };

	while (v.n > 0 && strchr(" \t\r\n", *v.p) != NULL) {
		v.p++;
		v.n--;
	}
	if (v.n > 0)
		one_value(d, v, 0);
}

/* Positional arguments get the names of the parameters, in order. */
static bool
place(struct dec *d, const struct pylit *c, struct buf *args)
{
	struct scan_span v;
	size_t pos = 0;

	for (size_t i = 0; scan_element(c->list.data, c->list.len, &pos, &v);
	    i++) {
		jv key = names_nth(d->tool, i);
		size_t n;
		const char *s = js_bytes(key, &n);

		if (s != NULL) {
			dec_member(args, s, n);
			buf_add(args, v.p, v.n);
		}
		js_free(key);
		if (s == NULL)
			return false;
	}
	if (c->keys.len > 0) {
		if (args->len > 1)
			buf_addc(args, ',');
		buf_add(args, c->keys.data, c->keys.len);
	}
	buf_addc(args, '}');
	return true;
}

/* Every key is a declared parameter, and none is there twice. */
static bool
known_keys(struct dec *d, const struct buf *args)
{
	struct scan_span key, other, v;
	size_t pos = 0, pos2, twice, count = 0;

	while (scan_member(args->data, args->len, &pos, &key, &v)) {
		if (++count > MAX_KEYS) {
			dec_refuse(d, "%s: too many arguments", d->tool->name);
			return false;
		}
		jv schema = names_param(d->tool, key.p, key.n);
		bool known = js_is_valid(schema) ||
		    !js_is_valid(d->tool->params);

		js_free(schema);
		for (pos2 = twice = 0; scan_member(args->data, args->len,
		    &pos2, &other, &v);)
			twice += other.n == key.n &&
			    memcmp(other.p, key.p, key.n) == 0;
		if (twice > 1 || (!known && (d->fmt->flags & DEC_BARE))) {
			dec_refuse(d, "%s: argument \"%.*s\"", d->tool->name,
			    (int)(key.n < 40 ? key.n : 40), key.p);
			return false;
		}
	}
	return true;
}

static void
take_python(struct dec *d, const struct pylit *c)
{
	struct buf args = BUF_INIT;
	const char *name = buf_str(&c->name);
	size_t n = c->name.len;

	/* Llama 3 writes name.call(...). */
	if (n > 5 && strcmp(name + n - 5, ".call") == 0)
		n -= 5;
	if (dec_tool(d, name, n)) {
		buf_addc(&args, '{');
		if (!place(d, c, &args))
			dec_refuse(d, "%s: too many arguments",
			    d->tool->name);
		else if (known_keys(d, &args))
			dec_call(d, args.data, args.len, NULL, 0);
	}
	buf_free(&args);
}

/* One call at d->i. */
static enum dec_status
python_call(struct dec *d, struct pylit *c)
{
	enum jsonfix_status st = pylit_call(c, d->p + d->i, d->n - d->i);

	d->args_at = d->i;
	d->i += c->len;
	if (d->i > d->far)
		d->far = d->i;
	if (st == JSONFIX_BAD)
		return DEC_NO;
	if (st == JSONFIX_MORE) {
		/* Known by its name while it is still coming. */
		enum names_how how;

		if (d->tool == NULL && c->keys.len + c->list.len > 1)
			d->tool = names_find(d->names, buf_str(&c->name),
			    c->name.len, false, &how);
		return DEC_MORE;
	}
	take_python(d, c);
	return DEC_OK;
}

enum dec_status
shape_python(struct dec *d, bool many)
{
	struct pylit c = PYLIT_INIT;
	bool list = dec_peek(d) == '[', comma = false;
	enum dec_status st = DEC_OK;

	d->i += list;
	while (st == DEC_OK) {
		char ch = dec_peek(d);

		if (list && ch == ']' && d->ncalls + d->refused > 0) {
			d->i++;
			break;
		}
		if (list && d->ncalls + d->refused > 0 && !comma) {
			st = d->i < d->n ? DEC_NO : DEC_MORE;
			break;
		}
		st = python_call(d, &c);
		if (st != DEC_OK || (!list && !many))
			break;
		/* Refused already: what follows does not change that. */
		if (d->refused && !list)
			break;
		ch = dec_peek(d);
		comma = ch == ',' || ch == ';';
		d->i += comma;
		/* Another line with a call? */
		ch = dec_peek(d);
		if (!list && !((ch >= 'a' && ch <= 'z') ||
		    (ch >= 'A' && ch <= 'Z') || ch == '_'))
			break;
	}
	pylit_free(&c);
	return st;
}
