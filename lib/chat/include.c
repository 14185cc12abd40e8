/*
 * include.c - commands in prompt files, once the user has agreed to them.
 *
 * A prompt file may come with a project, so what it runs is shown and
 * agreed to once for just this text, at the terminal; its hash is kept.  Even
 * then the commands run in the sandbox, as the model's do.
 */
#include "chat/chat.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chat/prompt.h"
#include "chat/sibling.h"
#include "core/ids.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGREED		"agreed"	/* in the state folder */
#define AGREED_MAX	((size_t)1024 * 1024)
#define COMMAND_MS	60000
#define COMMAND_MAX	((size_t)256 * 1024)	/* bytes of its output */

/* ---- what was agreed to ---- */

static char *
agreed_path(void)
{
	struct err ignored = ERR_INIT;
	char *root = state_root(&ignored), *path = NULL;

	if (root != NULL)
		path = xasprintf("%s/" AGREED, root);
	free(root);
	return path;
}

static bool
is_agreed(const char *sum)
{
	char *path = agreed_path();
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	bool found;

	found = path != NULL && access(path, R_OK) == 0 &&
	    file_read(path, &b, AGREED_MAX, &ignored) == 0 &&
	    strstr(buf_str(&b), sum) != NULL;
	buf_free(&b);
	free(path);
	return found;
}

static void
agree(const char *sum)
{
	struct err ignored = ERR_INIT;
	char *root = state_root(&ignored), *path = agreed_path(), line[80];
	int fd = -1;

	if (root != NULL && file_mkdirs(root, 0700, &ignored) == 0)
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
	if (fd != -1) {
		memcpy(line, sum, 64);
		line[64] = '\n';
		fd_write_all(fd, line, 65);
	}
	fd_close(&fd);
	free(path);
	free(root);
}

/* ---- the question ---- */

static void
question(struct buf *b, const char *name, const struct vec *commands)
{
	buf_adds(b, "\nThe prompt '");
	utf8_escape(b, name, strlen(name), UTF8_LINE);
	buf_adds(b, "' runs these commands, in the sandbox:\n");
	for (size_t i = 0; i < commands->n; i++) {
		const char *s = commands->v[i];

		buf_adds(b, "  | ");
		utf8_escape(b, s, strlen(s), UTF8_LINE);
		buf_addc(b, '\n');
	}
	buf_adds(b, "y to run them now and whenever the file is the same, n "
	    "no [n] ");
}

/* True when the user at the terminal says yes. */
static bool
says_yes(const char *name, const struct vec *commands)
{
	int tty = chat_can_ask() ? open("/dev/tty", O_RDWR | O_CLOEXEC |
	    O_NOCTTY) : -1;
	struct buf b = BUF_INIT;
	char line[64];
	ssize_t n;
	bool yes = false;

	if (tty == -1)
		return false;
	question(&b, name, commands);
	fd_write_all(tty, buf_str(&b), b.len);
	n = read(tty, line, sizeof(line));
	yes = n == 2 && (*line == 'y' || *line == 'Y') && line[1] == '\n';
	close(tty);
	buf_free(&b);
	return yes;
}

/* ---- running ---- */

static int
run(void *arg, const char *command, struct buf *out)
{
	struct chat *c = arg;
	char *program = state_program("agent-tool");
	struct vec v = VEC_INIT;
	size_t from = out->len;
	int status;

	vec_push(&v, program);
	vec_push(&v, "sandbox");
	vec_push(&v, "-w");
	vec_push(&v, c->workspace);
	vec_push(&v, "--");
	vec_push(&v, "sh");
	vec_push(&v, "-c");
	vec_pushf(&v, "exec 2>&1\n%s", command);
	status = sibling_run_for(out, &v, c->workspace, COMMAND_MS,
	    COMMAND_MAX);
	while (out->len > from && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	/* The model is to see that it did not go well. */
	if (status != 0)
		buf_adds(out, out->len > from ? "\n" : "");
	if (status == -1)
		buf_addf(out, "[broken off after %d s]", COMMAND_MS / 1000);
	else if (status != 0)
		buf_addf(out, "[exit status %d]", status);
	vec_free(&v);
	free(program);
	return 0;
}

int
chat_include(struct chat *c, const struct chat_given *g,
    const struct buf *text, struct buf *b, bool *filled, struct err *e)
{
	struct prompt_runner r = { .run = run, .arg = c };
	struct vec commands = VEC_INIT;
	char sum[65];
	int rc = 0;

	prompt_commands(buf_str(text), text->len, &commands);
	ids_sha256(sum, text->data, text->len);
	if (commands.n > 0 && !is_agreed(sum)) {
		if (says_yes(g->template, &commands))
			agree(sum);
		else
			rc = err_set(e, ERR_DENIED, "-t %.60s: it runs "
			    "commands that nobody has agreed to; try it once "
			    "at a terminal", g->template);
	}
	if (rc == 0)
		*filled = prompt_expand(b, buf_str(text), text->len,
		    g->words, &r);
	vec_free(&commands);
	return rc;
}
