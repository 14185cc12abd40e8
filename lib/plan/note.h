/*
 * note.h - the notebook: notes that are added and never changed.
 *
 * Each note carries a hash over itself and the hash before it, and the
 * plan knows how many there are and the last hash; so whatever is changed,
 * taken out, put in or cut off at the end shows.  A hash that was written
 * down elsewhere also shows a notebook that was made anew.
 */
#ifndef PLAN_NOTE_H
#define PLAN_NOTE_H

#include "json/js.h"
#include "plan/store.h"

/* The kinds people write, NULL at the end; "event" is what the plan itself
 * writes down. */
extern const char *const note_kinds[];
bool note_kind(const char *kind);

#define NOTE_MAX	((size_t)256 * 1024)

/* Add a note, inside a transaction; task 0 is none. */
int note_add(struct plan *p, const char *kind, const char *author,
    int64_t task, const char *text, struct err *e);
int note_event(struct plan *p, int64_t task, struct err *e,
    const char *fmt, ...) BASE_PRINTF(4, 5);

struct note_filter {
	const char	*kind, *match;	/* match: a part of the text */
	int64_t		 task, since, limit;	/* 0: any; ms; 0: all */
};

/* What is called for each note, the oldest first: an object, borrowed.
 * Not 0 stops. */
typedef int note_fn(void *arg, jv note, struct err *e);
int note_each(struct plan *p, const struct note_filter *f, note_fn *fn,
    void *arg, struct err *e);
/*
 * Follow the chain: 0 with the number of notes and the last hash, -1 with
 * ERR_DATA naming the first note that does not fit.  head, if not NULL, is
 * a hash that has to be in it.
 */
int note_check(struct plan *p, const char *head, int64_t *n, char last[65],
    struct err *e);

#endif
