/*
 * post.h - several requests to a server at once, each tried until it is
 * answered or hopeless.
 *
 * For programs with a loop: nothing here waits.  What is tried again, and
 * after how long, is decided by net/retry.h; when the server asks to wait,
 * everybody waits.  An answer of a good status counts only when it is one
 * JSON document that is no error report.  Bodies go out as they are.
 */
#ifndef GATE_POST_H
#define GATE_POST_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/account.h"
#include "gate/server.h"

#define POST_BODY_MAX	((size_t)48 * 1024 * 1024)	/* of an answer */

struct post;

/* How a request ended. */
struct post_reply {
	int		 status;	/* of the last answer, 0 none came */
	struct buf	 body;		/* its body; may be moved away */
	char		 request_id[128];	/* "" when none was told */
	int		 tries;
	bool		 reached;	/* some try got beyond connecting */
	bool		 denied;	/* err is that of the account: it was
					 * not asked again */
	struct err	 err;		/* ERR_NONE: a good answer */
};

/* Told of each end, from post_run() and post_stop(); may ask anew. */
typedef void post_fn(void *arg, void *tag, struct post_reply *r);

/*
 * Ready to ask the server s, which was found and stays borrowed.  NULL with
 * e filled.
 */
struct post *post_open(const struct server *s, post_fn *done, void *arg,
    struct err *e);
/* Reserve each try with a, which is borrowed; NULL for none. */
void post_account(struct post *p, struct account *a);
/* Drop what is on its way without a word; NULL is allowed. */
void post_close(struct post *p);
/*
 * Send body, which is taken over and emptied, to path below the base
 * ("/embeddings").  tag is given back at the end; tries is the most that
 * are made, 0 for what the settings say.
 */
void post_ask(struct post *p, const char *path, struct buf *body, int tries,
    void *tag);
/* How many are on their way or wait to be tried again. */
size_t post_count(const struct post *p);
/* The descriptors to poll for reading, the second one's number may change
 * and be -1; and for how long at most. */
int post_fd(const struct post *p);
int post_account_fd(const struct post *p);
int post_left(const struct post *p);
/* Do what there is to do. */
void post_run(struct post *p);
/* Try nothing again from now on: those that wait end as they failed. */
void post_stop(struct post *p);

#endif
