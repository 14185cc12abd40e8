/*
 * program.c - a tool that is a program of its own: its process.
 */
#include "tool/program.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/state.h"
#include "json/exact.h"
#include "sys/fd.h"
#include "tool/extern.h"
#include "tool/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLOOD_MAX	((uint64_t)1024 * 1024 * 1024)
#define LOG_MAX		((size_t)2048)

void
program_init(struct program *p)
{
	memset(p, 0, sizeof(*p));
	proc_init(&p->proc, NULL);
	p->out = p->err = p->status = p->gate.control = -1;
}

void
program_free(struct program *p)
{
	proc_settle(&p->proc, TOOL_TIDY_MS);
	fd_close(&p->out);
	fd_close(&p->err);
	fd_close(&p->status);
	netgate_stop(&p->gate);
	buf_free(&p->raw);
	buf_free(&p->log);
	buf_free(&p->report);
	vec_free(&p->argv);
	vec_free(&p->vars);
	spool_free(&p->spool);
}

/* ---- what it is given ---- */

/* The arguments and a line end, as a file that nobody else has. */
static int
input(jv args, const struct buf *text)
{
	struct buf b = BUF_INIT;
	int fd = memfd_create("arguments", MFD_CLOEXEC);

	if (text != NULL)
		exact_dump(&b, args, buf_str(text), text->len);
	else
		js_dump(&b, args);
	buf_addc(&b, '\n');
	if (fd != -1 && (fd_write_all(fd, b.data, b.len) == -1 ||
	    lseek(fd, 0, SEEK_SET) == -1))
		fd_close(&fd);
	buf_free(&b);
	return fd;
}

static void
pass_one(struct vec *v, const char *name)
{
	const char *s = getenv(name);

	if (s != NULL)
		vec_pushf(v, "%s=%s", name, s);
}

/* The variables of agent-tools(7). */
static void
variables(struct program *p, const char *id)
{
	static const char *const plain[] = { "AGENT_ABI=1", "NO_COLOR=1",
	    "TERM=dumb", "PAGER=cat", "GIT_PAGER=cat",
	    "GIT_TERMINAL_PROMPT=0", "DEBIAN_FRONTEND=noninteractive" };
	const struct tool_env *env = p->env;
	struct vec *v = &p->vars;
	char *share = state_share(""), *libexec = state_libexec("");

	for (size_t i = 0; i < BASE_NITEMS(plain); i++)
		vec_push(v, plain[i]);
	vec_pushf(v, "AGENT_TOOL_NAME=%s", p->tool->name);
	vec_pushf(v, "AGENT_CALL_ID=%s", id);
	if (env->session != NULL)
		vec_pushf(v, "AGENT_SESSION_ID=%s", env->session);
	vec_pushf(v, "AGENT_WORKSPACE=%s", env->workspace);
	if (env->artifacts_fd != -1)
		vec_pushf(v, "AGENT_ARTIFACTS=%s", env->artifacts);
	vec_pushf(v, "AGENT_DEADLINE=%lld", (long long)((clock_wall_ms() +
	    p->limit_ms + 999) / 1000));
	vec_pushf(v, "AGENT_SHARE=%s", share);
	vec_pushf(v, "AGENT_LIBEXEC=%s", libexec);
	/* What one of ours keeps for us ends with us, or with the session. */
	if (p->tool->walls == WALLS_OWN && (env->stays ||
	    env->session == NULL))
		vec_pushf(v, "AGENT_OWNER=%ld", (long)getpid());
	pass_one(v, "TRACEPARENT");
	for (size_t i = 0; p->tool->pass != NULL && p->tool->pass[i] != NULL;
	    i++)
		pass_one(v, p->tool->pass[i]);
	free(share);
	free(libexec);
}

/* The folder of the program has to be readable in the jail. */
static void
allow_program(struct program *p)
{
	const char *path = p->tool->program, *slash = strrchr(path, '/');
	char *share = state_share(""), *libexec = state_libexec("");

	vec_push(&p->argv, "-r");
	vec_pushf(&p->argv, "%.*s", (int)(slash > path ? slash - path : 1),
	    path);
	if (access(share, R_OK) == 0) {
		vec_push(&p->argv, "-r");
		vec_push(&p->argv, share);
	}
	if (access(libexec, R_OK) == 0) {
		vec_push(&p->argv, "-r");
		vec_push(&p->argv, libexec);
	}
	free(share);
	free(libexec);
}

/* The jail's options, the program behind them. */
static bool
in_jail(struct program *p, int status, jv args, struct result *r)
{
	struct err e = ERR_INIT;
	const struct vec *jail = shell_jail(p->env, &e);

	if (jail == NULL || (p->tool->network &&
	    netgate_for_call(&p->gate, p->env, &e) == -1)) {
		result_error(r, CODE_SANDBOX, "%s", e.msg);
		return false;
	}
	for (size_t i = 0; i < jail->n; i++)
		vec_push(&p->argv, jail->v[i]);
	if (p->tool->walls == WALLS_READS)
		vec_push(&p->argv, "--profile=read-only");
	allow_program(p);
	vec_pushf(&p->argv, "-t%lld", (long long)(p->limit_ms + 999) / 1000);
	vec_pushf(&p->argv, "-s%d", status);
	vec_push(&p->argv, "-i");
	for (size_t i = 0; i < p->vars.n; i++)
		vec_pushf(&p->argv, "-e%s", p->vars.v[i]);
	netgate_options(&p->gate, &p->argv);
	vec_push(&p->argv, "--");
	vec_push(&p->argv, p->tool->program);
	if (p->tool->asks)
		vec_push(&p->argv, "--schema");
	else if (p->tool->options)
		extern_options(&p->argv, args);
	return true;
}

/* ---- its process ---- */

struct pipes {
	int	out[2], err[2], status[2];
};

static void
close_pipes(struct pipes *f)
{
	for (int i = 0; i < 2; i++) {
		fd_close(&f->out[i]);
		fd_close(&f->err[i]);
		fd_close(&f->status[i]);
	}
}

static void
keep_ours(struct program *p, struct pipes *f)
{
	p->out = f->out[0];
	p->err = f->err[0];
	p->status = f->status[0];
	f->out[0] = f->err[0] = f->status[0] = -1;
	fd_nonblock(p->out, true);
	fd_nonblock(p->err, true);
	fd_nonblock(p->status, true);
}

static int
launch(struct program *p, struct pipes *f, int in, struct result *r)
{
	struct vec env = VEC_INIT;
	struct err e = ERR_INIT;
	int rc;

	shell_environment(&env);
	if (p->tool->walls == WALLS_OWN)
		for (size_t i = 0; i < p->vars.n; i++)
			vec_push(&env, p->vars.v[i]);
	p->proc.argv = vec_argv(&p->argv);
	p->proc.envp = vec_argv(&env);
	p->proc.cwd = p->env->root;
	p->proc.how[0] = p->proc.how[1] = p->proc.how[2] = PROC_GIVEN;
	p->proc.fd[0] = in;
	p->proc.fd[1] = f->out[1];
	p->proc.fd[2] = f->err[1];
	f->out[1] = f->err[1] = -1;
	p->proc.extra = f->status[1];
	p->proc.group = true;
	p->proc.die_with_us = p->proc.tidies = true;
	netgate_lend(&p->gate, true);
	rc = proc_start(&p->proc, &e);
	netgate_lend(&p->gate, false);
	vec_free(&env);
	fd_close(&f->status[1]);
	if (rc == -1) {
		result_error(r, CODE_TOOL, "%s cannot be run: %s",
		    p->tool->name, e.msg);
		return -1;
	}
	keep_ours(p, f);
	return 0;
}

int
program_start(struct program *p, struct tool_env *env, const struct tool *t,
    const char *id, jv args, const struct buf *text, struct result *r)
{
	struct pipes f = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	int in, rc = -1;

	p->env = env;
	p->tool = t;
	p->limit_ms = t->timeout_s > 0 ? (int64_t)t->timeout_s * 1000 :
	    env->shell_ms;
	spool_begin(&p->spool, env, t->name);
	variables(p, id);
	in = input(args, text);
	if (in == -1 || fd_pipe(f.out) == -1 || fd_pipe(f.err) == -1 ||
	    fd_pipe(f.status) == -1) {
		result_errno(r, errno, "start", t->name);
	} else if (t->walls == WALLS_OWN) {
		vec_push(&p->argv, t->program);
		rc = launch(p, &f, in, r);
		in = -1;
	} else if (in_jail(p, f.status[1], args, r)) {
		rc = launch(p, &f, in, r);
		in = -1;
	}
	fd_close(&in);
	close_pipes(&f);
	return rc;
}

static void
take_output(struct program *p, const char *s, size_t n)
{
	if (!p->plain && n <= PROGRAM_JSON_MAX - p->raw.len) {
		buf_add(&p->raw, s, n);
		return;
	}
	if (!p->plain) {
		p->plain = true;
		spool_add(&p->spool, p->raw.data, p->raw.len);
		buf_free(&p->raw);
	}
	spool_add(&p->spool, s, n);
	if (p->spool.keep.total > FLOOD_MAX && !p->flooded) {
		p->flooded = true;
		program_kill(p, SIGTERM);
	}
}

static void
take_log(struct program *p, const char *s, size_t n)
{
	buf_add(&p->log, s, n);
	if (p->log.len > 2 * LOG_MAX)
		buf_shift(&p->log, p->log.len - LOG_MAX);
}

static void
take_report(struct program *p, const char *s, size_t n)
{
	if (p->report.len < 64 * 1024)
		buf_add(&p->report, s, n);
}

/* Up to some pieces, so that other calls get their turn. */
static void
drain(struct program *p, int *fd, int pieces,
    void (*take)(struct program *, const char *, size_t))
{
	char piece[BASE_PIECE];

	while (*fd != -1 && pieces-- > 0) {
		ssize_t n = fd_read(*fd, piece, sizeof(piece));

		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n <= 0)
			fd_close(fd);
		else
			take(p, piece, (size_t)n);
	}
}

bool
program_read(struct program *p)
{
	drain(p, &p->out, 16, take_output);
	drain(p, &p->err, 16, take_log);
	drain(p, &p->status, 4, take_report);
	/* The status pipe closes when the jail and all in it are gone; a
	 * program with walls of its own holds it until it ends. */
	if (p->status != -1)
		return false;
	drain(p, &p->out, 64, take_output);
	drain(p, &p->err, 64, take_log);
	return true;
}

void
program_kill(struct program *p, int sig)
{
	proc_kill(&p->proc, sig);
}

void
program_wait(struct program *p)
{
	/* The jail keeps the time; this is for a broken jail. */
	int64_t deadline = clock_ms() + p->limit_ms + 2000;

	while (!program_read(p) && clock_left(deadline) > 0) {
		struct pollfd f[] = { { p->out, POLLIN, 0 },
		    { p->err, POLLIN, 0 }, { p->status, POLLIN, 0 } };

		poll(f, 3, clock_left(deadline));
	}
	if (p->status != -1)
		program_kill(p, SIGKILL);
}

/* ---- its end ---- */

static void
from_report(struct program *p, jv report, struct result *r)
{
	struct program_end end = { .exit = -1 };
	int64_t n;

	end.killed = js_str(report, "killed");
	end.late = js_bool(report, "timed_out", false);
	if (js_int(report, "signal", 1, 255, &n))
		end.signal = (int)n;
	else if (js_int(report, "exit", 0, 255, &n))
		end.exit = (int)n;
	result_walls(r, report);
	program_result(p, &end, r);
}

static void
from_status(struct program *p, int status, struct result *r)
{
	struct program_end end = { .exit = -1 };

	if (WIFEXITED(status))
		end.exit = WEXITSTATUS(status);
	else if (WIFSIGNALED(status))
		end.signal = WTERMSIG(status);
	program_result(p, &end, r);
}

void
program_finish(struct program *p, struct result *r)
{
	struct err e = ERR_INIT;
	jv report = js_parse(buf_str(&p->report), p->report.len, &e);
	const char *refused = js_str(report, "error");

	netgate_stop(&p->gate);
	if (refused != NULL && strcmp(refused, "sandbox_unavailable") == 0) {
		const char *why = js_str(report, "message");

		result_error(r, CODE_SANDBOX, "the sandbox does not stand "
		    "here (%s), so %s does not run.\nTell the user to see "
		    "agent-tool doctor.", why != NULL ? why : "?",
		    p->tool->name);
	} else if (p->tool->walls == WALLS_OWN) {
		from_status(p, proc_wait(&p->proc), r);
	} else if (js_is_obj(report)) {
		from_report(p, report, r);
	} else {
		result_unreported(r, proc_wait(&p->proc), buf_str(&p->log));
	}
	js_free(report);
}
