/*
 * agent-pyexe.c - run Python in the interpreter of a session: the tool
 * pyexe of agent-tool(1).
 *
 * The command line, and the words for what came of it; the work is in
 * lib/pyexe.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "core/state.h"
#include "json/js.h"
#include "pyexe/frame.h"
#include "pyexe/keeper.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

#define INPUT_MAX	((size_t)32 * 1024 * 1024)

enum { KEY_SESSION = 256, KEY_RESET, KEY_END, KEY_TIMEOUT, KEY_SCHEMA };

static const struct opt table[] = {
	{ "workspace", 'w', "DIR", "folder to work in (default: here)" },
	{ "session", KEY_SESSION, "ID", "whose interpreter (AGENT_SESSION)" },
	{ "timeout", KEY_TIMEOUT, "TIME", "for the code (60s)" },
	{ "reset", KEY_RESET, NULL, "a new interpreter first" },
	{ "end", KEY_END, NULL, "end the interpreter of the session" },
	{ "schema", KEY_SCHEMA, NULL, "print the schema of the tool" },
	OPT_COMMON
};

static const char examples[] =
"  echo 'x = 6 * 7' | agent-pyexe --session s1\n"
"  echo 'x' | agent-pyexe --session s1                 prints 42\n"
"  agent-pyexe --session s1 --end                      forgets x";

static const char synopsis[] = "agent-pyexe [options] <code.py";

static const char about[] =
"Runs Python code in a sandboxed interpreter that keeps its variables for a\n"
"session.";

static const char schema[] =
    "{\"name\":\"pyexe\",\"description\":\"Run Python. Variables stay "
    "between calls.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{\"code\":{\"type\":"
    "\"string\"},\"timeout\":{\"type\":\"integer\",\"minimum\":1,"
    "\"maximum\":600},\"reset\":{\"type\":\"boolean\"}},\"required\":["
    "\"code\"],\"additionalProperties\":false},\"annotations\":{"
    "\"readOnlyHint\":false,\"destructiveHint\":true,\"openWorldHint\":"
    "false},\"_meta\":{\"agent\":{\"abi\":1,\"timeout_s\":620,\"network\":"
    "false}}}\n";

struct settings {
	const char	*workspace, *session;
	struct buf	 code;
	int64_t		 seconds;
	bool		 reset, end;
	pid_t		 owner;
};

/* ---- what came of it ---- */

/* The status and the last line for words of the keeper. */
static int
tell(const char *words, const struct settings *s)
{
	if (strcmp(words, "ok") == 0 || strcmp(words, "reset") == 0)
		return 0;
	if (strcmp(words, "interrupted") == 0) {
		printf("[interrupted after %lld s; variables are kept]\n",
		    (long long)s->seconds);
		return 124;
	}
	if (strcmp(words, "killed") == 0) {
		printf("[it did not stop after %lld s and was ended; all "
		    "variables are lost]\n", (long long)s->seconds);
		return 124;
	}
	if (strcmp(words, "lost") == 0) {
		printf("[the interpreter ended; all variables are lost]\n");
		return 1;
	}
	if (strcmp(words, "missing") == 0)
		return 127;
	if (strncmp(words, "exit ", 5) == 0)
		printf("[%s]\n", words);
	return strcmp(words, "exit 0") == 0 ? 0 : 1;
}

/* Frames until the last; output goes on as it comes. */
static int
listen_to(int fd, const struct settings *s, struct err *e)
{
	struct buf b = BUF_INIT;
	int status = -1;

	while (status == -1) {
		struct frame f;
		size_t at = 0;
		ssize_t n;

		buf_grow(&b, 65536);
		n = read(fd, b.data + b.len, 65536);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			status = tell("lost", s);
			break;
		}
		b.len += (size_t)n;
		while (status == -1 && frame_take(&b, &at, &f) == 1) {
			char *words;

			if (f.kind == 'o')
				fwrite(f.p, 1, f.n, stdout);
			if (f.kind != 'd')
				continue;
			words = xmemdup(f.p, f.n);
			status = tell(words, s);
			free(words);
		}
		buf_shift(&b, at);
	}
	buf_free(&b);
	if (fflush(stdout) == EOF) {
		err_sys(e, "standard output");
		return -1;
	}
	return status;
}

static int
run(const struct settings *s, struct err *e)
{
	unsigned char t[4] = { 0, 0, (unsigned char)(s->seconds >> 8),
	    (unsigned char)s->seconds };
	char *workspace, *own = NULL;
	const char *session = s->session;
	int root = -1, fd, status = -1;

	workspace = state_workspace(s->workspace, &root, e);
	if (workspace == NULL)
		return -1;
	fd_close(&root);
	if (session == NULL)
		session = own = xasprintf("process %ld", (long)(s->owner > 0 ?
		    s->owner : getppid()));
	fd = keeper_connect(workspace, session, s->owner, e);
	free(own);
	free(workspace);
	if (fd == -1)
		return -1;
	if (frame_write(fd, 't', t, 4) == -1 ||
	    (s->reset && !s->end && frame_write(fd, 'r', NULL, 0) == -1) ||
	    frame_write(fd, s->end ? 'q' : 'x', s->code.data,
	    s->end ? 0 : s->code.len) == -1)
		err_sys(e, "the interpreter");
	else if (!s->reset || s->end || (status = listen_to(fd, s, e)) == 0)
		status = listen_to(fd, s, e);
	close(fd);
	return status;
}

/* ---- as a tool ---- */

/* The arguments of agent-tools(7) from standard input. */
static int
arguments(struct settings *s, struct err *e)
{
	struct buf in = BUF_INIT;
	const char *owner = getenv("AGENT_OWNER");
	const char *p;
	size_t n;
	jv v, code;
	int rc = 0;

	if (fd_slurp(0, &in, INPUT_MAX) == -1)
		return err_sys(e, "standard input");
	v = js_parse(buf_str(&in), in.len, e);
	code = js_get(v, "code");
	p = js_bytes(code, &n);
	if (p == NULL)
		rc = err_set(e, ERR_USAGE, "code: required (string), missing");
	else
		buf_add(&s->code, p, n);
	js_int(v, "timeout", 1, KEEPER_MAX_S, &s->seconds);
	s->reset = js_bool(v, "reset", false);
	/* A new one for nothing: none. */
	s->end = s->reset && s->code.len == 0;
	s->session = getenv("AGENT_SESSION_ID");
	if (owner != NULL)
		s->owner = (pid_t)strtol(owner, NULL, 10);
	js_free(code);
	js_free(v);
	buf_free(&in);
	return rc;
}

/* ---- as a command ---- */

/* 1 when the program is done already. */
static int
option(void *settings, int key, const char *arg, struct err *e)
{
	struct settings *s = settings;
	int64_t ms = 0;

	switch (key) {
	case 'w': s->workspace = arg; break;
	case KEY_SESSION: s->session = arg; break;
	case KEY_RESET: s->reset = true; break;
	case KEY_END: s->end = true; break;
	case KEY_TIMEOUT:
		if (num_duration(arg, "--timeout", &ms, e) == -1)
			return -1;
		if (ms < 1000 || ms > KEEPER_MAX_S * 1000)
			return err_set(e, ERR_USAGE, "--timeout: from 1s to "
			    "600s");
		s->seconds = ms / 1000;
		break;
	case KEY_SCHEMA:
		fputs(schema, stdout);
		return 1;
	}
	return 0;
}

static int
operand(void *settings BASE_UNUSED, char *word, struct err *e)
{
	return err_set(e, ERR_USAGE, "unknown operand '%.60s'; the code comes "
	    "on standard input", word);
}

static const struct opt_program program = { "agent-pyexe", synopsis, about,
    examples, "libjq", table, option, operand };


static int
read_code(struct settings *s, struct err *e)
{
	if (s->end)
		return 0;
	if (isatty(0))
		return err_set(e, ERR_USAGE, "the code comes on standard "
		    "input, which is a terminal; see agent-pyexe --help");
	if (fd_slurp(0, &s->code, INPUT_MAX) == -1)
		return err_sys(e, "standard input");
	return 0;
}

/* Run by hand, what belongs to us is beside us: libexec/agent and, two
 * folders up, share/agent. */
static void
find_home(void)
{
	char *dir = file_exe_dir(), *share;

	if (dir == NULL)
		return;
	share = xasprintf("%s/../../share/agent", dir);
	setenv("AGENT_LIBEXEC", dir, 0);
	if (access(share, X_OK) == 0)
		setenv("AGENT_SHARE", share, 0);
	free(share);
	free(dir);
}

int
main(int argc, char **argv)
{
	struct settings s = { .seconds = KEEPER_WAIT_S };
	const char *abi = getenv("AGENT_ABI");
	struct err e = ERR_INIT;
	int status = 0, rc;

	fd_sanitize();
	sig_sanitize();
	signal(SIGPIPE, SIG_IGN);
	log_init("agent-pyexe");
	find_home();
	if (argc == 1 && abi != NULL && strcmp(abi, "1") == 0) {
		rc = arguments(&s, &e);
	} else {
		s.session = getenv("AGENT_SESSION");
		rc = opt_parse(&program, &s, argc, argv, &e);
		if (rc == 0)
			rc = read_code(&s, &e);
	}
	if (rc == 0)
		status = run(&s, &e);
	buf_free(&s.code);
	if (e.kind == ERR_NONE)
		stdout_flush(&e);
	return e.kind != ERR_NONE ? log_exit(&e) : status;
}
