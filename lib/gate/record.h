/*
 * record.h - answers kept in a file, and given again without any model.
 *
 * A recording is a JSON line {"type":"recording","key","model","deltas",
 * "message"}; key is the hash of the request (request.h), so that a
 * recording answers exactly the request it was made of, in any order.
 * Answers recorded for the same request are given in their order; the last
 * one is given for ever.
 */
#ifndef GATE_RECORD_H
#define GATE_RECORD_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/delta.h"
#include "gate/request.h"
#include "json/js.h"

struct record {
	int		 fd;		/* recording: the file, else -1 */
	struct buf	 deltas;	/* of the answer that is coming */
	jv		 all;		/* replaying: the recordings */
	bool		*used;		/* of each of them */
	const char	*path;		/* borrowed */
};

void record_init(struct record *r);
void record_free(struct record *r);

/* Open the file for appending, made with mode 0600. */
int record_open(struct record *r, const char *path, struct err *e);
/* Forget the pieces told so far: a new answer begins. */
void record_begin(struct record *r);
/* A piece of the answer, in order. */
void record_delta(struct record *r, enum delta_kind kind, const char *p,
    size_t n, int index, const char *name);
/* The answer is complete: append the recording. */
int record_save(struct record *r, const char *key, const char *model,
    jv msg, struct err *e);

/* Read the recordings of the file. */
int record_load(struct record *r, const char *path, struct err *e);
/*
 * The recording for this request, told to fn (which may be NULL) piece by
 * piece; returns its message, owned.  With a model only recordings of that
 * model count.  Invalid with e filled (ERR_NOINPUT, naming the hash) when
 * there is none.
 */
jv record_answer(struct record *r, const char *key, const char *model,
    delta_fn *fn, void *arg, struct err *e);

#endif
