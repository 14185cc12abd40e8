/*
 * gate.h - one conversation with a model, whatever answers for it.
 *
 * Holds the history and the three that can answer: a server, the offline
 * model, a file of recordings.  filter.c and coproc.c drive it.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "base/base.h"
#include "base/err.h"
#include "gate/account.h"
#include "gate/fallback.h"
#include "gate/form.h"
#include "gate/heal.h"
#include "gate/offline.h"
#include "gate/peer.h"
#include "gate/profile.h"
#include "gate/record.h"
#include "gate/request.h"
#include "gate/settings.h"
#include "gate/sink.h"
#include "gate/tally.h"

enum gate_kind { GATE_SERVER, GATE_OFFLINE, GATE_REPLAY };

struct gate {
	const struct settings *set;	/* borrowed */
	enum gate_kind	 kind;
	struct request	 req;
	struct http	*http;
	struct ask	 ask;		/* of the server that is asked now */
	char		*base;		/* what is asked */
	char		*model;		/* NULL: not known */
	int64_t		 window;	/* 0: not known */
	int64_t		 window_max;	/* what the model can, 0: not known */
	bool		 told;		/* the server said so of the window */
	bool		 silent;	/* it was asked and nobody answered */
	char		*owner, *headers;	/* for the profile, or NULL */
	struct profile	 prof;		/* of the model that is asked now */
	struct peer	 other;		/* the other model: the stronger one, or
					 * while that is asked the usual one */
	bool		 up;		/* the stronger one is asked */
	struct fallback	 fall;
	struct heal_opts heal;		/* how text is read */
	struct tally	 tally;		/* of what was pushed */
	struct tally_book book;		/* what servers counted */
	struct account	*account;	/* what is asked is reserved there, or
					 * NULL */
	const struct form *form;	/* of answers, or NULL; borrowed */
	bool		 mute;		/* text is told when it is checked */
	struct offline	 off;
	struct record	 rec;
	bool		 found;		/* the server was found, not named */
	/* What is said to people and in notice events; may be NULL. */
	void		(*note)(void *arg, const char *text);
	void		*note_arg;
	const char	*note_code;	/* of the note that is told */
};

enum gate_flags {
	GATE_PLAIN = 0,
	GATE_DRY = 1,		/* only the request is wanted: ask nobody */
	GATE_WINDOW = 2,	/* the size of the window is wanted: ask the
				 * server if need be */
};

/* An empty conversation; gate_close frees it whatever happened since. */
void gate_init(struct gate *g, const struct settings *s);
/*
 * Decide who answers, read the tools, open the recordings (record is a path
 * or NULL); nothing goes over the network.  0, or -1 with e filled.
 */
int gate_prepare(struct gate *g, const char *record, enum gate_flags flags,
    struct err *e);
/* Find server and model where they are not named.  0, or -1 with e
 * filled. */
int gate_connect(struct gate *g, enum gate_flags flags, struct err *e);
void gate_close(struct gate *g);
/* Take a line of n bytes: messages, and events of type tools.  0, or -1
 * with e filled (ERR_DATA). */
int gate_push(struct gate *g, const char *p, size_t n, struct err *e);
/*
 * Want answers of this form from now on, or of any (NULL); borrowed.  An
 * answer that does not fit is asked for once more, with what is wrong with
 * it; then it is ERR_FORM.  An answer that calls tools may be anything.
 */
void gate_set_form(struct gate *g, const struct form *f);
/* Forget the history. */
void gate_reset(struct gate *g);
/* True when there is something to answer. */
bool gate_has_messages(const struct gate *g);
/*
 * Ask for the next message and add it to the history.  0 with *msg owned;
 * -1 with e filled.  *msg may be there even then: what had come when it was
 * cancelled or cut (else it is an invalid value).
 */
int gate_ask(struct gate *g, bool stream, const struct sink *sink, jv *msg,
    struct err *e);
/* ERR_REFUSED in e when the message says that the model or a filter
 * refused. */
void gate_verdict(jv msg, struct err *e);
/* "flag", "env", "config", "discovered", "offline" or "replay". */
const char *gate_source(const struct gate *g);
/* The size of the window as far as it is known, also when no server was found;
 * 0 when it is not.  *source is who says so: "configuration", "server" or
 * "profile". */
int64_t gate_window(const struct gate *g, const char **source);

/* Within gate.c and gate_ask.c: tell the user, decide which model answers,
 * take a line as a value. */
void gate_say(struct gate *g, const char *code, const char *text);
void gate_choose(struct gate *g);
int gate_push_value(struct gate *g, jv line, struct err *e);

#endif
