/*
 * jsonl.h - JSON Lines: framing, and nothing of what the lines mean.
 *
 * One JSON value per line, UTF-8, LF.  The reader takes CRLF, blank lines,
 * a BOM at the start, NUL and ill-formed bytes as they come; U+2028 is
 * data, not a line end.  A bad line is reported with its number and
 * consumed, so the caller may go on.  Memory is bounded by the longest
 * line, which is bounded by the cap.
 */
#ifndef JSON_JSONL_H
#define JSON_JSONL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

struct jsonl {
	struct buf	 buf;		/* bytes read and not yet consumed */
	size_t		 pos;		/* start of the next line in buf */
	size_t		 scan;		/* no LF between pos and here */
	size_t		 cap;		/* longest line accepted, bytes */
	const char	*name;		/* for messages; borrowed */
	uint64_t	 lineno;	/* of the line returned last */
	bool		 eof;		/* jsonl_eof() was called */
	bool		 torn;		/* the last line had no LF */
	bool		 skipping;	/* inside a line over the cap */
};

enum jsonl_status {
	JSONL_ERROR = -1,	/* this line is bad: e says why; go on */
	JSONL_END = 0,		/* end of input */
	JSONL_ITEM = 1,		/* a line */
	JSONL_MORE = 2,		/* more bytes are needed */
};

/* Begin; name is for messages ("<stdin>", a path).  Cap BASE_LINE_MAX. */
void jsonl_init(struct jsonl *r, const char *name);
void jsonl_free(struct jsonl *r);

/* ---- push side: for programs that poll ---- */

/* Add n bytes as they came. */
void jsonl_feed(struct jsonl *r, const char *p, size_t n);
/* There will be no more bytes. */
void jsonl_eof(struct jsonl *r);
/*
 * The next line that is not blank, without its line end, as bytes that stay
 * valid until the next call on r.  A last line without LF counts as a line
 * and sets r->torn.
 */
enum jsonl_status jsonl_line(struct jsonl *r, const char **p, size_t *n,
    struct err *e);
/*
 * The next line parsed; *v is owned by the caller on JSONL_ITEM.  When p is
 * not NULL the line's bytes are given too, valid until the next call.
 */
enum jsonl_status jsonl_next(struct jsonl *r, jv *v, const char **p,
    size_t *n, struct err *e);

/* ---- pull side: for filters that may block ---- */

/* The next line from fd as bytes; like jsonl_line but never JSONL_MORE. */
enum jsonl_status jsonl_read_line(struct jsonl *r, int fd, const char **p,
    size_t *n, struct err *e);
/* The next parsed line from fd; like jsonl_next but never JSONL_MORE. */
enum jsonl_status jsonl_read(struct jsonl *r, int fd, jv *v, const char **p,
    size_t *n, struct err *e);

/* ---- writer ---- */

/*
 * Write v as one line with one write(2) (more only when the kernel takes
 * less).  0, or -1 with e filled; a closed pipe is ERR_IO with errno EPIPE.
 */
int jsonl_write(int fd, jv v, struct err *e);
/* The same for bytes that are one line of JSON already, without LF. */
int jsonl_write_bytes(int fd, const char *p, size_t n, struct err *e);

#endif
