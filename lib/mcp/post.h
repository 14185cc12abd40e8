/*
 * post.h - one HTTP request to an MCP service, and what came of it so far.
 */
#ifndef MCP_POST_H
#define MCP_POST_H

#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"
#include "mcp/server.h"
#include "net/many.h"
#include "net/sse.h"

#define POST_MESSAGES	1000	/* not yet handed over: it has to wait */

struct post {
	struct post	*next;
	struct server	*s;		/* NULL: nobody's any more */
	struct request	*q;		/* what it is to answer, or NULL */
	struct many_call *call;		/* NULL: it has ended */
	int		 status;
	bool		 stream;	/* what comes is events */
	struct sse	 sse;
	struct buf	 body;		/* of an answer that is none */
	bool		 ear;		/* all that it says comes here */
	struct buf	 told;		/* ... its event "endpoint" */
	jv		 inbox;		/* messages of the stream */
	char		 session[256];	/* that the answer names */
	struct err	 fault;
	bool		 ended;
	bool		 answered;	/* the response has come */
	bool		 busy;		/* messages are handed over now */
	bool		 paused;	/* many_go() is due */
	int64_t		 enough_at;	/* then it is cut, -1 */
	int		 resumes;
	int64_t		 resume_at;	/* then it is taken up again, -1 */
};

/* A new one in the list. */
struct post *post_new(struct post **list, struct server *s,
    struct request *q);
/* Ask; body is taken over and emptied.  A fault is kept in p, which has
 * ended then. */
void post_start(struct post *p, struct many *m, const char *method,
    const char *url, const struct vec *headers, struct buf *body);
/* Cancel what is under way, take it out of the list and free it. */
void post_free(struct post **list, struct post *p);

#endif
