/*
 * cmd.c - what the commands of agent-mem share.
 */
#include "mem/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/state.h"
#include "json/jsonl.h"
#include "sys/sig.h"

int
cmd_flush(struct cmd *c, struct err *e)
{
	int rc = 0;

	/* A coprocess passes lines on as events. */
	if (c->coprocess)
		return 0;
	if (c->out.len > 0 && fd_write_all(STDOUT_FILENO, c->out.data,
	    c->out.len) == -1) {
		/* The reader has gone: that is all there is to say. */
		if (errno == EPIPE)
			sig_reraise(SIGPIPE);
		rc = err_sys(e, "standard output");
	}
	buf_reset(&c->out);
	return rc;
}

void
cmd_line_take(struct cmd *c, jv v)
{
	js_dump(&c->out, v);
	buf_addc(&c->out, '\n');
	js_free(v);
}

char *
cmd_project(struct err *e)
{
	const char *s = getenv("AGENT_NAMESPACE");
	char *dir, *path, *name;
	int fd = -1;

	if (s != NULL && *s != '\0')
		return xstrdup(s);
	dir = state_workspace(NULL, &fd, e);
	if (dir == NULL)
		return NULL;
	close(fd);
	path = state_project(dir, e);
	free(dir);
	if (path == NULL)
		return NULL;
	name = xstrdup(strrchr(path, '/') + 1);
	free(path);
	return name;
}

void
cmd_escape(struct buf *b, const char *text, size_t columns)
{
	struct buf plain = BUF_INIT;
	size_t n = strlen(text), used = 0, i = 0;
	bool space = false;

	for (; i < n && used < columns; ) {
		uint32_t cp;
		size_t k = utf8_decode(text + i, n - i, &cp);

		if (k == 0)
			k = 1;
		if (cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r') {
			space = plain.len > 0;
			i += k;
			continue;
		}
		if (space)
			buf_addc(&plain, ' ');
		used += space + (size_t)utf8_width(cp);
		space = false;
		buf_add(&plain, text + i, k);
		i += k;
	}
	utf8_escape(b, buf_str(&plain), plain.len, UTF8_LINE);
	if (i < n)
		buf_adds(b, "...");
	buf_free(&plain);
}

int
cmd_time(const char *s, const char *what, int64_t now, int64_t *ms,
    struct err *e)
{
	if (item_time(s, now, ms))
		return 0;
	return err_set(e, ERR_USAGE, "%s: '%.60s' is no time; write it like "
	    "30d, 2026-05-08 or 2026-05-08T13:30:00Z", what, s);
}

/* All that there are. */
static int
all_spaces(struct cmd *c, struct vec *names, struct err *e)
{
	struct db_stmt *st = db_query(c->s.db, e, "SELECT name FROM"
	    " namespace ORDER BY name", "");
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1)
		vec_push(names, db_text(st, 0));
	return rc;
}

int
cmd_spaces(struct cmd *c, struct vec *names, struct err *e)
{
	char *project;

	if (c->all)
		return all_spaces(c, names, e);
	for (size_t i = 0; i < c->spaces.n; i++)
		if (!vec_has(names, c->spaces.v[i]))
			vec_push(names, c->spaces.v[i]);
	if (names->n > 0)
		return 0;
	project = cmd_project(e);
	if (project == NULL)
		return -1;
	vec_push(names, project);
	if (strcmp(project, "global") != 0)
		vec_push(names, "global");
	free(project);
	return 0;
}

/* ---- ids from standard input ---- */

/* A line: an id as it is, or an object. */
static int
take_id(struct cmd *c, const char *p, size_t n, struct err *e)
{
	struct err fault = ERR_INIT;
	const char *id;
	jv v;

	if (*p != '{') {
		vec_pushf(&c->words, "%.*s", (int)n, p);
		vec_push(&c->homes, "");
		return 0;
	}
	v = js_parse(p, n, &fault);
	id = js_str(v, "id");
	if (fault.kind != ERR_NONE)
		*e = fault;
	else if (id == NULL)
		err_set(e, ERR_DATA, "id: missing");
	else {
		vec_push(&c->words, id);
		vec_push(&c->homes, js_str(v, "namespace") != NULL ?
		    js_str(v, "namespace") : "");
	}
	js_free(v);
	return e->kind == ERR_NONE ? 0 : -1;
}

int
cmd_read_ids(struct cmd *c, struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	const char *p;
	size_t n;
	int rc = 0;

	if (c->coprocess || c->words.n != 1 || strcmp(c->words.v[0], "-") !=
	    0)
		return 0;
	vec_free(&c->words);
	jsonl_init(&in, "<stdin>");
	while (rc == 0 && (st = jsonl_read_line(&in, STDIN_FILENO, &p, &n,
	    e)) != JSONL_END) {
		rc = st == JSONL_ERROR ? -1 : take_id(c, p, n, e);
		if (rc == -1 && st != JSONL_ERROR)
			err_wrap(e, "<stdin>:%llu",
			    (unsigned long long)in.lineno);
	}
	jsonl_free(&in);
	return rc;
}

const struct vec *
cmd_home(const struct cmd *c, size_t i, const struct vec *names,
    struct vec *own)
{
	vec_free(own);
	if (i >= c->homes.n || c->homes.v[i][0] == '\0')
		return names;
	vec_push(own, c->homes.v[i]);
	return own;
}
