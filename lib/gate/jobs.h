/*
 * jobs.h - a client of make's job server: how many may work at once.
 *
 * Follows the manual of GNU make, "POSIX Jobserver Interaction".  The
 * process owns one token by being there; every further one is read from
 * make and written back, byte for byte, on every way out of the program:
 * jobs_close(), a normal end and the signals that end it.
 */
#ifndef GATE_JOBS_H
#define GATE_JOBS_H

#include "base/base.h"
#include "base/err.h"

#define JOBS_MAX	256	/* tokens held at once */

enum jobs_kind {
	JOBS_NONE,		/* no make above us: no limit */
	JOBS_MAKE,		/* a job server answers */
	JOBS_CLOSED,		/* make does not let us: one at a time */
};

struct jobs {
	enum jobs_kind	 kind;
	int		 rfd, wfd;	/* ours, non-blocking */
	size_t		 held;
	char		 token[JOBS_MAX];
};

/*
 * Look into flags, the value of MAKEFLAGS (NULL: none).  Call it before
 * other files are opened, for make's descriptors may be closed and their
 * numbers free.  At most one at a time may be open in a process.
 */
void jobs_open(struct jobs *j, const char *flags);
/* Give everything back. */
void jobs_close(struct jobs *j);
/* True when n may work at once; takes what is missing, without waiting. */
bool jobs_have(struct jobs *j, size_t n);
/* Only n are at work: give back what is too much. */
void jobs_need(struct jobs *j, size_t n);
/* The descriptor that becomes readable when there may be a token, or -1. */
int jobs_fd(const struct jobs *j);

#endif
