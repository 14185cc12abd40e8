/*
 * view.h - a file as a table: columns that have names, rows one after the
 * other.
 *
 * Every format is a source that gives rows; what is asked of them
 * (look.h) knows no format.  Rows are read once and in order, and no
 * source holds more than a few of them, whatever the size of the file.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

#define VIEW_COLUMNS_MAX	((size_t)4096)	/* that are looked at */

/* What a value is.  Text files know only RAW, which datum_kind() tells. */
enum view_kind {
	KIND_RAW,
	KIND_NULL,
	KIND_INTEGER,
	KIND_NUMBER,
	KIND_BOOLEAN,
	KIND_DATE,
	KIND_DATETIME,
	KIND_TEXT,
	KIND_JSON,		/* an array or an object, as JSON */
	KIND_BYTES,
	VIEW_KINDS
};

struct view_cell {
	size_t		 at, n;		/* in the row's bytes */
	uint64_t	 total;		/* bytes the value really has */
	enum view_kind	 kind;
};

struct view_row {
	const char	*bytes;		/* of all cells, borrowed */
	struct view_cell *v;
	size_t		 n, cap;
	uint64_t	 fields;	/* n, or more when some were left out */
};

void view_row_free(struct view_row *r);
/* Room for one more cell, zeroed. */
struct view_cell *view_row_add(struct view_row *r);

struct view_shape {
	uint64_t	 rows;
	bool		 ragged;	/* rows with more or fewer fields */
};

struct view;

struct view_ops {
	/* The next row, valid until the next call: 1; 0 end, -1 error. */
	int	(*next)(struct view *v, struct view_row *r, struct err *e);
	/* Count rows the quick way; NULL: by next. */
	int	(*shape)(struct view *v, struct view_shape *s, struct err *e);
	/* What people should know of what was read so far, or nothing; may be
	 * NULL. */
	void	(*note)(const struct view *v, struct buf *out);
	/* Go to where the last n rows begin, or before: 0, or -1; NULL:
	 * there is no quick way. */
	int	(*tail)(struct view *v, size_t n, struct err *e);
	void	(*close)(struct view *v);
};

struct view {
	const struct view_ops *ops;
	void		*state;		/* of the source */
	struct vec	 names;		/* of columns */
	struct vec	 types;		/* as declared; may be empty */
	struct buf	 form;		/* "CSV, UTF-8", for people */
	bool		 growing;	/* later rows may add columns */
};

/*
 * Open the file, whose descriptor is borrowed and whose name tells where to
 * look for what stands beside it.  table is the one wanted of several, or
 * NULL.  0, or -1 with e filled; then nothing is to be closed.
 */
int view_open(struct view *v, int fd, const char *path, const char *table,
    struct err *e);
void view_close(struct view *v);

/* The formats.  As view_open(). */
int view_csv(struct view *v, int fd, const char *path, struct err *e);
int view_jsonl(struct view *v, int fd, const char *path, struct err *e);
int view_json(struct view *v, int fd, const char *table, struct err *e);
int view_sqlite(struct view *v, const char *path, const char *table,
    struct err *e);
int view_parquet(struct view *v, const char *path, struct err *e);

#endif
