/*
 * foreign_in.h - between the files that make prompts of other programs ours.
 */
#ifndef CHAT_FOREIGN_IN_H
#define CHAT_FOREIGN_IN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "chat/foreign.h"
#include "json/js.h"

/*
 * The places of a text and the words that fill them: first those without a
 * default, in their order; then what the user has to say, which is all other
 * words, or one when there are defaults; then those with a default.
 */
struct places {
	enum foreign_kind how;		/* whose text it is */
	struct vec	 needed;	/* names */
	struct vec	 optional, defaults;
	bool		 input;		/* the text says where it goes */
};

void places_free(struct places *k);
/* Take in the places of the text s; defaults (borrowed) is an object, or
 * nothing.  What can not be as it was is a note. */
void places_find(struct places *k, const char *s, jv defaults,
    struct vec *notes);
/* The text in our spelling, without blanks at its end, appended to b. */
void places_put(const struct places *k, const char *s, struct buf *b);
/* The place of what the user has to say. */
void places_input(const struct places *k, struct buf *b);
/* For argument-hint; nothing when there are no places. */
void places_hint(const struct places *k, struct buf *b);

#endif
