/*
 * prompt_file.c - where prompt files lie, and what their heads say.
 */
#include "chat/prompt.h"

#include "base/mem.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "chat/local.h"
#include "core/front.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/xdg.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROMPT_MAX	((size_t)1024 * 1024)
#define LIST_MAX	((size_t)128 * 1024)	/* of one that is listed */
#define NAMES_MAX	5000	/* of a folder */
#define VALUES_MAX	((size_t)1024 * 1024)	/* of all that it lists */
#define WORDS_MAX	100	/* bytes of the first words */
#define VALUE_MAX	1024	/* of a value of a head that is listed */

/* ---- folders ---- */

static const struct folder {
	const char	*name;		/* of the kind, as it is listed */
	const char	*local;		/* in the workspace, or NULL */
} folders[] = {
	[PROMPT_PROJECT] = { "project", ".agents/prompts" },
	[PROMPT_USER] = { .name = "user" },
	[PROMPT_OURS] = { .name = "toolkit" },
	[PROMPT_CLAUDE] = { "claude", ".claude/commands" },
};

char *
prompt_user_dir(void)
{
	return xdg_config("prompts");
}

/* The folder of that kind; NULL where there is no home.  Caller frees. */
static char *
folder(enum prompt_where where, const char *workspace)
{
	if (folders[where].local != NULL)
		return xasprintf("%s/%s", workspace, folders[where].local);
	return where == PROMPT_USER ? prompt_user_dir() :
	    state_share("prompts");
}

bool
prompt_reserved(const char *name)
{
	return strcmp(name, "system") == 0 ||
	    strncmp(name, "system-", 7) == 0 || strcmp(name, "summary") == 0;
}

/* The file of that name there, when it can be read; caller frees. */
static char *
file_in(const char *dir, const char *name)
{
	char *path = dir != NULL ? xasprintf("%s/%s.md", dir, name) : NULL;

	if (path != NULL && access(path, R_OK) == -1) {
		free(path);
		path = NULL;
	}
	return path;
}

char *
prompt_system(const char *kind)
{
	size_t n = kind != NULL ? strspn(kind, "abcdefghijklmnopqrstuvwxyz"
	    "0123456789-") : 0;
	bool plain = n == 0 || n > 40 || kind[n] != '\0';
	char *mine = folder(PROMPT_USER, NULL), *ours = folder(PROMPT_OURS,
	    NULL);
	char *name = plain ? NULL : xasprintf("system-%s", kind);
	char *path = plain ? NULL : file_in(mine, name);

	if (path == NULL && !plain)
		path = file_in(ours, name);
	if (path == NULL)
		path = file_in(mine, "system");
	if (path == NULL)
		path = xasprintf("%s/system.md", ours);
	free(name);
	free(mine);
	free(ours);
	return path;
}

static void
names_in(struct vec *names, const char *dir)
{
	DIR *d = dir != NULL ? opendir(dir) : NULL;
	size_t max = names->n + NAMES_MAX;
	struct dirent *de;

	while (d != NULL && names->n < max && (de = readdir(d)) != NULL) {
		size_t n = strlen(de->d_name);

		if (n > 3 && strcmp(de->d_name + n - 3, ".md") == 0)
			vec_pushf(names, "%.*s", (int)(n - 3), de->d_name);
	}
	if (d != NULL)
		closedir(d);
}

static void
all_names(struct vec *names, const char *workspace)
{
	for (size_t i = 0; i < BASE_NITEMS(folders); i++) {
		char *dir = folder((enum prompt_where)i, workspace);

		names_in(names, dir);
		free(dir);
	}
}

void
prompt_names(struct vec *names, const char *workspace)
{
	struct vec all = VEC_INIT;

	all_names(&all, workspace);
	vec_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		if (!prompt_reserved(all.v[i]) && (i == 0 ||
		    strcmp(all.v[i - 1], all.v[i]) != 0))
			vec_push(names, all.v[i]);
	vec_free(&all);
}

/* ---- one ---- */

static int
none(const char *workspace, const char *name, struct err *e)
{
	struct vec names = VEC_INIT;
	const char *near;

	all_names(&names, workspace);
	near = opt_nearest(name, (const char *const *)vec_argv(&names));
	err_set(e, ERR_NOINPUT, "-t: no prompt '%.60s'%s%.60s%s", name,
	    near != NULL ? "; did you mean " : "; put " , near != NULL ?
	    near : name, near != NULL ? "?" : ".md into .agents/prompts");
	vec_free(&names);
	return -1;
}

/* Read the file at p->path, of at most max bytes. */
static int
take(struct prompt *p, const char *workspace, size_t max, struct err *e)
{
	struct buf text = BUF_INIT;
	size_t body = 0;
	int rc;

	if (p->where == PROMPT_PROJECT || p->where == PROMPT_CLAUDE)
		rc = local_read(workspace, p->path, &text, max, e);
	else
		rc = file_read(p->path, &text, max, e);
	if (rc == 0) {
		js_free(p->head);
		p->head = front_read(buf_str(&text), text.len, &body);
		buf_add(&p->text, buf_str(&text) + body, text.len - body);
	}
	buf_free(&text);
	return rc;
}

static int
open_file(struct prompt *p, const char *workspace, const char *name,
    size_t max, struct err *e)
{
	*p = (struct prompt){ .where = PROMPT_FILE, .head = js_obj() };
	if (strchr(name, '/') != NULL)
		p->path = xstrdup(name);
	for (size_t i = 0; p->path == NULL && i < BASE_NITEMS(folders);
	    i++) {
		char *dir = folder((enum prompt_where)i, workspace);

		p->path = file_in(dir, name);
		p->where = (enum prompt_where)i;
		free(dir);
	}
	if (p->path == NULL)
		return none(workspace, name, e);
	return take(p, workspace, max, e);
}

int
prompt_open(struct prompt *p, const char *workspace, const char *name,
    struct err *e)
{
	return open_file(p, workspace, name, PROMPT_MAX, e);
}

void
prompt_close(struct prompt *p)
{
	free(p->path);
	buf_free(&p->text);
	js_free(p->head);
	*p = (struct prompt){ .head = js_none() };
}

/* ---- to choose from ---- */

/* What the text says first, headings left out. */
static void
first_words(const struct buf *text, struct buf *b)
{
	const char *p = buf_str(text), *end = p + text->len;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl != NULL ? nl : end) - p);

		while (n > 0 && strchr(" \t\r", *p) != NULL)
			p++, n--;
		if (n > 0 && *p != '#') {
			buf_add(b, p, n > WORDS_MAX ? utf8_cut(p, WORDS_MAX) :
			    n);
			return;
		}
		p = nl != NULL ? nl + 1 : end;
	}
}

char *
prompt_word(jv head, const char *key)
{
	const char *s = js_str(head, key), *remark;
	size_t n;

	if (s == NULL)
		return NULL;
	remark = *s == '#' ? s : strstr(s, " #");
	n = remark != NULL ? (size_t)(remark - s) : strlen(s);
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	return xmemdup(s, n);
}

/* The member, when there is room for it: all of them go into one line. */
static jv
with(jv o, const char *key, const char *s, size_t *room)
{
	size_t n = s != NULL ? strlen(s) : 0;

	n = n > VALUE_MAX ? utf8_cut(s, VALUE_MAX) : n;
	if (s == NULL || n > *room)
		return o;
	*room -= n;
	return js_set(o, key, js_from_bytes(s, n));
}

static jv
listed(const struct prompt *p, const char *name, size_t *room)
{
	jv o = js_set_str(js_set_str(js_obj(), "name", name), "where",
	    folders[p->where].name);
	bool ours = p->where != PROMPT_CLAUDE;
	char *model = ours ? prompt_word(p->head, "model") : NULL;
	char *tools = ours ? prompt_word(p->head, "tools") : NULL;
	struct buf b = BUF_INIT;

	o = js_set_str(o, "path", p->path);
	o = with(o, "description", js_str(p->head, "description"), room);
	o = with(o, "argument_hint", js_str(p->head, "argument-hint"), room);
	o = with(o, "model", model, room);
	o = with(o, "tools", tools, room);
	if (!js_has(o, "description")) {
		first_words(&p->text, &b);
		o = js_set(o, "begins", js_from_buf(&b));
	}
	buf_free(&b);
	free(tools);
	free(model);
	return o;
}

jv
prompt_list(const char *workspace)
{
	struct vec names = VEC_INIT;
	size_t room[BASE_NITEMS(folders)];
	jv all = js_arr();

	for (size_t i = 0; i < BASE_NITEMS(folders); i++)
		room[i] = VALUES_MAX;
	prompt_names(&names, workspace);
	for (size_t i = 0; i < names.n; i++) {
		struct err ignored = ERR_INIT;
		struct prompt p;

		/* One that can not be read is told when it is wanted, and
		 * nobody waits for those that are long. */
		open_file(&p, workspace, names.v[i], LIST_MAX, &ignored);
		if (p.path != NULL)
			all = js_push(all, listed(&p, names.v[i],
			    &room[p.where]));
		prompt_close(&p);
	}
	vec_free(&names);
	return all;
}
