/*
 * ask.h - what can be asked of a table.
 */
#ifndef VIEW_ASK_H
#define VIEW_ASK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum ask_what { ASK_HEAD, ASK_TAIL, ASK_SHAPE, ASK_COLUMNS, ASK_DESCRIBE,
	ASK_SAMPLE, ASK_FILTER };

#define ASK_ROWS	10	/* when nothing else is asked */
#define ASK_ROWS_MAX	1000

struct ask {
	enum ask_what	 what;
	const char	*path;		/* where the file is */
	const char	*shown;		/* as it is named */
	const char	*table;		/* of several, or NULL */
	const char	*where;		/* condition of FILTER */
	size_t		 rows;
	size_t		 cap;		/* bytes of rows in the answer */
};

/* The operation of that name; false when there is none. */
bool ask_what(const char *name, enum ask_what *what);
/* The names, NULL-terminated, in the order of the enum. */
extern const char *const ask_names[];
/*
 * Append the answer to out: a line about the file in brackets, then lines
 * of CSV.  fd is the open file, borrowed.  0, or -1 with e filled:
 * ERR_USAGE for what is wrong with the question, ERR_DATA with the file,
 * ERR_UNAVAILABLE when something that it takes is not there.
 */
int ask(const struct ask *a, int fd, struct buf *out, struct err *e);

#endif
