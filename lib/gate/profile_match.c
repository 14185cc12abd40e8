/*
 * profile_match.c - whether a profile is meant for a server and a model.
 */
#include "gate/profile_match.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#define NAME_SIZE	512	/* longer names are cut */

/* Copy without what packers of models write differently. */
static void
squeeze(char out[NAME_SIZE], const char *s, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k + 1 < NAME_SIZE; i++)
		if (strchr("-_. ", s[i]) == NULL)
			out[k++] = s[i] == '\\' ? '/' :
			    (char)tolower((unsigned char)s[i]);
	out[k] = '\0';
}

bool
profile_glob(const char *pattern, size_t n, const char *name)
{
	char p[NAME_SIZE], s[NAME_SIZE];

	squeeze(p, pattern, n);
	squeeze(s, name, strlen(name));
	return fnmatch(p, s, 0) == 0;
}

const char *
profile_last_part(const char *name)
{
	const char *last = name;

	for (const char *p = name; *p != '\0'; p++)
		if ((*p == '/' || *p == '\\') && p[1] != '\0')
			last = p + 1;
	return last;
}

/* URLs and headers are compared as they are, but for case. */
static bool
plain_glob(const char *pattern, size_t n, const char *s)
{
	char p[NAME_SIZE];

	if (n >= sizeof(p))
		return false;
	memcpy(p, pattern, n);
	p[n] = '\0';
	return fnmatch(p, s, FNM_CASEFOLD) == 0;
}

typedef bool glob_fn(const char *pattern, size_t n, const char *s);

/* True when one of the strings in member key fits. */
static bool
any(struct scan_span match, const char *key, glob_fn *glob, const char *s)
{
	struct scan_span list, v;
	size_t pos = 0;

	if (s == NULL || !scan_find(match.p, match.n, key, &list))
		return false;
	while (scan_element(list.p, list.n, &pos, &v))
		if (v.n >= 2 && *v.p == '"' && glob(v.p + 1, v.n - 2, s))
			return true;
	return false;
}

static bool
get_match(struct scan_span profile, struct scan_span *match)
{
	return scan_find(profile.p, profile.n, "match", match);
}

static bool
has(struct scan_span o, const char *key)
{
	struct scan_span v;

	return scan_find(o.p, o.n, key, &v);
}

enum profile_kind
profile_kind_of(struct scan_span profile)
{
	struct scan_span m;

	if (get_match(profile, &m) && !has(m, "model") &&
	    (has(m, "url") || has(m, "owned_by") || has(m, "header")))
		return PROFILE_SERVER;
	return PROFILE_MODEL;
}

/* True when a header of the answer, a line each, fits. */
static bool
any_header(struct scan_span match, const char *headers)
{
	char line[NAME_SIZE];

	while (headers != NULL && *headers != '\0') {
		size_t n = strcspn(headers, "\r\n");

		if (n < sizeof(line)) {
			memcpy(line, headers, n);
			line[n] = '\0';
			if (any(match, "header", plain_glob, line))
				return true;
		}
		headers += n;
		headers += strspn(headers, "\r\n");
	}
	return false;
}

enum profile_fit
profile_fits_server(struct scan_span profile, const struct profile_for *f)
{
	struct scan_span m;

	if (!get_match(profile, &m))
		return PROFILE_NO;
	if (any(m, "owned_by", plain_glob, f->owner) ||
	    any_header(m, f->headers))
		return PROFILE_BY_ANSWER;
	if (any(m, "url", plain_glob, f->base))
		return PROFILE_BY_URL;
	return PROFILE_NO;
}

bool
profile_fits_model(struct scan_span profile, const char *name,
    const struct profile_for *f, const char *server)
{
	struct scan_span m;

	if (!get_match(profile, &m))
		return false;
	if (has(m, "server") && !any(m, "server", plain_glob, server))
		return false;
	if (has(m, "url") && !any(m, "url", plain_glob, f->base))
		return false;
	return any(m, "model", profile_glob, name);
}
