/*
 * many.c - many HTTP requests at a time, for a program with a loop.
 *
 * libcurl tells which sockets it waits for; they are kept in an epoll
 * instance of our own, which is what the program polls.
 */
#include "net/many.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http_easy.h"
#include "net/http_fail.h"

#define TICK_MS		500	/* how often our own limits are looked at */
#define GRACE_MS	100	/* for the end of a reply already enough */
#define KEPT		64	/* idle connections */
#define EVENTS		64

struct many_call {
	LIST_ENTRY(many_call) link;
	struct many	*m;
	struct http_request q;		/* url and body are ours */
	char		*url;
	struct buf	 body;
	struct curl_slist *headers;
	CURL		*easy;
	const struct many_ops *ops;
	void		*arg;
	struct http_reply r;
	struct http_head head;
	struct err	 e;		/* why we ended it */
	int64_t		 start, moved_at, enough_at;
	curl_off_t	 moved;
	bool		 failed, fresh, paused, wakes, told;
	char		 text[CURL_ERROR_SIZE];
};

struct many {
	CURLM		*multi;
	int		 ep;
	int64_t		 timer;		/* of libcurl, clock_ms; -1 none */
	int64_t		 tick;		/* when limits are looked at next */
	LIST_HEAD(, many_call) calls;
	bool		 running;
	bool		 wakes;		/* a paused call may go on */
};

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct many *m = arg;
	struct epoll_event ev = { .data.fd = fd };

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(m->ep, EPOLL_CTL_DEL, fd, NULL);
		curl_multi_assign(m->multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		ev.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(m->ep, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
	    fd, &ev) == -1)
		epoll_ctl(m->ep, known != NULL ? EPOLL_CTL_ADD :
		    EPOLL_CTL_MOD, fd, &ev);
	curl_multi_assign(m->multi, fd, m);
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct many *m = arg;

	(void)multi;
	m->timer = ms < 0 ? -1 : clock_ms() + ms;
	return 0;
}

struct many *
many_open(struct err *e)
{
	struct many *m = xcalloc(1, sizeof(*m));

	m->timer = -1;
	m->ep = epoll_create1(EPOLL_CLOEXEC);
	if (m->ep != -1 && curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK)
		m->multi = curl_multi_init();
	if (m->multi == NULL) {
		err_set(e, ERR_CONFIG, "libcurl does not start; is it "
		    "installed?");
		many_close(m);
		return NULL;
	}
	curl_multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
	curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)KEPT);
	return m;
}

static void
drop(struct many_call *c)
{
	LIST_REMOVE(c, link);
	curl_multi_remove_handle(c->m->multi, c->easy);
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	http_reply_free(&c->r);
	buf_free(&c->body);
	free(c->url);
	free(c);
}

void
many_close(struct many *m)
{
	if (m == NULL)
		return;
	while (!LIST_EMPTY(&m->calls))
		drop(LIST_FIRST(&m->calls));
	if (m->multi != NULL)
		curl_multi_cleanup(m->multi);
	if (m->ep != -1)
		close(m->ep);
	free(m);
}

int
many_fd(const struct many *m)
{
	return m->ep;
}

int
many_left(const struct many *m)
{
	int64_t at = m->timer;

	if (m->wakes)
		return 0;
	if (!LIST_EMPTY(&m->calls) && (at == -1 || m->tick < at))
		at = m->tick;
	return clock_left(at);
}

/* ---- what libcurl hands us ------------------------------------------- */

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct many_call *c = arg;

	if (http_head_line(&c->head, p, size * n, &c->e) == -1) {
		c->failed = true;
		return 0;
	}
	if (c->head.done && !c->told) {
		c->told = true;
		c->ops->on_head(c->arg, &c->r);
	}
	return size * n;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct many_call *c = arg;

	n *= size;
	/* What is unpacked may not end before libcurl comes back to us. */
	if (c->enough_at != -1)
		return clock_ms() < c->enough_at + GRACE_MS ? n : 0;
	switch (c->ops->on_body(c->arg, p, n)) {
	case MANY_PAUSE:
		c->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	case MANY_ENOUGH:
		c->enough_at = clock_ms();
		break;
	case MANY_GO:
		break;
	}
	c->r.received += n;
	return n;
}

/* ---- asking ----------------------------------------------------------- */

static void
set_options(struct many_call *c)
{
	curl_easy_reset(c->easy);
	curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
	curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->text);
	curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, (long)c->fresh);
	curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
	http_easy_setup(c->easy, &c->q, c->headers);
}

struct many_call *
many_start(struct many *m, const struct http_request *q, struct buf *body,
    const struct many_ops *ops, void *arg, struct err *e)
{
	struct curl_slist *headers;
	struct many_call *c;

	if (http_fail_url(e, q->url) == -1 ||
	    http_easy_headers(q, &headers, e) == -1)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->m = m;
	c->ops = ops;
	c->arg = arg;
	c->headers = headers;
	c->url = xstrdup(q->url);
	if (body != NULL) {
		c->body = *body;
		*body = (struct buf)BUF_INIT;
	}
	c->q = *q;
	c->q.url = c->url;
	c->q.headers = NULL;
	c->q.body = body != NULL ? buf_str(&c->body) : NULL;
	c->q.len = c->body.len;
	http_reply_init(&c->r);
	c->head.r = &c->r;
	c->head.start = c->start = c->moved_at = clock_ms();
	c->enough_at = -1;
	c->easy = curl_easy_init();
	BUG(c->easy == NULL);
	set_options(c);
	if (LIST_EMPTY(&m->calls))
		m->tick = c->start + TICK_MS;
	LIST_INSERT_HEAD(&m->calls, c, link);
	curl_multi_add_handle(m->multi, c->easy);
	return c;
}

void
many_go(struct many_call *c)
{
	if (!c->paused)
		return;
	c->paused = false;
	c->moved_at = clock_ms();
	/* libcurl hands over what it kept at once: in many_run(), then. */
	c->wakes = c->m->wakes = true;
}

void
many_cancel(struct many_call *c)
{
	BUG(c->m->running);
	drop(c);
}

/* ---- ending ----------------------------------------------------------- */

/* A kept connection that died before the answer: worth a fresh one. */
static bool
was_stale(struct many_call *c, CURLcode code)
{
	long connects = 1;

	if (c->failed || c->fresh || c->head.status != 0 ||
	    (code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR &&
	    code != CURLE_GOT_NOTHING))
		return false;
	curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &connects);
	return connects == 0;
}

static void
end(struct many_call *c, CURLcode code)
{
	char to[128];
	long os = 0;

	c->r.total_ms = clock_ms() - c->start;
	if (c->failed || c->enough_at != -1) {
		;
	} else if (code == CURLE_OK && !c->head.done) {
		http_fail(&c->e, &c->q, &c->r, CURLE_GOT_NOTHING, 0, c->text);
		c->failed = true;
	} else if (code != CURLE_OK) {
		curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
		http_fail(&c->e, &c->q, &c->r, (int)code, (int)os, c->text);
		c->failed = true;
	} else if (c->r.status >= 300 && c->r.status < 400) {
		if (!http_header(&c->r, "location", to, sizeof(to)))
			to[0] = '\0';
		http_fail_redirect(&c->e, c->url, c->r.status, to);
		c->failed = true;
	}
	c->e.http_status = c->r.status;
	c->ops->on_end(c->arg, &c->r, c->failed ? &c->e : NULL);
	drop(c);
}

static void
reap(struct many *m)
{
	struct many_call *c;
	CURLMsg *msg;
	CURLcode code;
	int left;

	while ((msg = curl_multi_info_read(m->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		code = msg->data.result;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &c);
		if (was_stale(c, code)) {
			curl_multi_remove_handle(m->multi, c->easy);
			c->fresh = true;
			set_options(c);
			curl_multi_add_handle(m->multi, c->easy);
			continue;
		}
		end(c, code);
	}
}

/* Look at our own limits; true when the call is over. */
static bool
is_over(struct many_call *c, int64_t now)
{
	bool first = c->r.first_ms == -1;
	curl_off_t up = 0, down = 0, ready = 0;
	int64_t ms = first ? c->q.first_ms : c->q.idle_ms;
	long head = 0;

	if (c->enough_at != -1)
		return now >= c->enough_at + GRACE_MS;
	curl_easy_getinfo(c->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	curl_easy_getinfo(c->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl_easy_getinfo(c->easy, CURLINFO_HEADER_SIZE, &head);
	curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	up += down + head + (ready > 0);
	if (up != c->moved || c->paused) {
		c->moved = up;
		c->moved_at = now;
	}
	if (c->q.total_ms > 0 && now >= c->start + c->q.total_ms) {
		http_fail_limit(&c->e, c->url, "total", c->q.total_ms);
		return c->failed = true;
	}
	if (ms == 0)
		ms = first ? HTTP_FIRST_MS : HTTP_IDLE_MS;
	if (ready == 0 || ms < 0 || now < c->moved_at + ms)
		return false;
	http_fail_limit(&c->e, c->url, first ? "first byte" : "idle", ms);
	return c->failed = true;
}

static void
look(struct many *m)
{
	struct many_call *c, *next;
	int64_t now = clock_ms();

	if (now < m->tick)
		return;
	m->tick = now + TICK_MS;
	LIST_FOREACH_SAFE(c, &m->calls, link, next)
		if (c->failed || is_over(c, now))
			end(c, CURLE_OK);
}

/* Those that were told to go on. */
static void
unpause(struct many *m)
{
	struct many_call *c, *next;

	LIST_FOREACH_SAFE(c, &m->calls, link, next) {
		if (c->paused || !c->wakes)
			continue;
		c->wakes = false;
		curl_easy_pause(c->easy, CURLPAUSE_CONT);
	}
}

void
many_run(struct many *m)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(m->ep, ev, EVENTS, 0), running;

	m->running = true;
	if (m->wakes) {
		m->wakes = false;
		unpause(m);
	}
	for (int i = 0; i < n; i++) {
		int what = 0;

		if (ev[i].events & EPOLLIN)
			what |= CURL_CSELECT_IN;
		if (ev[i].events & EPOLLOUT)
			what |= CURL_CSELECT_OUT;
		if (ev[i].events & (EPOLLERR | EPOLLHUP))
			what |= CURL_CSELECT_ERR;
		curl_multi_socket_action(m->multi, ev[i].data.fd, what,
		    &running);
	}
	if (m->timer != -1 && clock_ms() >= m->timer) {
		m->timer = -1;
		curl_multi_socket_action(m->multi, CURL_SOCKET_TIMEOUT, 0,
		    &running);
	}
	reap(m);
	look(m);
	m->running = false;
}
