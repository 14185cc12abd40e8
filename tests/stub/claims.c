/*
 * claims.c - how many durable claims a second the queue of a plan gives.
 *
 *	claims WORKERS TASKS
 *
 * Adds that many tasks to the plan of the current folder, then lets as many
 * processes claim them, each as fast as it can, and prints claims a second.
 * The status is 1 when a task was claimed twice or not at all.
 */
#include "base/clock.h"
#include "plan/queue.h"
#include "plan/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int
fail(const struct err *e)
{
	fprintf(stderr, "claims: %s\n", e->msg);
	return 2;
}

static int
fill(int tasks, struct err *e)
{
	struct plan p = PLAN_INIT;
	jv specs = js_arr();
	int rc = plan_open(&p, NULL, PLAN_WRITE, e);

	for (int i = 0; i < tasks; i++)
		specs = js_push(specs, js_set_str(js_obj(), "objective",
		    "claim this"));
	if (rc == 0 && (rc = plan_begin(&p, e)) == 0)
		rc = plan_end(&p, task_add(&p, specs, NULL, e), e);
	plan_close(&p);
	js_free(specs);
	return rc;
}

static int
work(int i, int tasks, unsigned char *seen, struct err *e)
{
	struct plan p = PLAN_INIT;
	enum queue_state state = QUEUE_CLAIMED;
	struct queue_claim c;
	char name[16];
	int rc = plan_open(&p, NULL, PLAN_WRITE, e);

	snprintf(name, sizeof(name), "w%d", i);
	while (rc == 0 && state == QUEUE_CLAIMED) {
		struct queue_worker w = { name, 60000, 0 };

		rc = queue_next(&p, &w, 0, &c, &state, e);
		if (rc == 0 && state == QUEUE_CLAIMED) {
			if (c.task <= tasks)
				__atomic_add_fetch(&seen[c.task], 1,
				    __ATOMIC_RELAXED);
			/* Out of the way, as a task that is done would be;
			 * its commit counts as well. */
			rc = queue_done(&p, &c, name, NULL, NULL, e);
		}
	}
	plan_close(&p);
	return rc;
}

int
main(int argc, char **argv)
{
	int workers = argc > 1 ? atoi(argv[1]) : 8, bad = 0, status;
	int tasks = argc > 2 ? atoi(argv[2]) : 2000;
	unsigned char *seen = mmap(NULL, (size_t)tasks + 1, PROT_READ |
	    PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct err e = ERR_INIT;
	int64_t begin;

	if (seen == MAP_FAILED || fill(tasks, &e) == -1)
		return fail(&e);
	begin = clock_ms();
	for (int i = 0; i < workers; i++)
		if (fork() == 0)
			_exit(work(i, tasks, seen, &e) == -1 ? fail(&e) : 0);
	while (wait(&status) > 0)
		bad += status != 0;
	begin = clock_ms() - begin;
	for (int i = 1; i <= tasks; i++)
		bad += seen[i] != 1;
	printf("%.0f\n", (double)tasks * 1000 / (double)(begin > 0 ? begin :
	    1));
	return bad != 0;
}
