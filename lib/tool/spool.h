/*
 * spool.h - what a program writes while it runs, on its way to a model.
 *
 * The beginning and the end are kept in memory; once that is not all of it,
 * everything goes to a file in the artifacts folder as well, and the text
 * for the model names that file.
 */
#ifndef TOOL_SPOOL_H
#define TOOL_SPOOL_H

#include "base/base.h"
#include "sys/pump.h"
#include "tool/result.h"
#include "tool/tool.h"

struct spool {
	struct tool_env	*env;
	const char	*stem;		/* of the file's name, borrowed */
	struct pump_keep keep;
	char		*artifact;	/* path, once there is one */
};

/* Zeroed memory is a spool that may be freed. */
void spool_begin(struct spool *s, struct tool_env *env, const char *stem);
void spool_free(struct spool *s);
/* The file for all of it, before anything came: a descriptor, or -1.  Its
 * path is s->artifact. */
int spool_file(struct spool *s);
void spool_add(struct spool *s, const char *p, size_t n);
/* Append it all to r->text, clean and cut, and fill r's facts: bytes,
 * truncated, artifact.  The text ends with a line end, or is empty. */
void spool_text(struct spool *s, struct result *r);

#endif
