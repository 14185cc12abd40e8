/*
 * dialect.c - messages in the words that one server takes.
 */
#include "gate/dialect.h"

#include <ctype.h>
#include <string.h>

#include "core/ids.h"
#include "core/msg.h"
#include "gate/fault.h"
#include "gate/line.h"

#define ID_LENGTH	9
#define BETWEEN		"OK."	/* an answer that servers want to see */
#define JOINT		"\n\n"	/* between texts that become one */
#define EMPTY		"(empty)"
#define NAME_MAX_LEN	64

void
dialect_reset(struct dialect *d)
{
	d->last = 0;
	d->last_at = 0;
}

void
dialect_id(struct buf *out, const char *id)
{
	static const char digits[] = "0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char hash[65];
	uint64_t v = 0;
	size_t n = 0;

	while (isalnum((unsigned char)id[n]))
		n++;
	if (n == ID_LENGTH && id[n] == '\0') {
		buf_adds(out, id);
		return;
	}
	ids_sha256(hash, id, strlen(id));
	for (size_t i = 0; i < 15; i++)
		v = v << 4 | (uint64_t)(hash[i] <= '9' ? hash[i] - '0' :
		    hash[i] - 'a' + 10);
	for (size_t i = 0; i < ID_LENGTH; i++, v /= 62)
		buf_addc(out, digits[v % 62]);
}

static jv
short_id(jv o, const char *key)
{
	const char *id = js_str(o, key);
	struct buf b = BUF_INIT;

	if (id == NULL)
		return o;
	dialect_id(&b, id);
	o = js_set(o, key, js_from_buf(&b));
	buf_free(&b);
	return o;
}

static jv
short_ids(jv m)
{
	jv calls = js_get(m, "tool_calls"), out = js_arr();

	for (size_t i = 0; i < js_len(calls); i++)
		out = js_push(out, short_id(js_at(calls, i), "id"));
	if (js_len(out) > 0)
		m = js_set(m, "tool_calls", out);
	else
		js_free(out);
	js_free(calls);
	return short_id(m, "tool_call_id");
}

/* The name with letters, digits, _ and - only. */
static jv
plain_name(jv o)
{
	const char *name = js_str(o, "name");
	struct buf b = BUF_INIT;

	if (name == NULL)
		return o;
	for (size_t i = 0; name[i] != '\0' && i < NAME_MAX_LEN; i++)
		buf_addc(&b, isalnum((unsigned char)name[i]) ||
		    name[i] == '-' ? name[i] : '_');
	o = js_set(o, "name", js_from_buf(&b));
	buf_free(&b);
	return o;
}

/* The function of each element with such a name; consumes list. */
jv
dialect_names_take(jv list)
{
	jv out = js_arr();

	for (size_t i = 0; i < js_len(list); i++) {
		jv o = js_at(list, i), f = js_get(o, "function");

		out = js_push(out, js_is_obj(f) ? js_set(o, "function",
		    plain_name(js_ref(f))) : js_ref(o));
		if (!js_is_obj(f))
			js_free(o);
		js_free(f);
	}
	js_free(list);
	return out;
}

/* Calls without what other servers gave them, or with a signature that says
 * that there is none, in the place where it has to be. */
static jv
signatures(jv m, bool keep, bool fill)
{
	static const char none[] = "{\"google\":{\"thought_signature\":"
	    "\"skip_thought_signature_validator\"}}";
	struct err ignored = ERR_INIT;
	jv calls = js_get(m, "tool_calls"), out = js_arr();

	for (size_t i = 0; i < js_len(calls); i++) {
		jv c = js_at(calls, i);

		if (!keep && js_has(c, "extra_content"))
			c = js_del(c, "extra_content");
		else if (fill && i == 0 && !js_has(c, "extra_content"))
			c = js_set(c, "extra_content", js_parse(none,
			    sizeof(none) - 1, &ignored));
		out = js_push(out, c);
	}
	js_free(calls);
	return js_set(m, "tool_calls", out);
}

/* No member that some server could not know. */
static jv
bare(jv m, bool thoughts)
{
	static const char *const known[] = { "role", "content",
	    "tool_calls", "tool_call_id", "reasoning_content" };
	jv out = js_obj();
	size_t n = BASE_NITEMS(known) - (thoughts ? 0 : 1);

	for (size_t i = 0; i < n; i++)
		out = js_copy_key(out, known[i], m, known[i]);
	js_free(m);
	return out;
}

static jv
filled(jv m, bool calls)
{
	jv c = js_get(m, "content");

	if (js_is_null(c) || !js_is_valid(c) || js_str_is(m, "content", ""))
		m = js_set_str(m, "content", calls ? BETWEEN : EMPTY);
	js_free(c);
	return m;
}

/* Text parts as one string, when there are no others. */
static jv
plain_parts(jv m)
{
	jv parts = js_get(m, "content");
	bool text = js_is_arr(parts);
	struct buf b = BUF_INIT;

	for (size_t i = 0; text && i < js_len(parts); i++) {
		jv part = js_at(parts, i);

		text = js_is_str(part) || js_str_is(part, "type", "text");
		js_free(part);
	}
	if (text) {
		msg_content(&b, m);
		m = js_set(m, "content", js_from_buf(&b));
		buf_free(&b);
	}
	js_free(parts);
	return m;
}

/* Reasoning as the servers want it back that want it at all. */
static jv
thoughts(jv m)
{
	static const char *const other[] = { "reasoning", "thinking" };

	for (size_t i = 0; i < BASE_NITEMS(other); i++) {
		if (!js_has(m, "reasoning_content"))
			m = js_copy_key(m, "reasoning_content", m, other[i]);
		if (js_has(m, other[i]))
			m = js_del(m, other[i]);
	}
	if (!js_has(m, "reasoning_content"))
		m = js_set_str(m, "reasoning_content", "");
	return m;
}

/* Calls as text, in the notation that most models were trained with. */
static jv
calls_as_text(jv m)
{
	struct buf b = BUF_INIT;
	size_t n = msg_ncalls(m);

	msg_content(&b, m);
	for (size_t i = 0; i < n; i++) {
		const char *name, *args;
		size_t len;

		msg_call(m, i, NULL, &name, &args, &len);
		buf_adds(&b, b.len > 0 ? "\n<tool_call>\n{\"name\": " :
		    "<tool_call>\n{\"name\": ");
		js_quote(&b, name, strlen(name));
		buf_adds(&b, ", \"arguments\": ");
		buf_add(&b, args, len);
		buf_adds(&b, "}\n</tool_call>");
	}
	m = js_del(m, "tool_calls");
	m = js_set(m, "content", js_from_buf(&b));
	buf_free(&b);
	return m;
}

static jv
result_as_text(jv m)
{
	struct buf b = BUF_INIT;
	jv out = js_set_str(js_obj(), "role", "user");

	buf_adds(&b, "<tool_response>\n");
	msg_content(&b, m);
	buf_adds(&b, "\n</tool_response>");
	out = js_set(out, "content", js_from_buf(&b));
	buf_free(&b);
	js_free(m);
	return out;
}

bool
dialect_calls(char mark)
{
	return mark == DIALECT_CALLS || mark == DIALECT_THOUGHT_CALLS ||
	    mark == DIALECT_EXTRA || mark == DIALECT_THOUGHT_EXTRA;
}

static bool
is_answer(char mark)
{
	return mark == DIALECT_ANSWER || mark == DIALECT_THOUGHT ||
	    dialect_calls(mark);
}

static bool
wants_thoughts(const struct dialect *d)
{
	return (d->repair & REPAIR_REASONING) &&
	    !(d->repair & REPAIR_NO_REASONING);
}

static jv
named(jv m, char mark)
{
	if (dialect_calls(mark))
		return js_set(m, "tool_calls", dialect_names_take(js_get(m,
		    "tool_calls")));
	return mark == DIALECT_TOOL ? plain_name(m) : m;
}

/* The message alone, as the repairs say; *mark follows its role. */
static jv
translate(struct dialect *d, jv m, char *mark)
{
	unsigned r = d->repair;

	if (r & REPAIR_PLAIN_PARTS)
		m = plain_parts(m);
	if (is_answer(*mark) && wants_thoughts(d))
		m = thoughts(m);
	if (dialect_calls(*mark))
		m = signatures(m, r & REPAIR_SIGNATURES, r & REPAIR_SIGN);
	if ((r & REPAIR_TEXT_TOOLS) && dialect_calls(*mark)) {
		m = calls_as_text(m);
		*mark = DIALECT_ANSWER;
	} else if ((r & REPAIR_TEXT_TOOLS) && *mark == DIALECT_TOOL) {
		m = result_as_text(m);
		*mark = DIALECT_USER;
	} else if ((r & REPAIR_EMPTY) && dialect_calls(*mark)) {
		jv c = js_get(m, "content");

		if (js_is_null(c) || !js_is_valid(c))
			m = js_set_str(m, "content", "");
		js_free(c);
	}
	if (r & REPAIR_FILLED)
		m = filled(m, dialect_calls(*mark));
	if (r & REPAIR_IDS)
		m = short_ids(m);
	if (r & REPAIR_NAMES)
		m = named(m, *mark);
	if (r & REPAIR_BARE)
		m = bare(m, wants_thoughts(d));
	if ((r & REPAIR_NO_SYSTEM) && *mark == DIALECT_SYSTEM) {
		m = js_set_str(m, "role", "user");
		*mark = DIALECT_USER;
	}
	if ((r & REPAIR_ALTERNATE) && *mark == DIALECT_SYSTEM &&
	    d->last != 0) {
		m = js_set_str(m, "role", "user");
		*mark = DIALECT_USER;
	}
	return m;
}

static void
put(struct dialect *d, struct buf *out, char mark, const char *p, size_t n)
{
	if (d->last != 0)
		buf_addc(out, ',');
	d->last_at = out->len;
	d->last = mark;
	buf_add(out, p, n);
}

static void
put_value(struct dialect *d, struct buf *out, char mark, jv m)
{
	struct buf b = BUF_INIT;

	js_dump(&b, m);
	put(d, out, mark, b.data, b.len);
	buf_free(&b);
}

/* True when the message is to become part of the one before it. */
static bool
merges(const struct dialect *d, char mark)
{
	if (!(d->repair & REPAIR_ALTERNATE))
		return false;
	if (mark == DIALECT_USER)
		return d->last == DIALECT_USER;
	return is_answer(mark) && is_answer(d->last) && !dialect_calls(d->last);
}

/* Contents joined: as one string, or as one array when one is an array. */
static jv
join(jv a, jv b)
{
	jv ca = js_get(a, "content"), cb = js_get(b, "content");
	struct buf text = BUF_INIT;

	if (js_is_arr(ca) && js_is_arr(cb)) {
		for (size_t i = 0; i < js_len(cb); i++)
			ca = js_push(ca, js_at(cb, i));
		b = js_set(b, "content", js_ref(ca));
	} else {
		msg_content(&text, a);
		if (text.len > 0 && js_is_str(cb))
			buf_adds(&text, JOINT);
		msg_content(&text, b);
		b = js_set(b, "content", js_from_buf(&text));
		buf_free(&text);
	}
	js_free(ca);
	js_free(cb);
	js_free(a);
	return b;
}

static void
merge(struct dialect *d, struct buf *out, char mark, jv m)
{
	struct err ignored = ERR_INIT;
	jv old = js_parse(out->data + d->last_at, out->len - d->last_at,
	    &ignored);
	size_t at = d->last_at;

	if (js_is_obj(old))
		m = join(old, m);
	buf_cut(out, at);
	js_dump(out, m);
	d->last = mark;
	js_free(m);
}

/* The system message with the preamble behind its text. */
static jv
with_preamble(struct dialect *d, jv m)
{
	struct buf b = BUF_INIT;

	msg_content(&b, m);
	if (b.len > 0)
		buf_adds(&b, JOINT);
	buf_adds(&b, d->preamble);
	m = js_set(m, "content", js_from_buf(&b));
	buf_free(&b);
	return m;
}

/* True when the bytes may be copied as they are. */
static bool
is_same(const struct dialect *d, char mark)
{
	unsigned r = d->repair & (REPAIR_ORDER | REPAIR_ALTERNATE |
	    REPAIR_EMPTY | REPAIR_IDS | REPAIR_REASONING | REPAIR_SIGN |
	    REPAIR_PLAIN_PARTS | REPAIR_TEXT_TOOLS | REPAIR_NAMES |
	    REPAIR_NO_SYSTEM | REPAIR_BARE | REPAIR_FILLED);

	if (mark == DIALECT_EXTRA && !(d->repair & REPAIR_SIGNATURES))
		return false;
	return r == 0 && mark >= 'a' && (d->preamble == NULL ||
	    d->last != 0);
}

/* What has to stand between the message before and this one. */
static void
put_between(struct dialect *d, struct buf *out, char mark)
{
	static const char answer[] =
	    "{\"role\":\"assistant\",\"content\":\"" BETWEEN "\"}";
	jv m;

	if (d->preamble != NULL && d->last == 0 && mark != DIALECT_SYSTEM) {
		bool user = d->repair & REPAIR_NO_SYSTEM;

		m = js_set_str(js_obj(), "role", user ? "user" : "system");
		put_value(d, out, user ? DIALECT_USER : DIALECT_SYSTEM,
		    m = with_preamble(d, m));
		js_free(m);
	}
	if ((d->repair & (REPAIR_ORDER | REPAIR_ALTERNATE)) &&
	    mark == DIALECT_USER && d->last == DIALECT_TOOL)
		put(d, out, DIALECT_ANSWER, answer, sizeof(answer) - 1);
}

void
dialect_add(struct dialect *d, struct buf *out, enum dialect_mark as,
    const char *p, size_t n)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	char mark = (char)as;
	jv m;

	if (is_same(d, mark)) {
		put(d, out, mark, p, n);
		return;
	}
	if (mark < 'a' && !wants_thoughts(d)) {
		line_drop_thoughts(&b, p, n);
		mark = mark == DIALECT_THOUGHT ? DIALECT_ANSWER :
		    mark == DIALECT_THOUGHT_EXTRA ? DIALECT_EXTRA :
		    DIALECT_CALLS;
		p = b.data;
		n = b.len;
		if (is_same(d, mark)) {
			put(d, out, mark, p, n);
			buf_free(&b);
			return;
		}
	}
	m = js_parse(p, n, &ignored);
	if (js_is_obj(m)) {
		m = translate(d, m, &mark);
		put_between(d, out, mark);
		if (d->preamble != NULL && d->last == 0)
			m = with_preamble(d, m);
		if (merges(d, mark))
			merge(d, out, mark, js_ref(m));
		else
			put_value(d, out, mark, m);
	}
	js_free(m);
	buf_free(&b);
}
