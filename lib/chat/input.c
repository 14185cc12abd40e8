/*
 * input.c - when to read standard input, and how long to wait for it.
 */
#include "chat/input.h"

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/num.h"
#include "sys/sig.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_MS		2000	/* until the wait is announced */

bool
input_is_tty(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* Whether to read it, and whether it may keep us waiting. */
static bool
wanted(enum input_mode mode, bool *may_wait)
{
	struct stat st;

	*may_wait = false;
	if (mode == INPUT_NEVER || fstat(STDIN_FILENO, &st) == -1)
		return false;
	if (mode == INPUT_ALWAYS || S_ISREG(st.st_mode))
		return true;
	*may_wait = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode);
	return *may_wait;
}

/* Wait until it is readable; the first bytes have a deadline. */
static int
wait_readable(int64_t begin, int64_t wait_ms, int64_t due, bool *noted,
    struct err *e)
{
	char time[NUM_MS_SIZE];

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = sig_fd(), .events = POLLIN },
		};
		int64_t until = *noted ? -1 : begin + NOTE_MS;

		if (wait_ms > 0 && (until == -1 || begin + wait_ms < until))
			until = begin + wait_ms;
		if (due != -1 && (until == -1 || due < until))
			until = due;
		if (poll(fds, 2, clock_left(until)) == -1 && errno != EINTR)
			return err_sys(e, "standard input");
		if (sig_caught() != 0)
			return err_set(e, ERR_CANCELLED, "interrupted");
		if (due != -1 && clock_ms() >= due)
			return err_set(e, ERR_TIMEOUT, "standard input: the "
			    "time is over");
		if (fds[0].revents != 0)
			return 0;
		if (wait_ms > 0 && clock_ms() >= begin + wait_ms)
			return err_set(e, ERR_NOINPUT, "standard input: "
			    "nothing came in %s; use -n to skip it",
			    num_ms(time, wait_ms));
		if (!*noted && clock_ms() >= begin + NOTE_MS) {
			log_note("waiting for stdin (-n to skip)");
			*noted = true;
		}
	}
}

int
input_read(enum input_mode mode, bool have_prompt, int64_t wait_ms,
    int64_t due, struct buf *b, struct err *e)
{
	bool may_wait, noted;
	int64_t begin = clock_ms();
	char chunk[BASE_PIECE];
	ssize_t n;

	if (!wanted(mode, &may_wait))
		return 0;
	noted = !may_wait;
	if (!may_wait || !have_prompt)
		wait_ms = 0;
	do {
		if (wait_readable(begin, b->len == 0 ? wait_ms : 0, due,
		    &noted, e) == -1)
			return -1;
		n = fd_read(STDIN_FILENO, chunk, sizeof(chunk));
		if (n == -1 && errno != EAGAIN)
			return err_sys(e, "standard input");
		if (n > 0) {
			noted = true;
			buf_add(b, chunk, (size_t)n);
		}
		if (b->len > INPUT_MAX)
			return err_set(e, ERR_DATA, "standard input: more "
			    "than %zu MiB; give the name of a file in the "
			    "workspace instead", INPUT_MAX / 1024 / 1024);
	} while (n != 0);
	return 0;
}
