/*
 * result.h - what came of one call, and how the model is told.
 *
 * A result is text for the model plus facts for programs.  Failure text
 * begins "ERROR [CODE]: what happened" and goes on with what to try; the
 * codes are listed in agent-tool(1).
 */
#ifndef TOOL_RESULT_H
#define TOOL_RESULT_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

enum result_status {
	RESULT_COMPLETED,
	RESULT_FAILED,
	RESULT_DENIED,
	RESULT_CANCELLED,
	RESULT_TIMEOUT,
};

enum result_code {
	CODE_OK,
	CODE_NOT_FOUND,
	CODE_NOT_A_FILE,
	CODE_NOT_A_DIRECTORY,
	CODE_OUTSIDE,
	CODE_ARGUMENTS,
	CODE_UNKNOWN_TOOL,
	CODE_DENIED,
	CODE_REFUSED,
	CODE_APPROVAL,
	CODE_TIMEOUT,
	CODE_CANCELLED,
	CODE_SANDBOX,
	CODE_ENCODING,
	CODE_TOO_LARGE,
	CODE_NO_MATCH,
	CODE_NOT_UNIQUE,
	CODE_PERMISSION,
	CODE_RESOURCE,
	CODE_TOOL,
	CODE_TRY_LATER,
	CODE_IO,
	CODE_INTERNAL,
};

struct result {
	enum result_status	 status;
	enum result_code	 code;
	struct buf		 text;		/* for the model, clean UTF-8 */
	uint64_t		 bytes;		/* the tool had, 0: unknown */
	bool			 truncated;	/* the text is not all of it */
	int			 exit_code;	/* of a command, -1: none */
	int			 signal;	/* that killed it, 0: none */
	int64_t			 duration_ms;
	char			 sandbox[64];	/* walls that stood, "" none */
	char			 origin[16];	/* who wrote the text: "tool",
						 * "network"; "" we did */
	char			*artifact;	/* path of all of it, or NULL */
	char			*structured;	/* JSON text, or NULL */
	char			*context;	/* JSON text: what the call was
						 * about, or NULL */
	const char		*blocked_by;	/* other than by its code */
	bool			 untrusted;	/* it is fenced */
	size_t			 redacted;	/* secrets taken out */
	char			*permission;	/* JSON text of what the
						 * policy said, or NULL */
	struct buf		*preview;	/* not NULL: change nothing,
						 * append the diff here */
};

void result_init(struct result *r);
void result_free(struct result *r);
/* Make r a failure: status by the code, text "ERROR [CODE]: fmt". */
void result_error(struct result *r, enum result_code code,
    const char *fmt, ...) BASE_PRINTF(3, 4);
/* The failure that errno stands for, about the thing called name. */
void result_errno(struct result *r, int error, const char *verb,
    const char *name);
/* Take the names of the walls that stood from the report of agent-jail. */
void result_walls(struct result *r, jv report);
/* agent-jail ended with this wait status and no report; said is what was
 * written until then. */
void result_unreported(struct result *r, int status, const char *said);
/* "NOT_FOUND", ... */
const char *result_code_name(enum result_code code);
/* "completed", ... */
const char *result_status_name(enum result_status s);
/* What stopped a failed call: "rules", "workspace", "missing",
 * "permission" or "runtime". */
const char *result_blocked_by(const struct result *r);
/* The tool message that answers call id of tool name.  Owned. */
jv result_message(const struct result *r, const char *id, const char *name);
/* Exit status for a program that made just this call. */
int result_exit(const struct result *r);

/* As bytes for a pipe: a header line, then the text. */
void result_pack(const struct result *r, struct buf *out);
/* The reverse; false when the bytes are not a whole result. */
bool result_unpack(struct result *r, const char *p, size_t n);

#endif
