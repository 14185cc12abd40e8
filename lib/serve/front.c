/*
 * front.c - connections and requests over libmicrohttpd.
 *
 * The library runs inside our own loop.  A request that waits is suspended
 * there; then the library does not look at its socket, so every socket is
 * also in an epoll instance of ours, which tells when the client hangs up.
 * A connection has a deadline while the client is to do something: bring a
 * head, bring a body.  For taking the answer, the library has one.
 */
#include "serve/front.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"

#define OUT_LOW		((size_t)64 * 1024)
#define HEAD_MAX	((size_t)32 * 1024)	/* a connection's memory */
#define BLOCK		((size_t)16 * 1024)
#define TICK_MS		1000
#define SPARE		16	/* so many may come while the oldest is cut */

struct conn {
	TAILQ_ENTRY(conn) link;
	struct req	*req;
	int64_t		 deadline;	/* clock_ms; -1 none */
	int		 fd;
	bool		 idle;		/* in the list of the idle ones */
	bool		 gone;		/* the client hung up */
	bool		 asked;		/* once at least */
};

TAILQ_HEAD(conns, conn);

struct front {
	struct front_conf c;
	struct MHD_Daemon *mhd;
	int		 mhd_ep, gone_ep;
	struct conns	 idle, busy;	/* idle: the oldest first */
	size_t		 nconns, nreqs, nfresh;
	size_t		 held;		/* bytes of bodies */
	int64_t		 tick;
	bool		 draining;
};

/* ---- connections ------------------------------------------------------ */

static void
move(struct front *f, struct conn *c, bool idle, int64_t ms)
{
	TAILQ_REMOVE(c->idle ? &f->idle : &f->busy, c, link);
	c->idle = idle;
	c->deadline = ms < 0 ? -1 : clock_ms() + ms;
	TAILQ_INSERT_TAIL(idle ? &f->idle : &f->busy, c, link);
}

/* The library notices, and ends it in the usual way. */
static void
cut(struct conn *c)
{
	c->deadline = -1;
	shutdown(c->fd, SHUT_RDWR);
}

static struct conn *
new_conn(struct front *f, int fd)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	struct epoll_event ev = { .events = EPOLLRDHUP, .data.ptr = c };

	c->fd = fd;
	c->idle = true;
	c->deadline = clock_ms() + f->c.client_ms;
	TAILQ_INSERT_TAIL(&f->idle, c, link);
	f->nfresh++;
	epoll_ctl(f->gone_ep, EPOLL_CTL_ADD, fd, &ev);
	if (++f->nconns > (size_t)f->c.connections)
		TAILQ_FOREACH(c, &f->idle, link)
			if (c->deadline != -1) {
				cut(c);
				break;
			}
	return TAILQ_LAST(&f->idle, conns);
}

static void
on_connection(void *cls, struct MHD_Connection *mhd, void **slot,
    enum MHD_ConnectionNotificationCode what)
{
	struct front *f = cls;
	struct conn *c = *slot;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *i = MHD_get_connection_info(
		    mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

		*slot = new_conn(f, i->connect_fd);
		return;
	}
	if (c == NULL)
		return;
	if (!c->gone)
		epoll_ctl(f->gone_ep, EPOLL_CTL_DEL, c->fd, NULL);
	TAILQ_REMOVE(c->idle ? &f->idle : &f->busy, c, link);
	f->nconns--;
	f->nfresh -= !c->asked;
	free(c);
	*slot = NULL;
}

static struct conn *
conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i->socket_context;
}

/* ---- requests --------------------------------------------------------- */

void
front_wake(struct req *r)
{
	if (!r->waiting)
		return;
	r->waiting = false;
	MHD_resume_connection(r->mhd);
}

static void
wait_for_more(struct req *r)
{
	r->waiting = true;
	MHD_suspend_connection(r->mhd);
}

static struct req *
new_req(struct front *f, struct MHD_Connection *mhd, const char *method,
    const char *path)
{
	struct req *r = xcalloc(1, sizeof(*r));

	r->f = f;
	r->mhd = mhd;
	r->conn = conn_of(mhd);
	r->method = method;
	r->path = path;
	r->label = "other";
	r->length = -1;
	r->start = clock_ms();
	((struct conn *)r->conn)->req = r;
	f->nfresh -= !((struct conn *)r->conn)->asked;
	((struct conn *)r->conn)->asked = true;
	move(f, r->conn, false, f->c.client_ms * 2);
	f->nreqs++;
	return r;
}

static void
on_completed(void *cls, struct MHD_Connection *mhd, void **slot,
    enum MHD_RequestTerminationCode code)
{
	struct front *f = cls;
	struct req *r = *slot;
	struct conn *c;

	(void)mhd;
	if (r == NULL)
		return;
	*slot = NULL;
	c = r->conn;
	if (r->drop != NULL)
		r->drop(r);
	f->c.done(f->c.arg, r, r->left || (!r->broken &&
	    code != MHD_REQUEST_TERMINATED_COMPLETED_OK));
	f->held -= r->held;
	f->nreqs--;
	buf_free(&r->in);
	buf_free(&r->out);
	vec_free(&r->headers);
	free(r);
	c->req = NULL;
	move(f, c, true, f->c.client_ms);
	if (f->draining)
		cut(c);
}

/* The library wants more of a body. */
static ssize_t
on_read(void *cls, uint64_t pos, char *p, size_t max)
{
	struct req *r = cls;
	size_t n = r->out.len - r->out_pos;

	(void)pos;
	if (n == 0) {
		if (r->broken || ((struct conn *)r->conn)->gone)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (r->ended)
			return MHD_CONTENT_READER_END_OF_STREAM;
		wait_for_more(r);
		return 0;
	}
	if (n > max)
		n = max;
	memcpy(p, r->out.data + r->out_pos, n);
	r->out_pos += n;
	if (r->out_pos == r->out.len) {
		buf_reset(&r->out);
		r->out_pos = 0;
		/* A great answer came this way: give its memory back. */
		if (r->out.cap > REQ_FULL)
			buf_free(&r->out);
	}
	if (r->full && r->out.len - r->out_pos < OUT_LOW) {
		r->full = false;
		if (r->more != NULL)
			r->more(r);
	}
	return (ssize_t)n;
}

static enum MHD_Result
queue(struct req *r)
{
	struct MHD_Response *a;
	enum MHD_Result ok;

	r->queued = true;
	if (r->ended && !r->broken) {
		a = MHD_create_response_from_buffer(r->out.len,
		    r->out.len > 0 ? r->out.data : (void *)"",
		    MHD_RESPMEM_PERSISTENT);
	} else {
		a = MHD_create_response_from_callback(r->length < 0 ?
		    MHD_SIZE_UNKNOWN : (uint64_t)r->length, BLOCK, on_read,
		    r, NULL);
	}
	if (a == NULL)
		return MHD_NO;
	for (size_t i = 0; i + 1 < r->headers.n; i += 2)
		MHD_add_response_header(a, r->headers.v[i],
		    r->headers.v[i + 1]);
	if (r->f->draining || r->f->c.once)
		MHD_add_response_header(a, "Connection", "close");
	ok = MHD_queue_response(r->mhd, (unsigned)r->status, a);
	MHD_destroy_response(a);
	return ok;
}

/* The body grows; false when it grows too far. */
static bool
take_body(struct front *f, struct req *r, const char *p, size_t n)
{
	if (r->in.len + n > f->c.body_max) {
		/* What came before is of no use either. */
		f->held -= r->held;
		r->held = 0;
		buf_free(&r->in);
		r->too_big = true;
	}
	if (r->too_big)
		return true;
	if (f->held + n > f->c.held_max)
		return false;
	buf_add(&r->in, p, n);
	f->held += r->in.cap - r->held;
	r->held = r->in.cap;
	return true;
}

/* The body is whole: let it be answered. */
static void
dispatch(struct front *f, struct req *r)
{
	r->asked = true;
	((struct conn *)r->conn)->deadline = -1;
	if (r->too_big) {
		answer_header(r, "Connection", "close");
		answer_fail(r, 413, "too_large", "the body is larger than "
		    "%zu MiB", f->c.body_max >> 20);
		return;
	}
	f->c.handle(f->c.arg, r);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **slot)
{
	struct front *f = cls;
	struct req *r = *slot;

	(void)version;
	if (r == NULL) {
		r = *slot = new_req(f, mhd, method, url);
		f->c.check(f->c.arg, r);
		return r->status != 0 ? queue(r) : MHD_YES;
	}
	if (*n > 0) {
		bool ok = take_body(f, r, data, *n);

		*n = 0;
		return ok ? MHD_YES : MHD_NO;
	}
	if (r->queued)
		return MHD_YES;
	if (!r->asked)
		dispatch(f, r);
	if (r->status != 0)
		return queue(r);
	if (((struct conn *)r->conn)->gone || r->broken)
		return MHD_NO;
	wait_for_more(r);
	return MHD_YES;
}

/* ---- the loop --------------------------------------------------------- */

struct front *
front_open(const struct front_conf *conf, struct err *e)
{
	struct front *f = xcalloc(1, sizeof(*f));
	struct front_conf *c = &f->c;

	*c = *conf;
	TAILQ_INIT(&f->idle);
	TAILQ_INIT(&f->busy);
	f->tick = clock_ms() + TICK_MS;
	f->gone_ep = epoll_create1(EPOLL_CLOEXEC);
	f->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME,
	    0, NULL, NULL, on_request, f,
	    MHD_OPTION_LISTEN_SOCKET, c->fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)(c->connections + SPARE),
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)((c->client_ms + 999) / 1000),
	    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, f,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, f,
	    MHD_OPTION_END);
	if (f->mhd == NULL || f->gone_ep == -1) {
		err_set(e, ERR_INTERNAL, "libmicrohttpd does not start");
		fd_close(&c->fd);
		fd_close(&f->gone_ep);
		free(f);
		return NULL;
	}
	f->mhd_ep = MHD_get_daemon_info(f->mhd,
	    MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return f;
}

void
front_fds(const struct front *f, int fds[2])
{
	fds[0] = f->mhd_ep;
	fds[1] = f->gone_ep;
}

int
front_left(struct front *f)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int left = f->nconns > 0 ? clock_left(f->tick) : -1;

	if (MHD_get_timeout(f->mhd, &ms) == MHD_YES &&
	    (left < 0 || ms < (unsigned)left))
		left = (int)ms;
	return left;
}

/* Clients that hung up: what they asked for is wanted no more. */
static void
look_for_gone(struct front *f)
{
	struct epoll_event ev[64];
	int n = epoll_wait(f->gone_ep, ev, BASE_NITEMS(ev), 0);

	for (int i = 0; i < n; i++) {
		struct conn *c = ev[i].data.ptr;
		struct req *r = c->req;

		epoll_ctl(f->gone_ep, EPOLL_CTL_DEL, c->fd, NULL);
		c->gone = true;
		if (r == NULL || !r->waiting)
			continue;
		r->left = !r->broken && !r->ended;
		if (r->drop != NULL)
			r->drop(r);
		r->drop = NULL;
		r->more = NULL;
		r->broken = true;
		front_wake(r);
	}
}

static void
look_at_deadlines(struct front *f)
{
	int64_t now = clock_ms();
	struct conns *lists[] = { &f->idle, &f->busy };
	struct conn *c;

	if (now < f->tick)
		return;
	f->tick = now + TICK_MS;
	for (size_t i = 0; i < BASE_NITEMS(lists); i++)
		TAILQ_FOREACH(c, lists[i], link)
			if (c->deadline != -1 && now >= c->deadline)
				cut(c);
}

void
front_run(struct front *f)
{
	look_for_gone(f);
	look_at_deadlines(f);
	MHD_run(f->mhd);
}

/* Something of a request has come, and was not looked at yet. */
static bool
has_said(const struct conn *c)
{
	int n = 0;

	return ioctl(c->fd, FIONREAD, &n) == 0 && n > 0;
}

void
front_drain(struct front *f)
{
	struct conn *c;
	int fd;

	if (f->draining)
		return;
	f->draining = true;
	fd = MHD_quiesce_daemon(f->mhd);
	if (fd != -1)
		close(fd);
	TAILQ_FOREACH(c, &f->idle, link)
		if (!has_said(c))
			cut(c);
}

void
front_close(struct front *f)
{
	struct conn *c;

	if (f == NULL)
		return;
	front_drain(f);
	/* Nothing may be suspended when the library stops. */
	TAILQ_FOREACH(c, &f->busy, link) {
		if (c->req != NULL) {
			c->req->broken = true;
			front_wake(c->req);
		}
	}
	MHD_run(f->mhd);
	MHD_stop_daemon(f->mhd);
	close(f->gone_ep);
	free(f);
}

size_t
front_connections(const struct front *f)
{
	return f->nconns;
}

size_t
front_requests(const struct front *f)
{
	return f->nreqs;
}

size_t
front_fresh(const struct front *f)
{
	return f->nfresh;
}
