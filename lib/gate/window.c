/*
 * window.c - the size of the context that a server really loaded.
 */
#include "gate/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* A server that is asked. */
struct asked {
	struct http	*http;
	const char	*base;
	const char	*auth;		/* the header, or NULL */
	int64_t		 deadline;
};

static int64_t
number(jv o, const char *key)
{
	int64_t n = 0;

	js_int(o, key, 1, WINDOW_LIMIT, &n);
	return n;
}

/* The first of these members that is there. */
static int64_t
first_number(jv o, const char *const *keys, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; v == 0 && i < n; i++)
		v = number(o, keys[i]);
	return v;
}

/* "-c N" among the arguments with which a router of llama.cpp starts the
 * server of a model. */
static int64_t
argument(jv m)
{
	static const char *const names[] = { "-c", "--ctx-size" };
	jv status = js_get(m, "status"), args = js_get(status, "args");
	int64_t n = 0;

	for (size_t i = 0; n == 0 && i + 1 < js_len(args); i++) {
		jv name = js_at(args, i), value = js_at(args, i + 1);
		const char *s = js_cstr(name), *v = js_cstr(value);

		for (size_t k = 0; s != NULL && v != NULL &&
		    k < BASE_NITEMS(names); k++)
			if (strcmp(s, names[k]) == 0)
				n = strtoll(v, NULL, 10);
		js_free(value);
		js_free(name);
	}
	js_free(args);
	js_free(status);
	return n > 0 && n <= WINDOW_LIMIT ? n : 0;
}

static jv
set(jv o, int64_t window, int64_t max)
{
	if (window > 0)
		o = js_set_int(o, "window", window);
	if (max > 0)
		o = js_set_int(o, "window_max", max);
	return o;
}

jv
window_read(jv o, jv m)
{
	static const char *const loaded[] = { "loaded_context_length",
	    "max_model_len" };
	static const char *const fixed[] = { "context_length",
	    "context_window", "max_context_length", "inputTokenLimit" };
	jv meta = js_get(m, "meta"), top = js_get(m, "top_provider");
	int64_t max = first_number(m, fixed, BASE_NITEMS(fixed));
	int64_t window = number(meta, "n_ctx");

	if (window == 0)
		window = first_number(m, loaded, BASE_NITEMS(loaded));
	if (window == 0)
		window = argument(m);
	if (window == 0)
		window = number(top, "context_length");
	/* A model that LM Studio has not loaded has no window yet. */
	if (window == 0 && !js_has(m, "state"))
		window = max;
	if (number(meta, "n_ctx_train") > 0)
		max = number(meta, "n_ctx_train");
	js_free(top);
	js_free(meta);
	return set(o, window, max);
}

/* The answer of the server at path, which begins with its root, as a value;
 * body NULL gets, else posts. */
static jv
fetch(const struct asked *a, const char *path, const struct buf *body)
{
	size_t n = strcspn(a->base, "?#");
	int left = clock_left(a->deadline);
	const char *headers[] = { "Accept: application/json",
	    "Content-Type: application/json", a->auth, NULL };
	struct http_request q = { .headers = headers, .connect_ms = left,
	    .first_ms = left, .idle_ms = left, .total_ms = left };
	struct http_reply r;
	struct err ignored = ERR_INIT;
	char *url;
	jv v = js_none();

	if (left <= 0)
		return v;
	if (n >= 3 && memcmp(a->base + n - 3, "/v1", 3) == 0)
		n -= 3;
	url = xasprintf("%.*s%s", (int)n, a->base, path);
	q.url = url;
	if (body != NULL) {
		q.body = body->data;
		q.len = body->len;
	}
	http_reply_init(&r);
	if (http_perform(a->http, &q, &r, &ignored) == 0 &&
	    r.status / 100 == 2)
		v = js_parse(buf_str(&r.body), r.body.len, &ignored);
	http_reply_free(&r);
	free(url);
	return v;
}

/* True when both name the same model of Ollama. */
static bool
same_model(const char *a, const char *b)
{
	size_t n, m;

	if (a == NULL || b == NULL)
		return false;
	n = strlen(a);
	m = strlen(b);
	if (n > 7 && strcmp(a + n - 7, ":latest") == 0)
		n -= 7;
	if (m > 7 && strcmp(b + m - 7, ":latest") == 0)
		m -= 7;
	return n == m && memcmp(a, b, n) == 0;
}

/* The element of a that describes the model; owned, or invalid. */
static jv
find(jv a, const char *model)
{
	static const char *const keys[] = { "id", "model", "name", "key" };

	for (size_t i = 0; i < js_len(a); i++) {
		jv m = js_at(a, i);

		for (size_t k = 0; k < BASE_NITEMS(keys); k++)
			if (same_model(js_str(m, keys[k]), model))
				return m;
		js_free(m);
	}
	return js_none();
}

/* "num_ctx 8192" in the parameters of a model of Ollama. */
static int64_t
configured(jv show)
{
	const char *s = js_str(show, "parameters");
	int64_t n = 0;

	for (; s != NULL && *s != '\0'; s += strcspn(s, "\n"),
	    s += *s == '\n')
		if (strncmp(s, "num_ctx", 7) == 0 &&
		    (s[7] == ' ' || s[7] == '\t'))
			n = strtoll(s + 7, NULL, 10);
	return n > 0 && n <= WINDOW_LIMIT ? n : 0;
}

/* "ARCHITECTURE.context_length" of a model of Ollama. */
static int64_t
trained(jv show)
{
	static const char end[] = ".context_length";
	jv info = js_get(show, "model_info"), keys = js_keys(info);
	int64_t n = 0;

	for (size_t i = 0; n == 0 && i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *s = js_cstr(k);
		size_t len = s != NULL ? strlen(s) : 0;

		if (len >= sizeof(end) && strcmp(s + len - (sizeof(end) - 1),
		    end) == 0)
			n = number(info, s);
		js_free(k);
	}
	js_free(keys);
	js_free(info);
	return n;
}

static jv
ask_ollama(const struct asked *a, jv m, jv running)
{
	struct buf b = BUF_INIT;
	jv loaded = find(running, js_str(m, "id"));
	int64_t window = number(loaded, "context_length");
	jv q = js_set_str(js_obj(), "model", js_str(m, "id")), show;

	js_dump(&b, q);
	show = fetch(a, "/api/show", &b);
	m = set(m, window > 0 ? window : configured(show), trained(show));
	buf_free(&b);
	js_free(show);
	js_free(loaded);
	js_free(q);
	return m;
}

static jv
ask_lmstudio(jv m, jv all)
{
	jv its = find(all, js_str(m, "id"));

	m = window_read(m, its);
	js_free(its);
	return m;
}

static jv
ask_llama(const struct asked *a, jv m)
{
	jv v = fetch(a, "/props", NULL);
	jv settings = js_get(v, "default_generation_settings");

	m = set(m, number(settings, "n_ctx"), 0);
	js_free(settings);
	js_free(v);
	return m;
}

/* What there is to ask once for all models of the server. */
static jv
ask_once(const struct asked *a, const char *kind)
{
	jv v = js_none(), list;

	if (strcmp(kind, "ollama") == 0)
		v = fetch(a, "/api/ps", NULL);
	else if (strcmp(kind, "lmstudio") == 0)
		v = fetch(a, "/api/v0/models", NULL);
	list = js_get(v, js_has(v, "data") ? "data" : "models");
	js_free(v);
	return list;
}

jv
window_ask(jv list, struct http *h, const char *base, const char *key,
    const char *kind, const char *model, int64_t deadline)
{
	char *auth = key != NULL ? xasprintf("Authorization: Bearer %s",
	    key) : NULL;
	struct asked a = { h, base, auth, deadline };
	bool alone = js_len(list) == 1;
	jv once = ask_once(&a, kind != NULL ? kind : ""), out = js_arr();

	for (size_t i = 0; i < js_len(list); i++) {
		jv m = js_at(list, i);

		if (kind == NULL || (model != NULL &&
		    !same_model(js_str(m, "id"), model)))
			;
		else if (strcmp(kind, "ollama") == 0)
			m = ask_ollama(&a, m, once);
		else if (strcmp(kind, "lmstudio") == 0)
			m = ask_lmstudio(m, once);
		else if (strcmp(kind, "llama.cpp") == 0 && alone &&
		    number(m, "window") == 0)
			m = ask_llama(&a, m);
		out = js_push(out, m);
	}
	js_free(once);
	js_free(list);
	if (auth != NULL)
		explicit_bzero(auth, strlen(auth));
	free(auth);
	return out;
}

void
window_of(jv list, const char *model, int64_t *window, int64_t *max)
{
	bool alone = js_len(list) == 1;
	jv m = alone || model == NULL ? js_at(list, 0) : find(list, model);

	*window = number(m, "window");
	*max = number(m, "window_max");
	js_free(m);
}
