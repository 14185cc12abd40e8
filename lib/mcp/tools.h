/*
 * tools.h - what a server says of its tools, made fit for a model.
 *
 * All of it is a stranger's text.  So names are made of safe characters and
 * carry the server's name, texts are clean and short, schemas are bounded in
 * size, depth and number, and refer to nothing outside themselves; what does
 * not fit is left out, with the reason.  Pure.
 *
 * A tool becomes
 *	{"name","tool","description","inputSchema","annotations","headers"?}
 * where name is for the model and tool what the server calls it.
 */
#ifndef MCP_TOOLS_H
#define MCP_TOOLS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"
#include "mcp/entry.h"

#define TOOLS_MAX		256	/* of one server */
#define TOOLS_DESCRIPTION	1024	/* bytes */
#define TOOLS_SCHEMA		((size_t)16 * 1024)
#define TOOLS_DEPTH		24
#define TOOLS_NODES		2000	/* values in a schema */

/*
 * Append the tools of the array list (one page of a server's answer) to the
 * owned array out, which is consumed and returned; notes gets a line for
 * each that was left out or renamed.
 */
jv tools_take(const struct entry *s, jv out, jv list, struct vec *notes);
/* The name for the model: "server__tool", at most 64 bytes of letters,
 * digits, '_' and '-'; a hash stands for what did not fit. */
void tools_name(struct buf *out, const char *server, const char *tool);
/* A schema (borrowed), bounded and with nothing that hides; owned, or an
 * invalid value and why. */
jv tools_schema(jv schema, const char **why);
/* True when two tools say the same of themselves. */
bool tools_same(jv a, jv b);
/* The tool of that name among them, owned, or invalid; key is "name" or
 * "tool". */
jv tools_find(jv tools, const char *key, const char *name);

#endif
