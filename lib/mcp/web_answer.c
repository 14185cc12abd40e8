/*
 * web_answer.c - servers that are services: what comes back.
 *
 * libcurl's callbacks only collect (post.c); messages are handed over here,
 * outside of them, since they lead to new requests.
 */
#include "mcp/web_in.h"

#include "base/clock.h"
#include "core/rpc.h"

#include <stdio.h>
#include <string.h>

#define WHO_ASKS	"it wants to know who asks (status %d); give it a " \
    "token in headers, as in \"Authorization\": \"Bearer ${TOKEN}\", or by " \
    "a headers_cmd"
#define RESUMES		3
#define RESUME_MS	1000	/* to wait before, unless it says */

/* The message to the server; a response answers the post. */
static void
deliver(struct post *p, jv msg)
{
	enum rpc_kind k = rpc_classify(msg);

	p->answered |= !p->ear && (k == RPC_RESULT || k == RPC_ERROR);
	server_message(p->s, msg);
}

static void
drain(struct post *p)
{
	while (p->s != NULL && (p->q != NULL || p->ear) &&
	    js_len(p->inbox) > 0) {
		jv all = p->inbox;

		p->inbox = js_arr();
		for (size_t i = 0; i < js_len(all) && p->s != NULL; i++) {
			jv msg = js_at(all, i);

			deliver(p, msg);
			js_free(msg);
		}
		js_free(all);
	}
}

static void
refuse(struct post *p, enum err_kind kind, const char *why)
{
	struct err e = ERR_INIT;

	err_set(&e, kind, "%s: %s", p->s->entry->name, why);
	e.http_status = p->status;
	server_refused(p->s, p->q, p->status, &e);
}

/* What it was to answer is not its concern any more. */
static struct request *
let_go(struct post *p)
{
	struct request *q = p->q;

	q->post = NULL;
	p->q = NULL;
	return q;
}

/* The stream of all that it says has ended: so has the server. */
static void
deaf(struct post *p)
{
	struct server *s = p->s;
	struct err e = p->fault;

	drain(p);
	if (p->s == NULL)
		return;
	if (e.kind != ERR_NONE)
		err_wrap(&e, "%s", s->entry->name);
	else if (p->status == 401 || p->status == 403)
		err_set(&e, ERR_AUTH, "%s: " WHO_ASKS, s->entry->name,
		    p->status);
	else if (p->status < 200 || p->status > 299)
		err_set(&e, p->status >= 500 ? ERR_TEMP : ERR_PROTOCOL,
		    "%s: status %d, %s", s->entry->name, p->status,
		    http_reason(p->status));
	else
		err_set(&e, p->stream ? ERR_UNAVAILABLE : ERR_PROTOCOL,
		    "%s: %s", s->entry->name, p->stream ? "its stream ended" :
		    "it answers with no stream of events");
	web_drop(s->carrier);
	p->s = NULL;
	server_lost(s, &e);
}

/* Refused, but there is another way to ask. */
static bool
another_way(struct post *p)
{
	const struct web *w = p->s->carrier;
	const struct entry *c = p->s->entry;

	if (p->status == 401 && c->headers_cmd.n > 0 && !p->q->renewed) {
		web_renew(p->s, let_go(p));
		return true;
	}
	if (p->q->what == ASKED_INIT && !w->old && c->may_be_old &&
	    (p->status == 400 || p->status == 404 || p->status == 405)) {
		web_go_old(p->s, let_go(p));
		return true;
	}
	return false;
}

/* An error status: what its body says, or what it means. */
static void
bad_status(struct post *p)
{
	struct web *w = p->s->carrier;
	struct err ignored = ERR_INIT;
	char why[200];
	jv v, error;

	if (p->status == 404 && !p->s->modern && w->session[0] != '\0') {
		w->session[0] = '\0';
		server_renew(p->s, p->q);
		return;
	}
	if (another_way(p))
		return;
	v = js_parse(buf_str(&p->body), p->body.len, &ignored);
	error = js_get(v, "error");
	if (p->status == 401 || p->status == 403) {
		snprintf(why, sizeof(why), WHO_ASKS, p->status);
		refuse(p, ERR_AUTH, why);
	} else if (js_is_obj(error) && js_str_is(v, "jsonrpc", "2.0")) {
		v = js_set_int(v, "id", p->q->id);
		deliver(p, v);
	} else {
		snprintf(why, sizeof(why), "status %d, %s", p->status,
		    http_reason(p->status));
		refuse(p, p->status == 429 || p->status >= 500 ? ERR_TEMP :
		    ERR_PROTOCOL, why);
	}
	js_free(error);
	js_free(v);
}

/* A stream that broke can be taken up again, where it has ids for that. */
static bool
resume(struct post *p)
{
	const struct sse *e = &p->sse;

	if (!p->stream || p->s->modern || e->id.len == 0 ||
	    p->resumes >= RESUMES)
		return false;
	p->resumes++;
	p->resume_at = clock_ms() + (e->retry_ms >= 0 && e->retry_ms < 5000 ?
	    e->retry_ms : RESUME_MS);
	return true;
}

static void
go_on(struct post *p, struct many *m)
{
	struct vec v = VEC_INIT;

	vec_push(&v, "Accept: text/event-stream");
	web_common(p->s, &v);
	vec_pushf(&v, "Last-Event-ID: %.200s", buf_str(&p->sse.id));
	post_start(p, m, "GET", p->s->entry->url, &v, NULL);
	vec_free(&v);
}

/* The whole body of a good answer, unless it was a stream. */
static void
take_body(struct post *p)
{
	struct err ignored = ERR_INIT;
	jv v;

	if (p->stream || p->body.len == 0)
		return;
	v = js_parse(buf_str(&p->body), p->body.len, &ignored);
	for (size_t i = 0; js_is_arr(v) && i < js_len(v); i++)
		p->inbox = js_push(p->inbox, js_at(v, i));
	if (js_is_obj(v)) {
		v = rpc_exact_take(v, buf_str(&p->body), p->body.len);
		p->inbox = js_push(p->inbox, js_ref(v));
	}
	js_free(v);
}

/* It has ended, well or not; true when it is over. */
static bool
finish(struct post *p)
{
	bool good = p->status >= 200 && p->status < 300;

	if (p->s != NULL && p->ear) {
		deaf(p);
		return true;
	}
	if (p->s == NULL || p->q == NULL)
		return true;
	if (good && p->fault.kind == ERR_NONE &&
	    ((struct web *)p->s->carrier)->old) {
		/* The answer comes by the other stream. */
		let_go(p);
		return true;
	}
	if (good && p->fault.kind == ERR_NONE)
		take_body(p);
	drain(p);
	if (p->s == NULL || p->q == NULL)
		return true;
	if (good && resume(p))
		return false;
	if (p->fault.kind != ERR_NONE) {
		err_wrap(&p->fault, "%s", p->s->entry->name);
		server_refused(p->s, p->q, p->status, &p->fault);
	} else if (!good) {
		bad_status(p);
	} else {
		refuse(p, ERR_PROTOCOL, p->stream ? "its stream ended without "
		    "the answer" : "what it sent is no answer");
	}
	return true;
}

/* The session that an answer begins. */
static void
take_session(struct post *p)
{
	struct web *w;

	if (p->s == NULL || p->session[0] == '\0')
		return;
	w = p->s->carrier;
	memcpy(w->session, p->session, sizeof(w->session));
	p->session[0] = '\0';
}

/* One step for one post; true when the list may have changed. */
bool
web_step(struct webs *w, struct post *p)
{
	bool over = false;

	if (p->resume_at >= 0) {
		if (p->s == NULL || p->q == NULL)
			over = true;
		else if (clock_left(p->resume_at) == 0)
			go_on(p, w->many);
		else
			return false;
	} else if (p->ended || js_len(p->inbox) > 0 || p->told.len > 0) {
		take_session(p);
		p->busy = true;
		if (p->told.len > 0 && p->s != NULL)
			web_endpoint(p->s, p->told.data, p->told.len);
		buf_reset(&p->told);
		if (p->ended)
			over = finish(p);
		else
			drain(p);
		p->busy = false;
		over |= p->s == NULL;
		if (!over && p->paused && p->call != NULL) {
			p->paused = false;
			many_go(p->call);
		}
		if (!over && p->q == NULL && !p->ear) {
			js_free(p->inbox);
			p->inbox = js_arr();
		}
	} else if (p->s == NULL || (p->q == NULL && p->enough_at >= 0 &&
	    clock_left(p->enough_at) == 0)) {
		over = true;
	} else {
		return false;
	}
	if (over)
		post_free(&w->posts, p);
	return true;
}

