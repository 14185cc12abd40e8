/*
 * profile.h - what is known beforehand of a model and of a kind of server.
 *
 * Data, agent-profile(5): files with patterns of names and URLs, shipped in
 * share/agent/profiles, the user's own, and one written by a probe for each
 * model that was probed.  Of each file the first profile that fits counts;
 * where two name the same member the user's goes before the shipped and
 * what was probed before both.  Only the profiles that fit are parsed, and
 * nothing is read twice for the same server and model.
 */
#ifndef GATE_PROFILE_H
#define GATE_PROFILE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

/* Whom a profile is wanted for.  All may be NULL. */
struct profile_for {
	const char	*base;		/* of the server */
	const char	*model;
	const char	*owner;		/* owned_by in its list of models */
	const char	*headers;	/* "Name: value\n" ..., of an answer */
	const char	*choice;	/* "none", or the name of the profile to
					 * take in place of the fitting one */
};

struct profile {
	jv		 members;	/* object: what applies */
	jv		 from;		/* object: member, and where it is
					 * from */
	char		*server;	/* kind of the server, or NULL */
	char		*family;	/* name of the model's profile, or
					 * NULL */
	unsigned	 repair;	/* bits of fault.h */
	int64_t		 window;	/* 0 not known */
	double		 chars;		/* per token, 0 not known */
	char		*key;		/* whom it was found for */
};

#define PROFILE_INIT { js_none(), js_none(), NULL, NULL, 0, 0, 0, NULL }

void profile_init(struct profile *p);
void profile_free(struct profile *p);
/*
 * Find what applies; p is a profile of profile_init or of an earlier find.
 * 0, or -1 with e filled (ERR_CONFIG): a file of the user is malformed, or
 * nothing has the name that was chosen.
 */
int profile_find(struct profile *p, const struct profile_for *f,
    struct err *e);
/* A string member, or NULL; valid as long as p. */
const char *profile_str(const struct profile *p, const char *member);
/*
 * Append the sampling of the profile as the server names it, members of
 * JSON without braces; without the temperature when the user set one.
 */
void profile_sampling(const struct profile *p, bool temperature,
    struct buf *out);
/*
 * Append what applies and where each is from: a table, or one object when
 * json is wanted.
 */
void profile_show(const struct profile *p, bool json, struct buf *out);
/* The file that holds what a probe found of this model; caller frees; NULL
 * when there is no state folder. */
char *profile_probed_path(const char *base, const char *model);
/* The bits of fault.h by their names in profiles; 0 for an unknown one. */
unsigned profile_repair(const char *name);
/* The name of the i'th bit, or NULL. */
const char *profile_repair_name(unsigned bit);

#endif
