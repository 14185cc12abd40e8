/*
 * models.c - which models a server has, and which servers are here.
 */
#include "gate/models.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "gate/endpoint.h"
#include "gate/fault.h"
#include "gate/window.h"
#include "net/discover.h"
#include "net/http.h"


static jv
add_model(jv list, jv m, const char *base, const char *server)
{
	const char *id = js_str(m, "id");
	jv o;

	if (id == NULL)
		id = js_str(m, "model");
	if (id == NULL)
		id = js_str(m, "name");
	if (id == NULL)
		id = js_cstr(m);
	if (id == NULL || *id == '\0')
		return list;
	o = js_set_str(js_set_str(js_obj(), "id", id), "url", base);
	o = window_read(o, m);
	o = js_copy_key(o, "owned_by", m, "owned_by");
	if (*server != '\0')
		o = js_set_str(o, "server", server);
	return js_push(list, o);
}

/* The array in the answer, whatever it is called. */
static jv
find_array(jv v)
{
	jv a = js_get(v, "data");

	if (js_is_arr(a))
		return a;
	js_free(a);
	a = js_get(v, "models");
	if (js_is_arr(a))
		return a;
	js_free(a);
	return js_is_arr(v) ? js_ref(v) : js_none();
}

static jv
read_list(const struct http_reply *r, const char *base, struct err *e)
{
	struct err ignored = ERR_INIT;
	jv v, a, list = js_none();
	char server[128] = "";

	http_header(r, "server", server, sizeof(server));
	if (r->status / 100 != 2) {
		fault_body(buf_str(&r->body), r->body.len, r->status, e);
		return list;
	}
	v = js_parse(buf_str(&r->body), r->body.len, &ignored);
	a = find_array(v);
	if (!js_is_arr(a)) {
		if (!fault_json(v, 0, e))
			err_set(e, ERR_PROTOCOL, "its answer is no list of "
			    "models");
	} else {
		list = js_arr();
		for (size_t i = 0; i < js_len(a); i++) {
			jv m = js_at(a, i);

			list = add_model(list, m, base, server);
			js_free(m);
		}
	}
	js_free(a);
	js_free(v);
	return list;
}

jv
models_list(struct http *h, const char *base, const char *key, int64_t ms,
    struct err *e)
{
	char *url = endpoint_join(base, "/models");
	char *auth = key != NULL ? xasprintf("Authorization: Bearer %s",
	    key) : NULL;
	const char *headers[] = { "Accept: application/json", auth, NULL };
	struct http_request q = { .url = url, .headers = headers,
	    .connect_ms = ms, .first_ms = ms, .total_ms = ms };
	struct http_reply r;
	struct buf shown = BUF_INIT;
	jv list = js_none();

	http_reply_init(&r);
	if (http_perform(h, &q, &r, e) == 0)
		list = read_list(&r, base, e);
	http_show_url(&shown, base);
	if (!js_is_valid(list) && strstr(e->msg, buf_str(&shown)) == NULL) {
		int status = e->http_status;

		err_wrap(e, "%s", buf_str(&shown));
		e->http_status = status;
	}
	buf_free(&shown);
	http_reply_free(&r);
	if (auth != NULL)
		explicit_bzero(auth, strlen(auth));
	free(auth);
	free(url);
	return list;
}

const char *
models_pick(jv list)
{
	static const char *const wanted[] = { "qwen2.5-coder", "coder",
	    "" };
	static const char *const no[] = { "embed", "rerank", "whisper",
	    "bge-", "clip" };

	for (size_t w = 0; w < BASE_NITEMS(wanted); w++)
		for (size_t i = 0; i < js_len(list); i++) {
			jv m = js_at(list, i);
			const char *id = js_str(m, "id");
			bool fit = strcasestr(id, wanted[w]) != NULL;

			for (size_t k = 0; k < BASE_NITEMS(no); k++)
				fit = fit && strcasestr(id, no[k]) == NULL;
			js_free(m);
			if (fit)
				return id;
		}
	return NULL;
}

const char *
models_pick_embed(jv list)
{
	static const char *const wanted[] = { "embed", "bge-", "minilm",
	    "gte-", "e5-" };
	const char *only = NULL;

	for (size_t i = 0; i < js_len(list); i++) {
		jv m = js_at(list, i);
		const char *id = js_str(m, "id");
		bool fit = false;

		for (size_t k = 0; k < BASE_NITEMS(wanted); k++)
			fit = fit || strcasestr(id, wanted[k]) != NULL;
		js_free(m);
		if (fit)
			return id;
		only = id;
	}
	return js_len(list) == 1 ? only : NULL;
}

static size_t
read_ports(const char *text, uint16_t *ports)
{
	struct vec v = VEC_INIT;
	size_t n = 0;

	vec_split(&v, text, " ,\t\n");
	for (size_t i = 0; i < v.n && n < DISCOVER_MAX; i++) {
		struct err ignored = ERR_INIT;
		int64_t p;

		if (num_int(v.v[i], 1, 65535, "port", &p, &ignored) == 0)
			ports[n++] = (uint16_t)p;
	}
	vec_free(&v);
	return n;
}

jv
models_find(struct http *h, const struct settings *s, bool all,
    struct err *e)
{
	const char *text = s->v[SET_DISCOVER].value;
	uint16_t ports[DISCOVER_MAX], open[DISCOVER_MAX];
	size_t n = read_ports(text, ports), nopen;
	struct err why = ERR_INIT;
	jv found = js_none();

	nopen = n > 0 ? discover_ports(ports, n, MODELS_PROBE_MS, open) : 0;
	for (size_t i = 0; i < nopen; i++) {
		char *base = xasprintf("http://127.0.0.1:%u/v1", open[i]);
		struct err ignored = ERR_INIT;
		jv list = models_list(h, base, NULL, MODELS_ASK_MS, &ignored);

		free(base);
		if (!js_is_valid(list)) {
			why = ignored;
			continue;
		}
		if (!js_is_valid(found))
			found = js_arr();
		for (size_t k = 0; k < js_len(list); k++)
			found = js_push(found, js_at(list, k));
		js_free(list);
		if (!all && js_len(found) > 0)
			break;
	}
	if (js_is_valid(found) && js_len(found) > 0)
		return found;
	js_free(found);
	if (why.kind == ERR_OVERLOADED) {
		*e = why;
		return js_none();
	}
	err_set(e, ERR_UNAVAILABLE, "no model server on the local ports "
	    "(%s); try to start one, or set AGENT_MODEL_URL, or use "
	    "--offline", n > 0 ? text : "none to look at");
	return js_none();
}

void
models_show(jv list, struct buf *out)
{
	for (size_t i = 0; i < js_len(list); i++) {
		jv m = js_at(list, i);
		const char *id = js_str(m, "id");
		int64_t window = 0;

		utf8_escape(out, id, strlen(id), UTF8_LINE);
		buf_addf(out, "\t%s", js_str(m, "url"));
		if (js_int(m, "window", 1, 1000000000, &window))
			buf_addf(out, "\t%lld", (long long)window);
		buf_addc(out, '\n');
		js_free(m);
	}
}
