/*
 * batch_journal.h - what a batch writes, and its memory between two runs.
 *
 * The output file is the journal: a line is written with one write(2) when
 * its answer is there, and a line that is there is never asked again.  A
 * failure that may be asked again is followed by a later line of the same
 * id; the later one counts, and the earlier one is taken out when the run
 * ends, by writing the file anew beside itself and renaming it.
 * One process at a time has the file; a pipe or device is just written to.
 */
#ifndef GATE_BATCH_JOURNAL_H
#define GATE_BATCH_JOURNAL_H

#include <sys/types.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/batch_ids.h"

struct batch_journal {
	int		 fd;
	const char	*name;		/* for messages; borrowed */
	char		*path;		/* of the file itself, or NULL */
	off_t		 end;
	int64_t		 synced;	/* clock_ms */
	size_t		 last;		/* index of the line written last */
	uint64_t	 stale;		/* lines that later ones replace */
	bool		 disorder;	/* not in the order of the input */
	bool		 gone;		/* the reader has left */
	uint64_t	 bad;		/* lines that make no sense */
	bool		 again;		/* failed lines count as retryable */
	void		(*note)(const char *text);	/* not NULL */
};

/*
 * Open path (NULL: standard output), and where it is a file that was there
 * before, bring the entries of ids up to what it says.  A last line that
 * was cut off is taken away.  0, or -1 with e filled: ERR_TEMP when
 * another process has it, ERR_DATA when it is no journal.
 */
int batch_journal_open(struct batch_journal *j, const char *path,
    struct batch_ids *ids, struct err *e);
void batch_journal_close(struct batch_journal *j);
/*
 * Write the line for entry i of ids, and note where it is.  -1 with e filled
 * when it could not be written: then nothing of it is in the file.
 */
int batch_journal_add(struct batch_journal *j, const struct buf *line,
    struct batch_ids *ids, size_t i, struct err *e);
/* The run is over: sync; with tidy take out stale lines, with order put
 * the rest in the order of the input. */
int batch_journal_end(struct batch_journal *j, const struct batch_ids *ids,
    bool tidy, bool order, struct err *e);

/* Called for each whole line of the file, without LF; at is its offset.
 * Anything but 0 ends the walk with that value. */
typedef int batch_walk_fn(void *arg, const char *p, size_t n, off_t at,
    struct err *e);
/* Go through the file; *tail is where its last, unfinished line begins. */
int batch_journal_walk(const struct batch_journal *j, batch_walk_fn *fn,
    void *arg, off_t *tail, struct err *e);
/* Write the file anew (batch_tidy.c). */
int batch_journal_tidy(struct batch_journal *j, const struct batch_ids *ids,
    bool order, struct err *e);

#endif
