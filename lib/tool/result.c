/*
 * result.c - what came of one call, and how the model is told.
 */
#include "tool/result.h"

#include "base/utf8.h"
#include "core/msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const struct {
	const char		*name;
	enum result_status	 status;
	int			 exit;
	const char		*blocked_by;	/* NULL: runtime */
} codes[] = {
	[CODE_OK]		= { "OK", RESULT_COMPLETED, 0,
	    NULL },
	[CODE_NOT_FOUND]	= { "NOT_FOUND", RESULT_FAILED, 1,
	    "missing" },
	[CODE_NOT_A_FILE]	= { "NOT_A_FILE", RESULT_FAILED, 1,
	    "missing" },
	[CODE_NOT_A_DIRECTORY]	= { "NOT_A_DIRECTORY", RESULT_FAILED, 1,
	    "missing" },
	[CODE_OUTSIDE]	= { "PATH_OUTSIDE_WORKSPACE", RESULT_DENIED, 77,
	    "workspace" },
	[CODE_ARGUMENTS]	= { "INVALID_ARGUMENTS", RESULT_FAILED, 65,
	    NULL },
	[CODE_UNKNOWN_TOOL]	= { "UNKNOWN_TOOL", RESULT_FAILED, 65,
	    "missing" },
	[CODE_DENIED]		= { "DENIED", RESULT_DENIED, 77,
	    "rules" },
	[CODE_REFUSED]		= { "REFUSED_BY_USER", RESULT_DENIED, 77,
	    "permission" },
	[CODE_APPROVAL]		= { "APPROVAL_NEEDED", RESULT_DENIED, 77,
	    "permission" },
	[CODE_TIMEOUT]		= { "TIMEOUT", RESULT_TIMEOUT, 124,
	    NULL },
	[CODE_CANCELLED]	= { "CANCELLED", RESULT_CANCELLED, 130,
	    NULL },
	[CODE_SANDBOX]	= { "SANDBOX_UNAVAILABLE", RESULT_DENIED, 77,
	    NULL },
	[CODE_ENCODING]		= { "INVALID_ENCODING", RESULT_FAILED, 1,
	    NULL },
	[CODE_TOO_LARGE]	= { "FILE_TOO_LARGE", RESULT_FAILED, 1,
	    NULL },
	[CODE_NO_MATCH]		= { "NO_MATCH", RESULT_FAILED, 1,
	    "missing" },
	[CODE_NOT_UNIQUE]	= { "NOT_UNIQUE", RESULT_FAILED, 1,
	    NULL },
	[CODE_PERMISSION]	= { "PERMISSION", RESULT_FAILED, 1,
	    "permission" },
	[CODE_RESOURCE]		= { "RESOURCE_LIMIT", RESULT_FAILED, 1,
	    NULL },
	[CODE_TOOL]		= { "TOOL_FAILED", RESULT_FAILED, 1,
	    NULL },
	[CODE_TRY_LATER]	= { "TRY_LATER", RESULT_FAILED, 75,
	    NULL },
	[CODE_IO]		= { "IO_ERROR", RESULT_FAILED, 1,
	    NULL },
	[CODE_INTERNAL]		= { "INTERNAL", RESULT_FAILED, 70,
	    NULL },
};

void
result_init(struct result *r)
{
	memset(r, 0, sizeof(*r));
	r->exit_code = -1;
}

void
result_free(struct result *r)
{
	buf_free(&r->text);
	free(r->artifact);
	free(r->structured);
	free(r->permission);
	free(r->context);
	r->context = NULL;
	r->artifact = r->structured = r->permission = NULL;
}

void
result_error(struct result *r, enum result_code code, const char *fmt, ...)
{
	struct buf raw = BUF_INIT;
	va_list ap;

	r->code = code;
	r->status = codes[code].status;
	r->truncated = false;
	buf_reset(&r->text);
	buf_addf(&r->text, "ERROR [%s]: ", codes[code].name);
	va_start(ap, fmt);
	buf_vaddf(&raw, fmt, ap);
	va_end(ap);
	utf8_escape(&r->text, buf_str(&raw), raw.len, UTF8_TEXT);
	buf_free(&raw);
}

void
result_errno(struct result *r, int error, const char *verb, const char *name)
{
	switch (error) {
	case ENOENT:
		result_error(r, CODE_NOT_FOUND, "%s: no such file or "
		    "directory.\nlist_files shows what is there.", name);
		break;
	case ENOTDIR:
		result_error(r, CODE_NOT_A_DIRECTORY, "%s: a part of the "
		    "path is not a directory.", name);
		break;
	case EISDIR:
		result_error(r, CODE_NOT_A_FILE, "%s is a directory.", name);
		break;
	case EXDEV:
		result_error(r, CODE_OUTSIDE, "%s leads outside the "
		    "workspace.\nUse paths inside the workspace.", name);
		break;
	case ELOOP:
		result_error(r, CODE_DENIED, "%s goes through a symbolic "
		    "link.\nUse the path that the link points to.", name);
		break;
	case ENXIO:
		result_error(r, CODE_NOT_A_FILE, "%s is a FIFO, socket or "
		    "device, not a file.", name);
		break;
	case EACCES:
	case EPERM:
	case EROFS:
		result_error(r, CODE_PERMISSION, "cannot %s %s: %s", verb,
		    name, strerror(error));
		break;
	case ENAMETOOLONG:
		result_error(r, CODE_ARGUMENTS, "the path is too long.");
		break;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EMFILE:
	case ENOMEM:
		result_error(r, CODE_RESOURCE, "cannot %s %s: %s", verb, name,
		    strerror(error));
		break;
	default:
		result_error(r, CODE_IO, "cannot %s %s: %s", verb, name,
		    strerror(error));
		break;
	}
}

const char *
result_code_name(enum result_code code)
{
	return codes[code].name;
}

const char *
result_status_name(enum result_status s)
{
	static const char *const names[] = { "completed", "failed", "denied",
	    "cancelled", "timeout" };

	return names[s];
}

void
result_unreported(struct result *r, int status, const char *said)
{
	if (WIFSIGNALED(status))
		result_error(r, CODE_INTERNAL, "agent-jail was killed by "
		    "signal %d, and nobody saw how far the command came: "
		    "look before you run it again.\n%.400s",
		    WTERMSIG(status), said);
	else
		result_error(r, WEXITSTATUS(status) == 125 ? CODE_SANDBOX :
		    CODE_INTERNAL, "agent-jail ended without a report "
		    "(status %d): %.400s", WEXITSTATUS(status), said);
}

void
result_walls(struct result *r, jv report)
{
	jv list = js_get(report, "walls");
	struct buf names = BUF_INIT;

	for (size_t i = 0; i < js_len(list); i++) {
		jv w = js_at(list, i);

		if (js_cstr(w) != NULL)
			buf_addf(&names, "%s%s", i != 0 ? "," : "",
			    js_cstr(w));
		js_free(w);
	}
	if (names.len < sizeof(r->sandbox))
		memcpy(r->sandbox, buf_str(&names), names.len + 1);
	buf_free(&names);
	js_free(list);
}

const char *
result_blocked_by(const struct result *r)
{
	if (r->blocked_by != NULL)
		return r->blocked_by;
	return codes[r->code].blocked_by != NULL ?
	    codes[r->code].blocked_by : "runtime";
}

/* The failure in one shape for all tools: what, by what it was stopped, in
 * a sentence, and about what. */
static jv
failure(const struct result *r)
{
	const char *s = buf_str(&r->text), *colon = strstr(s, "]: ");
	jv o = js_obj(), context = js_obj();
	struct err ignored = ERR_INIT;

	if (strncmp(s, "ERROR [", 7) == 0 && colon != NULL)
		s = colon + 3;
	o = js_set_str(o, "code", codes[r->code].name);
	o = js_set_str(o, "blocked_by", result_blocked_by(r));
	o = js_set(o, "message", js_from_bytes(s, strcspn(s, "\n")));
	if (r->context != NULL) {
		js_free(context);
		context = js_parse(r->context, strlen(r->context), &ignored);
	}
	if (r->exit_code > 0)
		context = js_set_int(context, "exit_code", r->exit_code);
	if (r->signal != 0)
		context = js_set_int(context, "signal", r->signal);
	return js_set(o, "context", context);
}

static bool
fixed_time(void)
{
	const char *s = getenv("AGENT_FIXED_TIME");

	return s != NULL && *s != '\0';
}

jv
result_message(const struct result *r, const char *id, const char *name)
{
	jv m = msg_result(id, name, buf_str(&r->text), r->text.len);
	struct err ignored = ERR_INIT;
	jv a = js_obj();

	a = js_set_str(a, "tool", name);
	a = js_set_str(a, "status", result_status_name(r->status));
	a = js_set_bool(a, "is_error", r->status != RESULT_COMPLETED);
	if (r->code != CODE_OK)
		a = js_set_str(a, "code", codes[r->code].name);
	if (r->code != CODE_OK)
		a = js_set(a, "error", failure(r));
	a = js_set_int(a, "duration_ms", fixed_time() ? 0 : r->duration_ms);
	if (r->exit_code >= 0)
		a = js_set_int(a, "exit_code", r->exit_code);
	if (r->signal != 0)
		a = js_set_int(a, "signal", r->signal);
	if (r->truncated)
		a = js_set_bool(a, "truncated", true);
	if (r->bytes != 0)
		a = js_set_int(a, "bytes", (int64_t)r->bytes);
	if (r->artifact != NULL)
		a = js_set_str(a, "artifact", r->artifact);
	if (r->sandbox[0] != '\0')
		a = js_set_str(a, "sandbox", r->sandbox);
	if (r->origin[0] != '\0')
		a = js_set_str(a, "origin", r->origin);
	if (r->untrusted)
		a = js_set_str(a, "trust", "untrusted");
	if (r->redacted != 0)
		a = js_set_int(a, "redacted", (int64_t)r->redacted);
	if (r->structured != NULL)
		a = js_set(a, "structured", js_parse(r->structured,
		    strlen(r->structured), &ignored));
	if (r->permission != NULL)
		a = js_set(a, "permission", js_parse(r->permission,
		    strlen(r->permission), &ignored));
	return js_set(m, "agent", a);
}

int
result_exit(const struct result *r)
{
	if (r->code == CODE_OK && r->status != RESULT_COMPLETED)
		return 1;
	return codes[r->code].exit;
}

void
result_pack(const struct result *r, struct buf *out)
{
	buf_addf(out, "%d %d %d %llu %zu %s\n", (int)r->status,
	    (int)r->code, r->truncated, (unsigned long long)r->bytes,
	    r->text.len, r->sandbox[0] != '\0' ? r->sandbox : "-");
	buf_add(out, buf_str(&r->text), r->text.len);
}

bool
result_unpack(struct result *r, const char *p, size_t n)
{
	const char *nl = memchr(p, '\n', n < 256 ? n : 256);
	unsigned long long bytes;
	int status, code, cut;
	char head[256];
	size_t len;

	if (nl == NULL)
		return false;
	memcpy(head, p, (size_t)(nl - p));
	head[nl - p] = '\0';
	if (sscanf(head, "%d %d %d %llu %zu %63s", &status, &code, &cut,
	    &bytes, &len, r->sandbox) != 6)
		return false;
	if (status < 0 || status > RESULT_TIMEOUT || code < 0 ||
	    code > CODE_INTERNAL || len != n - (size_t)(nl + 1 - p))
		return false;
	if (strcmp(r->sandbox, "-") == 0)
		r->sandbox[0] = '\0';
	r->status = (enum result_status)status;
	r->code = (enum result_code)code;
	r->truncated = cut != 0;
	r->bytes = bytes;
	buf_reset(&r->text);
	buf_add(&r->text, nl + 1, len);
	return true;
}
