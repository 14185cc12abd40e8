/*
 * common_opt.h - the options that sub-commands share: which server, which
 * model, which key, how long to wait.
 */
#ifndef GATE_COMMON_OPT_H
#define GATE_COMMON_OPT_H

#include "base/base.h"
#include "base/err.h"
#include "base/opt.h"
#include "gate/settings.h"

enum {
	COMMON_URL = 1000, COMMON_KEY_FILE, COMMON_KEY_ENV, COMMON_CONNECT,
	COMMON_FIRST, COMMON_IDLE, COMMON_TOTAL, COMMON_RETRIES,
	COMMON_OFFLINE, COMMON_LEDGER, COMMON_LIMIT_WAIT, COMMON_MAX_COST,
	COMMON_MAX_TOTAL, COMMON_BUDGET, COMMON_GEMINI,
};

/* Rows for a table of options. */
#define COMMON_SERVER \
	{ "url", COMMON_URL, "URL", "base of the server's URL " \
	    "(AGENT_MODEL_URL)" }, \
	{ "model", 'm', "NAME", "the model to ask (AGENT_MODEL)" }, \
	{ "key-file", COMMON_KEY_FILE, "FILE", "read the key from FILE " \
	    "(mode 0600)" }, \
	{ "key-env", COMMON_KEY_ENV, "NAME", "take the key from the " \
	    "variable NAME" }, \
	{ "gemini", COMMON_GEMINI, NULL, "ask Gemini (GEMINI_API_KEY, " \
	    "GEMINI_MODEL)" }
#define COMMON_TIMES \
	{ "connect-timeout", COMMON_CONNECT, "TIME", "to connect (10s)" }, \
	{ "first-byte-timeout", COMMON_FIRST, "TIME", "for an answer to " \
	    "begin (300s)" }, \
	{ "idle-timeout", COMMON_IDLE, "TIME", "between two pieces " \
	    "(120s)" }, \
	{ "timeout", COMMON_TOTAL, "TIME", "for one request with all its " \
	    "tries (none)" }, \
	{ "retries", COMMON_RETRIES, "N", "how many times to try again " \
	    "(4)" }
#define COMMON_ACCOUNT \
	{ "budget", COMMON_BUDGET, "NAME", "pay from this budget " \
	    "(AGENT_BUDGET)" }, \
	{ "max-cost", COMMON_MAX_COST, "N", "what may be spent " \
	    "(AGENT_MAX_COST)" }, \
	{ "max-total-tokens", COMMON_MAX_TOTAL, "N", "tokens that may be " \
	    "used in all" }, \
	{ "limit-wait", COMMON_LIMIT_WAIT, "TIME", "how long to wait for a " \
	    "turn (none, no)" }, \
	{ "ledger", COMMON_LEDGER, "auto|on|off", "count what is used " \
	    "(AGENT_LEDGER)" }

/* Take an option of those; false when key is none of them. */
bool common_opt(struct settings_flags *f, int key, const char *arg);

#endif
