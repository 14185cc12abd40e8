/*
 * models_cmd.c - agent-gate models: what there is, what it can, and what is
 * known of it.
 */
#include "gate/models_cmd.h"

#include <string.h>

#include "base/clock.h"
#include "gate/key.h"
#include "gate/models.h"
#include "gate/probe.h"
#include "gate/profile.h"
#include "gate/window.h"

/* The kind of the server that the model of a list belongs to, into p. */
static void
find_kind(struct profile *p, const struct settings *s, jv m)
{
	struct buf headers = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *server = js_str(m, "server");
	struct profile_for who = { .base = js_str(m, "url"),
	    .owner = js_str(m, "owned_by") };

	if (server != NULL)
		buf_addf(&headers, "server: %s", server);
	who.headers = buf_str(&headers);
	if (s->v[SET_PROFILE].value == NULL ||
	    strcmp(s->v[SET_PROFILE].value, "none") != 0)
		profile_find(p, &who, &ignored);
	buf_free(&headers);
}

/* Ask for the windows that the list lacks, a server after the other. */
static jv
ask_windows(jv list, struct http *h, const struct settings *s,
    const char *key)
{
	size_t n = js_len(list);
	jv out = js_arr();

	for (size_t i = 0; i < n;) {
		struct profile p = PROFILE_INIT;
		jv first = js_at(list, i), part = js_arr();
		const char *url = js_str(first, "url");

		for (; i < n; i++) {
			jv m = js_at(list, i);

			if (!js_str_is(m, "url", url)) {
				js_free(m);
				break;
			}
			part = js_push(part, m);
		}
		find_kind(&p, s, first);
		part = window_ask(part, h, url, key, p.server, NULL,
		    clock_ms() + MODELS_ASK_MS);
		for (size_t k = 0; k < js_len(part); k++)
			out = js_push(out, js_at(part, k));
		js_free(part);
		js_free(first);
		profile_free(&p);
	}
	js_free(list);
	return out;
}

static int
list_models(const struct settings *s, const struct models_opts *o,
    struct out *out, struct err *e)
{
	bool find = s->url == NULL || o->all;
	const char *key = NULL;
	struct http *h;
	jv list;

	if (!find && key_for(s, &key, e) == -1)
		return -1;
	h = http_open();
	list = find ? models_find(h, s, o->all, e) :
	    models_list(h, s->url, key, s->connect_ms, e);
	if (js_is_valid(list))
		list = ask_windows(list, h, s, key);
	http_close(h);
	if (!js_is_valid(list))
		return -1;
	if (o->json)
		for (size_t i = 0; i < js_len(list); i++) {
			jv m = js_at(list, i);

			out_line(out, m);
			js_free(m);
		}
	else
		models_show(list, &out->b);
	js_free(list);
	return out_flush(out, e);
}

static int
show_profile(const struct settings *s, const struct models_opts *o,
    struct out *out, struct err *e)
{
	struct profile_for who = { .base = s->url, .model = o->show,
	    .choice = s->v[SET_PROFILE].value };
	struct profile p = PROFILE_INIT;
	int rc = profile_find(&p, &who, e);

	if (rc == 0) {
		profile_show(&p, o->json, &out->b);
		rc = out_flush(out, e);
	}
	profile_free(&p);
	return rc;
}

int
models_cmd(const struct settings *s, const struct models_opts *o,
    struct out *out, struct err *e)
{
	if (o->show != NULL)
		return show_profile(s, o, out, e);
	if (s->url != NULL && strncmp(s->url, "http", 4) != 0)
		return err_set(e, ERR_USAGE, "models: %.80s has no list",
		    s->url);
	if (o->probe)
		return probe_cmd(s, o->json, out, e);
	return list_models(s, o, out, e);
}
