/*
 * front.h - the HTTP side: connections, requests, answers; no threads.
 *
 * libmicrohttpd reads and writes; this keeps it to the rules (guard.h),
 * collects bodies, lets requests wait without a thread, and notices at once
 * when a client has left.  It knows no paths and no chat: whoever opens it
 * gives a handler, which answers now or later through answer_*().
 */
#ifndef SERVE_FRONT_H
#define SERVE_FRONT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

struct front;

/* A request whose answer is not complete yet. */
struct req {
	struct front	*f;
	const char	*method;
	const char	*path;		/* decoded, without the query */
	struct buf	 in;		/* its body */
	int64_t		 start;		/* clock_ms */
	const char	*label;		/* for counting; static */

	/* The answer; touched through answer_*() only. */
	int		 status;	/* 0: not begun */
	struct vec	 headers;	/* name, value, name, value ... */
	int64_t		 length;	/* of the body, -1 not known */
	struct buf	 out;
	size_t		 out_pos;	/* given to the library already */
	bool		 ended, broken;

	/* Whoever answers later keeps its state here. */
	void		*work;
	void		(*drop)(struct req *r);	/* free it: all is over */
	void		(*more)(struct req *r);	/* there is room in out again;
						 * may be NULL */

	/* Of front.c alone. */
	void		*conn, *mhd;
	size_t		 held;
	bool		 asked, queued, waiting, too_big, left;
	bool		 full;		/* and of answer.c */
};

#define REQ_FULL	((size_t)256 * 1024)	/* of an answer, unsent */

struct front_conf {
	int		 fd;		/* listening; taken over */
	size_t		 body_max;	/* of a request, bytes */
	size_t		 held_max;	/* of all bodies together */
	int		 connections;
	int64_t		 client_ms;	/* how long a client may dawdle */
	bool		 once;		/* no connection is kept, and every
					 * answer says so */
	/* May the request come in?  Called when its head is there; answers
	 * with answer_fail() when not. */
	void		(*check)(void *arg, struct req *r);
	/* The request is whole: answer it, now or later. */
	void		(*handle)(void *arg, struct req *r);
	/* The answer has gone out, or the client has (gone). */
	void		(*done)(void *arg, struct req *r, bool gone);
	void		*arg;
};

/* NULL with e filled when the library does not start. */
struct front *front_open(const struct front_conf *c, struct err *e);
/* Cut what is left and free everything; NULL is allowed. */
void front_close(struct front *f);
/* Two descriptors to poll for reading. */
void front_fds(const struct front *f, int fds[2]);
/* Milliseconds until front_run() is wanted at the latest, or -1. */
int front_left(struct front *f);
/* Do what there is to do. */
void front_run(struct front *f);
/* Take no more connections, and close those that ask for nothing; what has come
 * of a request is still read, by the next front_run(). */
void front_drain(struct front *f);
/* Open connections, those of them that never asked for anything yet, and
 * requests that are not answered yet. */
size_t front_connections(const struct front *f);
size_t front_fresh(const struct front *f);
size_t front_requests(const struct front *f);
/* There is news of r: have the library ask.  For answer.c. */
void front_wake(struct req *r);

/* ---- what a handler may do with a request ---------------------------- */

/* The value of a request's header, or NULL; valid as long as r. */
const char *req_header(struct req *r, const char *name);
/* Call fn for each header of the request. */
void req_headers(struct req *r, void (*fn)(void *arg, const char *name,
    size_t name_len, const char *value, size_t value_len), void *arg);
/* True when more of the answer waits than should; more() tells the end. */
bool req_full(struct req *r);

/* Begin the answer; length of the body, or -1 when it is not known. */
void answer_begin(struct req *r, int status, const char *type,
    int64_t length);
/* Another header, before the first wait. */
void answer_header(struct req *r, const char *name, const char *value);
/* More of the body. */
void answer_add(struct req *r, const void *p, size_t n);
/* r->out was appended to by other means. */
void answer_more(struct req *r);
/* That was all of it. */
void answer_end(struct req *r);
/* Break off, so that the client sees that something is missing. */
void answer_break(struct req *r);
/* A whole answer. */
void answer_whole(struct req *r, int status, const char *type, const void *p,
    size_t n);
/*
 * Append an error in the shape of the API: {"error":{"message","type",
 * "param","code"}}; the type follows from the status.
 */
void answer_error_json(struct buf *b, int status, const char *code,
    const char *text);
/* Such an error as the whole answer. */
void answer_fail(struct req *r, int status, const char *code,
    const char *fmt, ...) BASE_PRINTF(4, 5);

#endif
