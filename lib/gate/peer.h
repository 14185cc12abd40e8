/*
 * peer.h - one model behind one server: what is known of the two.
 */
#ifndef GATE_PEER_H
#define GATE_PEER_H

#include "base/base.h"
#include "base/err.h"
#include "gate/ask.h"
#include "gate/profile.h"
#include "gate/request.h"
#include "gate/settings.h"

struct peer {
	char		*base;		/* what is asked, NULL: not known yet */
	char		*model;		/* NULL: not known */
	struct ask	 ask;
	int64_t		 window;	/* 0: not known */
	unsigned	 repair;	/* what it refused so far */
	bool		 ready;		/* ask is */
};

void peer_free(struct peer *p);
/* Make a ready for the server at base over h, with the limits of s and the
 * key, which may be NULL. */
void peer_open(struct ask *a, struct http *h, const struct settings *s,
    const char *base, const char *key);
/*
 * Write requests for it: the head of r, and how messages are written, by
 * the settings, the profile, which is found if need be, and what the server
 * refused so far.  0, or -1 with e filled (ERR_CONFIG) and r as if there
 * were no profile.
 */
int peer_dress(const struct settings *s, const struct profile_for *f,
    unsigned repair, struct profile *p, struct request *r, struct err *e);
/*
 * The peer that "MODEL" or "MODEL@URL" names; its base is NULL without URL.
 * 0, or -1 with e filled (ERR_CONFIG).
 */
int peer_parse(struct peer *p, const char *text, struct err *e);

#endif
