/*
 * slash_run.c - commands of a person that start another program, on the
 * terminal as it is.
 */
#include "chat/slash.h"

#include "base/log.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/sibling.h"
#include "core/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TELL_MS		10000	/* that a program of ours has to tell */
#define TELL_MAX	((size_t)1024 * 1024)

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
		slash_wait(c, argv);
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
	slash_wait(c, &argv);
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
