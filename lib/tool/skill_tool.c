/*
 * skill_tool.c - SKILL.md as a tool: instructions that a model asks for when it
 * needs them.
 */
#include "tool/skill_tool.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "core/skills.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "tool/text.h"
#include "tool/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LISTED		60	/* names of other files */
#define LISTED_READ	5000	/* looked at for them */

/* It and all that lies beside it, which it may tell a model to run, are as
 * the user trusted them. */
static bool
is_trusted(const struct trust *t, const struct skill *s)
{
	char *beside = xasprintf("%s/", s->rel);
	char *rel = xasprintf("%s" SKILL_FILE, beside);
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

/* The record of trust, read when the first of the project's is met. */
struct judge {
	const struct tool_env *env;
	struct trust	 trust;
	struct err	 why;		/* it cannot be read */
	bool		 asked;
};

static bool
may_count(struct judge *j, const struct skill *s)
{
	if (s->rel == NULL)
		return true;
	if (!j->asked) {
		j->asked = true;
		trust_read(&j->trust, j->env, TRUST_SKILLS, &j->why);
	}
	return j->why.kind == ERR_NONE && is_trusted(&j->trust, s);
}

/* Offer it as one of names, or note why not. */
static void
consider(struct judge *j, const struct skill *s, struct registry *r,
    struct vec *names)
{
	struct buf text = BUF_INIT;
	size_t body;
	jv head = skill_read(s, &text, &body);
	const char *own = js_str(head, "name");

	if (own != NULL && strcmp(own, s->name) != 0)
		registry_note(r, "skill %s: its head calls it %.64s; the name "
		    "of its folder counts", s->name, own);
	if (!js_is_obj(head))
		registry_note(r, "skill %s: %s/" SKILL_FILE " cannot be read, "
		    "or has no description", s->name, s->path);
	else if (vec_has(names, s->name))
		registry_note(r, "skill %s: %s is another of that name, which "
		    "does not count", s->name, s->path);
	else if (!may_count(j, s))
		registry_note(r, "skill %s: not trusted; see agent-tool "
		    "trust", s->name);
	else if (skill_for_model(head) && names->n == SKILLS_OFFERED)
		registry_note(r, "skill %s: %d others are offered before it",
		    s->name, SKILLS_OFFERED);
	else if (skill_for_model(head))
		vec_push(names, s->name);
	js_free(head);
	buf_free(&text);
}

void
skill_tool_scan(struct registry *r, struct tool_env *env)
{
	struct judge j = { .env = env, .why = ERR_INIT };
	struct vec names = VEC_INIT;
	struct buf b = BUF_INIT;
	struct skills all;
	struct tool t = {
		.name = "skill",
		.description = "Instructions for a kind of task, or one of "
		    "their files.",
		.group = GROUP_TOOLS, .needs = TOOL_READS,
		.run = tool_skill, .outside = true,
	};

	skills_find(&all, env->workspace);
	for (size_t i = 0; i < all.n; i++)
		consider(&j, &all.v[i], r, &names);
	for (size_t i = 0; i < all.notes.n; i++)
		registry_note(r, "skills: %s", all.notes.v[i]);
	if (j.why.kind != ERR_NONE)
		registry_note(r, "skills: %s", j.why.msg);
	if (names.n > 0) {
		vec_sort(&names);
		buf_adds(&b, "{\"type\":\"object\",\"properties\":{"
		    "\"name\":{\"enum\":[");
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
	trust_free(&j.trust);
	skills_free(&all);
}

/* ---- the call ---- */

/* Where the skill is, with its text and the offset of its body; NULL: nowhere,
 * or no longer trusted: it may have been changed since it was offered. */
static char *
find_book(const struct tool_env *env, const char *name, struct buf *text,
    size_t *body)
{
	struct judge j = { .env = env, .why = ERR_INIT };
	struct skills all;
	char *found = NULL;

	skills_find(&all, env->workspace);
	for (size_t i = 0; found == NULL && i < all.n; i++) {
		jv head = js_none();

		if (strcmp(all.v[i].name, name) == 0)
			head = skill_read(&all.v[i], text, body);
		if (skill_for_model(head) && may_count(&j, &all.v[i]))
			found = xstrdup(all.v[i].path);
		js_free(head);
	}
	trust_free(&j.trust);
	skills_free(&all);
	return found;
}

/* The other files of the skill, to one folder's depth. */
static void
list_files(const char *dir, const char *sub, struct vec *names)
{
	char *path = xasprintf("%s/%s", dir, sub);
	DIR *d = opendir(path);
	struct dirent *de;

	while (d != NULL && names->n < LISTED_READ && (de = readdir(d)) !=
	    NULL) {
		struct stat st;

		if (de->d_name[0] == '.' ||
		    strcmp(de->d_name, SKILL_FILE) == 0 ||
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
    size_t body, struct result *r)
{
	struct vec names = VEC_INIT;

	buf_addf(&r->text, "<skill name=\"%s\" folder=\"%s\">\n", name, dir);
	utf8_repair(&r->text, buf_str(text) + body, text->len - body);
	if (r->text.data[r->text.len - 1] != '\n')
		buf_addc(&r->text, '\n');
	buf_adds(&r->text, "</skill>\n");
	list_files(dir, "", &names);
	vec_sort(&names);
	for (size_t i = 0; i < names.n && i < LISTED; i++) {
		buf_adds(&r->text, i == 0 ? "Its other files (as file): " :
		    ", ");
		utf8_escape(&r->text, names.v[i], strlen(names.v[i]),
		    UTF8_LINE);
	}
	if (names.n > LISTED)
		buf_addf(&r->text, " and %zu more", names.n - LISTED);
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
	else if (fd_slurp(fd, &text, SKILL_MAX) == -1)
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
	size_t body = 0;
	char *dir = name != NULL ? find_book(env, name, &text, &body) : NULL;

	if (dir == NULL)
		result_error(r, CODE_NOT_FOUND, "there is no such skill, or "
		    "it was changed since the user trusted it.");
	else if (file != NULL && *file != '\0')
		tell_file(dir, file, r);
	else
		tell_book(dir, name, &text, body, r);
	free(dir);
	buf_free(&text);
}
