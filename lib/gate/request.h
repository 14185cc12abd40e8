/*
 * request.h - the body of a request, grown by appending.
 *
 * A history of messages becomes the JSON text that a server is sent.  Each
 * message is fitted once, when it comes, and kept in the store; asking again
 * after one more message costs what that message costs.  The text is laid
 * out as head (model, sampling, tools), messages, tail (streaming), so that
 * the front of it stays the same from request to request.  How the messages
 * are written is dialect.h's, and can be changed at any time.
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
#include "gate/dialect.h"
#include "gate/fit.h"
#include "gate/line.h"
#include "json/js.h"

#define REQUEST_KEY_SIZE	65

/* What stands before the messages.  Strings are copied. */
struct request_head {
	const char	*model;		/* NULL: the server's own choice */
	const char	*temperature;	/* a number as text, NULL none */
	int64_t		 max_tokens;	/* 0 none */
	const char	*sampling;	/* more members, as JSON text without
					 * braces, or NULL */
	const char	*preamble;	/* behind the system message, or NULL */
	unsigned	 repair;	/* fault_repair bits that apply */
};

struct request {
	struct buf	 store;		/* a line each: dialect_mark, JSON */
	struct buf	 body;		/* head and messages, then maybe tail */
	size_t		 head_len;
	size_t		 len;		/* without the tail */
	size_t		 shown;		/* bytes of the store in the body */
	size_t		 count;		/* messages */
	struct dialect	 dialect;
	jv		 tools;		/* array, or invalid */
	double		 tools_cost;	/* of tally_tools(); below 0: not
					 * reckoned yet */
	jv		 drop;		/* keywords to leave out of schemas */
	jv		 open;		/* calls without result: {id,name,as},
					 * as is the id that is sent */
	jv		 used;		/* object: the ids of all calls */
	jv		 pictures;	/* of results, not shown yet */
	SHA2_CTX	 sha;		/* of the messages, as far as */
	size_t		 hashed;	/* this many bytes of the store */
	char		*model, *temperature, *sampling;
	char		*format, *words;	/* of request_format */
	char		*lead;		/* the head's preamble */
	char		*preamble;	/* the same with the tools in words */
	int64_t		 max_tokens;
	unsigned	 repair;
	bool		 exact;		/* one text for the same message, for
					 * recordings: set before pushing */
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
/* Leave the keyword out of the schemas of tools, from now on. */
void request_drop(struct request *r, const char *keyword);
/*
 * Ask for an answer of this form: the value of response_format as JSON
 * text, and words that say the same to a model whose server does not take
 * that.  Copied; NULL for none.  With tools offered it is always words:
 * servers that hold a model to a form let it call nothing.
 */
void request_format(struct request *r, const char *json, const char *words);
/* Offer these tools (an array from tools_fit, borrowed). */
void request_tools(struct request *r, jv tools);
/* Forget the messages; head and tools stay. */
void request_reset(struct request *r);
/*
 * Append a message line.  0, or -1 with e filled (ERR_DATA): then nothing
 * was appended.
 */
int request_push(struct request *r, jv line, struct err *e);
/* The same for a line of kind LINE_PLAIN, whose n bytes are at p. */
int request_push_plain(struct request *r, const struct line *l,
    const char *p, size_t n, struct err *e);
/* Where the messages end now; request_rewind forgets those after it (which
 * must not hold calls or results). */
struct request_mark {
	size_t		 bytes, count, hashed;
	SHA2_CTX	 sha;
};
struct request_mark request_here(const struct request *r);
void request_rewind(struct request *r, struct request_mark m);
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
