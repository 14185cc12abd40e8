/*
 * batch_in.h - the requests of a batch, as they stand in its input.
 *
 * A line is one of
 *	{"custom_id","method","url","body"}	a line of OpenAI's Batch API
 *	{"custom_id"?,"messages":[...]}		a conversation, or the array
 *	{"role","content"}			a conversation of one message
 *	"text"					a prompt
 * or, when asked for, plain text: a prompt a line, or ended by NUL.  A line
 * without custom_id goes by "line-N".  The input is read twice: once to
 * see that ids are unique, once to ask; what cannot be read twice is kept
 * in a temporary file that has no name.
 */
#ifndef GATE_BATCH_IN_H
#define GATE_BATCH_IN_H

#include <sys/types.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/batch_ids.h"
#include "gate/server.h"
#include "json/jsonl.h"

struct batch_in {
	int		 fd;
	const char	*name;		/* for messages; borrowed */
	off_t		 start, end;	/* of the part that is read */
	off_t		 at;
	struct jsonl	 lines;
	bool		 prompts, nul;
	const char	*system;	/* before prompts; may be NULL */
};

struct batch_req {
	uint64_t	 line;
	struct batch_key key;
	struct buf	 id;		/* custom_id as JSON text */
	char		 path[96];	/* below the base, "/embeddings" */
	struct buf	 body;
	struct err	 bad;		/* why it cannot be asked, or none */
};

#define BATCH_REQ_INIT	{ .line = 0 }

/* Open path, or stdin for NULL or "-".  0, or -1 with e filled. */
int batch_in_open(struct batch_in *in, const char *path, struct err *e);
void batch_in_free(struct batch_in *in);
/* Begin at the first line again. */
void batch_in_rewind(struct batch_in *in);
/*
 * The next request.  With srv its path and body are made as well, by the
 * settings of srv; without, only line, key and id.  1, or 0 at the end, or -1
 * with e filled when the input cannot be read.
 */
int batch_in_next(struct batch_in *in, struct server *srv, struct batch_req *r,
    struct err *e);
void batch_req_free(struct batch_req *r);

/* The key of an id given as JSON text. */
struct batch_key batch_id_key(const char *json, size_t n);

#endif
