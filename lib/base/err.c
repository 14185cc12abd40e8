/*
 * err.c - errors as values, and the one exit table of the toolkit.
 */
#include "base/err.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one table: kind, wire name, exit status, whether a retry may help. */
static const struct {
	enum err_kind	 kind;
	const char	*name;
	int		 status;
	bool		 retry;
} table[] = {
	{ ERR_NONE,		"none",			0,	false },
	{ ERR_NEGATIVE,		"negative",		1,	false },
	{ ERR_USAGE,		"usage",		2,	false },
	{ ERR_LIMIT,		"budget",		3,	false },
	{ ERR_REFUSED,		"refusal",		4,	false },
	{ ERR_DATA,		"data",			65,	false },
	{ ERR_INVALID,		"invalid_request",	65,	false },
	{ ERR_OVERFLOW,		"context_overflow",	65,	false },
	{ ERR_FORM,		"output_schema",	65,	false },
	{ ERR_NOINPUT,		"no_input",		66,	false },
	{ ERR_UNAVAILABLE,	"unavailable",		69,	true },
	{ ERR_INTERNAL,		"internal",		70,	false },
	{ ERR_NOMEM,		"out_of_memory",	71,	false },
	{ ERR_CANTCREAT,	"cant_create",		73,	false },
	{ ERR_IO,		"io",			74,	false },
	{ ERR_TEMP,		"temporary",		75,	true },
	{ ERR_RATE,		"rate_limit",		75,	true },
	{ ERR_OVERLOADED,	"overloaded",		75,	true },
	{ ERR_CUT,		"cut",			75,	true },
	{ ERR_PROTOCOL,		"protocol",		76,	false },
	{ ERR_DENIED,		"denied",		77,	false },
	{ ERR_AUTH,		"auth",			77,	false },
	{ ERR_CONFIG,		"config",		78,	false },
	{ ERR_TIMEOUT,		"timeout",		124,	true },
	{ ERR_CANCELLED,	"cancelled",		130,	false },
};

static size_t
find(enum err_kind kind)
{
	for (size_t i = 0; i < BASE_NITEMS(table); i++)
		if (table[i].kind == kind)
			return i;
	return find(ERR_INTERNAL);
}

/* One printable line, however foreign its parts were. */
static void
scrub(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			*p = ' ';
	s[utf8_cut(s, strlen(s))] = '\0';
}

static void
vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
{
	e->kind = kind;
	e->http_status = 0;
	e->window = e->need = 0;
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	scrub(e->msg);
}

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vset(e, kind, fmt, ap);
	va_end(ap);
	return -1;
}

static enum err_kind
from_errno(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOINPUT;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case ENOMEM:
		return ERR_NOMEM;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
		return ERR_TEMP;
	default:
		return ERR_IO;
	}
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	int error = errno;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vset(e, from_errno(error), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", strerror(error));
	errno = error;
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	size_t n;

	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", old);
	scrub(e->msg);
	return -1;
}

int
err_exit(const struct err *e)
{
	return err_kind_exit(e->kind);
}

int
err_kind_exit(enum err_kind kind)
{
	return table[find(kind)].status;
}

enum err_kind
err_kind_from_exit(int status)
{
	for (size_t i = find(ERR_NEGATIVE); i < BASE_NITEMS(table); i++)
		if (table[i].status == status)
			return table[i].kind;
	return ERR_INTERNAL;
}

const char *
err_kind_name(enum err_kind kind)
{
	return table[find(kind)].name;
}

enum err_kind
err_kind_from_name(const char *name)
{
	for (size_t i = 0; i < BASE_NITEMS(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].kind;
	return ERR_INTERNAL;
}

bool
err_retryable(enum err_kind kind)
{
	return table[find(kind)].retry;
}

void
err_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "agent: bug at %s:%d: %s\n", file, line, what);
	abort();
}
