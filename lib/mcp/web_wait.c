/*
 * web_wait.c - servers that are services: what has to be there before
 * anything is sent.
 *
 * That is what the entry's headers_cmd prints and, with the oldest transport,
 * the URL that its stream names.  Until then messages are kept; an answer to
 * what is kept is nobody's yet, so that its time runs as usual.
 */
#include "mcp/web_in.h"

#include "base/clock.h"
#include "base/mem.h"
#include "mcp/endpoint.h"

#include <stdlib.h>
#include <string.h>

static void
hold(struct web *w, jv msg, struct request *q)
{
	w->held = xreallocarray(w->held, w->nheld + 1, sizeof(*w->held));
	w->held[w->nheld++] = (struct held){ js_ref(msg), q };
}

/* The first that is kept; its msg is the caller's now. */
static struct held
take(struct web *w)
{
	struct held h = w->held[0];

	memmove(&w->held[0], &w->held[1], --w->nheld * sizeof(*w->held));
	return h;
}

void
web_unhold(struct server *s, const struct request *q)
{
	struct web *w = s->carrier;

	for (size_t i = 0; i < w->nheld; i++)
		if (w->held[i].q == q) {
			js_free(w->held[i].msg);
			memmove(&w->held[i], &w->held[i + 1], (--w->nheld -
			    i) * sizeof(*w->held));
			return;
		}
}

void
web_drop(struct web *w)
{
	while (w->nheld > 0)
		js_free(take(w).msg);
	free(w->held);
	w->held = NULL;
	w->fault = (struct err)ERR_INIT;
	creds_forget(&w->creds);
	free(w->endpoint);
	w->endpoint = NULL;
	w->ear = NULL;
}

/* Nothing of what is kept can be sent. */
static void
refuse_all(struct server *s, const struct err *why)
{
	struct web *w = s->carrier;

	while (w->nheld > 0) {
		struct held h = take(w);

		js_free(h.msg);
		if (h.q != NULL)
			server_refused(s, h.q, 0, why);
	}
}

/* What was missing is there. */
static void
release(struct server *s)
{
	struct web *w = s->carrier;

	for (size_t n = w->nheld; n > 0 && w->nheld > 0; n--) {
		struct held h = take(w);

		if (web_may_send(s, h.msg, h.q))
			web_post(s, h.msg, h.q);
		js_free(h.msg);
	}
}

static void
ask_creds(struct server *s)
{
	struct web *w = s->carrier;

	/* Told by web_work(): who sends is not ready to hear of it. */
	if (!w->creds.running && w->fault.kind == ERR_NONE)
		creds_start(&w->creds, s->entry, s->workspace, &w->fault);
}

/* Open the stream on which it says everything. */
static void
listen_to(struct server *s)
{
	struct web *w = s->carrier;
	struct vec v = VEC_INIT;

	vec_push(&v, "Accept: text/event-stream");
	web_common(s, &v);
	w->ear = post_new(&w->all->posts, s, NULL);
	w->ear->ear = true;
	post_start(w->ear, w->all->many, "GET", s->entry->url, &v, NULL);
	vec_free(&v);
}

bool
web_may_send(struct server *s, jv msg, struct request *q)
{
	struct web *w = s->carrier;

	if (s->entry->headers_cmd.n > 0 && !w->creds.known) {
		hold(w, msg, q);
		ask_creds(s);
		return false;
	}
	if (w->old && w->endpoint == NULL) {
		hold(w, msg, q);
		if (w->ear == NULL)
			listen_to(s);
		return false;
	}
	return true;
}

void
web_renew(struct server *s, struct request *q)
{
	struct web *w = s->carrier;

	q->renewed = true;
	creds_forget(&w->creds);
	hold(w, q->msg, q);
	ask_creds(s);
}

void
web_go_old(struct server *s, struct request *q)
{
	struct web *w = s->carrier;

	w->old = true;
	w->session[0] = '\0';
	if (web_may_send(s, q->msg, q))
		web_post(s, q->msg, q);
}

void
web_endpoint(struct server *s, const char *text, size_t n)
{
	struct web *w = s->carrier;
	struct err e = ERR_INIT;

	if (w->endpoint != NULL)
		return;
	w->endpoint = endpoint_url(s->entry->url, text, n, &e);
	if (w->endpoint != NULL) {
		release(s);
		return;
	}
	err_wrap(&e, "%s", s->entry->name);
	refuse_all(s, &e);
}

void
web_poll(const struct server *s, struct pollfd p[WEB_FDS])
{
	const struct web *w = s->carrier;

	creds_poll(&w->creds, p);
}

int
web_left(const struct server *s)
{
	const struct web *w = s->carrier;

	return w->fault.kind != ERR_NONE ? 0 : w->creds.running ?
	    clock_left(w->creds.until) : -1;
}

void
web_work(struct server *s)
{
	struct web *w = s->carrier;
	struct err e = w->fault;
	int rc = 0;

	if (e.kind == ERR_NONE && w->creds.running)
		rc = creds_step(&w->creds, s->entry, &e);
	w->fault = (struct err)ERR_INIT;
	if (e.kind != ERR_NONE)
		refuse_all(s, &e);
	else if (rc == 1)
		release(s);
}
