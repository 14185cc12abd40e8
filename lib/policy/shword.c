/*
 * shword.c - one word of a command line: quotes, and what ends it.
 */
#include "policy/shstate.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

void
sh_words_push(struct sh_words *w, const char *code, bool sure)
{
	if (w->n == w->cap) {
		w->cap = w->cap != 0 ? 2 * w->cap : 8;
		w->v = xreallocarray(w->v, w->cap, sizeof(*w->v));
	}
	w->v[w->n++] = (struct sh_word){ xstrdup(code), sure, false, 0, 0 };
}

void
sh_words_free(struct sh_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i].code);
	free(w->v);
	*w = (struct sh_words){ 0 };
}

void
sh_lex_begin(struct sh_src *s, struct sh_lex *l, struct sh_words *out)
{
	*l = (struct sh_lex){ .c = s->ctx, .sure = true, .out = out };
	l->from = l->to = s->ctx->sh->n;
}

/* What was read so far is a word, or several. */
static void
end_word(struct sh_lex *l)
{
	struct vec all = VEC_INIT;
	size_t first = l->out != NULL ? l->out->n : 0;

	if (l->some && l->out != NULL) {
		if (l->one)
			vec_push(&all, buf_str(&l->code));
		else
			word_braces(&all, buf_str(&l->code));
		for (size_t i = 0; i < all.n; i++)
			sh_words_push(l->out, all.v[i], l->sure);
		for (size_t i = first; i < l->out->n; i++) {
			l->out->v[i].file = l->file;
			l->out->v[i].from = l->from;
			l->out->v[i].to = l->to;
		}
	}
	vec_free(&all);
	buf_reset(&l->code);
	l->some = l->file = false;
}

void
sh_lex_unknown(struct sh_lex *l)
{
	buf_addc(&l->code, WORD_UNKNOWN);
	l->some = true;
	l->sure = false;
}

/* The value of something that was expanded. */
void
sh_lex_value(struct sh_lex *l, const char *plain, bool quoted)
{
	l->sure = false;
	l->c->work += strlen(plain);
	if (l->c->work > SH_WORK_MAX) {
		sh_lex_unknown(l);
		return;
	}
	if (quoted || l->one) {
		word_literal(&l->code, plain, strlen(plain));
		l->some = true;
		return;
	}
	for (; *plain != '\0'; plain++) {
		if (strchr(" \t\n", *plain) != NULL) {
			end_word(l);
			continue;
		}
		if (strchr("*?[]", *plain) != NULL)
			buf_addc(&l->code, *plain);
		else
			word_literal(&l->code, plain, 1);
		l->some = true;
	}
}

/* ---- quotes ---- */

static void
single(struct sh_src *s, struct sh_lex *l)
{
	const char *end = memchr(s->p + s->i, '\'', s->n - s->i);
	size_t n = end != NULL ? (size_t)(end - (s->p + s->i)) : s->n - s->i;

	word_literal(&l->code, s->p + s->i, n);
	l->some = true;
	s->i += n;
	if (end != NULL)
		s->i++;
	else
		s->ctx->sh->malformed = true;
}

void
sh_quoted(struct sh_src *s, struct sh_lex *l, bool to_end)
{
	l->some = true;
	while (s->i < s->n) {
		int c = sh_peek(s, 0), next = sh_peek(s, 1);

		if (c == '"' && !to_end) {
			s->i++;
			return;
		}
		if (c == '\\' && next != -1 && strchr("$`\"\\\n", next)) {
			if (next != '\n')
				word_literal(&l->code, s->p + s->i + 1, 1);
			s->i += 2;
		} else if (c == '$') {
			sh_dollar(s, l, true);
		} else if (c == '`') {
			sh_backtick(s, l, true);
		} else {
			word_literal(&l->code, s->p + s->i++, 1);
		}
	}
	if (!to_end)
		s->ctx->sh->malformed = true;
}

/* Up to max digits of a base; the number of them is returned. */
static size_t
digits(const struct sh_src *s, size_t at, int base, size_t max, uint32_t *v)
{
	size_t n = 0;

	for (*v = 0; n < max; n++) {
		int c = sh_peek(s, at + n);
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
		    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;

		if (d >= base)
			break;
		*v = *v * (uint32_t)base + (uint32_t)d;
	}
	return n;
}

/* One escape of $'...'; s is behind the backslash. */
static void
ansi_escape(struct sh_src *s, struct buf *b)
{
	static const char from[] = "abeEfnrtv", to[] = "\a\b\033\033\f\n\r\t\v";
	int c = sh_peek(s, 0);
	const char *at = c > 0 ? strchr(from, c) : NULL;
	uint32_t v = 0;
	size_t n;

	if (at != NULL) {
		buf_addc(b, to[at - from]);
		s->i++;
	} else if (c == 'x' && (n = digits(s, 1, 16, 2, &v)) != 0) {
		buf_addc(b, (char)v);
		s->i += 1 + n;
	} else if ((c == 'u' || c == 'U') &&
	    (n = digits(s, 1, 16, c == 'u' ? 4 : 8, &v)) != 0) {
		utf8_encode(b, v);
		s->i += 1 + n;
	} else if ((n = digits(s, 0, 8, 3, &v)) != 0) {
		buf_addc(b, (char)v);
		s->i += n;
	} else if (c == 'c' && sh_peek(s, 1) != -1) {
		buf_addc(b, (char)(sh_peek(s, 1) & 31));
		s->i += 2;
	} else if (c != -1) {
		if (c != '\\' && c != '\'' && c != '"' && c != '?')
			buf_addc(b, '\\');
		buf_addc(b, (char)c);
		s->i++;
	}
}

/* $'...'; s is behind the first quote. */
static void
ansi(struct sh_src *s, struct sh_lex *l)
{
	struct buf b = BUF_INIT;

	while (s->i < s->n && s->p[s->i] != '\'') {
		if (s->p[s->i] == '\\') {
			s->i++;
			ansi_escape(s, &b);
		} else {
			buf_addc(&b, s->p[s->i++]);
		}
	}
	if (s->i < s->n)
		s->i++;
	else
		s->ctx->sh->malformed = true;
	/* The shell's word ends at a NUL. */
	word_literal(&l->code, buf_str(&b), strlen(buf_str(&b)));
	l->some = true;
	buf_free(&b);
}

/* ((...)), $((...)): only what is substituted within; s is behind "((". */
void
sh_arith(struct sh_src *s, struct sh_lex *l)
{
	struct sh_lex none;
	int depth = 0;

	sh_lex_begin(s, &none, NULL);
	while (s->i < s->n) {
		int c = sh_peek(s, 0);

		if (c == ')' && depth == 0 && sh_peek(s, 1) == ')') {
			s->i += 2;
			break;
		}
		depth += c == '(';
		depth -= c == ')' && depth > 0;
		if (c == '$')
			sh_dollar(s, &none, true);
		else if (c == '`')
			sh_backtick(s, &none, true);
		else
			s->i++;
	}
	buf_free(&none.code);
	if (l != NULL)
		sh_lex_unknown(l);
}

/* ---- a word ---- */

static void
tilde(struct sh_src *s, struct sh_lex *l)
{
	size_t n = 1;
	const char *home = s->ctx->home;

	while (s->i + n < s->n && (s->p[s->i + n] == '_' ||
	    s->p[s->i + n] == '-' || (s->p[s->i + n] >= '0' &&
	    (s->p[s->i + n] | 32) <= 'z' && strchr(":;<=>?@[\\]^`", s->p[
	    s->i + n]) == NULL)))
		n++;
	l->some = true;
	if (n == 1 && home != NULL) {
		word_literal(&l->code, home, strlen(home));
	} else if (n == 5 && memcmp(s->p + s->i, "~root", 5) == 0) {
		word_literal(&l->code, "/root", 5);
	} else {
		/* Another user's, wherever that is. */
		word_literal(&l->code, "/home/", 6);
		word_literal(&l->code, s->p + s->i + 1, n - 1);
	}
	s->i += n;
}

/* <(...) and >(...) */
static void
process(struct sh_src *s, struct sh_lex *l)
{
	struct sh_ctx *c = s->ctx;

	l->from = c->sh->n;
	s->i += 2;
	if (sh_deeper(c)) {
		c->depth++;
		sh_list(s);
		c->depth--;
	}
	if (sh_peek(s, 0) == ')')
		s->i++;
	l->to = c->sh->n;
	sh_lex_unknown(l);
	l->file = true;
}

static void
unquoted(struct sh_src *s, struct sh_lex *l, int c)
{
	if (c == '\\') {
		s->i++;
		if (sh_peek(s, 0) == '\n') {
			s->i++;
		} else if (s->i < s->n) {
			word_literal(&l->code, s->p + s->i++, 1);
			l->some = true;
		}
	} else if (c == '\'') {
		s->i++;
		single(s, l);
	} else if (c == '"') {
		s->i++;
		sh_quoted(s, l, false);
	} else if (c == '$' && sh_peek(s, 1) == '\'') {
		s->i += 2;
		ansi(s, l);
	} else if (c == '$' && sh_peek(s, 1) == '"') {
		s->i += 2;
		sh_quoted(s, l, false);
	} else if (c == '$') {
		sh_dollar(s, l, false);
	} else if (c == '`') {
		sh_backtick(s, l, false);
	} else if (c == '~' && l->code.len == 0 && !l->some) {
		tilde(s, l);
	} else {
		if (strchr("*?[]{},", c) != NULL)
			buf_addc(&l->code, (char)c);
		else
			word_literal(&l->code, s->p + s->i, 1);
		l->some = true;
		s->i++;
	}
}

void
sh_words_of(struct sh_src *s, struct sh_words *out, bool one)
{
	struct sh_lex l;

	sh_lex_begin(s, &l, out);
	l.one = one;
	while (s->i < s->n) {
		int c = sh_peek(s, 0);

		if ((c == '<' || c == '>') && sh_peek(s, 1) == '(')
			process(s, &l);
		else if (c != 0 && strchr(" \t\r\n;|&()<>", c) != NULL)
			break;
		else
			unquoted(s, &l, c != 0 ? c : WORD_UNKNOWN);
	}
	end_word(&l);
	buf_free(&l.code);
}
