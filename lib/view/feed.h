/*
 * feed.h - the bytes of a text file as UTF-8, in pieces.
 *
 * A byte-order mark is taken away; UTF-16 of either order is told by its
 * mark, or by where its zero bytes stand, and becomes UTF-8.  Other bytes
 * pass as they are.
 */
#ifndef VIEW_FEED_H
#define VIEW_FEED_H

#include "base/base.h"
#include "base/err.h"

#include <sys/types.h>

enum feed_code { FEED_PLAIN, FEED_UTF16LE, FEED_UTF16BE };

struct feed {
	int		 fd;		/* borrowed; a regular file */
	enum feed_code	 code;
	bool		 marked;	/* with a byte-order mark */
	off_t		 begin;		/* behind the mark */
	off_t		 size;		/* of the file */
	off_t		 at;		/* next byte to read */
	uint32_t	 high;		/* half of a surrogate pair, or 0 */
	char		*piece;		/* what was read last, owned */
	const char	*p;		/* what of it was not yet looked at: */
	size_t		 left;		/* the reader takes it from here */
};

#define FEED_PIECE	((size_t)256 * 1024)

/* Look at the file; -1 with e filled (ERR_DATA: UTF-32, or no text). */
int feed_open(struct feed *f, int fd, struct err *e);
/* The next piece, of up to FEED_PIECE bytes, in place of the last; false at
 * the end, or with e filled. */
bool feed_next(struct feed *f, struct err *e);
/* n bytes of the piece are done with. */
void feed_take(struct feed *f, size_t n);
/* Go on at byte at of the file, behind its mark: f->begin or more. */
void feed_seek(struct feed *f, off_t at);
void feed_close(struct feed *f);

#endif
