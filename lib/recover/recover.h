/*
 * recover.h - tool calls and reasoning out of what a model wrote as text.
 *
 * The models that people run locally write calls in the notation of their
 * training, and servers often pass that on as plain text.  This layer knows
 * those notations (recover_formats(), agent-formats(7)) and gives back what
 * the server should have given: content, reasoning, calls.
 *
 * The law, which no format may break:
 * - only tools that were offered become calls;
 * - prose, quoted examples and code never do;
 * - the bytes of a string in the arguments are never altered;
 * - repair touches syntax only, is reported, and can be switched off;
 * - a call that is cut off is never released.
 *
 * The result is the same however the text was cut into pieces.  Time is
 * linear in the text.  Pure: no descriptors, no clock, no ids of its own.
 */
#ifndef RECOVER_RECOVER_H
#define RECOVER_RECOVER_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

struct recover;

struct recover_opts {
	const char	*format;	/* one format's name; NULL or "auto" */
	bool		 thinking;	/* the prompt opened the reasoning */
	bool		 promote;	/* a call counts that is all the
					 * reasoning holds, with no answer */
	bool		 plain;		/* repair nothing */
};

enum recover_kind {
	RECOVER_TEXT,		/* the next bytes of the content */
	RECOVER_REASONING,	/* the next bytes of the reasoning */
	RECOVER_RECAST,		/* no bytes: all text told so far turned out
				 * to be reasoning (its opening was missing),
				 * and is told again as that */
};

/*
 * Pieces as they are certain: whole characters, never empty but for
 * RECOVER_RECAST.  Text told since the last RECAST is a prefix of the final
 * content, and reasoning one of the final reasoning unless a RECAST came.
 */
typedef void recover_fn(void *arg, enum recover_kind kind, const char *p,
    size_t n);

struct recover_call {
	char		*name;		/* as it was offered */
	struct buf	 args;		/* a JSON object */
	char		*id;		/* the model's own, or NULL */
	const char	*format;
	size_t		 at;		/* offset in the text */
};

/* What was seen at a place, for --explain. */
struct recover_note {
	const char	*format;
	const char	*what;		/* call reasoning cut refused quoted
					 * repaired renamed dropped left */
	size_t		 at, len;	/* bytes of the text */
	char		*detail;	/* may be NULL */
};

struct recover_result {
	struct buf	 content;	/* empty: none */
	struct buf	 reasoning;	/* empty: none */
	struct recover_call *calls;
	size_t		 ncalls;
	struct recover_call *cut;	/* cut off: name and args may be part
					 * of what was meant, or "" */
	size_t		 ncut;
	struct recover_note *notes;
	size_t		 nnotes;
};

/*
 * Ready for the first byte; tools is the array of offered schemas, or any
 * other value for none (borrowed); fn may be NULL.  NULL when opts names a
 * format that does not exist.
 */
struct recover *recover_open(jv tools, const struct recover_opts *opts,
    recover_fn *fn, void *arg);
/* Take n bytes as they came. */
void recover_feed(struct recover *r, const char *p, size_t n);
/*
 * There is no more; cut tells that the limit of tokens ended the text, so
 * that a call without its closing mark counts as cut.  The result is valid
 * until recover_free().
 */
const struct recover_result *recover_end(struct recover *r, bool cut);
void recover_free(struct recover *r);

/* The notes as an owned array of objects. */
jv recover_notes(const struct recover_result *res);

struct recover_format {
	const char	*name;
	const char	*models;
	const char	*about;
};

/* Format i, or false when there are no more. */
bool recover_formats(size_t i, struct recover_format *f);

#endif
