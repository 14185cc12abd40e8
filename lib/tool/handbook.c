/*
 * handbook.c - SKILL.md as a tool: instructions that a model asks for when it
 * needs them.
 */
#include "tool/handbook.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "core/front.h"
#include "core/skills.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/text.h"
#include "tool/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOK		"SKILL.md"
#define LISTED		60	/* names of other files */

/* Letters, digits and hyphens, as the specification has it. */
static bool
is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= 64 && s[n] == '\0';
}

/* Whether the model may have the skill whose text this is. */
static bool
is_offered(const struct buf *text, size_t *body)
{
	jv head = front_read(buf_str(text), text->len, body);
	bool good = js_str(head, "description") != NULL &&
	    !js_str_is(head, "disable-model-invocation", "true");

	js_free(head);
	return good;
}

/* The text of the skill in that place; false when it is none. */
static bool
read_book(const char *place, const char *name, struct buf *text)
{
	char *path = xasprintf("%s/%s/" BOOK, place, name);
	struct err ignored = ERR_INIT;
	bool good;

	buf_reset(text);
	good = access(path, R_OK) == 0 &&
	    file_read(path, text, HANDBOOK_FILE, &ignored) == 0;
	free(path);
	return good;
}

/* It and all that lies beside it, which it may tell a model to run, are as
 * the user trusted them. */
static bool
is_trusted(const struct trust *t, const char *place, const char *name)
{
	char *beside = xasprintf("%s/%s/", place, name);
	char *rel = xasprintf("%s" BOOK, beside);
	const struct trust_file *f = trust_find(t, rel);
	bool good = f != NULL && f->state == TRUST_GOOD;

	for (size_t i = 0; good && i < t->n; i++)
		good = t->v[i].state == TRUST_GOOD ||
		    t->v[i].state == TRUST_GONE ||
		    strncmp(t->v[i].path, beside, strlen(beside)) != 0;
	free(rel);
	free(beside);
	return good;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in one place. */
static void
look(const struct skill_place *at, struct tool_env *env, struct registry *r,
    struct vec *names)
{
	DIR *d = opendir(at->path);
	struct trust trust = { NULL, 0 };
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;
	struct dirent *de;
	size_t body;

	if (d == NULL)
		return;
	if (at->rel != NULL && trust_read(&trust, env, &e) == -1)
		registry_note(r, "skills: %s", e.msg);
	while (names->n < HANDBOOK_MAX && (de = readdir(d)) != NULL) {
		const char *name = de->d_name;

		if (!is_name(name) || !read_book(at->path, name, &text))
			continue;
		if (vec_has(names, name))
			registry_note(r, "skill %s: %s has one as well, which "
			    "does not count", name, at->path);
		else if (at->rel != NULL && !is_trusted(&trust, at->rel, name))
			registry_note(r, "skill %s: not trusted; see "
			    "agent-tool trust", name);
		else if (is_offered(&text, &body))
			vec_push(names, name);
	}
	closedir(d);
	trust_free(&trust);
	buf_free(&text);
}

void
handbook_scan(struct registry *r, struct tool_env *env)
{
	struct skill_places where;
	struct vec names = VEC_INIT;
	struct buf b = BUF_INIT;
	struct tool t = {
		.name = "skill",
		.description = "Instructions for a kind of task, or one of "
		    "their files.",
		.group = GROUP_TOOLS, .needs = TOOL_READS,
		.run = tool_skill, .outside = true,
	};

	skill_places_find(&where, env->workspace);
	for (size_t i = 0; i < where.n; i++)
		look(&where.v[i], env, r, &names);
	if (names.n > 0) {
		qsort(names.v, names.n, sizeof(*names.v), by_name);
		buf_adds(&b, "{\"type\":\"object\",\"properties\":{\"name\":"
		    "{\"enum\":[");
		for (size_t i = 0; i < names.n; i++)
			buf_addf(&b, "%s\"%s\"", i > 0 ? "," : "",
			    names.v[i]);
		buf_adds(&b, "]},\"file\":{\"type\":\"string\"}},"
		    "\"required\":[\"name\"],\"additionalProperties\":"
		    "false}");
		t.parameters = registry_keep(r, buf_str(&b));
		registry_add(r, &t);
	}
	buf_free(&b);
	vec_free(&names);
	skill_places_free(&where);
}

/* ---- the call ---- */

/* Where the skill is, with its text; NULL: nowhere, or no longer trusted. */
static char *
find_book(const struct tool_env *env, const char *name, struct buf *text)
{
	struct skill_places where;
	struct trust trust = { NULL, 0 };
	struct err ignored = ERR_INIT;
	char *found = NULL;
	bool read = false;

	skill_places_find(&where, env->workspace);
	for (size_t i = 0; found == NULL && i < where.n; i++) {
		const struct skill_place *at = &where.v[i];

		if (!read_book(at->path, name, text))
			continue;
		/* It may have been changed since it was offered. */
		if (at->rel != NULL && !read)
			read = trust_read(&trust, env, &ignored) == 0;
		if (at->rel != NULL && (!read ||
		    !is_trusted(&trust, at->rel, name)))
			continue;
		found = xasprintf("%s/%s", at->path, name);
	}
	trust_free(&trust);
	skill_places_free(&where);
	return found;
}

/* The other files of the skill, to one folder's depth. */
static void
list_files(const char *dir, const char *sub, struct vec *names)
{
	char *path = xasprintf("%s/%s", dir, sub);
	DIR *d = opendir(path);
	struct dirent *de;

	while (d != NULL && names->n < LISTED && (de = readdir(d)) != NULL) {
		struct stat st;

		if (de->d_name[0] == '.' || strcmp(de->d_name, BOOK) == 0 ||
		    fstatat(dirfd(d), de->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		if (S_ISREG(st.st_mode))
			vec_pushf(names, "%s%s%s", sub, *sub != '\0' ? "/" :
			    "", de->d_name);
		else if (S_ISDIR(st.st_mode) && *sub == '\0')
			list_files(dir, de->d_name, names);
	}
	if (d != NULL)
		closedir(d);
	free(path);
}

static void
tell_book(const char *dir, const char *name, const struct buf *text,
    struct result *r)
{
	struct vec names = VEC_INIT;
	size_t body = 0;

	is_offered(text, &body);
	buf_addf(&r->text, "<skill name=\"%s\" folder=\"%s\">\n", name, dir);
	utf8_repair(&r->text, buf_str(text) + body, text->len - body);
	if (r->text.data[r->text.len - 1] != '\n')
		buf_addc(&r->text, '\n');
	buf_adds(&r->text, "</skill>\n");
	list_files(dir, "", &names);
	if (names.n > 1)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.n; i++) {
		buf_adds(&r->text, i == 0 ? "Its other files (as file): " :
		    ", ");
		utf8_escape(&r->text, names.v[i], strlen(names.v[i]),
		    UTF8_LINE);
	}
	if (names.n > 0)
		buf_addc(&r->text, '\n');
	vec_free(&names);
}

/* One of its files, which is beneath its folder. */
static void
tell_file(const char *dir, const char *file, struct result *r)
{
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;
	struct buf clean = BUF_INIT, text = BUF_INIT;
	struct stat st;
	const char *kind;

	if (beneath_clean(&clean, file) == -1) {
		result_error(r, CODE_OUTSIDE, "%.300s is no file of this "
		    "skill.", file);
		goto out;
	}
	if (root != -1)
		fd = beneath_open(root, buf_str(&clean), O_RDONLY,
		    BENEATH_NOLINKS);
	if (fd == -1 || fstat(fd, &st) == -1)
		result_errno(r, errno, "open", file);
	else if (!S_ISREG(st.st_mode))
		result_errno(r, ENXIO, "open", file);
	else if (fd_slurp(fd, &text, HANDBOOK_FILE) == -1)
		result_errno(r, errno, "read", file);
	else if ((kind = text_binary(buf_str(&text), text.len < 8192 ?
	    text.len : 8192)) != NULL)
		result_error(r, CODE_ENCODING, "%.300s is %s.", file, kind);
	else
		utf8_repair(&r->text, buf_str(&text), text.len);
out:
	fd_close(&fd);
	fd_close(&root);
	buf_free(&clean);
	buf_free(&text);
}

void
tool_skill(const struct tool_env *env, jv args, struct result *r)
{
	const char *name = js_str(args, "name"), *file = js_str(args, "file");
	struct buf text = BUF_INIT;
	char *dir = name != NULL && is_name(name) ?
	    find_book(env, name, &text) : NULL;

	if (dir == NULL)
		result_error(r, CODE_NOT_FOUND, "there is no such skill, or "
		    "it was changed since the user trusted it.");
	else if (file != NULL && *file != '\0')
		tell_file(dir, file, r);
	else
		tell_book(dir, name, &text, r);
	free(dir);
	buf_free(&text);
}
