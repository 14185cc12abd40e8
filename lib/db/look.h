/*
 * look.h - a database of somebody else: looked at, never written, and not
 * believed.
 *
 * Its schema may be made to harm whoever opens it.  So functions with side
 * effects, attached files and pragmas are refused to what the file says by
 * itself (its views), memory and time are bounded, and damage is an error.
 * The handle is used as any other: db_query, db_step, db_done, db_close.
 */
#ifndef DB_LOOK_H
#define DB_LOOK_H

#include "base/base.h"
#include "base/err.h"
#include "db/db.h"

/*
 * Open the file at path for reading; all steps together may take ms.  What
 * a program that still runs has in its log is read with it, where the
 * folder allows that; else *stale is true.  NULL with e filled.
 */
struct db *db_look(const char *path, int ms, bool *stale, struct err *e);

enum db_look_kind { LOOK_NULL, LOOK_INTEGER, LOOK_REAL, LOOK_TEXT,
	LOOK_BLOB };

/* Columns of a statement, their names, and what they were declared as
 * (NULL: nothing).  Valid as long as the statement. */
int db_look_columns(struct db_stmt *st);
const char *db_look_name(struct db_stmt *st, int col);
const char *db_look_type(struct db_stmt *st, int col);
/* What the column of the current row is. */
enum db_look_kind db_look_kind(struct db_stmt *st, int col);

#endif
