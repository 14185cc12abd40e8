/*
 * include.c - commands in prompt files, once the user has agreed to them.
 *
 * A prompt file may come with a project, so what it runs is shown and
 * agreed to once for just this text, at the terminal; its hash is kept.  Even
 * then the commands run in the sandbox, as the model's do.
 */
#include "chat/chat.h"

#include "base/utf8.h"
#include "chat/consent.h"
#include "chat/prompt.h"
#include "chat/sibling.h"
#include "core/ids.h"
#include "core/state.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_MS	60000
#define COMMAND_MAX	((size_t)256 * 1024)	/* bytes of its output */

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
	struct buf asked = BUF_INIT;
	struct consent k = { .what = "" };
	int rc = 0;

	prompt_commands(buf_str(text), text->len, &commands);
	ids_sha256(k.sum, text->data, text->len);
	if (commands.n > 0 && !consent_given(&k)) {
		question(&asked, g->template, &commands);
		if (!consent_ask(c, &asked, &k))
			rc = err_set(e, ERR_DENIED, "-t %.60s: it runs "
			    "commands that nobody has agreed to; try it once "
			    "at a terminal", g->template);
	}
	if (rc == 0)
		*filled = prompt_expand(b, buf_str(text), text->len,
		    g->words, &r);
	buf_free(&asked);
	vec_free(&commands);
	return rc;
}
