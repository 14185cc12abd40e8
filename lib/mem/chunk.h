/*
 * chunk.h - a source file or document, cut into pieces that can be found,
 * read and cited by themselves.
 *
 * Pure: text in, pieces out.  The cuts follow what the text says of itself:
 * the definitions of source code as their layout shows them (which survives
 * macros and broken code, as no parser does), the headings of documents, the
 * paragraphs of the rest.  Comments and decorators stay with what they stand
 * above.  Pieces are whole lines, in order, and leave out nothing but blank
 * lines between them; only a line that is too long by itself is cut, between
 * characters.
 */
#ifndef MEM_CHUNK_H
#define MEM_CHUNK_H

#include "base/base.h"

/* A piece grows to CHUNK_GOAL bytes where its borders allow; a definition or
 * section of up to CHUNK_MAX stays whole.  About 400 and 800 tokens. */
#define CHUNK_GOAL	((size_t)1600)
#define CHUNK_MAX	((size_t)3200)

enum chunk_lang {
	CHUNK_TEXT,		/* paragraphs */
	CHUNK_C,		/* C, C++, Objective-C */
	CHUNK_BRACES,		/* Java, JavaScript, Go, Rust, PHP, Swift ... */
	CHUNK_PYTHON,
	CHUNK_WORDS,		/* definitions by words: Ruby, Lua, SQL ... */
	CHUNK_SHELL,		/* shells, Perl, Tcl, Makefiles */
	CHUNK_MARKDOWN,
	CHUNK_RST,
	CHUNK_OUTLINE,		/* Org and AsciiDoc: marks that repeat */
	CHUNK_MANUAL,		/* man(7) and mdoc(7) */
	CHUNK_TEX,
};

enum chunk_kind { CHUNK_IS_TEXT, CHUNK_IS_FUNCTION, CHUNK_IS_CLASS,
	CHUNK_IS_SECTION };

/* Everything in it is borrowed and lasts as long as the call. */
struct chunk {
	const char	*text;		/* in the text that was given */
	size_t		 len;
	size_t		 first, last;	/* lines, from 1 */
	enum chunk_kind	 kind;
	const char	*title;		/* "Class.method", "Top > Below", "" */
};

typedef void chunk_fn(const struct chunk *c, void *arg);

/* What is written in a file of this name (no path needed); n bytes of it may
 * tell more: "#!" lines.  text may be NULL. */
enum chunk_lang chunk_lang(const char *name, const char *text, size_t n);
/* Call fn for every piece of the n bytes, in order. */
void chunk_cut(enum chunk_lang lang, const char *text, size_t n,
    chunk_fn *fn, void *arg);
/* The word for a kind: "text", "function", "class", "section". */
const char *chunk_kind_name(enum chunk_kind kind);

#endif
