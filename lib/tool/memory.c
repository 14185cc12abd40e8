/*
 * memory.c - the tool that keeps and finds memories, by way of agent-mem(1).
 *
 * The memories are the user's and lie outside the workspace, where no tool
 * reaches; so it is agent-mem that is run, for the namespace of the project
 * and nothing else.  What the model stores says that a model said it.
 */
#include "tool/tool.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "tool/output.h"
#include "tool/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define FOUND		"8"	/* memories that one search shows */
#define LISTED		"20"
#define CONTENT_MAX	((size_t)16 * 1024)	/* bytes of a memory */
#define LOG_MAX		((size_t)2000)

/* What agent-mem may see of our variables besides the usual. */
static const char *const pass[] = { "AGENT_MEMORY", "AGENT_NAMESPACE",
	"XDG_DATA_HOME", "AGENT_FIXED_TIME", "AGENT_FIXED_IDS" };

/* The command line; false with r filled when something is missing. */
static bool
command(struct vec *argv, const struct tool_env *env, jv args,
    struct result *r)
{
	const char *what = js_str(args, "operation");
	const char *text = js_str(args, "content"), *id = js_str(args, "id");
	bool store = strcmp(what, "store") == 0;

	vec_push(argv, what);
	if (strcmp(what, "forget") == 0) {
		if (id == NULL || *id == '\0') {
			result_error(r, CODE_ARGUMENTS, "forget needs the id "
			    "of a memory; search and list show them.");
			return false;
		}
		vec_push(argv, "--");
		vec_push(argv, id);
		return true;
	}
	if (strcmp(what, "list") == 0) {
		vec_push(argv, "--format=text");
		vec_push(argv, "-k" LISTED);
		return true;
	}
	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0') {
		result_error(r, CODE_ARGUMENTS, "content: %s needs a text "
		    "(without NUL bytes).", what);
		return false;
	}
	if (strlen(text) > CONTENT_MAX) {
		result_error(r, CODE_TOO_LARGE, "content has %zu bytes, at "
		    "most %zu.\nStore what matters of it.", strlen(text),
		    CONTENT_MAX);
		return false;
	}
	if (store) {
		vec_push(argv, "--speaker=assistant");
		vec_push(argv, "--source=model");
		if (env->session != NULL)
			vec_pushf(argv, "--session=%s", env->session);
	} else {
		vec_push(argv, "--format=text");
		vec_push(argv, "-k" FOUND);
	}
	vec_push(argv, "--");
	vec_push(argv, text);
	return true;
}

static void
environment(struct vec *vars, const struct tool_env *env)
{
	shell_environment(vars);
	for (size_t i = 0; i < BASE_NITEMS(pass); i++)
		if (getenv(pass[i]) != NULL)
			vec_pushf(vars, "%s=%s", pass[i], getenv(pass[i]));
	vec_pushf(vars, "AGENT_WORKSPACE=%s", env->workspace);
}

/* Its whole output and the status of waitpid; -1 with r filled. */
static int
run(const struct tool_env *env, struct vec *argv, struct buf *out,
    struct buf *log, struct result *r)
{
	struct vec vars = VEC_INIT;
	struct err e = ERR_INIT;
	struct proc p;
	int rc;

	environment(&vars, env);
	proc_init(&p, vec_argv(argv));
	p.envp = vec_argv(&vars);
	p.cwd = env->root;
	p.how[0] = PROC_NULL;
	p.how[1] = p.how[2] = PROC_PIPE;
	p.die_with_us = true;
	rc = proc_start(&p, &e);
	vec_free(&vars);
	if (rc == -1) {
		result_error(r, CODE_TOOL, "%s", e.msg);
		return -1;
	}
	/* It says little on the second before it is done with the first. */
	fd_slurp(p.fd[1], out, env->cap_bytes * 4);
	fd_slurp(p.fd[2], log, 64 * 1024);
	fd_close(&p.fd[1]);
	fd_close(&p.fd[2]);
	return proc_wait(&p);
}

static void
answer(const struct tool_env *env, const char *what, int status,
    const struct buf *out, const struct buf *log, struct result *r)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	struct buf said = BUF_INIT;

	if ((code == 0 && out->len > 0) ||
	    (code == 0 && strcmp(what, "forget") == 0)) {
		output_clean(&r->text, buf_str(out), out->len);
		r->truncated = output_cut(&r->text, env->cap_lines,
		    env->cap_bytes);
		if (r->text.len == 0)
			buf_adds(&r->text, "[done]\n");
	} else if (code == 0 || (code == 1 && strcmp(what, "forget") != 0)) {
		buf_adds(&r->text, strcmp(what, "list") == 0 ?
		    "[there are no memories yet]\n" :
		    "[nothing like that is remembered]\n");
	} else {
		output_clean(&said, buf_str(log), log->len < LOG_MAX ?
		    log->len : LOG_MAX);
		result_error(r, code == 1 ? CODE_NOT_FOUND : code == 75 ?
		    CODE_TRY_LATER : CODE_TOOL, "%s", said.len != 0 ?
		    buf_str(&said) : "agent-mem ended without a word");
		buf_free(&said);
	}
}

void
tool_memory(const struct tool_env *env, jv args, struct result *r)
{
	struct buf out = BUF_INIT, log = BUF_INIT;
	struct vec argv = VEC_INIT;
	char *program = state_program("agent-mem");
	int status;

	vec_push(&argv, program);
	if (command(&argv, env, args, r)) {
		status = run(env, &argv, &out, &log, r);
		if (status != -1)
			answer(env, js_str(args, "operation"), status, &out,
			    &log, r);
	}
	vec_free(&argv);
	buf_free(&out);
	buf_free(&log);
	free(program);
}
