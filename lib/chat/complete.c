/*
 * complete.c - what a word at the prompt may become.
 */
#include "chat/complete.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chat/chat.h"
#include "chat/find.h"
#include "chat/prompt.h"
#include "chat/sibling.h"
#include "core/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_MAX	10000

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
		    strcmp(e->d_name, "..") == 0 || !utf8_plain(e->d_name))
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

/* ---- words of a command for the shell ---- */

/* Where the command begins in a line that is one, else 0. */
static size_t
command_at(const char *line, size_t n)
{
	if (n >= 5 && memcmp(line, "/run ", 5) == 0)
		return 5;
	if (n == 0 || *line != '!')
		return 0;
	return n > 1 && line[1] == '!' ? 2 : 1;
}

/* The last word of the n bytes as the shell would read it, in text; returns the
 * quotation mark that is open there, or 0. */
static char
shell_word(const char *p, size_t n, struct buf *text)
{
	char quote = '\0';

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\\' && quote != '\'' && i + 1 < n) {
			if (quote != '\0' && strchr("$`\"\\", p[i + 1]) == NULL)
				buf_addc(text, p[i]);
			buf_addc(text, p[++i]);
		} else if (quote != '\0' && p[i] == quote) {
			quote = '\0';
		} else if (quote != '\0') {
			buf_addc(text, p[i]);
		} else if (p[i] == '\'' || p[i] == '"') {
			quote = p[i];
		} else if (strchr(" \t;|&<>()", p[i]) != NULL) {
			buf_reset(text);
		} else {
			buf_addc(text, p[i]);
		}
	}
	return quote;
}

/* A piece of a file's name, which others chose and which is no code. */
static void
shell_quote(struct buf *b, const char *p, size_t n, char quote)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:=@%+-";

	for (size_t i = 0; i < n; i++) {
		if (quote == '\'' && p[i] == '\'') {
			buf_adds(b, "'\\''");
			continue;
		}
		if ((quote == '"' && strchr("$`\"\\", p[i]) != NULL) ||
		    (quote == '\0' && (unsigned char)p[i] < 0x80 &&
		    strchr(plain, p[i]) == NULL))
			buf_addc(b, '\\');
		buf_addc(b, p[i]);
	}
}

/* What was found, and so far has no quotes, behind what is typed. */
static void
shell_add(struct buf *add, char quote)
{
	struct buf bare = *add;
	bool whole = bare.len > 0 && bare.data[bare.len - 1] == ' ';

	*add = (struct buf)BUF_INIT;
	shell_quote(add, buf_str(&bare), bare.len - whole, quote);
	if (whole && quote != '\0')
		buf_addc(add, quote);
	if (whole)
		buf_addc(add, ' ');
	buf_free(&bare);
}

static void
complete_command(struct chat *c, const char *p, size_t n, struct vec *found,
    struct buf *add)
{
	struct buf word = BUF_INIT;
	char quote = shell_word(p, n, &word);

	files(c, buf_str(&word), found);
	if (found->n > 0) {
		vec_sort(found);
		common(found, word.len, add);
		shell_add(add, quote);
	}
	buf_free(&word);
}

/* ---- names that a program or a folder knows ---- */

static void
take(struct vec *found, const char *word, const char *name)
{
	if (name != NULL && *name != '\0' && utf8_plain(name) &&
	    strchr(name, ' ') == NULL && !vec_has(found, name) &&
	    strncmp(name, word, strlen(word)) == 0)
		vec_push(found, name);
}

/* The server is asked once; its list does not change under a person. */
static void
models(struct chat *c, const char *word, struct vec *found)
{
	struct buf text = BUF_INIT;
	char *program;
	struct vec v = VEC_INIT;

	if (c->models.n == 0) {
		program = state_program("agent-gate");
		vec_push(&v, program);
		vec_push(&v, "models");
		vec_push(&v, "--json");
		vec_push(&v, "-q");
		if (c->o->gemini)
			vec_push(&v, "--gemini");
		if (c->o->url != NULL && !c->offline)
			vec_pushf(&v, "--url=%s", c->o->url);
		sibling_run(&text, &v, c->workspace);
		for (const char *p = buf_str(&text), *nl; (nl = strchr(p,
		    '\n')) != NULL; p = nl + 1) {
			struct err bad = ERR_INIT;
			jv o = js_parse(p, (size_t)(nl - p), &bad);

			if (js_str(o, "id") != NULL)
				vec_push(&c->models, js_str(o, "id"));
			js_free(o);
		}
		vec_free(&v);
		free(program);
		buf_free(&text);
	}
	for (size_t i = 0; i < c->models.n; i++)
		take(found, word, c->models.v[i]);
}

static void
sessions(struct chat *c, const char *word, struct vec *found)
{
	struct err ignored = ERR_INIT;
	char *dir = state_dir(c->workspace, "sessions", &ignored);
	jv all = dir != NULL ? find_all(dir) : js_arr();

	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);
		const char *id = js_str(one, "id");

		take(found, word, js_str(one, "name"));
		if (id != NULL && strcmp(id, c->session.ctx.session_id) != 0)
			take(found, word, id);
		js_free(one);
	}
	js_free(all);
	free(dir);
}

static void
skills(struct chat *c, const char *word, struct vec *found)
{
	struct vec names = VEC_INIT;

	brief_skill_names(&names, c->workspace);
	for (size_t i = 0; i < names.n; i++)
		take(found, word, names.v[i]);
	vec_free(&names);
}

/* Prompt files, which are commands as well. */
static void
prompts(struct chat *c, const char *word, struct vec *found)
{
	struct vec names = VEC_INIT;

	prompt_names(&names, c->workspace);
	for (size_t i = 0; i < names.n; i++) {
		char *name = xasprintf("/%s", names.v[i]);

		take(found, word, name);
		free(name);
	}
	vec_free(&names);
}

/* What the word is, by the command before it; false: none of these. */
static bool
known(struct chat *c, const char *line, size_t from, const char *word,
    struct vec *found)
{
	static const struct {
		const char	*command;
		void		(*find)(struct chat *c, const char *word,
				    struct vec *found);
	} kinds[] = {
		{ "/model ", models }, { "/resume ", sessions },
		{ "/skill ", skills },
	};

	for (size_t i = 0; i < BASE_NITEMS(kinds); i++)
		if (from == strlen(kinds[i].command) &&
		    memcmp(line, kinds[i].command, from) == 0) {
			kinds[i].find(c, word, found);
			return true;
		}
	return false;
}

void
complete_word(struct chat *c, const char *const *commands, const char *line,
    size_t n, struct vec *found, struct buf *add)
{
	size_t from = n, at = command_at(line, n);
	char *word;

	if (at > 0) {
		complete_command(c, line + at, n - at, found, add);
		return;
	}
	while (from > 0 && line[from - 1] != ' ')
		from--;
	if (from < n && line[from] == '@')
		from++;
	word = xmemdup(line + from, n - from);
	if (from == 0 && *word == '/') {
		for (; *commands != NULL; commands++)
			if (strncmp(*commands, word, strlen(word)) == 0)
				vec_push(found, *commands);
		prompts(c, word, found);
	}
	if (found->n == 0 && !known(c, line, from, word, found))
		files(c, word, found);
	if (found->n > 0) {
		vec_sort(found);
		common(found, strlen(word), add);
	}
	free(word);
}
