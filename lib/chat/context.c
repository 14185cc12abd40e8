/*
 * context.c - how much of the model's window the talk takes.
 */
#include "chat/context.h"

#include "core/msg.h"
#include "core/tokens.h"

#include <string.h>

#define RESERVE		4096	/* tokens kept free for an answer */
#define FACTOR_LEAST	0.5	/* what a server counts is believed */
#define FACTOR_MOST	2.5	/* within these */
#define RAW_LEAST	200.0
#define BYTES_A_TOKEN	3	/* of results, on the safe side */

static const char assumed[] = "assumed";

void
context_init(struct context *x)
{
	memset(x, 0, sizeof(*x));
	compact_init(&x->talk);
	x->factor = 1;
	x->source = "unknown";
}

void
context_free(struct context *x)
{
	compact_free(&x->talk);
}

void
context_window(struct context *x, int64_t window, const char *source)
{
	x->window = window;
	x->source = source;
}

/* The name of who told the window, of the few that there are. */
static const char *
source_of(jv gate)
{
	static const char *const names[] = { "configuration", "profile" };

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (js_str_is(gate, "window_source", names[i]))
			return names[i];
	return "server";
}

void
context_assume(struct context *x)
{
	if (x->window == 0)
		context_window(x, CONTEXT_ASSUMED, assumed);
}

void
context_hello(struct context *x, jv gate, jv tool)
{
	jv tools = js_get(tool, "tools");
	struct buf b = BUF_INIT;
	double factor = js_num(gate, "factor", 1);
	int64_t n;

	if (x->window == 0 && js_int(gate, "window", 1, (int64_t)1 << 40, &n))
		context_window(x, n, source_of(gate));
	x->silent = js_bool(gate, "silent", false);
	x->offline = js_str_is(gate, "source", "offline");
	js_int(gate, "window_max", 1, (int64_t)1 << 40, &x->window_max);
	if (!x->counted && factor >= FACTOR_LEAST && factor <= FACTOR_MOST)
		x->factor = factor;
	x->tools = 0;
	x->ntools = js_is_arr(tools) ? js_len(tools) : 0;
	if (x->ntools > 0) {
		js_dump(&b, tools);
		x->tools = tokens_tools(buf_str(&b), b.len);
	}
	x->talk.factor = x->factor;
	buf_free(&b);
	js_free(tools);
}

void
context_other(struct context *x, jv gate, jv tool)
{
	x->window = x->window_max = x->last_in = 0;
	x->source = "unknown";
	x->counted = false;
	x->factor = 1;
	context_hello(x, gate, tool);
}

/* What the server counted, against what was estimated. */
static void
learn(struct context *x, jv usage)
{
	double raw = (double)compact_tokens(&x->talk) / x->talk.factor +
	    x->tools;
	int64_t in = 0, out = 0;
	double factor;

	if (!js_int(usage, "input_tokens", 1, (int64_t)1 << 40, &in) ||
	    raw < RAW_LEAST || js_bool(usage, "truncated", false))
		return;
	js_int(usage, "output_tokens", 0, (int64_t)1 << 40, &out);
	factor = (double)(in + out) / raw;
	if (factor < FACTOR_LEAST || factor > FACTOR_MOST)
		return;
	x->factor = x->talk.factor = factor;
	x->counted = true;
}

void
context_event(struct context *x, jv ev)
{
	if (msg_classify(ev) == MSG_LINE_MESSAGE)
		compact_add(&x->talk, ev);
	else if (js_str_is(ev, "type", "usage")) {
		x->silent = false;
		learn(x, ev);
	}
}

bool
context_cut(struct context *x, jv usage)
{
	double expected = (double)compact_tokens(&x->talk) +
	    x->tools * x->factor;
	int64_t in = 0, last = x->last_in;

	if (!js_int(usage, "input_tokens", 1, (int64_t)1 << 40, &in))
		return false;
	x->last_in = in;
	/* Very few are no cut: some servers count only what they had not
	 * read before. */
	return x->counted && in < last && (double)in < expected * 0.93 &&
	    (double)in > expected * 0.25;
}

static int64_t
reserve(const struct context *x)
{
	int64_t most = x->max_tokens > 0 ? x->max_tokens : RESERVE;

	if (x->window > 0 && most > x->window / 4)
		most = x->window / 4;
	return most;
}

/* How many messages the system prompt is. */
static size_t
systems(const struct context *x)
{
	size_t n = 0;

	while (n < x->talk.n && msg_role(x->talk.v[n].msg) == MSG_SYSTEM)
		n++;
	return n;
}

void
context_parts(const struct context *x, struct context_parts *p)
{
	double fixed = 0;
	size_t n = systems(x);

	memset(p, 0, sizeof(*p));
	for (size_t i = 0; i < n; i++)
		fixed += x->talk.v[i].tokens;
	p->window = x->window;
	p->fixed = (int64_t)(fixed * x->factor + 0.5);
	p->tools = (int64_t)(x->tools * x->factor + 0.5);
	p->history = compact_tokens(&x->talk) - p->fixed;
	p->reserve = reserve(x);
	if (p->window > 0)
		p->left = p->window - p->fixed - p->tools - p->history -
		    p->reserve;
}

int64_t
context_room(const struct context *x)
{
	return x->window - reserve(x) - (int64_t)(x->tools * x->factor + 0.5);
}

bool
context_fits(const struct context *x)
{
	return x->mode == CONTEXT_OFF || x->window == 0 ||
	    compact_tokens(&x->talk) <= context_room(x);
}

size_t
context_result_max(const struct context *x)
{
	int64_t room = context_room(x);

	if (x->mode == CONTEXT_OFF || x->window == 0)
		return 0;
	return room < 4000 ? 1000 * BYTES_A_TOKEN :
	    (size_t)room / 4 * BYTES_A_TOKEN;
}

/* ---- to be seen ---- */

static void
line(struct buf *b, const char *name, int64_t n, const char *sign,
    const char *what)
{
	buf_addf(b, "%-14s %1s%8lld  %s\n", name, sign, (long long)n, what);
}

void
context_show(const struct context *x, int64_t cached, int64_t input,
    struct buf *b)
{
	struct context_parts p;
	struct buf what = BUF_INIT;
	size_t n;

	context_parts(x, &p);
	if (p.window > 0) {
		buf_addf(&what, x->source == assumed ? "tokens, %s" :
		    "tokens, says the %s", x->source);
		if (x->silent)
			buf_adds(&what, ": no server answers");
		if (x->window_max > p.window)
			buf_addf(&what, "; the model could have %lld",
			    (long long)x->window_max);
		line(b, "window", p.window, "", buf_str(&what));
	} else {
		buf_addf(b, "window               ?  the %s; set \"window\" in "
		    "config.json\n", x->offline ? "offline model has none" :
		    "server does not say");
	}
	line(b, "fixed prompt", p.fixed, "-", "system prompt and AGENTS.md");
	buf_reset(&what);
	buf_addf(&what, "%zu schema%s", x->ntools, x->ntools == 1 ? "" : "s");
	line(b, "tools", p.tools, "-", buf_str(&what));
	buf_reset(&what);
	n = x->talk.n - systems(x);
	buf_addf(&what, "%zu message%s%s", n, n == 1 ? "" : "s", x->counted ?
	    ", by the server's count" : ", estimated");
	line(b, "history", p.history, "-", buf_str(&what));
	line(b, "reserve", p.reserve, "-", "for the answer");
	if (p.window > 0)
		line(b, "left", p.left, "=", p.left < 0 ?
		    "too long: it will be shortened" : "");
	if (x->runs > 0)
		buf_addf(b, "shortened %lld time%s\n", (long long)x->runs,
		    x->runs == 1 ? "" : "s");
	if (cached > 0 && input > 0)
		buf_addf(b, "reused by the server: %lld of %lld input tokens "
		    "(%lld%%)\n", (long long)cached, (long long)input,
		    (long long)(cached * 100 / input));
	buf_free(&what);
}

jv
context_json(const struct context *x, int64_t cached, int64_t input)
{
	struct context_parts p;
	jv o = js_obj();

	context_parts(x, &p);
	if (p.window > 0) {
		o = js_set_int(o, "window", p.window);
		o = js_set_str(o, "window_source", x->source);
	}
	if (x->silent)
		o = js_set_bool(o, "silent", true);
	if (x->window_max > 0)
		o = js_set_int(o, "window_max", x->window_max);
	o = js_set_int(o, "fixed", p.fixed);
	o = js_set_int(o, "tools", p.tools);
	o = js_set_int(o, "history", p.history);
	o = js_set_int(o, "reserve", p.reserve);
	if (p.window > 0)
		o = js_set_int(o, "left", p.left);
	o = js_set_int(o, "messages", (int64_t)x->talk.n);
	o = js_set_bool(o, "estimated", !x->counted);
	if (input > 0) {
		o = js_set_int(o, "input_tokens", input);
		o = js_set_int(o, "cached_input_tokens", cached);
	}
	return o;
}
