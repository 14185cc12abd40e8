/*
 * batch.h - many requests, one after the other or several at once, with
 * their answers in a file that a later run takes up.
 *
 * One process and one loop: net/many.h asks, the journal writes.  Memory
 * holds what is on its way, and some 40 bytes for each request there is.
 * One bad line, or one bad answer, never ends a run.
 */
#ifndef GATE_BATCH_H
#define GATE_BATCH_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/server.h"
#include "gate/jobs.h"
#include "gate/post.h"

struct batch_conf {
	const char	*input;		/* NULL: stdin */
	const char	*output;	/* NULL: stdout, no journal */
	const char	*system;	/* before prompts; or NULL */
	bool		 prompts, nul, keep_order, retry_failed;
	bool		 cache, sampled;	/* batch_cache.h */
	int64_t		 cache_mib;	/* 0: BATCH_CACHE_MIB */
	size_t		 at_once;	/* 0: as the server likes it */
	unsigned	 attempts;	/* for one request, in all runs */
	unsigned	 shard, shards;	/* shards 0: all */
	int64_t		 grace_ms;
	void		(*note)(const char *text);
};

struct batch_counts {
	uint64_t	 total;		/* requests there are */
	uint64_t	 ok, failed, retryable, left;	/* add up to it */
	uint64_t	 before;	/* ended in earlier runs */
	uint64_t	 cached;	/* not asked: the answer was kept */
	uint64_t	 requests;	/* sent, tries included */
	uint64_t	 in, out;	/* tokens, as the server counts */
	int64_t		 ms;
	int		 signal;	/* that ended the run, or 0 */
	bool		 gone;		/* the reader of stdout has left */
};

/*
 * Do it, with the server srv (server_open) and j for make.  Returns the
 * exit status, or -1 with e filled: the input is unusable, nothing can be
 * written, or nothing at all could be done (ERR_AUTH, ERR_UNAVAILABLE).
 * The counts are filled either way.
 */
int batch_run(const struct batch_conf *conf, struct server *srv,
    struct jobs *j, struct batch_counts *counts, struct err *e);
/* The counts as a line of JSON, without LF. */
void batch_summary(struct buf *out, const struct batch_counts *c, int status);

/* The answer of the offline model to the body (batch_offline.c). */
void batch_offline(const char *path, const struct buf *body,
    struct post_reply *r);
/* How many requests the server, which was found, likes at once
 * (batch_slots.c). */
size_t batch_slots(struct server *srv);

#endif
