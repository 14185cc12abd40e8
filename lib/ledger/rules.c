/*
 * rules.c - limits, prices and budgets as the configuration says them.
 */
#include "ledger/rules.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/num.h"
#include "sys/file.h"

#define COUNT_MAX	((int64_t)1000000000000)
#define MONEY_MAX	1e9
#define PRICES_MAX	((size_t)4 * 1024 * 1024)
#define COST_MAX	((int64_t)10000000000000)
#define MILLION		((int64_t)1000000)

static const char *const per_names[] = {
	[PER_TOTAL] = "total", [PER_HOUR] = "hour", [PER_DAY] = "day",
	[PER_WEEK] = "week", [PER_MONTH] = "month",
};

const char *
rules_per_name(enum rules_per per)
{
	return per_names[per];
}

static int
bad(struct err *e, const char *where, const char *name, const char *want)
{
	return err_set(e, ERR_CONFIG, "%s: %s: expected %s", where, name,
	    want);
}

/* A member that is a whole number of at least min; dflt when missing. */
static int
count(jv o, const char *name, int64_t min, int64_t dflt, int64_t *out,
    const char *where, struct err *e)
{
	*out = dflt;
	if (!js_has(o, name) || js_int(o, name, min, COUNT_MAX, out))
		return 0;
	return bad(e, where, name, "a whole number above 0");
}

/* A member that is an amount of money, a number or a string. */
static int
money(jv o, const char *name, int64_t dflt, int64_t *out, const char *where,
    struct err *e)
{
	const char *s = js_str(o, name);
	double v = js_num(o, name, -1);

	*out = dflt;
	if (!js_has(o, name))
		return 0;
	if (s != NULL) {
		if (rules_money(s, name, out, e) == 0)
			return 0;
		e->kind = ERR_CONFIG;
		return err_wrap(e, "%s", where);
	}
	if (!(v >= 0 && v <= MONEY_MAX))
		return bad(e, where, name, "an amount of money");
	*out = (int64_t)llround(v * 1e6);
	return 0;
}

int
rules_money(const char *s, const char *what, int64_t *out, struct err *e)
{
	double v;

	if (num_double(s, 0, MONEY_MAX, what, &v, e) == -1)
		return -1;
	*out = (int64_t)llround(v * 1e6);
	return 0;
}

static int
load_limit(struct rules_limit *l, jv o, struct err *e)
{
	const char *match = js_str(o, "match"), *per = js_str(o, "per");

	if (!js_is_obj(o) || (js_has(o, "match") && match == NULL))
		return bad(e, "limits", "match", "objects with a pattern");
	if (per != NULL && strcmp(per, "key") != 0 &&
	    strcmp(per, "model") != 0)
		return bad(e, "limits", "per", "\"model\" or \"key\"");
	l->match = xstrdup(match != NULL ? match : "*");
	l->per_key = per != NULL && strcmp(per, "key") == 0;
	if (count(o, "requests_per_minute", 1, 0, &l->requests, "limits",
	    e) == -1 ||
	    count(o, "tokens_per_minute", 1, 0, &l->tokens, "limits",
	    e) == -1 ||
	    count(o, "in_flight", 1, 0, &l->in_flight, "limits", e) == -1 ||
	    count(o, "burst", 1, 0, &l->burst, "limits", e) == -1 ||
	    count(o, "burst_tokens", 1, 0, &l->burst_tokens, "limits",
	    e) == -1)
		return -1;
	return 0;
}

static int
load_limits(struct rules *r, jv list, const struct rules_limit *first,
    struct err *e)
{
	size_t n = js_len(list);

	if (js_is_valid(list) && !js_is_arr(list))
		return err_set(e, ERR_CONFIG, "limits: expected an array, got "
		    "%s", js_kind(list));
	r->limits = xcalloc(n + 1, sizeof(*r->limits));
	if (first != NULL) {
		r->limits[0] = *first;
		r->limits[0].match = xstrdup(first->match != NULL ?
		    first->match : "*");
		r->nlimits = 1;
	}
	for (size_t i = 0; i < n; i++) {
		jv o = js_at(list, i);
		int rc = load_limit(&r->limits[r->nlimits++], o, e);

		js_free(o);
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
load_prices(struct rules *r, jv map, struct err *e)
{
	jv keys = js_keys(map);
	int rc = 0;

	if (js_is_valid(map) && !js_is_obj(map))
		rc = err_set(e, ERR_CONFIG, "prices: expected an object, got "
		    "%s", js_kind(map));
	r->prices = xcalloc(js_len(map) + 1, sizeof(*r->prices));
	for (size_t i = 0; rc == 0 && i < js_len(keys); i++) {
		struct rules_price *p = &r->prices[r->nprices++];
		jv key = js_at(keys, i), o = js_none();

		p->match = xstrdup(js_cstr(key) != NULL ? js_cstr(key) : "");
		o = js_get(map, p->match);
		if (!js_is_obj(o) || !js_has(o, "input") ||
		    !js_has(o, "output"))
			rc = bad(e, "prices", p->match, "an object with input "
			    "and output, per million tokens");
		else if (money(o, "input", 0, &p->input, "prices", e) == -1 ||
		    money(o, "output", 0, &p->output, "prices", e) == -1 ||
		    money(o, "cached", p->input, &p->cached, "prices",
		    e) == -1)
			rc = -1;
		js_free(o);
		js_free(key);
	}
	js_free(keys);
	return rc;
}

static int
load_budget(struct rules_budget *b, jv o, struct err *e)
{
	const char *per = js_str(o, "per");
	size_t i;

	if (!js_is_obj(o))
		return bad(e, "budgets", b->name, "an object");
	for (i = 0; per != NULL && i < BASE_NITEMS(per_names); i++)
		if (strcmp(per, per_names[i]) == 0)
			break;
	if (i == BASE_NITEMS(per_names) || (js_has(o, "per") && per == NULL))
		return bad(e, b->name, "per", "hour, day, week, month or "
		    "total");
	b->per = (enum rules_per)i;
	if (money(o, "max_cost", -1, &b->cost, b->name, e) == -1 ||
	    count(o, "max_tokens", 1, -1, &b->tokens, b->name, e) == -1)
		return -1;
	if (b->cost == -1 && b->tokens == -1)
		return bad(e, "budgets", b->name, "max_cost or max_tokens");
	return 0;
}

static int
load_budgets(struct rules *r, jv map, struct err *e)
{
	jv keys = js_keys(map);
	int rc = 0;

	if (js_is_valid(map) && !js_is_obj(map))
		rc = err_set(e, ERR_CONFIG, "budgets: expected an object, got "
		    "%s", js_kind(map));
	r->budgets = xcalloc(js_len(map) + 1, sizeof(*r->budgets));
	for (size_t i = 0; rc == 0 && i < js_len(keys); i++) {
		struct rules_budget *b = &r->budgets[r->nbudgets++];
		jv key = js_at(keys, i), o = js_none();

		b->name = xstrdup(js_cstr(key) != NULL ? js_cstr(key) : "");
		o = js_get(map, b->name);
		rc = load_budget(b, o, e);
		js_free(o);
		js_free(key);
	}
	js_free(keys);
	return rc;
}

/* "1/8": this host's part of every limit. */
static int
load_share(struct rules *r, struct conf *c, struct err *e)
{
	const char *s = conf_str(c, "limit_share", "AGENT_LIMIT_SHARE", "1/1",
	    NULL);
	const char *slash = strchr(s, '/');
	char *head = xmemdup(s, slash != NULL ? (size_t)(slash - s) :
	    strlen(s));
	struct err fault = ERR_INIT;
	int rc = 0;

	if (slash == NULL ||
	    num_int(head, 1, 1000000, "share", &r->num, &fault) == -1 ||
	    num_int(slash + 1, r->num, 1000000, "share", &r->den,
	    &fault) == -1)
		rc = err_set(e, ERR_CONFIG, "AGENT_LIMIT_SHARE: '%.40s' is no "
		    "share; write it like 1/8", s);
	free(head);
	return rc;
}

/* The object in a file of prices, owned. */
static int
read_prices(const char *path, jv *out, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = -1;

	if (file_read(path, &text, PRICES_MAX, e) == 0) {
		*out = js_parse(buf_str(&text), text.len, e);
		rc = js_is_valid(*out) ? 0 : err_wrap(e, "%s", path);
	}
	/* One that holds a whole configuration, too. */
	if (rc == 0 && js_has(*out, "prices")) {
		jv inner = js_get(*out, "prices");

		js_free(*out);
		*out = inner;
	}
	buf_free(&text);
	return rc;
}

int
rules_load(struct rules *r, struct conf *c, const struct rules_limit *first,
    const char *file, struct err *e)
{
	jv limits = conf_json(c, "limits"), budgets = conf_json(c, "budgets");
	jv prices = file != NULL ? js_none() : conf_json(c, "prices");
	int rc = -1;

	memset(r, 0, sizeof(*r));
	if (file != NULL && read_prices(file, &prices, e) == -1)
		rc = -1;
	else if (load_share(r, c, e) == 0 &&
	    load_limits(r, limits, first, e) == 0 &&
	    load_prices(r, prices, e) == 0 &&
	    load_budgets(r, budgets, e) == 0)
		rc = 0;
	js_free(limits);
	js_free(prices);
	js_free(budgets);
	if (rc == -1)
		rules_free(r);
	return rc;
}

void
rules_free(struct rules *r)
{
	for (size_t i = 0; i < r->nlimits; i++)
		free(r->limits[i].match);
	for (size_t i = 0; i < r->nprices; i++)
		free(r->prices[i].match);
	for (size_t i = 0; i < r->nbudgets; i++)
		free(r->budgets[i].name);
	free(r->limits);
	free(r->prices);
	free(r->budgets);
	memset(r, 0, sizeof(*r));
}

static bool
fits(const char *pattern, const char *endpoint, const char *model)
{
	char *both;
	bool found;

	if (fnmatch(pattern, model, 0) == 0 ||
	    fnmatch(pattern, endpoint, 0) == 0)
		return true;
	both = xasprintf("%s %s", endpoint, model);
	found = fnmatch(pattern, both, 0) == 0;
	free(both);
	return found;
}

const struct rules_limit *
rules_limit(const struct rules *r, const char *endpoint, const char *model)
{
	for (size_t i = 0; i < r->nlimits; i++)
		if (fits(r->limits[i].match, endpoint, model))
			return &r->limits[i];
	return NULL;
}

const struct rules_price *
rules_price(const struct rules *r, const char *endpoint, const char *model)
{
	for (size_t i = 0; i < r->nprices; i++)
		if (fits(r->prices[i].match, endpoint, model))
			return &r->prices[i];
	return NULL;
}

const struct rules_budget *
rules_budget(const struct rules *r, const char *name)
{
	for (size_t i = 0; i < r->nbudgets; i++)
		if (strcmp(r->budgets[i].name, name) == 0)
			return &r->budgets[i];
	return NULL;
}

/* Add tokens of that price for a million: in whole, and in millionths. */
static void
charge(int64_t tokens, int64_t price, int64_t *whole, int64_t *part)
{
	int64_t rest = tokens % MILLION, much;

	if (__builtin_mul_overflow(tokens / MILLION, price, &much) ||
	    __builtin_add_overflow(*whole, much, whole) ||
	    __builtin_mul_overflow(rest, price / MILLION, &much) ||
	    __builtin_add_overflow(*whole, much, whole))
		*whole = COST_MAX;
	if (*whole > COST_MAX)
		*whole = COST_MAX;
	*part += rest * (price % MILLION);
}

int64_t
rules_cost(const struct rules_price *p, int64_t input, int64_t cached,
    int64_t output)
{
	int64_t whole = 0, part = 0;

	if (cached > input)
		cached = input;
	charge(input - cached, p->input, &whole, &part);
	charge(cached, p->cached, &whole, &part);
	charge(output, p->output, &whole, &part);
	whole += (part + MILLION - 1) / MILLION;
	return whole > COST_MAX ? COST_MAX : whole;
}

void
rules_period(char out[24], enum rules_per per, int64_t wall_ms)
{
	static const char *const formats[] = {
		[PER_HOUR] = "%Y-%m-%dT%H", [PER_DAY] = "%Y-%m-%d",
		[PER_WEEK] = "%G-W%V", [PER_MONTH] = "%Y-%m",
	};
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (per != PER_TOTAL && localtime_r(&t, &tm) != NULL &&
	    strftime(out, 24, formats[per], &tm) == 0)
		out[0] = '\0';
}
