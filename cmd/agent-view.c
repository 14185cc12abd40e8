/*
 * agent-view.c - look into files that hold tables: the tool data_view of
 * agent-tool(1).
 *
 * The command line, and the file below the workspace; the work is in
 * lib/view.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "core/state.h"
#include "json/js.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/sig.h"
#include "view/ask.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

#define INPUT_MAX	((size_t)1024 * 1024)
#define ANSWER_MAX	((size_t)24000)		/* bytes of rows, for a model */

enum { KEY_WHERE = 256, KEY_TABLE, KEY_SCHEMA };

static const struct opt table[] = {
	{ "rows", 'n', "N", "how many rows to show (10)" },
	{ "where", KEY_WHERE, "COND", "filter: the rows that fit" },
	{ "table", KEY_TABLE, "NAME", "which of several tables" },
	{ "schema", KEY_SCHEMA, NULL, "print the schema of the tool" },
	OPT_COMMON
};

static const char examples[] =
"  agent-view shape sales.csv                  rows and columns\n"
"  agent-view -n 3 tail sales.csv              the last three rows\n"
"  agent-view --where \"price > 9 and city = 'Ulm'\" filter sales.csv";

static const char synopsis[] = "agent-view [options] OPERATION FILE";

static const char about[] =
"Looks into CSV, TSV, JSON, JSON lines, SQLite and Parquet files, whatever\n"
"their size.  Operations: head, tail, shape, columns, describe, sample,\n"
"filter.";

static const char schema[] =
    "{\"name\":\"data_view\",\"description\":\"Look into CSV, JSON, "
    "SQLite, Parquet.\",\"inputSchema\":{\"type\":\"object\","
    "\"properties\":{\"path\":{\"type\":\"string\"},\"operation\":{\"enum\":["
    "\"head\",\"tail\",\"shape\",\"columns\",\"describe\",\"sample\","
    "\"filter\"]},\"n_rows\":{\"type\":\"integer\"},\"where\":{\"type\":"
    "\"string\"},\"table\":{\"type\":\"string\"}},\"required\":[\"path\","
    "\"operation\"],"
    "\"additionalProperties\":false},\"annotations\":{\"readOnlyHint\":true,"
    "\"destructiveHint\":false,\"openWorldHint\":false},\"_meta\":{\"agent\":"
    "{\"abi\":1,\"timeout_s\":120,\"network\":false}}}\n";

/* ---- the file ---- */

static int
only_files(int fd, const char *shown, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_sys(e, "%s", shown);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_NOINPUT, "%s is a directory", shown);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_DATA, "%s is no regular file", shown);
	return 0;
}

/* Below the folder that the variable names; -1 when it is not there. */
static int
open_below(const char *variable, const char *path, char **full)
{
	const char *dir = getenv(variable);
	struct buf rel = BUF_INIT;
	int root, fd = -1, error = EXDEV;

	if (dir == NULL || *dir != '/')
		return -1;
	root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root != -1 && (*path == '/' ? beneath_relative(&rel, dir, path) :
	    beneath_clean(&rel, path)) == 0) {
		fd = beneath_open(root, buf_str(&rel), O_RDONLY,
		    BENEATH_LINKS);
		error = errno;
		*full = xasprintf("%s/%s", dir, buf_str(&rel));
	}
	fd_close(&root);
	buf_free(&rel);
	errno = error;
	return fd;
}

/* As a tool: of the workspace or the artifacts, nothing else. */
static int
open_beneath(const char *path, char **full, struct err *e)
{
	int fd = open_below("AGENT_WORKSPACE", path, full), error = errno;

	if (fd == -1 && *path == '/') {
		free(*full);
		*full = NULL;
		fd = open_below("AGENT_ARTIFACTS", path, full);
		if (fd == -1 && errno != EXDEV)
			error = errno;
	}
	if (fd != -1)
		return fd;
	errno = error;
	if (errno == EXDEV || errno == ELOOP)
		return err_set(e, ERR_DENIED, "%s is outside the workspace",
		    path);
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(e, ERR_NOINPUT, "%s: no such file; list_files "
		    "lists what there is", path);
	return err_sys(e, "%s", path);
}

static int
answer(struct ask *a, int fd, struct buf *out, struct err *e)
{
	int rc = only_files(fd, a->shown, e);

	if (rc == 0) {
		rc = ask(a, fd, out, e);
		if (rc == -1)
			err_wrap(e, "%s", a->shown);
	}
	close(fd);
	return rc;
}

/* ---- as a tool ---- */

static int
arguments(struct ask *a, jv v, struct err *e)
{
	const char *what = js_str(v, "operation");
	int64_t rows = ASK_ROWS;

	a->shown = js_str(v, "path");
	a->where = js_str(v, "where");
	a->table = js_str(v, "table");
	if (a->shown == NULL || *a->shown == '\0')
		return err_set(e, ERR_USAGE, "path: required (string)");
	if (what == NULL || !ask_what(what, &a->what))
		return err_set(e, ERR_USAGE, "operation: required, one of "
		    "head, tail, shape, columns, describe, sample, filter");
	if (js_has(v, "n_rows") && !js_int(v, "n_rows", 1, ASK_ROWS_MAX,
	    &rows))
		return err_set(e, ERR_USAGE, "n_rows: from 1 to %d",
		    ASK_ROWS_MAX);
	a->rows = (size_t)rows;
	/* Some models fill in what they do not need. */
	if (a->table != NULL && *a->table == '\0')
		a->table = NULL;
	return 0;
}

static int
tell(const struct err *e)
{
	const char *code = "TOOL_FAILED";
	int status = 1;

	switch (e->kind) {
	case ERR_USAGE:
		code = "INVALID_ARGUMENTS";
		status = 2;
		break;
	case ERR_NOINPUT:
		code = "NOT_FOUND";
		break;
	case ERR_DATA:
		code = "INVALID_ENCODING";
		break;
	case ERR_DENIED:
		code = "PATH_OUTSIDE_WORKSPACE";
		break;
	case ERR_CANCELLED:
		code = "TIMEOUT";
		status = 124;
		break;
	default:
		break;
	}
	printf("ERROR [%s]: %s.\n", code, e->msg);
	return status;
}

static int
as_tool(void)
{
	struct ask a = { .cap = ANSWER_MAX };
	struct buf in = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	char *full = NULL;
	int fd, status = 0;
	jv v = js_none();

	if (fd_slurp(0, &in, INPUT_MAX) == -1)
		err_sys(&e, "standard input");
	else
		v = js_parse(buf_str(&in), in.len, &e);
	if (e.kind == ERR_NONE && arguments(&a, v, &e) == 0 &&
	    (fd = open_beneath(a.shown, &full, &e)) != -1) {
		a.path = full;
		answer(&a, fd, &out, &e);
	}
	if (e.kind != ERR_NONE)
		status = tell(&e);
	else
		fwrite(buf_str(&out), 1, out.len, stdout);
	js_free(v);
	buf_free(&in);
	buf_free(&out);
	free(full);
	return fflush(stdout) == EOF ? 1 : status;
}

/* ---- as a command ---- */

/* Of the command line. */
struct words {
	struct ask	*ask;
	char		*v[2];
	int		 n;
};

/* 1 when the program is done already. */
static int
option(void *settings, int key, const char *arg, struct err *e)
{
	struct ask *a = ((struct words *)settings)->ask;
	int64_t n;

	switch (key) {
	case 'n':
		if (num_int(arg, 1, ASK_ROWS_MAX, "-n", &n, e) == -1)
			return -1;
		a->rows = (size_t)n;
		break;
	case KEY_WHERE: a->where = arg; break;
	case KEY_TABLE: a->table = arg; break;
	case KEY_SCHEMA:
		fputs(schema, stdout);
		return 1;
	}
	return 0;
}

static int
operands(struct ask *a, char **args, int n, struct err *e)
{
	const char *near;

	if (n != 2)
		return err_set(e, ERR_USAGE, "expected an operation and a "
		    "file, as in: agent-view shape sales.csv");
	if (!ask_what(args[0], &a->what)) {
		near = opt_nearest(args[0], ask_names);
		return err_set(e, ERR_USAGE, "no operation %.60s; %s%s%s",
		    args[0], near != NULL ? "did you mean " : "see "
		    "agent-view --help", near != NULL ? near : "",
		    near != NULL ? "?" : "");
	}
	a->path = a->shown = args[1];
	return 0;
}

static int
operand(void *settings, char *word, struct err *e BASE_UNUSED)
{
	struct words *w = settings;

	if (w->n < 2)
		w->v[w->n] = word;
	w->n++;
	return 0;
}

static const struct opt_program program = { "agent-view", synopsis, about,
    examples, "libjq, SQLite", table, option, operand };

static int
parse(struct ask *a, int argc, char **argv, struct err *e)
{
	struct words w = { .ask = a };
	int rc = opt_parse(&program, &w, argc, argv, e);

	return rc != 0 ? rc : operands(a, w.v, w.n, e);
}

/* Run by hand, share/agent is two folders up from libexec/agent. */
static void
find_home(void)
{
	char *dir = file_exe_dir(), *share;

	if (dir == NULL)
		return;
	share = xasprintf("%s/../../share/agent", dir);
	if (access(share, X_OK) == 0)
		setenv("AGENT_SHARE", share, 0);
	free(share);
	free(dir);
}

int
main(int argc, char **argv)
{
	struct ask a = { .rows = ASK_ROWS, .cap = SIZE_MAX };
	const char *abi = getenv("AGENT_ABI");
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	int fd;

	fd_sanitize();
	sig_sanitize();
	signal(SIGPIPE, SIG_IGN);
	log_init("agent-view");
	find_home();
	if (argc == 1 && abi != NULL && strcmp(abi, "1") == 0)
		return as_tool();
	if (parse(&a, argc, argv, &e) == 0) {
		fd = open(a.path, O_RDONLY | O_NONBLOCK | O_NOCTTY |
		    O_CLOEXEC);
		if (fd == -1)
			err_sys(&e, "%s", a.path);
		else
			answer(&a, fd, &out, &e);
	}
	if (e.kind == ERR_NONE && fd_write_all(1, buf_str(&out), out.len) ==
	    -1) {
		if (errno == EPIPE) {
			signal(SIGPIPE, SIG_DFL);
			raise(SIGPIPE);
		}
		err_sys(&e, "standard output");
	}
	buf_free(&out);
	if (e.kind == ERR_NONE && fflush(stdout) == EOF)
		err_sys(&e, "standard output");
	return e.kind != ERR_NONE ? log_exit(&e) : 0;
}
