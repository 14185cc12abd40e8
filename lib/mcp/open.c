/*
 * open.c - how a server is opened: its era, its version, its tools.
 */
#include "mcp/open.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/rpc.h"
#include "mcp/elicit.h"
#include "mcp/tools.h"

#include <bsd/string.h>
#include <stdlib.h>
#include <string.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define PAGES_MAX	100
/* A list is believed for so long, whatever the server says: it is asked
 * again between calls only, but not before each of them. */
#define TTL_MIN_MS	5000

static jv
ourselves(void)
{
	return js_set_str(js_set_str(js_obj(), "name", "agent-tool"),
	    "version", VERSION);
}

/* What we offer to a server. */
static jv
abilities(const struct server *s)
{
	jv o = elicit_ability_take(s, js_obj());

	return s->entry->roots ? js_set(o, "roots", js_obj()) : o;
}

jv
open_meta_take(const struct server *s, jv params)
{
	jv meta = js_get(params, "_meta");

	if (!js_is_obj(meta)) {
		js_free(meta);
		meta = js_obj();
	}
	meta = js_set_str(meta, RPC_META_VERSION, RPC_MODERN);
	meta = js_set(meta, RPC_META_CLIENT, ourselves());
	meta = js_set(meta, RPC_META_ABILITIES, elicit_ability_take(s,
	    js_obj()));
	return js_set(params, "_meta", meta);
}

/* For tests: how long silence has to be to mean the older era. */
static int64_t
silence(void)
{
	const char *ms = getenv("AGENT_MCP_SILENCE_MS");
	long n = ms != NULL ? strtol(ms, NULL, 10) : 0;

	return n > 0 && n < SERVER_SILENCE_MS ? n : SERVER_SILENCE_MS;
}

static void
ask_discover(struct server *s)
{
	struct request *q = open_ask(s, ASKED_DISCOVER, "server/discover",
	    js_obj(), silence());

	s->probed = true;
	s->modern = true;
	s->link->send(s, q->msg, q);
}

static void
ask_init(struct server *s)
{
	struct request *q;
	jv p = js_set_str(js_obj(), "protocolVersion", RPC_LEGACY);

	p = js_set(p, "capabilities", abilities(s));
	p = js_set(p, "clientInfo", ourselves());
	s->begged = true;
	s->modern = false;
	q = open_ask(s, ASKED_INIT, "initialize", p, s->opening_ms);
	s->link->send(s, q->msg, q);
}

static void
ask_list(struct server *s, const char *cursor)
{
	jv p = js_obj();
	struct request *q;

	if (cursor != NULL)
		p = js_set_str(p, "cursor", cursor);
	else
		s->stale = false;
	q = open_ask(s, ASKED_LIST, "tools/list", p, s->opening_ms);
	s->link->send(s, q->msg, q);
}

/* Start the link; the first question follows. */
static int
start(struct server *s)
{
	struct err e = ERR_INIT;

	s->opened_at = clock_ms();
	s->version[0] = '\0';
	s->stale = s->tells = s->listens = s->toolless = false;
	s->good_until = -1;
	if (s->link->open(s, &e) == -1) {
		open_failed(s, &e);
		return -1;
	}
	s->up = true;
	return 0;
}

static void
forget_tools(struct server *s)
{
	s->state = SERVER_OPENING;
	js_free(s->tools);
	s->tools = js_arr();
	vec_free(&s->notes);
	vec_free(&s->cursors);
}

void
open_again(struct server *s)
{
	forget_tools(s);
	ask_list(s, NULL);
}

void
open_begin(struct server *s)
{
	enum entry_protocol p = s->entry->protocol;

	forget_tools(s);
	s->probed = s->begged = false;
	if (!s->up && start(s) == -1)
		return;
	if (p == ENTRY_LEGACY || (p == ENTRY_AUTO && s->was_legacy))
		ask_init(s);
	else
		ask_discover(s);
}

void
open_listen(struct server *s)
{
	jv p = js_set(js_obj(), "notifications", js_set_bool(js_obj(),
	    "toolsListChanged", true));
	struct request *q = open_ask(s, ASKED_LISTEN, "subscriptions/listen",
	    p, 0);

	/* Its answer comes when it will say no more, if ever. */
	q->deadline = q->hard = -1;
	s->listens = true;
	s->link->send(s, q->msg, q);
}

/* ---- the era ---- */

static void
give_up(struct server *s, const char *why)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_PROTOCOL, "%s: %s", s->entry->name, why);
	open_failed(s, &e);
}

/* It is no modern one. */
static void
fall_back(struct server *s, const char *why)
{
	if (s->entry->protocol == ENTRY_MODERN)
		give_up(s, why);
	else
		ask_init(s);
}

static bool
lists(jv versions, bool modern)
{
	bool there = false;

	for (size_t i = 0; js_is_arr(versions) && i < js_len(versions); i++) {
		jv v = js_at(versions, i);
		const char *t = js_cstr(v);

		there |= t != NULL && (modern ? strcmp(t, RPC_MODERN) == 0 :
		    rpc_is_legacy(t));
		js_free(v);
	}
	return there;
}

/* The versions that it says it has decide. */
static void
by_versions(struct server *s, jv versions)
{
	if (lists(versions, true)) {
		s->modern = true;
		s->was_legacy = false;
		strlcpy(s->version, RPC_MODERN, sizeof(s->version));
		if (s->toolless)
			open_done(s);
		else
			ask_list(s, NULL);
	} else if (lists(versions, false)) {
		fall_back(s, "it speaks older versions only");
	} else {
		give_up(s, "it speaks no version that we do");
	}
}

static void
discovered(struct server *s, jv body, bool error)
{
	jv data, versions = js_get(body, "supportedVersions"), meta, able;
	int64_t code = 0;

	if (error) {
		data = js_get(body, "data");
		js_free(versions);
		versions = js_get(data, "supported");
		js_free(data);
		js_int(body, "code", -(1LL << 31), 0, &code);
		if (code == RPC_VERSION)
			by_versions(s, versions);
		else
			fall_back(s, "it does not know server/discover");
	} else if (!js_is_arr(versions)) {
		fall_back(s, "its answer to server/discover is none");
	} else {
		meta = js_get(body, "_meta");
		js_free(s->info);
		s->info = js_get(meta, RPC_META_SERVER);
		js_free(meta);
		able = js_get(body, "capabilities");
		meta = js_get(able, "tools");
		s->tells = js_bool(meta, "listChanged", false);
		s->toolless = js_is_obj(able) && !js_is_obj(meta);
		js_free(meta);
		js_free(able);
		by_versions(s, versions);
	}
	js_free(versions);
}

static void
initialized(struct server *s, jv body, bool error)
{
	const char *version = js_str(body, "protocolVersion");
	struct err e = ERR_INIT;
	jv able, note;

	if (error) {
		/* It was of the older era once, and is not any more? */
		if (s->entry->protocol == ENTRY_AUTO && !s->probed) {
			s->was_legacy = false;
			ask_discover(s);
			return;
		}
		open_error(s, body, &e);
		open_failed(s, &e);
		return;
	}
	if (!rpc_is_legacy(version)) {
		err_set(&e, ERR_PROTOCOL, "%s: it speaks version %.20s, which "
		    "we do not", s->entry->name, version != NULL ? version :
		    "(none)");
		open_failed(s, &e);
		return;
	}
	s->was_legacy = true;
	strlcpy(s->version, version, sizeof(s->version));
	js_free(s->info);
	s->info = js_get(body, "serverInfo");
	note = rpc_notification("notifications/initialized", js_none());
	s->link->send(s, note, NULL);
	js_free(note);
	able = js_get(body, "capabilities");
	if (js_has(able, "tools"))
		ask_list(s, NULL);
	else
		open_done(s);
	js_free(able);
}

/* ---- the tools ---- */

static void
listed(struct server *s, jv body, bool error)
{
	jv list = js_get(body, "tools");
	const char *next = js_str(body, "nextCursor");
	struct err e = ERR_INIT;
	int64_t ttl;

	if (error) {
		open_error(s, body, &e);
		open_failed(s, &e);
		js_free(list);
		return;
	}
	s->tools = tools_take(s->entry, s->tools, list, &s->notes);
	js_free(list);
	if (js_int(body, "ttlMs", 0, 1LL << 40, &ttl))
		s->good_until = clock_ms() + (ttl > TTL_MIN_MS ? ttl :
		    TTL_MIN_MS);
	if (next == NULL || *next == '\0') {
		open_done(s);
	} else if (vec_has(&s->cursors, next) ||
	    s->cursors.n + 1 >= PAGES_MAX) {
		vec_push(&s->notes, "its list of tools has no end; what came "
		    "so far counts");
		open_done(s);
	} else {
		vec_push(&s->cursors, next);
		ask_list(s, next);
	}
}

void
open_answer(struct server *s, enum asked what, jv body, bool error)
{
	/* The answer to a question that was given up already. */
	if (s->state != SERVER_OPENING)
		return;
	if (what == ASKED_DISCOVER && !s->begged)
		discovered(s, body, error);
	else if (what == ASKED_INIT)
		initialized(s, body, error);
	else if (what == ASKED_LIST)
		listed(s, body, error);
}

void
open_late(struct server *s, enum asked what)
{
	struct err e = ERR_INIT;

	if (s->state != SERVER_OPENING || what == ASKED_LISTEN)
		return;
	if (what == ASKED_DISCOVER && s->entry->protocol == ENTRY_AUTO) {
		/* An answer that comes later still is passed over. */
		ask_init(s);
		return;
	}
	err_set(&e, ERR_TIMEOUT, "%s did not answer within %lld s%s",
	    s->entry->name, (long long)(clock_ms() - s->opened_at + 999) /
	    1000, s->entry->http ? "" : "; see agent-tool mcp test");
	open_failed(s, &e);
}

void
open_lost(struct server *s, const struct err *why)
{
	/* Some end when they are asked what they do not know. */
	if (s->probed && !s->begged && s->entry->protocol == ENTRY_AUTO) {
		open_drop(s, why);
		if (start(s) == 0)
			ask_init(s);
		return;
	}
	open_failed(s, why);
}

void
open_refused(struct server *s, enum asked what, int status,
    const struct err *why)
{
	if (s->state != SERVER_OPENING || what == ASKED_LISTEN)
		return;
	if (what == ASKED_DISCOVER && !s->begged && status >= 400 &&
	    status < 500 && status != 401 && status != 403)
		fall_back(s, why->msg);
	else
		open_failed(s, why);
}
