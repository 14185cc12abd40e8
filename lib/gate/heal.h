/*
 * heal.h - the message that a model meant, out of the text it wrote.
 *
 * Stands between the pieces of an answer (delta.h) and those who are told of
 * them.  Text in which a call may begin is held back until it is certain;
 * what turns out to be reasoning goes on as reasoning; and when the server
 * found no call itself, those in the text become the message's.  What a
 * reader is told adds up to the message.  recover.h has the law; this only
 * applies it.
 */
#ifndef GATE_HEAL_H
#define GATE_HEAL_H

#include "base/base.h"
#include "base/buf.h"
#include "gate/delta.h"
#include "json/js.h"
#include "recover/recover.h"

enum heal_mode {
	HEAL_AUTO,		/* calls when tools are offered; reasoning
				 * where the text begins with its mark */
	HEAL_ON,		/* whatever is offered */
	HEAL_OFF,
};

struct heal_opts {
	enum heal_mode	 mode;
	struct recover_opts recover;	/* strings are borrowed */
};

struct heal {
	struct heal_opts opts;
	struct recover	*rec;		/* NULL: text passes */
	bool		 peek;		/* nothing but blanks came so far... */
	struct buf	 blanks;	/* these */
	size_t		 fed;		/* bytes of the text that were seen */
	jv		 tools;
	delta_fn	*fn;		/* told; may be NULL */
	void		*arg;
};

/*
 * "auto", "on", "off" or the name of a format of agent-formats(7) into o;
 * false when it is none of these.  The string is borrowed.
 */
bool heal_read(const char *value, struct heal_opts *o);
/* Ready for an answer to a request that offers tools (a reference is
 * taken); fn may be NULL. */
void heal_open(struct heal *h, const struct heal_opts *o, jv tools,
    delta_fn *fn, void *arg);
void heal_free(struct heal *h);
/* The callback for the pieces of the answer, arg being h. */
void heal_piece(void *h, enum delta_kind kind, const char *p, size_t n,
    int index, const char *name);
/* The message of the answer in d, as delta_message(), owned; fn is told
 * what it does not know yet. */
jv heal_message(struct heal *h, struct delta *d, enum delta_end end);
/*
 * Calls of recover.h as tool_calls, owned: ids of the model's own where
 * they are in neither used (an object, or an invalid value) nor twice in
 * the array, else new ones.
 */
jv heal_calls(const struct recover_call *v, size_t n, jv used);

#endif
