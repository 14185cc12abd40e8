/*
 * common_opt.c - the options that sub-commands share.
 */
#include "gate/common_opt.h"

bool
common_opt(struct settings_flags *f, int key, const char *arg)
{
	static const struct { int key; enum setting_id id; } map[] = {
		{ COMMON_URL, SET_URL }, { 'm', SET_MODEL },
		{ COMMON_CONNECT, SET_CONNECT }, { COMMON_FIRST, SET_FIRST },
		{ COMMON_IDLE, SET_IDLE }, { COMMON_TOTAL, SET_TOTAL },
		{ COMMON_RETRIES, SET_RETRIES },
		{ COMMON_LEDGER, SET_LEDGER },
		{ COMMON_LIMIT_WAIT, SET_LIMIT_WAIT },
		{ COMMON_MAX_COST, SET_MAX_COST },
		{ COMMON_MAX_TOTAL, SET_MAX_TOTAL },
		{ COMMON_BUDGET, SET_BUDGET },
	};

	for (size_t i = 0; i < BASE_NITEMS(map); i++)
		if (map[i].key == key) {
			f->v[map[i].id] = arg;
			return true;
		}
	switch (key) {
	case COMMON_KEY_FILE: f->key_file = arg; return true;
	case COMMON_KEY_ENV: f->key_env = arg; return true;
	case COMMON_GEMINI: f->v[SET_GATEWAY] = "gemini"; return true;
	case COMMON_OFFLINE: f->offline = true; return true;
	}
	return false;
}
