/*
 * background.c - commands that run on while the conversation does.
 */
#include "tool/background.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sys/fd.h"
#include "tool/output.h"
#include "tool/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN		200	/* bytes of a command */
#define STOP_MS		2000	/* between asking and forcing */

struct background {
	int		 number;
	char		*command, *file;	/* of its output */
	struct shell	 shell;
	int64_t		 began, took;
	bool		 ended;
	struct buf	 end;		/* "[exit 0]\n" */
};

struct backgrounds {
	struct background **v;
	size_t		 n;
};

/* ---- one of them ---- */

bool
background_ended(struct background *b)
{
	struct result r;

	if (b->ended || !shell_read(&b->shell))
		return b->ended;
	/* Its text is none but how it ended. */
	result_init(&r);
	shell_finish(&b->shell, &r);
	proc_settle(&b->shell.proc, TOOL_TIDY_MS);
	buf_add(&b->end, buf_str(&r.text), r.text.len);
	result_free(&r);
	b->took = clock_ms() - b->began;
	return b->ended = true;
}

int
background_fd(const struct background *b)
{
	return b->shell.status;
}

static void
stop(struct background *b)
{
	if (background_ended(b))
		return;
	shell_kill(&b->shell, SIGTERM);
	if (!proc_wait_ms(&b->shell.proc, STOP_MS))
		shell_kill(&b->shell, SIGKILL);
	proc_wait(&b->shell.proc);
	background_ended(b);
}

/* The beginning and the end of its file, in order and clean. */
static void
output(struct tool_env *env, const struct background *b, struct buf *out)
{
	size_t head = env->cap_bytes / 3, tail = env->cap_bytes - head;
	int fd = open(b->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct buf raw = BUF_INIT, text = BUF_INIT;
	struct stat st;
	off_t gap;
	ssize_t n;

	if (fd == -1 || fstat(fd, &st) == -1) {
		fd_close(&fd);
		return;
	}
	gap = st.st_size - (off_t)(head + tail);
	buf_grow(&raw, head + tail);
	n = pread(fd, raw.data, gap > 0 ? head : head + tail, 0);
	output_clean(&text, raw.data, n > 0 ? (size_t)n : 0);
	if (gap > 0) {
		buf_addf(&text, "\n[... %lld bytes left out ...]\n",
		    (long long)gap);
		n = pread(fd, raw.data, tail, st.st_size - (off_t)tail);
		output_clean(&text, raw.data, n > 0 ? (size_t)n : 0);
	}
	output_cut(&text, env->cap_lines, 2 * env->cap_bytes);
	if (text.len != 0 && text.data[text.len - 1] != '\n')
		buf_addc(&text, '\n');
	buf_add(out, buf_str(&text), text.len);
	if (st.st_size > 0)
		buf_addf(out, "[%lld bytes so far, in %s]\n",
		    (long long)st.st_size, b->file);
	buf_free(&text);
	buf_free(&raw);
	close(fd);
}

static void
name_it(const struct background *b, struct buf *out)
{
	buf_addf(out, "[job %d: ", b->number);
	utf8_escape(out, b->command, strnlen(b->command, SHOWN), UTF8_LINE);
	buf_addf(out, "; %s %lld s]\n", b->ended ? "ended after" : "runs for",
	    (long long)((b->ended ? b->took : clock_ms() - b->began) +
	    500) / 1000);
}

void
background_tell(struct tool_env *env, struct background *b,
    struct result *r)
{
	background_ended(b);
	name_it(b, &r->text);
	output(env, b, &r->text);
	buf_add(&r->text, buf_str(&b->end), b->end.len);
	r->artifact = xstrdup(b->file);
}

/* ---- all of them ---- */

static size_t
running(struct backgrounds *all)
{
	size_t n = 0;

	for (size_t i = 0; all != NULL && i < all->n; i++)
		n += !background_ended(all->v[i]);
	return n;
}

static void
free_one(struct background *b)
{
	stop(b);
	shell_free(&b->shell);
	buf_free(&b->end);
	free(b->command);
	free(b->file);
	free(b);
}

void
background_close(struct backgrounds *all)
{
	if (all == NULL)
		return;
	/* Ask all first, so that they end beside each other. */
	for (size_t i = 0; i < all->n; i++)
		if (!background_ended(all->v[i]))
			shell_kill(&all->v[i]->shell, SIGTERM);
	for (size_t i = 0; i < all->n; i++)
		free_one(all->v[i]);
	free(all->v);
	free(all);
}

void
background_start(struct tool_env *env, jv args, struct result *r)
{
	struct backgrounds *all = env->background;
	struct background *b;

	if (!env->stays) {
		result_error(r, CODE_ARGUMENTS, "nothing can run in the "
		    "background here, for this process ends with its call."
		    "\nRun it without background.");
		return;
	}
	if (running(all) >= BACKGROUND_MAX) {
		result_error(r, CODE_RESOURCE, "%d jobs run already.\nWait "
		    "for one with job_status, or stop it.", BACKGROUND_MAX);
		return;
	}
	b = xcalloc(1, sizeof(*b));
	shell_init(&b->shell);
	b->began = clock_ms();
	if (shell_start_file(&b->shell, env, args, BACKGROUND_MS, &b->file,
	    r) == -1) {
		shell_free(&b->shell);
		free(b->file);
		free(b);
		return;
	}
	b->command = xstrdup(js_str(args, "command"));
	if (all == NULL) {
		env->background = all = xcalloc(1, sizeof(*all));
		/* Now there is something that job_status is for. */
		env->tools_changes++;
	}
	all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = b;
	b->number = (int)all->n;
	buf_addf(&r->text, "Job %d runs in the background, for at most %lld "
	    "s; its output goes to %s.\njob_status tells how it is, and can "
	    "wait for it or stop it.\n", b->number, (long long)
	    b->shell.limit_ms / 1000, b->file);
}

/* ---- job_status ---- */

static void
list(const struct backgrounds *all, struct result *r)
{
	for (size_t i = 0; i < all->n; i++) {
		struct background *b = all->v[i];

		background_ended(b);
		name_it(b, &r->text);
		buf_add(&r->text, buf_str(&b->end), b->end.len);
	}
}

struct background *
background_ask(struct tool_env *env, jv args, int *ms, struct result *r)
{
	struct backgrounds *all = env->background;
	struct background *b;
	int64_t number = 0, wait = 0;

	*ms = 0;
	if (all == NULL) {
		result_error(r, CODE_NOT_FOUND, "no command was started in "
		    "the background.");
		return NULL;
	}
	if (!js_int(args, "job", 1, 1 << 30, &number)) {
		list(all, r);
		return NULL;
	}
	if ((size_t)number > all->n) {
		result_error(r, CODE_NOT_FOUND, "there is no job %lld; "
		    "job_status without job lists them.", (long long)number);
		return NULL;
	}
	b = all->v[number - 1];
	if (js_bool(args, "stop", false))
		stop(b);
	js_int(args, "wait", 1, TOOL_SHELL_MAX_MS / 1000, &wait);
	if (wait > 0 && !background_ended(b)) {
		*ms = (int)wait * 1000;
		return b;
	}
	background_tell(env, b, r);
	return NULL;
}
