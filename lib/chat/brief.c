/*
 * brief.c - what the system prompt holds beside its own text.
 */
#include "chat/brief.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "chat/local.h"
#include "chat/sibling.h"
#include "core/ids.h"
#include "core/project.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/xdg.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX	((size_t)16 * 1024 * 1024)	/* of instructions */
#define MEMORY_TOKENS	"500"
#define PLAN_TOKENS	"400"

/* ---- AGENTS.md ---- */

/* What is gathered of instructions. */
struct gathered {
	struct buf	*b;
	size_t		 max, left;	/* bytes, in all and still */
	const struct vec *files;	/* names of such files */
	jv		*used;
	struct vec	*notes;		/* or NULL */
};

/* To a person: what became of the file, for want of room. */
static void
note(struct gathered *g, const char *path, const char *what)
{
	if (g->notes != NULL)
		vec_pushf(g->notes, "%s: %s the %zu kB that instructions "
		    "have in all%s", path, what, g->max / 1024, g->max <
		    BRIEF_AGENTS_MAX ? " in so small a window" : "");
}

/* How much of the text may go along: whole lines, where there is one. */
static size_t
fitting(const struct buf *text, size_t left)
{
	const char *nl;

	if (text->len <= left)
		return text->len;
	nl = left > 0 ? memrchr(text->data, '\n', left) : NULL;
	return nl != NULL ? (size_t)(nl - text->data) + 1 :
	    utf8_cut(text->data, left);
}

/* A file of instructions: of the project that begins at root, or (NULL) of the
 * user. */
static void
add_file(struct gathered *g, const char *root, const char *path)
{
	struct buf text = BUF_INIT, clean = BUF_INIT, said = BUF_INIT;
	struct err e = ERR_INIT;
	char sum[65];
	size_t n;

	if ((root != NULL ? local_read(root, path, &text, FILE_MAX, &e) :
	    file_read(path, &text, FILE_MAX, &e)) == -1) {
		if (g->notes != NULL)
			vec_pushf(g->notes, "left out: %s", e.msg);
		goto out;
	}
	utf8_repair(&clean, buf_str(&text), text.len);
	n = fitting(&clean, g->left);
	if (clean.len > 0 && n == 0) {
		note(g, path, "left out: those before it fill");
		goto out;
	}
	ids_sha256(sum, text.data, text.len);
	buf_addf(g->b, "\n\n<instructions file=\"%s\">\n", path);
	buf_add(g->b, buf_str(&clean), n);
	if (n > 0 && clean.data[n - 1] != '\n')
		buf_addc(g->b, '\n');
	if (n < clean.len) {
		buf_addf(&said, "cut to the first %zu of %zu bytes", n,
		    clean.len);
		buf_addf(g->b, "[%s]\n", buf_str(&said));
		buf_adds(&said, ", the end of");
		note(g, path, buf_str(&said));
		/* What comes later builds on the part that is missing. */
		g->left = n;
	}
	buf_adds(g->b, "</instructions>");
	g->left -= n;
	*g->used = js_push(*g->used, js_set_str(js_set_str(js_obj(), "path",
	    path), "sha256", sum));
out:
	buf_free(&said);
	buf_free(&clean);
	buf_free(&text);
}

/* The first of the names that is a file in dir. */
static void
add_first(struct gathered *g, const char *root, const char *dir)
{
	for (size_t i = 0; i < g->files->n; i++) {
		char *path = xasprintf("%s/%s", strcmp(dir, "/") == 0 ? "" :
		    dir, g->files->v[i]);
		struct stat st;
		bool there = stat(path, &st) == 0 && S_ISREG(st.st_mode);

		if (there)
			add_file(g, root, path);
		free(path);
		if (there)
			return;
	}
}

static void
add_user(struct gathered *g)
{
	char *paths[] = { xdg_config("AGENTS.md"),
	    xdg_home(".config/AGENTS.md") };

	for (int i = 0; i < 2; i++)
		if (paths[i] != NULL && access(paths[i], R_OK) == 0) {
			add_file(g, NULL, paths[i]);
			break;
		}
	free(paths[0]);
	free(paths[1]);
}

static void
add_agents(struct buf *b, const struct brief *what, const char *workspace,
    jv *used, struct vec *notes)
{
	struct gathered g = { b, BRIEF_AGENTS_MAX, 0, what->files, used,
	    notes };
	size_t n = project_root(workspace);
	char *root = xmemdup(workspace, n);

	/* So many bytes are a third of as many tokens. */
	if (what->window > 0 && (uint64_t)what->window < g.max)
		g.max = (size_t)what->window;
	g.left = g.max;
	add_user(&g);
	for (;;) {
		char *dir = xmemdup(workspace, n);

		add_first(&g, root, n > 0 ? dir : "/");
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

void
brief_add(struct buf *b, const struct brief *what, const char *workspace,
    jv *used, struct vec *notes)
{
	enum brief_part parts = what->parts;

	if (parts & BRIEF_AGENTS)
		add_agents(b, what, workspace, used, notes);
	if (parts & BRIEF_SKILLS)
		brief_add_skills(b, workspace, notes);
	if (parts & BRIEF_MEMORY)
		add_memory(b, workspace, what->words);
	if (parts & BRIEF_PLAN)
		add_plan(b, workspace);
}
