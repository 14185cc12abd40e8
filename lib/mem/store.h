/*
 * store.h - the file of memories: open, put, get, take away.
 *
 * One file of SQLite for all namespaces, agent-memory(5).  Whatever changes
 * it does so between store_begin() and store_commit(); then it is on the
 * disk.  A memory's row is its namespace and a number that rises and is
 * never used again; the index (index.h) knows it by that number.
 */
#ifndef MEM_STORE_H
#define MEM_STORE_H

#include "base/base.h"
#include "base/err.h"
#include "db/db.h"
#include "mem/item.h"

struct store_ns {
	int64_t		 id;
	char		*name;
	int64_t		 next;		/* number of the next memory */
	int64_t		 folded;	/* those below are in segments */
	int64_t		 docs;		/* memories there are */
	bool		 dirty;
	struct store_ns	*after;
};

struct store_session {
	int64_t		 id, ns;
	char		*name;
	int64_t		 first, last, docs, turn;
	bool		 ordered, dirty;
};

struct store {
	struct db	*db;
	char		*path;
	struct store_ns	*spaces;	/* seen in this transaction */
	struct store_session session;	/* the one used last */
	struct {			/* the block of vectors that is
					 * being changed, vectors.h */
		int64_t	 ns, model, lo;
		char	*data;
		size_t	 size;
	}		 block;
	int64_t		 now;		/* ms since 1970 */
};

enum store_status { STORE_NEW, STORE_SAME, STORE_CHANGED };

/* What becomes of a memory that was changed or taken away. */
enum store_how { STORE_KEEP_HISTORY = 0, STORE_NO_HISTORY = 1 };

/* The path of the file when none is given; the caller frees it. */
char *store_path(struct err *e);
/*
 * Open the file at path (NULL: store_path()); with DB_READ it must be there.
 * 0, or -1 with e filled.
 */
int store_open(struct store *s, const char *path, enum db_flags flags,
    struct err *e);
void store_close(struct store *s);
/*
 * Whether more memories are unfolded (index.h) than a search should look at,
 * as after an older version's file was brought up to date; and fold them, by
 * a connection of its own.  What fails is left to the next one that stores.
 */
bool store_is_behind(struct store *s);
void store_catch_up(const char *path);

/* Look at the file anew: what others wrote is seen. */
void store_refresh(struct store *s);
int store_begin(struct store *s, struct err *e);
/* Bring the index up to date and commit. */
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);

/* The namespace of that name: 1 with *ns, 0 when there is none, -1.  With
 * make it is made.  Owned by s. */
int store_space(struct store *s, const char *name, bool make,
    struct store_ns **ns, struct err *e);

/*
 * Put a memory into ns.  One with an id replaces that of the same id; one
 * without is not put when the same is there already.  id is filled.
 */
int store_put(struct store *s, struct store_ns *ns, struct item *it,
    enum store_status *status, struct err *e);
/* The memory of that id: 1 with it filled, 0, -1. */
int store_get(struct store *s, const struct store_ns *ns, const char *id,
    struct item *it, struct err *e);
/* Replace the memory old by new, in its place. */
int store_replace(struct store *s, const struct item *old,
    struct item *new, enum store_how how, struct err *e);
/* Take a memory away, with its history. */
int store_remove(struct store *s, const struct item *it, struct err *e);
/* What the memory was before, oldest first, as an array; owned. */
int store_history(struct store *s, int64_t row, jv *out, struct err *e);
/* Overwrite what was taken away: the log as well.  Outside a transaction. */
int store_scrub(struct store *s, struct err *e);

#endif
