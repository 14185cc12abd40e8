/*
 * open.h - how a server is opened: its era, its version, its tools.
 *
 * The half of server.h that leads up to SERVER_READY; only server.c calls
 * it.
 */
#ifndef MCP_OPEN_H
#define MCP_OPEN_H

#include "mcp/server.h"

void open_begin(struct server *s);
/* It is open, and said that its tools changed: list them again, before any
 * further call. */
void open_again(struct server *s);
/* An answer to what was asked; error says which kind body is. */
void open_answer(struct server *s, enum asked what, jv body, bool error);
/* What was asked was not answered in time. */
void open_late(struct server *s, enum asked what);
/* The link broke, or refused the question (which is gone). */
void open_lost(struct server *s, const struct err *why);
void open_refused(struct server *s, enum asked what, int status,
    const struct err *why);

/* Ask it to say when its tools change. */
void open_listen(struct server *s);

/* Of server.c, for it: make a request (to be sent), leave the opening. */
struct request *open_ask(struct server *s, enum asked what,
    const char *method, jv params_take, int64_t limit_ms);
/* End all that was asked. */
void open_drop(struct server *s, const struct err *why);
void open_done(struct server *s);
void open_failed(struct server *s, const struct err *why);
/* The words for an error object. */
void open_error(const struct server *s, jv error, struct err *e);
/* Params with the _meta of the modern era. */
jv open_meta_take(const struct server *s, jv params);

#endif
