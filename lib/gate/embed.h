/*
 * embed.h - texts in, vectors out: agent-gate embed.
 *
 * A filter with a loop: lines are gathered into requests while they come,
 * several requests are on their way at once, and results leave in the order
 * of the input.  When no more input is at hand what was gathered is sent, so
 * that the filter can be talked with, too.  A text that the server will not
 * take fails alone: the request that held it is asked again in halves.
 * Memory holds what is on its way.
 */
#ifndef GATE_EMBED_H
#define GATE_EMBED_H

#include "base/base.h"
#include "base/err.h"
#include "gate/out.h"
#include "gate/server.h"

struct embed_conf {
	bool		 jsonl;		/* lines are objects: text, id */
	size_t		 texts;		/* of one request at most */
	size_t		 at_once;	/* requests; 0: as the server likes */
	int64_t		 dimensions;	/* to ask for; 0: the model's own */
	const char	*prefix;	/* before each text; NULL: nothing */
};

/*
 * Read fd to its end and write a line for each line that is not blank:
 * {"index","id"?,"embedding":[...],"model"?} or {"index","id"?,"error":{"code",
 * "message"}}.  The server is srv (server_open, server_find).  The exit
 * status, 1 when some failed; -1 with e filled when no more could be done.
 */
int embed_run(const struct embed_conf *conf, struct server *srv, int fd,
    struct out *out, struct err *e);

/*
 * The vectors in the body of an answer of n bytes: tell(arg, i, json, len)
 * is called for each of the want that were asked for, with the bytes of an
 * array of numbers.  *dims is their number of places, 0 when not known yet.
 * 0, or -1 with e filled (ERR_PROTOCOL); then some may have been told.
 */
typedef void embed_fn(void *arg, size_t i, const char *json, size_t len);
int embed_read(const char *p, size_t n, size_t want, size_t *dims,
    embed_fn *tell, void *arg, struct err *e);

#endif
