/*
 * item.h - a memory, between its JSON and its row.
 *
 * The members of a line, agent-mem(1): id, namespace, text, kind, speaker,
 * source, session, turn, date, tags, importance, created, updated, expires.
 * Whatever else is in a line is kept as it is and given back.
 */
#ifndef MEM_ITEM_H
#define MEM_ITEM_H

#include "base/base.h"
#include "base/err.h"
#include "db/db.h"
#include "json/js.h"

#define ITEM_KEY_MAX	256	/* bytes of an id, a namespace */
#define ITEM_TEXT_MAX	((size_t)32 * 1024 * 1024)

/* A memory; strings are owned, NULL for none.  No string holds NUL. */
struct item {
	int64_t	 row;		/* ns << ITEM_NS_SHIFT | seq */
	char	*id, *text, *kind, *speaker, *source;
	char	*date;		/* as it was given */
	int64_t	 at;		/* the moment of date, else of created: ms */
	char	*session;	/* the JSON of it: a string or a number */
	int64_t	 session_row;	/* 0: none */
	int64_t	 turn;		/* ITEM_NO_TURN: none */
	char	*tags;		/* the JSON of an array of strings */
	double	 importance;	/* 0 to 1, or -1: not said */
	int64_t	 created;	/* ms since 1970 */
	int64_t	 updated, expires;	/* the same, 0: never */
	char	*extra;		/* the JSON of an object: all else */
	char	*ns_name;	/* of a line; not of a row */
};

#define ITEM_NS_SHIFT	32
#define ITEM_NO_TURN	INT64_MIN
#define ITEM_SEQ(row)	((uint32_t)((row) & 0xffffffff))
#define ITEM_NS(row)	((row) >> ITEM_NS_SHIFT)

/* What a SELECT of rows names, in the order that item_row() reads, from
 * "memory m LEFT JOIN session s ON s.id = m.session". */
#define ITEM_COLUMNS	"m.id, m.key, m.text, m.kind, m.speaker, m.source," \
	" m.date, m.at, s.name, m.session, m.turn, m.tags, m.importance," \
	" m.created, m.updated, m.expires, m.extra"
#define ITEM_FROM	" FROM memory m LEFT JOIN session s ON" \
	" s.id = m.session "

void item_free(struct item *it);
/*
 * Read a line, borrowed, as of now.  -1 with ERR_DATA that names what is
 * wrong with it.  The item is empty then.
 */
int item_read(struct item *it, jv line, int64_t now, struct err *e);
/* The memory as a line; ns names its namespace. */
jv item_json(const struct item *it, const char *ns);
/* From the row that st stands on. */
void item_row(struct item *it, struct db_stmt *st);
/* The memory of a row of db, which the caller frees: 1; 0 when there is none;
 * -1 with e filled. */
int item_of_row(struct db *db, int64_t row, struct item *it, struct err *e);
/* Whether the JSON array tags has this one. */
bool item_has_tag(const struct item *it, const char *tag);
/*
 * What two memories of the same content have in common: text without regard
 * to spaces and case, and who said it where.
 */
int64_t item_digest(const struct item *it);
/* Milliseconds since 1970 as a stamp of RFC 3339, and back: a stamp, a date
 * or an age such as 30d; false when it is none. */
bool item_time(const char *s, int64_t now, int64_t *ms);

#endif
