/*
 * web_in.h - between the files of web.h.
 */
#ifndef MCP_WEB_IN_H
#define MCP_WEB_IN_H

#include "mcp/creds.h"
#include "mcp/post.h"
#include "mcp/web.h"

struct webs {
	struct many	*many;
	struct post	*posts;
};

/* A message that cannot go yet. */
struct held {
	jv		 msg;
	struct request	*q;		/* or NULL */
};

struct web {
	struct webs	*all;
	char		 session[256];
	struct creds	 creds;
	struct err	 fault;		/* why there are none, not told yet */
	struct held	*held;
	size_t		 nheld;
	/* The oldest transport, HTTP+SSE of 2024-11-05. */
	bool		 old;
	struct post	*ear;		/* the stream of all that it says */
	char		*endpoint;	/* for messages; NULL: not told yet */
};

/* web.c: headers that every request has; send a message now. */
void web_common(const struct server *s, struct vec *v);
void web_post(struct server *s, jv msg, struct request *q);

/* web_wait.c: what has to be there before anything is sent. */

/* True when the message may go now; otherwise it is kept, and what is missing
 * is on its way. */
bool web_may_send(struct server *s, jv msg, struct request *q);
/* Keep it, and get new headers first. */
void web_renew(struct server *s, struct request *q);
/* Keep it, and speak the oldest transport from now on. */
void web_go_old(struct server *s, struct request *q);
/* The event "endpoint" came. */
void web_endpoint(struct server *s, const char *text, size_t n);
/* q is not wanted any more. */
void web_unhold(struct server *s, const struct request *q);
/* Forget all that is kept, without a word. */
void web_drop(struct web *w);

/* web_answer.c: take what came for p, in whole messages; true when the list
 * of posts may have changed. */
bool web_step(struct webs *w, struct post *p);

#endif
