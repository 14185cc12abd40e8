/*
 * schema.c - the tables of the file of memories, agent-memory(5).
 */
#include "mem/schema.h"

#define APPLICATION_ID	0x61674d65	/* "agMe" */

/* Times are milliseconds since 1970. */
static const char *const steps[] = {
	"CREATE TABLE namespace("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  name TEXT NOT NULL UNIQUE,"
	"  next INTEGER NOT NULL DEFAULT 1,"
	"  folded INTEGER NOT NULL DEFAULT 1,"
	"  docs INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE TABLE session("
	"  id INTEGER PRIMARY KEY,"
	"  ns INTEGER NOT NULL, name TEXT NOT NULL,"
	"  first INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0,"
	"  docs INTEGER NOT NULL DEFAULT 0, turn INTEGER NOT NULL DEFAULT 0,"
	"  ordered INTEGER NOT NULL DEFAULT 1,"
	"  UNIQUE(ns, name)) STRICT;"
	"CREATE TABLE memory("
	"  id INTEGER PRIMARY KEY,"
	"  ns INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,"
	"  digest INTEGER NOT NULL,"
	"  kind TEXT, speaker TEXT, source TEXT, date TEXT,"
	"  at INTEGER NOT NULL,"
	"  session INTEGER NOT NULL DEFAULT 0, turn INTEGER,"
	"  tags TEXT, extra TEXT, importance REAL,"
	"  created INTEGER NOT NULL, updated INTEGER NOT NULL DEFAULT 0,"
	"  expires INTEGER NOT NULL DEFAULT 0,"
	"  UNIQUE(ns, key)) STRICT;"
	"CREATE INDEX memory_digest ON memory(ns, digest);"
	"CREATE INDEX memory_session ON memory(session, turn)"
	"  WHERE session <> 0;"
	"CREATE INDEX memory_source ON memory(ns, source)"
	"  WHERE source IS NOT NULL;"
	"CREATE INDEX memory_expires ON memory(expires) WHERE expires <> 0;"
	"CREATE TABLE history("
	"  id INTEGER PRIMARY KEY,"
	"  memory INTEGER NOT NULL, changed INTEGER NOT NULL,"
	"  item TEXT NOT NULL) STRICT;"
	"CREATE INDEX history_memory ON history(memory);"
	"CREATE TABLE segment("
	"  ns INTEGER NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL,"
	"  docs INTEGER NOT NULL, words INTEGER NOT NULL,"
	"  PRIMARY KEY(ns, lo)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE posting("
	"  ns INTEGER NOT NULL, lo INTEGER NOT NULL, term TEXT NOT NULL,"
	"  df INTEGER NOT NULL, list BLOB NOT NULL,"
	"  PRIMARY KEY(ns, lo, term)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE vocabulary("
	"  ns INTEGER NOT NULL, lo INTEGER NOT NULL, words TEXT NOT NULL,"
	"  PRIMARY KEY(ns, lo)) STRICT;"
	"CREATE TABLE model("
	"  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	"  dims INTEGER NOT NULL) STRICT;"
	"CREATE TABLE vector("
	"  memory INTEGER PRIMARY KEY, model INTEGER NOT NULL,"
	"  digest INTEGER NOT NULL, scale REAL NOT NULL,"
	"  data BLOB NOT NULL) STRICT;"
	"CREATE TABLE vector_block("
	"  ns INTEGER NOT NULL, model INTEGER NOT NULL, lo INTEGER NOT NULL,"
	"  data BLOB NOT NULL, PRIMARY KEY(ns, model, lo)) STRICT;",
	NULL
};

const struct db_schema schema_memory = { APPLICATION_ID, steps };
