/*
 * tally.h - the tokens of a talk, estimated, and what was learned about the
 * estimate from the counts that servers report.
 *
 * core/tokens.h knows no model's table.  What a server counted, divided by
 * what was estimated, is kept for each model in a small file of the state
 * folder, tokens/HASH.json, so that the next estimate for that model is
 * better, in whatever process.  The file is a help, no record: when it can
 * not be read or written nothing else changes.
 */
#ifndef GATE_TALLY_H
#define GATE_TALLY_H

#include "base/base.h"
#include "gate/request.h"

/* The raw estimate of a growing request. */
struct tally {
	size_t	upto;		/* bytes of the store that were looked at */
	double	messages;	/* tokens of them */
	bool	pictures;	/* there are some, whose tokens nobody but
				 * the server knows */
};

/* What is known of a model. */
struct tally_model {
	double	factor;		/* to multiply a raw estimate with */
	int64_t	samples;	/* counts that it was learned from */
};

/* The raw tokens of messages and of tools; costs what is new in r. */
double tally_messages(struct tally *t, const struct request *r);
double tally_tools(struct request *r);

/* What is known of the model (NULL: of none in particular). */
struct tally_model tally_read(const char *model);

/*
 * What a process learns.  It is written down by tally_keep, when it says
 * something new, and at the end, not with every answer: that would be most of
 * what an answer costs.
 */
struct tally_book {
	struct {
		char		*model;		/* "" for none in particular */
		struct tally_model now, written;
	} v[2];				/* two are learned at a time */
	size_t n;
};

/* The same, with what was learned since. */
struct tally_model tally_known(const struct tally_book *k,
    const char *model);
/* Write down what is news; for when an answer is out and nobody waits. */
void tally_keep(struct tally_book *k);
/* Write down what is not, and forget it. */
void tally_close(struct tally_book *k);

enum tally_verdict {
	TALLY_FINE,
	TALLY_SHORT,		/* the server read far less than there is */
};

/*
 * Compare the estimate with the tokens that the server says it read, and
 * learn from it.  A count that is so small that the front of the talk must
 * have been left out teaches nothing; *about gets the estimate.
 */
enum tally_verdict tally_learn(struct tally_book *k, const char *model,
    double raw, int64_t counted, int64_t *about);

#endif
