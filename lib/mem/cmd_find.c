/*
 * cmd_find.c - search, get, list.
 */
#include "mem/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "json/jsonl.h"
#include "mem/when.h"

#define FAR_DAYS	90	/* a store without news for so long is asked
				 * as of its end */
#define COLUMNS		72

/* ---- what is asked ---- */

static int
switches(const struct cmd *c, unsigned *off, struct err *e)
{
	for (size_t i = 0; i < c->without.n; i++) {
		bool known = false;

		for (int p = 0; p < RANK_PARTS; p++)
			if (strcmp(c->without.v[i], rank_names[p]) == 0) {
				*off |= 1u << p;
				known = true;
			}
		if (!known)
			return err_set(e, ERR_USAGE, "--without: '%.40s' is "
			    "no part of a score; --explain shows them",
			    c->without.v[i]);
	}
	return 0;
}

static int
filters(const struct cmd *c, struct rank *r, struct err *e)
{
	struct rank_filter *f = &r->filter;

	f->kind = c->kind;
	f->source = c->source;
	f->speaker = c->speaker;
	f->session = c->session;
	f->tags = c->tags.v;
	f->ntags = c->tags.n;
	f->until = INT64_MAX;
	f->since = INT64_MIN;
	if (c->since != NULL && cmd_time(c->since, "--since", r->now,
	    &f->since, e) == -1)
		return -1;
	if (c->until != NULL && cmd_time(c->until, "--until", r->now,
	    &f->until, e) == -1)
		return -1;
	return switches(c, &r->off, e);
}

/* The day on which "last May" is said: today, unless all memories are old. */
static int
day_of_asking(struct cmd *c, const struct vec *names, int64_t now,
    int64_t *day, struct err *e)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < names->n; i++) {
		struct store_ns *ns;
		struct db_stmt *st;
		int rc = store_space(&c->s, names->v[i], false, &ns, e);

		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		st = db_query(c->s.db, e, "SELECT at FROM memory WHERE id"
		    " BETWEEN ? AND ? ORDER BY id DESC LIMIT 1", "ii",
		    ns->id << ITEM_NS_SHIFT, ns->id << ITEM_NS_SHIFT |
		    (int64_t)UINT32_MAX);
		if (st == NULL || (rc = db_step(st, e)) == -1)
			return -1;
		if (rc == 1 && db_int(st, 0) > last)
			last = db_int(st, 0);
		if (rc == 1)
			db_done(st);
	}
	if (c->now == NULL && last != INT64_MIN && now - last > FAR_DAYS *
	    WHEN_DAY_MS)
		now = last;
	*day = now / WHEN_DAY_MS;
	return 0;
}

int
cmd_rank(struct cmd *c, const char *text, size_t n, struct rank *r,
    struct err *e)
{
	struct vec names = VEC_INIT;
	int64_t day = 0;
	int rc;

	memset(r, 0, sizeof(*r));
	r->limit = (size_t)c->limit;
	r->now = clock_wall_ms();
	if (c->now != NULL && cmd_time(c->now, "--now", r->now, &r->now,
	    e) == -1)
		return -1;
	if (filters(c, r, e) == -1)
		return -1;
	rc = cmd_spaces(c, &names, e);
	if (rc == 0 && !c->none)
		rc = day_of_asking(c, &names, r->now, &day, e);
	if (rc == 0)
		query_parse(&r->query, text, n, day);
	if (rc == 0 && c->vectors && !c->none)
		rc = cmd_near(c, text, &names, r, e);
	for (size_t i = 0; rc == 0 && !c->none && i < names.n; i++) {
		struct store_ns *ns;

		rc = store_space(&c->s, names.v[i], false, &ns, e);
		if (rc == 1)
			rc = rank_space(r, &c->s, ns, e);
	}
	vec_free(&names);
	if (rc == 0)
		rank_finish(r);
	return rc;
}

/* ---- what is found ---- */

/* The name of a namespace that was looked up before. */
static const char *
space_name(const struct cmd *c, int64_t id)
{
	for (struct store_ns *ns = c->s.spaces; ns != NULL; ns = ns->after)
		if (ns->id == id)
			return ns->name;
	return NULL;
}

static jv
score_json(double v)
{
	/* Four digits are plenty, and the same on every machine. */
	return js_from_num((double)(int64_t)(v * 10000 + (v < 0 ? -0.5 :
	    0.5)) / 10000);
}

jv
cmd_hit(struct cmd *c, const struct rank_hit *h, bool explain,
    struct err *e)
{
	struct item it;
	jv v, parts;

	if (item_of_row(c->s.db, h->row, &it, e) != 1)
		return js_none();
	v = item_json(&it, space_name(c, ITEM_NS(h->row)));
	item_free(&it);
	v = js_set(v, "score", score_json(h->score));
	if (!explain)
		return v;
	parts = js_obj();
	for (int i = 0; i < RANK_NEAR; i++)
		if (h->part[i] != 0)
			parts = js_set(parts, rank_names[i],
			    score_json(h->part[i]));
	return js_set(v, "explain", parts);
}

/* A memory for people: a line that says what it is, one with its text. */
static void
show_item(struct cmd *c, const struct item *it, const struct rank_hit *h)
{
	struct buf *b = &c->out;

	if (h != NULL)
		buf_addf(b, "%6.2f  ", h->score);
	utf8_escape(b, it->id, strlen(it->id), UTF8_LINE);
	if (it->date != NULL) {
		buf_adds(b, "  ");
		cmd_escape(b, it->date, 40);
	} else {
		char stamp[CLOCK_STAMP_SIZE];

		clock_stamp(stamp, it->created);
		buf_addf(b, "  %.10s", stamp);
	}
	if (it->kind != NULL) {
		buf_adds(b, "  ");
		cmd_escape(b, it->kind, 40);
	}
	if (it->source != NULL) {
		buf_adds(b, "  ");
		cmd_escape(b, it->source, 60);
	}
	buf_addc(b, '\n');
	if (h != NULL && c->explain) {
		buf_adds(b, "       ");
		for (int i = 0; i < RANK_NEAR; i++)
			if (h->part[i] != 0)
				buf_addf(b, " %s %.2f", rank_names[i],
				    (double)h->part[i]);
		buf_addc(b, '\n');
	}
	buf_adds(b, "    ");
	if (it->speaker != NULL) {
		cmd_escape(b, it->speaker, 30);
		buf_adds(b, ": ");
	}
	cmd_escape(b, it->text, COLUMNS);
	buf_addc(b, '\n');
}

static int
show_hits(struct cmd *c, const struct rank *r, struct err *e)
{
	for (size_t i = 0; i < r->nhits; i++) {
		struct item it;
		int rc;
		jv v;

		if (!c->text) {
			v = cmd_hit(c, &r->hits[i], c->explain, e);
			if (js_is_valid(v))
				cmd_line_take(c, v);
			else if (e->kind != ERR_NONE)
				return -1;
			continue;
		}
		rc = item_of_row(c->s.db, r->hits[i].row, &it, e);
		if (rc == -1)
			return -1;
		if (rc == 1) {
			show_item(c, &it, &r->hits[i]);
			item_free(&it);
		}
	}
	return 0;
}

/* ---- search ---- */

static int
one_search(struct cmd *c, const char *text, size_t n, struct err *e)
{
	struct rank r;
	int rc = cmd_rank(c, text, n, &r, e);

	if (rc == 0)
		rc = show_hits(c, &r, e);
	if (rc == 0)
		rc = r.nhits == 0;
	rank_free(&r);
	return rc;
}

/* A line of standard input: a question, answered by one line. */
static int
line_search(struct cmd *c, jv line, const char *p, size_t n, struct err *e)
{
	const char *text = js_is_obj(line) ? js_str_len(line, "query", &n) :
	    p;
	struct rank r;
	jv hits = js_arr(), out = js_obj();
	int rc;

	if (text == NULL) {
		js_free(hits);
		js_free(out);
		return err_set(e, ERR_DATA, "query: missing");
	}
	if (js_str(line, "namespace") != NULL) {
		vec_free(&c->spaces);
		vec_push(&c->spaces, js_str(line, "namespace"));
	}
	rc = cmd_rank(c, text, n, &r, e);
	for (size_t i = 0; rc == 0 && i < r.nhits; i++) {
		jv v = cmd_hit(c, &r.hits[i], c->explain, e);

		if (js_is_valid(v))
			hits = js_push(hits, v);
	}
	rank_free(&r);
	out = js_copy_key(out, "id", line, "id");
	out = js_set(out, "query", js_from_bytes(text, n));
	cmd_line_take(c, js_set(out, "hits", hits));
	return rc;
}

static int
many_searches(struct cmd *c, struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	const char *p;
	size_t n;
	int rc = 0;

	jsonl_init(&in, "<stdin>");
	while (rc == 0 && (st = jsonl_read_line(&in, STDIN_FILENO, &p, &n,
	    e)) != JSONL_END) {
		struct err fault = ERR_INIT;
		jv v = js_none();

		if (st == JSONL_ERROR) {
			rc = -1;
			break;
		}
		if (*p == '{')
			v = js_parse(p, n, &fault);
		rc = fault.kind != ERR_NONE ? -1 : line_search(c, v, p, n, e);
		if (fault.kind != ERR_NONE)
			*e = fault;
		if (rc == -1)
			err_wrap(e, "<stdin>:%llu",
			    (unsigned long long)in.lineno);
		js_free(v);
		if (rc == 0)
			rc = cmd_flush(c, e);
	}
	jsonl_free(&in);
	return rc;
}

int
cmd_search(struct cmd *c, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	if (c->words.n == 0 && isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "what to search for? Give words, "
		    "or questions on standard input, a line each");
	if (c->words.n == 0)
		return many_searches(c, e);
	for (size_t i = 0; i < c->words.n; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		buf_adds(&b, c->words.v[i]);
	}
	rc = one_search(c, buf_str(&b), b.len, e);
	buf_free(&b);
	return rc;
}

/* ---- get ---- */

static int
get_one(struct cmd *c, const struct vec *names, const char *id,
    struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		struct store_ns *ns;
		struct item it;
		jv v, past;
		int rc = store_space(&c->s, names->v[i], false, &ns, e);

		if (rc == 1)
			rc = store_get(&c->s, ns, id, &it, e);
		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		if (c->text) {
			show_item(c, &it, NULL);
			item_free(&it);
			return 1;
		}
		v = item_json(&it, ns->name);
		if (c->history) {
			rc = store_history(&c->s, it.row, &past, e);
			v = js_set(v, "history", past);
		}
		item_free(&it);
		cmd_line_take(c, v);
		return rc == -1 ? -1 : 1;
	}
	return 0;
}

int
cmd_get(struct cmd *c, struct err *e)
{
	struct vec names = VEC_INIT, own = VEC_INIT;
	int rc, missing = 0;

	if (c->words.n == 0)
		return err_set(e, ERR_USAGE, "get: which? Give ids, or - and "
		    "ids on standard input");
	if (cmd_read_ids(c, e) == -1)
		return -1;
	/* An id is found wherever it is, unless a place is named. */
	if (c->spaces.n == 0)
		c->all = true;
	rc = c->none ? 0 : cmd_spaces(c, &names, e);
	for (size_t i = 0; rc != -1 && i < c->words.n; i++) {
		rc = get_one(c, cmd_home(c, i, &names, &own), c->words.v[i],
		    e);
		if (rc == 0 && missing++ == 0)
			err_set(e, ERR_NEGATIVE, "no memory has the id "
			    "'%.80s'", c->words.v[i]);
	}
	vec_free(&names);
	vec_free(&own);
	return rc == -1 || missing > 0 ? -1 : 0;
}

/* ---- list ---- */

static bool
listed(const struct cmd *c, const struct item *it, int64_t since,
    int64_t until, int64_t now)
{
	if ((it->expires != 0 && it->expires <= now) || it->at < since ||
	    it->at >= until)
		return false;
	if ((c->kind != NULL && (it->kind == NULL || strcmp(it->kind,
	    c->kind) != 0)) || (c->speaker != NULL && (it->speaker == NULL ||
	    strcasecmp(it->speaker, c->speaker) != 0)) ||
	    (c->source != NULL && (it->source == NULL || strncmp(it->source,
	    c->source, strlen(c->source)) != 0)))
		return false;
	for (size_t i = 0; i < c->tags.n; i++)
		if (!item_has_tag(it, c->tags.v[i]))
			return false;
	return true;
}

/* The newest of a namespace first; left counts down. */
static int
list_space(struct cmd *c, const struct store_ns *ns, int64_t *left,
    int64_t since, int64_t until, struct err *e)
{
	int64_t base = ns->id << ITEM_NS_SHIFT;
	struct db_stmt *st = db_query(c->s.db, e, "SELECT " ITEM_COLUMNS
	    ITEM_FROM "WHERE m.id BETWEEN ? AND ? ORDER BY m.id DESC", "ii",
	    base, base | (int64_t)UINT32_MAX);
	int rc = -1;

	while (st != NULL && *left > 0 && (rc = db_step(st, e)) == 1) {
		struct item it;

		item_row(&it, st);
		if (listed(c, &it, since, until, c->s.now)) {
			(*left)--;
			if (c->text)
				show_item(c, &it, NULL);
			else
				cmd_line_take(c, item_json(&it, ns->name));
		}
		item_free(&it);
		if (c->out.len > 65536 && cmd_flush(c, e) == -1)
			return -1;
	}
	if (rc == 1)
		db_done(st);
	return rc == -1 && e->kind != ERR_NONE ? -1 : 0;
}

int
cmd_list(struct cmd *c, struct err *e)
{
	int64_t left = c->limit, since = INT64_MIN, until = INT64_MAX;
	struct vec names = VEC_INIT;
	int rc = 0;

	if ((c->since != NULL && cmd_time(c->since, "--since", c->s.now,
	    &since, e) == -1) || (c->until != NULL && cmd_time(c->until,
	    "--until", c->s.now, &until, e) == -1))
		return -1;
	if (c->none)
		return 0;
	rc = cmd_spaces(c, &names, e);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		struct store_ns *ns;

		rc = store_space(&c->s, names.v[i], false, &ns, e);
		if (rc == 1)
			rc = list_space(c, ns, &left, since, until, e);
	}
	vec_free(&names);
	return rc;
}
