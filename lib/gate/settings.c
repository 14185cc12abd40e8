/*
 * settings.c - what agent-gate was told, and by whom.
 */
#include "gate/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "gate/endpoint.h"
#include "gate/key.h"

static const struct {
	const char	*key, *env, *dflt;
} table[SET_COUNT] = {
	[SET_URL] = { "model_url", "AGENT_MODEL_URL", NULL },
	[SET_MODEL] = { "model", "AGENT_MODEL", NULL },
	[SET_TEMPERATURE] = { "temperature", "AGENT_TEMPERATURE", NULL },
	[SET_MAX_TOKENS] = { "max_tokens", "AGENT_MAX_TOKENS", NULL },
	[SET_CONNECT] = { "connect_timeout", NULL, "10s" },
	[SET_FIRST] = { "first_byte_timeout", NULL, "300s" },
	[SET_IDLE] = { "idle_timeout", NULL, "120s" },
	[SET_TOTAL] = { "timeout", NULL, "none" },
	[SET_RETRIES] = { "retries", NULL, "4" },
	[SET_TOOLS] = { "tools", "AGENT_TOOLS", NULL },
	[SET_WINDOW] = { "window", NULL, NULL },
	[SET_DISCOVER] = { "discover", "AGENT_DISCOVER",
	    "8000 8080 11434 1234" },
	[SET_BEAT] = { "heartbeat", NULL, "30s" },
	[SET_FALLBACK] = { "fallback", "AGENT_FALLBACK", NULL },
	[SET_FALLBACK_AFTER] = { "fallback_after", NULL, "3" },
	[SET_RECOVER] = { "recover", "AGENT_RECOVER", "auto" },
	[SET_PROFILE] = { "profile", "AGENT_PROFILE", NULL },
	[SET_GATEWAY] = { "gateway", "AGENT_GATEWAY", "local" },
	[SET_GEMINI_MODEL] = { "gemini_model", "GEMINI_MODEL",
	    "gemini-2.5-flash" },
	[SET_GEMINI_STRONG] = { "gemini_escalation_model",
	    "GEMINI_ESCALATION_MODEL", NULL },
	[SET_LEDGER] = { "ledger", "AGENT_LEDGER", "auto" },
	[SET_LIMIT_WAIT] = { "limit_wait", NULL, "none" },
	[SET_MAX_COST] = { "max_cost", "AGENT_MAX_COST", NULL },
	[SET_MAX_TOTAL] = { "max_total_tokens", NULL, NULL },
	[SET_BUDGET] = { "budget", "AGENT_BUDGET", NULL },
};

static bool
env_set(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && *s != '\0';
}

/*
 * The server, the models and the key are Gemini's own, whatever the
 * environment and the files say of others; options stand.
 */
static void
gather_gemini(struct settings *s)
{
	static const enum setting_id from[][2] = {
		{ SET_MODEL, SET_GEMINI_MODEL },
		{ SET_FALLBACK, SET_GEMINI_STRONG },
	};

	s->gemini = true;
	if (s->v[SET_URL].value == NULL || s->v[SET_URL].origin != CONF_FLAG)
		s->v[SET_URL] = (struct setting){ ENDPOINT_GEMINI,
		    s->v[SET_GATEWAY].origin };
	for (size_t i = 0; i < BASE_NITEMS(from); i++) {
		struct setting *v = &s->v[from[i][0]];

		if (v->value == NULL || v->origin != CONF_FLAG)
			*v = s->v[from[i][1]];
	}
}

static void
gather(struct settings *s, const struct settings_flags *f)
{
	for (size_t i = 0; i < SET_COUNT; i++) {
		struct setting *v = &s->v[i];

		v->value = f->v[i];
		v->origin = CONF_FLAG;
		if (v->value == NULL)
			v->value = conf_str(s->conf, table[i].key,
			    table[i].env, table[i].dflt, &v->origin);
	}
	if (strcmp(s->v[SET_GATEWAY].value, "gemini") == 0)
		gather_gemini(s);
	/* The pair counts as environment, and only as a pair. */
	else if (s->v[SET_URL].value == NULL ||
	    s->v[SET_URL].origin > CONF_ENV) {
		if (env_set("OPENAI_BASE_URL") && env_set("OPENAI_API_KEY")) {
			s->pair = true;
			s->v[SET_URL].value = getenv("OPENAI_BASE_URL");
			s->v[SET_URL].origin = CONF_ENV;
		}
	}
	if (f->replay != NULL || f->offline)
		s->v[SET_URL] = (struct setting){ f->offline ? "offline:" :
		    NULL, CONF_FLAG };
}

static int
whole(struct settings *s, enum setting_id id, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	struct setting *v = &s->v[id];

	*out = 0;
	if (v->value == NULL)
		return 0;
	if (num_int(v->value, min, max, table[id].key, out, e) == 0)
		return 0;
	if (v->origin != CONF_FLAG)
		e->kind = ERR_CONFIG;
	return -1;
}

static int
duration(struct settings *s, enum setting_id id, int64_t *out, struct err *e)
{
	struct setting *v = &s->v[id];

	if (strcmp(v->value, "none") == 0 || strcmp(v->value, "0") == 0) {
		*out = -1;
		return 0;
	}
	if (num_duration(v->value, table[id].key, out, e) == 0)
		return 0;
	if (v->origin != CONF_FLAG)
		e->kind = ERR_CONFIG;
	return -1;
}

static int
recovery(struct settings *s, struct err *e)
{
	struct setting *v = &s->v[SET_RECOVER];

	if (heal_read(v->value, &s->heal))
		return 0;
	return err_set(e, v->origin == CONF_FLAG ? ERR_USAGE : ERR_CONFIG,
	    "recover: expected auto, on, off or a format, got '%.80s'; try "
	    "agent-gate parse --list-formats", v->value);
}

static int
gateway(const struct settings *s, struct err *e)
{
	const struct setting *v = &s->v[SET_GATEWAY];

	if (s->gemini || strcmp(v->value, "local") == 0)
		return 0;
	return err_set(e, ERR_CONFIG, "gateway: expected local or gemini, "
	    "got '%.80s'", v->value);
}

static int
check(struct settings *s, struct err *e)
{
	struct setting *t = &s->v[SET_TEMPERATURE];
	const char *url = s->v[SET_URL].value;

	if (t->value != NULL && num_double(t->value, 0, 10, "temperature",
	    &s->temperature, e) == -1) {
		if (t->origin != CONF_FLAG)
			e->kind = ERR_CONFIG;
		return -1;
	}
	if (whole(s, SET_MAX_TOKENS, 1, 100000000, &s->max_tokens, e) == -1 ||
	    whole(s, SET_WINDOW, 1, 1000000000, &s->window, e) == -1 ||
	    whole(s, SET_RETRIES, 0, 1000, &s->retries, e) == -1 ||
	    duration(s, SET_CONNECT, &s->connect_ms, e) == -1 ||
	    duration(s, SET_FIRST, &s->first_ms, e) == -1 ||
	    duration(s, SET_IDLE, &s->idle_ms, e) == -1 ||
	    duration(s, SET_TOTAL, &s->total_ms, e) == -1 ||
	    duration(s, SET_BEAT, &s->beat_ms, e) == -1 ||
	    whole(s, SET_FALLBACK_AFTER, 1, 1000, &s->fallback_after,
	    e) == -1 || recovery(s, e) == -1 || gateway(s, e) == -1)
		return -1;
	if (url == NULL)
		return 0;
	if (strncmp(url, "offline:", 8) == 0 ||
	    strncmp(url, "replay:", 7) == 0)
		s->url = xstrdup(url);
	else
		s->url = endpoint_base(url, e);
	return s->url != NULL ? 0 : -1;
}

int
settings_load(struct settings *s, const struct settings_flags *f,
    struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->verbose = f->verbose;
	s->conf = conf_open_in(NULL, e);
	if (s->conf == NULL)
		return -1;
	gather(s, f);
	if (check(s, e) == -1)
		return -1;
	if (f->replay != NULL)
		s->url = xasprintf("replay:%s", f->replay);
	key_fallback(s);
	return key_load(s, f, e);
}

void
settings_free(struct settings *s)
{
	conf_close(s->conf);
	free(s->url);
	key_free(s);
	memset(s, 0, sizeof(*s));
}

/* What the profile says of a setting that nobody set. */
static bool
show_profile(const struct profile *p, const char *key, struct buf *out)
{
	bool inner = js_has(p->from, "sampling") &&
	    strcmp(key, "temperature") == 0;
	jv all = inner ? js_get(p->members, "sampling") : js_ref(p->members);
	jv v = js_get(all, key);
	const char *s = js_cstr(v);
	bool there = js_is_valid(v);

	if (there) {
		buf_addf(out, "%-20s ", key);
		if (s != NULL)
			buf_adds(out, s);
		else
			js_dump(out, v);
		buf_addf(out, "  [%s]\n", js_str(p->from, inner ?
		    "sampling" : key));
	}
	js_free(v);
	js_free(all);
	return there;
}

void
settings_show(const struct settings *s, const struct profile *p,
    struct buf *out)
{
	for (size_t i = 0; i < SET_COUNT; i++) {
		const char *v = i == SET_URL ? s->url : s->v[i].value;

		if (!s->gemini && (i == SET_GEMINI_MODEL ||
		    i == SET_GEMINI_STRONG))
			continue;
		if (v == NULL && i != SET_TOOLS &&
		    show_profile(p, table[i].key, out))
			continue;
		if (v == NULL)
			buf_addf(out, "%-20s (unset)\n", table[i].key);
		else
			buf_addf(out, "%-20s %s  [%s]\n", table[i].key, v,
			    i == SET_URL && s->pair ? "OPENAI_BASE_URL" :
			    conf_origin_name(s->v[i].origin));
	}
	if (!key_held(s))
		buf_addf(out, "%-20s (unset)\n", "model_api_key");
	else
		buf_addf(out, "%-20s (%s)  [%s: %s]%s\n", "model_api_key",
		    s->key_by != NULL ? "a command tells it" : "set",
		    conf_origin_name(s->key_origin), s->key_from,
		    key_may_go(s) ? "" : "  not sent: the URL is less "
		    "trusted");
}
