/*
 * complete.c - what a word at the prompt may become.
 */
#include "chat/complete.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chat/chat.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_MAX	10000

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A name that a terminal shows as it is; others nobody can type. */
static bool
plain(const char *name)
{
	struct buf b = BUF_INIT;
	bool same;

	utf8_escape(&b, name, strlen(name), UTF8_LINE);
	same = strcmp(buf_str(&b), name) == 0;
	buf_free(&b);
	return same;
}

static void
files(struct chat *c, const char *word, struct vec *found)
{
	const char *slash = strrchr(word, '/');
	const char *rest = slash != NULL ? slash + 1 : word;
	char *dir = slash == NULL ? xstrdup(c->workspace) : *word == '/' ?
	    xmemdup(word, (size_t)(rest - word)) : xasprintf("%s/%.*s",
	    c->workspace, (int)(rest - word), word);
	DIR *d = opendir(dir);
	struct dirent *e;
	int seen = 0;

	while (d != NULL && seen++ < ENTRIES_MAX && (e = readdir(d)) !=
	    NULL) {
		if (strncmp(e->d_name, rest, strlen(rest)) != 0 ||
		    (*e->d_name == '.' && *rest != '.') ||
		    strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0 || !plain(e->d_name))
			continue;
		vec_pushf(found, "%.*s%s%s", (int)(rest - word), word,
		    e->d_name, e->d_type == DT_DIR ? "/" : "");
	}
	if (d != NULL)
		closedir(d);
	free(dir);
}

/* What all of them have behind the word. */
static void
common(const struct vec *found, size_t word, struct buf *add)
{
	const char *first = found->v[0];
	size_t n = strlen(first);

	for (size_t i = 1; i < found->n; i++) {
		size_t k = 0;

		while (k < n && found->v[i][k] == first[k])
			k++;
		n = k;
	}
	n = utf8_cut(first, n);
	if (n > word)
		buf_add(add, first + word, n - word);
	if (found->n == 1 && first[strlen(first) - 1] != '/')
		buf_addc(add, ' ');
}

void
complete_word(struct chat *c, const char *const *commands, const char *line,
    size_t n, struct vec *found, struct buf *add)
{
	size_t from = n;
	char *word;

	while (from > 0 && line[from - 1] != ' ')
		from--;
	if (from < n && line[from] == '@')
		from++;
	word = xmemdup(line + from, n - from);
	if (from == 0 && *word == '/')
		for (; *commands != NULL; commands++)
			if (strncmp(*commands, word, strlen(word)) == 0)
				vec_push(found, *commands);
	if (found->n == 0)
		files(c, word, found);
	if (found->n > 0) {
		qsort(found->v, found->n, sizeof(*found->v), by_name);
		common(found, strlen(word), add);
	}
	free(word);
}
