/*
 * http.c - one HTTP request at a time, streamed, with deadlines.
 *
 * libcurl's multi interface does the protocol; the loop here adds the
 * watched descriptors and the deadlines that libcurl has not (first byte,
 * idle).  Movement is counted in bytes on the wire, so that a compressed
 * stream that trickles counts as alive.  Texts of failures: http_fail.c.
 */
#include "net/http.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http_easy.h"
#include "net/http_fail.h"

#define GRACE_MS	50	/* for the end of a reply already enough */

struct http {
	CURLM	*multi;		/* NULL until the first request */
	CURL	*easy;
	char	 text[CURL_ERROR_SIZE];
};

/* One request on its way. */
struct transfer {
	struct http			*h;
	const struct http_request	*q;
	struct http_reply		*r;
	struct err			*e;
	int64_t		 start, total;	/* clock_ms; total as a deadline */
	int64_t		 moved_at;	/* the last byte either way */
	int64_t		 enough_at;	/* on_body had enough, or -1 */
	curl_off_t	 moved;		/* bytes on the wire so far */
	CURLcode	 code;
	long		 connects;	/* new connections made */
	struct http_head head;
	bool		 ended;		/* code is valid */
	bool		 failed;	/* e is filled by ourselves */
	bool		 deaf[HTTP_WATCH_MAX];
};

struct http *
http_open(void)
{
	return xcalloc(1, sizeof(struct http));
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	if (h->easy != NULL)
		curl_easy_cleanup(h->easy);
	if (h->multi != NULL)
		curl_multi_cleanup(h->multi);
	free(h);
}

/* The first request pays for libcurl; programs that make none do not. */
static int
start(struct http *h, struct err *e)
{
	static bool done;

	if (!done && curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
		return err_set(e, ERR_CONFIG, "libcurl does not start; is it "
		    "installed?");
	done = true;
	if (h->multi == NULL)
		h->multi = curl_multi_init();
	if (h->easy == NULL)
		h->easy = curl_easy_init();
	if (h->multi == NULL || h->easy == NULL)
		return err_set(e, ERR_INTERNAL, "libcurl does not start");
	return 0;
}

static int64_t
limit(int64_t asked, int64_t normal)
{
	return asked == 0 ? normal : asked;
}

/* ---- what libcurl hands us ------------------------------------------- */

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	if (http_head_line(&t->head, p, size * n, t->e) == 0)
		return size * n;
	t->failed = true;
	return 0;
}

/* Keep n more bytes of a body nobody streams; true when it is enough. */
static bool
collect(struct transfer *t, const char *p, size_t n)
{
	struct buf *b = &t->r->body;
	bool good = t->head.status >= 200 && t->head.status < 300;
	size_t max = good ? HTTP_BODY_MAX : HTTP_ERROR_MAX;
	bool full = n > max - b->len;

	if (full && good) {
		err_set(t->e, ERR_PROTOCOL,
		    "the reply is longer than %zu bytes", max);
		t->failed = true;
		return true;
	}
	buf_add(b, p, full ? max - b->len : n);
	return full;
}

/*
 * Whether a deadline is over while libcurl still hands us the body: few
 * bytes of the wire, unpacked layer by layer, may become as good as endless
 * before step() returns.
 */
static bool
late(struct transfer *t)
{
	int64_t now = clock_ms();

	if (t->enough_at != -1)
		return now >= t->enough_at + GRACE_MS;
	if (t->total == -1 || now < t->total)
		return false;
	http_fail_limit(t->e, t->q->url, "total", t->q->total_ms);
	t->failed = true;
	return true;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	int rc;

	n *= size;
	if (late(t))
		return 0;
	if (t->enough_at != -1)
		return n;
	t->r->received += n;
	if (t->head.status < 200 || t->head.status >= 300 ||
	    t->q->on_body == NULL)
		rc = collect(t, p, n);
	else
		rc = t->q->on_body(t->q->arg, p, n, t->e);
	if (rc < 0)
		t->failed = true;
	else if (rc > 0)
		t->enough_at = clock_ms();
	return t->failed ? 0 : n;
}

/* ---- asking ---------------------------------------------------------- */

static void
set_options(struct transfer *t, struct curl_slist *headers, bool fresh)
{
	CURL *c = t->h->easy;

	curl_easy_reset(c);
	t->h->text[0] = '\0';
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->h->text);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)fresh);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	http_easy_setup(c, t->q, headers);
}

/* ---- waiting --------------------------------------------------------- */

/* Note movement; true once the connection stands. */
static bool
look(struct transfer *t)
{
	CURL *c = t->h->easy;
	curl_off_t up = 0, down = 0, ready = 0;
	long head = 0;

	curl_easy_getinfo(c, CURLINFO_SIZE_UPLOAD_T, &up);
	curl_easy_getinfo(c, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl_easy_getinfo(c, CURLINFO_HEADER_SIZE, &head);
	curl_easy_getinfo(c, CURLINFO_PRETRANSFER_TIME_T, &ready);
	/* The one for the connection: the clock starts when it stands. */
	up += down + head + (ready > 0);
	if (up != t->moved) {
		t->moved = up;
		t->moved_at = clock_ms();
	}
	return ready > 0;
}

/*
 * The next deadline of ours, -1 for none.  One that has passed already
 * fills e and sets failed, or ends a reply that was enough.
 */
static int64_t
next_deadline(struct transfer *t)
{
	const struct http_request *q = t->q;
	bool first = t->r->first_ms == -1;
	bool connected = look(t);
	int64_t now = clock_ms(), at = t->total, ms;
	const char *which = "total";

	if (t->enough_at != -1) {
		at = t->enough_at + GRACE_MS;
		t->ended = now >= at;
		return at;
	}
	ms = first ? limit(q->first_ms, HTTP_FIRST_MS) :
	    limit(q->idle_ms, HTTP_IDLE_MS);
	if (connected && ms >= 0 && (at == -1 || t->moved_at + ms < at)) {
		at = t->moved_at + ms;
		which = first ? "first byte" : "idle";
	} else {
		ms = q->total_ms;
	}
	if (at != -1 && now >= at) {
		http_fail_limit(t->e, q->url, which, ms);
		t->failed = true;
	}
	return at;
}

/* Ask the watches that have something; true to cancel. */
static bool
ask_watches(struct transfer *t)
{
	struct pollfd fds[HTTP_WATCH_MAX];
	const struct http_watch *w = t->q->watch;
	size_t n = t->q->nwatch;

	for (size_t i = 0; i < n; i++) {
		fds[i].fd = t->deaf[i] ? -1 : w[i].fd;
		fds[i].events = POLLIN;
		fds[i].revents = 0;
	}
	if (n == 0 || poll(fds, (nfds_t)n, 0) <= 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		int rc;

		if (fds[i].revents == 0)
			continue;
		if (fds[i].revents & POLLNVAL)
			rc = -1;
		else
			rc = w[i].wake != NULL ? w[i].wake(w[i].arg) : 1;
		if (rc > 0)
			return true;
		t->deaf[i] = rc < 0;
	}
	return false;
}

/* Sleep until a socket, a watch or the deadline has something for us. */
static void
doze(struct transfer *t, int64_t deadline)
{
	struct curl_waitfd fds[HTTP_WATCH_MAX];
	unsigned int n = 0;
	int ms = clock_left(deadline);

	for (size_t i = 0; i < t->q->nwatch; i++)
		if (!t->deaf[i] && t->q->watch[i].fd >= 0)
			fds[n++] = (struct curl_waitfd){
				.fd = t->q->watch[i].fd,
				.events = CURL_WAIT_POLLIN,
			};
	curl_multi_poll(t->h->multi, fds, n, ms < 0 ? 60000 : ms, NULL);
}

static void
step(struct transfer *t)
{
	int running = 0, left;
	CURLMsg *m;

	if (curl_multi_perform(t->h->multi, &running) != CURLM_OK) {
		t->code = CURLE_FAILED_INIT;
		t->ended = true;
		return;
	}
	while ((m = curl_multi_info_read(t->h->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE) {
			t->code = m->data.result;
			t->ended = true;
		}
}

/* The whole exchange, over one connection. */
static void
run(struct transfer *t, struct curl_slist *headers, bool fresh)
{
	t->code = CURLE_OK;
	t->ended = false;
	t->moved = 0;
	t->moved_at = clock_ms();
	set_options(t, headers, fresh);
	curl_multi_add_handle(t->h->multi, t->h->easy);
	for (;;) {
		int64_t deadline;

		if (ask_watches(t)) {
			err_set(t->e, ERR_CANCELLED, "cancelled");
			t->failed = true;
			break;
		}
		step(t);
		if (t->ended || t->failed)
			break;
		deadline = next_deadline(t);
		if (t->ended || t->failed)
			break;
		if (t->q->on_pause != NULL &&
		    t->q->on_pause(t->q->arg, t->e) == -1) {
			t->failed = true;
			break;
		}
		doze(t, deadline);
	}
	curl_easy_getinfo(t->h->easy, CURLINFO_NUM_CONNECTS, &t->connects);
	t->r->reused = t->connects == 0 && t->head.status != 0;
	curl_multi_remove_handle(t->h->multi, t->h->easy);
}

/* A kept connection that died before the answer: worth a fresh one. */
static bool
was_stale(const struct transfer *t)
{
	return !t->failed && t->connects == 0 && t->head.status == 0 &&
	    (t->code == CURLE_SEND_ERROR || t->code == CURLE_RECV_ERROR ||
	    t->code == CURLE_GOT_NOTHING);
}

static int
conclude(struct transfer *t)
{
	struct http_reply *r = t->r;
	char to[128];
	long os = 0;

	if (t->failed && t->e->kind == ERR_TIMEOUT && r->status >= 400)
		return 0;
	if (t->failed || t->enough_at != -1)
		return t->failed ? -1 : 0;
	if (t->code == CURLE_OK && !t->head.done)
		t->code = CURLE_GOT_NOTHING;
	if (t->code != CURLE_OK) {
		if (r->status >= 400)
			return 0;
		curl_easy_getinfo(t->h->easy, CURLINFO_OS_ERRNO, &os);
		return http_fail(t->e, t->q, r, (int)t->code, (int)os,
		    t->h->text);
	}
	if (r->status >= 300 && r->status < 400 && t->q->guard == NULL) {
		if (!http_header(r, "location", to, sizeof(to)))
			to[0] = '\0';
		return http_fail_redirect(t->e, t->q->url, r->status, to);
	}
	return 0;
}

static void
empty(struct http_reply *r)
{
	struct buf headers = r->headers, body = r->body;

	buf_reset(&headers);
	buf_reset(&body);
	http_reply_init(r);
	r->headers = headers;
	r->body = body;
}

int
http_perform(struct http *h, const struct http_request *q,
    struct http_reply *r, struct err *e)
{
	struct transfer t = { .h = h, .q = q, .r = r, .e = e, .total = -1,
	    .enough_at = -1 };
	struct curl_slist *headers = NULL;
	struct err none = ERR_INIT;
	int rc;

	BUG(q->nwatch > HTTP_WATCH_MAX);
	empty(r);
	if (http_fail_url(e, q->url) == -1 ||
	    http_easy_headers(q, &headers, e) == -1)
		return -1;
	if (start(h, e) == -1) {
		curl_slist_free_all(headers);
		return -1;
	}
	t.head.r = r;
	t.start = t.head.start = clock_ms();
	if (q->total_ms > 0)
		t.total = t.start + q->total_ms;
	t.e = &none;
	run(&t, headers, false);
	if (was_stale(&t))
		run(&t, headers, true);
	rc = conclude(&t);
	if (rc == -1) {
		*e = none;
		e->http_status = r->status;
	}
	r->total_ms = clock_ms() - t.start;
	curl_easy_reset(h->easy);
	curl_slist_free_all(headers);
	return rc;
}
