/*
 * brief.c - what the system prompt holds beside its own text.
 */
#include "chat/brief.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "chat/local.h"
#include "chat/sibling.h"
#include "core/front.h"
#include "core/ids.h"
#include "core/project.h"
#include "core/skills.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/xdg.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SKILLS_MAX	200
#define SKILL_MAX	((size_t)256 * 1024)
#define MEMORY_TOKENS	"500"
#define PLAN_TOKENS	"400"

/* ---- AGENTS.md ---- */

/* A file of instructions: of the project that begins at root, or (NULL) of the
 * user. */
static void
add_file(struct buf *b, const char *root, const char *path, size_t *left,
    jv *used)
{
	struct buf text = BUF_INIT, clean = BUF_INIT;
	struct err e = ERR_INIT;
	char sum[65];
	size_t n;

	if ((root != NULL ? local_read(root, path, &text, BRIEF_AGENTS_MAX * 4,
	    &e) : file_read(path, &text, BRIEF_AGENTS_MAX * 4, &e)) == -1) {
		log_warn("left out: %s", e.msg);
		goto out;
	}
	ids_sha256(sum, text.data, text.len);
	utf8_repair(&clean, buf_str(&text), text.len);
	n = clean.len;
	if (n > *left) {
		n = utf8_cut(clean.data, *left);
		log_warn("%s: cut at %zu bytes: instructions have %zu kB in "
		    "all", path, n, BRIEF_AGENTS_MAX / 1024);
	}
	buf_addf(b, "\n\n<instructions file=\"%s\">\n", path);
	buf_add(b, buf_str(&clean), n);
	buf_adds(b, n > 0 && b->data[b->len - 1] == '\n' ?
	    "</instructions>" : "\n</instructions>");
	*left -= n;
	*used = js_push(*used, js_set_str(js_set_str(js_obj(), "path", path),
	    "sha256", sum));
out:
	buf_free(&clean);
	buf_free(&text);
}

/* The first of the names that is a file in dir. */
static void
add_first(struct buf *b, const char *root, const char *dir, size_t *left,
    jv *used)
{
	static const char *const names[] = {
		"AGENTS.override.md", "AGENTS.md", "CLAUDE.md", "GEMINI.md",
	};

	for (size_t i = 0; i < BASE_NITEMS(names) && *left > 0; i++) {
		char *path = xasprintf("%s/%s", strcmp(dir, "/") == 0 ? "" :
		    dir, names[i]);
		struct stat st;
		bool there = stat(path, &st) == 0 && S_ISREG(st.st_mode);

		if (there)
			add_file(b, root, path, left, used);
		free(path);
		if (there)
			return;
	}
}

static void
add_user(struct buf *b, size_t *left, jv *used)
{
	char *paths[] = { xdg_config("AGENTS.md"),
	    xdg_home(".config/AGENTS.md") };

	for (int i = 0; i < 2; i++)
		if (paths[i] != NULL && access(paths[i], R_OK) == 0) {
			add_file(b, NULL, paths[i], left, used);
			break;
		}
	free(paths[0]);
	free(paths[1]);
}

static void
add_agents(struct buf *b, const char *workspace, jv *used)
{
	size_t left = BRIEF_AGENTS_MAX, n = project_root(workspace);
	char *root = xmemdup(workspace, n);

	add_user(b, &left, used);
	for (;;) {
		char *dir = xmemdup(workspace, n);

		add_first(b, root, n > 0 ? dir : "/", &left, used);
		free(dir);
		if (workspace[n] == '\0')
			break;
		n += 1 + strcspn(workspace + n + 1, "/");
	}
	free(root);
}

/* ---- programs beside us ---- */

/* What it wrote, as a paragraph of b, when it succeeded. */
static void
ask_sibling(struct buf *b, struct vec *argv, const char *workspace)
{
	struct buf text = BUF_INIT;

	if (sibling_run(&text, argv, workspace) == 0 && text.len > 0) {
		buf_adds(b, "\n\n");
		utf8_repair(b, text.data, text.len);
		while (b->len > 0 && b->data[b->len - 1] == '\n')
			buf_cut(b, b->len - 1);
	}
	buf_free(&text);
}

static void
add_memory(struct buf *b, const char *workspace, const char *words)
{
	const char *own = getenv("AGENT_MEMORY");
	char *path = own != NULL && *own != '\0' ? xstrdup(own) :
	    xdg_data("memory.db");
	struct vec v = VEC_INIT;

	if (words != NULL && path != NULL && access(path, R_OK) == 0) {
		vec_give(&v, state_program("agent-mem"));
		vec_push(&v, "recall");
		vec_push(&v, "--for-prompt");
		vec_push(&v, "--budget=" MEMORY_TOKENS);
		vec_push(&v, "--");
		vec_pushf(&v, "%.2000s", words);
		ask_sibling(b, &v, workspace);
		vec_free(&v);
	}
	free(path);
}

static void
add_plan(struct buf *b, const char *workspace)
{
	struct err ignored = ERR_INIT;
	char *dir = state_project(workspace, &ignored), *path;
	struct vec v = VEC_INIT;

	if (dir == NULL)
		return;
	path = xasprintf("%s/plan.db", dir);
	if (access(path, R_OK) == 0) {
		vec_give(&v, state_program("agent-plan"));
		vec_push(&v, "show");
		vec_push(&v, "--format=prompt");
		vec_push(&v, "--tokens=" PLAN_TOKENS);
		ask_sibling(b, &v, workspace);
		vec_free(&v);
	}
	free(path);
	free(dir);
}

/* ---- skills ---- */

/* The project's files that need trust: path to whether it has it. */
static jv
trusted(const char *workspace)
{
	struct buf b = BUF_INIT;
	struct vec v = VEC_INIT;
	jv set = js_obj();

	vec_give(&v, state_program("agent-tool"));
	vec_push(&v, "trust");
	vec_push(&v, "--json");
	sibling_run(&b, &v, workspace);
	for (const char *p = buf_str(&b), *nl; *p != '\0'; p = nl + 1) {
		struct err ignored = ERR_INIT;
		jv o;
		const char *path;

		nl = strchr(p, '\n');
		if (nl == NULL)
			break;
		o = js_parse(p, (size_t)(nl - p), &ignored);
		path = js_str(o, "path");
		if (path != NULL && !js_str_is(o, "state", "gone"))
			set = js_set_bool(set, path, js_str_is(o, "state",
			    "trusted"));
		js_free(o);
	}
	vec_free(&v);
	buf_free(&b);
	return set;
}

/* Whether the skill in that folder counts: it and all that lies beside it,
 * which it may tell a model to run, are as the user trusted them. */
static bool
skill_good(jv set, const char *place, const char *folder)
{
	char *beside = xasprintf("%s/%s/", place, folder);
	char *rel = xasprintf("%sSKILL.md", beside);
	bool good = js_bool(set, rel, false);
	jv keys = js_keys(set);

	for (size_t i = 0; good && i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		good = strncmp(js_cstr(k), beside, strlen(beside)) != 0 ||
		    js_bool(set, js_cstr(k), false);
		js_free(k);
	}
	js_free(keys);
	free(rel);
	free(beside);
	return good;
}

/* Name and description of the skill in the folder, when it is one. */
static jv
skill_head(const char *dir, const char *folder, size_t *body,
    struct buf *text)
{
	char *path = xasprintf("%s/%s/SKILL.md", dir, folder);
	struct err ignored = ERR_INIT;
	jv head = js_none();

	buf_reset(text);
	if (access(path, R_OK) == 0 &&
	    file_read(path, text, SKILL_MAX, &ignored) == 0) {
		head = front_read(buf_str(text), text->len, body);
		if (js_str(head, "description") == NULL) {
			js_free(head);
			head = js_none();
		} else if (js_str(head, "name") == NULL) {
			head = js_set_str(head, "name", folder);
		}
	}
	free(path);
	return head;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folders in dir, in order. */
static void
folders(const char *dir, struct vec *names)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d != NULL && names->n < SKILLS_MAX &&
	    (de = readdir(d)) != NULL)
		if (de->d_name[0] != '.' && strchr(de->d_name, '\n') == NULL)
			vec_push(names, de->d_name);
	if (d != NULL)
		closedir(d);
	if (names->n > 1)
		qsort(names->v, names->n, sizeof(*names->v), by_name);
}

/* The skills in one place; those of the project only when they are trusted. */
static void
list_skills(struct buf *b, const struct skill_place *at,
    const char *workspace, bool all, struct vec *seen)
{
	const char *place = at->rel != NULL ? at->rel : at->path;

	struct vec names = VEC_INIT;
	struct buf text = BUF_INIT;
	jv good = js_none();

	folders(at->path, &names);
	if (names.n > 0 && at->rel != NULL)
		good = trusted(workspace);
	for (size_t i = 0; i < names.n; i++) {
		size_t body;
		bool ours = !vec_has(seen, names.v[i]) && (at->rel == NULL ||
		    skill_good(good, at->rel, names.v[i]));
		jv head = ours ? skill_head(at->path, names.v[i], &body,
		    &text) : js_none();

		if (js_is_obj(head) && (all || !js_str_is(head,
		    "disable-model-invocation", "true"))) {
			vec_push(seen, names.v[i]);
			buf_addf(b, "\n- %.64s (%s/%s%s): %.1024s", names.v[i],
			    place, names.v[i], at->rel != NULL ?
			    "/SKILL.md" : "", js_str(head, "description"));
		}
		js_free(head);
	}
	js_free(good);
	buf_free(&text);
	vec_free(&names);
}

static void
all_skills(struct buf *b, const char *workspace, bool all)
{
	struct skill_places where;
	struct vec seen = VEC_INIT;

	skill_places_find(&where, workspace);
	for (size_t i = 0; i < where.n; i++)
		list_skills(b, &where.v[i], workspace, all, &seen);
	vec_free(&seen);
	skill_places_free(&where);
}

static void
add_skills(struct buf *b, const char *workspace)
{
	struct buf list = BUF_INIT;

	all_skills(&list, workspace, false);
	if (list.len > 0) {
		buf_adds(b, "\n\nSkills; when one fits the task, call the "
		    "tool skill with its name first and follow what it "
		    "says:");
		buf_add(b, list.data, list.len);
	}
	buf_free(&list);
}

void
brief_skills(struct buf *b, const char *workspace)
{
	struct buf list = BUF_INIT;

	all_skills(&list, workspace, true);
	if (list.len > 0)	/* without the newline before the first */
		buf_add(b, list.data + 1, list.len - 1);
	buf_free(&list);
}

/* A skill may be for the model alone, to be asked for when it is needed. */
static bool
is_for_users(jv head)
{
	return js_is_obj(head) && !js_str_is(head, "user-invocable", "false");
}

void
brief_skill_names(struct vec *names, const char *workspace)
{
	struct skill_places where;
	struct buf text = BUF_INIT;

	skill_places_find(&where, workspace);
	for (size_t i = 0; i < where.n; i++) {
		struct vec v = VEC_INIT;

		folders(where.v[i].path, &v);
		for (size_t k = 0; k < v.n; k++) {
			size_t body;
			jv head = skill_head(where.v[i].path, v.v[k], &body,
			    &text);

			if (is_for_users(head) && !vec_has(names, v.v[k]))
				vec_push(names, v.v[k]);
			js_free(head);
		}
		vec_free(&v);
	}
	buf_free(&text);
	skill_places_free(&where);
}

bool
brief_skill(struct buf *b, const char *workspace, const char *name)
{
	struct skill_places where = { NULL, 0 };
	struct buf text = BUF_INIT;
	bool found = false;

	if (strchr(name, '/') == NULL && name[0] != '.')
		skill_places_find(&where, workspace);
	for (size_t i = 0; i < where.n && !found; i++) {
		const struct skill_place *at = &where.v[i];
		size_t body = 0;
		jv head = skill_head(at->path, name, &body, &text), good;

		found = is_for_users(head);
		if (found && at->rel != NULL) {
			good = trusted(workspace);
			found = skill_good(good, at->rel, name);
			js_free(good);
		}
		if (found) {
			buf_addf(b, "<skill name=\"%s\" folder=\"%s/%s"
			    "\">\n", name, at->path, name);
			utf8_repair(b, text.data + body, text.len - body);
			buf_adds(b, "\n</skill>");
		}
		js_free(head);
	}
	buf_free(&text);
	skill_places_free(&where);
	return found;
}

void
brief_add(struct buf *b, enum brief_part parts, const char *workspace,
    const char *words, jv *used)
{
	if (parts & BRIEF_AGENTS)
		add_agents(b, workspace, used);
	if (parts & BRIEF_SKILLS)
		add_skills(b, workspace);
	if (parts & BRIEF_MEMORY)
		add_memory(b, workspace, words);
	if (parts & BRIEF_PLAN)
		add_plan(b, workspace);
}
