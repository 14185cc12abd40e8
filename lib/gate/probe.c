/*
 * probe.c - agent-gate models --probe: what a model can, by trying.
 *
 * What a model is asked is made so that the right answer is plain: one tool,
 * whose name the question says; a form that the question does not mention,
 * so that only a server that holds the model to it gets it.
 */
#include "gate/probe.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/clock.h"
#include "core/msg.h"
#include "gate/fault.h"
#include "gate/gate.h"
#include "gate/probe_keep.h"

static const char tool[] =
    "{\"type\":\"tools\",\"tools\":[{\"type\":\"function\",\"function\":{"
    "\"name\":\"get_weather\",\"description\":\"The weather in a city.\","
    "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{"
    "\"type\":\"string\"}},\"required\":[\"city\"]}}}]}";
static const char no_tool[] = "{\"type\":\"tools\",\"tools\":[]}";
static const char form[] =
    "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\","
    "\"strict\":true,\"schema\":{\"type\":\"object\",\"properties\":{"
    "\"greeting\":{\"type\":\"string\"},\"count\":{\"type\":\"integer\"}},"
    "\"required\":[\"greeting\",\"count\"],"
    "\"additionalProperties\":false}}}";

struct run {
	struct gate	 g;
	struct settings	 set;		/* the user's, but for the limits */
	struct probe	 found;
	int64_t		 began, first;	/* of a streamed answer, clock_ms */
	uint64_t	 pieces;
};

static int
push(struct run *r, const char *line, struct err *e)
{
	return gate_push(&r->g, line, strlen(line), e);
}

static void
on_piece(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct run *r = arg;

	(void)kind, (void)p, (void)n, (void)index, (void)name;
	if (r->pieces++ == 0)
		r->first = clock_ms();
}

static jv
ask(struct run *r, bool stream, struct err *e)
{
	struct sink sink = { .delta = stream ? on_piece : NULL, .arg = r };
	jv msg;

	r->began = clock_ms();
	r->pieces = 0;
	if (gate_ask(&r->g, stream, &sink, &msg, e) == -1) {
		js_free(msg);
		return js_none();
	}
	return msg;
}

/* Begin anew with one question. */
static int
question(struct run *r, const char *tools, const char *text, struct err *e)
{
	jv m = js_set_str(js_set_str(js_obj(), "role", "user"), "content",
	    text);
	struct buf b = BUF_INIT;
	int rc;

	gate_reset(&r->g);
	js_dump(&b, m);
	rc = push(r, tools, e) == 0 && push(r, buf_str(&b), e) == 0 ? 0 : -1;
	buf_free(&b);
	js_free(m);
	return rc;
}

static int64_t
usage(jv msg, const char *key)
{
	jv agent = js_get(msg, "agent"), u = js_get(agent, "usage");
	int64_t n = 0;

	js_int(u, key, 0, INT64_C(1) << 40, &n);
	js_free(u);
	js_free(agent);
	return n;
}

/* A plain answer; nothing else is tried when there is none. */
static int
probe_plain(struct run *r, struct err *e)
{
	jv msg;

	if (question(r, no_tool, "Say hello.", e) == -1)
		return -1;
	msg = ask(r, false, e);
	if (!js_is_valid(msg))
		return -1;
	r->found.answer_ms = clock_ms() - r->began;
	r->found.usage = usage(msg, "input_tokens") > 0;
	if (js_has(msg, "reasoning_content"))
		r->found.reasoning = true;
	js_free(msg);
	return 0;
}

static void
probe_stream(struct run *r)
{
	struct err why = ERR_INIT;
	int64_t ms;
	jv msg;

	if (question(r, no_tool, "Count from one to twenty in words.",
	    &why) == -1)
		return;
	msg = ask(r, true, &why);
	ms = clock_ms() - r->first;
	r->found.streams = js_is_valid(msg) && r->pieces > 1;
	r->found.stream_usage = usage(msg, "output_tokens") > 0;
	if (r->found.streams && ms > 0)
		r->found.speed = (double)usage(msg, "output_tokens") * 1000 /
		    (double)ms;
	js_free(msg);
}

/* The first format in which calls were found. */
static void
take_format(struct probe *f, jv msg)
{
	jv agent = js_get(msg, "agent"), rec = js_get(agent, "recovered");
	jv formats = js_get(rec, "formats"), one = js_at(formats, 0);

	f->tools = js_is_obj(rec) ? PROBE_TEXT : PROBE_NATIVE;
	if (js_cstr(one) != NULL)
		strlcpy(f->format, js_cstr(one), sizeof(f->format));
	js_free(one);
	js_free(formats);
	js_free(rec);
	js_free(agent);
}

/* Answer the call, and see whether the model takes the result. */
static void
probe_result(struct run *r, jv msg)
{
	struct err why = ERR_INIT;
	jv calls = js_get(msg, "tool_calls"), call = js_at(calls, 0);
	const char *id = js_str(call, "id");
	struct buf b = BUF_INIT;
	jv m = js_set_str(js_obj(), "role", "tool"), answer;

	m = js_set_str(m, "tool_call_id", id != NULL ? id : "");
	m = js_set_str(m, "content", "rain, 7 degrees");
	js_dump(&b, m);
	if (push(r, buf_str(&b), &why) == 0) {
		answer = ask(r, false, &why);
		r->found.results = js_is_valid(answer);
		js_free(answer);
	}
	buf_free(&b);
	js_free(m);
	js_free(call);
	js_free(calls);
}

static void
probe_tools(struct run *r)
{
	struct err why = ERR_INIT;
	jv msg;

	if (question(r, tool, "What is the weather in Paris? Call get_weather.",
	    &why) == -1)
		return;
	msg = ask(r, false, &why);
	if (js_is_valid(msg) && msg_ncalls(msg) > 0) {
		take_format(&r->found, msg);
		if (r->g.req.repair & REPAIR_TEXT_TOOLS)
			r->found.tools = PROBE_REFUSED;
		probe_result(r, msg);
	} else if (r->g.req.repair & REPAIR_TEXT_TOOLS) {
		r->found.tools = PROBE_REFUSED;
	}
	js_free(msg);
}

/* True when the content is an object of the form. */
static bool
in_form(jv msg)
{
	struct err ignored = ERR_INIT;
	size_t n = 0;
	jv content = js_get(msg, "content"), v;
	const char *p = js_bytes(content, &n);
	bool good;
	int64_t count;

	v = p != NULL ? js_parse(p, n, &ignored) : js_none();
	good = js_is_obj(v) && js_str(v, "greeting") != NULL &&
	    js_int(v, "count", -(INT64_C(1) << 40), INT64_C(1) << 40, &count);
	js_free(v);
	js_free(content);
	return good;
}

static void
probe_form(struct run *r)
{
	struct err why = ERR_INIT;
	jv msg;

	if (question(r, no_tool, "Say hello.", &why) == -1)
		return;
	request_format(&r->g.req, form, NULL);
	msg = ask(r, false, &why);
	if (!js_is_valid(msg) || (r->g.req.repair & REPAIR_NO_FORMAT))
		r->found.form = PROBE_FORM_REFUSED;
	else
		r->found.form = in_form(msg) ? PROBE_FORM_KEPT :
		    PROBE_FORM_IGNORED;
	request_format(&r->g.req, NULL, NULL);
	js_free(msg);
}

static int
probe_all(struct run *r, struct err *e)
{
	if (gate_prepare(&r->g, NULL, GATE_PLAIN, e) == -1 ||
	    gate_connect(&r->g, GATE_WINDOW, e) == -1)
		return -1;
	if (r->g.kind != GATE_SERVER)
		return err_set(e, ERR_USAGE, "models --probe: %.80s is no "
		    "server", r->set.url);
	if (probe_plain(r, e) == -1)
		return -1;
	probe_stream(r);
	probe_tools(r);
	probe_form(r);
	r->found.base = r->g.base;
	r->found.model = r->g.model;
	r->found.window = r->g.window;
	r->found.window_max = r->g.window_max;
	r->found.repairs = r->g.req.repair &
	    ~(unsigned)(REPAIR_TEXT_TOOLS | REPAIR_NO_FORMAT);
	return 0;
}

int
probe_cmd(const struct settings *s, bool json, struct out *out,
    struct err *e)
{
	struct run r = { .set = *s };
	int rc;

	/* As the model is, not as somebody said that it was. */
	r.set.v[SET_PROFILE].value = "none";
	if (r.set.v[SET_MAX_TOKENS].value == NULL)
		r.set.max_tokens = PROBE_TOKENS;
	gate_init(&r.g, &r.set);
	rc = probe_all(&r, e);
	if (rc == 0) {
		char *path = probe_keep(&r.found, e);

		rc = path != NULL ? 0 : -1;
		probe_show(&r.found, path, json, &out->b);
		free(path);
		if (out_flush(out, rc == 0 ? e : &(struct err)ERR_INIT) == -1)
			rc = -1;
	}
	gate_close(&r.g);
	return rc;
}
