/*
 * prompt.c - prompt files: Markdown with places for arguments.
 */
#include "chat/prompt.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_MAX	8192	/* bytes of a command, or of a default */

/* One argument, as it is or as one word of the shell. */
static void
put_arg(struct buf *b, const char *s, bool quote)
{
	if (!quote) {
		buf_adds(b, s);
		return;
	}
	buf_addc(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *s);
	}
	buf_addc(b, '\'');
}

/* The arguments, and how they are put. */
struct args {
	const struct vec *v;
	bool		 quote;
};

/* Arguments from index i on, at most count of them. */
static void
put_args(struct buf *b, const struct args *args, size_t i, size_t count)
{
	for (size_t k = 0; k < count && i + k < args->v->n; k++) {
		if (k > 0)
			buf_addc(b, ' ');
		put_arg(b, args->v->v[i + k], args->quote);
	}
}

/* "${@:N}" or "${@:N:L}" at p: its length, or 0. */
static size_t
slice(struct buf *b, const char *p, size_t n, const struct args *args)
{
	size_t from = 0, len = SIZE_MAX, i = 4;

	if (n < 6 || memcmp(p, "${@:", 4) != 0)
		return 0;
	for (; i < n && isdigit((unsigned char)p[i]) && from < 10000; i++)
		from = from * 10 + (size_t)(p[i] - '0');
	if (i < n && p[i] == ':')
		for (len = 0, i++; i < n && isdigit((unsigned char)p[i]) &&
		    len < 10000; i++)
			len = len * 10 + (size_t)(p[i] - '0');
	if (i >= n || p[i] != '}' || from == 0)
		return 0;
	put_args(b, args, from - 1, len);
	return i + 1;
}

/* "${N}" or "${N:-TEXT}", the text where there is no such word or an empty one,
 * at p: its length, or 0. */
static size_t
numbered(struct buf *b, const char *p, size_t n, const struct args *args)
{
	size_t k = 0, i = 2, from;
	const char *end;

	if (n < 4 || memcmp(p, "${", 2) != 0)
		return 0;
	for (; i < n && isdigit((unsigned char)p[i]) && k < 1000; i++)
		k = k * 10 + (size_t)(p[i] - '0');
	end = i < n ? memchr(p + i, '}', n - i < PLACE_MAX ? n - i :
	    PLACE_MAX) : NULL;
	if (k == 0 || end == NULL || (p[i] != '}' && (p[i] != ':' ||
	    p[i + 1] != '-')))
		return 0;
	from = p[i] == ':' ? i + 2 : i;
	if (k <= args->v->n && args->v->v[k - 1][0] != '\0') {
		put_args(b, args, k - 1, 1);
	} else if (p + from < end) {
		char *text = xmemdup(p + from, (size_t)(end - p) - from);

		put_arg(b, text, args->quote);
		free(text);
	}
	return (size_t)(end - p) + 1;
}

/* A place at p, filled into b: its length, or 0 when there is none. */
static size_t
place(struct buf *b, const char *p, size_t n, const struct args *args)
{
	static const char *const all[] = {
		"$ARGUMENTS", "$@", "{{input}}", "$input", "__INPUT__",
	};
	size_t i;

	for (i = 0; i < BASE_NITEMS(all); i++) {
		size_t len = strlen(all[i]);

		if (n >= len && memcmp(p, all[i], len) == 0) {
			put_args(b, args, 0, SIZE_MAX);
			return len;
		}
	}
	if (n >= 2 && *p == '$' && p[1] >= '1' && p[1] <= '9') {
		put_args(b, args, (size_t)(p[1] - '1'), 1);
		return 2;
	}
	i = numbered(b, p, n, args);
	return i > 0 ? i : slice(b, p, n, args);
}

/* Text without commands. */
static bool
fill(struct buf *b, const char *p, size_t n, const struct args *args)
{
	bool any = false;

	for (size_t i = 0; i < n;) {
		size_t len = 0;

		if (p[i] == '$' && i + 1 < n && p[i + 1] == '$') {
			buf_addc(b, '$');
			i += 2;
			continue;
		}
		/* What would be a command without the first of them. */
		if (p[i] == '!' && i + 2 < n && p[i + 1] == '!' &&
		    (p[i + 2] == '{' || p[i + 2] == '`')) {
			buf_addc(b, '!');
			i += 2;
			continue;
		}
		if (p[i] == '$' || p[i] == '{' || p[i] == '_')
			len = place(b, p + i, n - i, args);
		if (len == 0)
			buf_addc(b, p[i++]);
		any = any || len > 0;
		i += len;
	}
	return any;
}

/* ---- commands ---- */

/* The length of the command that begins at p[i], with its marks, and in
 * *from and *len what is between them; 0 when none does. */
static size_t
command_at(const char *p, size_t n, size_t i, size_t *from, size_t *len)
{
	size_t depth = 1, k = i + 2;

	/* "Wow!`x`" is none, nor is "!!{x}". */
	if (i + 3 > n || p[i] != '!' || (p[i + 1] != '{' && p[i + 1] != '`') ||
	    (i > 0 && (p[i - 1] == '!' || isalnum((unsigned char)p[i - 1]))))
		return 0;
	n = n - k > PLACE_MAX ? k + PLACE_MAX : n;
	for (; k < n; k++) {
		if (p[i + 1] == '{' && p[k] == '{')
			depth++;
		else if (p[k] == (p[i + 1] == '{' ? '}' : '`') &&
		    --depth == 0)
			break;
	}
	if (k >= n || k == i + 2)
		return 0;
	*from = i + 2;
	*len = k - i - 2;
	return k + 1 - i;
}

bool
prompt_fill(struct buf *b, const char *p, size_t n, const struct vec *args)
{
	return prompt_expand(b, p, n, args, NULL);
}

bool
prompt_expand(struct buf *b, const char *p, size_t n,
    const struct vec *args, const struct prompt_runner *r)
{
	const struct args plain = { args, false }, quoted = { args, true };
	size_t done = 0, from, len, whole;
	bool any = false;

	for (size_t i = 0; r != NULL && i < n; i++) {
		struct buf command = BUF_INIT;

		whole = command_at(p, n, i, &from, &len);
		if (whole == 0)
			continue;
		any |= fill(b, p + done, i - done, &plain);
		any |= fill(&command, p + from, len, &quoted);
		r->run(r->arg, buf_str(&command), b);
		buf_free(&command);
		done = i + whole;
		i = done - 1;
	}
	return fill(b, p + done, n - done, &plain) || any;
}

void
prompt_commands(const char *p, size_t n, struct vec *found)
{
	size_t from, len, whole;

	for (size_t i = 0; i < n; i++) {
		whole = command_at(p, n, i, &from, &len);
		if (whole > 0) {
			vec_pushf(found, "%.*s", (int)len, p + from);
			i += whole - 1;
		}
	}
}
