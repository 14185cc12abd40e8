/*
 * rules.h - limits, prices and budgets as the configuration says them,
 * agent-config(5).
 *
 * Patterns are those of fnmatch(3), compared with the name of the model,
 * with the URL of the server, and with both, a blank between them; the
 * first that fits counts.  Money is in millionths of whatever unit the
 * prices are in.
 */
#ifndef LEDGER_RULES_H
#define LEDGER_RULES_H

#include "base/base.h"
#include "base/err.h"
#include "core/conf.h"

struct rules_limit {
	char		*match;
	int64_t		 requests, tokens;	/* a minute; 0 none */
	int64_t		 burst, burst_tokens;	/* 0: the default */
	int64_t		 in_flight;		/* 0 no limit */
	bool		 per_key;	/* all models of a key together */
};

/* Millionths for a million tokens. */
struct rules_price {
	char		*match;
	int64_t		 input, output, cached;
};

enum rules_per { PER_TOTAL, PER_HOUR, PER_DAY, PER_WEEK, PER_MONTH };

struct rules_budget {
	char		*name;
	int64_t		 cost;		/* millionths; -1 no limit */
	int64_t		 tokens;	/* -1 no limit */
	enum rules_per	 per;
};

struct rules {
	struct rules_limit *limits;
	size_t		 nlimits;
	struct rules_price *prices;
	size_t		 nprices;
	struct rules_budget *budgets;
	size_t		 nbudgets;
	int64_t		 num, den;	/* AGENT_LIMIT_SHARE */
};

/* Read them; first, when not NULL, is a limit that goes before all others
 * (its match is NULL for everything), and prices a file of prices, an object
 * as in the configuration.  0, or -1 with e filled. */
int rules_load(struct rules *r, struct conf *c,
    const struct rules_limit *first, const char *prices, struct err *e);
void rules_free(struct rules *r);
/* What fits; NULL when nothing does.  Owned by r. */
const struct rules_limit *rules_limit(const struct rules *r,
    const char *endpoint, const char *model);
const struct rules_price *rules_price(const struct rules *r,
    const char *endpoint, const char *model);
const struct rules_budget *rules_budget(const struct rules *r,
    const char *name);
/* What tokens cost in millionths, rounded up; cached are a part of input.
 * Never negative, and at most ten millions of the unit. */
int64_t rules_cost(const struct rules_price *p, int64_t input,
    int64_t cached, int64_t output);
/* An amount of money as people write it, "0.25", in millionths. */
int rules_money(const char *s, const char *what, int64_t *out,
    struct err *e);
/* The name of the period that wall_ms is in, "" for all time; local time. */
void rules_period(char out[24], enum rules_per per, int64_t wall_ms);
const char *rules_per_name(enum rules_per per);

#endif
