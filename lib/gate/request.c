/*
 * request.c - the body of a request, grown by appending.
 */
#include "gate/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/msg.h"
#include "gate/fault.h"

#define NO_RESULT \
	"effect unverified: no result of this call was recorded; " \
	"it may or may not have run"

static void rebuild(struct request *r);

void
request_init(struct request *r)
{
	memset(r, 0, sizeof(*r));
	r->tools = js_none();
	r->open = js_arr();
	r->used = js_obj();
	SHA256Init(&r->sha);
	rebuild(r);
}

void
request_free(struct request *r)
{
	buf_free(&r->body);
	js_free(r->tools);
	js_free(r->open);
	js_free(r->used);
	free(r->model);
	free(r->temperature);
	r->tools = r->open = r->used = js_none();
	r->model = r->temperature = NULL;
}

static void
add_sampling(struct request *r, struct buf *b)
{
	if (r->temperature != NULL && !(r->repair & REPAIR_NO_TEMPERATURE))
		buf_addf(b, "\"temperature\":%s,", r->temperature);
	if (r->max_tokens > 0)
		buf_addf(b, "\"%s\":%lld,", r->repair & REPAIR_MAX_FIELD ?
		    "max_completion_tokens" : "max_tokens",
		    (long long)r->max_tokens);
}

static void
add_tools(struct request *r, struct buf *b)
{
	if (!js_is_arr(r->tools) || js_len(r->tools) == 0)
		return;
	buf_adds(b, "\"tools\":");
	js_dump(b, r->tools);
	buf_addc(b, ',');
}

/* Write the head anew before the messages that are there. */
static void
rebuild(struct request *r)
{
	struct buf b = BUF_INIT;
	size_t head;

	buf_addc(&b, '{');
	if (r->model != NULL) {
		buf_adds(&b, "\"model\":");
		js_quote(&b, r->model, strlen(r->model));
		buf_addc(&b, ',');
	}
	add_sampling(r, &b);
	add_tools(r, &b);
	buf_adds(&b, "\"messages\":[");
	head = b.len;
	if (r->len > r->head_len)
		buf_add(&b, r->body.data + r->head_len,
		    r->len - r->head_len);
	buf_free(&r->body);
	r->body = b;
	r->head_len = head;
	r->len = b.len;
}

void
request_head(struct request *r, const struct request_head *h)
{
	char *model = h->model != NULL ? xstrdup(h->model) : NULL;
	char *temp = h->temperature != NULL ? xstrdup(h->temperature) : NULL;

	free(r->model);
	free(r->temperature);
	r->model = model;
	r->temperature = temp;
	r->max_tokens = h->max_tokens;
	r->repair = h->repair;
	r->fit = h->fit;
	rebuild(r);
}

void
request_repair(struct request *r, unsigned repairs)
{
	r->repair |= repairs;
	rebuild(r);
}

void
request_tools(struct request *r, jv tools)
{
	js_free(r->tools);
	r->tools = js_ref(tools);
	rebuild(r);
}

void
request_reset(struct request *r)
{
	r->len = r->head_len;
	r->count = 0;
	js_free(r->open);
	r->open = js_arr();
	js_free(r->used);
	r->used = js_obj();
	SHA256Init(&r->sha);
	r->hashed = 0;
}

static void
note(struct request *r, const char *text)
{
	if (r->note != NULL)
		r->note(r->arg, text);
}

/* Append a message that fits. */
static void
append(struct request *r, jv m)
{
	buf_cut(&r->body, r->len);
	if (r->count > 0)
		buf_addc(&r->body, ',');
	js_dump(&r->body, m);
	r->len = r->body.len;
	r->count++;
}

void
request_close_calls(struct request *r)
{
	size_t n = js_len(r->open);

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		jv call = js_at(r->open, i);
		jv m = msg_result(js_str(call, "as"), js_str(call, "name"),
		    NO_RESULT, strlen(NO_RESULT));

		append(r, m);
		js_free(m);
		js_free(call);
	}
	js_free(r->open);
	r->open = js_arr();
	note(r, n == 1 ? "a call had no result; the server is told so" :
	    "calls had no result; the server is told so");
}

/* Take the call with that id from the open ones: the id that was sent, as
 * an owned string, or an invalid value if there is none. */
static jv
answer_call(struct request *r, const char *id)
{
	jv left = js_arr(), as = js_none();

	for (size_t i = 0; i < js_len(r->open); i++) {
		jv call = js_at(r->open, i);

		if (!js_is_valid(as) && js_str_is(call, "id", id)) {
			as = js_get(call, "as");
			js_free(call);
		} else {
			left = js_push(left, call);
		}
	}
	js_free(r->open);
	r->open = left;
	return as;
}

/* Note the calls of m as open.  Servers that number the calls of each
 * answer anew, and talks put together from several, have ids twice: the
 * later one is sent under another.  Consumes m, returns it. */
static jv
open_calls_take(struct request *r, jv m)
{
	jv calls = js_get(m, "tool_calls"), out = js_arr();
	size_t n = msg_ncalls(m);

	for (size_t i = 0; i < n; i++) {
		jv c = js_at(calls, i), call = js_obj();
		const char *id, *name;
		struct buf as = BUF_INIT;

		msg_call(m, i, &id, &name, NULL, NULL);
		buf_adds(&as, id);
		for (size_t k = 2; js_has(r->used, buf_str(&as)); k++) {
			buf_reset(&as);
			buf_addf(&as, "%s_%zu", id, k);
		}
		r->used = js_set_bool(r->used, buf_str(&as), true);
		call = js_set_str(call, "id", id);
		call = js_set_str(call, "name", name);
		call = js_set_str(call, "as", buf_str(&as));
		r->open = js_push(r->open, call);
		out = js_push(out, js_set_str(c, "id", buf_str(&as)));
		buf_free(&as);
	}
	js_free(calls);
	if (n > 0)
		return js_set(m, "tool_calls", out);
	js_free(out);
	return m;
}

/* The result under the id of its call, consumed and returned; an invalid
 * value when it has none. */
static jv
close_call_take(struct request *r, jv m)
{
	const char *id = js_str(m, "tool_call_id");
	jv as = answer_call(r, id != NULL ? id : "");

	if (js_is_valid(as))
		return js_set(m, "tool_call_id", as);
	js_free(m);
	return js_none();
}

int
request_push(struct request *r, jv line, struct err *e)
{
	const char *why = NULL, *mended = NULL;
	jv m = fit_message(line, r->fit, &why, &mended, e);

	if (!js_is_valid(m)) {
		if (why == NULL)
			return -1;
		note(r, why);
		return 0;
	}
	if (mended != NULL)
		note(r, mended);
	if (msg_role(m) == MSG_TOOL)
		m = close_call_take(r, m);
	else
		request_close_calls(r);
	if (!js_is_valid(m)) {
		note(r, "a result without its call is left out");
		return 0;
	}
	if (msg_role(m) == MSG_ASSISTANT)
		m = open_calls_take(r, m);
	append(r, m);
	js_free(m);
	return 0;
}

const char *
request_body(struct request *r, bool stream, size_t *len)
{
	buf_cut(&r->body, r->len);
	buf_addc(&r->body, ']');
	if (stream && !(r->repair & REPAIR_NO_STREAM)) {
		buf_adds(&r->body, ",\"stream\":true");
		if (!(r->repair & REPAIR_NO_OPTIONS))
			buf_adds(&r->body,
			    ",\"stream_options\":{\"include_usage\":true}");
	}
	buf_addc(&r->body, '}');
	*len = r->body.len;
	return r->body.data;
}

void
request_key(struct request *r, char out[REQUEST_KEY_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	SHA2_CTX sha;
	struct buf b = BUF_INIT;
	unsigned repair = r->repair;
	size_t from = r->head_len + r->hashed;
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256Update(&r->sha, (const uint8_t *)r->body.data + from,
	    r->len - from);
	r->hashed = r->len - r->head_len;
	sha = r->sha;
	buf_addc(&b, '\n');
	r->repair = 0;
	add_sampling(r, &b);
	add_tools(r, &b);
	r->repair = repair;
	SHA256Update(&sha, (const uint8_t *)buf_str(&b), b.len);
	SHA256Final(digest, &sha);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[2 * sizeof(digest)] = '\0';
	buf_free(&b);
}
