/*
 * batch.c - the loop of a batch: what is asked when, and when it ends.
 *
 * An item lives from the moment its line was read until its result is
 * written.  Items stand in a list in the order of the input; for --keep-order
 * on a stream a result waits there until it is first.
 */
#include "gate/batch.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "gate/batch_cache.h"
#include "gate/batch_in.h"
#include "gate/batch_journal.h"
#include "gate/batch_line.h"
#include "sys/sig.h"

#define WINDOW	64	/* results that wait for an earlier one, at least */

enum stop {
	STOP_NOT, STOP_SIGNAL, STOP_KEY, STOP_DOWN, STOP_DENIED, STOP_FATAL,
};

struct item {
	TAILQ_ENTRY(item) link;
	size_t		 index;
	struct buf	 id;
	struct buf	 line;		/* its result, until it is written */
	char		 key[BATCH_CACHE_KEY];	/* of its answer, "" none */
	bool		 cached;	/* the answer was kept */
	bool		 ready;
};

struct batch {
	const struct batch_conf *conf;
	struct server	*srv;
	struct jobs	*jobs;
	struct post	*post;		/* NULL: the offline model */
	struct account	*account;	/* NULL: nothing is reserved */
	struct batch_in	 in;
	struct batch_req req;
	struct batch_ids ids;
	struct batch_journal out;
	struct batch_cache cache;
	struct batch_counts *n;
	TAILQ_HEAD(, item) items;
	size_t		 nitems, flying, at_once, next;
	uint64_t	 done;		/* ended in this run, for good */
	bool		 hold;		/* results wait for their turn */
	bool		 over;		/* the input is read */
	enum stop	 stop;
	bool		 told;		/* post_stop() was called */
	int64_t		 until;		/* end of the grace, -1 none */
	struct err	 why;		/* of KEY, DOWN and DENIED */
	struct err	*e;		/* of STOP_FATAL */
};

/* ---- results ---- */

static void
item_free(struct batch *b, struct item *it)
{
	TAILQ_REMOVE(&b->items, it, link);
	b->nitems--;
	buf_free(&it->id);
	buf_free(&it->line);
	free(it);
}

static void
write_item(struct batch *b, struct item *it)
{
	if (it->line.len > 0 && b->stop != STOP_FATAL &&
	    batch_journal_add(&b->out, &it->line, &b->ids, it->index,
	    b->e) == -1)
		b->stop = STOP_FATAL;
	item_free(b, it);
}

/* The result of the item is there (or it has none): write what can be. */
static void
settle(struct batch *b, struct item *it)
{
	it->ready = true;
	if (!b->hold) {
		write_item(b, it);
		return;
	}
	while ((it = TAILQ_FIRST(&b->items)) != NULL && it->ready)
		write_item(b, it);
}

/* Whether this failure means that there is no use in going on. */
static enum stop
is_end(const struct batch *b, const struct post_reply *r)
{
	if (r->denied)
		return STOP_DENIED;
	if (r->err.kind == ERR_UNAVAILABLE && !r->reached)
		return STOP_DOWN;
	if (r->err.kind == ERR_AUTH && (r->status == 401 || b->done == 0))
		return STOP_KEY;
	return STOP_NOT;
}

/* True when the request stays to be asked, without a line. */
static bool
is_left(struct batch *b, const struct post_reply *r)
{
	enum stop stop;

	if (r->err.kind == ERR_NONE)
		return false;
	if (b->stop != STOP_NOT && (r->err.kind == ERR_CANCELLED ||
	    r->denied || err_retryable(r->err.kind)))
		return true;
	stop = b->post != NULL ? is_end(b, r) : STOP_NOT;
	if (stop == STOP_NOT)
		return false;
	if (b->stop == STOP_NOT) {
		b->stop = stop;
		b->why = r->err;
	}
	return true;
}

static void
conclude(struct batch *b, struct item *it, struct post_reply *r)
{
	struct batch_entry *entry = &b->ids.e[it->index];
	uint64_t tries = entry->tries + (uint64_t)r->tries;
	bool again;

	b->n->requests += (uint64_t)r->tries;
	if (!is_left(b, r)) {
		if (tries > BATCH_TRIES_MAX)
			tries = BATCH_TRIES_MAX;
		entry->tries = tries & BATCH_TRIES_MAX;
		again = err_retryable(r->err.kind) &&
		    tries < b->conf->attempts;
		entry->state = r->err.kind == ERR_NONE ? BATCH_OK : again ?
		    BATCH_RETRYABLE : BATCH_FAILED;
		entry->ours = true;
		if (entry->state != BATCH_RETRYABLE && r->tries > 0)
			b->done++;
		if (it->cached)
			b->n->cached++;
		else if (r->err.kind == ERR_NONE)
			batch_line_usage(&r->body, &b->n->in, &b->n->out);
		if (!it->cached && it->key[0] != '\0' && r->err.kind ==
		    ERR_NONE)
			batch_cache_put(&b->cache, it->key, &r->body);
		batch_line(&it->line, &it->id, r, it->cached, again,
		    (unsigned)tries);
	}
	settle(b, it);
}

static void
on_done(void *arg, void *tag, struct post_reply *r)
{
	struct batch *b = arg;

	b->flying--;
	/* Others may want the token: it is taken anew for the next one. */
	jobs_need(b->jobs, b->flying);
	conclude(b, tag, r);
}

/* ---- requests ---- */

static struct item *
item_new(struct batch *b)
{
	struct item *it = xcalloc(1, sizeof(*it));

	it->index = b->next;
	it->id = b->req.id;
	b->req.id = (struct buf)BUF_INIT;
	TAILQ_INSERT_TAIL(&b->items, it, link);
	b->nitems++;
	return it;
}

static void
start_item(struct batch *b, struct item *it)
{
	struct post_reply r = { .status = 0 };
	struct batch_entry *entry = &b->ids.e[it->index];
	unsigned left = b->conf->attempts > entry->tries ?
	    b->conf->attempts - (unsigned)entry->tries : 1;

	if (b->req.bad.kind != ERR_NONE) {
		r.err = b->req.bad;
		conclude(b, it, &r);
	} else if (b->post == NULL) {
		r.tries = 1;
		batch_offline(b->req.path, &b->req.body, &r);
		conclude(b, it, &r);
		buf_free(&r.body);
	} else if (batch_cache_key(&b->cache, b->srv->base, &b->req,
	    it->key) && batch_cache_get(&b->cache, it->key, &r.body)) {
		r.status = 200;
		it->cached = true;
		conclude(b, it, &r);
		buf_free(&r.body);
	} else {
		b->flying++;
		post_ask(b->post, b->req.path, &b->req.body, (int)left, it);
	}
}

/* Read on to the next request that is to be asked, and ask. */
static void
start_next(struct batch *b)
{
	int rc;

	while ((rc = batch_in_next(&b->in, b->srv, &b->req, b->e)) == 1) {
		const struct batch_entry *entry;

		if (!batch_in_shard(b->req.key, b->conf->shard,
		    b->conf->shards))
			continue;
		if (b->next >= b->ids.n || memcmp(&b->req.key,
		    &b->ids.e[b->next].key, sizeof(b->req.key)) != 0) {
			err_set(b->e, ERR_DATA, "%s: it changed while it was "
			    "read", b->in.name);
			rc = -1;
			break;
		}
		entry = &b->ids.e[b->next];
		if (entry->state == BATCH_OPEN ||
		    entry->state == BATCH_RETRYABLE) {
			start_item(b, item_new(b));
			b->next++;
			return;
		}
		b->next++;
	}
	b->over = true;
	if (rc == -1)
		b->stop = STOP_FATAL;
}

static bool
is_room(struct batch *b)
{
	size_t window = b->at_once * 4 > WINDOW ? b->at_once * 4 : WINDOW;

	return b->stop == STOP_NOT && !b->over && b->flying < b->at_once &&
	    (!b->hold || b->nitems < window) && sig_caught() == 0;
}

/* ---- the loop ---- */

static void
on_signal(struct batch *b)
{
	int sig = sig_take(NULL);

	if (sig == 0)
		return;
	if (b->n->signal == 0) {
		b->n->signal = sig;
		b->until = clock_ms() + b->conf->grace_ms;
	} else {
		b->until = clock_ms();	/* the second time: at once */
	}
	if (b->stop == STOP_NOT)
		b->stop = STOP_SIGNAL;
}

static void
wait_for_more(struct batch *b, bool want_token)
{
	struct pollfd fds[] = {
		{ .fd = sig_fd(), .events = POLLIN },
		{ .fd = b->post != NULL ? post_fd(b->post) : -1,
		    .events = POLLIN },
		{ .fd = want_token ? jobs_fd(b->jobs) : -1,
		    .events = POLLIN },
		{ .fd = b->post != NULL ? post_account_fd(b->post) : -1,
		    .events = POLLIN },
		{ .fd = b->flying > 0 ? fd_piped(b->out.fd) : -1 },
	};
	int left = b->post != NULL ? post_left(b->post) : 0;

	poll(fds, BASE_NITEMS(fds), clock_sooner(left, clock_left(b->until)));
	if (fds[4].fd != -1 && fd_left(fds[4].fd)) {
		b->out.gone = true;
		b->stop = STOP_FATAL;
		return;
	}
	if (sig_caught() != 0)
		on_signal(b);
	if (b->post != NULL)
		post_run(b->post);
}

static void
loop(struct batch *b)
{
	for (;;) {
		bool room;

		while ((room = is_room(b)) &&
		    jobs_have(b->jobs, b->flying + 1))
			start_next(b);
		jobs_need(b->jobs, b->flying);
		if (sig_caught() != 0)
			on_signal(b);
		if (b->stop != STOP_NOT && !b->told && b->post != NULL) {
			b->told = true;
			post_stop(b->post);
		}
		if (b->flying == 0 && (b->over || b->stop != STOP_NOT))
			return;
		if (b->stop == STOP_FATAL || clock_left(b->until) == 0)
			return;
		if (b->flying > 0 || b->post != NULL)
			wait_for_more(b, room);
	}
}

/* ---- before and after ---- */

/* See that no two requests share an id, before the first one is asked. */
static int
collect(struct batch *b, struct err *e)
{
	int rc;

	while ((rc = batch_in_next(&b->in, NULL, &b->req, e)) == 1) {
		if (!batch_in_shard(b->req.key, b->conf->shard,
		    b->conf->shards))
			continue;
		if (sig_caught() != 0)
			return err_set(e, ERR_CANCELLED, "interrupted");
		if (batch_ids_add(&b->ids, b->req.key) == -1)
			return err_set(e, ERR_DATA, "%s line %llu: the "
			    "custom_id %.80s was there before; nothing was "
			    "asked", b->in.name, (unsigned long long)
			    b->req.line, buf_str(&b->req.id));
	}
	batch_in_rewind(&b->in);
	return rc;
}

static void
on_account(void *arg, const char *code, const char *text)
{
	struct batch *b = arg;

	(void)code;
	b->conf->note(text);
}

static int
prepare(struct batch *b, struct err *e)
{
	const struct batch_conf *c = b->conf;

	if (!b->srv->offline && account_open(&b->account, b->srv->set,
	    on_account, b, e) == -1)
		return -1;
	if (batch_in_open(&b->in, c->input, e) == -1)
		return -1;
	b->in.prompts = c->prompts;
	b->in.nul = c->nul;
	b->in.system = c->system;
	if (collect(b, e) == -1)
		return -1;
	b->n->total = b->ids.n;
	if (b->ids.n == 0 && c->shards <= 1)
		return err_set(e, ERR_NOINPUT, "%s: there is no request in "
		    "it", b->in.name);
	b->cache = (struct batch_cache){ .note = c->note,
	    .max = (uint64_t)(c->cache_mib != 0 ? c->cache_mib :
	    BATCH_CACHE_MIB) << 20, .sampled = c->sampled };
	if (c->cache && batch_cache_open(&b->cache, e) == -1)
		return -1;
	b->out.note = c->note;
	b->out.again = c->retry_failed;
	if (batch_journal_open(&b->out, c->output, &b->ids, e) == -1)
		return -1;
	for (size_t i = 0; i < b->ids.n; i++)
		b->n->before += b->ids.e[i].state == BATCH_OK ||
		    b->ids.e[i].state == BATCH_FAILED;
	if (b->n->before == b->n->total) {
		b->over = true;
		return 0;
	}
	if (server_find(b->srv, c->note, e) == -1)
		return -1;
	if (!b->srv->offline &&
	    (b->post = post_open(b->srv, on_done, b, e)) == NULL)
		return -1;
	if (b->account != NULL)
		post_account(b->post, b->account);
	b->at_once = c->at_once > 0 ? c->at_once : batch_slots(b->srv);
	/* In a file they are put in order at the end. */
	b->hold = c->keep_order && b->out.path == NULL;
	return 0;
}

static void
count(struct batch *b)
{
	struct batch_counts *n = b->n;

	for (size_t i = 0; i < b->ids.n; i++)
		switch ((enum batch_state)b->ids.e[i].state) {
		case BATCH_OK: n->ok++; break;
		case BATCH_FAILED: n->failed++; break;
		case BATCH_RETRYABLE: n->retryable++; break;
		case BATCH_OPEN: n->left++; break;
		}
}

/* The exit status, or -1 with e filled. */
static int
verdict(struct batch *b, struct err *e)
{
	const struct batch_counts *n = b->n;

	if (b->stop == STOP_DENIED || ((b->stop == STOP_KEY ||
	    b->stop == STOP_DOWN) && b->done == 0)) {
		*e = b->why;
		return -1;
	}
	if (n->left > 0)
		return err_kind_exit(ERR_TEMP);
	if (n->failed > 0)
		return err_kind_exit(ERR_NEGATIVE);
	return n->retryable > 0 ? err_kind_exit(ERR_TEMP) : 0;
}

/* Results that wait for one that will not come. */
static void
write_rest(struct batch *b)
{
	struct item *it, *next;

	TAILQ_FOREACH_SAFE(it, &b->items, link, next)
		if (it->ready)
			write_item(b, it);
}

static void
clean(struct batch *b)
{
	post_close(b->post);
	account_close(b->account);
	while (!TAILQ_EMPTY(&b->items))
		item_free(b, TAILQ_FIRST(&b->items));
	batch_journal_close(&b->out);
	batch_cache_close(&b->cache);
	batch_in_free(&b->in);
	batch_req_free(&b->req);
	batch_ids_free(&b->ids);
}

int
batch_run(const struct batch_conf *conf, struct server *srv,
    struct jobs *j, struct batch_counts *counts, struct err *e)
{
	struct batch b = { .conf = conf, .srv = srv, .jobs = j, .n = counts,
	    .until = -1, .e = e, .in = { .fd = -1 }, .out = { .fd = -1 } };
	int64_t start = clock_ms();
	int status = -1;

	memset(counts, 0, sizeof(*counts));
	TAILQ_INIT(&b.items);
	if (prepare(&b, e) == 0) {
		loop(&b);
		jobs_need(j, 0);
		write_rest(&b);
		if (b.stop != STOP_FATAL && batch_journal_end(&b.out, &b.ids,
		    b.stop == STOP_NOT, conf->keep_order, e) == -1)
			b.stop = STOP_FATAL;
		count(&b);
		if (b.stop != STOP_FATAL)
			status = verdict(&b, e);
	}
	counts->gone = b.out.gone;
	counts->ms = clock_ms() - start;
	clean(&b);
	return status;
}

void
batch_summary(struct buf *out, const struct batch_counts *c, int status)
{
	const struct { const char *name; uint64_t n; } all[] = {
		{ "total", c->total }, { "ok", c->ok },
		{ "failed", c->failed }, { "retryable", c->retryable },
		{ "left", c->left }, { "before", c->before },
		{ "cached", c->cached }, { "requests", c->requests },
		{ "input_tokens", c->in }, { "output_tokens", c->out },
	};

	buf_adds(out, "{\"type\":\"batch\"");
	for (size_t i = 0; i < BASE_NITEMS(all); i++)
		buf_addf(out, ",\"%s\":%llu", all[i].name,
		    (unsigned long long)all[i].n);
	buf_addf(out, ",\"seconds\":%lld.%03lld,\"exit_code\":%d}",
	    (long long)(c->ms / 1000), (long long)(c->ms % 1000), status);
}
