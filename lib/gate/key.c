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
#include "gate/shut.h"
#include "sys/file.h"

#define KEY_MAX	16384

static int
take(struct settings *s, const char *value, enum conf_origin origin,
    const char *from, struct err *e)
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
	s->key = xmemdup(value, n);
	s->key_origin = origin;
	s->key_from = from;
	log_secret(s->key);
	shut_process();
	return 0;
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

int
key_wanted(const struct settings *s, struct err *e)
{
	if (s->key != NULL || !endpoint_is_gemini(s->url))
		return 0;
	return err_set(e, ERR_AUTH, "Gemini wants a key, and there is none; "
	    "try GEMINI_API_KEY or --key-file");
}

int
key_load(struct settings *s, const struct settings_flags *f, struct err *e)
{
	enum conf_origin origin, at;
	const char *v, *path;

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
	if (s->key != NULL && s->key_gemini)
		return endpoint_is_gemini(s->url) || (s->url != NULL &&
		    s->v[SET_URL].origin == CONF_FLAG);
	return s->key != NULL && s->url != NULL &&
	    s->v[SET_URL].value != NULL &&
	    s->v[SET_URL].origin <= s->key_origin;
}
