/*
 * chunk_head.c - the name of a definition, from its first lines.
 *
 * No parser: the words before the first brace, semicolon or colon are looked
 * at.  That is right for code as people lay it out, and where it is wrong a
 * piece has a poor title and nothing is lost.
 */
#include "mem/chunk_in.h"

#include <ctype.h>
#include <string.h>

#define HEAD_MAX	512	/* bytes that are looked at */

struct word {
	const char	*p;
	size_t		 n;
};

static bool
begins(const char *p, size_t n, const char *s)
{
	size_t len = strlen(s);

	return n >= len && memcmp(p, s, len) == 0;
}

static bool
in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' ||
	    (unsigned char)c >= 0x80;
}

bool
chunk_prefix(enum chunk_lang lang, const struct chunk_lines *l, size_t line)
{
	static const char *const marks[] = { "//", "/*", "*", "@", "#[", "#!",
	    "--", ";;", "[[", "template<", "template <", NULL };
	const struct chunk_line *at = &l->v[line];
	size_t skip = 0;
	const char *p = l->text + at->off;

	while (skip < at->len && (p[skip] == ' ' || p[skip] == '\t'))
		skip++;
	if (skip < at->len && p[skip] == '#')
		return true;	/* a comment, or a line of cpp(1) */
	if (lang == CHUNK_PYTHON || lang == CHUNK_SHELL)
		return skip < at->len && p[skip] == '@';
	for (size_t i = 0; marks[i] != NULL; i++)
		if (begins(p + skip, at->len - skip, marks[i]))
			return true;
	return false;
}

/* The code at the beginning of the lines, without prefixes, up to where the
 * body or the end of the statement begins; sets *ends to what is there. */
static size_t
head_text(enum chunk_lang lang, const struct chunk_lines *l, size_t from,
    size_t to, char *out, char *ends)
{
	bool comment = false;
	size_t n = 0;

	*ends = '\0';
	for (size_t i = from; i < to && n < HEAD_MAX - 1; i++) {
		const struct chunk_line *at = &l->v[i];
		const char *p = l->text + at->off;

		if (comment || (n == 0 && chunk_prefix(lang, l, i))) {
			const char *open = memmem(p, at->len, "/*", 2);
			const char *shut = memmem(p, at->len, "*/", 2);

			comment = shut == NULL && (comment || open != NULL);
			continue;
		}
		for (size_t k = 0; k < at->len && n < HEAD_MAX - 1; k++) {
			if (p[k] == '{' || p[k] == ';' || (p[k] == ':' &&
			    lang == CHUNK_PYTHON && k + 1 == at->len)) {
				*ends = p[k];
				return n;
			}
			out[n++] = p[k];
		}
		out[n++] = ' ';
		if (lang == CHUNK_WORDS)
			break;	/* one line says it all */
	}
	return n;
}

/* The next name at *p or behind it; false when there is none. */
static bool
next_word(const char **p, const char *end, struct word *w)
{
	while (*p < end && !in_name(**p))
		++*p;
	w->p = *p;
	while (*p < end && in_name(**p))
		++*p;
	w->n = (size_t)(*p - w->p);
	return w->n != 0;
}

static bool
is_word(const struct word *w, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == w->n && memcmp(w->p, *list, w->n) == 0)
			return true;
	return false;
}

static const char *const modifiers[] = { "export", "default", "public",
	"private", "protected", "internal", "static", "final", "abstract",
	"sealed", "async", "pub", "crate", "unsafe", "extern", "inline",
	"open", "override", "data", "virtual", "const", "partial", "readonly",
	"local", "declare", "typedef", "create", "CREATE", "or", "OR",
	"replace", "REPLACE", "temp", "TEMP", "case", "mut", "required",
	NULL };
static const char *const classes[] = { "class", "struct", "enum", "union",
	"interface", "trait", "impl", "namespace", "module", "object", "type",
	"record", "protocol", "extension", "contract", "table",
	"TABLE", "view", "VIEW", "defmodule", "mod", NULL };
static const char *const functions[] = { "def", "fn", "func", "function",
	"fun", "sub", "proc", "defp", "defun", "defmacro", "defn", "define",
	"macro", "procedure", "FUNCTION", "PROCEDURE", "TRIGGER", "trigger",
	"macro_rules", "defmethod", NULL };
static const char *const never[] = { "if", "while", "for", "switch",
	"return", "else", "do", "sizeof", "catch", "defined", "assert",
	"__attribute__", "with", "until", "match", "elif", "try", NULL };

/* Behind "func" of Go the receiver stands in brackets first. */
static const char *
past_receiver(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q == ' ')
		q++;
	if (q < end && *q == '(') {
		const char *shut = memchr(q, ')', (size_t)(end - q));

		return shut != NULL ? shut + 1 : p;
	}
	return p;
}

/* A definition that begins with a word for it, behind modifiers. */
static enum chunk_kind
by_keyword(const char *p, const char *end, struct word *name)
{
	struct word w;

	while (next_word(&p, end, &w) && is_word(&w, modifiers))
		;
	if (w.n == 0)
		return CHUNK_IS_TEXT;
	if (is_word(&w, functions)) {
		p = past_receiver(p, end);
		return next_word(&p, end, name) ? CHUNK_IS_FUNCTION :
		    CHUNK_IS_TEXT;
	}
	if (is_word(&w, classes)) {
		if (p < end && *p == '<') {	/* impl<T> Name */
			const char *shut = memchr(p, '>', (size_t)(end - p));

			p = shut != NULL ? shut : p;
		}
		while (next_word(&p, end, name) && is_word(name, classes))
			;	/* enum class Name */
		return name->n != 0 ? CHUNK_IS_CLASS : CHUNK_IS_TEXT;
	}
	return CHUNK_IS_TEXT;
}

/* A function as C writes it: the name before the first bracket. */
static bool
by_bracket(const char *p, const char *end, struct word *name)
{
	const char *open = memchr(p, '(', (size_t)(end - p));
	const char *q = open;

	if (open == NULL)
		return false;
	while (q > p && isspace((unsigned char)q[-1]))
		q--;
	name->p = q;
	while (name->p > p && (in_name(name->p[-1]) || name->p[-1] == ':' ||
	    name->p[-1] == '~'))
		name->p--;
	name->n = (size_t)(q - name->p);
	return name->n != 0 && !isdigit((unsigned char)*name->p) &&
	    memchr(p, '=', (size_t)(name->p - p)) == NULL &&
	    !is_word(name, never);
}

/* "const name = (a) => {", "name = function (a) {". */
static bool
by_value(const char *p, const char *end, struct word *name)
{
	const char *is = memchr(p, '=', (size_t)(end - p));
	struct word w;

	if (is == NULL || is == p || (memmem(is, (size_t)(end - is), "=>",
	    2) == NULL && memmem(is, (size_t)(end - is), "function", 8) ==
	    NULL))
		return false;
	name->n = 0;
	while (p < is && next_word(&p, is, &w)) {
		*name = w;
		if (p < is && *p == ':')
			break;	/* the type of TypeScript */
	}
	return name->n != 0;
}

/* The C of "struct x" is a class only when its body follows. */
static enum chunk_kind
c_head(const char *p, const char *end, char ends, struct word *name)
{
	if (ends == '{' && by_bracket(p, end, name))
		return CHUNK_IS_FUNCTION;
	if (ends == '{' && memchr(p, '=', (size_t)(end - p)) == NULL)
		return by_keyword(p, end, name);
	return CHUNK_IS_TEXT;
}

enum chunk_kind
chunk_head(enum chunk_lang lang, const struct chunk_lines *l, size_t from,
    size_t to, struct buf *b)
{
	char text[HEAD_MAX] = "", ends;
	size_t n = head_text(lang, l, from, to, text, &ends);
	const char *p = text, *end = text + n;
	struct word name = { NULL, 0 };
	enum chunk_kind kind;

	if (lang == CHUNK_C) {
		kind = c_head(p, end, ends, &name);
	} else {
		kind = by_keyword(p, end, &name);
		if (kind == CHUNK_IS_TEXT && ends == '{' &&
		    (by_value(p, end, &name) || by_bracket(p, end, &name)))
			kind = CHUNK_IS_FUNCTION;
	}
	if (kind != CHUNK_IS_TEXT)
		buf_add(b, name.p, name.n);
	return kind;
}
