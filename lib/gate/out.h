/*
 * out.h - lines on standard output, batched while they come together.
 */
#ifndef GATE_OUT_H
#define GATE_OUT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/delta.h"
#include "json/js.h"

struct out {
	int		 fd;
	struct buf	 b;		/* lines not written yet */
	bool		 gone;		/* the reader has left (EPIPE) */
};

void out_init(struct out *o, int fd);
void out_free(struct out *o);
/* Add a line; nothing is written before out_flush. */
void out_line(struct out *o, jv v);
/* Add a delta event. */
void out_delta(struct out *o, const char *message_id, enum delta_kind kind,
    const char *p, size_t n, int index, const char *name);
/* What a piece is, as members of an object, without its braces. */
void out_piece(struct buf *b, enum delta_kind kind, const char *p, size_t n,
    int index, const char *name);
/* Write what is there.  0, or -1 with e filled. */
int out_flush(struct out *o, struct err *e);
/* The name of a kind in delta events. */
const char *out_kind(enum delta_kind kind);

#endif
