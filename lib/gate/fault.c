/*
 * fault.c - what a server means when it reports an error.
 */
#include "gate/fault.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "gate/overflow.h"
#include "net/http.h"

#define TEXT_MAX	300	/* bytes of foreign text in a message */
#define DETAILS_MAX	3	/* complaints of a validator in it */
#define PLACE_MAX	8	/* steps to the place of one */

static bool
has(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

static bool
has_any(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (has(text, *words))
			return true;
	return false;
}

bool
fault_is_overflow(const char *text)
{
	struct overflow o;

	return overflow_read(text, &o);
}

bool
fault_is_loading(const char *text)
{
	return has(text, "loading model") || has(text, "currently loading") ||
	    has(text, "model is loading");
}

/* Kinds told by words, for reports that come without a status. */
static enum err_kind
kind_of_words(const char *text)
{
	static const char *const rate[] = { "rate limit", "rate_limit",
	    "too many requests", "throttl", "quota", NULL };
	static const char *const busy[] = { "overloaded", "unavailable",
	    "insufficient_system_resource", "at capacity", NULL };
	static const char *const key[] = { "authentication",
	    "invalid api key", "invalid_api_key", "incorrect api key",
	    "unauthorized", NULL };
	static const char *const bad[] = { "invalid_request", "bad request",
	    "invalid request", "does not support tools", "not_found",
	    "validation", "failed to parse", "cannot use tools", NULL };
	static const char *const filter[] = { "content_filter",
	    "content management policy", "content policy", NULL };

	if (has_any(text, rate))
		return ERR_RATE;
	if (fault_is_loading(text) || has_any(text, busy))
		return ERR_OVERLOADED;
	if (has_any(text, key))
		return ERR_AUTH;
	if (has_any(text, filter))
		return ERR_REFUSED;
	if (has_any(text, bad))
		return ERR_INVALID;
	return ERR_UNAVAILABLE;
}

enum err_kind
fault_kind(const char *text, int status)
{
	/* A request that a server cannot read is a bug of the request,
	 * though some call it an error of their own. */
	static const char *const hopeless[] = { "failed to parse",
	    "parse_error", "cannot use tools with stream", "parse error",
	    "invalid_request_error", "input is not supported", NULL };

	if (status != 429 && status != 503 && fault_is_overflow(text))
		return ERR_OVERFLOW;
	if (status == 413)
		return ERR_OVERFLOW;
	if (status < 400 || status > 599)
		return kind_of_words(text);
	if (status == 500 && has_any(text, hopeless))
		return ERR_INVALID;
	if (status == 400 && (kind_of_words(text) == ERR_REFUSED ||
	    kind_of_words(text) == ERR_RATE))
		return kind_of_words(text);
	return http_classify(status);
}

/* Append a string member, when there is one. */
static bool
add_member(struct buf *b, jv o, const char *key)
{
	size_t n;
	const char *s = js_str_len(o, key, &n);

	if (s == NULL || n == 0)
		return false;
	buf_add(b, s, n);
	return true;
}

static bool find_text(struct buf *b, jv v, int depth);

/* An error report within a string, as some relays pass it on. */
static bool
find_nested(struct buf *b, jv o, int depth)
{
	jv meta = js_get(o, "metadata");
	size_t n;
	const char *raw = js_str_len(meta, "raw", &n);
	struct err e = ERR_INIT;
	bool found = false;

	if (raw != NULL && n > 0) {
		jv v = js_parse(raw, n, &e);

		if (js_is_obj(v) || js_is_arr(v))
			found = find_text(b, v, depth + 1);
		js_free(v);
	}
	js_free(meta);
	return found;
}

/* A validator's complaint: the place, and what is wrong there. */
static bool
add_detail(struct buf *b, jv v)
{
	jv loc = js_get(v, "loc");
	size_t n = js_is_arr(loc) ? js_len(loc) : 0;

	if (js_str(v, "msg") == NULL) {
		js_free(loc);
		return false;
	}
	for (size_t i = 0; i < n && i < PLACE_MAX; i++) {
		jv x = js_at(loc, i);
		const char *s = js_cstr(x);

		if (i > 0)
			buf_addc(b, '.');
		if (s != NULL)
			buf_adds(b, s);
		else
			js_dump(b, x);
		js_free(x);
	}
	if (n > 0)
		buf_adds(b, ": ");
	add_member(b, v, "msg");
	js_free(loc);
	return true;
}

/* The first few of them. */
static bool
add_details(struct buf *b, jv list)
{
	bool any = false;

	for (size_t i = 0; i < js_len(list) && i < DETAILS_MAX; i++) {
		jv v = js_at(list, i);

		if (any && js_str(v, "msg") != NULL)
			buf_adds(b, "; ");
		any = add_detail(b, v) || any;
		js_free(v);
	}
	return any;
}

/* The text of a report, in whatever place it is. */
static bool
find_text(struct buf *b, jv v, int depth)
{
	static const char *const inner[] = { "error", "errors", "detail",
	    "message" };
	static const char *const words[] = { "message", "error_message",
	    "msg", "detail", "title", "description", "reason" };
	const char *s;
	size_t n;
	bool found = false;

	if (depth > 6)
		return false;
	if ((s = js_bytes(v, &n)) != NULL && n > 0) {
		buf_add(b, s, n);
		return true;
	}
	if (js_is_arr(v)) {
		jv first;

		if (add_details(b, v))
			return true;
		first = js_at(v, 0);
		found = find_text(b, first, depth + 1);
		js_free(first);
		return found;
	}
	found = find_nested(b, v, depth);
	for (size_t i = 0; !found && i < BASE_NITEMS(inner); i++) {
		jv x = js_get(v, inner[i]);

		if (js_is_valid(x) && !js_is_null(x))
			found = find_text(b, x, depth + 1);
		js_free(x);
	}
	for (size_t i = 0; !found && i < BASE_NITEMS(words); i++)
		found = add_member(b, v, words[i]);
	return found;
}

/* Codes and types, which tell more than the text; for classifying. */
static void
add_codes(struct buf *b, jv v)
{
	static const char *const keys[] = { "type", "code", "error_type",
	    "status" };

	for (size_t i = 0; i < BASE_NITEMS(keys); i++) {
		buf_addc(b, ' ');
		add_member(b, v, keys[i]);
	}
}

/* A status within the report: "code" as a number or as digits. */
static int
inner_status(jv v, int status)
{
	static const char *const keys[] = { "code", "status",
	    "status_code" };

	for (size_t i = 0; status < 400 && i < BASE_NITEMS(keys); i++) {
		const char *s = js_str(v, keys[i]);
		int64_t n = s != NULL ? strtol(s, NULL, 10) : 0;

		js_int(v, keys[i], 400, 599, &n);
		if (n >= 400 && n <= 599)
			status = (int)n;
	}
	return status;
}

static int
set_fault(struct err *e, const char *text, const char *all, int status,
    int shown)
{
	const char *hint = "";
	enum err_kind kind = fault_kind(all, status);
	struct overflow o = { 0, 0 };

	if (kind == ERR_OVERFLOW)
		overflow_read(all, &o);

	if (kind == ERR_OVERFLOW)
		hint = "; try a shorter talk or a larger context";
	else if (kind == ERR_AUTH)
		hint = "; try another AGENT_MODEL_API_KEY";
	else if (shown == 404)
		hint = "; try agent-gate models to see what it has";
	if (shown >= 400)
		err_set(e, kind, "%d %s: %.*s%s", shown, http_reason(shown),
		    TEXT_MAX, text, hint);
	else
		err_set(e, kind, "the server reports: %.*s%s", TEXT_MAX, text,
		    hint);
	e->http_status = shown;
	e->window = o.window;
	e->need = o.need;
	return -1;
}

/* The numbers of an overflow where they are members of the report. */
static void
take_numbers(struct err *e, jv report)
{
	static const char *const window[] = { "n_ctx", "max_model_len",
	    "context_length" };
	static const char *const need[] = { "n_prompt_tokens",
	    "prompt_tokens" };

	for (size_t i = 0; e->window == 0 && i < BASE_NITEMS(window); i++)
		js_int(report, window[i], 1, (int64_t)1 << 40, &e->window);
	for (size_t i = 0; e->need == 0 && i < BASE_NITEMS(need); i++)
		js_int(report, need[i], 1, (int64_t)1 << 40, &e->need);
}

static bool
is_report(jv v, int status)
{
	jv err = js_get(v, "error");
	bool yes = js_is_valid(err) && !js_is_null(err) &&
	    !(js_is_bool(err) && !js_bool(v, "error", false)) &&
	    !(js_is_str(err) && js_str_is(v, "error", ""));
	jv errs = js_get(v, "errors");

	if (js_is_arr(errs) && js_len(errs) > 0)
		yes = true;
	if (js_str_is(v, "object", "error") || js_str_is(v, "type", "error"))
		yes = true;
	if (js_is_obj(v) && js_has(v, "detail") && !js_has(v, "choices"))
		yes = true;
	if (status >= 400 && js_is_obj(v))
		yes = true;
	js_free(errs);
	js_free(err);
	return yes;
}

bool
fault_json(jv v, int status, struct err *e)
{
	struct buf text = BUF_INIT, all = BUF_INIT;
	jv err;

	if (js_is_arr(v)) {
		jv first = js_at(v, 0);
		bool yes = js_is_obj(first) && fault_json(first, status, e);

		js_free(first);
		return yes;
	}
	if (!is_report(v, status))
		return false;
	err = js_get(v, "error");
	if (!find_text(&text, v, 0))
		js_dump(&text, js_is_valid(err) ? err : v);
	/* The end of a string would be the end of what is said. */
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\0')
			text.data[i] = ' ';
	buf_add(&all, text.data, text.len);
	add_codes(&all, v);
	add_codes(&all, err);
	set_fault(e, buf_str(&text), buf_str(&all),
	    inner_status(v, inner_status(err, status)), status);
	if (e->kind == ERR_OVERFLOW) {
		take_numbers(e, err);
		take_numbers(e, v);
	}
	buf_free(&all);
	buf_free(&text);
	js_free(err);
	return true;
}

/* What a page of HTML says in its title, or its first words. */
static void
html_text(struct buf *b, const char *p, size_t n)
{
	const char *t = memmem(p, n, "<title>", 7), *end;
	bool tag = false;

	if (t != NULL && (end = memmem(t, n - (size_t)(t - p), "</title>",
	    8)) != NULL) {
		buf_add(b, t + 7, (size_t)(end - t - 7));
		return;
	}
	for (size_t i = 0; i < n && b->len < TEXT_MAX; i++) {
		if (p[i] == '<')
			tag = true;
		else if (p[i] == '>')
			tag = false;
		else if (!tag)
			buf_addc(b, p[i] == '\n' || p[i] == '\r' ? ' ' : p[i]);
	}
}

int
fault_body(const char *p, size_t n, int status, struct err *e)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	jv v = js_parse(p, n, &ignored);
	const char *s;

	if ((js_is_obj(v) || js_is_arr(v)) && fault_json(v, status, e)) {
		js_free(v);
		return -1;
	}
	if (js_bytes(v, NULL) != NULL)
		find_text(&text, v, 0);
	else if (n > 0)
		html_text(&text, p, n);
	s = buf_str(&text);
	s += strspn(s, " \t\r\n");
	set_fault(e, *s != '\0' ? s : "no explanation", s, status, status);
	buf_free(&text);
	js_free(v);
	return -1;
}
