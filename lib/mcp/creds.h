/*
 * creds.h - headers that a command of the entry prints: tokens that live in
 * a password store, or for an hour only.
 *
 * The command is started like a server's program (launch.h) when a service
 * is first asked something, and again when the service refuses what it
 * printed.  It prints an object of JSON with strings, or lines "Name: value".
 */
#ifndef MCP_CREDS_H
#define MCP_CREDS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "mcp/entry.h"
#include "sys/proc.h"

#include <poll.h>

#define CREDS_FDS	2
#define CREDS_MAX	((size_t)64 * 1024)

struct creds {
	struct proc	 proc;
	struct buf	 out, said;	/* of it, so far */
	bool		 running;
	bool		 known;		/* headers holds what it printed */
	int64_t		 until;
	struct vec	 headers;	/* Name: value */
};

/* Start the command of c; -1 with e filled, which names the server. */
int creds_start(struct creds *k, const struct entry *c, const char *workspace,
    struct err *e);
/* While it runs: what to poll for, -1 for nothing. */
void creds_poll(const struct creds *k, struct pollfd p[CREDS_FDS]);
/* Take what came.  1: they are known; 0: not yet; -1 with e filled: it
 * failed, or took too long. */
int creds_step(struct creds *k, const struct entry *c, struct err *e);
/* Forget what is known, end what runs. */
void creds_forget(struct creds *k);
/* The pure part: headers from what it printed; -1 with e. */
int creds_read(struct vec *headers, const char *p, size_t n, struct err *e);

#endif
