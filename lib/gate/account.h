/*
 * account.h - requests are reserved with agent-ledger(1), and settled.
 *
 * One process agent-ledger stands beside this one and speaks its protocol
 * for all requests, however many are under way.  It is started only when a
 * setting wants it; without one there is no account, and whoever asks does
 * not look here.  When the process dies, what was granted stays held in the
 * file and counts as used; what waits is asked anew of the next one.
 *
 * Nothing here blocks but account_close(), account_sync(), and
 * charge_wait() of charge.h.
 */
#ifndef GATE_ACCOUNT_H
#define GATE_ACCOUNT_H

#include <bsd/sys/queue.h>

#include "base/base.h"
#include "base/err.h"
#include "gate/settings.h"
#include "json/js.h"

struct account;

enum booking_state {
	BOOKING_NONE,
	BOOKING_ASKED,		/* it waits */
	BOOKING_GRANTED,	/* it may be sent, and is to be settled */
	BOOKING_DENIED,		/* err says why */
};

/* A request in the books; zero at first, owned by whoever asks.  Its fields
 * are for reading only. */
struct booking {
	enum booking_state state;
	struct err	 err;
	int64_t		 input, output;	/* tokens that are held */
	jv		 line;		/* what was asked; private, as are */
	uint64_t	 id;		/* these */
	int64_t		 begun, delay;
	const char	*reason;
	bool		 lost;		/* its agent-ledger is gone */
	TAILQ_ENTRY(booking) link;
};

struct account_ask {
	const char	*endpoint;	/* the base, as it may be shown */
	const char	*model;		/* NULL: not known */
	const char	*auth;		/* the header with the key, or NULL */
	int64_t		 input, output;	/* tokens at most; output -1: not
					 * known */
	int64_t		 wait_ms;	/* wait no longer; -1 no limit */
};

struct account_use {
	const char	*outcome;	/* "ok", or the name of an error */
	int64_t		 input, output, cached, reasoning;
	bool		 estimated;
	int64_t		 retry_after_ms; /* the server said so; 0 nothing */
};

/* Told of what people should know; code is that of a notice event. */
typedef void account_note(void *arg, const char *code, const char *text);

/*
 * The account that the settings want, in *out, or NULL when they want none.
 * 0, or -1 with e filled (a setting is wrong).
 */
int account_open(struct account **out, const struct settings *s,
    account_note *note, void *arg, struct err *e);
/* Start the process, so that it is ready when it is needed.  That it could
 * not be started is told by the first booking.  NULL is fine here, as for
 * the next one. */
void account_start(struct account *a);
/* Let the process write down what it was told, and end. */
void account_close(struct account *a);

/* What is booked from now on belongs to this session (borrowed until the
 * next call; NULL: that of the environment, or none). */
void account_session(struct account *a, const char *session);
/* Ask whether a request may be sent.  The strings are copied. */
void account_book(struct account *a, struct booking *b,
    const struct account_ask *q);
/* It was sent and is over: used so much; NULL when nobody knows, so that
 * what was held counts.  Does nothing when it was not granted. */
void account_settle(struct account *a, struct booking *b,
    const struct account_use *u);
/* Wait until what was settled is written down, so that whoever reads the
 * answer finds it in the books.  Not for ever: a process that does not say
 * so in time is told of when it ends.  NULL is fine here. */
void account_sync(struct account *a);
/* It is not wanted any more; one that was granted is settled as unused. */
void account_drop(struct account *a, struct booking *b);

/* The descriptor to poll for reading, or -1; for how long at most, or -1. */
int account_fd(const struct account *a);
int account_left(const struct account *a);
/* Do what there is to do: bookings change their state. */
void account_run(struct account *a);

#endif
