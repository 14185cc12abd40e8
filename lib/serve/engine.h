/*
 * engine.h - an inference engine that is kept running.
 *
 * The engine is a program of its own that serves a model over HTTP on a
 * port that we choose (llama-server, or what is named).  It is started,
 * waited for until it is healthy, started again with growing waits when it
 * ends, and ended with us.
 */
#ifndef SERVE_ENGINE_H
#define SERVE_ENGINE_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "net/many.h"

struct engine_conf {
	const char	*file;		/* the model; NULL: no engine */
	const char	*program;	/* name on PATH, or a path */
	char *const	*args;		/* more arguments, ended by NULL */
	int64_t		 start_ms;	/* how long it may take to load */
};

struct engine;

/* Start it; many is borrowed.  NULL with e filled when that is no use. */
struct engine *engine_open(const struct engine_conf *c, struct many *many,
    struct err *e);
/* End it and wait until it has ended; NULL is allowed. */
void engine_close(struct engine *g);
/* The descriptor to poll for reading, or -1. */
int engine_fd(const struct engine *g);
/* Milliseconds until engine_run() is wanted at the latest, or -1. */
int engine_left(const struct engine *g);
/* Do what there is to do.  -1 with e filled when it is of no use to go on:
 * it ended before it ever was healthy. */
int engine_run(struct engine *g, struct err *e);
bool engine_ready(const struct engine *g);
/* The base of its URL. */
const char *engine_base(const struct engine *g);
uint64_t engine_restarts(const struct engine *g);

#endif
