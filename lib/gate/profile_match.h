/*
 * profile_match.h - whether a profile is meant for a server and a model.
 *
 * Patterns are compared without case and without the characters - _ . and
 * blank, because everybody who packs a model writes its name differently.
 * Of a name with slashes the last part counts first, then all of it: names
 * of folders say less than names of files.  Pure.
 */
#ifndef GATE_PROFILE_MATCH_H
#define GATE_PROFILE_MATCH_H

#include "base/base.h"
#include "gate/profile.h"
#include "json/scan.h"

enum profile_kind {
	PROFILE_MODEL,		/* names models, or nothing */
	PROFILE_SERVER,		/* names URLs, owners or headers */
};

/* How sure an evidence for a kind of server is. */
enum profile_fit { PROFILE_NO, PROFILE_BY_URL, PROFILE_BY_ANSWER };

/* What the text of a profile, an object that is sound JSON, describes. */
enum profile_kind profile_kind_of(struct scan_span profile);
/* Whether a profile of a server fits. */
enum profile_fit profile_fits_server(struct scan_span profile,
    const struct profile_for *f);
/* Whether a profile of a model fits a name (whole, or its last part), the
 * URL of f, and the kind of server, which may be NULL. */
bool profile_fits_model(struct scan_span profile, const char *name,
    const struct profile_for *f, const char *server);
/* The last part of a model's name. */
const char *profile_last_part(const char *name);
/* True when the pattern fits the name, as above. */
bool profile_glob(const char *pattern, size_t n, const char *name);

#endif
