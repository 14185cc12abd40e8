/*
 * shsimple.c - simple commands, redirections and here-documents.
 */
#include "policy/shstate.h"

#include "base/mem.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct simple {
	struct sh_words	 argv, assign, target;
	char		*op;		/* one for each target */
	size_t		 here0;		/* here-documents before it */
};

/* Length of a redirection operator with its number, 0 none; *op says which
 * it is: < > + & h (here-document) s (here-string) d (a descriptor). */
static size_t
operator(const struct sh_src *s, char *op)
{
	static const struct { const char *text; char op; } ops[] = {
		{ "&>>", '+' }, { "&>", '>' }, { "<<<", 's' }, { "<<-", 'H' },
		{ "<<", 'h' }, { "<>", '&' }, { "<&", 'd' }, { "<", '<' },
		{ ">>", '+' }, { ">|", '>' }, { ">&", 'd' }, { ">", '>' },
	};
	size_t n = 0;

	while (isdigit(sh_peek(s, n)))
		n++;
	if (n == 0 && sh_peek(s, 0) == '{') {
		n++;
		while (isalnum(sh_peek(s, n)) || sh_peek(s, n) == '_')
			n++;
		if (sh_peek(s, n++) != '}')
			return 0;
	}
	for (size_t i = 0; i < BASE_NITEMS(ops); i++) {
		size_t len = strlen(ops[i].text);

		if (s->n - s->i < n + len ||
		    memcmp(s->p + s->i + n, ops[i].text, len) != 0)
			continue;
		if ((n != 0 && ops[i].text[0] == '&') ||
		    (len == 1 && n == 0 && sh_peek(s, 1) == '('))
			return 0;
		*op = ops[i].op;
		return n + len;
	}
	return 0;
}

static void
here_begin(struct sh_src *s, char op)
{
	struct sh_here *h;
	struct sh_words none = { 0 };
	size_t from;

	sh_space(s);
	from = s->i;
	sh_words_of(s, &none, true);
	if (none.n != 0 && s->nhere < SH_HERE_MAX) {
		h = &s->here[s->nhere++];
		*h = (struct sh_here){ word_text(none.v[0].code),
		    false, op == 'H', SIZE_MAX, SIZE_MAX };
		for (size_t i = from; i < s->i; i++)
			h->quoted |= strchr("'\"\\", s->p[i]) != NULL;
	} else {
		s->ctx->sh->malformed = true;
	}
	sh_words_free(&none);
}

/* One redirection, if there is one. */
static bool
redirection(struct sh_src *s, struct simple *m)
{
	size_t before;
	char op;
	size_t n = operator(s, &op);

	if (n == 0)
		return false;
	s->i += n;
	if (op == 'h' || op == 'H') {
		here_begin(s, op);
		return true;
	}
	sh_space(s);
	before = m->target.n;
	sh_words_of(s, &m->target, true);
	if (m->target.n == before) {
		s->ctx->sh->malformed = true;
		return true;
	}
	/* >&FILE is a file, >&2 is none. */
	if (op == 'd') {
		const char *w = m->target.v[before].code;

		op = w[strspn(w, "0123456789-")] == '\0' ? 'd' : '>';
	}
	m->op = xreallocarray(m->op, m->target.n, 1);
	m->op[before] = op;
	return true;
}

/* Length of NAME= or NAME+= or NAME[...]= at the front, 0 none. */
static size_t
assignment(const struct sh_src *s, size_t *name)
{
	size_t n = 0;

	if (!isalpha(sh_peek(s, 0)) && sh_peek(s, 0) != '_')
		return 0;
	while (isalnum(sh_peek(s, n)) || sh_peek(s, n) == '_')
		n++;
	*name = n;
	if (sh_peek(s, n) == '[') {
		while (sh_peek(s, n) > ' ' && sh_peek(s, n) != ']')
			n++;
		n++;
	}
	n += sh_peek(s, n) == '+';
	return sh_peek(s, n) == '=' ? n + 1 : 0;
}

/* a=(...): the words are read for what runs in them. */
static void
array(struct sh_src *s)
{
	struct sh_words none = { 0 };

	s->i++;
	while (s->i < s->n && sh_peek(s, 0) != ')') {
		size_t before;

		sh_space(s);
		before = s->i;
		sh_words_of(s, &none, true);
		if (s->i == before && s->i < s->n &&
		    sh_peek(s, 0) != ')')
			s->i++;
	}
	if (s->i < s->n)
		s->i++;
	sh_words_free(&none);
}

static void
assign(struct sh_src *s, struct simple *m, size_t len, size_t name)
{
	struct sh_words value = { 0 };
	struct buf code = BUF_INIT;
	char *text = NULL;
	const char *at = s->p + s->i;
	struct sh_word *w;

	s->i += len;
	if (sh_peek(s, 0) == '(')
		array(s);
	else
		sh_words_of(s, &value, true);
	word_literal(&code, at, name);
	buf_addc(&code, '=');
	if (value.n != 0) {
		buf_adds(&code, value.v[0].code);
		if (strchr(value.v[0].code, WORD_UNKNOWN) == NULL)
			text = word_text(value.v[0].code);
	} else {
		text = xstrdup("");
	}
	/* NAME+= and elements of arrays are not followed. */
	sh_var_set(s->ctx, at, name, len == name + 1 ? text : NULL);
	sh_words_push(&m->assign, buf_str(&code), true);
	w = &m->assign.v[m->assign.n - 1];
	if (value.n != 0) {
		w->sure = value.v[0].sure;
		w->from = value.v[0].from;
		w->to = value.v[0].to;
	}
	free(text);
	buf_free(&code);
	sh_words_free(&value);
}

/* Give the command its redirections and assignments. */
static void
attach(struct sh_src *s, struct simple *m, size_t k)
{
	struct sh_cmd *c = &s->ctx->sh->cmd[k];

	for (size_t i = 0; i < m->assign.n; i++)
		if (sh_loads(m->assign.v[i].code))
			sh_opaque(c, "a variable before it changes what runs");
	c->assign = m->assign.v;
	c->nassign = m->assign.n;
	m->assign = (struct sh_words){ 0 };
	c->redir = xcalloc(m->target.n + 1, sizeof(*c->redir));
	for (size_t i = 0; i < m->target.n; i++)
		if (m->op[i] != 'd') {
			c->redir[c->nredir++] = (struct sh_redir){
			    m->op[i], m->target.v[i] };
			m->target.v[i].code = NULL;
		}
	sh_words_free(&m->target);
	free(m->op);
}

/* What comes into from..to by its redirections. */
static void
inputs(struct sh_src *s, size_t k, size_t from, size_t to, size_t here0)
{
	struct sh *sh = s->ctx->sh;

	for (size_t i = 0; i < sh->cmd[k].nredir; i++) {
		struct sh_redir r = sh->cmd[k].redir[i];
		char *text;

		if (r.op == '<' && r.word.from != r.word.to)
			sh_feed(s->ctx, r.word.from, r.word.to, from, to);
		if (r.op != 's')
			continue;
		text = word_text(r.word.code);
		for (size_t j = from; j < to; j++)
			if ((sh->cmd[j].flags & (SH_SHELL | SH_CODE_STDIN)) ==
			    (SH_SHELL | SH_CODE_STDIN))
				sh_text(s->ctx, text, strlen(text));
		free(text);
		if (r.word.from != r.word.to)
			sh_feed(s->ctx, r.word.from, r.word.to, from, to);
	}
	for (size_t i = here0; i < s->nhere; i++) {
		s->here[i].from = from;
		s->here[i].to = to;
	}
}

void
sh_redirs(struct sh_src *s, size_t from)
{
	struct simple m = { .here0 = s->nhere };
	struct sh_words none = { 0 };
	size_t end = s->ctx->sh->n, k;

	for (sh_space(s); redirection(s, &m); sh_space(s))
		continue;
	if (m.target.n == 0) {
		free(m.op);
		for (size_t i = m.here0; i < s->nhere; i++) {
			s->here[i].from = from;
			s->here[i].to = end;
		}
		return;
	}
	k = sh_add(s->ctx, &none);
	attach(s, &m, k);
	inputs(s, k, from, end, m.here0);
}

static void
words(struct sh_src *s, struct simple *m)
{
	for (;;) {
		size_t before, n, name;
		int c;

		sh_space(s);
		c = sh_peek(s, 0);
		before = s->i;
		if (c == -1 || redirection(s, m)) {
			if (c == -1)
				break;
			continue;
		}
		if (strchr("\n;|&()", c) != NULL)
			break;
		if (m->argv.n == 0 && (n = assignment(s, &name)) != 0)
			assign(s, m, n, name);
		else
			sh_words_of(s, &m->argv, false);
		if (s->i == before)
			break;
	}
}

void
sh_simple(struct sh_src *s)
{
	struct simple m = { .here0 = s->nhere };
	size_t k, before = s->i;

	words(s, &m);
	if (s->i == before)
		return;
	if (m.argv.n == 0 && m.assign.n == 0 && m.target.n == 0 &&
	    m.here0 == s->nhere)
		goto out;
	k = sh_add(s->ctx, &m.argv);
	attach(s, &m, k);
	sh_look(s->ctx, k);
	inputs(s, k, k, s->ctx->sh->n, m.here0);
	m.op = NULL;
	m.target = (struct sh_words){ 0 };
out:
	sh_words_free(&m.argv);
	sh_words_free(&m.assign);
	sh_words_free(&m.target);
	free(m.op);
}

/* ---- here-documents ---- */

/* The line at s, without its end; s moves behind it. */
static const char *
line(struct sh_src *s, size_t *n)
{
	const char *p = s->p + s->i;
	const char *nl = memchr(p, '\n', s->n - s->i);

	*n = nl != NULL ? (size_t)(nl - p) : s->n - s->i;
	s->i += *n + (nl != NULL);
	return p;
}

/* A shell that reads the text, or gets it from cat. */
static bool
runs(const struct sh *sh, const struct sh_here *h)
{
	unsigned want = SH_SHELL | SH_CODE_STDIN;

	for (size_t i = h->from; i < h->to && i < sh->n; i++)
		if ((sh->cmd[i].flags & want) == want)
			return true;
	for (size_t k = 0; k < sh->nfeed; k++) {
		const struct sh_feed *f = &sh->feed[k];

		if (h->from < f->from0 || h->from >= f->from1)
			continue;
		for (size_t i = f->to0; i < f->to1 && i < sh->n; i++)
			if ((sh->cmd[i].flags & want) == want)
				return true;
	}
	return false;
}

void
sh_here_docs(struct sh_src *s)
{
	for (size_t i = 0; i < s->nhere; i++) {
		struct sh_here *h = &s->here[i];
		struct buf b = BUF_INIT;

		while (s->i < s->n) {
			size_t n;
			const char *p = line(s, &n);

			while (h->strip && n != 0 && *p == '\t') {
				p++;
				n--;
			}
			if (n == strlen(h->end) && memcmp(p, h->end, n) == 0)
				break;
			buf_add(&b, p, n);
			buf_addc(&b, '\n');
		}
		if (!h->quoted && b.len != 0 && sh_deeper(s->ctx)) {
			struct sh_src in = { .ctx = s->ctx, .p = b.data,
			    .n = b.len };
			struct sh_lex l;

			sh_lex_begin(&in, &l, NULL);
			sh_quoted(&in, &l, true);
			sh_here_docs(&in);
			buf_free(&l.code);
		}
		if (b.len != 0 && runs(s->ctx->sh, h))
			sh_text(s->ctx, b.data, b.len);
		buf_free(&b);
		free(h->end);
	}
	s->nhere = 0;
}
