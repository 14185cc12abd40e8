/*
 * md.h - Markdown as it streams in, shown on a terminal as it grows.
 *
 * Append-only: what was written is never gone back to, so that it stays
 * right in a scrollback, a log and a pipe.  Text is held back only while it
 * may still be a mark: a few bytes at the beginning of a line, a word, an
 * emphasis or link that is open (at most MD_HOLD bytes), a table (to its
 * end, at most MD_ROWS rows).  Line breaks stay as they were written; longer
 * lines are wrapped between words, and wide characters count as two columns.
 * The lines of fenced code come out exactly as they are, without margins, so
 * that they can be copied.
 *
 * The text is foreign: control characters, bidirectional and hidden format
 * characters and ill-formed bytes come out escaped (utf8_escape), and the
 * only sequences written are select graphic rendition (ECMA-48, SGR), which
 * are off at the end of every line.  Without colour no byte of the text is
 * lost: the marks themselves are shown.
 *
 * The Markdown is what models write: CommonMark's headings, emphasis, code,
 * links, lists, quotes, fences and rules, and GitHub's tables.
 */
#ifndef CHAT_MD_H
#define CHAT_MD_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

#define MD_HOLD		((size_t)512)
#define MD_ROWS		((size_t)400)
#define MD_ROW_MAX	((size_t)8192)

enum md_state { MD_START, MD_TEXT, MD_CODE, MD_ROW };

struct md {
	/* May be changed at any time: holds from the next word on. */
	unsigned	 width;		/* columns, 0: no wrapping */
	bool		 colour;	/* SGR may be written */
	bool		 unicode;	/* bullets, rules beyond ASCII */
	bool		 plain;		/* no Markdown: dim text, whose lines
					 * are wrapped */
	/* The line under way. */
	enum md_state	 state;
	struct buf	 in;		/* bytes of it that are not shown */
	unsigned	 quote;		/* depth of quoting */
	unsigned	 hang;		/* columns that wrapped lines leave */
	unsigned	 col;		/* columns written */
	unsigned	 base;		/* style of all of it: a heading */
	/* The word under way, with its styles. */
	struct buf	 word;
	unsigned	 word_width, word_style;
	unsigned	 spaces;	/* before it */
	/* Styles: what the text has, what the terminal has. */
	unsigned	 style, shown;
	size_t		 close[4];	/* in `in`: where each style ends */
	unsigned char	 last;		/* byte before `in` */
	bool		 cr;		/* a CR behind it */
	/* Over lines. */
	char		 fence;		/* of code, or NUL */
	unsigned	 fence_len, fence_indent;
	struct vec	 rows;		/* of a table */
};

void md_init(struct md *m, unsigned width, bool colour, bool unicode);
void md_free(struct md *m);
/* Take n more bytes; what can be shown by now is appended to out. */
void md_feed(struct md *m, const char *p, size_t n, struct buf *out);
/* The text is over: the rest is appended, ending with a newline when there
 * is any text on its line.  The next text may follow. */
void md_end(struct md *m, struct buf *out);

#endif
