/*
 * csv_guess.h - what a file of values does not say of itself: its
 * delimiter, its header, and where its last records begin.
 */
#ifndef VIEW_CSV_GUESS_H
#define VIEW_CSV_GUESS_H

#include "base/base.h"

#include <sys/types.h>

struct csv_guess {
	char	delim, eol;
	bool	header;		/* the first record names the columns */
	bool	latin;		/* the bytes are not UTF-8 */
};

/*
 * From the first n bytes of the file (all of it, or not): the delimiter by
 * which most records have the same number of fields; a header, unless the
 * first record holds a number or a date.  Pure.
 */
void csv_guess(struct csv_guess *g, const char *p, size_t n, bool all,
    bool tabs);
/*
 * An offset from which to read the file so that the last rows records, or
 * more, come out as they would from its begin.  Only the end of the file is
 * read, as far as it tells whether it lies within quotes: the records there
 * have the right number of fields under one reading and not under the
 * other.  begin when that does not come out; -1 with errno.
 */
off_t csv_guess_tail(int fd, off_t begin, off_t size,
    const struct csv_guess *g, size_t columns, size_t rows);

#endif
