/*
 * key.c - the key for the server: where it comes from, where it may go.
 */
#include "gate/key.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "gate/endpoint.h"
#include "gate/key_cmd.h"
#include "gate/shut.h"
#include "sys/file.h"

#define KEY_MAX	16384

struct key_by {
	const char	*command;	/* of the configuration */
	char		*key;		/* that it told; NULL: not asked yet */
};

/* The key without what stands around it, kept from being shown, into *key;
 * there may be none. */
static int
clean(const char *value, const char *from, char **key, struct err *e)
{
	size_t n;

	value += strspn(value, " \t\r\n");
	n = strlen(value);
	while (n > 0 && strchr(" \t\r\n", value[n - 1]) != NULL)
		n--;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] <= ' ' || value[i] == 0x7f)
			return err_set(e, ERR_CONFIG, "%s: the key holds "
			    "blanks or control characters", from);
	if (n == 0)
		return 0;
	*key = xmemdup(value, n);
	log_secret(*key);
	shut_process();
	return 0;
}

static int
take(struct settings *s, const char *value, enum conf_origin origin,
    const char *from, struct err *e)
{
	s->key_origin = origin;
	s->key_from = from;
	return clean(value, from, &s->key, e);
}

/* A command that tells it, later. */
static int
take_command(struct settings *s, const char *command,
    enum conf_origin origin)
{
	s->key_origin = origin;
	s->key_from = origin == CONF_ENV ? "AGENT_MODEL_API_KEY_CMD" :
	    "model_api_key_cmd";
	s->key_by = xcalloc(1, sizeof(*s->key_by));
	s->key_by->command = command;
	return 0;
}

static void
forget(char *key)
{
	if (key != NULL)
		explicit_bzero(key, strlen(key));
	free(key);
}

void
key_free(struct settings *s)
{
	forget(s->key);
	if (s->key_by != NULL)
		forget(s->key_by->key);
	free(s->key_by);
}

/* From a file, which from names. */
static int
from_file(struct settings *s, const char *path, enum conf_origin origin,
    const char *from, struct err *e)
{
	struct buf b = BUF_INIT;
	struct stat st;
	int rc = -1;

	/* In a file of settings it stands for no particular folder. */
	if (origin != CONF_FLAG && *path != '/')
		return err_set(e, ERR_CONFIG, "%s: %s: begin it with /", from,
		    path);
	if (stat(path, &st) == -1) {
		err_sys(e, "%s %s", from, path);
		e->kind = ERR_CONFIG;
		return -1;
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		return err_set(e, ERR_CONFIG, "%s %s: others may read it; "
		    "try chmod 600", from, path);
	if (file_read(path, &b, KEY_MAX, e) == -1)
		e->kind = ERR_CONFIG;
	else
		rc = take(s, buf_str(&b), origin, from, e);
	if (rc == 0 && s->key == NULL)
		rc = err_set(e, ERR_CONFIG, "%s %s: it is empty", from, path);
	if (b.data != NULL)
		explicit_bzero(b.data, b.len);
	buf_free(&b);
	return rc;
}

static const char *
gemini_key(struct settings *s, enum conf_origin *origin)
{
	return conf_str(s->conf, "gemini_api_key", "GEMINI_API_KEY", NULL,
	    origin);
}

static int
from_gemini(struct settings *s, struct err *e)
{
	enum conf_origin origin;
	const char *v = gemini_key(s, &origin);

	if (v == NULL)
		return 0;
	s->key_gemini = true;
	return take(s, v, origin, origin == CONF_ENV ? "GEMINI_API_KEY" :
	    "gemini_api_key", e);
}

bool
key_held(const struct settings *s)
{
	return s->key != NULL || s->key_by != NULL;
}

static int
ask_command(const struct settings *s, struct err *e)
{
	struct key_by *by = s->key_by;
	char *line;
	int rc;

	if (by->key != NULL)
		return 0;
	if (key_cmd_run(by->command, KEY_CMD_MS, &line, e) == -1)
		return err_wrap(e, "%s", s->key_from);
	rc = clean(line, s->key_from, &by->key, e);
	forget(line);
	if (rc == 0 && by->key == NULL)
		rc = err_set(e, ERR_CONFIG, "%s: its first line is empty",
		    s->key_from);
	return rc;
}

int
key_for(const struct settings *s, const char **key, struct err *e)
{
	*key = NULL;
	if (!key_held(s) && endpoint_is_gemini(s->url))
		return err_set(e, ERR_AUTH, "Gemini wants a key, and there "
		    "is none; try GEMINI_API_KEY or --key-file");
	if (!key_may_go(s))
		return 0;
	*key = s->key;
	if (s->key_by == NULL || strncmp(s->url, "http", 4) != 0)
		return 0;
	if (ask_command(s, e) == -1)
		return -1;
	*key = s->key_by->key;
	return 0;
}

int
key_load(struct settings *s, const struct settings_flags *f, struct err *e)
{
	enum conf_origin origin, at, by;
	const char *v, *path, *command;

	if (f->key_file != NULL)
		return from_file(s, f->key_file, CONF_FLAG, "--key-file", e);
	if (f->key_env != NULL) {
		v = getenv(f->key_env);
		if (v == NULL || *v == '\0')
			return err_set(e, ERR_CONFIG, "--key-env: the "
			    "variable %.80s is not set", f->key_env);
		return take(s, v, CONF_FLAG, "--key-env", e);
	}
	if (s->gemini)
		return from_gemini(s, e);
	if (s->pair)
		return take(s, getenv("OPENAI_API_KEY"), CONF_ENV,
		    "OPENAI_API_KEY", e);
	v = conf_str(s->conf, "model_api_key", "AGENT_MODEL_API_KEY", NULL,
	    &origin);
	path = conf_str(s->conf, "model_api_key_file",
	    "AGENT_MODEL_API_KEY_FILE", NULL, &at);
	command = conf_str(s->conf, "model_api_key_cmd",
	    "AGENT_MODEL_API_KEY_CMD", NULL, &by);
	if (command != NULL && (v == NULL || by < origin) && (path == NULL ||
	    by < at))
		return take_command(s, command, by);
	if (path != NULL && (v == NULL || at < origin))
		return from_file(s, path, at, at == CONF_ENV ?
		    "AGENT_MODEL_API_KEY_FILE" : "model_api_key_file", e);
	if (v == NULL)
		return endpoint_is_gemini(s->url) ? from_gemini(s, e) : 0;
	if (origin == CONF_USER && conf_exposed(s->conf) != NULL)
		log_warn("%s: it holds a key, and others may read it; try "
		    "chmod 600", conf_exposed(s->conf));
	return take(s, v, origin, origin == CONF_ENV ?
	    "AGENT_MODEL_API_KEY" : "model_api_key", e);
}

void
key_fallback(struct settings *s)
{
	enum conf_origin origin;
	const char *v = conf_str(s->conf, "fallback_api_key",
	    "AGENT_FALLBACK_API_KEY", NULL, &origin);

	const char *to = s->v[SET_FALLBACK].value;
	const char *at = to != NULL ? strstr(to, "@http") : NULL;

	s->fallback_key = NULL;
	if (v == NULL && at != NULL && endpoint_is_gemini(at + 1)) {
		/* Its own host, whoever named it. */
		v = gemini_key(s, &origin);
		origin = CONF_DISCOVERED;
	}
	if (v == NULL || to == NULL || s->v[SET_FALLBACK].origin > origin)
		return;
	s->fallback_key = v;
	log_secret(v);
	shut_process();
}

bool
key_may_go(const struct settings *s)
{
	if (!key_held(s) || s->url == NULL)
		return false;
	if (s->key_gemini)
		return endpoint_is_gemini(s->url) ||
		    s->v[SET_URL].origin == CONF_FLAG;
	return s->v[SET_URL].value != NULL &&
	    s->v[SET_URL].origin <= s->key_origin;
}
