/*
 * slash_run.c - commands of a person that start another program, on the
 * terminal as it is.
 */
#include "chat/slash.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/calls.h"
#include "chat/chat.h"
#include "chat/sibling.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "sys/sig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TELL_MS		10000	/* that a program of ours has to tell */
#define TELL_MAX	((size_t)1024 * 1024)
#define KEPT_MAX	((size_t)8 * 1024 * 1024)

/* ---- words ---- */

/* One word of s, as a shell would have it with quotation marks and
 * backslashes, into b: how many bytes it takes. */
static size_t
word(struct buf *b, const char *s)
{
	char quote = '\0';
	size_t i = 0;

	for (; s[i] != '\0' && (quote != '\0' || strchr(" \t\n", s[i]) ==
	    NULL); i++) {
		if (quote == '\0' && (s[i] == '"' || s[i] == '\''))
			quote = s[i];
		else if (s[i] == quote)
			quote = '\0';
		else if (s[i] == '\\' && quote != '\'' && s[i + 1] != '\0')
			buf_addc(b, s[++i]);
		else
			buf_addc(b, s[i]);
	}
	return i;
}

void
slash_words(struct vec *v, const char *s)
{
	for (;;) {
		struct buf b = BUF_INIT;

		s += strspn(s, " \t\n");
		if (*s == '\0')
			return;
		s += word(&b, s);
		vec_push(v, buf_str(&b));
		buf_free(&b);
	}
}

/* ---- programs ---- */

static void
tell_status(const struct proc *p)
{
	if (proc_exit_code(p->status) > 1)
		log_note("it ended with status %d",
		    proc_exit_code(p->status));
}

/* Run it and wait.  What belongs to us says itself what is wrong; of others the
 * status is told when it says more than yes or no. */
static void
run(struct chat *c, struct vec *argv, bool ours)
{
	struct err e = ERR_INIT;
	struct proc p;

	view_flush(&c->view);
	proc_init(&p, vec_argv(argv));
	if (proc_start(&p, &e) == -1) {
		log_error("%s", e.msg);
	} else {
		/* Ctrl-C is for it, and it is in our group. */
		proc_wait(&p);
		sig_forget_int();
		if (!ours)
			tell_status(&p);
	}
}

/* Run it and show, behind b (which is freed), what it writes; false when that
 * was nothing.  What is wrong it says itself. */
static bool
tell(struct chat *c, struct vec *argv, struct buf *b)
{
	int status = sibling_run_for(b, argv, c->workspace, TELL_MS, TELL_MAX);
	bool any = b->len > 0;

	if (any)
		slash_show(c, b);
	buf_free(b);
	if (!any && status > 1)
		run(c, argv, true);
	return any || status > 1;
}

void
slash_skills(struct chat *c, const char *arg)
{
	struct vec argv = VEC_INIT;
	struct buf b = BUF_INIT;

	(void)arg;
	brief_skills(&b, c->workspace);
	if (b.len > 0)
		buf_adds(&b, "\n\n");
	vec_give(&argv, state_program("agent-tool"));
	vec_push(&argv, "list");
	vec_push(&argv, "--text");
	vec_push(&argv, "-w");
	vec_push(&argv, c->workspace);
	tell(c, &argv, &b);
	vec_free(&argv);
}

void
slash_plan(struct chat *c, const char *arg)
{
	struct vec argv = VEC_INIT, words = VEC_INIT;

	slash_words(&words, *arg != '\0' ? arg : "status");
	vec_give(&argv, state_program("agent-plan"));
	for (size_t i = 0; i < words.n; i++) {
		vec_push(&argv, words.v[i]);
		if (i == 0) {
			vec_push(&argv, "-w");
			vec_push(&argv, c->workspace);
		}
	}
	vec_free(&words);
	run(c, &argv, true);
	vec_free(&argv);
}

void
slash_mem(struct chat *c, const char *arg)
{
	static const char *const list[] = { "list", "--format", "text",
		"--limit", "20", NULL };
	static const char *const find[] = { "search", "--format", "text",
		"--", NULL };
	struct vec argv = VEC_INIT;
	struct buf b = BUF_INIT;

	vec_give(&argv, state_program("agent-mem"));
	for (const char *const *w = *arg != '\0' ? find : list; *w != NULL;
	    w++)
		vec_push(&argv, *w);
	slash_words(&argv, arg);
	if (!tell(c, &argv, &b))
		log_note("%s", *arg != '\0' ? "nothing that is remembered "
		    "fits that" : "nothing is remembered");
	vec_free(&argv);
}

/* ---- the user's own shell ---- */

static void
push_shell(struct vec *v, const char *command)
{
	const char *sh = getenv("SHELL");

	vec_push(v, sh != NULL && *sh == '/' ? sh : "/bin/sh");
	vec_push(v, "-c");
	vec_push(v, command);
}

void
slash_shell(struct chat *c, const char *command)
{
	struct vec argv = VEC_INIT;

	push_shell(&argv, command);
	run(c, &argv, false);
	vec_free(&argv);
}

/* Show what comes, and keep it. */
static void
listen(struct chat *c, int fd, struct buf *all)
{
	char b[8192];

	for (;;) {
		struct buf safe = BUF_INIT;
		ssize_t n = fd_read(fd, b, sizeof(b));

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		utf8_escape(&safe, b, (size_t)n, UTF8_TEXT);
		view_text(&c->view, buf_str(&safe));
		buf_free(&safe);
		if (all->len < KEPT_MAX)
			buf_add(all, b, (size_t)n);
	}
}

void
slash_run(struct chat *c, const char *command)
{
	char *script = xasprintf("exec 2>&1\n%s", command);
	struct buf text = BUF_INIT, size = BUF_INIT;
	struct vec argv = VEC_INIT;
	struct err e = ERR_INIT;
	struct proc p;

	push_shell(&argv, script);
	proc_init(&p, vec_argv(&argv));
	p.how[1] = PROC_PIPE;
	if (*command == '\0') {
		log_error("/run: which command?");
	} else if (proc_start(&p, &e) == -1) {
		log_error("%s", e.msg);
	} else {
		listen(c, p.fd[1], &text);
		fd_close(&p.fd[1]);
		proc_wait(&p);
		sig_forget_int();
		if (text.len > 0 && text.data[text.len - 1] != '\n')
			view_text(&c->view, "\n");
		tell_status(&p);
		attach_output(&c->attach, command, proc_exit_code(p.status),
		    buf_str(&text), text.len,
		    context_result_max(&c->context));
		calls_size(&size, text.len);
		log_note("%s of output go with the next prompt",
		    buf_str(&size));
	}
	buf_free(&size);
	buf_free(&text);
	vec_free(&argv);
	free(script);
}
