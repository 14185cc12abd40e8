/*
 * usage.c - what was used: sums of the ledger, for people and programs.
 */
#include "ledger/usage.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "json/js.h"

const char usage_groups[] = "model, job, day, hour, month, server, session, "
    "budget or outcome";

/* Names of groupings and what they are in SQL. */
static const struct {
	const char *name, *sql;
} groups[] = {
	{ "model", "model" },
	{ "job", "job" },
	{ "day", "strftime('%Y-%m-%d', time / 1000, 'unixepoch', "
	    "'localtime')" },
	{ "hour", "strftime('%Y-%m-%dT%H', time / 1000, 'unixepoch', "
	    "'localtime')" },
	{ "month", "strftime('%Y-%m', time / 1000, 'unixepoch', "
	    "'localtime')" },
	{ "server", "endpoint" },
	{ "session", "session" },
	{ "budget", "budget" },
	{ "outcome", "outcome" },
};

/* One line of the report. */
struct sum {
	char		*name;
	int64_t		 requests, failed, estimated;
	int64_t		 input, output, cached, reasoning;
	int64_t		 cost;		/* of those with a price */
	int64_t		 unpriced;	/* requests without */
	int64_t		 duration;
};

bool
usage_by(const char *name)
{
	for (size_t i = 0; i < BASE_NITEMS(groups); i++)
		if (strcmp(groups[i].name, name) == 0)
			return true;
	return false;
}

void
usage_money(struct buf *out, int64_t micro)
{
	size_t keep;

	buf_addf(out, "%lld.%06lld", (long long)(micro / 1000000),
	    (long long)(micro % 1000000));
	/* Two digits at least. */
	for (keep = 4; keep > 0 && out->data[out->len - 1] == '0'; keep--)
		buf_cut(out, out->len - 1);
}

static void
add(struct sum *to, const struct sum *s)
{
	to->requests += s->requests;
	to->failed += s->failed;
	to->estimated += s->estimated;
	to->input += s->input;
	to->output += s->output;
	to->cached += s->cached;
	to->reasoning += s->reasoning;
	to->cost += s->cost;
	to->unpriced += s->unpriced;
	to->duration += s->duration;
}

/* A row of the query; what had no price then may have one now. */
static void
take(const struct ledger *l, struct db_stmt *st, struct sum *s)
{
	const struct rules_price *p = rules_price(&l->rules, db_text(st, 1),
	    db_text(st, 2));

	memset(s, 0, sizeof(*s));
	s->requests = db_int(st, 3);
	s->failed = db_int(st, 4);
	s->estimated = db_int(st, 5);
	s->input = db_int(st, 6);
	s->output = db_int(st, 7);
	s->cached = db_int(st, 8);
	s->reasoning = db_int(st, 9);
	s->cost = db_int(st, 10);
	s->duration = db_int(st, 11);
	if (p == NULL)
		s->unpriced = db_int(st, 12);
	else
		s->cost += rules_cost(p, db_int(st, 13), db_int(st, 15),
		    db_int(st, 14));
}

static struct db_stmt *
query(struct ledger *l, const struct usage_query *q, struct err *e)
{
	const char *group = groups[0].sql;
	struct db_stmt *st;
	char *sql;

	for (size_t i = 0; i < BASE_NITEMS(groups); i++)
		if (strcmp(groups[i].name, q->by) == 0)
			group = groups[i].sql;
	/* Where nothing was used, no price is missed. */
	sql = xasprintf("SELECT %s AS g, endpoint, model, count(*),"
	    " sum(outcome <> 'ok'), sum(estimated), sum(input), sum(output),"
	    " sum(cached), sum(reasoning), sum(paid), sum(duration),"
	    " sum(paid IS NULL AND input + output > 0),"
	    " sum(iif(paid IS NULL, input, 0)),"
	    " sum(iif(paid IS NULL, output, 0)),"
	    " sum(iif(paid IS NULL, cached, 0))"
	    " FROM (SELECT *, %s AS paid FROM usage"
	    " WHERE time >= ? AND time < ?)"
	    " GROUP BY g, endpoint, model ORDER BY g, endpoint, model",
	    group, q->anew ? "NULL" : "cost");
	st = db_query(l->db, e, sql, "ii", q->since_ms, q->until_ms);
	free(sql);
	return st;
}

/* The sums in order of their names, freed by the caller. */
static int
collect(struct ledger *l, const struct usage_query *q, struct sum **sums,
    size_t *n, struct err *e)
{
	struct db_stmt *st = query(l, q, e);
	struct sum s;
	int rc = -1;

	*sums = NULL;
	*n = 0;
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		const char *name = db_text(st, 0);

		take(l, st, &s);
		if (name == NULL)
			name = "";
		if (*n == 0 || strcmp((*sums)[*n - 1].name, name) != 0) {
			*sums = xreallocarray(*sums, *n + 1, sizeof(**sums));
			memset(&(*sums)[*n], 0, sizeof(**sums));
			(*sums)[(*n)++].name = xstrdup(name);
		}
		add(&(*sums)[*n - 1], &s);
	}
	return rc;
}

/* Money of which some may be missing. */
static void
show_cost(struct buf *out, const struct sum *s)
{
	if (s->unpriced > 0 && s->cost == 0) {
		buf_adds(out, "?");
		return;
	}
	usage_money(out, s->cost);
	if (s->unpriced > 0)
		buf_adds(out, "+?");
}

static void
show_row(struct buf *out, const struct sum *s, size_t width)
{
	struct buf name = BUF_INIT, cost = BUF_INIT;
	size_t have = 0;
	uint32_t cp;

	utf8_escape(&name, *s->name != '\0' ? s->name : "-",
	    *s->name != '\0' ? strlen(s->name) : 1, UTF8_LINE);
	for (size_t i = 0, k; i < name.len; i += k > 0 ? k : 1)
		if ((k = utf8_decode(name.data + i, name.len - i, &cp)) > 0)
			have += (size_t)utf8_width(cp);
	show_cost(&cost, s);
	buf_adds(out, buf_str(&name));
	for (; have < width; have++)
		buf_addc(out, ' ');
	buf_addf(out, " %8lld %6lld %11lld %11lld %11lld %10lld %12s\n",
	    (long long)s->requests, (long long)s->failed,
	    (long long)s->input, (long long)s->cached, (long long)s->output,
	    (long long)s->reasoning, buf_str(&cost));
	buf_free(&name);
	buf_free(&cost);
}

static void
show_table(struct buf *out, const struct usage_query *q,
    const struct sum *sums, size_t n, const struct sum *total)
{
	size_t width = 8;

	for (size_t i = 0; i < n; i++)
		if (strlen(sums[i].name) > width)
			width = strlen(sums[i].name);
	if (width > 40)
		width = 40;
	buf_addf(out, "%-*s %8s %6s %11s %11s %11s %10s %12s\n", (int)width,
	    q->by, "requests", "failed", "input", "cached", "output",
	    "reasoning", "cost");
	for (size_t i = 0; i < n; i++)
		show_row(out, &sums[i], width);
	show_row(out, total, width);
	if (total->unpriced > 0)
		buf_addf(out, "No price is known for %lld of the requests "
		    "(?); see prices in agent-config(5).\n",
		    (long long)total->unpriced);
	if (total->estimated > 0)
		buf_addf(out, "The tokens of %lld of the requests are "
		    "estimated.\n", (long long)total->estimated);
}

/* A number as far as JSON carries it. */
static jv
set(jv o, const char *key, int64_t v)
{
	int64_t max = (int64_t)1 << 53;

	return js_set_int(o, key, v > max ? max : v);
}

static void
show_json(struct buf *out, const struct usage_query *q, const struct sum *s,
    bool total)
{
	struct buf cost = BUF_INIT;
	jv o = js_obj();

	if (total)
		o = js_set_bool(o, "total", true);
	else if (*s->name != '\0')
		o = js_set_str(o, q->by, s->name);
	else
		o = js_set(o, q->by, js_null());
	o = set(o, "requests", s->requests);
	o = set(o, "failed", s->failed);
	o = set(o, "input_tokens", s->input);
	o = set(o, "cached_tokens", s->cached);
	o = set(o, "output_tokens", s->output);
	o = set(o, "reasoning_tokens", s->reasoning);
	usage_money(&cost, s->cost);
	o = js_set(o, "cost", s->unpriced > 0 && s->cost == 0 ? js_null() :
	    js_from_buf(&cost));
	o = set(o, "cost_micro", s->cost);
	o = set(o, "unpriced", s->unpriced);
	o = set(o, "estimated", s->estimated);
	o = set(o, "duration_ms", s->duration);
	js_dump(out, o);
	buf_addc(out, '\n');
	js_free(o);
	buf_free(&cost);
}

int
usage_report(struct ledger *l, const struct usage_query *q, struct buf *out,
    struct err *e)
{
	struct sum *sums = NULL, total = { .name = NULL };
	size_t n = 0;
	int rc = 0;

	if (l->db != NULL)
		rc = collect(l, q, &sums, &n, e);
	total.name = xstrdup("total");
	for (size_t i = 0; i < n; i++)
		add(&total, &sums[i]);
	if (rc == 0 && q->json) {
		for (size_t i = 0; i < n; i++)
			show_json(out, q, &sums[i], false);
		show_json(out, q, &total, true);
	} else if (rc == 0) {
		show_table(out, q, sums, n, &total);
	}
	for (size_t i = 0; i < n; i++)
		free(sums[i].name);
	free(sums);
	free(total.name);
	return rc;
}
