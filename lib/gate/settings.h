/*
 * settings.h - what agent-gate was told, and by whom.
 *
 * Flags, environment, the user's and the system's configuration file, in
 * this order.  Every value knows its origin, which decides whether the key
 * may be sent (key.h).
 */
#ifndef GATE_SETTINGS_H
#define GATE_SETTINGS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/conf.h"
#include "gate/heal.h"
#include "gate/profile.h"

enum setting_id {
	SET_URL, SET_MODEL, SET_TEMPERATURE, SET_MAX_TOKENS, SET_CONNECT,
	SET_FIRST, SET_IDLE, SET_TOTAL, SET_RETRIES, SET_TOOLS, SET_WINDOW,
	SET_DISCOVER, SET_BEAT, SET_FALLBACK, SET_FALLBACK_AFTER, SET_RECOVER,
	SET_PROFILE, SET_GATEWAY, SET_GEMINI_MODEL, SET_GEMINI_STRONG,
	SET_LEDGER, SET_LIMIT_WAIT, SET_MAX_COST, SET_MAX_TOTAL, SET_BUDGET,
	SET_COUNT
};

struct setting {
	const char	*value;		/* NULL: not set */
	enum conf_origin origin;
};

struct settings {
	struct setting	 v[SET_COUNT];
	struct conf	*conf;
	char		*url;		/* SET_URL as a base, endpoint.h */
	char		*key;		/* NULL: none */
	enum conf_origin key_origin;
	const char	*key_from;	/* names the variable, file or option */
	struct key_by	*key_by;	/* a command tells it, or NULL */
	bool		 key_gemini;	/* it belongs to Gemini's host */
	bool		 pair;		/* OPENAI_BASE_URL and its key */
	bool		 gemini;	/* the gateway is Gemini's */
	double		 temperature;
	int64_t		 max_tokens, window, retries;
	int64_t		 connect_ms, first_ms, idle_ms, total_ms, beat_ms;
	int64_t		 fallback_after;
	const char	*fallback_key;	/* of another server's, or NULL */
	struct heal_opts heal;
	bool		 verbose;
};

/* What the command line says; NULL where it says nothing.  Borrowed. */
struct settings_flags {
	const char	*v[SET_COUNT];
	const char	*key_file, *key_env;
	bool		 offline, verbose;
	const char	*replay;
};

/* Gather and check everything; 0, or -1 with e filled. */
int settings_load(struct settings *s, const struct settings_flags *f,
    struct err *e);
void settings_free(struct settings *s);
/* Append one line a setting, with its origin; the key only as set.  Where
 * nothing is set, what the profile says. */
void settings_show(const struct settings *s, const struct profile *p,
    struct buf *out);

#endif
