/*
 * profile.c - what is known beforehand of a model and of a kind of server.
 */
#include "gate/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gate/fault.h"
#include "gate/profile_files.h"
#include "gate/profile_match.h"

#define WINDOW_MAX	1000000000

static const struct { const char *name; unsigned bit; } repairs[] = {
	{ "max_field", REPAIR_MAX_FIELD },
	{ "no_options", REPAIR_NO_OPTIONS },
	{ "no_temperature", REPAIR_NO_TEMPERATURE },
	{ "no_stream", REPAIR_NO_STREAM },
	{ "order", REPAIR_ORDER },
	{ "alternate", REPAIR_ALTERNATE },
	{ "empty", REPAIR_EMPTY },
	{ "ids", REPAIR_IDS },
	{ "reasoning", REPAIR_REASONING },
	{ "plain_parts", REPAIR_PLAIN_PARTS },
	{ "schema", REPAIR_SCHEMA },
	{ "text_tools", REPAIR_TEXT_TOOLS },
	{ "no_format", REPAIR_NO_FORMAT },
	{ "no_sampling", REPAIR_NO_SAMPLING },
	{ "old_field", REPAIR_OLD_FIELD },
	{ "no_system", REPAIR_NO_SYSTEM },
	{ "bare", REPAIR_BARE },
	{ "signatures", REPAIR_SIGNATURES },
	{ "sign", REPAIR_SIGN },
	{ "filled", REPAIR_FILLED },
	{ "names", REPAIR_NAMES },
	{ "offer", REPAIR_OFFER },
	{ "no_reasoning", REPAIR_NO_REASONING },
	{ "stream", REPAIR_STREAM },
};

/* What is being put together. */
struct merge {
	struct profile	*p;
	const struct profile_for *f;
	int64_t		 limit;		/* window of the server, 0 none */
	bool		 chosen;	/* the profile that was named is
					 * there */
};

unsigned
profile_repair(const char *name)
{
	for (size_t i = 0; i < BASE_NITEMS(repairs); i++)
		if (strcmp(repairs[i].name, name) == 0)
			return repairs[i].bit;
	return 0;
}

const char *
profile_repair_name(unsigned bit)
{
	for (size_t i = 0; i < BASE_NITEMS(repairs); i++)
		if (repairs[i].bit == bit)
			return repairs[i].name;
	return NULL;
}

void
profile_init(struct profile *p)
{
	*p = (struct profile)PROFILE_INIT;
}

void
profile_free(struct profile *p)
{
	js_free(p->members);
	js_free(p->from);
	free(p->server);
	free(p->family);
	free(p->key);
	profile_init(p);
}

static bool
name_is(struct scan_span profile, const char *name)
{
	struct scan_span v;

	return name != NULL && scan_find(profile.p, profile.n, "name", &v) &&
	    scan_is(v, name);
}

/* Keep what is said of whoever says it first. */
static void
take_name(char **s, struct scan_span profile)
{
	struct scan_span v;

	if (*s == NULL && scan_find(profile.p, profile.n, "name", &v) &&
	    v.n >= 2 && *v.p == '"')
		*s = xmemdup(v.p + 1, v.n - 2);
}

/* Which kind the server is: by its answers rather than by its URL, by the
 * user's files rather than by the shipped. */
static void
find_kind(struct merge *m, const struct profile_files *fs)
{
	enum profile_fit best = PROFILE_NO;

	for (size_t i = fs->n; i-- > 0;) {
		struct scan_span s;
		size_t pos = 0;

		while (best != PROFILE_BY_ANSWER &&
		    profile_next(&fs->v[i], &pos, &s)) {
			enum profile_fit fit;

			if (profile_kind_of(s) != PROFILE_SERVER)
				continue;
			fit = profile_fits_server(s, m->f);
			if (fit <= best)
				continue;
			best = fit;
			free(m->p->server);
			m->p->server = NULL;
			take_name(&m->p->server, s);
		}
	}
}

static void
set_repair(struct profile *p, const char *name)
{
	unsigned bit = profile_repair(*name == '-' ? name + 1 : name);

	if (*name == '-')
		p->repair &= ~bit;
	else
		p->repair |= bit;
}

/* The members of o put into member key. */
static void
take_members(struct profile *p, const char *key, jv o)
{
	jv keys = js_keys(o), all = js_get(p->members, key);

	if (!js_is_obj(all)) {
		js_free(all);
		all = js_obj();
	}
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		if (js_cstr(k) != NULL)
			all = js_copy_key(all, js_cstr(k), o, js_cstr(k));
		js_free(k);
	}
	p->members = js_set(p->members, key, all);
	js_free(keys);
}

static void
take_member(struct merge *m, jv o, const char *key, bool server,
    const char *from)
{
	struct profile *p = m->p;
	jv v = js_get(o, key);
	int64_t n;

	if (strcmp(key, "window") == 0) {
		if (!js_int_of(v, 1, WINDOW_MAX, &n))
			goto out;
		if (server)
			m->limit = n;
		else
			p->window = n;
		p->from = js_set_str(p->from, server ? "limit" : key, from);
		goto out;
	} else if (strcmp(key, "repairs") == 0) {
		for (size_t i = 0; i < js_len(v); i++) {
			jv name = js_at(v, i);

			if (js_cstr(name) != NULL)
				set_repair(p, js_cstr(name));
			js_free(name);
		}
	} else if (js_is_obj(v)) {
		take_members(p, key, v);
		p->from = js_set_str(p->from, key, from);
		goto out;
	} else if (strcmp(key, "tools") == 0) {
		set_repair(p, js_str_is(o, key, "text") ? "text_tools" :
		    "-text_tools");
	}
	p->members = js_set(p->members, key, js_ref(v));
	p->from = js_set_str(p->from, key, from);
out:
	js_free(v);
}

/* Put one profile over what is there. */
static void
take(struct merge *m, struct scan_span s, const struct profile_file *f,
    bool server)
{
	static const char *const origins[] = { "shipped", "user", "probed" };
	static const char *const names[] = { "window", "sampling",
	    "sampling_names", "stop", "tools", "recover", "repairs",
	    "preamble", "chars_per_token", "json_schema", "measured",
	    "vision", "system" };
	struct err ignored = ERR_INIT;
	jv o = js_parse(s.p, s.n, &ignored);
	const char *name = js_str(o, "name");
	char *from = f->origin == PROFILE_PROBED ? xstrdup("probed") :
	    xasprintf("%s profile %s", origins[f->origin],
	    name != NULL ? name : "without a name");

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (js_has(o, names[i]))
			take_member(m, o, names[i], server, from);
	free(from);
	js_free(o);
}

/* The profile of a server in this file. */
static void
take_server(struct merge *m, const struct profile_file *f)
{
	struct scan_span s, fits = { NULL, 0 };
	size_t pos = 0;

	while (profile_next(f, &pos, &s)) {
		if (profile_kind_of(s) != PROFILE_SERVER)
			continue;
		if (name_is(s, m->p->server)) {
			fits = s;
			break;
		}
		if (f->origin == PROFILE_USER && fits.p == NULL &&
		    profile_fits_server(s, m->f) != PROFILE_NO)
			fits = s;
	}
	if (fits.p != NULL)
		take(m, fits, f, true);
}

/* The profile of the model in this file, or the one that was chosen. */
static void
take_model(struct merge *m, const struct profile_file *f)
{
	const char *names[2] = { NULL, m->f->model };
	struct scan_span s;

	if (m->f->model != NULL)
		names[0] = profile_last_part(m->f->model);
	for (int i = 0; i < 2; i++) {
		size_t pos = 0;

		while (profile_next(f, &pos, &s)) {
			bool fits = f->origin == PROFILE_PROBED;

			if (m->f->choice != NULL)
				fits = name_is(s, m->f->choice);
			else if (!fits && names[i] != NULL)
				fits = profile_fits_model(s, names[i], m->f,
				    m->p->server);
			if (!fits || profile_kind_of(s) != PROFILE_MODEL)
				continue;
			m->chosen = true;
			if (f->origin != PROFILE_PROBED) {
				free(m->p->family);
				m->p->family = NULL;
				take_name(&m->p->family, s);
			}
			take(m, s, f, false);
			return;
		}
	}
}

/* What the members come to. */
static void
settle(struct merge *m)
{
	struct profile *p = m->p;
	jv list = js_arr();

	if (m->limit > 0 && (p->window == 0 || m->limit < p->window)) {
		p->window = m->limit;
		p->from = js_copy_key(p->from, "window", p->from, "limit");
	}
	if (js_str_is(p->members, "json_schema", "refused") ||
	    js_str_is(p->members, "json_schema", "ignored"))
		p->repair |= REPAIR_NO_FORMAT;
	if (js_has(p->from, "limit"))
		p->from = js_del(p->from, "limit");
	if (p->window > 0)
		p->members = js_set_int(p->members, "window", p->window);
	for (size_t i = 0; i < BASE_NITEMS(repairs); i++)
		if (p->repair & repairs[i].bit)
			list = js_push(list, js_from_str(repairs[i].name));
	if (js_len(list) > 0 || js_has(p->members, "repairs"))
		p->members = js_set(p->members, "repairs", list);
	else
		js_free(list);
	p->chars = js_num(p->members, "chars_per_token", 0);
	if (!(p->chars >= 0.1 && p->chars <= 100))
		p->chars = 0;
}

static char *
key_of(const struct profile_for *f)
{
	const char *s[] = { f->base, f->model, f->owner, f->headers,
	    f->choice };
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < BASE_NITEMS(s); i++)
		buf_addf(&b, "%s\n", s[i] != NULL ? s[i] : "");
	return buf_detach(&b);
}

int
profile_find(struct profile *p, const struct profile_for *f, struct err *e)
{
	struct merge m = { .p = p, .f = f };
	struct profile_files fs;
	char *key = key_of(f);
	int rc;

	if (p->key != NULL && strcmp(p->key, key) == 0) {
		free(key);
		return 0;
	}
	profile_free(p);
	p->key = key;
	p->members = js_obj();
	p->from = js_obj();
	if (f->choice != NULL && strcmp(f->choice, "none") == 0)
		return 0;
	rc = profile_files_read(&fs, f, e);
	if (rc == 0) {
		find_kind(&m, &fs);
		for (size_t i = 0; i < fs.n; i++)
			take_server(&m, &fs.v[i]);
		for (size_t i = 0; i < fs.n; i++)
			take_model(&m, &fs.v[i]);
		settle(&m);
	}
	profile_files_free(&fs);
	if (rc == 0 && f->choice != NULL && !m.chosen)
		return err_set(e, ERR_CONFIG, "profile: there is none with the "
		    "name %.80s, see agent-profile(5)", f->choice);
	return rc;
}

const char *
profile_str(const struct profile *p, const char *member)
{
	return js_str(p->members, member);
}
