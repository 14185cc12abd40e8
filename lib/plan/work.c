/*
 * work.c - workers: claim a task, do it, check it, go on.
 */
#include "plan/work.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "plan/check.h"
#include "plan/checkpoint.h"
#include "plan/note.h"
#include "plan/run.h"
#include "plan/task.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define REASON_MAX	((size_t)1500)

struct worker {
	const struct work_options *o;
	struct plan	 p;
	struct queue_claim c;
	bool		 bad;		/* a task was not done */
	bool		 over;		/* no more tasks */
};

/* ---- the ends of a claim ---- */

static void
say(const struct worker *w, const char *what, const char *why)
{
	if (!w->o->quiet)
		log_note("task %lld.%lld %s%s%s", (long long)w->c.task,
		    (long long)w->c.attempt, what, *why != '\0' ? ": " : "",
		    why);
}

static int
give_up(struct worker *w, const char *reason, struct err *e)
{
	bool dead = false;

	w->bad = true;
	if (queue_fail(&w->p, &w->c, w->o->round.worker, reason, false,
	    &dead, e) == -1)
		return -1;
	say(w, dead ? "given up" : "failed", reason);
	return 0;
}

/* The task is done, says who did it: does its check say so, too? */
static int
close_task(struct worker *w, struct err *e)
{
	struct check_result r = CHECK_INIT;
	struct buf why = BUF_INIT;
	int rc = check_close(&w->p, &w->c, w->o->round.worker, NULL, &r, e);

	if (rc == 0)
		say(w, "done", "");
	if (rc == 1) {
		buf_addf(&why, "its check %s", buf_str(&r.fate));
		if (r.output.len > 0) {
			size_t n = r.output.len, from = n > REASON_MAX ? n -
			    REASON_MAX : 0;

			while (from < n && (r.output.data[from] & 0xc0) ==
			    0x80)
				from++;
			buf_addf(&why, ":\n%s", r.output.data + from);
		}
		rc = give_up(w, buf_str(&why), e);
	}
	buf_free(&why);
	check_free(&r);
	return rc;
}

/* Not the task's fault, or not ours to go on: back into the queue. */
static int
put_back(struct worker *w, const char *why, struct err *e)
{
	struct err later = ERR_INIT;

	w->over = true;
	if (queue_release(&w->p, &w->c, w->o->round.worker, "released",
	    &later) == -1 && later.kind != ERR_NEGATIVE) {
		*e = later;
		return -1;
	}
	say(w, "released", why);
	return e->kind != ERR_NONE ? -1 : 0;
}

/* A claim that is over is somebody else's; this worker goes on. */
static int
or_lost(struct worker *w, int rc, struct err *e)
{
	if (rc == -1 && e->kind == ERR_NEGATIVE) {
		say(w, "lost", e->msg);
		*e = (struct err)ERR_INIT;
		w->bad = true;
		return 0;
	}
	if (rc == -1 && e->kind == ERR_CANCELLED) {
		*e = (struct err)ERR_INIT;
		return put_back(w, "interrupted", e);
	}
	return rc;
}

/* ---- by a model ---- */

static bool
time_over(const struct worker *w)
{
	return sig_caught() != 0 || (w->o->deadline != -1 &&
	    clock_left(w->o->deadline) == 0);
}

/* How long a conversation may take; what is left when it is less. */
static struct round_options
in_time(const struct worker *w)
{
	struct round_options o = w->o->round;
	int64_t left;

	if (w->o->deadline != -1) {
		left = clock_left(w->o->deadline) / 1000 + 1;
		o.left_seconds = left;
	}
	return o;
}

static int
by_model(struct worker *w, struct err *e)
{
	int64_t rounds = plan_number(&w->p, e, 12, "SELECT rounds FROM task"
	    " WHERE id = ?", w->c.task), n;
	enum round_end end = ROUND_ANSWERED;
	int rc = rounds == -1 ? -1 : round_recover(&w->p, &w->c,
	    w->o->round.worker, e);

	while (rc == 0) {
		struct round_options o = in_time(w);

		n = round_count(&w->p, &w->c, e);
		if (n == -1)
			return -1;
		if (n >= rounds)
			return give_up(w, "its conversations were not "
			    "enough; see its checkpoints, and --rounds", e);
		rc = round_run(&w->p, &w->c, &o, &end, e);
		if (rc == -1)
			break;
		if (end == ROUND_ANSWERED)
			return close_task(w, e);
		if (end == ROUND_FAILED) {
			struct err why = *e;

			*e = (struct err)ERR_INIT;
			return give_up(w, why.msg, e);
		}
		if (end == ROUND_TROUBLE)
			return put_back(w, e->msg, e);
		if (end == ROUND_LOST)
			return -1;
		if (end == ROUND_STOPPED || time_over(w))
			return put_back(w, "the time is over", e);
		say(w, "goes on", "a conversation has used its budget");
	}
	return rc;
}

/* ---- by a command ---- */

/* The task as a file that only the command has. */
static int
task_input(struct worker *w, struct err *e)
{
	struct buf b = BUF_INIT;
	jv t, last = js_none();
	int fd = -1;

	if (task_get(&w->p, w->c.task, &t, e) == 0 &&
	    checkpoint_last(&w->p, w->c.task, &last, e) == 0) {
		t = js_set(t, "claim", js_fmt("%lld.%lld",
		    (long long)w->c.task, (long long)w->c.attempt));
		if (js_is_obj(last))
			t = js_set(t, "checkpoint", js_ref(last));
		js_dump(&b, t);
		buf_addc(&b, '\n');
		fd = memfd_create("task", MFD_CLOEXEC);
		if (fd == -1 || fd_write_all(fd, b.data, b.len) == -1 ||
		    lseek(fd, 0, SEEK_SET) == -1) {
			err_sys(e, "the task as input");
			fd_close(&fd);
		}
	}
	js_free(t);
	js_free(last);
	buf_free(&b);
	return fd;
}

static int
after_command(struct worker *w, const struct run *r, struct err *e)
{
	char why[80];

	if (r->lost)
		return err_set(e, ERR_NEGATIVE, "the claim was lost");
	if (r->stopped || time_over(w))
		return put_back(w, "interrupted", e);
	if (r->status == 0)
		return close_task(w, e);
	if (r->status == 75) {
		err_set(e, ERR_TEMP, "the command says: try again later");
		return put_back(w, "status 75", e);
	}
	if (r->status == 126 || r->status == 127) {
		err_set(e, ERR_CONFIG, "%.60s: cannot be run",
		    w->o->command[0]);
		return put_back(w, e->msg, e);
	}
	snprintf(why, sizeof(why), r->status > 128 ?
	    "the command was ended by signal %d" :
	    "the command ended with status %d", r->status > 128 ?
	    r->status - 128 : r->status);
	return give_up(w, why, e);
}

static int
by_command(struct worker *w, struct err *e)
{
	struct run r;
	int rc = -1;

	run_init(&r);
	for (char **s = w->o->command; *s != NULL; s++)
		vec_push(&r.argv, *s);
	r.plan = &w->p;
	r.claim = w->c;
	r.worker = w->o->round.worker;
	r.lease_ms = w->o->round.lease_ms;
	if (w->o->deadline != -1)
		r.limit_ms = clock_left(w->o->deadline) + 1;
	r.out = fcntl(1, F_DUPFD_CLOEXEC, 3);
	r.err = fcntl(2, F_DUPFD_CLOEXEC, 3);
	r.in = task_input(w, e);
	if (r.in != -1)
		rc = run_child(&r, e);
	if (rc == 0)
		rc = after_command(w, &r, e);
	else if (e->kind == ERR_CONFIG)
		rc = put_back(w, e->msg, e);
	run_free(&r);
	return rc;
}

/* ---- one worker ---- */

/* The child's environment says what it works on. */
static void
environment(const struct worker *w)
{
	char claim[48];

	snprintf(claim, sizeof(claim), "%lld.%lld", (long long)w->c.task,
	    (long long)w->c.attempt);
	setenv("AGENT_CLAIM", claim, 1);
	setenv("AGENT_WORKER", w->o->round.worker, 1);
	setenv("AGENT_WORKSPACE", w->p.workspace, 1);
	*strchr(claim, '.') = '\0';
	setenv("AGENT_TASK", claim, 1);
}

/* Sleep until there may be something, a signal comes or the time is over. */
static void
wait_more(const struct worker *w, int64_t *pause)
{
	struct pollfd fd = { sig_fd(), POLLIN, 0 };
	int64_t ms = *pause;

	if (w->o->deadline != -1 && clock_left(w->o->deadline) < ms)
		ms = clock_left(w->o->deadline);
	poll(&fd, 1, (int)ms);
	*pause = *pause < 1000 ? *pause * 2 : 1000;
}

static int
one_task(struct worker *w, int64_t *pause, struct err *e)
{
	struct queue_worker q = { w->o->round.worker, w->o->round.lease_ms,
	    w->p.me.pid };
	enum queue_state state;

	if (queue_next(&w->p, &q, 0, &w->c, &state, e) == -1)
		return -1;
	if (state == QUEUE_CLAIMED) {
		*pause = 20;
		environment(w);
		w->over = w->o->until == WORK_ONCE;
		return or_lost(w, w->o->command != NULL ? by_command(w, e) :
		    by_model(w, e), e);
	}
	if (w->o->until == WORK_ONCE ||
	    (w->o->until == WORK_EMPTY && state == QUEUE_EMPTY))
		w->over = true;
	else
		wait_more(w, pause);
	return 0;
}

static int
work_one(const struct work_options *o, struct err *e)
{
	struct worker w = { .o = o, .p = PLAN_INIT };
	int64_t pause = 20;
	int rc = plan_open(&w.p, o->workspace, PLAN_WRITE, e);

	while (rc == 0 && !w.over && !time_over(&w))
		rc = one_task(&w, &pause, e);
	/* A signal is what ends it then, whatever it interrupted. */
	if (rc == -1 && e->kind == ERR_CANCELLED && sig_caught() != 0) {
		*e = (struct err)ERR_INIT;
		rc = 0;
	}
	plan_close(&w.p);
	return rc != 0 ? rc : w.bad ? 1 : 0;
}

/* ---- several ---- */

/* In a process of its own: its exit status. */
static int
child(const struct work_options *o, int i, pid_t parent)
{
	struct work_options own = *o;
	struct err e = ERR_INIT;
	char *name = xasprintf("%s.%d", o->round.worker, i + 1);
	int rc;

	if (sig_forked() == -1)
		return err_kind_exit(ERR_NOMEM);
	/* The end of the first of us is a request to end. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || sig_caught() != 0)
		return 143;
	own.round.worker = name;
	rc = work_one(&own, &e);
	free(name);
	if (rc == -1)
		return log_exit(&e);
	return rc;
}

static int
work_many(const struct work_options *o, struct err *e)
{
	pid_t *pids = xcalloc((size_t)o->jobs, sizeof(*pids)), me = getpid();
	int left = 0, worst = 0, status;
	bool told = false;

	for (; left < o->jobs; left++) {
		pids[left] = fork();
		if (pids[left] == 0)
			_exit(child(o, left, me));
		if (pids[left] == -1) {
			err_sys(e, "start a worker");
			break;
		}
	}
	for (int n = left; n > 0; ) {
		struct pollfd fd = { sig_fd(), POLLIN, 0 };
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid > 0) {
			int code = WIFEXITED(status) ? WEXITSTATUS(status) :
			    128 + WTERMSIG(status);

			worst = code > worst ? code : worst;
			n--;
		} else if (!told && (sig_caught() != 0 ||
		    e->kind != ERR_NONE)) {
			told = true;
			for (int i = 0; i < left; i++)
				kill(pids[i], SIGTERM);
		} else {
			poll(&fd, told ? 0 : 1, 20);
		}
	}
	free(pids);
	if (e->kind != ERR_NONE)
		return -1;
	return worst;
}

int
work_run(const struct work_options *o, struct err *e)
{
	return o->jobs > 1 ? work_many(o, e) : work_one(o, e);
}
