/*
 * request.c - the body of a request, grown by appending.
 */
#include "gate/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/msg.h"
#include "gate/called.h"
#include "gate/fault.h"
#include "gate/pictures.h"
#include "gate/tools.h"

#define NO_RESULT \
	"effect unverified: no result of this call was recorded; " \
	"it may or may not have run"

static void rebuild(struct request *r);

void
request_init(struct request *r)
{
	memset(r, 0, sizeof(*r));
	r->tools = js_none();
	r->tools_cost = -1;
	r->drop = js_none();
	r->open = js_arr();
	r->used = js_obj();
	r->pictures = js_none();
	SHA256Init(&r->sha);
	rebuild(r);
}

void
request_free(struct request *r)
{
	buf_free(&r->store);
	buf_free(&r->body);
	js_free(r->tools);
	js_free(r->drop);
	js_free(r->open);
	js_free(r->used);
	js_free(r->pictures);
	free(r->model);
	free(r->temperature);
	free(r->sampling);
	free(r->format);
	free(r->words);
	free(r->preamble);
	free(r->lead);
	memset(r, 0, sizeof(*r));
	r->tools = r->drop = r->open = r->used = r->pictures = js_none();
}

static void
add_sampling(struct request *r, struct buf *b)
{
	if (r->temperature != NULL && !(r->repair & REPAIR_NO_TEMPERATURE))
		buf_addf(b, "\"temperature\":%s,", r->temperature);
	if (r->max_tokens > 0)
		buf_addf(b, "\"%s\":%lld,", (r->repair &
		    (REPAIR_MAX_FIELD | REPAIR_OLD_FIELD)) ==
		    REPAIR_MAX_FIELD ? "max_completion_tokens" : "max_tokens",
		    (long long)r->max_tokens);
}

static bool
has_tools(const struct request *r)
{
	return js_is_arr(r->tools) && js_len(r->tools) > 0;
}

static void
add_tools(struct request *r, struct buf *b)
{
	jv tools;

	if (!has_tools(r) && !(r->repair & REPAIR_OFFER))
		return;
	tools = !has_tools(r) ? called_tools(&r->store) :
	    r->repair & REPAIR_SCHEMA ? tools_simple(r->tools, r->drop) :
	    js_ref(r->tools);
	if (r->repair & REPAIR_NAMES)
		tools = dialect_names_take(tools);
	if (js_len(tools) == 0) {
		js_free(tools);
		return;
	}
	buf_adds(b, "\"tools\":");
	js_dump(b, tools);
	buf_addc(b, ',');
	js_free(tools);
}

/* True when the form is asked for as such, not in words. */
static bool
sends_format(const struct request *r)
{
	return r->format != NULL && !(r->repair & REPAIR_NO_FORMAT) &&
	    !has_tools(r);
}

static void
gap(struct buf *b)
{
	if (b->len > 0)
		buf_adds(b, "\n\n");
}

/* The profile's words, and those for a server that takes no tools, or no
 * form of the answer. */
static void
set_preamble(struct request *r)
{
	struct buf b = BUF_INIT;

	free(r->preamble);
	if (r->lead != NULL)
		buf_adds(&b, r->lead);
	if (has_tools(r) && (r->repair & REPAIR_TEXT_TOOLS)) {
		gap(&b);
		tools_words(&b, r->tools);
	}
	if (r->words != NULL && !sends_format(r)) {
		gap(&b);
		buf_adds(&b, r->words);
	}
	r->preamble = b.len > 0 ? buf_detach(&b) : NULL;
	r->dialect.preamble = r->preamble;
	buf_free(&b);
}

/* Write the head anew; the messages follow when the body is wanted. */
static void
rebuild(struct request *r)
{
	struct buf *b = &r->body;

	set_preamble(r);
	buf_reset(b);
	buf_addc(b, '{');
	if (r->model != NULL) {
		buf_adds(b, "\"model\":");
		js_quote(b, r->model, strlen(r->model));
		buf_addc(b, ',');
	}
	add_sampling(r, b);
	if (r->sampling != NULL && !(r->repair & (REPAIR_NO_SAMPLING |
	    REPAIR_NO_TEMPERATURE))) {
		buf_adds(b, r->sampling);
		buf_addc(b, ',');
	}
	if (!(r->repair & REPAIR_TEXT_TOOLS))
		add_tools(r, b);
	buf_adds(b, "\"messages\":[");
	r->head_len = r->len = b->len;
	r->shown = 0;
	r->dialect.repair = r->repair;
	dialect_reset(&r->dialect);
}

static void
replace(char **s, const char *v)
{
	char *new = v != NULL ? xstrdup(v) : NULL;

	free(*s);
	*s = new;
}

void
request_head(struct request *r, const struct request_head *h)
{
	replace(&r->model, h->model);
	replace(&r->temperature, h->temperature);
	replace(&r->sampling, h->sampling);
	replace(&r->lead, h->preamble);
	r->max_tokens = h->max_tokens;
	r->repair = h->repair;
	rebuild(r);
}

void
request_repair(struct request *r, unsigned repairs)
{
	r->repair |= repairs;
	rebuild(r);
}

void
request_drop(struct request *r, const char *keyword)
{
	if (!js_is_arr(r->drop))
		r->drop = js_arr();
	r->drop = js_push(r->drop, js_from_str(keyword));
	request_repair(r, REPAIR_SCHEMA);
}

void
request_format(struct request *r, const char *json, const char *words)
{
	replace(&r->format, json);
	replace(&r->words, words);
	rebuild(r);
}

void
request_tools(struct request *r, jv tools)
{
	js_free(r->tools);
	r->tools = js_ref(tools);
	r->tools_cost = -1;
	rebuild(r);
}

void
request_reset(struct request *r)
{
	buf_reset(&r->store);
	r->len = r->head_len;
	r->shown = r->count = 0;
	dialect_reset(&r->dialect);
	js_free(r->open);
	r->open = js_arr();
	js_free(r->pictures);
	r->pictures = js_none();
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

/* The mark of a message in the store. */
static char
mark_of(enum msg_role role, bool calls, bool thoughts, bool extra)
{
	switch (role) {
	case MSG_SYSTEM:
		return DIALECT_SYSTEM;
	case MSG_TOOL:
		return DIALECT_TOOL;
	case MSG_ASSISTANT:
		if (extra)
			return thoughts ? DIALECT_THOUGHT_EXTRA :
			    DIALECT_EXTRA;
		if (thoughts)
			return calls ? DIALECT_THOUGHT_CALLS :
			    DIALECT_THOUGHT;
		return calls ? DIALECT_CALLS : DIALECT_ANSWER;
	default:
		return DIALECT_USER;
	}
}

/* True when a call has what only its server understands. */
static bool
has_extra(jv m)
{
	jv calls = js_get(m, "tool_calls");
	bool yes = false;

	for (size_t i = 0; !yes && i < msg_ncalls(m); i++) {
		jv c = js_at(calls, i);

		yes = js_has(c, "extra_content");
		js_free(c);
	}
	js_free(calls);
	return yes;
}

/* Append a message that fits. */
static void
append(struct request *r, jv m)
{
	bool thoughts = js_has(m, "reasoning_content") ||
	    js_has(m, "reasoning") || js_has(m, "thinking");

	buf_addc(&r->store, mark_of(msg_role(m), msg_ncalls(m) > 0,
	    thoughts, has_extra(m)));
	js_dump(&r->store, m);
	buf_addc(&r->store, '\n');
	r->count++;
}

/* Pictures of results, when all results are there. */
static void
show_pictures(struct request *r)
{
	jv m;

	if (js_len(r->pictures) == 0 || js_len(r->open) > 0)
		return;
	m = pictures_message(r->pictures);
	js_free(r->pictures);
	r->pictures = js_none();
	append(r, m);
	js_free(m);
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
	show_pictures(r);
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
	jv m = fit_message(line, FIT_REASONING, &why, &mended, e);

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
	if (msg_role(m) == MSG_TOOL)
		r->pictures = pictures_add(r->pictures, line);
	show_pictures(r);
	js_free(m);
	return 0;
}

/* A result whose call is open under the same id: nothing to change. */
static bool
close_plain(struct request *r, const struct line *l)
{
	char *id = xmemdup(l->id.p, l->id.n);
	bool same = false;
	jv as;

	for (size_t i = 0; !same && i < js_len(r->open); i++) {
		jv call = js_at(r->open, i);

		if (js_str_is(call, "id", id)) {
			same = js_str_is(call, "as", id);
			js_free(call);
			break;
		}
		js_free(call);
	}
	if (same) {
		as = answer_call(r, id);
		js_free(as);
	}
	free(id);
	return same;
}

int
request_push_plain(struct request *r, const struct line *l, const char *p,
    size_t n, struct err *e)
{
	jv v;
	int rc;

	if (!r->exact && (l->role != MSG_TOOL || close_plain(r, l))) {
		if (l->role != MSG_TOOL)
			request_close_calls(r);
		buf_addc(&r->store, mark_of(l->role, false, l->thoughts,
		    false));
		line_copy(&r->store, p, n);
		buf_addc(&r->store, '\n');
		r->count++;
		return 0;
	}
	v = js_parse(p, n, e);
	rc = js_is_valid(v) ? request_push(r, v, e) : -1;
	js_free(v);
	return rc;
}

struct request_mark
request_here(const struct request *r)
{
	return (struct request_mark){ r->store.len, r->count, r->hashed,
	    r->sha };
}

void
request_rewind(struct request *r, struct request_mark m)
{
	buf_cut(&r->store, m.bytes);
	r->count = m.count;
	r->hashed = m.hashed;
	r->sha = m.sha;
	rebuild(r);
}

/* Write the messages of the store that are not in the body. */
static void
show(struct request *r)
{
	buf_cut(&r->body, r->len);
	while (r->shown < r->store.len) {
		const char *p = r->store.data + r->shown;
		const char *end = memchr(p, '\n', r->store.len - r->shown);

		dialect_add(&r->dialect, &r->body,
		    (enum dialect_mark)*p, p + 1, (size_t)(end - p - 1));
		r->shown += (size_t)(end - p) + 1;
	}
	r->len = r->body.len;
}

const char *
request_body(struct request *r, bool stream, size_t *len)
{
	show(r);
	buf_addc(&r->body, ']');
	if (sends_format(r)) {
		buf_adds(&r->body, ",\"response_format\":");
		buf_adds(&r->body, r->format);
	}
	if ((stream || (r->repair & REPAIR_STREAM)) &&
	    !(r->repair & REPAIR_NO_STREAM)) {
		buf_adds(&r->body, ",\"stream\":true");
		if (!(r->repair & REPAIR_NO_OPTIONS))
			buf_adds(&r->body,
			    ",\"stream_options\":{\"include_usage\":true}");
	}
	buf_addc(&r->body, '}');
	*len = r->body.len;
	return r->body.data;
}

/* Add what is new in the store to the hash, whatever the dialect. */
static void
hash_messages(struct request *r)
{
	struct dialect plain = { .last = r->hashed > 0 ? DIALECT_USER : 0 };
	struct buf b = BUF_INIT;

	while (r->hashed < r->store.len) {
		const char *p = r->store.data + r->hashed;
		const char *end = memchr(p, '\n', r->store.len - r->hashed);

		buf_reset(&b);
		dialect_add(&plain, &b, (enum dialect_mark)*p, p + 1,
		    (size_t)(end - p - 1));
		SHA256Update(&r->sha, (const uint8_t *)b.data, b.len);
		r->hashed += (size_t)(end - p) + 1;
	}
	buf_free(&b);
}

void
request_key(struct request *r, char out[REQUEST_KEY_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	SHA2_CTX sha;
	struct buf b = BUF_INIT;
	unsigned repair = r->repair;
	uint8_t digest[SHA256_DIGEST_LENGTH];

	hash_messages(r);
	sha = r->sha;
	buf_addc(&b, '\n');
	r->repair = 0;
	add_sampling(r, &b);
	add_tools(r, &b);
	if (r->format != NULL)
		buf_adds(&b, r->format);
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
