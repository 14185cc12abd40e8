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
};

/* Look at the file; -1 with e filled (ERR_DATA: UTF-32, or no text). */
int feed_open(struct feed *f, int fd, struct err *e);
/* Up to n bytes, n of at least 8; 0 at the end, -1 with errno. */
ssize_t feed_read(struct feed *f, char *p, size_t n);
/* Back to the first byte. */
void feed_rewind(struct feed *f);

#endif
