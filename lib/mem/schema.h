/*
 * schema.h - the tables of the file of memories, agent-memory(5).
 */
#ifndef MEM_SCHEMA_H
#define MEM_SCHEMA_H

#include "base/base.h"
#include "db/db.h"

extern const struct db_schema schema_memory;

#endif
