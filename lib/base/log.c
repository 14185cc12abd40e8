/*
 * log.c - what a program says to people, on stderr.
 */
#include "base/log.h"

#include "base/redact.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *prog = "agent";
static enum log_level threshold = LOG_NOTE;
static bool journal;	/* stderr is systemd's, which reads priorities */

/* JOURNAL_STREAM is the device and inode of it, for who may have another. */
static bool
is_journal(void)
{
	const char *s = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (s == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(s, own) == 0;
}

void
log_init(const char *name)
{
	static const char *const levels[] = { "quiet", "error", "warn", "note",
	    "trace" };
	const char *s = getenv("AGENT_LOG_LEVEL");

	prog = name;
	journal = is_journal();
	for (size_t i = 0; s != NULL && i < BASE_NITEMS(levels); i++)
		if (strcmp(levels[i], s) == 0)
			threshold = (enum log_level)i;
}

const char *
log_prog(void)
{
	return prog;
}

void
log_set_level(enum log_level level)
{
	threshold = level;
}

void
log_secret(const char *s)
{
	redact_know(NULL, s);
}

void
log_redact(struct buf *b)
{
	redact_known(b);
}

void
log_redact_err(struct err *e)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, e->msg);
	log_redact(&b);
	snprintf(e->msg, sizeof(e->msg), "%s", buf_str(&b));
	buf_free(&b);
}

/* One write, so that lines of several processes do not mix. */
static void
emit(enum log_level level, const char *kind, const char *fmt, va_list ap)
{
	/* sd-daemon(3); a note is worth keeping, a trace is for debugging. */
	static const char *const marks[] = { "", "<3>", "<4>", "<6>", "<7>" };

	struct buf text = BUF_INIT, line = BUF_INIT;
	int saved = errno;

	buf_vaddf(&text, fmt, ap);
	redact_text(&text);
	buf_addf(&line, "%s%s: %s", journal ? marks[level] : "", prog, kind);
	utf8_escape(&line, text.data, text.len, UTF8_LINE);
	buf_addc(&line, '\n');
	while (write(STDERR_FILENO, line.data, line.len) == -1 &&
	    errno == EINTR)
		continue;
	buf_free(&text);
	buf_free(&line);
	errno = saved;
}

#define LOG_FUNCTION(name, level, prefix)				\
void									\
name(const char *fmt, ...)						\
{									\
	va_list ap;							\
									\
	if (threshold < level)						\
		return;							\
	va_start(ap, fmt);						\
	emit(level, prefix, fmt, ap);					\
	va_end(ap);							\
}

LOG_FUNCTION(log_error, LOG_ERROR, "")
LOG_FUNCTION(log_warn, LOG_WARN, "warning: ")
LOG_FUNCTION(log_note, LOG_NOTE, "")
LOG_FUNCTION(log_trace, LOG_TRACE, "trace: ")

int
log_exit(const struct err *e)
{
	if (e->kind != ERR_NONE)
		log_error("%s", e->msg);
	return err_exit(e);
}
