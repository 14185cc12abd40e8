/*
 * shexpand.c - what a dollar sign or a backtick begins.
 *
 * Values are followed as far as they are written in the command line
 * itself; a word with one in it is never sure.
 */
#include "policy/shstate.h"

#include "base/mem.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static size_t
name_length(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (isalnum((unsigned char)p[i]) || p[i] == '_'))
		i++;
	return i != 0 && isdigit((unsigned char)p[0]) ? 0 : i;
}

void
sh_var_set(struct sh_ctx *c, const char *name, size_t n, const char *value)
{
	struct sh_var *v = NULL;

	for (size_t i = 0; i < c->nvar && v == NULL; i++)
		if (strlen(c->var[i].name) == n &&
		    memcmp(c->var[i].name, name, n) == 0)
			v = &c->var[i];
	if (v == NULL) {
		if (c->nvar == SH_VARS_MAX)
			return;
		v = &c->var[c->nvar++];
		*v = (struct sh_var){ xmemdup(name, n), NULL };
	}
	free(v->value);
	/* Values that grow from themselves come to an end. */
	v->value = value != NULL && strlen(value) < 64 * 1024 ?
	    xstrdup(value) : NULL;
}

/* NULL: not known; then *known says whether it was set at all. */
const char *
sh_var_get(struct sh_ctx *c, const char *name, size_t n, bool *known)
{
	*known = true;
	for (size_t i = 0; i < c->nvar; i++)
		if (strlen(c->var[i].name) == n &&
		    memcmp(c->var[i].name, name, n) == 0)
			return c->var[i].value;
	if (n == 4 && memcmp(name, "HOME", 4) == 0)
		return c->home;
	if (n == 3 && memcmp(name, "IFS", 3) == 0)
		return " \t\n";
	*known = false;
	return NULL;
}

/* $1, $@, ...: what sh -c was given, else nothing. */
static void
positional(struct sh_ctx *c, struct sh_lex *l, int which, bool quoted)
{
	const struct sh_words *pos = c->pos;
	size_t from = which == '@' || which == '*' ? 1 : (size_t)(which - '0');
	size_t to = which == '@' || which == '*' ? SIZE_MAX : from + 1;

	l->sure = false;
	for (size_t i = from; pos != NULL && i < pos->n && i < to; i++) {
		char *text = word_text(pos->v[i].code);

		if (i > from)
			sh_lex_value(l, " ", false);
		sh_lex_value(l, text, quoted);
		free(text);
	}
}

static void
variable(struct sh_ctx *c, struct sh_lex *l, const char *name, size_t n,
    bool quoted)
{
	bool known;
	const char *value = sh_var_get(c, name, n, &known);
	char *cwd;

	if (n == 3 && memcmp(name, "PWD", 3) == 0 && c->cwd != NULL) {
		cwd = word_text(c->cwd);
		sh_lex_value(l, cwd, quoted);
		free(cwd);
	} else if (value != NULL) {
		sh_lex_value(l, value, quoted);
	} else {
		sh_lex_unknown(l);
	}
}

/* Up to the brace that ends ${...}; the text is a word of its own. */
static char *
rest_of_braces(struct sh_src *s)
{
	struct sh_words none = { 0 };
	struct sh_lex l;
	char *text;
	int depth = 0;

	sh_lex_begin(s, &l, &none);
	l.one = true;
	while (s->i < s->n) {
		int c = sh_peek(s, 0);

		if (c == '}' && depth-- == 0)
			break;
		depth += c == '{';
		if (c == '$') {
			sh_dollar(s, &l, true);
		} else if (c == '`') {
			sh_backtick(s, &l, true);
		} else if (c == '"') {
			s->i++;
			sh_quoted(s, &l, false);
		} else if (c == '\\' && s->i + 1 < s->n) {
			word_literal(&l.code, s->p + s->i + 1, 1);
			s->i += 2;
		} else {
			word_literal(&l.code, s->p + s->i++, 1);
		}
	}
	if (s->i < s->n)
		s->i++;
	else
		s->ctx->sh->malformed = true;
	text = word_text(buf_str(&l.code));
	buf_free(&l.code);
	sh_words_free(&none);
	return text;
}

/* ${...}; s is behind the brace. */
static void
braces(struct sh_src *s, struct sh_lex *l, bool quoted)
{
	size_t n = name_length(s->p + s->i, s->n - s->i), at = s->i;
	struct sh_ctx *c = s->ctx;
	const char *value;
	char *text;
	bool known;
	int op;

	if (n == 0 && sh_peek(s, 1) == '}' && sh_peek(s, 0) != -1 &&
	    strchr("0123456789@*", sh_peek(s, 0)) != NULL) {
		positional(c, l, sh_peek(s, 0), quoted);
		s->i += 2;
		return;
	}
	s->i += n;
	op = sh_peek(s, 0);
	if (op == ':')
		op = sh_peek(s, 1) == -1 ? ':' : sh_peek(s, 1);
	s->i += op != sh_peek(s, 0);
	if (n != 0 && op == '}') {
		s->i++;
		variable(c, l, s->p + at, n, quoted);
		return;
	}
	if (n != 0 && op != -1 && strchr("-=+?", op) != NULL) {
		s->i++;
		text = rest_of_braces(s);
		value = sh_var_get(c, s->p + at, n, &known);
		if (op == '?' || (op != '+' && value != NULL))
			variable(c, l, s->p + at, n, quoted);
		else
			sh_lex_value(l, text, quoted);
	} else {
		text = rest_of_braces(s);
		sh_lex_unknown(l);
	}
	free(text);
}

/* The commands from..n give a value: append it, if it is known. */
static void
output(struct sh_ctx *c, struct sh_lex *l, size_t from, bool quoted)
{
	char *text = NULL;

	if (l->from == l->to)
		l->from = from;
	l->to = c->sh->n;
	if (c->sh->n == from + 1 && sh_output(&c->sh->cmd[from], &text))
		sh_lex_value(l, text, quoted);
	else
		sh_lex_unknown(l);
	free(text);
}

static void
substitution(struct sh_src *s, struct sh_lex *l, bool quoted)
{
	struct sh_ctx *c = s->ctx;
	char *cwd = c->cwd != NULL ? xstrdup(c->cwd) : NULL;
	size_t from = c->sh->n;

	s->i += 2;
	if (sh_deeper(c)) {
		c->depth++;
		sh_list(s);
		c->depth--;
	} else {
		s->i = s->n;
	}
	if (sh_peek(s, 0) == ')')
		s->i++;
	else
		c->sh->malformed = true;
	free(c->cwd);
	c->cwd = cwd;
	output(c, l, from, quoted);
}

void
sh_dollar(struct sh_src *s, struct sh_lex *l, bool quoted)
{
	int c = sh_peek(s, 1);
	size_t n;

	if (c == '(' && sh_peek(s, 2) == '(') {
		s->i += 3;
		if (!sh_deeper(s->ctx)) {
			s->i = s->n;
			return;
		}
		s->ctx->depth++;
		sh_arith(s, l);
		s->ctx->depth--;
	} else if (c == '(') {
		substitution(s, l, quoted);
	} else if (c == '{') {
		s->i += 2;
		if (!sh_deeper(s->ctx)) {
			s->i = s->n;
			return;
		}
		s->ctx->depth++;
		braces(s, l, quoted);
		s->ctx->depth--;
	} else if (c > 0 && strchr("0123456789@*", c) != NULL) {
		s->i += 2;
		positional(s->ctx, l, c, quoted);
	} else if (c > 0 && strchr("?$!#-", c) != NULL) {
		s->i += 2;
		sh_lex_unknown(l);
	} else if ((n = name_length(s->p + s->i + 1, s->n - s->i - 1)) != 0) {
		s->i += 1 + n;
		variable(s->ctx, l, s->p + s->i - n, n, quoted);
	} else {
		word_literal(&l->code, "$", 1);
		l->some = true;
		s->i++;
	}
}

void
sh_backtick(struct sh_src *s, struct sh_lex *l, bool quoted)
{
	struct sh_ctx *c = s->ctx;
	struct buf text = BUF_INIT;
	size_t from = c->sh->n;

	for (s->i++; s->i < s->n && s->p[s->i] != '`'; s->i++) {
		int next = sh_peek(s, 1);

		if (s->p[s->i] == '\\' && next != -1 &&
		    (strchr("$`\\", next) != NULL || (quoted && next == '"')))
			s->i++;
		buf_addc(&text, s->p[s->i]);
	}
	if (s->i < s->n)
		s->i++;
	else
		c->sh->malformed = true;
	sh_text(c, buf_str(&text), text.len);
	buf_free(&text);
	output(c, l, from, quoted);
}
