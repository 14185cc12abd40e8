/*
 * request.h - the body of a request, grown by appending.
 *
 * A history of messages becomes the JSON text that a server is sent.  Each
 * message is turned into text once, when it comes; asking again after one
 * more message costs what that message costs.  The text is laid out as
 * head (model, sampling, tools), messages, tail (streaming), so that the
 * front of it stays the same from request to request.
 *
 * Strict servers want exactly one result for every call: results that miss
 * are put in, results without a call left out, each with a note.  Pure.
 */
#ifndef GATE_REQUEST_H
#define GATE_REQUEST_H

#include <sys/types.h>
#include <sha2.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/fit.h"
#include "json/js.h"

#define REQUEST_KEY_SIZE	65

/* What stands before the messages.  Strings are copied. */
struct request_head {
	const char	*model;		/* NULL: the server's own choice */
	const char	*temperature;	/* a number as text, NULL none */
	int64_t		 max_tokens;	/* 0 none */
	unsigned	 repair;	/* fault_repair bits that apply */
	enum fit_flags	 fit;
};

struct request {
	struct buf	 body;		/* head and messages, then maybe tail */
	size_t		 head_len;
	size_t		 len;		/* without the tail */
	size_t		 count;		/* messages */
	jv		 tools;		/* array, or invalid */
	jv		 open;		/* calls without result: {id,name,as},
					 * as is the id that is sent */
	jv		 used;		/* object: the ids of all calls */
	SHA2_CTX	 sha;		/* of the messages, as far as */
	size_t		 hashed;	/* this many bytes behind the head */
	char		*model, *temperature;
	int64_t		 max_tokens;
	unsigned	 repair;
	enum fit_flags	 fit;
	/* Told what had to be changed; may be NULL. */
	void		(*note)(void *arg, const char *text);
	void		*arg;
};

void request_init(struct request *r);
void request_free(struct request *r);
/* Set the head anew. */
void request_head(struct request *r, const struct request_head *h);
/* Leave out or change what the repairs (fault.h) say, from now on. */
void request_repair(struct request *r, unsigned repairs);
/* Offer these tools (an array from tools_fit, borrowed). */
void request_tools(struct request *r, jv tools);
/* Forget the messages; head and tools stay. */
void request_reset(struct request *r);
/*
 * Append a message line.  0, or -1 with e filled (ERR_DATA): then nothing
 * was appended.
 */
int request_push(struct request *r, jv line, struct err *e);
/* Put in results for the calls that have none. */
void request_close_calls(struct request *r);
/* The whole body, valid until the next call on r. */
const char *request_body(struct request *r, bool stream, size_t *len);
/*
 * The hash that names this request in recordings: of the messages, tools
 * and sampling, as hex SHA-256; not of the model, nor of whether and how
 * it is streamed.
 */
void request_key(struct request *r, char out[REQUEST_KEY_SIZE]);

#endif
