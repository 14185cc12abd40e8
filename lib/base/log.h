/*
 * log.h - what a program says to people, on stderr.
 *
 * One line each, "prog: text", escaped for a terminal.  Secrets, those that
 * are registered and those that look like one (redact.h), are replaced.
 * Where stderr is systemd's journal, a line begins with its priority.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_TRACE };

/* The program's name for messages; the string is borrowed.  The level is
 * what AGENT_LOG_LEVEL says: quiet, error, warn, note or trace. */
void log_init(const char *prog);
const char *log_prog(void);
/* Lines above the level are not printed.  Default LOG_NOTE. */
void log_set_level(enum log_level level);
void log_error(const char *fmt, ...) BASE_PRINTF(1, 2);
void log_warn(const char *fmt, ...) BASE_PRINTF(1, 2);
void log_note(const char *fmt, ...) BASE_PRINTF(1, 2);
void log_trace(const char *fmt, ...) BASE_PRINTF(1, 2);
/* Print e as the one error line and return its exit status: the last
 * statement of main.  Silent for ERR_NONE. */
int log_exit(const struct err *e);
/* Never print s (8 bytes or more) again; it is copied. */
void log_secret(const char *s);
/* Replace every registered secret in b by [redacted]. */
void log_redact(struct buf *b);
/* The same in e's message: a server may repeat a key in its complaint. */
void log_redact_err(struct err *e);

#endif
