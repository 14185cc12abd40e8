/*
 * fit.h - one message of a talk, made to fit what strict servers take.
 *
 * Talks come from anywhere.  Servers refuse arguments that are no string,
 * or a string that is no JSON object, or a missing content; some answer
 * each later request with an error because of one such message.  Pure;
 * what concerns several messages (results that miss) is request.h.
 */
#ifndef GATE_FIT_H
#define GATE_FIT_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

enum fit_flags {
	FIT_PLAIN = 0,
	FIT_REASONING = 1,	/* keep reasoning_content: the server wants
				 * it back */
};

/*
 * The message in the line (a message or an event of type message), as it
 * is to be sent; owned.  An invalid value when there is nothing to send:
 * then *why says what was dropped, or is NULL and e is filled (ERR_DATA).
 * *mended, when not NULL, names what was changed in a way worth saying.
 */
jv fit_message(jv line, enum fit_flags flags, const char **why,
    const char **mended, struct err *e);

#endif
