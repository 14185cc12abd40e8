/*
 * md_in.h - between the files of md.h.
 */
#ifndef CHAT_MD_IN_H
#define CHAT_MD_IN_H

#include "chat/md.h"

enum md_style {
	MD_BOLD = 1, MD_ITALIC = 2, MD_STRIKE = 4, MD_LINK = 8,
	/* These have no end within the line that is looked for. */
	MD_CODE_SPAN = 16, MD_DIM = 32, MD_HEAD = 64,
};

/* md_text.c: words and styles. */

/* Show what can be shown of m->in, all of it when whole is set. */
void md_text(struct md *m, bool whole, struct buf *out);
/* Begin a visible line: the margins of quotes, then indent columns. */
void md_begin(struct md *m, unsigned indent, struct buf *out);
/* Text of our own, in a style, into the word under way. */
void md_put(struct md *m, unsigned style, const char *s);
/* Write the word under way. */
void md_word(struct md *m, struct buf *out);
/* End the visible line: styles off, newline. */
void md_newline(struct md *m, struct buf *out);
/* Append the sequence that sets the style to b, when it is not what is
 * shown. */
void md_sgr(struct md *m, unsigned style, struct buf *b);
/* Columns of what was rendered: without sequences. */
unsigned md_columns(const char *p, size_t n);

/* md_table.c: show the rows that were kept, as a table if they are one. */
void md_table(struct md *m, struct buf *out);

#endif
