/*
 * yaml_in.h - between the files of the reader of YAML.
 */
#ifndef CORE_YAML_IN_H
#define CORE_YAML_IN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

struct yaml {
	const char	*p;
	size_t		 n, at;
	const char	*name;
	int		 depth;
	struct err	*e;
};

/* Fill the error, once, with the line that at is in; always -1. */
int yaml_fail(struct yaml *y, const char *why);
/* The byte at at + i, '\n' at the end of a line (also of one with a carriage
 * return), '\0' at the end of the text. */
char yaml_peek(const struct yaml *y, size_t i);
/* Whether what follows at + i is a blank or the end of the line. */
bool yaml_is_gap(const struct yaml *y, size_t i);
/* Skip blanks in the line. */
void yaml_blanks(struct yaml *y);
/* The rest of the line has to be empty or a remark: go behind it. */
int yaml_end_line(struct yaml *y);
/* From the start of a line to the next one with something in it; its margin, or
 * -1 at the end; -2 with the error filled. */
int yaml_next(struct yaml *y);

/* yaml_text.c: scalars at y->at, appended to b; -1 with the error filled. */
int yaml_quoted(struct yaml *y, struct buf *b);
/* A block text, of a key or list with that margin. */
int yaml_block(struct yaml *y, int margin, struct buf *b);
/* Plain text: in brackets, or in a line and those below that have a margin
 * beyond this one. */
int yaml_plain(struct yaml *y, bool flow, int margin, struct buf *b);
/* What plain text means.  Owned. */
jv yaml_meaning(const struct buf *b);

#endif
