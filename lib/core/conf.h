/*
 * conf.h - settings and where each came from.
 *
 * Precedence: flag, environment, the project's trusted .env, user's file,
 * system's file, default.  The files are JSON objects
 * ($XDG_CONFIG_HOME/agent/config.json and /etc/xdg/agent/config.json): data,
 * never expanded or run.  Origins are ordered by trust, which is what decides
 * whether a key may go to a URL: a key of the user's never goes to a URL that
 * a project named.
 */
#ifndef CORE_CONF_H
#define CORE_CONF_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

/* In order of falling trust, so that they compare. */
enum conf_origin {
	CONF_FLAG,
	CONF_ENV,
	CONF_USER,
	CONF_SYSTEM,
	CONF_PROJECT,
	CONF_DEFAULT,
	CONF_DISCOVERED,
};

struct conf;

/* Read the files that are there; a malformed one is ERR_CONFIG. */
struct conf *conf_open(struct err *e);
/* The same with the .env of the project at dir (NULL: AGENT_WORKSPACE, else
 * the current folder), see project.h. */
struct conf *conf_open_in(const char *dir, struct err *e);
/* Why settings of the project do not count, one line, or NULL when all do.
 * Owned by c. */
const char *conf_untrusted(const struct conf *c);
/* The path of the user's file when others may read it, or NULL; owned by c. */
const char *conf_exposed(const struct conf *c);
void conf_close(struct conf *c);
/*
 * The value of a setting by its file key ("model_url"); env is the name of
 * its variable (may be NULL), dflt its default (may be NULL).  The string
 * is owned by c.  *origin may be NULL.  Empty values count as unset.
 */
const char *conf_str(struct conf *c, const char *key, const char *env,
    const char *dflt, enum conf_origin *origin);
/* The same as a checked whole number. */
int conf_int(struct conf *c, const char *key, const char *env, int64_t min,
    int64_t max, int64_t dflt, int64_t *out, struct err *e);
/* True, 1, yes, on, and their opposites. */
int conf_bool(struct conf *c, const char *key, const char *env, bool dflt,
    bool *out, struct err *e);
/* The member key as it stands in the files, the user's before the system's:
 * owned, or invalid. */
jv conf_json(struct conf *c, const char *key);
/* "flag", "environment", ... */
const char *conf_origin_name(enum conf_origin o);

#endif
