/*
 * line.c - a line of a talk, looked at without building values.
 */
#include "gate/line.h"

#include <string.h>

#include "json/js.h"

/* The members that matter; a member twice makes a line slow. */
enum member {
	M_OTHER, M_ROLE, M_CONTENT, M_CALLS, M_CALL_ID, M_TYPE, M_AGENT,
	M_EVENT, M_THOUGHT, M_COUNT
};

static bool
is_key(struct scan_span k, const char *s)
{
	return strlen(s) == k.n && memcmp(k.p, s, k.n) == 0;
}

static enum member
member(struct scan_span k)
{
	static const struct { const char *name; enum member m; } names[] = {
		{ "role", M_ROLE }, { "content", M_CONTENT },
		{ "tool_calls", M_CALLS }, { "tool_call_id", M_CALL_ID },
		{ "type", M_TYPE }, { "agent", M_AGENT },
		{ "ts", M_EVENT }, { "seq", M_EVENT },
		{ "session_id", M_EVENT }, { "turn", M_EVENT },
		{ "id", M_EVENT }, { "parent_id", M_EVENT },
		{ "model", M_EVENT }, { "finish_reason", M_EVENT },
		{ "reasoning_content", M_THOUGHT },
		{ "reasoning", M_THOUGHT }, { "thinking", M_THOUGHT },
	};

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (is_key(k, names[i].name))
			return names[i].m;
	return M_OTHER;
}

static bool
is_null(struct scan_span v)
{
	return v.n == 4 && v.p[0] == 'n';
}

static bool
is_true(struct scan_span v)
{
	return v.n == 4 && v.p[0] == 't';
}

static bool
is_text(struct scan_span v)
{
	return v.n > 2 && v.p[0] == '"';
}

static enum msg_role
role_of(struct scan_span v)
{
	if (scan_is(v, "user"))
		return MSG_USER;
	if (scan_is(v, "assistant"))
		return MSG_ASSISTANT;
	if (scan_is(v, "tool"))
		return MSG_TOOL;
	return scan_is(v, "system") ? MSG_SYSTEM : MSG_NONE;
}

/* A status that programs mean: not 0, nor that it could not be run. */
static bool
says_no(struct scan_span v)
{
	int n = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9' || n > 99)
			return false;
		n = n * 10 + (v.p[i] - '0');
	}
	return n >= 1 && n <= MSG_NO_MOST;
}

/* What the spans of the members say about the kind of line. */
static enum line_kind
judge(struct line *l, struct scan_span *at)
{
	struct scan_span content = at[M_CONTENT], calls = at[M_CALLS], v;
	bool str = content.n >= 2 && content.p[0] == '"';

	if (at[M_TYPE].n > 0 && !scan_is(at[M_TYPE], "message"))
		return is_text(at[M_TYPE]) && !scan_is(at[M_TYPE], "tools") &&
		    memchr(at[M_TYPE].p, '\\', at[M_TYPE].n) == NULL ?
		    LINE_EVENT : LINE_SLOW;
	l->role = role_of(at[M_ROLE]);
	if (at[M_AGENT].n > 0) {
		l->failed = scan_find(at[M_AGENT].p, at[M_AGENT].n,
		    "is_error", &v) && is_true(v);
		l->said_no = scan_find(at[M_AGENT].p, at[M_AGENT].n,
		    "exit_code", &v) && says_no(v);
		l->refused = scan_find(at[M_AGENT].p, at[M_AGENT].n,
		    "refused", &v) && is_true(v);
	}
	if (calls.n > 0 && !is_null(calls) && !(calls.n == 2 &&
	    l->role == MSG_ASSISTANT))
		return LINE_SLOW;
	switch (l->role) {
	case MSG_SYSTEM:
	case MSG_USER:
		return str ? LINE_PLAIN : LINE_SLOW;
	case MSG_ASSISTANT:
		return is_text(content) ? LINE_PLAIN : LINE_SLOW;
	case MSG_TOOL:
		l->id = at[M_CALL_ID];
		if (!str || !is_text(l->id) ||
		    memchr(l->id.p, '\\', l->id.n) != NULL)
			return LINE_SLOW;
		l->id.p++;
		l->id.n -= 2;
		return LINE_PLAIN;
	default:
		return LINE_SLOW;
	}
}

void
line_read(struct line *l, const char *p, size_t n)
{
	struct scan_span at[M_COUNT], key, v;
	struct scan_info info;
	size_t pos = 0;

	memset(l, 0, sizeof(*l));
	memset(at, 0, sizeof(at));
	l->kind = LINE_SLOW;
	if (!scan_text(p, n, JS_DEPTH, &info) || info.surrogate || info.bytes)
		return;
	while (scan_member(p, n, &pos, &key, &v)) {
		enum member m = member(key);

		if (memchr(key.p, '\\', key.n) != NULL)
			return;
		if (m == M_THOUGHT && !is_null(v))
			l->thoughts = true;
		if (m == M_OTHER || m == M_EVENT || m == M_THOUGHT)
			continue;
		if (at[m].n > 0)
			return;
		at[m] = v;
	}
	l->kind = judge(l, at);
}

/* Append a member behind those that are there. */
static void
add_member(struct buf *out, struct scan_span key, struct scan_span v)
{
	if (out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	buf_addc(out, '"');
	buf_add(out, key.p, key.n);
	buf_add(out, "\":", 2);
	buf_add(out, v.p, v.n);
}

void
line_copy(struct buf *out, const char *p, size_t n)
{
	struct scan_span key, v, type;
	size_t pos = 0;
	bool event = scan_find(p, n, "type", &type) &&
	    scan_is(type, "message");

	buf_grow(out, n + 1);
	buf_addc(out, '{');
	while (scan_member(p, n, &pos, &key, &v)) {
		enum member m = member(key);

		if (m == M_AGENT || m == M_CALLS || is_null(v) ||
		    (event && (m == M_EVENT || m == M_TYPE)))
			continue;
		add_member(out, key, v);
	}
	buf_addc(out, '}');
}

void
line_drop_thoughts(struct buf *out, const char *p, size_t n)
{
	struct scan_span key, v;
	size_t pos = 0;

	buf_addc(out, '{');
	while (scan_member(p, n, &pos, &key, &v))
		if (member(key) != M_THOUGHT)
			add_member(out, key, v);
	buf_addc(out, '}');
}

/* The object that begins at p, when it has an end. */
static size_t
object_length(const char *p, size_t n)
{
	struct scan_span key, v;
	size_t pos = 0, end = 1;

	while (scan_member(p, n, &pos, &key, &v))
		end = pos;
	while (end < n && strchr(" \t\r\n", p[end]) != NULL && p[end] != '\0')
		end++;
	return end < n && p[end] == '}' ? end + 1 : 0;
}

bool
line_quote_args(struct buf *out, const char *p, size_t n)
{
	static const char word[] = "\"arguments\"";
	const char *end = p + n, *from = p, *at = p;
	bool any = false;

	/* Within a string the last quote would have a backslash before it,
	 * and what is no key has no colon behind it. */
	while ((at = memmem(at, (size_t)(end - at), word, sizeof(word) - 1)) !=
	    NULL) {
		size_t len;

		at += sizeof(word) - 1;
		while (at < end && strchr(" \t\r\n:", *at) != NULL)
			at++;
		if (at == end || *at != '{')
			continue;
		len = object_length(at, (size_t)(end - at));
		if (len == 0)
			break;
		buf_add(out, from, (size_t)(at - from));
		js_quote(out, at, len);
		from = at += len;
		any = true;
	}
	if (any)
		buf_add(out, from, (size_t)(end - from));
	return any;
}
