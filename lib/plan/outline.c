/*
 * outline.c - tasks out of text: lines of JSON, or a Markdown list.
 */
#include "plan/outline.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "json/jsonl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH	32		/* items below items */

/* ---- JSON ---- */

static int
push(jv *out, jv spec, struct err *e)
{
	if (js_len(*out) >= OUTLINE_TASKS) {
		js_free(spec);
		return err_set(e, ERR_DATA, "more than %d tasks",
		    OUTLINE_TASKS);
	}
	*out = js_push(*out, spec);
	return 0;
}

static int
push_all(jv *out, jv list, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < js_len(list); i++)
		rc = push(out, js_at(list, i), e);
	return rc;
}

static int
lines(const char *text, size_t n, jv *out, struct err *e)
{
	struct jsonl r;
	enum jsonl_status s;
	jv v = js_none();
	int rc = 0;

	jsonl_init(&r, "");
	jsonl_feed(&r, text, n);
	jsonl_eof(&r);
	while (rc == 0 && (s = jsonl_next(&r, &v, NULL, NULL, e)) !=
	    JSONL_END && s != JSONL_MORE) {
		if (s == JSONL_ERROR)
			rc = -1;
		else
			rc = push(out, v, e);
		if (rc == -1)
			err_wrap(e, "line %llu", (unsigned long long)
			    r.lineno);
	}
	jsonl_free(&r);
	return rc;
}

static int
json(const char *text, size_t n, jv *out, struct err *e)
{
	struct err whole = ERR_INIT;
	jv v = js_parse(text, n, &whole), tasks = js_get(v, "tasks");
	int rc;

	if (js_is_arr(v))
		rc = push_all(out, v, e);
	else if (js_is_arr(tasks))
		rc = push_all(out, tasks, e);
	else if (js_is_obj(v))
		rc = push(out, js_ref(v), e);
	else
		rc = lines(text, n, out, e);
	js_free(tasks);
	js_free(v);
	return rc;
}

/* ---- Markdown ---- */

struct item {
	size_t		 indent;
	size_t		 at;		/* its place in the array */
	bool		 skip;		/* ticked, or below such a one */
};

struct md {
	jv		*out;
	struct item	 open[DEPTH];	/* from the outermost to the last */
	size_t		 depth;
	bool		 boxes;		/* only items with a box count */
	jv		 spec;		/* of the last item, or invalid */
	struct buf	 objective;
	bool		 fence;
};

/* Columns of white space at p; *at is moved behind it. */
static size_t
indent(const char *p, size_t n, size_t *at)
{
	size_t columns = 0;

	for (*at = 0; *at < n && (p[*at] == ' ' || p[*at] == '\t'); (*at)++)
		columns += p[*at] == '\t' ? 4 - columns % 4 : 1;
	return columns;
}

/* Length of the mark of a list item at p, with its blanks; 0: none. */
static size_t
mark(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && i < 9 && p[i] >= '0' && p[i] <= '9')
		i++;
	if (i < n && (i > 0 ? p[i] == '.' || p[i] == ')' :
	    p[i] == '-' || p[i] == '*' || p[i] == '+'))
		i++;
	else
		return 0;
	if (i >= n || (p[i] != ' ' && p[i] != '\t'))
		return 0;
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	return i;
}

/* 0: no box at p; else ' ' or 'x'. */
static char
box(const char *p, size_t n)
{
	if (n < 4 || p[0] != '[' || p[2] != ']' || (p[3] != ' ' &&
	    p[3] != '\t'))
		return 0;
	return p[1] == ' ' ? ' ' : p[1] == 'x' || p[1] == 'X' ? 'x' : 0;
}

static bool
is_fence(const char *p, size_t n)
{
	return n >= 3 && (memcmp(p, "```", 3) == 0 || memcmp(p, "~~~", 3) ==
	    0);
}

/* The next line; what is left behind it. */
static bool
next(const char **text, size_t *left, const char **line, size_t *n)
{
	const char *end;

	if (*left == 0)
		return false;
	*line = *text;
	end = memchr(*text, '\n', *left);
	*n = end != NULL ? (size_t)(end - *text) : *left;
	*text += *n + (end != NULL);
	*left -= *n + (end != NULL);
	while (*n > 0 && ((*line)[*n - 1] == '\r' || (*line)[*n - 1] == ' '))
		(*n)--;
	return true;
}

static bool
has_boxes(const char *text, size_t left)
{
	const char *line;
	bool fence = false;
	size_t n, at, m;

	while (next(&text, &left, &line, &n)) {
		indent(line, n, &at);
		fence ^= is_fence(line + at, n - at);
		m = fence ? 0 : mark(line + at, n - at);
		if (m > 0 && box(line + at + m, n - at - m) != 0)
			return true;
	}
	return false;
}

/* The last item has all its lines. */
static int
finish(struct md *m, struct err *e)
{
	jv spec = m->spec;

	m->spec = js_none();
	if (!js_is_valid(spec))
		return 0;
	while (m->objective.len > 0 &&
	    m->objective.data[m->objective.len - 1] == '\n')
		buf_cut(&m->objective, m->objective.len - 1);
	spec = js_set(spec, "objective", js_from_buf(&m->objective));
	return push(m->out, spec, e);
}

static int
begin(struct md *m, size_t columns, const char *p, size_t n, struct err *e)
{
	char tick = box(p, n);
	struct item *up = NULL, *it;
	size_t at;

	if (finish(m, e) == -1)
		return -1;
	while (m->depth > 0 && m->open[m->depth - 1].indent >= columns)
		m->depth--;
	if (m->depth == DEPTH)
		m->depth--;		/* deeper ones are brothers */
	if (m->depth > 0)
		up = &m->open[m->depth - 1];
	at = js_len(*m->out);
	it = &m->open[m->depth++];
	*it = (struct item){ columns, at, tick == 'x' ||
	    (up != NULL && up->skip) };
	if (tick != 0) {
		p += 4;
		n -= 4;
	} else if (m->boxes) {
		it->skip = true;
	}
	if (it->skip)
		return 0;
	m->spec = js_obj();
	if (up != NULL)
		m->spec = js_set_int(m->spec, "parent", (int64_t)up->at -
		    (int64_t)at);
	buf_reset(&m->objective);
	buf_add(&m->objective, p, n);
	return 0;
}

/* A number, or a word, as a specification wants it. */
static jv
scalar(const char *p, size_t n)
{
	size_t i = n > 0 && (*p == '-' || *p == '#') ? 1 : 0, digits = i;

	while (digits < n && p[digits] >= '0' && p[digits] <= '9')
		digits++;
	if (digits == n && digits > i && n < 16) {
		char copy[17];

		memcpy(copy, p, n);
		copy[n] = '\0';
		if (*p == '#')
			copy[0] = ' ';
		return js_from_int(strtoll(copy, NULL, 10));
	}
	return js_from_bytes(p, n);
}

static jv
several(const char *p, size_t n, bool numbers)
{
	jv a = js_arr();

	while (n > 0) {
		const char *end = memchr(p, ',', n);
		size_t len = end != NULL ? (size_t)(end - p) : n, k = len;
		const char *s = p;

		while (k > 0 && *s == ' ')
			s++, k--;
		while (k > 0 && s[k - 1] == ' ')
			k--;
		if (k > 0)
			a = js_push(a, numbers ? scalar(s, k) :
			    js_from_bytes(s, k));
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
	return a;
}

/* "name: value" of a specification; false when it is none. */
static bool
member(struct md *m, const char *p, size_t n)
{
	static const char *const texts[] = { "key", "acceptance", "check" },
	    *const lists[] = { "inputs", "tags", "needs" }, *const numbers[] =
	    { "priority", "steps", "tool_calls", "tokens", "seconds",
	    "rounds", "tries" };
	const char *colon = memchr(p, ':', n < 16 ? n : 16);
	size_t len = colon != NULL ? (size_t)(colon - p) : 0;

	if (colon == NULL || len + 1 >= n || colon[1] != ' ')
		return false;
	n -= len + 2;
	while (n > 0 && colon[2] == ' ')
		colon++, n--;
#define IS(w)	(strlen(w) == len && strncasecmp(p, w, len) == 0)
	for (size_t i = 0; i < BASE_NITEMS(texts); i++)
		if (IS(texts[i])) {
			const char *s = colon + 2;

			/* `make test` is how it is written for people. */
			if (n > 2 && s[0] == '`' && s[n - 1] == '`')
				s++, n -= 2;
			m->spec = js_set(m->spec, texts[i],
			    js_from_bytes(s, n));
			return true;
		}
	for (size_t i = 0; i < BASE_NITEMS(lists); i++)
		if (IS(lists[i])) {
			m->spec = js_set(m->spec, lists[i], several(colon + 2,
			    n, i == 2));
			return true;
		}
	for (size_t i = 0; i < BASE_NITEMS(numbers); i++)
		if (IS(numbers[i])) {
			m->spec = js_set(m->spec, numbers[i], scalar(colon +
			    2, n));
			return true;
		}
#undef IS
	return false;
}

static int
line_of(struct md *m, const char *line, size_t n, struct err *e)
{
	size_t at, columns = indent(line, n, &at), len;
	const char *p = line + at;
	bool below = m->depth > 0 && columns >
	    m->open[m->depth - 1].indent && js_is_valid(m->spec);

	n -= at;
	if (n == 0)
		return 0;
	if (is_fence(p, n))
		m->fence = !m->fence;
	else if (!m->fence && (len = mark(p, n)) > 0 && (!m->boxes ||
	    box(p + len, n - len) != 0 || !below))
		return begin(m, columns, p + len, n - len, e);
	else if (!m->fence && below && member(m, p, n))
		return 0;
	if (below && m->objective.len < 65536) {
		buf_addc(&m->objective, '\n');
		buf_add(&m->objective, p, n);
	} else if (!m->fence && columns == 0) {
		/* A heading or a paragraph ends the list. */
		m->depth = 0;
		return finish(m, e);
	}
	return 0;
}

int
outline_read(const char *text, size_t n, jv *out, struct err *e)
{
	struct md m = { .out = out, .spec = js_none(),
	    .objective = BUF_INIT };
	size_t at, len;
	const char *line;
	int rc = 0;

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3, n -= 3;
	for (at = 0; at < n && strchr(" \t\r\n", text[at]) != NULL; at++)
		;
	/* A list of Markdown begins with no bracket. */
	if (at < n && (text[at] == '{' || (text[at] == '[' &&
	    box(text + at, n - at) == 0)))
		return json(text, n, out, e);
	m.boxes = has_boxes(text, n);
	while (rc == 0 && next(&text, &n, &line, &len))
		rc = line_of(&m, line, len, e);
	if (rc == 0)
		rc = finish(&m, e);
	js_free(m.spec);
	buf_free(&m.objective);
	return rc;
}
