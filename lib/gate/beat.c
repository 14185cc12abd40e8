/*
 * beat.c - a line now and then while a server lets us wait.
 */
#include "gate/beat.h"

#include <unistd.h>

#ifdef __linux__
#include <sys/timerfd.h>
#endif

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"

void
beat_open(struct beat *b, int64_t every_ms, const char *shown, size_t bytes,
    const struct delta *answer)
{
	*b = (struct beat){ .fd = -1, .start = clock_ms(), .shown = shown,
	    .bytes = bytes, .answer = answer };
#ifdef __linux__
	struct itimerspec t;

	if (every_ms <= 0)
		return;
	t.it_value.tv_sec = t.it_interval.tv_sec = every_ms / 1000;
	t.it_value.tv_nsec = t.it_interval.tv_nsec =
	    (long)(every_ms % 1000) * 1000000;
	b->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (b->fd != -1 && timerfd_settime(b->fd, 0, &t, NULL) == -1)
		beat_close(b);
#else
	(void)every_ms;
#endif
}

void
beat_close(struct beat *b)
{
	if (b->fd != -1)
		close(b->fd);
	b->fd = -1;
}

/* The interval passed; -1 to be called no more. */
static int
wake(void *arg)
{
	struct beat *b = arg;
	uint64_t times;

	if (b->answer->pieces > 0 ||
	    fd_read(b->fd, &times, sizeof(times)) == -1)
		return -1;
	log_note("%s: still no answer after %lld s (a prompt of %zu kB); "
	    "waiting", b->shown, (long long)(clock_ms() - b->start) / 1000,
	    (b->bytes + 999) / 1000);
	return 0;
}

struct http_watch
beat_watch(struct beat *b)
{
	return (struct http_watch){ .fd = b->fd, .wake = wake, .arg = b };
}
