/*
 * count_cmd.c - agent-gate count: how many tokens a talk is.
 *
 * Nobody is asked: the estimate of core/tokens.h, corrected by what servers
 * counted before for that model.
 */
#include "gate/count_cmd.h"

#include "gate/filter.h"
#include "gate/tally.h"

struct counted {
	int64_t	messages, tools, total;
	struct tally_model model;
};

static struct counted
count(struct gate *g)
{
	struct tally t = { 0 };
	struct counted c = { .model = tally_read(g->model) };

	request_close_calls(&g->req);
	c.messages = (int64_t)(tally_messages(&t, &g->req) * c.model.factor +
	    0.5);
	c.tools = (int64_t)(tally_tools(&g->req) * c.model.factor + 0.5);
	c.total = c.messages + c.tools;
	return c;
}

static jv
parts(const struct gate *g, const struct counted *c)
{
	jv o = js_obj();

	if (g->model != NULL)
		o = js_set_str(o, "model", g->model);
	o = js_set_int(o, "messages", (int64_t)g->req.count);
	o = js_set_int(o, "message_tokens", c->messages);
	o = js_set_int(o, "tool_tokens", c->tools);
	o = js_set_int(o, "tokens", c->total);
	o = js_set(o, "factor", js_from_num(c->model.factor));
	o = js_set_int(o, "samples", c->model.samples);
	if (g->window > 0) {
		o = js_set_int(o, "window", g->window);
		o = js_set_int(o, "left", g->window - c->total);
	}
	return o;
}

int
count_run(struct gate *g, int fd, bool json, struct out *out, struct err *e)
{
	struct counted c;

	if (filter_read(g, fd, "<stdin>", e) == -1)
		return -1;
	c = count(g);
	if (json) {
		jv o = parts(g, &c);

		out_line(out, o);
		js_free(o);
	} else {
		buf_addf(&out->b, "%lld\n", (long long)c.total);
	}
	if (out_flush(out, e) == -1)
		return -1;
	if (g->window == 0 || c.total <= g->window)
		return 0;
	err_set(e, ERR_OVERFLOW, "about %lld tokens, and the window has "
	    "%lld; try a shorter talk",
	    (long long)c.total, (long long)g->window);
	e->window = g->window;
	e->need = c.total;
	return -1;
}
