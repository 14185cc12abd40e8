/*
 * serve.h - agent-gate as an HTTP server, and what its parts share.
 *
 * One process, one thread, one loop: front.h brings requests, route.c sends
 * each to who answers it (local.c at once, relay.c by asking a server), and
 * engine.h keeps a model running where that is wanted.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "gate/record.h"
#include "gate/settings.h"
#include "net/many.h"
#include "serve/engine.h"
#include "serve/front.h"
#include "serve/guard.h"
#include "serve/listen.h"
#include "serve/metrics.h"
#include "serve/talk.h"

enum serve_mode {
	SERVE_UPSTREAM,		/* another server answers */
	SERVE_ENGINE,		/* one that we keep running */
	SERVE_OFFLINE,		/* the offline model */
	SERVE_REPLAY,		/* recordings */
};

/* What the command line says; all borrowed. */
struct serve_conf {
	const char	*listen;	/* HOST:PORT */
	const struct settings *set;
	struct guard	 guard;		/* bound is set by serve_run */
	struct engine_conf engine;	/* file NULL: none */
	int64_t		 grace_ms, client_ms;
	int64_t		 leave_ms;	/* without requests; 0: never */
	int64_t		 body_max;
	int64_t		 connections;
	bool		 no_recover;
};

struct serve {
	struct serve_conf *conf;
	enum serve_mode	 mode;
	struct listen	 listen;
	struct front	*front;
	struct many	*many;		/* NULL where nobody is asked */
	struct engine	*engine;	/* or NULL */
	struct record	 rec;
	char		*base;		/* of the server that is asked */
	char		*auth;		/* header with its key, or NULL */
	const char	*model;		/* for requests that name none */
	struct metrics	 metrics;
	int64_t		 cut_at;	/* draining: until then, clock_ms */
	int64_t		 busy_at;	/* there was a request, clock_ms */
	bool		 draining;
};

/*
 * Serve until SIGTERM, SIGINT or SIGHUP, which sig_caught() tells then; 0,
 * or -1 with e filled.  sig_init() was called.  The address is written to
 * standard output as soon as connections are taken.
 */
int serve_run(struct serve_conf *conf, struct err *e);

/* ---- between the parts ------------------------------------------------ */

/* The head of a request is there: may it come in? */
void route_check(void *arg, struct req *r);
/* Have the request answered. */
void route_handle(void *arg, struct req *r);
/* Answer chat and completions without any server. */
void local_answer(struct serve *s, struct req *r, enum emit_kind kind);
/* Vectors without any model, for trying things out. */
void local_embed(struct serve *s, struct req *r);
/*
 * Ask the server behind for path (below its base) and pass on what it says.
 * body is sound JSON or empty; with chat, calls are recovered.
 */
void relay_start(struct serve *s, struct req *r, const char *path,
    bool chat);

#endif
