/*
 * agent-ledger.c - limits, budgets and costs that all processes share.
 *
 * Options and sub-commands only; the work is in lib/ledger.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "core/event.h"
#include "json/jsonl.h"
#include "ledger/reserve.h"
#include "ledger/serve.h"
#include "ledger/usage.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum {
	KEY_COPROCESS = 256, KEY_LIMIT_WAIT, KEY_MAX_COST, KEY_MAX_TOTAL,
	KEY_BUDGET, KEY_RPM, KEY_TPM, KEY_IN_FLIGHT, KEY_SINCE, KEY_UNTIL,
	KEY_BY, KEY_JSON, KEY_PRICES,
};

static const struct opt table[] = {
	{ "coprocess", KEY_COPROCESS, NULL, "stay and serve, "
	    "agent-protocol(7)" },
	{ "limit-wait", KEY_LIMIT_WAIT, "TIME", "how long a request waits "
	    "(none, no)" },
	{ "max-cost", KEY_MAX_COST, "N", "what this process may spend" },
	{ "max-total-tokens", KEY_MAX_TOTAL, "N", "tokens that it may use" },
	{ "budget", KEY_BUDGET, "NAME", "spend from this budget "
	    "(AGENT_BUDGET)" },
	{ "requests-per-minute", KEY_RPM, "N", "a limit before those of the "
	    "configuration" },
	{ "tokens-per-minute", KEY_TPM, "N", "the same, of tokens" },
	{ "in-flight", KEY_IN_FLIGHT, "N", "the same, of requests under "
	    "way" },
	{ "since", KEY_SINCE, "TIME", "usage: from then on (all)" },
	{ "until", KEY_UNTIL, "TIME", "usage: up to then (now)" },
	{ "by", KEY_BY, "WHAT", "usage: a line for each model, job, "
	    "day..." },
	{ "prices", KEY_PRICES, "FILE", "prices in place of those of the "
	    "configuration" },
	{ "json", KEY_JSON, NULL, "usage, limits: a JSON object a line" },
	OPT_COMMON,
};

static const char synopsis[] =
"agent-ledger usage [--since=TIME] [--until=TIME] [--by=WHAT] [--json]\n"
"                    [--prices=FILE]\n"
"       agent-ledger limits [--json]\n"
"       agent-ledger check\n"
"       agent-ledger --coprocess [options]";

static const char about[] =
"Keeps what all processes of a user share: limits of rates, budgets, and what\n"
"every request used.";

static const char examples[] =
"  agent-ledger usage --since 7d --by day\n"
"  agent-ledger limits                        who waits for what\n";

enum mode { MODE_NONE, MODE_COPROCESS, MODE_USAGE, MODE_LIMITS, MODE_CHECK };

struct options {
	struct ledger_options ledger;
	struct rules_limit first;
	enum mode	 mode;
	const char	*wait, *cost, *total, *rpm, *tpm, *in_flight;
	const char	*since, *until, *by;
	bool		 json;
	int64_t		 wait_ms;
};

static int
option(void *to, int key, const char *arg, struct err *e BASE_UNUSED)
{
	struct options *o = to;

	switch (key) {
	case KEY_COPROCESS: o->mode = MODE_COPROCESS; break;
	case KEY_LIMIT_WAIT: o->wait = arg; break;
	case KEY_MAX_COST: o->cost = arg; break;
	case KEY_MAX_TOTAL: o->total = arg; break;
	case KEY_BUDGET: o->ledger.budget = arg; break;
	case KEY_RPM: o->rpm = arg; break;
	case KEY_TPM: o->tpm = arg; break;
	case KEY_IN_FLIGHT: o->in_flight = arg; break;
	case KEY_SINCE: o->since = arg; break;
	case KEY_UNTIL: o->until = arg; break;
	case KEY_BY: o->by = arg; break;
	case KEY_JSON: o->json = true; break;
	case KEY_PRICES: o->ledger.prices = arg; break;
	}
	return 0;
}

static int
operand(void *to, char *word, struct err *e)
{
	struct options *o = to;
	static const char *const names[] = { "usage", "limits", "check",
	    NULL };
	const char *near = opt_nearest(word, names);

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(word, names[i]) == 0 && o->mode == MODE_NONE) {
			o->mode = MODE_USAGE + (enum mode)i;
			return 0;
		}
	if (near != NULL)
		return err_set(e, ERR_USAGE, "unexpected '%.60s'; did you "
		    "mean %s?", word, near);
	return err_set(e, ERR_USAGE, "unexpected '%.60s'; try --help", word);
}

static int
number(const char *s, const char *what, int64_t *out, struct err *e)
{
	return s == NULL ? 0 : num_int(s, 1, 1000000000000, what, out, e);
}

/* What the options say, checked. */
static int
check(struct options *o, struct err *e)
{
	o->wait_ms = -1;
	o->ledger.max_cost = o->ledger.max_tokens = -1;
	if (o->wait != NULL && strcmp(o->wait, "no") == 0)
		o->wait_ms = 0;
	else if (o->wait != NULL && strcmp(o->wait, "none") != 0 &&
	    num_duration(o->wait, "--limit-wait", &o->wait_ms, e) == -1)
		return -1;
	if (o->cost != NULL && rules_money(o->cost, "--max-cost",
	    &o->ledger.max_cost, e) == -1)
		return -1;
	if (number(o->total, "--max-total-tokens", &o->ledger.max_tokens,
	    e) == -1 ||
	    number(o->rpm, "--requests-per-minute", &o->first.requests,
	    e) == -1 ||
	    number(o->tpm, "--tokens-per-minute", &o->first.tokens,
	    e) == -1 ||
	    number(o->in_flight, "--in-flight", &o->first.in_flight,
	    e) == -1)
		return -1;
	if (o->rpm != NULL || o->tpm != NULL || o->in_flight != NULL)
		o->ledger.first = &o->first;
	if (o->by == NULL)
		o->by = "model";
	if (!usage_by(o->by))
		return err_set(e, ERR_USAGE, "--by: '%.40s' is none of %s",
		    o->by, usage_groups);
	return 0;
}

static const struct opt_program program = {
	.name = "agent-ledger", .synopsis = synopsis, .about = about,
	.examples = examples, .libs = "libsqlite3, libjq", .table = table,
	.option = option, .operand = operand,
};

static int
run_coprocess(struct ledger *l, const struct options *o, struct conf *c,
    struct err *e)
{
	struct ledger_options lo = o->ledger;
	struct err ignored = ERR_INIT;
	jv ev;

	/* An interrupt is for whoever asks; the end of input ends us. */
	signal(SIGINT, SIG_IGN);
	if (sig_init() == -1)
		return err_sys(e, "signals");
	if (lo.budget == NULL)
		lo.budget = conf_str(c, "budget", "AGENT_BUDGET", NULL, NULL);
	if (ledger_open(l, c, &lo, e) == 0) {
		if (db_note(l->db) != NULL)
			log_warn("%s: %s", l->path, db_note(l->db));
		return serve_run(l, STDIN_FILENO, STDOUT_FILENO, o->wait_ms,
		    VERSION, e);
	}
	ev = event_error(e);
	jsonl_write(STDOUT_FILENO, ev, &ignored);
	js_free(ev);
	return -1;
}

static int
run_report(struct ledger *l, const struct options *o, struct conf *c,
    struct err *e)
{
	struct ledger_options lo = { .max_cost = -1, .max_tokens = -1,
	    .read = true, .prices = o->ledger.prices };
	int64_t now = clock_wall_ms();
	struct usage_query q = { .until_ms = INT64_MAX, .by = o->by,
	    .json = o->json, .anew = o->ledger.prices != NULL };
	struct buf out = BUF_INIT;
	int rc = -1;

	if (o->since != NULL && num_time(o->since, now, &q.since_ms,
	    e) == -1)
		return -1;
	if (o->until != NULL && num_time(o->until, now, &q.until_ms,
	    e) == -1)
		return -1;
	if (ledger_open(l, c, &lo, e) == -1)
		return -1;
	if (o->mode == MODE_CHECK)
		rc = l->db != NULL ? db_check(l->db, e) : 0;
	else if (o->mode == MODE_USAGE)
		rc = usage_report(l, &q, &out, e);
	else
		rc = usage_limits(l, o->json, &out, e);
	if (rc == 0)
		rc = stdout_write(buf_str(&out), out.len, e);
	buf_free(&out);
	return rc;
}

static void
run(const struct options *o, struct err *e)
{
	struct conf *c = conf_open(e);
	struct ledger l = { .db = NULL };

	if (c == NULL)
		return;
	if (o->mode == MODE_COPROCESS)
		run_coprocess(&l, o, c, e);
	else
		run_report(&l, o, c, e);
	ledger_close(&l);
	conf_close(c);
}

int
main(int argc, char **argv)
{
	struct options o = { .mode = MODE_NONE };
	struct err e = ERR_INIT;
	int rc;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-ledger");
	rc = opt_parse(&program, &o, argc, argv, &e);
	if (rc == 0 && check(&o, &e) == 0) {
		if (o.mode == MODE_NONE) {
			fprintf(stderr, "usage: %s\n\nagent-ledger --help "
			    "says more.\n", synopsis);
			return 2;
		}
		run(&o, &e);
	}
	if (rc == 1)
		stdout_flush(&e);
	if (sig_caught() != 0)
		sig_reraise(sig_caught());
	return log_exit(&e);
}
