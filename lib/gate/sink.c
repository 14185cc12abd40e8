/*
 * sink.c - waiting, while those who may cancel are listened to.
 */
#include "gate/sink.h"

#include <poll.h>

#include "base/clock.h"

/* Those that have something: 1 when one of them cancels. */
static int
wake(const struct sink *sink, const struct pollfd *fds, bool *off)
{
	for (size_t i = 0; i < sink->nwatch; i++) {
		const struct http_watch *w = &sink->watch[i];
		int rc = 0;

		if (fds[i].revents != 0)
			rc = w->wake != NULL ? w->wake(w->arg) : 1;
		if (rc == 1)
			return 1;
		off[i] = off[i] || rc == -1;
	}
	return 0;
}

int
sink_wait(const struct sink *sink, int fd, int64_t until, struct err *e)
{
	struct pollfd fds[HTTP_WATCH_MAX + 1];
	bool off[HTTP_WATCH_MAX] = { false };
	size_t n = sink->nwatch;
	int left;

	while ((left = clock_left(until)) != 0) {
		for (size_t i = 0; i < n; i++)
			fds[i] = (struct pollfd){ off[i] ? -1 :
			    sink->watch[i].fd, POLLIN, 0 };
		fds[n] = (struct pollfd){ fd, POLLIN, 0 };
		if (poll(fds, n + 1, left) <= 0)
			continue;
		if (wake(sink, fds, off))
			return err_set(e, ERR_CANCELLED, "interrupted");
		if (fds[n].revents != 0)
			return 1;
	}
	return 0;
}
