/*
 * route.c - which request is answered by whom.
 */
#include <string.h>

#include "json/scan.h"
#include "serve/serve.h"

enum what { CHAT, TEXT, EMBED, MODELS, HEALTH, METRICS };

static const struct route {
	const char	*path;		/* with or without /v1 before it */
	const char	*below;		/* the same at the server behind */
	bool		 post;
	enum what	 what;
} routes[] = {
	{ "/v1/chat/completions", "/chat/completions", true, CHAT },
	{ "/v1/completions", "/completions", true, TEXT },
	{ "/v1/embeddings", "/embeddings", true, EMBED },
	{ "/v1/models", "/models", false, MODELS },
	{ "/health", NULL, false, HEALTH },
	{ "/metrics", NULL, false, METRICS },
};

static const struct route *
find(const char *path)
{
	for (size_t i = 0; i < BASE_NITEMS(routes); i++) {
		const struct route *t = &routes[i];

		if (strcmp(path, t->path) == 0 ||
		    (t->below != NULL && strcmp(path, t->below) == 0))
			return t;
		if (t->what == MODELS && strncmp(path, "/v1/models/", 11) == 0)
			return t;
	}
	return NULL;
}

static void
see(void *arg, const char *name, size_t nn, const char *value, size_t nv)
{
	guard_see(arg, name, nn, value, nv);
}

void
route_check(void *arg, struct req *r)
{
	struct serve *s = arg;
	const struct route *t = find(r->path);
	struct guard_head h = { .length = -1 };
	struct guard_verdict v;
	bool get;

	req_headers(r, see, &h);
	v = guard_judge(&s->conf->guard, &h, t != NULL && t->what == HEALTH);
	if (t != NULL)
		r->label = t->path;
	get = strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
	if (v.status == 0 && t == NULL)
		v = (struct guard_verdict){ 404, "unknown_path", "there is "
		    "nothing here; try /v1/chat/completions, "
		    "/v1/completions, /v1/embeddings, /v1/models, /health or "
		    "/metrics" };
	else if (v.status == 0 && t->post != (strcmp(r->method, "POST") == 0))
		v = (struct guard_verdict){ 405, "method_not_allowed",
		    t->post ? "this path takes POST" : "this path takes GET" };
	else if (v.status == 0 && !t->post && !get)
		v = (struct guard_verdict){ 405, "method_not_allowed",
		    "this path takes GET" };
	if (v.status == 0)
		return;
	/* Whatever follows such a head is not read as another request. */
	answer_header(r, "Connection", "close");
	if (v.status == 401)
		answer_header(r, "WWW-Authenticate", "Bearer");
	if (v.status == 405)
		answer_header(r, "Allow", t->post ? "POST" : "GET, HEAD");
	answer_fail(r, v.status, v.code, "%s", v.text);
}

/* ---- what is answered here -------------------------------------------- */

static void
health(struct serve *s, struct req *r)
{
	static const char *const modes[] = { "upstream", "engine", "offline",
	    "replay" };
	struct buf b = BUF_INIT;
	bool up = s->engine == NULL || engine_ready(s->engine);

	if (!up) {
		answer_header(r, "Retry-After", "1");
		answer_fail(r, 503, "loading", "Loading model");
		return;
	}
	buf_addf(&b, "{\"status\":\"%s\",\"mode\":\"%s\"}\n",
	    s->draining ? "draining" : "ok", modes[s->mode]);
	answer_whole(r, 200, "application/json", b.data, b.len);
	buf_free(&b);
}

static void
metrics(struct serve *s, struct req *r)
{
	struct buf b = BUF_INIT;

	s->metrics.in_progress = front_requests(s->front);
	s->metrics.connections = front_connections(s->front);
	s->metrics.engine = s->engine != NULL;
	s->metrics.engine_up = s->engine != NULL && engine_ready(s->engine);
	metrics_show(&s->metrics, &b);
	answer_whole(r, 200, "text/plain; version=0.0.4; charset=utf-8",
	    b.data, b.len);
	buf_free(&b);
}

static void
local_models(struct serve *s, struct req *r)
{
	const char *id = s->mode == SERVE_OFFLINE ? "offline" : "replay";
	const char *one = r->path + strlen("/v1/models");
	bool all = strncmp(r->path, "/v1/models/", 11) != 0;
	struct buf b = BUF_INIT;

	if (!all && strcmp(one + 1, id) != 0) {
		answer_fail(r, 404, "model_not_found", "there is no such "
		    "model here; try %s", id);
		return;
	}
	buf_adds(&b, all ? "{\"object\":\"list\",\"data\":[" : "");
	buf_addf(&b, "{\"id\":\"%s\",\"object\":\"model\",\"created\":%lld,"
	    "\"owned_by\":\"agent\"}%s\n", id,
	    (long long)(s->metrics.start / 1000), all ? "]}" : "");
	answer_whole(r, 200, "application/json", b.data, b.len);
	buf_free(&b);
}

/* False when the body is no JSON object; then the request is answered. */
static bool
check_body(struct req *r)
{
	struct scan_info info;
	const char *p = buf_str(&r->in);

	if (!scan_text(p, r->in.len, JS_DEPTH, &info)) {
		answer_fail(r, 400, "invalid_json", "the body is no JSON: "
		    "%s at byte %zu", info.fault, info.at);
		return false;
	}
	if (p[strspn(p, " \t\r\n")] == '{')
		return true;
	answer_fail(r, 400, "invalid_json", "the body is no JSON object");
	return false;
}

void
route_handle(void *arg, struct req *r)
{
	struct serve *s = arg;
	const struct route *t = find(r->path);
	bool local = s->mode == SERVE_OFFLINE || s->mode == SERVE_REPLAY;

	if (t->what == HEALTH) {
		health(s, r);
	} else if (t->what == METRICS) {
		metrics(s, r);
	} else if (t->post && !check_body(r)) {
		return;
	} else if (!local) {
		relay_start(s, r, t->what != MODELS ? t->below :
		    r->path + (r->path[2] == '1' ? 3 : 0), t->what == CHAT);
	} else if (t->what == MODELS) {
		local_models(s, r);
	} else if (t->what == EMBED) {
		local_embed(s, r);
	} else {
		local_answer(s, r, t->what == CHAT ? EMIT_CHAT : EMIT_TEXT);
	}
}
