/*
 * csv.h - comma-separated values, RFC 4180, as the world writes them.
 *
 * A field that begins with a quote goes on to the next quote that is not
 * doubled; it may hold delimiters and line ends.  A quote elsewhere is an
 * ordinary character, and so is what stands between a closing quote and the
 * next delimiter.  Lines end in LF or CR LF (or CR alone, when the caller
 * says so); empty lines are no records.  Nothing is malformed: whatever the
 * bytes, there are records.
 *
 * Two readers with exactly the same idea of a record: csv_feed() takes
 * fields apart, csv_count() only counts, 64 bytes at a time.  Both take
 * bytes in pieces cut anywhere.  Pure, and bounded whatever the input.
 */
#ifndef VIEW_CSV_H
#define VIEW_CSV_H

#include "base/base.h"
#include "base/buf.h"

#define CSV_FIELD_MAX	((size_t)64 * 1024)	/* kept of a field */
#define CSV_RECORD_MAX	((size_t)4 * 1024 * 1024)	/* kept of a record */
#define CSV_FIELDS_MAX	((size_t)16384)		/* kept of a record */

enum csv_state {
	CSV_START,		/* at the first byte of a field */
	CSV_PLAIN,		/* in one that has no quotes */
	CSV_QUOTED,		/* between quotes */
	CSV_QUOTE,		/* behind a quote that may close */
};

struct csv_field {
	size_t		 at, n;		/* in the record's bytes */
	uint64_t	 total;		/* bytes it really has */
	bool		 quoted;
};

/* One record being read. */
struct csv {
	char		 delim, eol;
	enum csv_state	 state;
	bool		 fresh;		/* nothing of the record was seen */
	bool		 cr;		/* a CR, held back: LF may follow */
	struct buf	 bytes;
	struct csv_field *v;
	size_t		 n, cap;
	uint64_t	 fields;	/* more than n when n is the limit */
};

void csv_init(struct csv *c, char delim, char eol);
void csv_free(struct csv *c);
/* Forget the record that was read; begin the next. */
void csv_next(struct csv *c);
/*
 * Take bytes up to the end of one record: returns how many, and in *whole
 * whether the record is complete.  Empty lines are passed over.
 */
size_t csv_feed(struct csv *c, const char *p, size_t n, bool *whole);
/* There are no more bytes: true when they end within a record, which is
 * complete now. */
bool csv_end(struct csv *c);
/* The bytes of field i. */
const char *csv_at(const struct csv *c, size_t i);

/* Counting. */
struct csv_count {
	char		 delim, eol;
	enum csv_state	 state;
	bool		 fresh, cr;	/* as above, of the last byte */
	uint64_t	 records, fields;
};

void csv_count_init(struct csv_count *c, char delim, char eol);
void csv_count_feed(struct csv_count *c, const char *p, size_t n);
void csv_count_end(struct csv_count *c);

#endif
