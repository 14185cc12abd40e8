/*
 * foreign_text.c - places in prompts of other programs, in our spelling.
 */
#include "chat/foreign_in.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS		"0123456789"
#define NAME_MAX_LEN	60
#define NAMES_MAX	99
#define DEFAULT_MAX	4000	/* bytes */
#define INPUT		"input"

void
places_free(struct places *k)
{
	vec_free(&k->needed);
	vec_free(&k->optional);
	vec_free(&k->defaults);
}

/* ---- what is a place ---- */

/* $name or ${name} */
static size_t
place_llm(const char *s, const char **name, size_t *n)
{
	size_t brace = *s == '$' && s[1] == '{' ? 1 : 0;

	if (*s != '$')
		return 0;
	*name = s + 1 + brace;
	*n = **name != '\0' && strchr(LETTERS, **name) != NULL ?
	    strspn(*name, LETTERS DIGITS) : 0;
	if (*n == 0 || (brace > 0 && (*name)[*n] != '}'))
		return 0;
	return 1 + *n + 2 * brace;
}

/* {{name}} */
static size_t
place_fabric(const char *s, const char **name, size_t *n)
{
	size_t at = 2;

	if (strncmp(s, "{{", 2) != 0)
		return 0;
	while (s[at] == ' ' && at < NAME_MAX_LEN)
		at++;
	*name = s + at;
	*n = strspn(s + at, LETTERS DIGITS "-");
	for (at += *n; s[at] == ' ' && at < 2 * NAME_MAX_LEN; at++)
		;
	return *n > 0 && strncmp(s + at, "}}", 2) == 0 ? at + 2 : 0;
}

/* A place at s: its length, or 0; and its name. */
static size_t
place_at(const struct places *k, const char *s, const char **name, size_t *n)
{
	static const char aichat[] = "__INPUT__";
	size_t len;

	if (k->how == FOREIGN_LLM)
		len = place_llm(s, name, n);
	else if (k->how == FOREIGN_FABRIC)
		len = place_fabric(s, name, n);
	else
		len = strncmp(s, aichat, strlen(aichat)) == 0 ?
		    strlen(aichat) : 0;
	if (k->how == FOREIGN_AICHAT) {
		*name = INPUT;
		*n = strlen(INPUT);
	}
	return len > 0 && *n <= NAME_MAX_LEN ? len : 0;
}

/* ---- which there are ---- */

static void
add_name(struct places *k, const char *name, jv defaults, struct vec *notes)
{
	jv v = js_get(defaults, name);
	struct buf b = BUF_INIT;

	if (js_cstr(v) != NULL)
		buf_adds(&b, js_cstr(v));
	else if (js_is_num(v) || js_is_bool(v))
		js_dump(&b, v);
	if (!js_is_valid(v)) {
		vec_push(&k->needed, name);
	} else if (js_len(v) > 0 || b.len > DEFAULT_MAX ||
	    strpbrk(buf_str(&b), "{}`") != NULL) {
		vec_push(&k->needed, name);
		vec_pushf(notes, "the default of %s, which would be no text "
		    "here, is left out", name);
	} else {
		vec_push(&k->optional, name);
		vec_push(&k->defaults, buf_str(&b));
	}
	js_free(v);
	buf_free(&b);
}

static void
add(struct places *k, const char *name, jv defaults, struct vec *notes)
{
	if (strcmp(name, INPUT) == 0)
		k->input = true;
	else if (!vec_has(&k->needed, name) && !vec_has(&k->optional, name) &&
	    k->needed.n + k->optional.n < NAMES_MAX)
		add_name(k, name, defaults, notes);
}

/* Places that only one of the programs has. */
static void
strange(const struct places *k, const char *s, struct vec *notes)
{
	static const char *const ours[] = { "{{input}}", "__INPUT__" };
	const char *name;
	size_t n;

	for (size_t i = 0; i < BASE_NITEMS(ours); i++)
		if (strstr(s, ours[i]) != NULL &&
		    place_at(k, ours[i], &name, &n) == 0)
			vec_pushf(notes, "%s in it is a place here", ours[i]);
	if (k->how == FOREIGN_AICHAT && strstr(s, "{{__") != NULL)
		vec_push(notes, "places such as {{__os__}} are text");
	if (k->how == FOREIGN_FABRIC && (strstr(s, "{{plugin:") != NULL ||
	    strstr(s, "{{ext:") != NULL))
		vec_push(notes, "places of plugins are text");
}

void
places_find(struct places *k, const char *s, jv defaults, struct vec *notes)
{
	const char *name;
	size_t n, len;

	for (const char *p = s; *p != '\0'; p += len) {
		if (k->how == FOREIGN_LLM && strncmp(p, "$$", 2) == 0) {
			len = 2;
			continue;
		}
		len = place_at(k, p, &name, &n);
		if (len > 0) {
			struct buf b = BUF_INIT;

			buf_add(&b, name, n);
			add(k, buf_str(&b), defaults, notes);
			buf_free(&b);
		}
		len = len > 0 ? len : 1;
	}
	strange(k, s, notes);
}

/* ---- our spelling ---- */

static void
put_number(struct buf *b, size_t number)
{
	if (number <= 9)
		buf_addf(b, "$%zu", number);
	else
		buf_addf(b, "${%zu}", number);
}

void
places_input(const struct places *k, struct buf *b)
{
	size_t number = k->needed.n + 1;

	if (k->optional.n > 0)
		put_number(b, number);
	else if (number == 1)
		buf_adds(b, "$@");
	else
		buf_addf(b, "${@:%zu}", number);
}

/* Where in v the name of n bytes is; v->n when it is not. */
static size_t
index_of(const struct vec *v, const char *name, size_t n)
{
	size_t i = 0;

	while (i < v->n && (strlen(v->v[i]) != n || memcmp(v->v[i], name,
	    n) != 0))
		i++;
	return i;
}

static void
put_place(const struct places *k, const char *name, size_t n, struct buf *b)
{
	size_t i = index_of(&k->needed, name, n);
	size_t j = index_of(&k->optional, name, n);

	if (i < k->needed.n)
		put_number(b, i + 1);
	else if (j < k->optional.n)
		buf_addf(b, "${%zu:-%s}", k->needed.n + 2 + j,
		    k->defaults.v[j]);
	else if (n == strlen(INPUT) && memcmp(name, INPUT, n) == 0)
		places_input(k, b);
	else
		buf_add(b, name, n);	/* beyond NAMES_MAX */
}

/* A character that is text, with what comes behind it. */
static void
put_char(char c, char after, bool place_after, struct buf *b)
{
	buf_addc(b, c);
	if (c == '$' && after != '\0' && (place_after ||
	    strchr(DIGITS "$@{Ai", after) != NULL))
		buf_addc(b, '$');
	if (c == '!' && !place_after && (after == '{' || after == '`'))
		buf_addc(b, '!');
}

void
places_put(const struct places *k, const char *s, struct buf *b)
{
	size_t end = strlen(s), n;
	const char *name;

	while (end > 0 && isspace((unsigned char)s[end - 1]))
		end--;
	for (size_t i = 0; i < end;) {
		size_t len = place_at(k, s + i, &name, &n);
		/* $$ of llm is a dollar sign. */
		size_t skip = k->how == FOREIGN_LLM && strncmp(s + i, "$$",
		    2) == 0 ? 2 : 1;

		if (skip == 1 && len > 0 && len <= end - i) {
			put_place(k, name, n, b);
			i += len;
			continue;
		}
		put_char(s[i], i + skip < end ? s[i + skip] : '\0',
		    place_at(k, s + i + skip, &name, &n) > 0, b);
		i += skip;
	}
}

static void
put_name(struct buf *b, const char *before, const char *name,
    const char *after)
{
	buf_addf(b, "%s%s", b->len > 0 ? " " : "", before);
	for (; *name != '\0'; name++)
		buf_addc(b, (char)toupper((unsigned char)*name));
	buf_adds(b, after);
}

void
places_hint(const struct places *k, struct buf *b)
{
	for (size_t i = 0; i < k->needed.n; i++)
		put_name(b, "", k->needed.v[i], "");
	if (k->needed.n + k->optional.n > 0 || k->input)
		put_name(b, "[", INPUT, k->optional.n > 0 ? "]" : "...]");
	for (size_t i = 0; i < k->optional.n; i++)
		put_name(b, "[", k->optional.v[i], "]");
}
