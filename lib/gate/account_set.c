/*
 * account_set.c - what the settings say about limits, budgets and costs.
 */
#include "gate/account_set.h"

#include <string.h>

#include "base/num.h"

#define MONEY_MAX	1e9
#define TOTAL_MAX	((int64_t)1000000000000)

/* Something was set: not by default. */
static bool
is_set(const struct setting *v)
{
	return v->value != NULL && v->origin < CONF_DEFAULT;
}

/* What a bad value is: an error of usage, or of configuration. */
static int
bad(const struct setting *v, struct err *e)
{
	e->kind = v->origin == CONF_FLAG ? ERR_USAGE : ERR_CONFIG;
	return -1;
}

static int
read_wait(struct account_set *a, const struct setting *v, struct err *e)
{
	a->patient = is_set(v);
	a->wait_ms = -1;
	if (v->value == NULL || strcmp(v->value, "none") == 0)
		return 0;
	if (strcmp(v->value, "no") == 0) {
		a->wait_ms = 0;
		return 0;
	}
	if (num_duration(v->value, "limit_wait", &a->wait_ms, e) == 0)
		return 0;
	return bad(v, e);
}

static int
read_caps(struct account_set *a, const struct settings *s, struct err *e)
{
	const struct setting *cost = &s->v[SET_MAX_COST];
	const struct setting *total = &s->v[SET_MAX_TOTAL];
	int64_t n;
	double v;

	a->max_cost = cost->value;
	a->max_total = total->value;
	a->budget = s->v[SET_BUDGET].value;
	if (a->max_cost != NULL && num_double(a->max_cost, 0, MONEY_MAX,
	    "max_cost", &v, e) == -1)
		return bad(cost, e);
	if (a->max_total != NULL && num_int(a->max_total, 1, TOTAL_MAX,
	    "max_total_tokens", &n, e) == -1)
		return bad(total, e);
	return 0;
}

/* Limits or prices in the configuration; a fault in them is told by who
 * reads them. */
static bool
is_configured(const struct settings *s)
{
	static const char *const keys[] = { "limits", "prices" };
	bool some = false;

	for (size_t i = 0; i < BASE_NITEMS(keys); i++) {
		jv v = conf_json(s->conf, keys[i]);

		some = some || (js_is_valid(v) && !js_is_null(v) &&
		    (js_len(v) > 0 || !(js_is_obj(v) || js_is_arr(v))));
		js_free(v);
	}
	return some;
}

int
account_set(struct account_set *a, const struct settings *s, struct err *e)
{
	const struct setting *v = &s->v[SET_LEDGER];
	const char *cap;

	memset(a, 0, sizeof(*a));
	if (read_wait(a, &s->v[SET_LIMIT_WAIT], e) == -1 ||
	    read_caps(a, s, e) == -1)
		return -1;
	cap = a->max_cost != NULL ? "max_cost" : a->max_total != NULL ?
	    "max_total_tokens" : a->budget != NULL ? "budget" : NULL;
	if (v->value == NULL || strcmp(v->value, "auto") == 0)
		return cap != NULL || is_configured(s);
	if (strcmp(v->value, "on") == 0)
		return 1;
	if (strcmp(v->value, "off") != 0) {
		err_set(e, ERR_CONFIG, "ledger: expected auto, on or off, "
		    "got '%.40s'", v->value);
		return bad(v, e);
	}
	if (cap == NULL)
		return 0;
	err_set(e, ERR_CONFIG, "%s: it cannot be kept with ledger=off", cap);
	return bad(v, e);
}
