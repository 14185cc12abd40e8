/*
 * shell.c - a command of the model, run by agent-jail.
 */
#include "tool/shell.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "core/state.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "tool/path.h"
#include "tool/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLOOD_MAX	((uint64_t)1024 * 1024 * 1024)

/* What the command finds besides what agent-jail passes on. */
static const char *const variables[] = {
	"NO_COLOR=1", "TERM=dumb", "PAGER=cat", "GIT_PAGER=cat",
	"GIT_TERMINAL_PROMPT=0", "DEBIAN_FRONTEND=noninteractive",
};

void
shell_init(struct shell *s)
{
	memset(s, 0, sizeof(*s));
	proc_init(&s->proc, NULL);
	s->out = s->status = s->gate.control = -1;
}

void
shell_free(struct shell *s)
{
	proc_settle(&s->proc, TOOL_TIDY_MS);
	fd_close(&s->out);
	fd_close(&s->status);
	netgate_stop(&s->gate);
	buf_free(&s->report);
	vec_free(&s->argv);
	spool_free(&s->spool);
}

/* The state folder may lie in the workspace: then it is protected. */
static void
protect_state(struct tool_env *env)
{
	struct buf rel = BUF_INIT;

	if (env->state != NULL && beneath_relative(&rel, env->workspace,
	    env->state) == 0 && strcmp(buf_str(&rel), ".") != 0) {
		/* What is missing the jail would mask, for us as well. */
		tool_env_artifacts(env);
		vec_push(&env->jail, "-p");
		vec_push(&env->jail, buf_str(&rel));
	}
	buf_free(&rel);
}

const struct vec *
shell_jail(struct tool_env *env, struct err *e)
{
	char *path;

	if (env->jail.n != 0)
		return &env->jail;
	path = state_libexec("agent-jail");
	if (path == NULL || access(path, X_OK) == -1) {
		err_set(e, ERR_CONFIG, "agent-jail: not found%s%s; set "
		    "AGENT_LIBEXEC", path != NULL ? " as " : "",
		    path != NULL ? path : "");
		free(path);
		return NULL;
	}
	vec_push(&env->jail, path);
	free(path);
	vec_push(&env->jail, "-w");
	vec_push(&env->jail, env->workspace);
	protect_state(env);
	if (env->artifacts_fd != -1) {
		vec_push(&env->jail, "-r");
		vec_push(&env->jail, env->artifacts);
	}
	return &env->jail;
}

void
shell_environment(struct vec *v)
{
	static const char *const pass[] = { "PATH", "HOME", "LANG", "TERM",
	    "TZ", "USER" };
	extern char **environ;

	for (char **p = environ; *p != NULL; p++) {
		size_t n = strcspn(*p, "=");
		bool take = strncmp(*p, "LC_", 3) == 0;

		for (size_t i = 0; i < BASE_NITEMS(pass); i++)
			take |= strlen(pass[i]) == n &&
			    strncmp(*p, pass[i], n) == 0;
		if (take)
			vec_push(v, *p);
	}
}

/* The working directory as an option of the jail. */
static bool
working_directory(struct shell *s, jv args, struct result *r)
{
	struct path p = PATH_INIT;
	bool ok = false;
	int fd = -1;

	if (js_str(args, "cwd") == NULL)
		return true;
	if (!path_of(&p, s->env, args, "cwd", r))
		goto out;
	if (p.artifact) {
		result_error(r, CODE_OUTSIDE, "%s is outside the workspace.",
		    p.shown);
		goto out;
	}
	fd = beneath_open(p.root, buf_str(&p.rel), O_PATH | O_DIRECTORY,
	    BENEATH_LINKS);
	if (fd == -1) {
		result_errno(r, errno, "enter", p.shown);
		goto out;
	}
	vec_push(&s->argv, "-C");
	vec_push(&s->argv, buf_str(&p.rel));
	ok = true;
out:
	fd_close(&fd);
	path_free(&p);
	return ok;
}

static bool
arguments(struct shell *s, jv args, int status, struct result *r)
{
	const char *command = js_str(args, "command");
	struct err e = ERR_INIT;
	const struct vec *jail = shell_jail(s->env, &e);
	int64_t seconds = 0;

	if (jail == NULL) {
		result_error(r, CODE_SANDBOX, "%s", e.msg);
		return false;
	}
	if (command == NULL) {
		result_error(r, CODE_ARGUMENTS, "command: a command cannot "
		    "contain a NUL byte");
		return false;
	}
	if (js_int(args, "timeout", 1, TOOL_SHELL_MAX_MS / 1000, &seconds))
		s->limit_ms = seconds * 1000;
	for (size_t i = 0; i < jail->n; i++)
		vec_push(&s->argv, jail->v[i]);
	if (!working_directory(s, args, r))
		return false;
	vec_pushf(&s->argv, "-t%lld", (long long)(s->limit_ms + 999) / 1000);
	vec_pushf(&s->argv, "-s%d", status);
	for (size_t i = 0; i < BASE_NITEMS(variables); i++)
		vec_pushf(&s->argv, "-e%s", variables[i]);
	vec_pushf(&s->argv, "-eAGENT_WORKSPACE=%s", s->env->workspace);
	if (netgate_for_call(&s->gate, s->env, &e) == -1) {
		result_error(r, CODE_SANDBOX, "%s", e.msg);
		return false;
	}
	netgate_options(&s->gate, &s->argv);
	vec_push(&s->argv, "--");
	vec_push(&s->argv, "/bin/sh");
	vec_push(&s->argv, "-c");
	vec_push(&s->argv, command);
	return true;
}

static int
launch(struct shell *s, int out[2], int status[2], struct result *r)
{
	struct vec env = VEC_INIT;
	struct err e = ERR_INIT;
	int rc;

	shell_environment(&env);
	s->proc.argv = vec_argv(&s->argv);
	s->proc.envp = vec_argv(&env);
	s->proc.how[0] = PROC_NULL;
	s->proc.how[1] = s->proc.how[2] = PROC_GIVEN;
	s->proc.fd[1] = out[1];
	s->proc.fd[2] = fcntl(out[1], F_DUPFD_CLOEXEC, 3);
	out[1] = -1;
	s->proc.extra = status[1];
	s->proc.group = true;
	s->proc.die_with_us = s->proc.tidies = true;
	netgate_lend(&s->gate, true);
	rc = proc_start(&s->proc, &e);
	netgate_lend(&s->gate, false);
	vec_free(&env);
	fd_close(&status[1]);
	if (rc == -1) {
		/* One argument may have 128 KiB at most on Linux. */
		result_error(r, e.kind == ERR_CONFIG ? CODE_SANDBOX :
		    CODE_RESOURCE, "%s.%s", e.msg, errno == E2BIG ?
		    "\nThe command is too long: put it into a file with "
		    "write_file and run that." : "");
		return -1;
	}
	s->out = out[0];
	s->status = status[0];
	out[0] = status[0] = -1;
	if (s->out != -1)
		fd_nonblock(s->out, true);
	fd_nonblock(s->status, true);
	return 0;
}

int
shell_start_file(struct shell *s, struct tool_env *env, jv args,
    int64_t ms, char **file, struct result *r)
{
	int out[2] = { -1, -1 }, status[2] = { -1, -1 };
	int rc = -1;

	s->env = env;
	s->limit_ms = ms;
	spool_begin(&s->spool, env, "job");
	out[1] = spool_file(&s->spool);
	/* It is the command's, and what is kept of a pipe is nothing. */
	*file = s->spool.artifact;
	s->spool.artifact = NULL;
	if (out[1] == -1 || fd_pipe(status) == -1)
		result_errno(r, errno, "write", "the output of the command");
	else if (arguments(s, args, status[1], r))
		rc = launch(s, out, status, r);
	fd_close(&out[1]);
	fd_close(&status[0]);
	fd_close(&status[1]);
	return rc;
}

int
shell_start(struct shell *s, struct tool_env *env, jv args,
    struct result *r)
{
	int out[2] = { -1, -1 }, status[2] = { -1, -1 };
	int rc = -1;

	s->env = env;
	s->limit_ms = env->shell_ms;
	if (fd_pipe(out) == -1 || fd_pipe(status) == -1)
		result_errno(r, errno, "start", "the command");
	else if (arguments(s, args, status[1], r))
		rc = launch(s, out, status, r);
	for (int i = 0; i < 2; i++) {
		fd_close(&out[i]);
		fd_close(&status[i]);
	}
	spool_begin(&s->spool, env, "shell");
	return rc;
}

/* Up to a few pieces at a time, so that other calls get their turn. */
static void
read_output(struct shell *s, int pieces)
{
	char piece[BASE_PIECE];

	while (s->out != -1 && pieces-- != 0) {
		ssize_t n = fd_read(s->out, piece, sizeof(piece));

		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n <= 0) {
			fd_close(&s->out);
			return;
		}
		spool_add(&s->spool, piece, (size_t)n);
		if (s->spool.keep.total > FLOOD_MAX && !s->flooded) {
			s->flooded = true;
			shell_kill(s, SIGTERM);
		}
	}
}

bool
shell_read(struct shell *s)
{
	char text[4096];
	ssize_t n;

	read_output(s, 16);
	while ((n = fd_read(s->status, text, sizeof(text))) > 0)
		if (s->report.len < 64 * 1024)
			buf_add(&s->report, text, (size_t)n);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	/* All is dead: what is in the pipe now is the end of it. */
	read_output(s, 64);
	return true;
}

void
shell_kill(struct shell *s, int sig)
{
	proc_kill(&s->proc, sig);
}

/* The line that ends the text, and the facts, from the jail's report. */
static void
ending(struct shell *s, jv report, struct buf *out, struct result *r)
{
	const char *killed = js_str(report, "killed");
	int64_t n;

	r->status = RESULT_FAILED;
	if (js_int(report, "signal", 1, 255, &n))
		r->signal = (int)n;
	else if (js_int(report, "exit", 0, 255, &n))
		r->exit_code = (int)n;
	if (s->flooded) {
		buf_addf(out, "[killed: more than %llu MiB of output]\n",
		    (unsigned long long)FLOOD_MAX >> 20);
	} else if (js_bool(report, "timed_out", false)) {
		r->status = RESULT_TIMEOUT;
		r->code = CODE_TIMEOUT;
		r->exit_code = -1;
		buf_addf(out, "[killed: timeout after %lld s]\n",
		    (long long)(s->limit_ms + 999) / 1000);
	} else if (killed != NULL) {
		buf_adds(out, "[killed: ");
		utf8_escape(out, killed, strlen(killed), UTF8_LINE);
		buf_adds(out, "]\n");
	} else if (r->signal != 0) {
		buf_addf(out, "[signal %d]\n", r->signal);
	} else {
		if (r->exit_code == 0)
			r->status = RESULT_COMPLETED;
		buf_addf(out, "[exit %d]\n", r->exit_code);
	}
}

void
shell_finish(struct shell *s, struct result *r)
{
	struct err e = ERR_INIT;
	jv report = js_parse(buf_str(&s->report), s->report.len, &e);
	const char *refused = js_str(report, "error");
	struct buf end = BUF_INIT;

	netgate_stop(&s->gate);
	if (refused != NULL && strcmp(refused, "sandbox_unavailable") == 0) {
		const char *why = js_str(report, "message");

		result_error(r, CODE_SANDBOX, "the sandbox does not stand "
		    "here (%s), so commands do not run.\nTell the user to "
		    "see agent-tool doctor.", why != NULL ? why : "?");
	} else if (js_is_obj(report)) {
		ending(s, report, &end, r);
		spool_text(&s->spool, r);
		buf_add(&r->text, buf_str(&end), end.len);
		result_walls(r, report);
	} else {
		struct buf said = BUF_INIT;

		pump_keep_join(&s->spool.keep, &said);
		result_unreported(r, proc_wait(&s->proc), buf_str(&said));
		buf_free(&said);
	}
	buf_free(&end);
	js_free(report);
}
