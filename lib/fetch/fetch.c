/*
 * fetch.c - one document of the web, hop by hop.
 */
#include "fetch/fetch.h"

#include "base/addr.h"
#include "base/clock.h"
#include "base/mem.h"
#include "fetch/kind.h"
#include "net/http.h"
#include "net/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define IDLE_MS		30000

struct hop {
	const struct fetch_ask	*q;
	struct fetch_page	*page;
	const struct link	*to;
	bool			 post;
	char			 refused[160];	/* the address, and its kind */
	bool			 allow;		/* the user could allow that */
};

void
fetch_free(struct fetch_page *page)
{
	free(page->url);
	free(page->elsewhere);
	page->url = page->elsewhere = NULL;
	buf_free(&page->body);
}

/* ---- the guard ------------------------------------------------------- */

/* Whether an entry for this host could let such an address through. */
static bool
may_be_allowed(const char *host, enum addr_kind kind)
{
	struct sockaddr_storage sa;

	return kind == ADDR_PRIVATE || kind == ADDR_SHARED ||
	    addr_parse(host, 0, &sa) != 0 || strcmp(host, "localhost") == 0;
}

/* Called by libcurl for each address that it is about to use. */
static bool
admit(void *arg, const struct sockaddr *sa, unsigned n)
{
	struct hop *h = arg;
	struct buf b = BUF_INIT;

	if (admit_address(h->q->allow, true, h->to->host, h->to->port, sa, n))
		return true;
	addr_show(&b, sa);
	snprintf(h->refused, sizeof(h->refused), "%s, %s", buf_str(&b),
	    addr_kind_name(addr_kind(sa, n)));
	h->allow = may_be_allowed(h->to->host, addr_kind(sa, n));
	buf_free(&b);
	return false;
}

static int
deny_address(const struct hop *h, const char *what, bool allow,
    struct err *e)
{
	const char *host = h->to->host;

	if (!allow)
		return err_set(e, ERR_DENIED, "%.200s is %s, and only public "
		    "addresses are fetched", host, what);
	return err_set(e, ERR_DENIED, "%.200s is %s, and only public "
	    "addresses are fetched; the user can allow it with --allow-host "
	    "%.200s:%d", host, what, host, h->to->port);
}

/* What can be told before anything is connected to. */
static int
look(struct hop *h, struct err *e)
{
	struct sockaddr_storage sa;
	const struct link *l = h->to;
	socklen_t n = addr_parse(l->host, l->port, &sa);

	if (l->port != 80 && l->port != 443 &&
	    !admit_names(h->q->allow, l->host, l->port))
		return err_set(e, ERR_DENIED, "%.200s: port %d is neither 80 "
		    "nor 443; the user can allow it with --allow-host "
		    "%.200s:%d", l->host, l->port, l->host, l->port);
	/* A proxy would resolve this one elsewhere, or as this machine. */
	if (h->q->proxy != NULL && strstr(l->host, "localhost") != NULL &&
	    !admit_names(h->q->allow, l->host, l->port))
		return deny_address(h, "this machine", true, e);
	if (n != 0 && !admit(h, (struct sockaddr *)&sa, n))
		return deny_address(h, addr_kind_name(addr_kind(
		    (struct sockaddr *)&sa, n)), true, e);
	return 0;
}

/* ---- one request ----------------------------------------------------- */

static int
on_body(void *arg, const char *p, size_t n, struct err *e)
{
	struct hop *h = arg;
	struct buf *b = &h->page->body;
	size_t room = h->q->max_bytes - b->len;

	(void)e;
	buf_add(b, p, n < room ? n : room);
	h->page->cut = n > room;
	return h->page->cut;
}

static int
explain(const struct hop *h, struct err *e)
{
	char what[200];

	if (h->refused[0] != '\0' && e->kind != ERR_TIMEOUT) {
		snprintf(what, sizeof(what), "at %s", h->refused);
		return deny_address(h, what, h->allow, e);
	}
	if (h->q->proxy != NULL && e->kind == ERR_UNAVAILABLE) {
		struct buf b = BUF_INIT;

		http_show_url(&b, h->q->proxy);
		err_wrap(e, "through the proxy %.100s", buf_str(&b));
		buf_free(&b);
	}
	return -1;
}

static int
perform(struct hop *h, struct http_reply *r, int64_t left, struct err *e)
{
	const struct http_guard guard = { admit, h, h->q->proxy };
	char *type = xasprintf("Content-Type: %s", h->post ?
	    kind_to_send(h->q->body, h->q->len) : "");
	const char *headers[] = { "User-Agent: agent-fetch/" VERSION,
	    "Accept: text/html, application/xhtml+xml, application/json, "
	    "text/*;q=0.9, */*;q=0.5", h->post ? type : NULL, NULL };
	const struct http_request ask = { .url = h->to->url,
	    .headers = headers, .body = h->post ? h->q->body : NULL,
	    .len = h->post ? h->q->len : 0, .total_ms = left,
	    .first_ms = left, .idle_ms = IDLE_MS, .on_body = on_body,
	    .arg = h, .guard = &guard };
	struct http *c = http_open();
	int rc;

	/* A new handle each time: nothing is kept from one to the next. */
	rc = http_perform(c, &ask, r, e);
	http_close(c);
	free(type);
	return rc == -1 ? explain(h, e) : 0;
}

/* ---- from hop to hop ------------------------------------------------- */

/* The header in out; 1 when the reply sends us elsewhere. */
static int
location(const struct http_reply *r, char *out, size_t size)
{
	switch (r->status) {
	case 301: case 302: case 303: case 307: case 308:
		return http_header(r, "location", out, size) && *out != '\0';
	default:
		return 0;
	}
}

static int
follow(struct hop *h, int status, const char *where, struct link *to,
    struct err *e)
{
	const struct link *from = h->to;

	if (strlen(where) >= LINK_BYTES)
		return err_set(e, ERR_DENIED, "%.200s: redirects to a URL "
		    "longer than %d bytes", from->host, LINK_BYTES);
	if (link_parse(to, from, where, e) == -1) {
		err_wrap(e, "%.100s redirects (%d)", from->host, status);
		e->kind = ERR_DENIED;
		return -1;
	}
	if (from->tls && !to->tls)
		return err_set(e, ERR_DENIED, "%.200s redirects (%d) from "
		    "https to http, to %.100s; that is not followed",
		    from->host, status, to->host);
	if (status != 307 && status != 308)
		h->post = false;
	if (h->post && (strcmp(from->host, to->host) != 0 ||
	    from->port != to->port))
		return err_set(e, ERR_DENIED, "%.200s redirects (%d) what is "
		    "posted to another host, %.100s; that is not followed",
		    from->host, status, to->host);
	return 0;
}

static void
take_answer(struct fetch_page *page, struct http_reply *r)
{
	page->status = r->status;
	page->after_ms = r->after_ms;
	memcpy(page->type, r->type, sizeof(page->type));
	if (!http_header(r, "content-type", page->full_type,
	    sizeof(page->full_type)))
		page->full_type[0] = '\0';
	if (r->status >= 200 && r->status < 300)
		return;
	/* libcurl's loop keeps the beginning of other bodies. */
	page->cut = r->received > r->body.len;
	buf_add(&page->body, buf_str(&r->body), r->body.len);
}

/* The same host, but for a www. before it. */
static bool
is_akin(const char *a, const char *b)
{
	if (strncmp(a, "www.", 4) == 0)
		a += 4;
	if (strncmp(b, "www.", 4) == 0)
		b += 4;
	return strcmp(a, b) == 0;
}

/* Not followed, as nobody judged that host; but what is refused is. */
static int
tell_elsewhere(struct hop *h, const struct link *next, struct err *e)
{
	h->to = next;
	if (look(h, e) == -1)
		return -1;
	h->page->elsewhere = xstrdup(next->url);
	return 0;
}

/* One hop: 1 when there is another, whose link is then in at. */
static int
step(struct hop *h, struct link *at, struct http_reply *r, int64_t deadline,
    struct err *e)
{
	static char where[LINK_BYTES + 1];
	struct link next = LINK_INIT;
	int64_t left = deadline - clock_ms();

	h->to = at;
	h->refused[0] = '\0';
	if (look(h, e) == -1)
		return -1;
	if (left <= 0)
		return err_set(e, ERR_TIMEOUT, "%.200s: the time was over "
		    "after %d redirects", at->host, h->page->hops);
	if (perform(h, r, left, e) == -1)
		return -1;
	if (!location(r, where, sizeof(where)))
		return 0;
	if (h->page->hops == FETCH_HOPS)
		return err_set(e, ERR_DENIED, "%.200s: more than %d "
		    "redirects; it may want cookies, which are not kept",
		    at->host, FETCH_HOPS);
	if (follow(h, r->status, where, &next, e) == -1) {
		link_free(&next);
		return -1;
	}
	if (h->q->judged && !is_akin(at->host, next.host)) {
		int rc = tell_elsewhere(h, &next, e);

		link_free(&next);
		return rc;
	}
	h->page->hops++;
	link_free(at);
	*at = next;
	return 1;
}

/* Whether whoever reads the URL as text sees the host that is meant. */
static bool
is_plain(const char *url, const struct link *l)
{
	const char *host = strstr(url, "://");
	size_t n = strlen(l->host);

	if (host == NULL)
		return false;
	host += 3;
	return strncasecmp(host, l->host, n) == 0 &&
	    strchr(":/?#", host[n]) != NULL;
}

int
fetch_page(struct fetch_page *page, const struct fetch_ask *q, struct err *e)
{
	struct hop h = { .q = q, .page = page, .post = q->body != NULL };
	int64_t deadline = clock_ms() + q->total_ms;
	struct link at = LINK_INIT;
	struct http_reply r;
	int rc = -1;

	page->after_ms = -1;
	if (link_parse(&at, NULL, q->url, e) == -1)
		return -1;
	if (q->judged && !is_plain(q->url, &at)) {
		err_set(e, ERR_USAGE, "write the URL in full, as "
		    "http%s://%.200s/", at.tls ? "s" : "", at.host);
		link_free(&at);
		return -1;
	}
	http_reply_init(&r);
	do
		rc = step(&h, &at, &r, deadline, e);
	while (rc == 1);
	if (rc == 0)
		take_answer(page, &r);
	page->url = xstrdup(at.url);
	http_reply_free(&r);
	link_free(&at);
	return rc;
}
