/*
 * offline.h - a stand-in for a model: a few rules, no network, no weights.
 *
 * For first steps, demonstrations and tests.  It says plainly what it is.
 * It calls offered tools for plain requests (list, read, search, run,
 * write, remember, recall, plan), tells what came out of them, and is
 * deterministic but for the ids of its calls.  Any input is safe.
 */
#ifndef GATE_OFFLINE_H
#define GATE_OFFLINE_H

#include "base/base.h"
#include "base/buf.h"
#include "gate/delta.h"
#include "json/js.h"

struct offline {
	struct buf	 user;		/* what the user said last */
	jv		 results;	/* since then: {name,text,is_error} */
	jv		 names;		/* id of a call: name of its tool */
	size_t		 bytes;		/* of the whole history */
	bool		 asked;		/* there is something to answer */
};

void offline_init(struct offline *o);
void offline_free(struct offline *o);
/* Forget the history. */
void offline_reset(struct offline *o);
/* See a message line go by. */
void offline_push(struct offline *o, jv line);
/* Answer into d, in small pieces; tools is the array of offered schemas. */
void offline_answer(struct offline *o, jv tools, struct delta *d);

/* ---- the rules, apart (offline_rules.c) ---- */

/*
 * Find what the user wants done, and append the calls for it to d.  True
 * when it was such a request: then either there are calls, or missing
 * names the tool that would be needed and is not offered.
 */
bool offline_rules(const struct buf *user, jv tools, struct delta *d,
    const char **missing);
/* True when the tool is offered. */
bool offline_offered(jv tools, const char *name);
/* Add a call of the tool with one string argument. */
void offline_call(struct delta *d, const char *tool, const char *key,
    const char *p, size_t n);

#endif
