/*
 * web.h - servers that are services: messages over Streamable HTTP.
 *
 * Every message is a POST; the answer to one is JSON, or a stream of events
 * that may hold other messages before it.  In the older era a session is
 * kept, forgotten ones are begun anew, and a stream that breaks is resumed
 * where the server allows it.  The oldest transport, HTTP+SSE of
 * 2024-11-05, is spoken with an entry of the type "sse", and where POST is
 * refused.  libcurl is not touched before the first POST.
 */
#ifndef MCP_WEB_H
#define MCP_WEB_H

#include "mcp/creds.h"
#include "mcp/server.h"

#define WEB_FDS	CREDS_FDS

extern const struct link web_link;

/* What all services share. */
struct webs;
struct webs *webs_new(void);
/* Ends what is under way and frees everything; NULL is allowed. */
void webs_free(struct webs *w);
/* Make s, which has web_link, one of them. */
void web_attach(struct server *s, struct webs *w);
void web_detach(struct server *s);
/* A descriptor to poll for reading, or -1; when webs_run() is wanted at the
 * latest, in ms from now, or -1. */
int webs_fd(const struct webs *w);
int webs_left(const struct webs *w);
void webs_run(struct webs *w);
/* The same for what one service waits for before it is asked; always
 * WEB_FDS, -1 for those not used. */
void web_poll(const struct server *s, struct pollfd p[WEB_FDS]);
int web_left(const struct server *s);
void web_work(struct server *s);
/* Tell those that keep a session that it is over; takes a second at most. */
void webs_goodbye(struct webs *w, struct server *const *v, size_t n);

/* "http", or "sse" for the oldest transport. */
const char *web_kind(const struct server *s);
/* A value as HTTP headers of MCP carry it: as it is, or =?base64?...?=. */
void web_value(struct buf *out, const char *p, size_t n);

#endif
