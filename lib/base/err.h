/*
 * err.h - errors as values, and the one exit table of the toolkit.
 *
 * A function that can fail takes a struct err as its last argument, fills
 * it and returns -1 (or NULL); on success it leaves it untouched.  The
 * message is complete and printable: one line, names the object, says why,
 * and where there is something to try, says so after "; ".  It never holds
 * a secret.  Only main prints it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/base.h"

#include <stdarg.h>

/*
 * What went wrong, as far as a caller can act on it.  The wire name (the
 * code of an error event, agent-events(5)) and the exit status of each
 * stand in the table of err.c, and agent(7) lists the same table.
 */
enum err_kind {
	ERR_NONE,
	ERR_NEGATIVE,		/* ran, and the answer is no */
	ERR_USAGE,		/* the command line is wrong */
	ERR_LIMIT,		/* a limit of steps, calls, cost was reached */
	ERR_REFUSED,		/* the model or its filter refused */
	ERR_DATA,		/* malformed input */
	ERR_INVALID,		/* the server calls our request invalid */
	ERR_OVERFLOW,		/* the context window is too small */
	ERR_FORM,		/* the answer does not fit its schema */
	ERR_NOINPUT,		/* input missing */
	ERR_UNAVAILABLE,	/* unreachable, or broken for good */
	ERR_INTERNAL,		/* a bug of ours */
	ERR_NOMEM,		/* memory ran out */
	ERR_CANTCREAT,		/* output cannot be created */
	ERR_IO,			/* reading or writing failed */
	ERR_TEMP,		/* may succeed when tried again */
	ERR_RATE,		/* rate limited */
	ERR_OVERLOADED,		/* overloaded, or still loading */
	ERR_CUT,		/* the answer was cut off on its way */
	ERR_PROTOCOL,		/* the other side spoke nonsense */
	ERR_DENIED,		/* not permitted by policy or sandbox */
	ERR_AUTH,		/* the server wants another key */
	ERR_CONFIG,		/* configuration */
	ERR_TIMEOUT,		/* a deadline of our own passed */
	ERR_CANCELLED,		/* the user interrupted */
};

struct err {
	enum err_kind	kind;
	int		http_status;	/* of the reply, 0 when none */
	char		msg[512];
	int64_t		window, need;	/* of ERR_OVERFLOW, in tokens: what the
					 * model takes, what there is; 0 when
					 * not known */
};

#define ERR_INIT	{ ERR_NONE, 0, "", 0, 0 }

/* Fill e; the text is made printable.  Both return -1 for convenience. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    BASE_PRINTF(3, 4);
/* The same with ": " and strerror(errno) appended; kind follows errno. */
int err_sys(struct err *e, const char *fmt, ...) BASE_PRINTF(2, 3);
/* Put "fmt: " before the message that e already holds; returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) BASE_PRINTF(2, 3);

/* The exit status of a kind: conventions of sysexits(3), see agent(7). */
int err_exit(const struct err *e);
int err_kind_exit(enum err_kind kind);
/* The first kind with that exit status, of another program of ours;
 * ERR_INTERNAL when there is none. */
enum err_kind err_kind_from_exit(int status);
/* The wire name of a kind, such as "rate_limit". */
const char *err_kind_name(enum err_kind kind);
/* The kind with that wire name; ERR_INTERNAL when there is none. */
enum err_kind err_kind_from_name(const char *name);
/* True when trying the same thing again later may succeed. */
bool err_retryable(enum err_kind kind);

/* A broken promise inside the program: says where and aborts. */
#define BUG(cond)							\
	do {								\
		if (cond)						\
			err_bug(__FILE__, __LINE__, #cond);		\
	} while (0)
void err_bug(const char *file, int line, const char *what) BASE_NORETURN;

#endif
