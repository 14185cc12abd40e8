/*
 * match.c - does a rule speak of this?
 *
 * A rule of a command is words.  One that begins with - is an option, found
 * anywhere among the command's words, in a cluster or long; all others are
 * the operands in their order, "..." any number of them, ";" their end.
 */
#include "policy/match.h"

#include "base/mem.h"
#include "policy/word.h"

#include <stdlib.h>
#include <string.h>

#define OPERANDS_MAX	2000

static bool
is_option(const char *code)
{
	return code[0] == '-' && code[1] != '\0';
}

bool
match_name(const struct vec *word, const struct sh_cmd *c, bool strict)
{
	char *path, *whole;
	const char *code, *base;
	bool hit = false;

	if (c->n == 0)
		return false;
	code = c->argv[0].code;
	if (strict && (!c->argv[0].sure || word_unknown(code)))
		return false;
	base = strrchr(code, '/');
	base = base != NULL ? base + 1 : code;
	path = strchr(code, '/') != NULL ? word_path(code, c->cwd) : NULL;
	/* A rule that allows a name means the one that PATH finds. */
	whole = strict && path != NULL && strncmp(path, "/usr/", 5) != 0 &&
	    strncmp(path, "/bin/", 5) != 0 && strncmp(path, "/sbin/", 6) != 0 ?
	    path : NULL;
	for (size_t i = 0; i < word->n && !hit; i++) {
		const char *alt = word->v[i];

		if (strchr(alt, '/') != NULL)
			hit = path != NULL && word_meets_path(alt, path);
		else
			hit = whole == NULL && word_meets(alt, base);
	}
	free(path);
	return hit;
}

/* One alternative of an option against one word of the command. */
static bool
option_meets(const char *alt, const char *text, bool strict)
{
	size_t n = strcspn(text, "=");

	if (alt[0] == '-' && alt[1] == '-') {
		if (text[0] != '-' || text[1] != '-')
			return false;
		if (strchr(alt, '=') != NULL || strpbrk(alt, "*?[") != NULL)
			return word_meets(alt, text);
		if (strlen(alt) == n)
			return strncmp(alt, text, n) == 0;
		/* Programs take the beginning of a long name for it. */
		return !strict && n > 3 && strncmp(alt, text, n) == 0;
	}
	if (alt[0] != '-' || text[0] != '-' || text[1] == '-')
		return false;
	if (alt[1] != '\0' && alt[2] == '\0')
		return strchr(text + 1, alt[1]) != NULL;
	return word_meets(alt, text);
}

static bool
has_option(const struct vec *word, const struct sh_cmd *c, bool strict)
{
	bool hit = false;

	for (size_t i = 1; i < c->n && !hit; i++) {
		const char *code = c->argv[i].code;
		char *text;

		if (strcmp(code, "--") == 0)
			break;
		if (!is_option(code))
			continue;
		text = word_text(code);
		for (size_t a = 0; a < word->n && !hit; a++)
			hit = option_meets(word->v[a], text, strict);
		free(text);
	}
	return hit;
}

/* One alternative of an operand against a word. */
static bool
operand_meets(const char *alt, const struct sh_word *w, const char *cwd,
    bool strict)
{
	const char *eq;
	char *path;
	bool hit;

	if (strcmp(alt, "*") == 0)
		return true;
	if (strict && (!w->sure || word_unknown(w->code)))
		return false;
	if (alt[0] == '/') {
		path = word_path(w->code, cwd);
		hit = path != NULL && word_meets_path(alt, path);
		free(path);
		return hit;
	}
	/* NAME=/path */
	eq = strstr(alt, "=/");
	if (eq != NULL && strncmp(alt, w->code, (size_t)(eq - alt) + 1) == 0) {
		path = word_path(w->code + (eq - alt) + 1, cwd);
		hit = path != NULL && word_meets_path(eq + 1, path);
		free(path);
		return hit;
	}
	return word_meets(alt, w->code);
}

struct operands {
	const struct sh_word *w[OPERANDS_MAX];
	size_t		 n;
};

static bool
any_meets(const struct vec *word, const struct sh_word *w, const char *cwd,
    bool strict)
{
	for (size_t i = 0; i < word->n; i++)
		if (operand_meets(word->v[i], w, cwd, strict))
			return true;
	return false;
}

static bool
is_word(const struct vec *word, const char *s)
{
	return word->n == 1 && strcmp(word->v[0], s) == 0;
}

/* Words of the rule from k on against operands from i on. */
static bool
operands_meet(const struct rule *r, size_t k, const struct operands *o,
    size_t i, const char *cwd, bool strict)
{
	for (; k < r->n; k++) {
		const struct vec *word = &r->word[k];

		if (is_option(word->v[0]))
			continue;
		if (is_word(word, ";"))
			return i == o->n;
		if (is_word(word, "...")) {
			for (; i <= o->n; i++)
				if (operands_meet(r, k + 1, o, i, cwd,
				    strict))
					return true;
			return false;
		}
		if (i >= o->n || !any_meets(word, o->w[i], cwd, strict))
			return false;
		i++;
	}
	return true;
}

/* With ";" options that the rule does not name are too much. */
static bool
only_known_options(const struct rule *r, const struct sh_cmd *c)
{
	bool closed = false, known;

	for (size_t k = 1; k < r->n; k++)
		closed |= is_word(&r->word[k], ";");
	for (size_t i = 1; closed && i < c->n; i++) {
		char *text = word_text(c->argv[i].code);

		known = !is_option(text);
		for (size_t k = 1; k < r->n; k++)
			for (size_t a = 0; a < r->word[k].n; a++)
				known |= option_meets(r->word[k].v[a], text,
				    true);
		free(text);
		if (!known)
			return false;
	}
	return true;
}

bool
match_run(const struct rule *r, const struct sh_cmd *c, bool strict)
{
	struct operands *o;
	bool over = false, hit = true;

	if (!match_name(&r->word[0], c, strict))
		return false;
	for (size_t k = 1; k < r->n; k++)
		if (is_option(r->word[k].v[0]) &&
		    !has_option(&r->word[k], c, strict))
			return false;
	if (strict && !only_known_options(r, c))
		return false;
	o = xcalloc(1, sizeof(*o));
	for (size_t i = 1; i < c->n && o->n < OPERANDS_MAX; i++) {
		if (!over && strcmp(c->argv[i].code, "--") == 0)
			over = true;
		else if (over || !is_option(c->argv[i].code))
			o->w[o->n++] = &c->argv[i];
	}
	hit = operands_meet(r, 1, o, 0, c->cwd, strict);
	free(o);
	return hit;
}

bool
match_path(const struct rule *r, const char *path, bool strict)
{
	if (strict && word_unknown(path))
		return false;
	for (size_t i = 0; i < r->word[0].n; i++)
		if (word_meets_path(r->word[0].v[i], path))
			return true;
	return false;
}

bool
match_text(const struct rule *r, const char *text)
{
	struct buf code = BUF_INIT;
	bool hit = false;

	word_literal(&code, text, strlen(text));
	for (size_t i = 0; i < r->word[0].n && !hit; i++)
		hit = word_meets(r->word[0].v[i], buf_str(&code));
	buf_free(&code);
	return hit;
}
