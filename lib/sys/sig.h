/*
 * sig.h - signals as flags and as a readable descriptor.
 *
 * Handlers only set a flag and write one byte to a self-pipe, so that a
 * poll loop wakes.  SIGPIPE and SIGXFSZ are ignored: writes fail instead.
 */
#ifndef SYS_SIG_H
#define SYS_SIG_H

#include "base/base.h"

/* At the beginning of a program: no signal blocked, and SIGCHLD not ignored,
 * whatever the parent left.  Without these there is no status of a child, and
 * no end of a wait. */
void sig_sanitize(void);
/* Ignore SIGPIPE and SIGXFSZ; catch INT, TERM and HUP.  Safe to call again. */
int sig_init(void);
/* In a child that does not exec: a descriptor of its own, nothing caught. */
int sig_forked(void);
/* A descriptor that becomes readable when a signal was caught. */
int sig_fd(void);
/* The signal caught since the last sig_take(), 0 if none. */
int sig_caught(void);
/* The same, taken: it is forgotten, and the descriptor drained.  How many times
 * INT was caught is put into *interrupted, if that is not NULL. */
int sig_take(int *interrupted);
/* Forget INT, which was for another program on the same terminal; a request to
 * end stays.  How many times INT was caught. */
int sig_forget_int(void);
/* Die by signal sig in the default way, so that the parent sees it. */
void sig_reraise(int sig) __attribute__((noreturn));
/* In a child before exec: default dispositions, empty mask. */
void sig_reset_child(void);

#endif
