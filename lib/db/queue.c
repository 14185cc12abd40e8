/*
 * queue.c - writers wait in the kernel's order, not by chance.
 *
 * SQLite's own lock is polled, so that a writer may starve for seconds, and
 * versions before 3.51.3 may damage a log that is committed to while it is
 * checkpointed twice.  A flock(2) held around both cures the one and rules
 * out the other.  It is freed by the kernel when its holder dies.
 */
#include "db/handle.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

int
queue_open(struct db *d, struct err *e)
{
	char *name = xasprintf("%s-queue", d->file);

	d->queue = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0600);
	if (d->queue == -1) {
		err_sys(e, "%s", name);
		if (e->kind == ERR_NOINPUT)
			e->kind = ERR_CANTCREAT;
	}
	free(name);
	return d->queue == -1 ? -1 : 0;
}

bool
queue_try(struct db *d)
{
	return d->queue != -1 && flock(d->queue, LOCK_EX | LOCK_NB) == 0;
}

void
queue_unlock(struct db *d)
{
	if (d->queue != -1)
		flock(d->queue, LOCK_UN);
}

static void
on_alarm(int sig)
{
	(void)sig;	/* it only ends the wait */
}

/* Wait with flock(2) until ms have passed; errno EINTR says they have, or
 * that another signal came. */
static int
wait_lock(int fd, int ms)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
	    .sigev_signo = SIGALRM };
	/* Again and again: the first may come before flock() is entered. */
	struct itimerspec when = {
	    .it_value = { ms / 1000, ms % 1000 * 1000000L + 1 },
	    .it_interval = { 0, 20 * 1000000L } };
	struct sigaction sa, old;
	timer_t timer;
	int rc, error;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, &old);
	if (timer_create(CLOCK_MONOTONIC, &ev, &timer) == -1) {
		rc = flock(fd, LOCK_EX | LOCK_NB);
		error = errno;
	} else {
		timer_settime(timer, 0, &when, NULL);
		rc = flock(fd, LOCK_EX);
		error = errno;
		timer_delete(timer);
	}
	sigaction(SIGALRM, &old, NULL);
	errno = error;
	return rc;
}

int
queue_lock(struct db *d, struct err *e)
{
	int64_t deadline = clock_ms() + d->timeout_ms;

	if (queue_try(d))
		return 0;
	if (errno != EWOULDBLOCK && errno != EINTR)
		return err_sys(e, "%s-queue: lock", d->path);
	if (d->timeout_ms > 0 && wait_lock(d->queue, d->timeout_ms) == 0)
		return 0;
	if (d->timeout_ms > 0 && errno == EINTR && clock_left(deadline) > 0)
		return err_set(e, ERR_CANCELLED, "%s: interrupted while "
		    "waiting for a lock", d->path);
	return err_set(e, ERR_TEMP, "%s: another process holds the lock for "
	    "more than %d s", d->path, d->timeout_ms / 1000);
}
