/*
 * gate.c - one conversation with a model, whatever answers for it.
 */
#include "gate/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/msg.h"
#include "gate/key.h"
#include "gate/line.h"
#include "gate/models.h"
#include "gate/tools.h"
#include "gate/window.h"

void
gate_say(struct gate *g, const char *code, const char *text)
{
	g->note_code = code;
	if (g->note != NULL)
		g->note(g->note_arg, text);
}

static void
on_note(void *arg, const char *text)
{
	gate_say(arg, "mended", text);
}

/* What the list says of the server, for the profile. */
static void
take_server(struct gate *g, jv list)
{
	jv first = js_at(list, 0);
	const char *owner = js_str(first, "owned_by");
	const char *server = js_str(first, "server");

	free(g->owner);
	free(g->headers);
	g->owner = owner != NULL ? xstrdup(owner) : NULL;
	g->headers = server != NULL ? xasprintf("server: %s", server) : NULL;
	js_free(first);
}

static void
on_account(void *arg, const char *code, const char *text)
{
	gate_say(arg, code, text);
}

/* Take the model and its window from a list. */
static void
take_list(struct gate *g, jv list)
{
	const char *model = g->model != NULL ? g->model : models_pick(list);
	int64_t window, max;

	take_server(g, list);
	window_of(list, model, &window, &max);
	if (g->window == 0) {
		g->window = window;
		g->told = window > 0;
	}
	g->window_max = max;
	if (g->model == NULL && model != NULL)
		g->model = xstrdup(model);
}

/* Write requests for the model that is asked now. */
static int
dress(struct gate *g, unsigned repair, struct err *e)
{
	struct profile_for who = { .base = g->base, .model = g->model,
	    .owner = g->up ? NULL : g->owner,
	    .headers = g->up ? NULL : g->headers };

	int rc = peer_dress(g->set, &who, repair, &g->prof, &g->req, e);
	const char *recover = profile_str(&g->prof, "recover");

	g->heal = g->set->heal;
	if (recover != NULL && g->set->v[SET_RECOVER].origin == CONF_DEFAULT)
		heal_read(recover, &g->heal);
	return rc;
}

/* Find a server on this machine. */
static int
find_server(struct gate *g, jv *list, struct err *e)
{
	jv first;

	*list = models_find(g->http, g->set, false, e);
	if (!js_is_valid(*list))
		return -1;
	first = js_at(*list, 0);
	g->base = xstrdup(js_str(first, "url"));
	g->found = true;
	take_list(g, *list);
	js_free(first);
	return 0;
}

/* Ask the server that is named for its list. */
static jv
learn_list(struct gate *g, const char *key)
{
	struct err why = ERR_INIT;
	jv list = models_list(g->http, g->base, key, MODELS_ASK_MS, &why);

	if (js_is_valid(list))
		take_list(g, list);
	else
		g->silent = why.kind == ERR_UNAVAILABLE ||
		    why.kind == ERR_TIMEOUT;
	return list;
}

/* The size of the window, as the server tells it where lists do not, or as
 * the profile says. */
static void
learn_window(struct gate *g, jv list, const char *key, int64_t deadline)
{
	if (js_is_valid(list)) {
		list = window_ask(js_ref(list), g->http, g->base, key,
		    g->prof.server, g->model, deadline);
		window_of(list, g->model, &g->window, &g->window_max);
		g->told = g->window > 0;
		js_free(list);
	}
	if (g->window == 0)
		g->window = g->prof.window;
}

static void
tell_withheld(struct gate *g)
{
	if (g->set->url == NULL)
		gate_say(g, "key_withheld", "the key is not sent to a server "
		    "that was only found; try to name it with "
		    "AGENT_MODEL_URL");
	else
		gate_say(g, "key_withheld", "the key is not sent: the URL "
		    "comes from a less trusted place than the key; try --url "
		    "or AGENT_MODEL_URL");
}

/* Let the other one be asked from now on. */
static void
change_places(struct gate *g)
{
	struct peer p = g->other;
	struct err ignored = ERR_INIT;

	g->other = (struct peer){ .base = g->base, .model = g->model,
	    .ask = g->ask, .window = g->window, .repair = g->req.repair,
	    .ready = true };
	g->base = p.base;
	g->model = p.model;
	g->ask = p.ask;
	g->window = p.window;
	g->up = !g->up;
	dress(g, p.repair, &ignored);
}

/* The first time that the stronger one is wanted. */
static void
open_other(struct gate *g)
{
	struct peer *p = &g->other;
	const char *key = g->set->fallback_key;
	struct err ignored = ERR_INIT;

	if (p->ready)
		return;
	if (p->base == NULL || strcmp(p->base, g->base) == 0) {
		free(p->base);
		p->base = xstrdup(g->base);
		if (key == NULL)
			key_for(g->set, &key, &ignored);
	}
	peer_open(&p->ask, g->http, g->set, p->base, key);
	p->ask.account = g->account;
	p->ready = true;
}

void
gate_choose(struct gate *g)
{
	char text[300];

	if (g->fall.up == g->up || g->kind != GATE_SERVER)
		return;
	open_other(g);
	change_places(g);
	snprintf(text, sizeof(text), g->up ? "after repeated failures "
	    "%.200s answers" : "%.200s answers again",
	    g->model != NULL ? g->model : "the server's own model");
	gate_say(g, g->up ? "fallback" : "fallback_end", text);
}

int
gate_connect(struct gate *g, enum gate_flags flags, struct err *e)
{
	const struct settings *s = g->set;
	const char *key;
	bool window = (flags & GATE_WINDOW) && s->window == 0;
	int64_t deadline = clock_ms() + MODELS_ASK_MS;
	jv list = js_none();
	int rc;

	if (g->kind != GATE_SERVER || (flags & GATE_DRY))
		return 0;
	if (key_for(s, &key, e) == -1)
		return -1;
	account_start(g->account);
	if (key_held(s) && key == NULL)
		tell_withheld(g);
	if (g->base == NULL && find_server(g, &list, e) == -1) {
		g->silent = e->kind == ERR_UNAVAILABLE;
		return -1;
	}
	if (!g->found && (g->model == NULL || window))
		list = learn_list(g, key);
	peer_open(&g->ask, g->http, s, g->base, key);
	g->ask.account = g->account;
	rc = dress(g, 0, e);
	if (rc == 0 && window)
		learn_window(g, list, g->found ? NULL : key, deadline);
	js_free(list);
	return rc;
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
	profile_init(&g->prof);
	g->http = http_open();
	g->window = s->window;
	g->heal = s->heal;
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
	g->req.exact = g->kind == GATE_REPLAY || g->rec.fd != -1;
	if (dress(g, 0, e) == -1)
		return -1;
	if (s->v[SET_FALLBACK].value != NULL && g->kind == GATE_SERVER) {
		g->fall.after = (int)s->fallback_after;
		if (peer_parse(&g->other, s->v[SET_FALLBACK].value, e) == -1)
			return -1;
	}
	if (g->kind == GATE_SERVER && !(flags & GATE_DRY) &&
	    account_open(&g->account, s, on_account, g, e) == -1)
		return -1;
	return set_tools(g, e);
}

void
gate_close(struct gate *g)
{
	tally_close(&g->book);
	account_close(g->account);
	g->account = NULL;
	request_free(&g->req);
	ask_free(&g->ask);
	peer_free(&g->other);
	http_close(g->http);
	offline_free(&g->off);
	record_free(&g->rec);
	profile_free(&g->prof);
	free(g->owner);
	free(g->headers);
	free(g->base);
	free(g->model);
	g->base = g->model = NULL;
}

/* What the line tells about how the work goes. */
static void
watch_work(struct gate *g, enum msg_role role, int failed, bool refused,
    bool calls)
{
	if (role == MSG_TOOL)
		fallback_result(&g->fall, failed);
	else if (role == MSG_ASSISTANT)
		fallback_answer(&g->fall, refused, !calls);
}

static int
push_tools(struct gate *g, jv line, struct err *e)
{
	jv raw = js_get(line, "tools");
	jv tools = tools_fit(raw, e);
	bool good = js_is_valid(tools);

	js_free(raw);
	if (good)
		request_tools(&g->req, tools);
	js_free(tools);
	return good ? 0 : -1;
}

int
gate_push_value(struct gate *g, jv line, struct err *e)
{
	jv agent;

	if (js_str_is(line, "type", "tools"))
		return push_tools(g, line, e);
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
	agent = js_get(line, "agent");
	watch_work(g, msg_role(line), msg_failed(line),
	    js_bool(agent, "refused", false), msg_ncalls(line) > 0);
	js_free(agent);
	if (g->kind == GATE_OFFLINE)
		offline_push(&g->off, line);
	return 0;
}

int
gate_push(struct gate *g, const char *p, size_t n, struct err *e)
{
	struct buf b = BUF_INIT;
	struct line l;
	jv v;
	int rc;

	line_read(&l, p, n);
	if (l.kind == LINE_EVENT)
		return 0;
	if (l.kind == LINE_PLAIN && g->kind != GATE_OFFLINE) {
		if (request_push_plain(&g->req, &l, p, n, e) == -1)
			return -1;
		watch_work(g, l.role, !l.failed ? 0 : l.said_no ? 1 : 2,
		    l.refused, false);
		return 0;
	}
	v = line_quote_args(&b, p, n) ? js_parse(b.data, b.len, e) :
	    js_parse(p, n, e);
	buf_free(&b);
	rc = js_is_valid(v) ? gate_push_value(g, v, e) : -1;
	js_free(v);
	return rc;
}

void
gate_set_form(struct gate *g, const struct form *f)
{
	g->form = f;
	request_format(&g->req, f != NULL ? f->ask : NULL,
	    f != NULL ? f->words : NULL);
}

void
gate_reset(struct gate *g)
{
	request_reset(&g->req);
	g->tally = (struct tally){ 0 };
	offline_reset(&g->off);
	fallback_reset(&g->fall);
}

bool
gate_has_messages(const struct gate *g)
{
	return g->req.count > 0;
}

int64_t
gate_window(const struct gate *g, const char **source)
{
	int64_t window = g->window > 0 ? g->window : g->prof.window;

	*source = g->set->window > 0 ? "configuration" : g->told ? "server" :
	    "profile";
	return window;
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
