/*
 * batch_slots.c - how many requests a server works on at once.
 *
 * A server on this machine has the memory of this machine: one at a time,
 * but for llama-server, which says how many slots it has.  Services
 * elsewhere get a few.
 */
#include "gate/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/js.h"
#include "net/http.h"

#define LOCAL	1
#define REMOTE	4
#define ASK_MS	1000

static size_t
ask_slots(struct server *srv, const char *url)
{
	const char *headers[] = { srv->auth, NULL };
	struct http_request q = { .url = url, .headers = headers,
	    .connect_ms = ASK_MS, .first_ms = ASK_MS, .idle_ms = ASK_MS,
	    .total_ms = ASK_MS };
	struct err ignored = ERR_INIT;
	struct http_reply r;
	int64_t n = LOCAL;
	jv v;

	http_reply_init(&r);
	if (http_perform(srv->http, &q, &r, &ignored) == 0 && r.status == 200) {
		v = js_parse(buf_str(&r.body), r.body.len, &ignored);
		js_int(v, "total_slots", 1, 256, &n);
		js_free(v);
	}
	http_reply_free(&r);
	return (size_t)n;
}

size_t
batch_slots(struct server *srv)
{
	const char *tail;
	char *url;
	size_t n;

	if (srv->offline)
		return LOCAL;
	if (!http_is_loopback(srv->base))
		return REMOTE;
	tail = strstr(srv->base, "/v1");
	url = xasprintf("%.*s/props", (int)(tail != NULL ?
	    (size_t)(tail - srv->base) : strcspn(srv->base, "?")), srv->base);
	n = ask_slots(srv, url);
	free(url);
	return n;
}
