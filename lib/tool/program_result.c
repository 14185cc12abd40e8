/*
 * program_result.c - a tool that is a program of its own: what it said.
 *
 * A JSON object with content, structuredContent or isError is a result of
 * MCP and taken as it is; other JSON is structured, and its own text;
 * everything else is text.  An exit status other than 0 is a failure,
 * whatever was written.
 */
#include "tool/program.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "json/exact.h"
#include "tool/content.h"
#include "tool/output.h"

#include <bsd/string.h>
#include <string.h>

#define LOG_SHOWN	((size_t)2048)

/* What one of ours says of itself: walls that it laid, where its text is
 * from. */
static void
take_meta(struct program *p, jv o, struct result *r)
{
	jv meta = js_get(o, "_meta"), ours = js_get(meta, "agent");
	const char *s = js_str(ours, "sandbox");

	if (p->tool->walls == WALLS_OWN && s != NULL)
		strlcpy(r->sandbox, s, sizeof(r->sandbox));
	s = js_str(ours, "origin");
	if (s != NULL && p->tool->origin == NULL)
		strlcpy(r->origin, s, sizeof(r->origin));
	js_free(ours);
	js_free(meta);
}

/* The output as a value, or an invalid one. */
static jv
parse(struct program *p)
{
	struct err ignored = ERR_INIT;
	const char *s = buf_str(&p->raw);
	size_t n = p->raw.len;
	jv v, exact;

	while (n > 0 && strchr(" \t\r\n", *s) != NULL) {
		s++;
		n--;
	}
	/* A bare word or number is text, not structure. */
	if (p->plain || n == 0 || (*s != '{' && *s != '['))
		return js_none();
	v = js_parse(s, n, &ignored);
	exact = js_is_valid(v) ? exact_shown(v, s, n) : js_none();
	js_free(v);
	return exact;
}

/* The output into r; true when it says itself that it failed. */
static bool
take_output(struct program *p, struct result *r)
{
	jv v = parse(p), part;
	struct buf text = BUF_INIT;
	bool failed = false;

	if (js_is_obj(v) && (js_has(v, "content") ||
	    js_has(v, "structuredContent") || js_has(v, "isError"))) {
		content_text(&text, v);
		part = js_get(v, "structuredContent");
		content_structured(r, part);
		js_free(part);
		take_meta(p, v, r);
		failed = js_bool(v, "isError", false);
		spool_add(&p->spool, text.data, text.len);
	} else if (!p->plain) {
		content_structured(r, v);
		spool_add(&p->spool, p->raw.data, p->raw.len);
	}
	spool_text(&p->spool, r);
	buf_free(&text);
	js_free(v);
	return failed;
}

static enum result_code
code_of(const struct program_end *end)
{
	if (end->late)
		return CODE_TIMEOUT;
	switch (end->exit) {
	case 2:
		return CODE_ARGUMENTS;
	case 75:
		return CODE_TRY_LATER;
	case 77:
		return CODE_DENIED;
	case 124:
		return CODE_TIMEOUT;
	default:
		return CODE_TOOL;
	}
}

static void
tell_end(struct program *p, const struct program_end *end, struct buf *b)
{
	const char *name = p->tool->name;

	if (p->flooded)
		buf_addf(b, "%s wrote more than a gigabyte and was stopped.",
		    name);
	else if (end->late)
		buf_addf(b, "%s took longer than %lld s and was stopped.", name,
		    (long long)(p->limit_ms + 999) / 1000);
	else if (end->killed != NULL)
		buf_addf(b, "%s was stopped: %.200s.", name, end->killed);
	else if (end->signal != 0)
		buf_addf(b, "%s ended by signal %d.", name, end->signal);
	else if (end->exit == 126 || end->exit == 127)
		buf_addf(b, "%s cannot be run here (exit %d).", name,
		    end->exit);
	else
		buf_addf(b, "%s: exit %d.", name, end->exit);
}

/* The code that the tool wrote itself, "ERROR [CODE]: ..."; else dflt. */
static enum result_code
own_code(const char *text, enum result_code dflt)
{
	for (enum result_code c = CODE_OK + 1; c <= CODE_INTERNAL; c++) {
		const char *name = result_code_name(c);
		size_t n = strlen(name);

		if (strncmp(text + 7, name, n) == 0 && text[7 + n] == ']')
			return c;
	}
	return dflt;
}

/* Put the words of a failure around what it wrote. */
static void
fail(struct program *p, const struct program_end *end, struct result *r)
{
	enum result_code code = code_of(end);
	struct buf said = r->text, head = BUF_INIT, log = BUF_INIT;
	size_t n = p->log.len < LOG_SHOWN ? p->log.len : LOG_SHOWN;
	bool own = strncmp(buf_str(&said), "ERROR [", 7) == 0;
	bool cut = r->truncated;

	if (own)
		code = own_code(buf_str(&said), code);
	r->text = (struct buf)BUF_INIT;
	tell_end(p, end, &head);
	result_error(r, code, "%s", buf_str(&head));
	r->truncated = cut;
	if (own)
		buf_reset(&r->text);
	else if (said.len > 0)
		buf_addc(&r->text, '\n');
	buf_add(&r->text, buf_str(&said), said.len);
	if (n > 0 && !own) {
		output_clean(&log, p->log.data + p->log.len - n, n);
		if (r->text.data[r->text.len - 1] != '\n')
			buf_addc(&r->text, '\n');
		buf_adds(&r->text, "stderr: ");
		buf_add(&r->text, buf_str(&log), log.len);
	}
	buf_free(&said);
	buf_free(&head);
	buf_free(&log);
}

void
program_result(struct program *p, const struct program_end *end,
    struct result *r)
{
	bool failed = take_output(p, r);

	if (p->tool->origin != NULL)
		strlcpy(r->origin, p->tool->origin, sizeof(r->origin));
	r->exit_code = end->exit;
	r->signal = end->signal;
	r->status = RESULT_COMPLETED;
	if (failed || end->exit != 0 || end->late || end->killed != NULL ||
	    p->flooded)
		fail(p, end, r);
}
