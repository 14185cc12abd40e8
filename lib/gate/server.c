/*
 * server.c - the server that bulk work is sent to, as the settings say.
 */
#include "gate/server.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gate/key.h"
#include "gate/models.h"
#include "gate/peer.h"
#include "gate/tools.h"

static int
set_head(struct server *s, struct err *e)
{
	struct profile_for who = { .base = s->base, .model = s->model };

	if (s->offline)
		who = (struct profile_for){ .base = "offline:" };
	return peer_dress(s->set, &who, 0, &s->prof, &s->req, e);
}

int
server_open(struct server *s, const struct settings *set, struct err *e)
{
	const char *model = set->v[SET_MODEL].value;
	const char *tools = set->v[SET_TOOLS].value;
	jv v;

	memset(s, 0, sizeof(*s));
	s->set = set;
	s->http = http_open();
	request_init(&s->req);
	profile_init(&s->prof);
	if (model != NULL && *model != '\0')
		s->model = xstrdup(model);
	if (set->url != NULL && strncmp(set->url, "replay:", 7) == 0)
		return err_set(e, ERR_USAGE, "recordings answer agent-gate "
		    "alone; try --offline");
	if (set->url != NULL && strncmp(set->url, "offline:", 8) == 0)
		s->offline = true;
	else if (set->url != NULL)
		s->base = xstrdup(set->url);
	if (set_head(s, e) == -1)
		return -1;
	if (tools == NULL || *tools == '\0')
		return 0;
	v = tools_load(tools, e);
	if (!js_is_valid(v))
		return -1;
	request_tools(&s->req, v);
	js_free(v);
	return 0;
}

void
server_close(struct server *s)
{
	request_free(&s->req);
	profile_free(&s->prof);
	http_close(s->http);
	free(s->base);
	free(s->model);
	if (s->auth != NULL)
		explicit_bzero(s->auth, strlen(s->auth));
	free(s->auth);
	memset(s, 0, sizeof(*s));
}

static void
take_model(struct server *s, jv list)
{
	const char *model = s->vectors ? models_pick_embed(list) :
	    models_pick(list);

	if (s->model == NULL && model != NULL)
		s->model = xstrdup(model);
}

static int
look_around(struct server *s, struct err *e)
{
	jv list = models_find(s->http, s->set, false, e), first;

	if (!js_is_valid(list))
		return -1;
	first = js_at(list, 0);
	s->base = xstrdup(js_str(first, "url"));
	take_model(s, list);
	js_free(first);
	js_free(list);
	return 0;
}

int
server_find(struct server *s, void (*note)(const char *text),
    struct err *e)
{
	const char *key;
	struct err ignored = ERR_INIT;
	jv list;

	if (s->offline)
		return 0;
	if (key_for(s->set, &key, e) == -1)
		return -1;
	if (key_held(s->set) && key == NULL)
		note("the key is not sent: the URL comes from a less trusted "
		    "place than the key; try --url or AGENT_MODEL_URL");
	if (key != NULL)
		s->auth = xasprintf("Authorization: Bearer %s", key);
	if (s->base == NULL && look_around(s, e) == -1)
		return -1;
	if (s->model == NULL) {
		list = models_list(s->http, s->base, key, MODELS_ASK_MS,
		    &ignored);
		if (js_is_valid(list))
			take_model(s, list);
		js_free(list);
	}
	return set_head(s, e);
}
