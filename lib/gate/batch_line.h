/*
 * batch_line.h - the lines that a batch writes, and reading them again.
 *
 *	{"id","custom_id","cached"?,
 *	 "response":{"status_code","request_id","body"},
 *	 "error":{"code","message","retryable","attempts"}}
 * response is null when no answer came, error is null when all is well.
 */
#ifndef GATE_BATCH_LINE_H
#define GATE_BATCH_LINE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/batch_ids.h"
#include "gate/post.h"

/*
 * Append the line, with its LF, of the request called id (JSON text), of
 * what came of it (the body may be changed), of whether that is the answer to
 * an earlier one, of whether it may be asked again, and how often it was.
 */
void batch_line(struct buf *out, const struct buf *id, struct post_reply *r,
    bool cached, bool retryable, unsigned attempts);

/* What a line says. */
struct batch_said {
	struct batch_key key;
	enum batch_state state;		/* OK, FAILED or RETRYABLE */
	unsigned	 tries;
};

/* Read the n bytes of a line; false when it is none of a batch. */
bool batch_line_read(const char *p, size_t n, struct batch_said *s);
/* The counts of tokens in the body of an answer are added up. */
void batch_line_usage(const struct buf *body, uint64_t *in, uint64_t *out);

#endif
