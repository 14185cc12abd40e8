/*
 * chunk_in.h - between the files of chunk.h.
 */
#ifndef MEM_CHUNK_IN_H
#define MEM_CHUNK_IN_H

#include "base/buf.h"
#include "mem/chunk.h"

struct chunk_line {
	size_t		 off, len;	/* without its end */
	unsigned	 indent;	/* columns; tabs end at every eighth */
	bool		 blank;
};

struct chunk_lines {
	const char	*text;
	size_t		 size;
	struct chunk_line *v;
	size_t		 n;
};

/* Lines from .. to - 1 that belong together. */
struct chunk_item {
	size_t		 from, to;
	enum chunk_kind	 kind;
	unsigned	 level;		/* of its heading, from 1; 0: none */
	size_t		 heading;	/* lines of it */
	char		*title;		/* owned, or NULL */
};

struct chunk_items {
	struct chunk_item *v;
	size_t		 n;
};

/* Add lines from .. to - 1, without the blank ones around them.  The new
 * item, valid until the next; NULL when all of them are blank. */
struct chunk_item *chunk_item_add(struct chunk_items *items,
    const struct chunk_lines *l, size_t from, size_t to);

/* chunk_code.c: the definitions of source code, and what is between them. */
void chunk_code(enum chunk_lang lang, const struct chunk_lines *l,
    struct chunk_items *items);
/* chunk_doc.c: sections by their headings; paragraphs. */
void chunk_doc(enum chunk_lang lang, const struct chunk_lines *l,
    struct chunk_items *items);

/*
 * chunk_head.c: what lines from .. to - 1 define, going by how they begin.
 * The name is appended to b; CHUNK_IS_TEXT and nothing when they define
 * nothing that has a name.
 */
enum chunk_kind chunk_head(enum chunk_lang lang, const struct chunk_lines *l,
    size_t from, size_t to, struct buf *name);
/* The line is a comment, a decorator, an attribute: part of what follows. */
bool chunk_prefix(enum chunk_lang lang, const struct chunk_lines *l,
    size_t line);

#endif
