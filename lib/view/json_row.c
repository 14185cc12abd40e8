/*
 * json_row.c - JSON values as rows.
 */
#include "view/json_row.h"

#include "base/mem.h"
#include "json/js.h"
#include "json/scan.h"
#include "view/datum.h"

#include <stdlib.h>
#include <string.h>

void
json_row_free(struct json_row *j)
{
	buf_free(&j->bytes);
	free(j->slot);
	*j = (struct json_row){ .slot = NULL };
}

/* ---- columns by name ---- */

static size_t
hash(const char *p)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	return (size_t)(h ^ h >> 29);
}

static void
insert(struct json_row *j, const char *name, size_t index)
{
	size_t i = hash(name) & (j->nslots - 1);

	while (j->slot[i] != 0)
		i = (i + 1) & (j->nslots - 1);
	j->slot[i] = (uint32_t)index + 1;
}

static void
grow(struct json_row *j, const struct vec *names)
{
	free(j->slot);
	j->nslots = j->nslots != 0 ? j->nslots * 2 : 64;
	j->slot = xcalloc(j->nslots, sizeof(*j->slot));
	for (size_t i = 0; i < names->n; i++)
		insert(j, names->v[i], i);
}

/* The column of that name, made when it is new; -1: there are too many. */
static ssize_t
column(struct json_row *j, struct vec *names, const char *name)
{
	size_t i;

	if (j->nslots < 2 * names->n + 2)
		grow(j, names);
	for (i = hash(name) & (j->nslots - 1); j->slot[i] != 0;
	    i = (i + 1) & (j->nslots - 1))
		if (strcmp(names->v[j->slot[i] - 1], name) == 0)
			return (ssize_t)j->slot[i] - 1;
	if (names->n == VIEW_COLUMNS_MAX)
		return -1;
	vec_push(names, name);
	j->slot[i] = (uint32_t)names->n;
	return (ssize_t)names->n - 1;
}

/* ---- cells ---- */

/* What is between the quotes, without its escapes. */
static void
unquote(struct buf *b, const char *p, size_t n)
{
	struct err ignored = ERR_INIT;
	size_t len;
	jv v;

	if (memchr(p, '\\', n) == NULL) {
		buf_add(b, p, n);
		return;
	}
	v = js_parse(p - 1, n + 2, &ignored);
	if (js_is_str(v)) {
		p = js_bytes(v, &len);
		buf_add(b, p, len);
	}
	js_free(v);
}

static void
put(struct json_row *j, struct view_cell *c, struct scan_span v)
{
	c->at = j->bytes.len;
	buf_grow(&j->bytes, 1);
	switch (v.p[0]) {
	case '"':
		unquote(&j->bytes, v.p + 1, v.n - 2);
		c->kind = datum_kind(j->bytes.data + c->at,
		    j->bytes.len - c->at);
		if (c->kind != KIND_DATE && c->kind != KIND_DATETIME)
			c->kind = KIND_TEXT;
		break;
	case 'n':
		c->kind = KIND_NULL;
		break;
	case 't': case 'f':
		c->kind = KIND_BOOLEAN;
		buf_add(&j->bytes, v.p, v.n);
		break;
	case '{': case '[':
		c->kind = KIND_JSON;
		buf_add(&j->bytes, v.p, v.n);
		break;
	default:
		c->kind = KIND_NUMBER;
		if (memchr(v.p, '.', v.n) == NULL && memchr(v.p, 'e', v.n) ==
		    NULL && memchr(v.p, 'E', v.n) == NULL)
			c->kind = KIND_INTEGER;
		buf_add(&j->bytes, v.p, v.n);
		break;
	}
	c->n = j->bytes.len - c->at;
	c->total = c->n;
}

static void
set(struct json_row *j, struct vec *names, struct view_row *r,
    const char *name, struct scan_span v)
{
	ssize_t i = column(j, names, name);

	r->fields++;
	if (i == -1)
		return;
	while (r->n <= (size_t)i)
		view_row_add(r)->kind = KIND_NULL;
	put(j, &r->v[i], v);
}

static void
members(struct json_row *j, struct vec *names, struct view_row *r,
    const char *p, size_t n)
{
	struct scan_span k, v;
	size_t pos = 0;

	while (scan_member(p, n, &pos, &k, &v)) {
		struct buf name = BUF_INIT;

		unquote(&name, k.p, k.n);
		set(j, names, r, buf_str(&name), v);
		buf_free(&name);
	}
}

static void
elements(struct json_row *j, struct vec *names, struct view_row *r,
    const char *p, size_t n)
{
	struct scan_span v;
	size_t pos = 0, i = 0;

	while (scan_element(p, n, &pos, &v)) {
		char *name = xasprintf("col%zu", ++i);

		set(j, names, r, name, v);
		free(name);
	}
}

bool
json_row(struct json_row *j, struct vec *names, struct view_row *r,
    const char *p, size_t n)
{
	struct scan_info info;

	while (n != 0 && strchr(" \t\r\n", *p) != NULL && *p != '\0') {
		p++;
		n--;
	}
	while (n != 0 && strchr(" \t\r\n", p[n - 1]) != NULL &&
	    p[n - 1] != '\0')
		n--;
	if (n == 0 || !scan_text(p, n, JS_DEPTH, &info))
		return false;
	buf_reset(&j->bytes);
	r->n = 0;
	r->fields = 0;
	if (*p == '{')
		members(j, names, r, p, n);
	else if (*p == '[')
		elements(j, names, r, p, n);
	else
		set(j, names, r, "value", (struct scan_span){ p, n });
	r->bytes = j->bytes.data;
	return true;
}
