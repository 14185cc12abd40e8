/*
 * backfill.c - vectors are made in the background.
 */
#include "mem/backfill.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "core/state.h"

#define GATHER_MS	100	/* stores that follow each other are one */
#define PAUSE		60	/* seconds after a failure */
#define NICE		10

bool
backfill_wanted(const struct cmd *c)
{
	const char *s = getenv("AGENT_MEMORY_VECTORS");

	return c->vectors || (s != NULL && *s != '\0' && strcmp(s, "off") !=
	    0 && strcmp(s, "0") != 0);
}

void
backfill_start(const struct cmd *c, struct proc *p)
{
	struct vec argv = VEC_INIT;
	struct err ignored = ERR_INIT;

	vec_give(&argv, state_program("agent-mem"));
	vec_pushf(&argv, "--db=%s", c->s.path);
	vec_push(&argv, "embed");
	vec_push(&argv, "--background");
	vec_push(&argv, "--quiet");
	if (c->offline)
		vec_push(&argv, "--offline");
	if (c->model != NULL)
		vec_pushf(&argv, "--model=%s", c->model);
	proc_init(p, vec_argv(&argv));
	for (int i = 0; i < 3; i++)
		p->how[i] = PROC_NULL;
	p->group = true;
	proc_start(p, &ignored);
	vec_free(&argv);
}

/* The lock file of that name, open, or -1. */
static int
lock_file(const struct cmd *c, const char *end)
{
	char *name = xasprintf("%s-%s", db_file(c->s.db), end);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY |
	    O_NOFOLLOW, 0600);

	free(name);
	return fd;
}

/* Whether the last one failed a moment ago: then the file has a byte. */
static bool
failed_lately(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size > 0 && time(NULL) -
	    st.st_mtime < PAUSE && time(NULL) >= st.st_mtime;
}

bool
backfill_enter(struct cmd *c)
{
	struct timespec nap = { 0, GATHER_MS * 1000000L };
	int work = lock_file(c, "embed"), turn = -1;

	setsid();
	if (nice(NICE) == -1) {
		/* Then it is as nice as it was. */
	}
	if (work == -1 || failed_lately(work))
		goto no;
	nanosleep(&nap, NULL);
	if (flock(work, LOCK_EX | LOCK_NB) == -1) {
		/* One is at work, and may have passed what is new. */
		turn = lock_file(c, "embed-next");
		if (turn == -1 || flock(turn, LOCK_EX | LOCK_NB) == -1 ||
		    flock(work, LOCK_EX) == -1)
			goto no;
		close(turn);
	}
	/* Held until this process ends. */
	c->working = work;
	return true;
no:
	if (turn != -1)
		close(turn);
	if (work != -1)
		close(work);
	return false;
}

void
backfill_leave(struct cmd *c, bool well)
{
	if (ftruncate(c->working, 0) == -1 || (!well &&
	    pwrite(c->working, "x", 1, 0) == -1))
		log_warn("%s-embed: cannot be written", c->s.path);
	close(c->working);
	c->working = -1;
}
