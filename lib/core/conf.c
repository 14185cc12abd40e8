/*
 * conf.c - settings and where each came from.
 *
 * Flags are not known here: a program looks at its own options first and
 * asks for the rest.
 */
#include "core/conf.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/vec.h"
#include "core/project.h"
#include "sys/file.h"
#include "sys/xdg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF_FILE_MAX	(1024 * 1024)

struct conf {
	jv		user, system;
	char		*user_path, *system_path;
	struct vec	 kept;		/* numbers given as strings */
	struct vec	 project;	/* of a trusted .env: NAME=VALUE */
	char		*untrusted;	/* or why there is none, or NULL */
};

/* The object in the file, or invalid when there is no such file. */
static int
load(const char *path, jv *out, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = -1;

	*out = js_none();
	if (path == NULL || (access(path, F_OK) == -1 && errno != EACCES))
		return 0;
	if (file_read(path, &text, CONF_FILE_MAX, e) == -1)
		goto out;
	*out = js_parse(text.data != NULL ? text.data : "", text.len, e);
	if (!js_is_valid(*out))
		err_wrap(e, "%s", path);
	else if (!js_is_obj(*out))
		err_set(e, ERR_CONFIG, "%s: expected an object, got %s", path,
		    js_kind(*out));
	else
		rc = 0;
out:
	if (rc == -1)
		e->kind = ERR_CONFIG;
	buf_free(&text);
	return rc;
}

static char *
user_file(void)
{
	const char *file = getenv("AGENT_CONFIG");

	if (file != NULL && *file != '\0')
		return xstrdup(file);
	return xdg_config("config.json");
}

struct conf *
conf_open(struct err *e)
{
	struct conf *c = xcalloc(1, sizeof(*c));

	c->user = js_none();
	c->system = js_none();
	c->user_path = user_file();
	c->system_path = xstrdup("/etc/xdg/agent/config.json");
	if (load(c->user_path, &c->user, e) == -1 ||
	    load(c->system_path, &c->system, e) == -1) {
		conf_close(c);
		return NULL;
	}
	return c;
}

const char *
conf_exposed(const struct conf *c)
{
	struct stat st;

	return c->user_path != NULL && stat(c->user_path, &st) == 0 &&
	    S_ISREG(st.st_mode) && (st.st_mode & 044) != 0 ? c->user_path :
	    NULL;
}

struct conf *
conf_open_in(const char *dir, struct err *e)
{
	struct conf *c = conf_open(e);
	enum project_state state;

	if (c == NULL)
		return NULL;
	if (project_env(dir, &c->project, &state, e) == -1) {
		conf_close(c);
		return NULL;
	}
	if (state == PROJECT_TRUSTED)
		return c;
	if (c->project.n > 0)
		c->untrusted = xasprintf(".env: %s, so %.60s%s not set; see "
		    "agent-tool trust", state == PROJECT_CHANGED ? "changed "
		    "since it was trusted" : "not trusted", c->project.v[0],
		    c->project.n > 1 ? " and others are" : " is");
	vec_free(&c->project);
	return c;
}

const char *
conf_untrusted(const struct conf *c)
{
	return c->untrusted;
}

void
conf_close(struct conf *c)
{
	if (c == NULL)
		return;
	js_free(c->user);
	js_free(c->system);
	free(c->user_path);
	free(c->system_path);
	vec_free(&c->kept);
	vec_free(&c->project);
	free(c->untrusted);
	free(c);
}

/* A member as a string: strings as they are, scalars as JSON. */
static const char *
member(struct conf *c, jv o, const char *key)
{
	const char *s = js_str(o, key);
	jv v;

	if (s != NULL)
		return *s != '\0' ? s : NULL;
	v = js_get(o, key);
	if (js_is_num(v) || js_is_bool(v)) {
		struct buf text = BUF_INIT;

		js_dump(&text, v);
		vec_push(&c->kept, text.data);
		buf_free(&text);
		s = c->kept.v[c->kept.n - 1];
	}
	js_free(v);
	return s;
}

/* What the project sets a variable to, the last one counts.  It has no say
 * in what the sandbox lets out, nor in which file of the user holds a key, or
 * what runs outside to tell one. */
static const char *
of_project(const struct conf *c, const char *env)
{
	static const char *const never[] = { "AGENT_ALLOW_HOST",
	    "AGENT_MODEL_API_KEY_FILE", "AGENT_MODEL_API_KEY_CMD" };
	size_t n = env != NULL ? strlen(env) : 0;

	for (size_t i = 0; env != NULL && i < BASE_NITEMS(never); i++)
		if (strcmp(env, never[i]) == 0)
			return NULL;
	if (env == NULL)
		return NULL;
	for (size_t i = c->project.n; i-- > 0;)
		if (strncmp(c->project.v[i], env, n) == 0 &&
		    c->project.v[i][n] == '=')
			return c->project.v[i][n + 1] != '\0' ?
			    c->project.v[i] + n + 1 : NULL;
	return NULL;
}

const char *
conf_str(struct conf *c, const char *key, const char *env, const char *dflt,
    enum conf_origin *origin)
{
	enum conf_origin from = CONF_ENV;
	const char *s = env != NULL ? getenv(env) : NULL;

	if (s != NULL && *s == '\0')
		s = NULL;
	if (s == NULL) {
		s = of_project(c, env);
		from = CONF_PROJECT;
	}
	if (s == NULL) {
		s = member(c, c->user, key);
		from = CONF_USER;
	}
	if (s == NULL) {
		s = member(c, c->system, key);
		from = CONF_SYSTEM;
	}
	if (s == NULL) {
		s = dflt;
		from = CONF_DEFAULT;
	}
	if (origin != NULL)
		*origin = from;
	return s;
}

/* What to call the setting in a message: where the bad value stands. */
static const char *
place(const char *key, const char *env, enum conf_origin from)
{
	return from == CONF_ENV || from == CONF_PROJECT ? env : key;
}

int
conf_int(struct conf *c, const char *key, const char *env, int64_t min,
    int64_t max, int64_t dflt, int64_t *out, struct err *e)
{
	enum conf_origin from;
	const char *s = conf_str(c, key, env, NULL, &from);

	if (s == NULL) {
		*out = dflt;
		return 0;
	}
	if (num_int(s, min, max, place(key, env, from), out, e) == 0)
		return 0;
	e->kind = ERR_CONFIG;
	return -1;
}

int
conf_bool(struct conf *c, const char *key, const char *env, bool dflt,
    bool *out, struct err *e)
{
	static const char *const yes[] = { "true", "1", "yes", "on" };
	static const char *const no[] = { "false", "0", "no", "off" };
	enum conf_origin from;
	const char *s = conf_str(c, key, env, NULL, &from);

	*out = dflt;
	if (s == NULL)
		return 0;
	for (size_t i = 0; i < BASE_NITEMS(yes); i++) {
		if (strcasecmp(s, yes[i]) == 0) {
			*out = true;
			return 0;
		}
		if (strcasecmp(s, no[i]) == 0) {
			*out = false;
			return 0;
		}
	}
	return err_set(e, ERR_CONFIG, "%s: '%.40s' is neither true nor "
	    "false", place(key, env, from), s);
}

jv
conf_json(struct conf *c, const char *key)
{
	return js_get(js_has(c->user, key) ? c->user : c->system, key);
}

const char *
conf_origin_name(enum conf_origin o)
{
	static const char *const names[] = {
		[CONF_FLAG] = "flag", [CONF_ENV] = "environment",
		[CONF_USER] = "user", [CONF_SYSTEM] = "system",
		[CONF_PROJECT] = "project",
		[CONF_DEFAULT] = "default", [CONF_DISCOVERED] = "discovered",
	};

	return names[o];
}
