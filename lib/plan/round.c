/*
 * round.c - one conversation of agent-chat about a claimed task.
 */
#include "plan/round.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/state.h"
#include "plan/brief.h"
#include "plan/checkpoint.h"
#include "plan/run.h"
#include "plan/runs.h"
#include "plan/trail.h"
#include "plan/task.h"
#include "plan/tree.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define STEPS		20
#define TOKENS		8000
#define PROMPT_PART	4	/* of the tokens: for the prompt */
#define RESERVE_PART	4	/* and for the last answers */
#define PROMPT_MAX	16000	/* tokens */
#define HANDOFF_MS	300000
#define LATE_MS		10000	/* that it may need to stop by itself */

/* A round as it is written down. */
struct round {
	struct plan	*p;
	const struct queue_claim *c;
	const char	*worker;
	int64_t		 n;
	char		*file;		/* path of its events */
	int		 fd;		/* locked; -1 */
	jv		 before;	/* snapshot, or invalid */
	int64_t		 tokens;	/* that a conversation may have */
	int64_t		 at;		/* read of the file so far */
	struct trail	 trail;
	bool		 full;		/* ended because of them */
};

static void
round_init(struct round *r, struct plan *p, const struct queue_claim *c,
    const char *worker)
{
	memset(r, 0, sizeof(*r));
	r->p = p;
	r->c = c;
	r->worker = worker;
	r->fd = -1;
	r->before = js_none();
	trail_init(&r->trail);
}

static void
round_free(struct round *r)
{
	free(r->file);
	fd_close(&r->fd);
	js_free(r->before);
	trail_free(&r->trail);
}

int64_t
round_count(struct plan *p, const struct queue_claim *c, struct err *e)
{
	return plan_number(p, e, 0, "SELECT count(*) FROM round JOIN task"
	    " ON task.id = round.task WHERE round.task = ? AND round.attempt"
	    " = task.attempt", c->task);
}

/* ---- its checkpoint ---- */

/*
 * What is known of the task after this round: what was known before, what
 * the files say, what the model said at last, and what nobody knows.
 */
static jv
gather(struct round *r, jv last, const char *words)
{
	jv now = tree_take(r->p->root), all, old, o = js_obj();
	jv changed = js_is_obj(r->before) ? tree_changed(r->before, now) :
	    js_arr();

	o = js_copy_key(o, "done", last, "done");
	o = js_copy_key(o, "next", last, "next");
	o = js_copy_key(o, "citations", last, "citations");
	if (words != NULL)
		o = brief_answer(o, words);
	old = js_get(last, "changed");
	all = tree_join(old, changed);
	if (js_len(all) > 0)
		o = js_set(o, "changed", js_ref(all));
	if (js_len(r->trail.unsure) > 0)
		o = js_set(o, "unverified", js_ref(r->trail.unsure));
	o = js_set_int(o, "calls", r->trail.results);
	js_free(now);
	js_free(changed);
	js_free(all);
	js_free(old);
	return js_set_str(o, "source", "agent-plan");
}

/* Close the round and keep the checkpoint, in one transaction of which both
 * are there or neither. */
static int
close_in(struct round *r, const char *outcome, const struct buf *body,
    struct err *e)
{
	struct queue_claim c = *r->c;
	const struct trail *t = &r->trail;

	if (queue_holds(r->p, &c, r->worker, e) == -1)
		return -1;
	if (db_run(r->p->db, e, "UPDATE round SET ended = ?3, outcome = ?4,"
	    " before = NULL, steps = ?5, calls = ?6, tokens = ?7, most = ?8"
	    " WHERE task = ?1 AND n = ?2", "iiisiiii", c.task, r->n,
	    clock_wall_ms(), outcome, t->steps, t->results, t->used,
	    t->most) == -1)
		return -1;
	return db_run(r->p->db, e, "INSERT INTO checkpoint(task, attempt,"
	    " time, body) VALUES(?, ?, ?, ?)", "iiis", c.task, c.attempt,
	    clock_wall_ms(), buf_str(body));
}

static int
close_round(struct round *r, const char *outcome, const char *words,
    struct err *e)
{
	struct buf b = BUF_INIT;
	jv last, body;
	int rc;

	if (checkpoint_last(r->p, r->c->task, &last, e) == -1)
		return -1;
	body = gather(r, last, words);
	js_dump(&b, body);
	rc = plan_begin(r->p, e);
	if (rc == 0)
		rc = plan_end(r->p, close_in(r, outcome, &b, e), e);
	buf_free(&b);
	js_free(body);
	js_free(last);
	return rc;
}

/* ---- what others left behind ---- */

/* The first round without an end: 1, 0 when there is none, -1. */
static int
left_behind(struct round *r, struct err *e)
{
	struct db_stmt *st = db_query(r->p->db, e, "SELECT n, file, before"
	    " FROM round WHERE task = ? AND ended IS NULL ORDER BY n LIMIT 1",
	    "i", r->c->task);
	struct err none = ERR_INIT;
	int rc;

	if (st == NULL || (rc = db_step(st, e)) != 1)
		return st == NULL ? -1 : rc;
	r->n = db_int(st, 0);
	r->file = xasprintf("%s/runs/%s", r->p->dir, db_text(st, 1));
	if (db_text(st, 2) != NULL)
		r->before = js_parse(db_text(st, 2), strlen(db_text(st, 2)),
		    &none);
	db_done(st);
	return 1;
}

/* Wait until its conversation is gone, which holds a lock on its events. */
static int
wait_gone(struct round *r, struct err *e)
{
	int64_t deadline = clock_ms() + 30000;
	int fd = open(r->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	/* It did not come so far. */
	if (fd == -1)
		return 0;
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (clock_left(deadline) == 0 || sig_caught() != 0) {
			close(fd);
			return err_set(e, ERR_TEMP, "the conversation of a "
			    "worker that died still runs; try again");
		}
		usleep(20000);
	}
	close(fd);
	return 0;
}

static int
recover_one(struct round *r, struct err *e)
{
	struct err none = ERR_INIT;

	if (wait_gone(r, e) == -1)
		return -1;
	/* Its tools end when they see that it has; a moment for that. */
	usleep(200000);
	trail_file(&r->trail, r->file, &none);
	trail_end(&r->trail);
	return close_round(r, "lost", NULL, e);
}

int
round_recover(struct plan *p, const struct queue_claim *c,
    const char *worker, struct err *e)
{
	int rc;

	do {
		struct round r;

		round_init(&r, p, c, worker);
		rc = left_behind(&r, e);
		if (rc == 1 && recover_one(&r, e) == -1)
			rc = -1;
		round_free(&r);
	} while (rc == 1);
	return rc;
}

/* ---- a conversation ---- */

static int
open_file(struct round *r, struct err *e)
{
	char *dir = state_dir(r->p->workspace, "runs", e);

	if (dir == NULL)
		return -1;
	r->file = xasprintf("%s/%lld.%lld.jsonl", dir,
	    (long long)r->c->task, (long long)r->n);
	free(dir);
	r->fd = open(r->file, O_RDWR | O_CREAT | O_TRUNC | O_APPEND |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r->fd == -1)
		return err_sys(e, "%s", r->file);
	if (flock(r->fd, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_TEMP, "%s: another conversation has "
		    "it", r->file);
	return 0;
}

static int
begin_in(struct round *r, const struct buf *before, struct err *e)
{
	struct queue_claim c = *r->c;
	char *file;
	int rc;

	if (queue_holds(r->p, &c, r->worker, e) == -1)
		return -1;
	r->n = plan_number(r->p, e, 0, "SELECT max(n) FROM round WHERE"
	    " task = ?", c.task);
	if (r->n++ == -1)
		return -1;
	file = xasprintf("%lld.%lld.jsonl", (long long)c.task,
	    (long long)r->n);
	rc = db_run(r->p->db, e, "INSERT INTO round(task, n, attempt, began,"
	    " file, before) VALUES(?, ?, ?, ?, ?, ?)", "iiiiss", c.task,
	    r->n, c.attempt, clock_wall_ms(), file, buf_str(before));
	free(file);
	return rc;
}

/* Write down that it begins, and what the files hold. */
static int
begin(struct round *r, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	r->before = tree_take(r->p->root);
	js_dump(&b, r->before);
	rc = plan_begin(r->p, e);
	if (rc == 0)
		rc = plan_end(r->p, begin_in(r, &b, e), e);
	buf_free(&b);
	if (rc == 0)
		rc = open_file(r, e);
	if (rc == 0)
		runs_prune(r->p);
	return rc;
}

/* Look at the events that came; true when the conversation is as long as it
 * may be, and no call is under way. */
static bool
look(void *arg)
{
	struct round *r = arg;
	char piece[BASE_PIECE];
	ssize_t n;

	while ((n = pread(r->fd, piece, sizeof(piece), r->at)) > 0) {
		r->at += n;
		trail_feed(&r->trail, piece, (size_t)n);
	}
	r->full = r->full || (js_len(r->trail.open) == 0 && r->trail.tokens >
	    r->tokens - r->tokens / RESERVE_PART);
	return r->full;
}

static void
number(struct vec *v, const char *option, jv task, const char *key,
    int64_t otherwise)
{
	int64_t n = otherwise;

	js_int(task, key, 1, INT64_C(1) << 40, &n);
	if (n > 0)
		vec_pushf(v, "--%s=%lld", option, (long long)n);
}

static void
chat_argv(struct vec *v, const struct round *r,
    const struct round_options *o)
{
	vec_give(v, state_program("agent-chat"));
	vec_push(v, "-q");
	vec_push(v, "-n");
	vec_push(v, "--format=events");
	vec_pushf(v, "--workspace=%s", r->p->workspace);
	if (o->model != NULL)
		vec_pushf(v, "--model=%s", o->model);
	if (o->url != NULL)
		vec_pushf(v, "--url=%s", o->url);
	if (o->offline)
		vec_push(v, "--offline");
	if (o->max_cost != NULL)
		vec_pushf(v, "--max-cost=%s", o->max_cost);
	if (o->max_tokens != NULL)
		vec_pushf(v, "--max-total-tokens=%s", o->max_tokens);
}

/* Run agent-chat with v, its events behind those in the file. */
static int
converse(struct round *r, struct vec *v, const struct round_options *o,
    int64_t limit_ms, bool bounded, struct run *run, struct err *e)
{
	run_init(run);
	for (size_t i = 0; i < v->n; i++)
		vec_push(&run->argv, v->v[i]);
	run->plan = r->p;
	run->claim = *r->c;
	run->worker = r->worker;
	run->lease_ms = o->lease_ms;
	run->limit_ms = limit_ms;
	run->out = fcntl(r->fd, F_DUPFD_CLOEXEC, 3);
	if (bounded) {
		run->look = look;
		run->arg = r;
	}
	return run_child(run, e);
}

/* One more question: where does it stand?  NULL when there is no answer. */
static char *
handoff(struct round *r, const struct round_options *o)
{
	struct vec v = VEC_INIT;
	struct err e = ERR_INIT;
	struct run run;
	char *words = NULL;

	if (r->trail.session[0] == '\0' || sig_caught() != 0)
		return NULL;
	chat_argv(&v, r, o);
	vec_pushf(&v, "--resume=%s", r->trail.session);
	vec_push(&v, "--no-tools");
	vec_push(&v, "--max-steps=1");
	vec_pushf(&v, "--prompt=%s", brief_handoff);
	buf_reset(&r->trail.text);
	if (converse(r, &v, o, HANDOFF_MS, false, &run, &e) == 0 &&
	    run.status == 0) {
		look(r);
		if (r->trail.text.len > 0)
			words = xstrdup(buf_str(&r->trail.text));
	}
	run_free(&run);
	vec_free(&v);
	return words;
}

/* What the end of agent-chat means. */
static enum round_end
meaning(const struct round *r, const struct run *run, struct err *e)
{
	const char *said = r->trail.error.len > 0 ? buf_str(&r->trail.error) :
	    "no reason was given";

	if (run->lost) {
		err_set(e, ERR_NEGATIVE, "the claim was lost");
		return ROUND_LOST;
	}
	if (r->full || run->late || run->status == 3 || run->status == 124)
		return ROUND_BUDGET;
	if (run->stopped)
		return ROUND_STOPPED;
	switch (run->status) {
	case 0:
		if (r->trail.exit_code == 0)
			return ROUND_ANSWERED;
		/* Whatever that was, it was no conversation. */
		err_set(e, ERR_PROTOCOL, "agent-chat ended without a result");
		return ROUND_TROUBLE;
	case 2: case 66: case 73: case 74: case 78:
		err_set(e, ERR_CONFIG, "agent-chat: %.300s", said);
		return ROUND_TROUBLE;
	case 69:
		err_set(e, ERR_UNAVAILABLE, "agent-chat: %.300s", said);
		return ROUND_TROUBLE;
	case 75:
		err_set(e, ERR_TEMP, "agent-chat: %.300s", said);
		return ROUND_TROUBLE;
	case 77:
		err_set(e, ERR_DENIED, "agent-chat: %.300s", said);
		return ROUND_TROUBLE;
	default:
		err_set(e, ERR_NEGATIVE, "agent-chat ended with status %d: "
		    "%.300s", run->status, said);
		return ROUND_FAILED;
	}
}

static const char *const outcomes[] = { "answered", "budget", "stopped",
    "failed", "trouble", "lost" };

static int
finish(struct round *r, const struct round_options *o, enum round_end end,
    struct err *e)
{
	struct err later = ERR_INIT;
	char *words = NULL;
	int rc;

	if (end == ROUND_LOST)
		return 0;
	if (end == ROUND_BUDGET)
		words = handoff(r, o);
	if (words == NULL && r->trail.text.len > 0)
		words = xstrdup(buf_str(&r->trail.text));
	trail_end(&r->trail);
	rc = close_round(r, outcomes[end], words, &later);
	free(words);
	if (rc == -1)
		*e = later;
	return rc;
}

int
round_run(struct plan *p, const struct queue_claim *c,
    const struct round_options *o, enum round_end *end, struct err *e)
{
	struct buf prompt = BUF_INIT;
	struct vec v = VEC_INIT;
	struct round r;
	struct run run;
	jv task = js_none(), last = js_none();
	int64_t seconds = o->seconds;
	int rc = -1;

	run_init(&run);
	round_init(&r, p, c, o->worker);
	if (task_get(p, c->task, &task, e) == 0 &&
	    checkpoint_last(p, c->task, &last, e) == 0)
		rc = begin(&r, e);
	if (rc == 0) {
		r.tokens = o->tokens > 0 ? o->tokens : TOKENS;
		js_int(task, "tokens", 1, INT64_C(1) << 40, &r.tokens);
		js_int(task, "seconds", 1, INT64_C(1) << 40, &seconds);
		if (o->left_seconds > 0 && (seconds == 0 ||
		    seconds > o->left_seconds))
			seconds = o->left_seconds;
		brief_task(&prompt, task, last, r.tokens / PROMPT_PART <
		    PROMPT_MAX ? r.tokens / PROMPT_PART : PROMPT_MAX);
		chat_argv(&v, &r, o);
		if (o->tools != NULL)
			vec_pushf(&v, "--tools=%s", o->tools);
		number(&v, "max-steps", task, "steps", o->steps > 0 ?
		    o->steps : STEPS);
		number(&v, "max-tool-calls", task, "tool_calls", o->calls);
		if (seconds > 0)
			vec_pushf(&v, "--max-time=%llds", (long long)seconds);
		vec_pushf(&v, "--prompt=%s", buf_str(&prompt));
		run_free(&run);
		rc = converse(&r, &v, o, seconds > 0 ? seconds * 1000 +
		    LATE_MS : 0, true, &run, e);
	}
	if (rc == 0) {
		look(&r);
		*end = meaning(&r, &run, e);
		rc = finish(&r, o, *end, e);
	}
	run_free(&run);
	vec_free(&v);
	buf_free(&prompt);
	js_free(task);
	js_free(last);
	round_free(&r);
	return rc;
}
