/*
 * extern_comments.c - a schema from the comments at the head of a script.
 *
 *	# @describe What it does.
 *	# @option --city!        Which city (! for required, * for several)
 *	# @option --days <INT>   How many (INT or NUM; else a string)
 *	# @option --unit[c|f]    One of these
 *	# @flag --verbose        Say more
 *
 * Such a script gets --city Ulm --days 3 --verbose, one argument each, and
 * no shell in between.  // does for #.
 */
#include "tool/extern.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LIMIT	64

struct head {
	jv		 props, required;
	char		*about;
	size_t		 line;
	struct err	*e;
};

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* The name behind "--", with "_" for "-"; NULL with e filled. */
static const char *
read_name(struct head *h, const char *p, char name[NAME_LIMIT])
{
	size_t n = 0;

	if (strncmp(p, "--", 2) != 0)
		goto bad;
	for (p += 2; isalnum((unsigned char)*p) || *p == '-'; p++) {
		if (n + 1 >= NAME_LIMIT)
			goto bad;
		name[n++] = *p == '-' ? '_' : *p;
	}
	name[n] = '\0';
	if (n > 0 && *p != '_')
		return p;
bad:
	err_set(h->e, ERR_DATA, "line %zu: expected --name of letters, digits "
	    "and -", h->line);
	return NULL;
}

/* "[a|b]" as an enum. */
static const char *
read_choices(struct head *h, const char *p, jv *schema)
{
	const char *end = strchr(p, ']');
	jv list = js_arr();

	if (end == NULL) {
		js_free(list);
		err_set(h->e, ERR_DATA, "line %zu: [ without ]", h->line);
		return NULL;
	}
	for (p++; p <= end; p++) {
		size_t n = strcspn(p, "|]");

		list = js_push(list, js_from_bytes(p, n));
		p += n;
	}
	*schema = js_set(*schema, "enum", list);
	return end + 1;
}

/* "<INT>" and the like. */
static const char *
read_type(struct head *h, const char *p, const char **type)
{
	const char *end = strchr(p, '>');
	size_t n;

	if (end == NULL) {
		err_set(h->e, ERR_DATA, "line %zu: < without >", h->line);
		return NULL;
	}
	n = (size_t)(end - p - 1);
	if (n == 3 && strncmp(p + 1, "INT", 3) == 0)
		*type = "integer";
	else if (n == 3 && strncmp(p + 1, "NUM", 3) == 0)
		*type = "number";
	return end + 1;
}

static void
add(struct head *h, const char *name, jv schema, bool many, const char *about)
{
	if (many)
		schema = js_set(js_set_str(js_obj(), "type", "array"), "items",
		    schema);
	if (*about != '\0')
		schema = js_set_str(schema, "description", about);
	h->props = js_set(h->props, name, schema);
}

static void
option(struct head *h, const char *p)
{
	const char *type = "string";
	char name[NAME_LIMIT];
	bool many = false;
	jv schema = js_obj();

	p = read_name(h, p, name);
	for (bool more = true; p != NULL && more;) {
		more = true;
		if (*p == '!') {
			h->required = js_push(h->required, js_from_str(name));
			p++;
		} else if (*p == '*' || *p == '+') {
			if (*p == '+')
				h->required = js_push(h->required,
				    js_from_str(name));
			many = true;
			p++;
		} else if (*p == '[') {
			p = read_choices(h, p, &schema);
		} else if (*skip_blanks(p) == '<') {
			p = read_type(h, skip_blanks(p), &type);
		} else {
			more = false;
		}
	}
	if (p == NULL) {
		js_free(schema);
		return;
	}
	add(h, name, js_set_str(schema, "type", type), many, skip_blanks(p));
}

static void
flag(struct head *h, const char *p)
{
	char name[NAME_LIMIT];

	p = read_name(h, p, name);
	if (p != NULL)
		add(h, name, js_set_str(js_obj(), "type", "boolean"), false,
		    skip_blanks(p));
}

static void
take_line(struct head *h, const char *p)
{
	static const struct {
		const char *word;
		void (*take)(struct head *, const char *);
	} words[] = { { "@option", option }, { "@flag", flag } };

	p = skip_blanks(p);
	if (strncmp(p, "@describe", 9) == 0 && h->about == NULL)
		h->about = xstrdup(skip_blanks(p + 9));
	for (size_t i = 0; i < BASE_NITEMS(words); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(p, words[i].word, n) == 0 &&
		    (p[n] == ' ' || p[n] == '\t') && h->e->kind == ERR_NONE)
			words[i].take(h, skip_blanks(p + n));
	}
}

static jv
build(struct head *h, const char *name)
{
	jv schema = js_set_str(js_obj(), "type", "object"), o;

	schema = js_set(schema, "properties", js_ref(h->props));
	schema = js_set(schema, "required", js_ref(h->required));
	schema = js_set_bool(schema, "additionalProperties", false);
	o = js_set_str(js_set_str(js_obj(), "name", name), "description",
	    h->about);
	return js_set(o, "inputSchema", schema);
}

jv
extern_comments(const char *text, size_t n, const char *name, struct err *e)
{
	struct head h = { .props = js_obj(), .required = js_arr(), .e = e };
	jv o = js_none();

	for (size_t i = 0; i < n && e->kind == ERR_NONE;) {
		const char *nl = memchr(text + i, '\n', n - i);
		size_t len = nl != NULL ? (size_t)(nl - text) - i : n - i;
		char *line = xmemdup(text + i, len);
		const char *p = skip_blanks(line);

		h.line++;
		line[strcspn(line, "\r")] = '\0';
		if (*p == '#')
			take_line(&h, p + 1 + strspn(p + 1, "#!"));
		else if (strncmp(p, "//", 2) == 0)
			take_line(&h, p + 2);
		free(line);
		i += len + 1;
	}
	if (h.about != NULL && e->kind == ERR_NONE)
		o = build(&h, name);
	js_free(h.props);
	js_free(h.required);
	free(h.about);
	return o;
}

/* ---- calling such a script ---- */

static bool
is_yes(jv v)
{
	struct buf b = BUF_INIT;
	bool yes;

	js_dump(&b, v);
	yes = strcmp(buf_str(&b), "true") == 0;
	buf_free(&b);
	return yes;
}

static void
push_value(struct vec *argv, const char *name, jv v)
{
	struct buf b = BUF_INIT;
	size_t n;
	const char *s = js_bytes(v, &n);

	vec_push(argv, name);
	if (s != NULL)
		buf_add(&b, s, strlen(s));
	else
		js_dump(&b, v);
	vec_push(argv, buf_str(&b));
	buf_free(&b);
}

static void
push_option(struct vec *argv, const char *key, jv v)
{
	char *name = xasprintf("--%s", key);

	for (char *p = name; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	if (js_is_arr(v)) {
		for (size_t i = 0; i < js_len(v); i++) {
			jv one = js_at(v, i);

			push_value(argv, name, one);
			js_free(one);
		}
	} else if (js_is_bool(v)) {
		if (is_yes(v))
			vec_push(argv, name);
	} else if (!js_is_null(v)) {
		push_value(argv, name, v);
	}
	free(name);
}

void
extern_options(struct vec *argv, jv args)
{
	jv keys = js_keys(args);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);
		jv v = key != NULL ? js_get(args, key) : js_none();

		if (js_is_valid(v))
			push_option(argv, key, v);
		js_free(v);
		js_free(k);
	}
	js_free(keys);
}
