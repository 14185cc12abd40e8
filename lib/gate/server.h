/*
 * server.h - the server that bulk work is sent to, as the settings say.
 *
 * For batch, which keeps no conversation: where the server is,
 * which model, which key may go there; or the offline model.
 */
#ifndef GATE_SERVER_H
#define GATE_SERVER_H

#include "base/base.h"
#include "base/err.h"
#include "gate/profile.h"
#include "gate/request.h"
#include "gate/settings.h"
#include "net/http.h"

struct server {
	const struct settings *set;	/* borrowed */
	struct http	*http;
	bool		 offline;
	bool		 vectors;	/* a model for embeddings is wanted */
	char		*base;		/* NULL until server_find() */
	char		*model;		/* NULL: not known */
	char		*auth;		/* the header, or NULL */
	struct profile	 prof;
	struct request	 req;		/* to make bodies of conversations */
};

/* From the settings, tools and sampling included; nothing goes over the
 * network.  0, or -1 with e filled; server_close() either way. */
int server_open(struct server *s, const struct settings *set, struct err *e);
/*
 * Find server and model where they are not named; note is told of a key
 * that may not go there.  0, or -1 with e filled.
 */
int server_find(struct server *s, void (*note)(const char *text),
    struct err *e);
void server_close(struct server *s);

#endif
