/*
 * batch_form.h - from a line of a batch to what is sent.
 *
 * The body of a Batch line goes as it is, byte for byte; only a model is put
 * in where it names none.  Conversations become bodies as in request.h.
 */
#ifndef GATE_BATCH_FORM_H
#define GATE_BATCH_FORM_H

#include "base/base.h"
#include "base/err.h"
#include "gate/batch_in.h"
#include "gate/server.h"

/* Fill path and body of r from the n bytes of a sound JSON text; system
 * (or NULL) goes before prompts.  0, or -1 with e filled. */
int batch_form_json(struct server *srv, const char *system, struct batch_req *r,
    const char *p, size_t n, struct err *e);
/* The same from the plain text of a prompt. */
int batch_form_prompt(struct server *srv, const char *system,
    struct batch_req *r, const char *p, size_t n, struct err *e);

#endif
