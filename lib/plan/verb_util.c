/*
 * verb_util.c - what several sub-commands need.
 */
#include "plan/verb.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "sys/fd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX	((size_t)16 * 1024 * 1024)

int
verb_stdin(struct buf *b, size_t max, struct err *e)
{
	if (fd_slurp(0, b, max) == 0)
		return 0;
	return errno == EFBIG ? err_set(e, ERR_DATA, "standard input: larger "
	    "than %zu bytes", max) : err_sys(e, "standard input");
}

char *
verb_text(const struct verb_args *a, int from, const char *what,
    struct err *e)
{
	struct buf b = BUF_INIT, out = BUF_INIT;

	if (a->n == from + 1 && strcmp(a->operands[from], "-") == 0) {
		if (isatty(0)) {
			err_set(e, ERR_USAGE, "%s: standard input is a "
			    "terminal", what);
			return NULL;
		}
		if (verb_stdin(&b, INPUT_MAX, e) == -1) {
			buf_free(&b);
			return NULL;
		}
		while (b.len > 0 && b.data[b.len - 1] == '\n')
			buf_cut(&b, b.len - 1);
		if (memchr(buf_str(&b), '\0', b.len) != NULL) {
			err_set(e, ERR_DATA, "%s: has a NUL byte", what);
			buf_free(&b);
			return NULL;
		}
	} else {
		for (int i = from; i < a->n; i++)
			buf_addf(&b, "%s%s", i > from ? " " : "",
			    a->operands[i]);
	}
	utf8_repair(&out, buf_str(&b), b.len);
	buf_free(&b);
	if (out.len == 0) {
		err_set(e, ERR_USAGE, "%s is missing; give it as operands, "
		    "or - to read it", what);
		buf_free(&out);
		return NULL;
	}
	return buf_detach(&out);
}

void
verb_line(struct buf *out, jv v)
{
	js_dump(out, v);
	buf_addc(out, '\n');
}

void
verb_safe(struct buf *out, const char *text, size_t columns)
{
	size_t n = strlen(text), first = strcspn(text, "\n");
	struct buf b = BUF_INIT;

	utf8_escape(&b, text, first, UTF8_LINE);
	if (columns > 0 && b.len > columns) {
		buf_cut(&b, utf8_cut(b.data, columns - 3));
		buf_adds(&b, "...");
	} else if (first < n) {
		buf_adds(&b, " ...");
	}
	buf_add(out, b.data, b.len);
	buf_free(&b);
}

const char *
verb_worker(struct verb_args *a)
{
	static char name[128];
	char host[64] = "";

	if (a->worker == NULL)
		a->worker = getenv("AGENT_WORKER");
	if (a->worker != NULL && *a->worker != '\0')
		return a->worker;
	if (gethostname(host, sizeof(host) - 1) == -1)
		host[0] = '\0';
	snprintf(name, sizeof(name), "%s.%ld", host, (long)getppid());
	return name;
}

int
verb_int(const char *s, const char *option, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	return s == NULL ? 0 : num_int(s, min, max, option, out, e);
}

int
verb_since(const char *s, int64_t *ms, struct err *e)
{
	return s == NULL ? 0 : num_time(s, clock_wall_ms(), ms, e);
}
