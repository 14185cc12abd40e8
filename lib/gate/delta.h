/*
 * delta.h - pieces of an answer, as servers stream them, to one message.
 *
 * Takes chunks of a streamed chat completion (and whole ones, which are
 * one great chunk) in every form that servers are known to send, tells a
 * callback of each piece of text as it comes, and builds the message at
 * the end.  Text is kept in byte buffers, so that a character whose halves
 * arrive in two chunks comes out whole.  Pure: no descriptors, no clock.
 *
 * It does not judge whether the answer is complete: that is wire.h.
 */
#ifndef GATE_DELTA_H
#define GATE_DELTA_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/mend.h"
#include "json/js.h"

enum delta_kind {
	DELTA_TEXT,
	DELTA_REASONING,
	DELTA_ARGS,
	DELTA_RECAST,		/* what was told is void, and comes again as
				 * reasoning: heal.h */
};

/*
 * A piece of n bytes, well-formed UTF-8, never empty but for DELTA_RECAST,
 * which has none.  For DELTA_ARGS
 * index is the number of the call in the message, from 0, and name its
 * tool with the first piece of it (NULL later, and when it is not known).
 */
typedef void delta_fn(void *arg, enum delta_kind kind, const char *p,
    size_t n, int index, const char *name);

struct delta_call {
	int64_t		 wire;		/* the server's index, -1 none */
	struct buf	 id, name, args;
	struct mend	 mend;		/* of args */
	jv		 extra;		/* extra_content, to be echoed */
	bool		 told;		/* the callback knows the name */
};

struct delta {
	delta_fn	*fn;		/* may be NULL */
	void		*arg;
	struct buf	 text, think;
	struct mend	 mend_text, mend_think;
	struct delta_call *calls;
	size_t		 ncalls;
	jv		 used;		/* object: ids that are taken already,
					 * borrowed, set by the caller */
	jv		 usage;		/* as the server wrote it */
	jv		 renamed;	/* array: names that were mended */
	jv		 details;	/* reasoning_details, to be echoed */
	char		*model, *id, *finish;
	int64_t		 choice;	/* the one that is read, -1 not known */
	uint64_t	 pieces;	/* that the callback was told of */
	bool		 refused;	/* a refusal came in place of text */
	bool		 whole;		/* a message, not deltas, came */
	bool		 any;		/* some choice came */
	bool		 counted;	/* usage is the server's own */
	bool		 objects;	/* arguments of the chunk that are an
					 * object came so, and are strings only
					 * to keep their bytes */
};

/* Ready for the first chunk. */
void delta_init(struct delta *d, delta_fn *fn, void *arg);
void delta_free(struct delta *d);
/* Take one chunk; marked tells that mend_in() changed its bytes. */
void delta_take(struct delta *d, jv chunk, bool marked);
/* A plain piece, for answers that come from elsewhere than a chunk. */
void delta_text(struct delta *d, enum delta_kind kind, const char *p,
    size_t n);
/* Add a whole call; the strings are copied. */
void delta_call(struct delta *d, const char *id, const char *name,
    const char *args, size_t n);

enum delta_end {
	DELTA_DONE,		/* it came to its end */
	DELTA_CANCELLED,	/* the user stopped it */
	DELTA_CUT,		/* it broke off */
};

/*
 * The message of what came, agent-message(5), owned.  Calls are released
 * with DELTA_DONE only, and not when the limit of tokens ended it.  tools
 * is the array of offered schemas (or an invalid value).
 */
jv delta_message(struct delta *d, enum delta_end end, jv tools);
/* True when every call has a name and arguments that are an object. */
bool delta_calls_whole(const struct delta *d);
/* What a server wrote as usage, in our words, owned: an object, empty when
 * there is nothing in it. */
jv delta_usage(jv raw);
/* stop, length, tool_calls, content_filter or error, whatever it was. */
const char *delta_finish(const struct delta *d);

#endif
