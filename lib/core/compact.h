/*
 * compact.h - make a talk shorter without breaking it.
 *
 * By rules alone, in tiers, the cheapest loss first: outputs that a later
 * one has made old, then old outputs and long arguments, then whole steps
 * from the oldest on, of which a note stays; at last what is left of the
 * newest step, and long answers; and when the user has spoken since, the
 * newest step itself.  The same talk and budget give the same bytes.
 *
 * Whatever is left out, every call keeps its result and every result its
 * call.  System messages (and so the project's AGENTS.md), the first and the
 * last message of the user, and messages with agent.keep are never touched;
 * the note goes to the end of the user's first message, because servers
 * refuse two messages of one role in a row.
 *
 * Pure but for the callback that may keep what is left out.  No time in it
 * grows faster than the talk.
 */
#ifndef CORE_COMPACT_H
#define CORE_COMPACT_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

enum compact_tier {
	COMPACT_NONE,		/* nothing was needed */
	COMPACT_OLD,		/* superseded and repeated outputs */
	COMPACT_SHRINK,		/* old outputs and arguments */
	COMPACT_DROP,		/* whole steps; a note stays */
	COMPACT_HARD,		/* outputs of the last step, too */
};

enum compact_fate { COMPACT_KEPT, COMPACT_SHORT, COMPACT_GONE };

struct compact_item {
	jv		 msg;		/* a message line, agent-message(5) */
	double		 tokens;	/* about what it costs */
	enum compact_fate fate;		/* since compact_sweep() */
	size_t		 owner, call;	/* of a result: the item and the
					 * index of its call */
	bool		 cut;		/* is short already */
	size_t		 serial;	/* rises; stays the item's own */
};

struct compact {
	struct compact_item *v;
	size_t		 n, cap;
	double		 factor;	/* real tokens for an estimated one;
					 * 1 unless set */
	jv		 facts;		/* of what is gone, for the note */
	/*
	 * Keep the whole of a result that is about to be shortened and names
	 * no artifact: append the file's path to the buffer, or return false.
	 * May be NULL.
	 */
	bool		(*save)(void *arg, jv msg, struct buf *path);
	void		*arg;
	/* Private, while it works. */
	jv		 ids;		/* id -> serial, of the first known
					 * items, and of some that are gone */
	size_t		 known, serials;
	double		 sum;		/* raw tokens of all items */
	size_t		 goal, last_user, last_step;	/* SIZE_MAX: none */
};

void compact_init(struct compact *c);
/* Forget the messages and leave an empty one. */
void compact_reset(struct compact *c);
void compact_free(struct compact *c);
/* Append a message line (borrowed); one without a role is ignored.  A note
 * that an earlier run put into it is taken out and made part of the facts. */
void compact_add(struct compact *c, jv msg);
/*
 * Take a line (borrowed) of a session, agent-events(5): a message makes the
 * talk longer, an event compaction says which of them were shortened or left
 * out, and an event undo cuts its end off; other types are ignored.
 */
void compact_event(struct compact *c, jv line);
/* The id of message i, or NULL. */
const char *compact_id(const struct compact *c, size_t i);
/* Another message (consumed) in the place of message i. */
void compact_replace_take(struct compact *c, size_t i, jv msg);
/* About the tokens of all messages, the note included. */
int64_t compact_tokens(const struct compact *c);
/*
 * Shorten until the talk has at most budget tokens, with no tier beyond
 * deepest.  Returns true when it fits; *used (may be NULL) is the deepest
 * tier that changed something.
 */
bool compact_run(struct compact *c, int64_t budget,
    enum compact_tier deepest, enum compact_tier *used);
/* Message i as it stands now, the note in it where it belongs; owned, and
 * invalid when it is gone. */
jv compact_get(const struct compact *c, size_t i);
/* Remove the messages that are gone; what remains counts as kept. */
void compact_sweep(struct compact *c);
/* Remove all messages from the nth on. */
void compact_truncate(struct compact *c, size_t n);
/*
 * The messages that the tier COMPACT_DROP would remove for this budget, as
 * plain text for a reader, at most max bytes of it, appended to b.  Returns
 * their number.
 */
size_t compact_tell(struct compact *c, int64_t budget, size_t max,
    struct buf *b);
/* What somebody wrote about what is gone; goes into the note from now on. */
void compact_summary(struct compact *c, const char *text, size_t len);
/* "old", "shrink", "drop", "hard", "none". */
const char *compact_tier_name(enum compact_tier t);

/* ---- between the files of this module ---- */

/* compact_list.c: tokens as they are estimated, the note included. */
double compact_raw(const struct compact *c);
/* compact_cut.c: the message with its content, its arguments shortened;
 * owned.  The first keeps head and tail bytes of the text around words that
 * say what is missing; why may be NULL. */
jv compact_cut(jv msg, size_t head, size_t tail, const char *why,
    const char *artifact);
jv compact_cut_args(jv msg, size_t max);
/* compact_note.c: facts (consumed) with what a message says added. */
jv compact_learn_take(jv facts, jv msg);
/* Two sets of facts (both consumed) as one, a's before b's. */
jv compact_merge_take(jv a, jv b);
/* The note as text; nothing when there are no facts. */
void compact_note(struct buf *b, jv facts);
/* The user's first message (consumed) with the note at its end. */
jv compact_with_note_take(jv msg, jv facts);
/* The same without it: *facts (owned, invalid when there is none). */
jv compact_without_note_take(jv msg, jv *facts);

#endif
