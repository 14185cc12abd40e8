/*
 * ferry.c - bytes both ways between two sockets.
 *
 * One buffer each way, which is filled only when it is empty: a side that
 * does not take its bytes is not sent more.
 */
#include "netgate/ferry.h"

#include "sys/fd.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define PIECE	((size_t)64 * 1024)
#define IDLE_MS	(600 * 1000)

struct way {
	int		 from, to;
	struct buf	 b;
	size_t		 at;		/* sent of b */
	uint64_t	 limit;
	bool		 over;		/* nothing more will come */
	bool		 told;		/* ... and the other side knows */
};

static bool
is_done(const struct way *w)
{
	return w->over && w->at == w->b.len;
}

/* False when a side is lost. */
static bool
fill(struct way *w)
{
	size_t want = w->limit < PIECE ? (size_t)w->limit : PIECE;
	ssize_t n;

	buf_reset(&w->b);
	w->at = 0;
	buf_grow(&w->b, PIECE);
	n = fd_read(w->from, w->b.data, want);
	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK;
	w->b.len = (size_t)n;
	if (w->limit != UINT64_MAX)
		w->limit -= (uint64_t)n;
	w->over = n == 0 || w->limit == 0;
	return true;
}

static bool
drain(struct way *w)
{
	ssize_t n = send(w->to, w->b.data + w->at, w->b.len - w->at,
	    MSG_NOSIGNAL);

	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ||
		    errno == EINTR;
	w->at += (size_t)n;
	return true;
}

/* Of a tunnel the end is passed on; of a request there is none to see. */
static void
tell(struct way *w)
{
	if (!is_done(w) || w->told || w->limit != UINT64_MAX)
		return;
	shutdown(w->to, SHUT_WR);
	w->told = true;
}

static bool
step(struct way *up, struct way *down)
{
	struct pollfd p[2] = { { up->from, 0, 0 }, { up->to, 0, 0 } };
	bool up_full = up->at < up->b.len, down_full = down->at < down->b.len;

	p[0].events = (short)((!up_full && !up->over ? POLLIN : 0) |
	    (down_full ? POLLOUT : 0));
	p[1].events = (short)((!down_full && !down->over ? POLLIN : 0) |
	    (up_full ? POLLOUT : 0));
	for (int i = 0; i < 2; i++)
		if (p[i].events == 0)
			p[i].fd = -1;
	if (poll(p, 2, IDLE_MS) <= 0)
		return false;
	if (p[0].revents & ~(POLLIN | POLLOUT) && !(p[0].revents & POLLIN))
		return false;
	if (p[1].revents & ~(POLLIN | POLLOUT) && !(p[1].revents & POLLIN))
		return false;
	if (p[0].revents & POLLOUT && !drain(down))
		return false;
	if (p[1].revents & POLLOUT && !drain(up))
		return false;
	if (p[0].revents & POLLIN && !up_full && !up->over && !fill(up))
		return false;
	return !(p[1].revents & POLLIN && !down_full && !down->over &&
	    !fill(down));
}

void
ferry_run(struct ferry *r)
{
	struct way up = { .from = r->from, .to = r->to, .limit = r->limit,
	    .over = r->limit == 0 };
	struct way down = { .from = r->to, .to = r->from,
	    .limit = UINT64_MAX };

	up.b = r->held;
	r->held = (struct buf)BUF_INIT;
	fd_nonblock(up.from, true);
	fd_nonblock(up.to, true);
	/* When the server is done, so is the client: nobody would answer. */
	while (!is_done(&down) && step(&up, &down)) {
		tell(&up);
		tell(&down);
	}
	buf_free(&up.b);
	buf_free(&down.b);
}
