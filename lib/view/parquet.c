/*
 * parquet.c - Parquet files, read by a helper in Python or JavaScript.
 *
 * share/agent/python/parquet.py uses what there is of pyarrow, DuckDB and
 * pandas, share/agent/js/parquet.mjs the package hyparquet of node.  Both
 * write JSON lines: first how many rows there are and the columns, then the
 * rows, until nobody reads on.  One that has no library ends with 69, and
 * the next is tried.
 */
#include "base/mem.h"
#include "core/state.h"
#include "json/js.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "view/json_row.h"
#include "view/view.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE		((size_t)64 * 1024)
#define SAID_MAX	((size_t)300)

static const struct reader {
	const char	*places[4];
	const char	*option;	/* before the script */
	const char	*script;
} readers[] = {
	/* Not by PATH: what lies in a project or a home is not meant. */
	{ { "/usr/local/bin/python3", "/usr/bin/python3", "/bin/python3" },
	    "-B", "python/parquet.py" },
	{ { "/usr/local/bin/node", "/usr/bin/node", "/usr/bin/nodejs" },
	    "--no-warnings", "js/parquet.mjs" },
};

struct source {
	char		*path;
	const struct reader *reader;
	struct proc	 proc;
	struct vec	 argv;
	int		 out, err;
	struct buf	 text;
	size_t		 taken;		/* of the text: lines before */
	struct json_row	 row;
	uint64_t	 rows;
};

static void
stop(struct source *s)
{
	fd_close(&s->out);
	fd_close(&s->err);
	if (s->proc.running) {
		proc_kill(&s->proc, SIGKILL);
		proc_wait(&s->proc);
	}
	buf_reset(&s->text);
	s->taken = 0;
	vec_free(&s->argv);
}

static int
start(struct source *s, size_t last, struct err *e)
{
	const struct reader *r = s->reader;
	char *script = state_share(r->script);
	const char *program = NULL;

	for (size_t i = 0; program == NULL && r->places[i] != NULL; i++)
		if (access(r->places[i], X_OK) == 0)
			program = r->places[i];
	if (program == NULL) {
		free(script);
		return err_set(e, ERR_UNAVAILABLE, "there is no such program");
	}
	vec_push(&s->argv, program);
	vec_push(&s->argv, r->option);
	vec_push(&s->argv, script);
	vec_push(&s->argv, s->path);
	vec_pushf(&s->argv, "%zu", last);
	free(script);
	proc_init(&s->proc, vec_argv(&s->argv));
	s->proc.how[0] = PROC_NULL;
	s->proc.how[1] = s->proc.how[2] = PROC_PIPE;
	s->proc.die_with_us = true;
	if (proc_start(&s->proc, e) == -1)
		return -1;
	s->out = s->proc.fd[1];
	s->err = s->proc.fd[2];
	return 0;
}

/* It ended before it said all: why, in its own words. */
static int
failed(struct source *s, struct err *e)
{
	struct buf said = BUF_INIT;
	int status, error;

	error = fd_slurp(s->err, &said, 64 * 1024) == -1 ? errno : 0;
	status = proc_wait(&s->proc);
	while (said.len != 0 && said.data[said.len - 1] == '\n')
		buf_cut(&said, said.len - 1);
	if (said.len > SAID_MAX)
		buf_shift(&said, said.len - SAID_MAX);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 69)
		err_set(e, ERR_UNAVAILABLE, "%s", buf_str(&said));
	else
		err_set(e, ERR_DATA, "the reader of Parquet ended (%d): %s",
		    status, said.len != 0 ? buf_str(&said) : error != 0 ?
		    strerror(error) : "without a word");
	buf_free(&said);
	return -1;
}

/* The next line, without its end: 1, 0 at the end, -1. */
static int
line(struct source *s, const char **p, size_t *n, struct err *e)
{
	size_t from = s->taken;

	for (;;) {
		const char *at = s->text.data + s->taken, *nl = NULL;
		ssize_t got;

		if (from < s->text.len)
			nl = memchr(s->text.data + from, '\n',
			    s->text.len - from);
		if (nl != NULL) {
			*p = at;
			*n = (size_t)(nl - at);
			s->taken += *n + 1;
			return 1;
		}
		buf_shift(&s->text, s->taken);
		s->taken = 0;
		from = s->text.len;
		if (from > JSON_ROW_MAX)
			return err_set(e, ERR_DATA, "a row of it is too long");
		buf_grow(&s->text, PIECE);
		got = fd_read(s->out, s->text.data + from, PIECE);
		if (got == -1)
			return err_sys(e, "read");
		if (got == 0)
			break;
		s->text.len += (size_t)got;
	}
	if (!s->proc.running)
		return 0;
	if (proc_wait(&s->proc) == 0)
		return 0;
	return failed(s, e);
}

static int
next(struct view *v, struct view_row *r, struct err *e)
{
	struct source *s = v->state;
	const char *p;
	size_t n;
	int rc = line(s, &p, &n, e);

	if (rc != 1)
		return rc;
	if (!json_row(&s->row, &v->names, r, p, n))
		return err_set(e, ERR_DATA, "the reader of Parquet wrote no "
		    "JSON");
	return 1;
}

/* The first line. */
static int
head(struct view *v, bool names, struct err *e)
{
	struct source *s = v->state;
	const char *p;
	size_t n;
	int64_t rows = 0;
	int rc = line(s, &p, &n, e);
	jv o = js_none(), list;

	if (rc != 1)
		return rc == 0 ? failed(s, e) : -1;
	o = js_parse(p, n, e);
	list = js_get(o, "columns");
	js_int(o, "rows", 0, 1LL << 53, &rows);
	s->rows = (uint64_t)rows;
	for (size_t i = 0; names && i < js_len(list) &&
	    i < VIEW_COLUMNS_MAX; i++) {
		jv c = js_at(list, i);
		const char *name = js_str(c, "name");
		const char *type = js_str(c, "type");

		vec_push(&v->names, name != NULL ? name : "");
		vec_push(&v->types, type != NULL ? type : "");
		js_free(c);
	}
	rc = js_is_valid(o) ? 0 : -1;
	js_free(list);
	js_free(o);
	return rc;
}

static int
shape(struct view *v, struct view_shape *out, struct err *e)
{
	(void)e;
	out->rows = ((struct source *)v->state)->rows;
	return 0;
}

static int
tail(struct view *v, size_t n, struct err *e)
{
	struct source *s = v->state;

	stop(s);
	return start(s, n, e) == -1 ? -1 : head(v, false, e);
}

static void
finish(struct view *v)
{
	struct source *s = v->state;

	stop(s);
	json_row_free(&s->row);
	buf_free(&s->text);
	free(s->path);
	free(s);
}

static const struct view_ops ops = { .next = next, .shape = shape, .tail = tail,
    .close = finish };

int
view_parquet(struct view *v, const char *path, struct err *e)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->out = s->err = -1;
	s->path = xstrdup(path);
	proc_init(&s->proc, NULL);
	v->state = s;
	v->ops = &ops;
	v->growing = true;
	buf_adds(&v->form, "Parquet");
	for (size_t i = 0; i < BASE_NITEMS(readers); i++) {
		struct err why = ERR_INIT;

		s->reader = &readers[i];
		if (start(s, 0, &why) == 0 && head(v, true, &why) == 0)
			return 0;
		stop(s);
		if (why.kind != ERR_UNAVAILABLE) {
			*e = why;
			return -1;
		}
	}
	return err_set(e, ERR_UNAVAILABLE, "Parquet needs pyarrow, duckdb or "
	    "pandas for python3, or hyparquet for node, and none of them is "
	    "installed here");
}
