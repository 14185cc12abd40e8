/*
 * python.c - the interpreter itself, in agent-jail.
 */
#include "pyexe/python.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/state.h"
#include "pyexe/frame.h"
#include "sys/fd.h"

#define CHUNK	((size_t)64 * 1024)
#define END_MS	4000	/* for the jail to end all and tidy up */

void
python_init(struct python *p)
{
	memset(p, 0, sizeof(*p));
	proc_init(&p->proc, NULL);
	p->proc.pid = 0;
	p->in = p->out = p->err = -1;
}

char *
python_find(void)
{
	/* Not by PATH: what lies in the user's home is not in the jail. */
	static const char *const places[] = { "/usr/local/bin/python3",
	    "/usr/bin/python3", "/bin/python3" };

	for (size_t i = 0; i < BASE_NITEMS(places); i++)
		if (access(places[i], X_OK) == 0)
			return xstrdup(places[i]);
	return NULL;
}

static void
arguments(struct python *p, const char *workspace, const char *python)
{
	static const char *const vars[] = { "NO_COLOR=1", "TERM=dumb",
	    "PAGER=cat", "GIT_PAGER=cat", "GIT_TERMINAL_PROMPT=0",
	    "DEBIAN_FRONTEND=noninteractive", "MPLBACKEND=Agg" };
	char *jail = state_libexec("agent-jail");
	char *share = state_share("python");
	struct vec *v = &p->argv;

	vec_free(v);
	vec_push(v, jail);
	vec_push(v, "-w");
	vec_push(v, workspace);
	vec_push(v, "-r");
	vec_push(v, share);
	vec_push(v, "-t0");
	vec_push(v, "-i");
	for (size_t i = 0; i < BASE_NITEMS(vars); i++)
		vec_pushf(v, "-e%s", vars[i]);
	vec_pushf(v, "-eAGENT_WORKSPACE=%s", workspace);
	vec_push(v, "--");
	vec_push(v, python);
	vec_push(v, "-B");
	vec_push(v, "-Xutf8");
	vec_pushf(v, "%s/pyexe.py", share);
	free(share);
	free(jail);
}

int
python_start(struct python *p, const char *workspace, struct err *e)
{
	char *python = python_find();
	int rc;

	if (python == NULL)
		return err_set(e, ERR_CONFIG, "there is no python3 in "
		    "/usr/bin or /usr/local/bin");
	arguments(p, workspace, python);
	free(python);
	buf_reset(&p->said);
	proc_init(&p->proc, vec_argv(&p->argv));
	for (int i = 0; i < 3; i++)
		p->proc.how[i] = PROC_PIPE;
	p->proc.group = true;
	p->proc.die_with_us = p->proc.tidies = true;
	rc = proc_start(&p->proc, e);
	if (rc == -1) {
		p->proc.pid = 0;
		return -1;
	}
	p->in = p->proc.fd[0];
	p->out = p->proc.fd[1];
	p->err = p->proc.fd[2];
	fd_nonblock(p->out, true);
	fd_nonblock(p->err, true);
	return 0;
}

static void
take_words(struct python *p, const struct frame *f)
{
	size_t n = f->n < sizeof(p->words) - 1 ? f->n : sizeof(p->words) - 1;

	/* The code can write here: letters, digits and blanks only. */
	for (size_t i = 0; i < n; i++)
		p->words[i] = strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_. ", f->p[i]) !=
		    NULL && f->p[i] != '\0' ? f->p[i] : '?';
	p->words[n] = '\0';
}

enum python_said
python_read(struct python *p)
{
	enum python_said said = PYTHON_NOTHING;
	struct frame f;
	size_t at = 0;
	ssize_t n;
	int rc;

	buf_grow(&p->said, CHUNK);
	n = read(p->out, p->said.data + p->said.len, CHUNK);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return PYTHON_NOTHING;
	if (n <= 0)
		return PYTHON_ENDED;
	p->said.len += (size_t)n;
	while ((rc = frame_take(&p->said, &at, &f)) == 1)
		if (f.kind == 'd') {
			take_words(p, &f);
			said = PYTHON_DONE;
		}
	buf_shift(&p->said, at);
	return rc == -1 || p->said.len > FRAME_MAX ? PYTHON_ENDED : said;
}

void
python_end(struct python *p)
{
	/* Killed, the jail would leave in the workspace what it put there. */
	if (p->proc.pid > 0)
		proc_end(&p->proc, END_MS);
	p->proc.pid = 0;
	fd_close(&p->in);
	fd_close(&p->out);
	fd_close(&p->err);
}
