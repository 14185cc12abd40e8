/*
 * where_parse.c - a condition from its words.
 */
#include "view/where_in.h"

#include "base/ere.h"
#include "base/mem.h"
#include "view/datum.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum token { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_SIGN, TOKEN_BAD };

struct parser {
	struct where	*w;
	const char	*start, *at;	/* of the text; next token */
	enum token	 token;
	struct buf	 word;		/* of the token */
	struct buf	*why;
	int		 depth;
};

/* ---- words ---- */

static bool
in_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	    strchr("_.-+:/@#$%*\\", c) != NULL;
}

static void
quoted(struct parser *p, char quote)
{
	const char *s = p->at + 1;

	for (;; s++) {
		if (*s == '\0') {
			p->token = TOKEN_BAD;
			return;
		}
		if (*s == quote && s[1] != quote)
			break;
		if (*s == quote)
			s++;
		buf_addc(&p->word, *s);
	}
	p->at = s + 1;
	p->token = TOKEN_QUOTED;
}

static void
advance(struct parser *p)
{
	static const char *const signs[] = { "==", "!=", "<>", "<=", ">=",
	    "=~", "&&", "||", "=", "<", ">", "~", "(", ")", "[", "]", ",",
	    "!", "&", "|" };

	buf_reset(&p->word);
	p->at += strspn(p->at, " \t\r\n");
	p->token = TOKEN_END;
	if (*p->at == '\0')
		return;
	if (strchr("'\"`", *p->at) != NULL) {
		quoted(p, *p->at);
		return;
	}
	for (size_t i = 0; i < BASE_NITEMS(signs); i++)
		if (strncmp(p->at, signs[i], strlen(signs[i])) == 0) {
			buf_adds(&p->word, signs[i]);
			p->at += strlen(signs[i]);
			p->token = TOKEN_SIGN;
			return;
		}
	p->token = in_word(*p->at) ? TOKEN_WORD : TOKEN_BAD;
	for (; p->token == TOKEN_WORD && *p->at != '\0' && in_word(*p->at);
	    p->at++)
		buf_addc(&p->word, *p->at);
}

static bool
is_sign(const struct parser *p, const char *s)
{
	return p->token == TOKEN_SIGN && strcmp(buf_str(&p->word), s) == 0;
}

static bool
is_word(const struct parser *p, const char *s)
{
	return p->token == TOKEN_WORD && strcasecmp(buf_str(&p->word), s) ==
	    0;
}

/* Take the token when it is this one. */
static bool
take_sign(struct parser *p, const char *s)
{
	bool yes = is_sign(p, s);

	if (yes)
		advance(p);
	return yes;
}

static bool
take_word(struct parser *p, const char *s)
{
	bool yes = is_word(p, s);

	if (yes)
		advance(p);
	return yes;
}

/* ---- nodes ---- */

/* Always -1. */
static int
expected(struct parser *p, const char *what)
{
	size_t n = strnlen(p->at, 40);

	if (p->why->len != 0)
		return -1;
	if (p->token == TOKEN_END)
		buf_addf(p->why, "expected %s at the end", what);
	else if (p->token == TOKEN_BAD)
		buf_addf(p->why, "expected %s at: %.*s", what, (int)n,
		    p->at);
	else
		buf_addf(p->why, "expected %s, not %.60s", what,
		    buf_str(&p->word));
	return -1;
}

static int
node(struct parser *p, enum where_op op, int left, int right)
{
	struct where *w = p->w;

	if (w->n == WHERE_NODES) {
		buf_adds(p->why, "too many conditions");
		return -1;
	}
	w->node[w->n] = (struct where_node){ .op = op, .left = left,
	    .right = right, .column = -1 };
	return w->n++;
}

static bool
value(struct parser *p, struct where_node *t)
{
	struct where_value *v;

	if ((p->token != TOKEN_WORD && p->token != TOKEN_QUOTED) ||
	    t->n == WHERE_VALUES) {
		expected(p, "a value");
		return false;
	}
	t->v = xreallocarray(t->v, t->n + 1, sizeof(*t->v));
	v = &t->v[t->n++];
	*v = (struct where_value){ .n = p->word.len,
	    .text = xmemdup(buf_str(&p->word), p->word.len) };
	v->kind = datum_kind(v->text, v->n);
	if (v->kind == KIND_INTEGER || v->kind == KIND_NUMBER)
		v->number = datum_value(v->text, v->n);
	advance(p);
	return true;
}

static bool
list(struct parser *p, struct where_node *t)
{
	const char *end = is_sign(p, "[") ? "]" : ")";

	if (!take_sign(p, "(") && !take_sign(p, "[")) {
		expected(p, "( and a list of values");
		return false;
	}
	do {
		if (!value(p, t))
			return false;
	} while (take_sign(p, ","));
	if (!take_sign(p, end)) {
		expected(p, ", or the end of the list");
		return false;
	}
	return true;
}

static bool
regex(struct parser *p, struct where_node *t)
{
	struct buf ere = BUF_INIT;
	char text[200];
	int rc;

	if (!value(p, t))
		return false;
	ere_translate(&ere, t->v[0].text);
	if (ere_weight(buf_str(&ere)) > ERE_WEIGHT_MAX) {
		buf_adds(p->why, "regular expression: too large when its "
		    "counts are written out, or too deep");
		buf_free(&ere);
		return false;
	}
	rc = regcomp(&t->re, buf_str(&ere), REG_EXTENDED | REG_NOSUB);
	t->compiled = rc == 0;
	if (rc != 0) {
		regerror(rc, &t->re, text, sizeof(text));
		buf_addf(p->why, "regular expression: %s", text);
	}
	buf_free(&ere);
	return rc == 0;
}

/* The comparison that the token is, or WHERE_AND for none. */
static enum where_op
comparison(struct parser *p)
{
	static const struct { const char *s; enum where_op op; } table[] = {
	    { "=", WHERE_EQ }, { "==", WHERE_EQ }, { "!=", WHERE_NE },
	    { "<>", WHERE_NE }, { "<", WHERE_LT }, { "<=", WHERE_LE },
	    { ">", WHERE_GT }, { ">=", WHERE_GE }, { "~", WHERE_REGEX },
	    { "=~", WHERE_REGEX } }, words[] = {
	    { "contains", WHERE_CONTAINS }, { "like", WHERE_LIKE },
	    { "matches", WHERE_REGEX }, { "in", WHERE_IN },
	    { "between", WHERE_BETWEEN } };

	for (size_t i = 0; i < BASE_NITEMS(table); i++)
		if (take_sign(p, table[i].s))
			return table[i].op;
	for (size_t i = 0; i < BASE_NITEMS(words); i++)
		if (take_word(p, words[i].s))
			return words[i].op;
	return WHERE_AND;
}

/* What stands behind the column, into t; *not: the reverse is meant. */
static bool
condition(struct parser *p, struct where_node *t, bool *not)
{
	if (take_word(p, "is")) {
		*not = take_word(p, "not");
		t->op = WHERE_NULL;
		if (take_word(p, "null") || take_word(p, "none"))
			return true;
		expected(p, "null");
		return false;
	}
	*not = take_word(p, "not");
	t->op = comparison(p);
	switch (t->op) {
	case WHERE_AND:
		expected(p, "a comparison such as = or contains");
		return false;
	case WHERE_IN:
		return list(p, t);
	case WHERE_BETWEEN:
		if (!value(p, t))
			return false;
		if (!take_word(p, "and")) {
			expected(p, "and");
			return false;
		}
		return value(p, t);
	case WHERE_REGEX:
		return regex(p, t);
	default:
		return value(p, t);
	}
}

static int either(struct parser *p);

static int
test(struct parser *p)
{
	int i;
	bool not = false;

	if (p->token != TOKEN_WORD && p->token != TOKEN_QUOTED)
		return expected(p, "the name of a column");
	i = node(p, WHERE_AND, -1, -1);
	if (i == -1)
		return -1;
	p->w->node[i].name = xstrdup(buf_str(&p->word));
	advance(p);
	if (!condition(p, &p->w->node[i], &not))
		return -1;
	return not ? node(p, WHERE_NOT, i, -1) : i;
}

static int
one(struct parser *p)
{
	int i;

	if (++p->depth > WHERE_DEPTH) {
		buf_adds(p->why, "nested too deep");
		return -1;
	}
	if (take_word(p, "not") || take_sign(p, "!")) {
		i = one(p);
		i = i == -1 ? -1 : node(p, WHERE_NOT, i, -1);
	} else if (take_sign(p, "(")) {
		i = either(p);
		if (i != -1 && !take_sign(p, ")"))
			i = expected(p, ")");
	} else {
		i = test(p);
	}
	p->depth--;
	return i;
}

static int
both(struct parser *p)
{
	int i = one(p), k;

	while (i != -1 && (take_word(p, "and") || take_sign(p, "&&") ||
	    take_sign(p, "&"))) {
		k = one(p);
		i = k == -1 ? -1 : node(p, WHERE_AND, i, k);
	}
	return i;
}

static int
either(struct parser *p)
{
	int i = both(p), k;

	while (i != -1 && (take_word(p, "or") || take_sign(p, "||") ||
	    take_sign(p, "|"))) {
		k = both(p);
		i = k == -1 ? -1 : node(p, WHERE_OR, i, k);
	}
	return i;
}

struct where *
where_parse(const char *text, struct buf *why)
{
	struct parser p = { .w = xcalloc(1, sizeof(struct where)),
	    .start = text, .at = text, .why = why };

	advance(&p);
	p.w->root = either(&p);
	if (p.w->root != -1 && p.token != TOKEN_END)
		p.w->root = expected(&p, "and, or, or the end");
	buf_free(&p.word);
	if (p.w->root != -1)
		return p.w;
	where_free(p.w);
	return NULL;
}

void
where_free(struct where *w)
{
	if (w == NULL)
		return;
	for (int i = 0; i < w->n; i++) {
		struct where_node *t = &w->node[i];

		for (size_t k = 0; k < t->n; k++)
			free(t->v[k].text);
		free(t->v);
		free(t->name);
		if (t->compiled)
			regfree(&t->re);
	}
	buf_free(&w->text);
	free(w);
}
