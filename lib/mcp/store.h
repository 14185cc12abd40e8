/*
 * store.h - what servers said of their tools, kept in the state folder.
 *
 * A pin is what a server said when the user took it: its tools are offered
 * as they were then, and one that says something else of itself later is
 * refused until the user takes it again.  It belongs to the entry as it
 * stands in the file, by its hash.  An index is what agent-tool(1) reads at
 * its start: the tools of all pins of a configuration.  It is made anew when
 * it is missing.
 */
#ifndef MCP_STORE_H
#define MCP_STORE_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"
#include "mcp/entry.h"

#define STORE_FILE_MAX	((size_t)32 * 1024 * 1024)

/* The pin of the entry, owned; invalid when there is none. */
jv store_pin(const struct entry *c);
int store_pin_write(const struct entry *c, jv pin, struct err *e);
void store_pin_remove(const struct entry *c);
/* Write the index of these entries and pins to path.  failed is an array of
 * {"server","why"}, to be tried again later. */
int store_index(const char *path, const struct entries *c, const jv *pins,
    jv failed, struct err *e);
/* Its "failed", owned; invalid when there is none (path may be NULL). */
jv store_failed(const char *path);
/* Remove all indexes: something that they were made of has changed. */
void store_forget(void);

/* file_change_lock() for a file that store_write() shall replace; its folder
 * is made when it will be needed. */
int store_lock(const char *path, bool make);
/* Write v (borrowed) as a file of mode 0600, whole or not at all, with its
 * missing folders; pretty: for people.  0, or -1 with e filled. */
int store_write(const char *path, jv v, bool pretty, struct err *e);

#endif
