/*
 * verb_work.c - work.
 */
#include "plan/verb.h"

#include "base/clock.h"
#include "base/num.h"
#include "plan/work.h"
#include "sys/sig.h"

#include <string.h>

/* A worker that works is alive; its claims end with it, and when it hangs,
 * with this. */
#define LEASE_MS	((int64_t)120000)

static int
options(struct verb_args *a, struct work_options *o, struct err *e)
{
	struct round_options *r = &o->round;
	int64_t ms = 0, jobs = 1;

	r->worker = verb_worker(a);
	r->model = a->model;
	r->url = a->url;
	r->tools = a->tools;
	r->offline = a->offline;
	r->max_cost = a->max_cost;
	r->max_tokens = a->max_tokens;
	r->lease_ms = LEASE_MS;
	o->workspace = a->workspace;
	o->command = a->command;
	o->quiet = a->quiet;
	o->deadline = -1;
	o->until = a->once ? WORK_ONCE : a->until_empty ? WORK_EMPTY :
	    WORK_FOREVER;
	if (a->once && a->until_empty)
		return err_set(e, ERR_USAGE, "--once and --until-empty "
		    "exclude each other");
	if (strlen(r->worker) > 180)
		return err_set(e, ERR_USAGE, "--worker: a name has at most "
		    "180 bytes");
	if (verb_int(a->steps, "--steps", 1, 1000000, &r->steps, e) == -1 ||
	    verb_int(a->calls, "--tool-calls", 1, 1000000, &r->calls,
	    e) == -1 ||
	    verb_int(a->tokens, "--tokens", 1000, 100000000, &r->tokens,
	    e) == -1 ||
	    verb_int(a->jobs, "--jobs", 1, 1000, &jobs, e) == -1)
		return -1;
	o->jobs = (int)jobs;
	if (a->lease != NULL && num_duration(a->lease, "--lease",
	    &r->lease_ms, e) == -1)
		return -1;
	if (r->lease_ms < 1000)
		return err_set(e, ERR_USAGE, "--lease: at least 1s");
	if (a->time != NULL) {
		if (num_duration(a->time, "--time", &ms, e) == -1)
			return -1;
		r->seconds = (ms + 999) / 1000;
	}
	if (a->deadline != NULL) {
		if (num_duration(a->deadline, "--deadline", &ms, e) == -1)
			return -1;
		o->deadline = clock_ms() + ms;
	}
	return 0;
}

int
verb_work(struct verb_args *a, struct buf *out, struct err *e)
{
	struct work_options o = { .jobs = 1 };
	int rc;

	(void)out;
	if (options(a, &o, e) == -1)
		return -1;
	rc = work_run(&o, e);
	if (sig_caught() != 0 && e->kind == ERR_NONE)
		return err_set(e, ERR_CANCELLED, "interrupted");
	return rc;
}
