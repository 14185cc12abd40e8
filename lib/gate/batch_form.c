/*
 * batch_form.c - from a line of a batch to what is sent.
 */
#include "gate/batch_form.h"

#include <stdio.h>
#include <string.h>

#include "core/msg.h"
#include "gate/named.h"
#include "json/js.h"
#include "json/scan.h"

#define CHAT	"/chat/completions"

/* ---- conversations ---- */

static int
push(struct server *srv, const char *role, const char *p, size_t n,
    struct err *e)
{
	jv msg = msg_text(role, p, n);
	int rc = request_push(&srv->req, msg, e);

	js_free(msg);
	return rc;
}

/* What was pushed, as the body of r. */
static void
finish(struct server *srv, struct batch_req *r)
{
	const char *body;
	size_t n;

	request_close_calls(&srv->req);
	body = request_body(&srv->req, false, &n);
	buf_reset(&r->body);
	buf_add(&r->body, body, n);
	snprintf(r->path, sizeof(r->path), CHAT);
}

static int
begin(struct server *srv, const char *system, struct err *e)
{
	request_reset(&srv->req);
	return system == NULL ? 0 :
	    push(srv, "system", system, strlen(system), e);
}

int
batch_form_prompt(struct server *srv, const char *system, struct batch_req *r,
    const char *p, size_t n, struct err *e)
{
	if (begin(srv, system, e) == -1 || push(srv, "user", p, n, e) == -1)
		return -1;
	finish(srv, r);
	return 0;
}

/* An array of messages, or one. */
static int
conversation(struct server *srv, struct batch_req *r, jv v, struct err *e)
{
	int rc = begin(srv, NULL, e);

	if (js_is_obj(v) && rc == 0)
		rc = request_push(&srv->req, v, e);
	else if (js_len(v) == 0)
		rc = err_set(e, ERR_DATA, "messages: there is none");
	for (size_t i = 0; js_is_arr(v) && rc == 0 && i < js_len(v); i++) {
		jv msg = js_at(v, i);

		rc = request_push(&srv->req, msg, e);
		if (rc == -1)
			err_wrap(e, "message %zu", i + 1);
		js_free(msg);
	}
	if (rc == 0)
		finish(srv, r);
	return rc;
}

/* ---- lines of the Batch API ---- */

/* The path below /v1, from the member url. */
static int
take_url(struct batch_req *r, struct scan_span v, struct err *e)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/";
	const char *p = v.p + 1;
	size_t n = v.n - 2;

	if (v.n < 2 || *v.p != '"')
		return err_set(e, ERR_DATA, "url: it is no string");
	if (n > 3 && memcmp(p, "/v1/", 4) == 0) {
		p += 3;
		n -= 3;
	}
	if (n < 2 || n >= sizeof(r->path) || *p != '/')
		return err_set(e, ERR_DATA, "url: not a path such as /v1"
		    CHAT);
	memcpy(r->path, p, n);
	r->path[n] = '\0';
	if (strspn(r->path, set) != n || strstr(r->path, "//") != NULL)
		return err_set(e, ERR_DATA, "url: not a path such as /v1"
		    CHAT);
	return 0;
}

/* The path that fits the body, where no url is given. */
static const char *
guess(struct scan_span body)
{
	struct scan_span v;

	if (scan_find(body.p, body.n, "messages", &v))
		return CHAT;
	if (scan_find(body.p, body.n, "input", &v))
		return "/embeddings";
	return scan_find(body.p, body.n, "prompt", &v) ? "/completions" :
	    CHAT;
}

static int
batch_line(struct server *srv, struct batch_req *r, const char *p, size_t n,
    struct scan_span body, struct err *e)
{
	struct scan_span v;

	if (body.n == 0 || *body.p != '{')
		return err_set(e, ERR_DATA, "body: it is no object");
	if (scan_find(p, n, "method", &v) && !scan_is(v, "POST"))
		return err_set(e, ERR_DATA, "method: only POST can be sent");
	if (!scan_find(p, n, "url", &v))
		snprintf(r->path, sizeof(r->path), "%s", guess(body));
	else if (take_url(r, v, e) == -1)
		return -1;
	if (scan_find(body.p, body.n, "stream", &v) && v.n == 4 &&
	    memcmp(v.p, "true", 4) == 0)
		return err_set(e, ERR_DATA, "body: stream: answers of a batch "
		    "are not streamed; leave it out");
	buf_reset(&r->body);
	named_add(&r->body, body.p, body.n, srv->model);
	return 0;
}

/* The custom_id that is there must be one. */
static int
check_id(const char *p, size_t n, struct err *e)
{
	struct scan_span v;

	if (scan_find(p, n, "custom_id", &v) && (v.n < 2 || *v.p != '"'))
		return err_set(e, ERR_DATA, "custom_id: it is no string");
	return 0;
}

int
batch_form_json(struct server *srv, const char *system, struct batch_req *r,
    const char *p, size_t n, struct err *e)
{
	struct scan_span v;
	const char *text;
	size_t len;
	int rc;
	jv o;

	if (check_id(p, n, e) == -1)
		return -1;
	if (scan_find(p, n, "body", &v))
		return batch_line(srv, r, p, n, v, e);
	o = js_parse(p, n, e);
	if (!js_is_valid(o))
		return -1;
	if (js_has(o, "messages")) {
		jv messages = js_get(o, "messages");

		rc = js_is_arr(messages) ? conversation(srv, r, messages, e) :
		    err_set(e, ERR_DATA, "messages: it is no array");
		js_free(messages);
	} else if (js_is_arr(o) || js_has(o, "role")) {
		rc = conversation(srv, r, o, e);
	} else if ((text = js_bytes(o, &len)) != NULL) {
		rc = batch_form_prompt(srv, system, r, text, len, e);
	} else {
		rc = err_set(e, ERR_DATA, "neither a request (body) nor a "
		    "conversation (messages)");
	}
	js_free(o);
	return rc;
}
