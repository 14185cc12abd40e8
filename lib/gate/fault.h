/*
 * fault.h - what a server means when it reports an error.
 *
 * Error reports have as many shapes as there are servers, and arrive with
 * any status, 200 included.  This finds the message in all of them, and
 * sorts it into the kinds of err.h: too long a prompt is told from too many
 * requests, and a report that repeating the request cannot help from one
 * that waiting can.  What to do about those is repair.h's.  Pure.
 */
#ifndef GATE_FAULT_H
#define GATE_FAULT_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

/*
 * True when the JSON value is an error report (whatever its status), with
 * e filled.  status is the HTTP status it came with.
 */
bool fault_json(jv v, int status, struct err *e);
/*
 * Fill e from the body of a reply with an error status; the body may be
 * JSON, text, a page of HTML or nothing.  Returns -1.
 */
int fault_body(const char *p, size_t n, int status, struct err *e);
/* The kind of an error with this text. */
enum err_kind fault_kind(const char *text, int status);
/* True when the text says, in some server's words, that the prompt does
 * not fit the context window. */
bool fault_is_overflow(const char *text);
/* True when the text says that the model is still being loaded. */
bool fault_is_loading(const char *text);

/* What to leave out or change so that the server takes the request. */
enum fault_repair {
	REPAIR_NONE = 0,
	REPAIR_MAX_FIELD = 1,	/* max_tokens is max_completion_tokens */
	REPAIR_NO_OPTIONS = 2,	/* without stream_options */
	REPAIR_NO_TEMPERATURE = 4,
	REPAIR_NO_STREAM = 8,	/* a whole answer */
	REPAIR_ORDER = 16,	/* an answer between results and the user */
	REPAIR_ALTERNATE = 32,	/* user and assistant in turns, the system
				 * first and once */
	REPAIR_EMPTY = 64,	/* "" beside calls, not null */
	REPAIR_IDS = 128,	/* ids of nine letters and digits */
	REPAIR_REASONING = 256,	/* reasoning_content is sent back */
	REPAIR_PLAIN_PARTS = 512,	/* a string in place of text parts */
	REPAIR_SCHEMA = 1024,	/* schemas with few keywords */
	REPAIR_TEXT_TOOLS = 2048,	/* tools and calls as plain text */
	REPAIR_NO_FORMAT = 4096,	/* without response_format */
	REPAIR_NO_SAMPLING = 8192,	/* without the profile's sampling */
	REPAIR_OLD_FIELD = 16384,	/* max_tokens in spite of MAX_FIELD */
	REPAIR_NO_SYSTEM = 32768,	/* the system message is the user's */
	REPAIR_BARE = 65536,	/* messages without members of their own */
	REPAIR_SIGNATURES = 131072,	/* extra_content of calls is sent */
	REPAIR_SIGN = 262144,	/* calls without get one that says so */
	REPAIR_FILLED = 524288,	/* no content is empty */
	REPAIR_NAMES = 1048576,	/* names of letters, digits, _ and - */
	REPAIR_OFFER = 2097152,	/* tools that were called are offered */
	REPAIR_NO_REASONING = 4194304,	/* in spite of REASONING */
	REPAIR_STREAM = 8388608,	/* a stream, whatever was wanted */
};

#endif
