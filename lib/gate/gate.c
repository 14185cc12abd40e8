/*
 * gate.c - one conversation with a model, whatever answers for it.
 */
#include "gate/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/msg.h"
#include "gate/key.h"
#include "gate/models.h"
#include "gate/tools.h"

/* The delta callback of an answer: to the sink and into the recording. */
struct tee {
	struct gate	*g;
	const struct sink *sink;
};

static void
say(struct gate *g, const char *text)
{
	if (g->note != NULL)
		g->note(g->note_arg, text);
}

static void
on_note(void *arg, const char *text)
{
	say(arg, text);
}

/* Take the model and its window from a list. */
static void
take_list(struct gate *g, jv list)
{
	const char *model = g->model != NULL ? g->model : models_pick(list);

	if (model != NULL && g->window == 0)
		g->window = models_window(list, model);
	if (g->model == NULL && model != NULL)
		g->model = xstrdup(model);
}

/* Find a server on this machine. */
static int
find_server(struct gate *g, struct err *e)
{
	jv list = models_find(g->http, g->set, false, e), first;

	if (!js_is_valid(list))
		return -1;
	first = js_at(list, 0);
	g->base = xstrdup(js_str(first, "url"));
	g->found = true;
	take_list(g, list);
	js_free(first);
	js_free(list);
	return 0;
}

/* The server is named: ask it for what was not said about the model. */
static void
learn_model(struct gate *g, enum gate_flags flags, const char *key)
{
	struct err ignored = ERR_INIT;
	bool wanted = g->model == NULL || ((flags & GATE_WINDOW) &&
	    g->window == 0 && http_is_loopback(g->base));
	jv list;

	if (!wanted)
		return;
	list = models_list(g->http, g->base, key, MODELS_ASK_MS,
	    &ignored);
	if (js_is_valid(list))
		take_list(g, list);
	js_free(list);
}

static void
tell_withheld(struct gate *g)
{
	if (g->set->url == NULL)
		say(g, "the key is not sent to a server that was only found; "
		    "try to name it with AGENT_MODEL_URL");
	else
		say(g, "the key is not sent: the URL comes from a less "
		    "trusted place than the key; try --url or "
		    "AGENT_MODEL_URL");
}

static void
set_head(struct gate *g)
{
	struct request_head h = { .model = g->model,
	    .max_tokens = g->set->max_tokens };
	char temp[32];

	if (g->set->v[SET_TEMPERATURE].value != NULL) {
		snprintf(temp, sizeof(temp), "%g", g->set->temperature);
		h.temperature = temp;
	}
	if (g->base != NULL && strstr(g->base, "deepseek") != NULL)
		h.fit = FIT_REASONING;
	request_head(&g->req, &h);
}

int
gate_connect(struct gate *g, enum gate_flags flags, struct err *e)
{
	const struct settings *s = g->set;
	const char *key = key_may_go(s) ? s->key : NULL;

	if (g->kind != GATE_SERVER || (flags & GATE_DRY))
		return 0;
	if (s->key != NULL && key == NULL)
		tell_withheld(g);
	if (g->base != NULL)
		learn_model(g, flags, key);
	else if (find_server(g, e) == -1)
		return -1;
	set_head(g);
	ask_init(&g->ask, g->http, g->base, key);
	g->ask.connect_ms = s->connect_ms;
	g->ask.first_ms = s->first_ms;
	g->ask.idle_ms = s->idle_ms;
	g->ask.total_ms = s->total_ms;
	g->ask.retries = (int)s->retries;
	return 0;
}

static int
set_tools(struct gate *g, struct err *e)
{
	const char *path = g->set->v[SET_TOOLS].value;
	jv tools;

	if (path == NULL || *path == '\0')
		return 0;
	tools = tools_load(path, e);
	if (!js_is_valid(tools))
		return -1;
	request_tools(&g->req, tools);
	js_free(tools);
	return 0;
}

void
gate_init(struct gate *g, const struct settings *s)
{
	memset(g, 0, sizeof(*g));
	g->set = s;
	request_init(&g->req);
	g->req.note = on_note;
	g->req.arg = g;
	offline_init(&g->off);
	record_init(&g->rec);
	g->http = http_open();
	g->window = s->window;
}

int
gate_prepare(struct gate *g, const char *record, enum gate_flags flags,
    struct err *e)
{
	const struct settings *s = g->set;
	const char *url = s->url != NULL ? s->url : "";

	if (s->v[SET_MODEL].value != NULL)
		g->model = xstrdup(s->v[SET_MODEL].value);
	if (s->url != NULL)
		g->base = xstrdup(url);
	if (strncmp(url, "offline:", 8) == 0)
		g->kind = GATE_OFFLINE;
	else if (strncmp(url, "replay:", 7) == 0)
		g->kind = GATE_REPLAY;
	if (!(flags & GATE_DRY)) {
		if (g->kind == GATE_REPLAY &&
		    record_load(&g->rec, url + 7, e) == -1)
			return -1;
		if (g->kind != GATE_REPLAY && record != NULL &&
		    record_open(&g->rec, record, e) == -1)
			return -1;
	}
	set_head(g);
	return set_tools(g, e);
}

void
gate_close(struct gate *g)
{
	request_free(&g->req);
	ask_free(&g->ask);
	http_close(g->http);
	offline_free(&g->off);
	record_free(&g->rec);
	free(g->base);
	free(g->model);
	g->base = g->model = NULL;
}

int
gate_push(struct gate *g, jv line, struct err *e)
{
	if (js_str_is(line, "type", "tools")) {
		jv raw = js_get(line, "tools");
		jv tools = tools_fit(raw, e);
		bool good = js_is_valid(tools);

		js_free(raw);
		if (good)
			request_tools(&g->req, tools);
		js_free(tools);
		return good ? 0 : -1;
	}
	switch (msg_classify(line)) {
	case MSG_LINE_EVENT:
		return 0;
	case MSG_LINE_OTHER:
		if (!js_is_obj(line))
			return err_set(e, ERR_DATA, "a line is an object, "
			    "this is %s", js_kind(line));
		return err_set(e, ERR_DATA, "neither a message (no role) nor "
		    "an event (no type)");
	case MSG_LINE_MESSAGE:
		break;
	}
	if (request_push(&g->req, line, e) == -1)
		return -1;
	if (g->kind == GATE_OFFLINE)
		offline_push(&g->off, line);
	return 0;
}

void
gate_reset(struct gate *g)
{
	request_reset(&g->req);
	offline_reset(&g->off);
}

bool
gate_has_messages(const struct gate *g)
{
	return g->req.count > 0;
}

static void
on_delta(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct tee *t = arg;

	if (t->g->rec.fd != -1)
		record_delta(&t->g->rec, kind, p, n, index, name);
	if (t->sink->delta != NULL)
		t->sink->delta(t->sink->arg, kind, p, n, index, name);
}

static int
flush(const struct sink *sink, struct err *e)
{
	return sink->flush != NULL ? sink->flush(sink->arg, e) : 0;
}

/* The answer of a server or of the rules. */
static int
live_answer(struct gate *g, bool stream, const struct sink *sink, jv *msg,
    struct err *e)
{
	struct tee tee = { g, sink };
	struct delta d;
	int rc = 0;

	record_begin(&g->rec);
	delta_init(&d, stream ? on_delta : NULL, &tee);
	d.used = g->req.used;
	if (g->kind == GATE_OFFLINE) {
		offline_answer(&g->off, g->req.tools, &d);
		rc = flush(sink, e);
	} else {
		rc = ask_run(&g->ask, &g->req, stream, sink, &d, e);
	}
	if (rc == 0)
		*msg = delta_message(&d, DELTA_DONE, g->req.tools);
	else if (e->kind == ERR_CANCELLED)
		*msg = delta_message(&d, DELTA_CANCELLED, g->req.tools);
	else if (d.pieces > 0)
		*msg = delta_message(&d, DELTA_CUT, g->req.tools);
	delta_free(&d);
	return rc;
}

static int
replayed_answer(struct gate *g, const char *key, bool stream,
    const struct sink *sink, jv *msg, struct err *e)
{
	struct tee tee = { g, sink };

	*msg = record_answer(&g->rec, key, g->model,
	    stream ? on_delta : NULL, &tee, e);
	return js_is_valid(*msg) ? flush(sink, e) : -1;
}

/* Add what the model said to the history.  It came from the server, so it
 * fits but for what fit.c mends. */
static void
remember(struct gate *g, jv msg)
{
	struct err ignored = ERR_INIT;
	void (*note)(void *, const char *) = g->req.note;

	g->req.note = NULL;
	request_push(&g->req, msg, &ignored);
	g->req.note = note;
	if (g->kind == GATE_OFFLINE)
		offline_push(&g->off, msg);
}

int
gate_ask(struct gate *g, bool stream, const struct sink *sink, jv *msg,
    struct err *e)
{
	char key[REQUEST_KEY_SIZE] = "";
	int rc;

	*msg = js_none();
	if (!gate_has_messages(g))
		return err_set(e, ERR_NOINPUT, "there is no message to "
		    "answer");
	request_close_calls(&g->req);
	if (g->kind == GATE_REPLAY || g->rec.fd != -1)
		request_key(&g->req, key);
	if (g->kind == GATE_REPLAY)
		rc = replayed_answer(g, key, stream, sink, msg, e);
	else
		rc = live_answer(g, stream, sink, msg, e);
	if (rc == 0 && g->rec.fd != -1)
		rc = record_save(&g->rec, key, g->model, *msg, e);
	if (rc == 0 || (e->kind == ERR_CANCELLED && js_is_valid(*msg)))
		remember(g, *msg);
	return rc;
}

void
gate_verdict(jv msg, struct err *e)
{
	jv agent = js_get(msg, "agent");

	if (js_bool(agent, "refused", false))
		err_set(e, ERR_REFUSED, "the model refused to answer");
	else if (js_str_is(agent, "finish_reason", "content_filter"))
		err_set(e, ERR_REFUSED, "a content filter ended the answer");
	js_free(agent);
}

const char *
gate_source(const struct gate *g)
{
	if (g->kind == GATE_OFFLINE)
		return "offline";
	if (g->kind == GATE_REPLAY)
		return "replay";
	if (g->found)
		return "discovered";
	switch (g->set->v[SET_URL].origin) {
	case CONF_FLAG:
		return "flag";
	case CONF_ENV:
		return "env";
	default:
		return "config";
	}
}
