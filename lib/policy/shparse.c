/*
 * shparse.c - lists, pipelines and compound commands of a command line.
 */
#include "policy/shparse.h"

#include "base/mem.h"
#include "base/vec.h"
#include "policy/shstate.h"

#include <stdlib.h>
#include <string.h>

/* Words that end a list, for whoever began it. */
static const char *const closers[] = {
	"then", "else", "elif", "fi", "do", "done", "esac", "}",
};

bool
sh_deeper(struct sh_ctx *c)
{
	if (c->depth >= SH_DEPTH_MAX || c->sh->n >= SH_COMMANDS_MAX ||
	    c->work > SH_WORK_MAX)
		c->sh->complex = true;
	return !c->sh->complex;
}

/* Blanks and continued lines; not line feeds. */
void
sh_space(struct sh_src *s)
{
	for (;;) {
		int c = sh_peek(s, 0);

		if (c == ' ' || c == '\t' || c == '\r')
			s->i++;
		else if (c == '\\' && sh_peek(s, 1) == '\n')
			s->i += 2;
		else
			break;
	}
	if (sh_peek(s, 0) == '#')
		while (s->i < s->n && s->p[s->i] != '\n')
			s->i++;
}

/* Blanks and line feeds. */
static void
blank(struct sh_src *s)
{
	for (;;) {
		sh_space(s);
		if (sh_peek(s, 0) != '\n')
			return;
		s->i++;
		sh_here_docs(s);
	}
}

bool
sh_at_word(const struct sh_src *s, const char *word)
{
	size_t n = strlen(word);
	int c;

	if (s->n - s->i < n || memcmp(s->p + s->i, word, n) != 0)
		return false;
	c = sh_peek(s, n);
	return c == -1 || strchr(" \t\r\n;|&()<>", c) != NULL;
}

static bool
take(struct sh_src *s, const char *word)
{
	if (!sh_at_word(s, word))
		return false;
	s->i += strlen(word);
	return true;
}

/* The closer that has to come now. */
static void
expect(struct sh_src *s, const char *word)
{
	blank(s);
	if (!take(s, word))
		s->ctx->sh->malformed = true;
}

static bool
at_closer(const struct sh_src *s)
{
	for (size_t i = 0; i < BASE_NITEMS(closers); i++)
		if (sh_at_word(s, closers[i]))
			return true;
	return false;
}

/* ---- compound commands ---- */

static void
if_command(struct sh_src *s)
{
	do {
		sh_list(s);
		expect(s, "then");
		sh_list(s);
	} while (take(s, "elif"));
	if (take(s, "else"))
		sh_list(s);
	expect(s, "fi");
}

static void
body(struct sh_src *s)
{
	blank(s);
	if (sh_peek(s, 0) == '{') {
		s->i++;
		sh_list(s);
		expect(s, "}");
		return;
	}
	expect(s, "do");
	sh_list(s);
	expect(s, "done");
}

/* The body once for each value that is a path worth to know. */
static void
for_values(struct sh_src *s, const char *name, size_t n,
    const struct sh_words *values)
{
	struct sh_src again = *s;
	int times = 0;

	for (size_t i = 0; i < values->n && times < 8; i++) {
		char *text = word_text(values->v[i].code);

		if (values->n == 1 || *text == '/' || *text == '.') {
			*s = again;
			sh_var_set(s->ctx, name, n, text);
			body(s);
			s->ctx->work += s->i - again.i;
			times++;
		}
		free(text);
		/* Only the first reading keeps what waits behind the line. */
		if (s->nhere != again.nhere)
			return;
	}
	if (times == 0) {
		sh_var_set(s->ctx, name, n, NULL);
		body(s);
	}
}

static void
for_command(struct sh_src *s)
{
	struct sh_words values = { 0 };
	size_t from, n;

	sh_space(s);
	if (sh_peek(s, 0) == '(' && sh_peek(s, 1) == '(') {
		s->i += 2;
		sh_arith(s, NULL);
		sh_space(s);
		if (sh_peek(s, 0) == ';')
			s->i++;
		body(s);
		return;
	}
	from = s->i;
	while (s->i < s->n && strchr(" \t\r\n;|&()<>", s->p[s->i]) == NULL)
		s->i++;
	n = s->i - from;
	blank(s);
	if (take(s, "in"))
		for (;;) {
			size_t before;

			sh_space(s);
			before = s->i;
			sh_words_of(s, &values, false);
			if (s->i == before)
				break;
		}
	sh_space(s);
	if (sh_peek(s, 0) == ';')
		s->i++;
	for_values(s, s->p + from, n, &values);
	sh_words_free(&values);
}

static void
case_command(struct sh_src *s)
{
	struct sh_words word = { 0 };

	sh_space(s);
	sh_words_of(s, &word, true);
	expect(s, "in");
	while (sh_deeper(s->ctx)) {
		size_t before = s->i;

		blank(s);
		if (s->i >= s->n || sh_at_word(s, "esac"))
			break;
		if (sh_peek(s, 0) == '(')
			s->i++;
		for (;;) {
			sh_space(s);
			sh_words_of(s, &word, true);
			sh_space(s);
			if (sh_peek(s, 0) != '|')
				break;
			s->i++;
		}
		if (sh_peek(s, 0) == ')')
			s->i++;
		sh_list(s);
		while (sh_peek(s, 0) == ';' || sh_peek(s, 0) == '&')
			s->i++;
		if (s->i == before)
			break;
	}
	expect(s, "esac");
	sh_words_free(&word);
}

/* [[ ... ]], as a command of that name. */
static void
test_command(struct sh_src *s)
{
	struct sh_words w = { 0 };

	sh_words_push(&w, "\\[\\[", true);
	while (s->i < s->n && !sh_at_word(s, "]]")) {
		size_t before = s->i;

		sh_words_of(s, &w, true);
		blank(s);
		if (s->i == before)
			s->i++;
	}
	if (!take(s, "]]"))
		s->ctx->sh->malformed = true;
	sh_look(s->ctx, sh_add(s->ctx, &w));
	sh_words_free(&w);
}

static void
subshell(struct sh_src *s)
{
	char *cwd = s->ctx->cwd != NULL ? xstrdup(s->ctx->cwd) : NULL;

	s->i++;
	sh_list(s);
	if (sh_peek(s, 0) == ')')
		s->i++;
	else
		s->ctx->sh->malformed = true;
	free(s->ctx->cwd);
	s->ctx->cwd = cwd;
}

static void command(struct sh_src *s);

/* Its body may start itself twice: once in a pipe or behind our back. */
static void
function(struct sh_src *s, const char *name, size_t n)
{
	struct sh *sh = s->ctx->sh;
	size_t from = sh->n;
	char *text = xmemdup(name, n);

	vec_push(&s->ctx->functions, text);
	blank(s);
	if (sh_peek(s, 0) == '(' && sh_peek(s, 1) == ')')
		s->i += 2;
	blank(s);
	command(s);
	for (size_t i = from; i < sh->n; i++) {
		char *inner = sh_name(&sh->cmd[i]);

		if (strcmp(inner, text) == 0 && (sh->cmd[i].flags &
		    (SH_PIPED | SH_BACKGROUND)) != 0)
			sh->bomb = true;
		free(inner);
	}
	free(text);
}

/* NAME () */
static bool
at_function(const struct sh_src *s, size_t *n)
{
	size_t i = s->i;

	while (i < s->n && strchr(" \t\r\n;|&()<>\"'`$\\#", s->p[i]) == NULL)
		i++;
	*n = i - s->i;
	while (i < s->n && (s->p[i] == ' ' || s->p[i] == '\t'))
		i++;
	if (*n == 0 || i >= s->n || s->p[i++] != '(')
		return false;
	while (i < s->n && (s->p[i] == ' ' || s->p[i] == '\t'))
		i++;
	return i < s->n && s->p[i] == ')';
}

/* A command that begins with a reserved word; false when there is none. */
static bool
reserved(struct sh_src *s)
{
	size_t from;

	if (take(s, "if")) {
		if_command(s);
	} else if (take(s, "while") || take(s, "until")) {
		sh_list(s);
		body(s);
	} else if (take(s, "for") || take(s, "select")) {
		for_command(s);
	} else if (take(s, "case")) {
		case_command(s);
	} else if (take(s, "{")) {
		sh_list(s);
		expect(s, "}");
	} else if (take(s, "[[")) {
		sh_space(s);
		test_command(s);
	} else if (take(s, "function")) {
		sh_space(s);
		from = s->i;
		while (s->i < s->n &&
		    strchr(" \t\r\n;|&()<>", s->p[s->i]) == NULL)
			s->i++;
		function(s, s->p + from, s->i - from);
	} else {
		return false;
	}
	return true;
}

static void
compound(struct sh_src *s)
{
	size_t from = s->ctx->sh->n, n, at;

	if (sh_peek(s, 0) == '(' && sh_peek(s, 1) == '(') {
		s->i += 2;
		sh_arith(s, NULL);
	} else if (sh_peek(s, 0) == '(') {
		subshell(s);
	} else if (at_function(s, &n)) {
		at = s->i;
		s->i += n;
		sh_space(s);
		s->i++;
		sh_space(s);
		s->i++;
		function(s, s->p + at, n);
		return;
	} else if (!reserved(s)) {
		sh_simple(s);
		return;
	}
	sh_redirs(s, from);
}

static void
command(struct sh_src *s)
{
	if (!sh_deeper(s->ctx)) {
		s->i = s->n;
		return;
	}
	s->ctx->depth++;
	for (;;) {
		sh_space(s);
		if (take(s, "!") || take(s, "coproc"))
			continue;
		if (sh_at_word(s, "time") && sh_peek(s, 4) != -1) {
			s->i += 4;
			sh_space(s);
			take(s, "-p");
			continue;
		}
		break;
	}
	compound(s);
	s->ctx->depth--;
}

/* ---- pipelines and lists ---- */

/* The stage from..n gets fixed text from the one before it. */
static void
pipe_text(struct sh_ctx *c, size_t from, const char *text)
{
	size_t end = c->sh->n;

	for (size_t i = from; text != NULL && i < end; i++)
		if ((c->sh->cmd[i].flags & (SH_CODE_STDIN | SH_SHELL)) ==
		    (SH_CODE_STDIN | SH_SHELL))
			sh_text(c, text, strlen(text));
}

static void
pipeline(struct sh_src *s)
{
	struct sh_ctx *c = s->ctx;
	struct sh *sh = c->sh;
	size_t first = sh->n, stage = first;
	char *piped = NULL;
	bool several = false;

	for (;;) {
		char *outer = c->piped;
		size_t before = sh->n;

		c->piped = piped;
		command(s);
		c->piped = outer;
		if (several)
			sh_feed(c, first, before, before, sh->n);
		pipe_text(c, before, piped);
		free(piped);
		piped = NULL;
		stage = before;
		sh_space(s);
		if (sh_peek(s, 0) != '|' || sh_peek(s, 1) == '|')
			break;
		s->i += sh_peek(s, 1) == '&' ? 2 : 1;
		several = true;
		if (sh->n == stage + 1)
			sh_output(&sh->cmd[stage], &piped);
		blank(s);
	}
	for (size_t i = first; several && i < sh->n; i++)
		sh->cmd[i].flags |= SH_PIPED;
}

void
sh_list(struct sh_src *s)
{
	struct sh *sh = s->ctx->sh;

	while (sh_deeper(s->ctx)) {
		size_t before, first = sh->n;
		int c;

		blank(s);
		c = sh_peek(s, 0);
		if (c == -1 || c == ')' || at_closer(s) ||
		    (c == ';' && (sh_peek(s, 1) == ';' ||
		    sh_peek(s, 1) == '&')))
			return;
		before = s->i;
		if (c != ';' && c != '&' && c != '|')
			pipeline(s);
		else
			sh->malformed |= c == '|';
		c = sh_peek(s, 0);
		if ((c == '&' || c == '|') && sh_peek(s, 1) == c) {
			s->i += 2;
		} else if (c == '&') {
			for (size_t i = first; i < sh->n; i++)
				sh->cmd[i].flags |= SH_BACKGROUND;
			s->i++;
		} else if (c == ';' && sh_peek(s, 1) != ';' &&
		    sh_peek(s, 1) != '&') {
			s->i++;
		} else if (s->i == before) {
			sh->malformed = true;
			s->i++;
		}
	}
	s->i = s->n;
}

void
sh_text(struct sh_ctx *c, const char *p, size_t n)
{
	struct sh_src s = { .ctx = c, .p = p, .n = n };

	c->work += n;
	if (!sh_deeper(c))
		return;
	c->depth++;
	while (s.i < s.n) {
		sh_list(&s);
		if (s.i >= s.n)
			break;
		/* A closer that nothing has opened. */
		c->sh->malformed = true;
		s.i++;
	}
	c->depth--;
	if (s.nhere != 0)
		sh_here_docs(&s);
}

struct sh *
sh_parse(const char *text, size_t n, const char *home, const char *cwd)
{
	struct sh_ctx c = { .home = home };
	struct buf code = BUF_INIT;

	c.sh = xcalloc(1, sizeof(*c.sh));
	if (cwd != NULL) {
		word_literal(&code, cwd, strlen(cwd));
		c.cwd = buf_detach(&code);
	}
	c.sh->malformed = memchr(text, '\0', n) != NULL;
	sh_text(&c, text, n);
	for (size_t i = 0; i < c.nvar; i++) {
		free(c.var[i].name);
		free(c.var[i].value);
	}
	vec_free(&c.functions);
	free(c.cwd);
	return c.sh;
}
