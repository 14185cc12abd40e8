/*
 * other.c - what modeld answers besides chat: models, health, props,
 * embeddings; and the gate in front of everything (key, loading, window).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md.h"

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static long
window(const struct script *sc)
{
	const char *w = setting(sc, "window");

	return w && *w ? strtol(w, NULL, 10) : 8192;
}

static void
models(struct text *t, const struct script *sc)
{
	const char *m = setting(sc, "models");
	bool first = true;

	if (m == NULL)
		m = setting(sc, "model");
	if (m == NULL)
		m = "modeld-1";
	text_str(t, "{\"object\":\"list\",\"data\":[");
	for (; *m; m += strspn(m, " ")) {
		size_t n = strcspn(m, " ");

		text_str(t, first ? "{\"id\":" : ",{\"id\":");
		text_quote(t, m, n);
		text_str(t, ",\"object\":\"model\",\"created\":1764000000,"
		    "\"owned_by\":\"modeld\"");
		if (setting(sc, "truncate") == NULL)
			text_fmt(t, ",\"meta\":{\"n_ctx\":%ld}", window(sc));
		text_str(t, "}");
		first = false;
		m += n;
	}
	text_str(t, "]}");
}

static void
vector(struct text *t, jv input, int index, long dims)
{
	uint64_t seed = 1469598103934665603u;
	char *s;

	if (jv_get_kind(input) == JV_KIND_STRING)
		s = dup_range(jv_string_value(input),
		    strlen(jv_string_value(input)));
	else
		s = dup_range("?", 1);
	for (const char *p = s; *p; p++)
		seed = (seed ^ (unsigned char)*p) * 1099511628211u;
	free(s);
	text_str(t, index ? ",{" : "{");
	text_fmt(t, "\"object\":\"embedding\",\"index\":%d,\"embedding\":[",
	    index);
	for (long i = 0; i < dims; i++)
		text_fmt(t, "%s%.6f", i ? "," : "",
		    (double)(random_next(&seed) >> 11) / 4503599627370496.0 - 1);
	text_str(t, "]}");
}

static bool
embeddings(struct text *t, const struct context *c)
{
	const char *d = setting(c->script, "embeddings");
	long dims = d && *d ? strtol(d, NULL, 10) : 8;
	jv in = request_get(c->req, "input");
	bool good = true;

	text_str(t, "{\"object\":\"list\",\"model\":\"modeld-1\",\"data\":[");
	if (jv_get_kind(in) == JV_KIND_STRING) {
		vector(t, in, 0, dims);
	} else if (jv_get_kind(in) == JV_KIND_ARRAY) {
		jv_array_foreach(in, i, x) {
			vector(t, x, i, dims);
			jv_free(x);
		}
	} else {
		good = false;
	}
	jv_free(in);
	text_str(t, "],\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}");
	return good;
}

/* As Ollama does: the oldest messages behind the system's go, silently. */
void
request_cut(struct request *r, const struct script *sc)
{
	const char *w = setting(sc, "truncate");
	long limit = w ? strtol(w, NULL, 10) : 0;

	while (w != NULL && (long)r->body_len / 4 > limit) {
		jv all = request_get(r, "messages"), left = jv_array();
		int n = jv_array_length(jv_copy(all));
		jv text;

		jv_array_foreach(all, i, m) {
			if (i == 1 && n > 2)
				jv_free(m);
			else
				left = jv_array_append(left, m);
		}
		jv_free(all);
		r->json = jv_object_set(r->json, jv_string("messages"), left);
		text = jv_dump_string(jv_copy(r->json), 0);
		free(r->body);
		r->body = dup_range(jv_string_value(text),
		    strlen(jv_string_value(text)));
		r->body_len = strlen(r->body);
		jv_free(text);
		if (n <= 2)
			break;
	}
}

void
reply_other(struct reply *r, const struct context *c)
{
	const char *p = c->req->path;
	bool get = strcmp(c->req->method, "GET") == 0;
	struct text t = { 0 };

	if (get && ends_with(p, "/models"))
		models(&t, c->script);
	else if (get && ends_with(p, "/health"))
		text_str(&t, "{\"status\":\"ok\"}");
	else if (get && ends_with(p, "/props") &&
	    setting(c->script, "truncate") == NULL)
		text_fmt(&t, "{\"default_generation_settings\":{\"n_ctx\":%ld},"
		    "\"total_slots\":1,\"model_path\":\"modeld.gguf\"}",
		    window(c->script));
	else if (!get && ends_with(p, "/embeddings") && !embeddings(&t, c))
		reply_error(r, c->req, 400, "invalid_request_error",
		    "\"input\" must be provided");
	if (r->out.len == 0 && t.len == 0) {
		reply_error(r, c->req, 404, "not_found_error",
		    "File Not Found");
	} else if (r->out.len == 0) {
		r->status = 200;
		reply_head(r, c, "application/json; charset=utf-8",
		    (long)t.len);
		text_add(&r->out, t.p, t.len);
	}
	text_free(&t);
}
