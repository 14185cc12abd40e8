/*
 * trust.c - what of a project may run: files whose content the user has
 * seen and agreed to.
 */
#include "tool/trust.h"

#include "base/mem.h"
#include "core/ids.h"
#include "core/project.h"
#include "core/skill_places.h"
#include "core/state.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UP		"../"
#define RECORD_LIMIT	((size_t)4 * 1024 * 1024)

static const struct {
	const char	*name;
	uint64_t	 max;
} files[] = {
	{ ".env", PROJECT_ENV_MAX },
	{ ".mcp.json", TRUST_MCP_MAX },
};

const char *
trust_state_name(enum trust_state s)
{
	static const char *const names[] = { "new", "changed", "trusted",
	    "gone", "unseen" };

	return names[s];
}

const char *
trust_why(const struct trust_file *f)
{
	if (f->state == TRUST_UNSEEN)
		return f->why;
	return f->state == TRUST_CHANGED ? "changed since it was trusted" :
	    "not trusted";
}

void
trust_free(struct trust *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].path);
		free(t->v[i].why);
	}
	free(t->v);
	*t = (struct trust){ NULL, 0 };
}

/* ---- what is there ---- */

/* The sum of a file that is open; false when it cannot be read whole, with
 * errno. */
static bool
sum_of(int fd, uint64_t max, char sum[TRUST_SUM])
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return false;
	if (!S_ISREG(st.st_mode)) {
		errno = ENXIO;
		return false;
	}
	if ((uint64_t)st.st_size > max) {
		errno = EFBIG;
		return false;
	}
	return ids_sha256_fd(sum, fd, max) == 0;
}

/* sum: of TRUST_SUM, or "". */
static void
add(struct trust *t, const char *path, const char *sum)
{
	struct trust_file f = { .path = xstrdup(path), .state = TRUST_NEW };

	memcpy(f.sum, sum, strlen(sum) + 1);
	t->v = xreallocarray(t->v, t->n + 1, sizeof(*t->v));
	t->v[t->n++] = f;
}

/* One whose content is not known; why is owned from now on. */
static void
add_unseen(struct trust *t, const char *path, char *why)
{
	add(t, path, "");
	t->v[t->n - 1].state = TRUST_UNSEEN;
	t->v[t->n - 1].why = why;
}

static char *
too_large(uint64_t max)
{
	bool mib = max >= 1024 * 1024;

	return xasprintf("larger than %llu %s", (unsigned long long)(mib ?
	    max >> 20 : max >> 10), mib ? "MiB" : "KiB");
}

static bool
is_file(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode);
}

/* What is looked for: the record, of which the sums are wanted, or NULL: those
 * of all. */
struct wanted {
	struct trust	*t;
	const jv	*record;
};

static void
look(const struct wanted *w, int dir, const char *name, const char *path,
    uint64_t max)
{
	char sum[TRUST_SUM];
	int fd;

	if (!is_file(dir, name))
		return;
	if (w->record != NULL && !js_has(*w->record, path)) {
		add(w->t, path, "");
		return;
	}
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd != -1 && sum_of(fd, max, sum))
		add(w->t, path, sum);
	else
		add_unseen(w->t, path, errno == EFBIG ? too_large(max) :
		    xstrdup(strerror(errno)));
	fd_close(&fd);
}

/* A folder that is walked. */
struct walked {
	const struct wanted *w;
	const char	*folder;
};

static enum walk_next
on_entry(const struct walk_entry *e, void *arg)
{
	const struct walked *d = arg;
	enum walk_next next = WALK_ON;
	char *path;

	if (e->type != DT_REG)
		return WALK_ON;
	path = xasprintf("%s/%s", d->folder, e->path);
	if (d->w->t->n < TRUST_FILES) {
		look(d->w, e->dir, e->name, path, TRUST_FILE_MAX);
	} else {
		add_unseen(d->w->t, path, xasprintf("beyond the first %d "
		    "files", TRUST_FILES));
		next = WALK_STOP;
	}
	free(path);
	return next;
}

static int
by_path(const void *a, const void *b)
{
	const struct trust_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* All below a folder of the workspace. */
static void
scan_folder(const struct wanted *w, const struct tool_env *env,
    const char *folder)
{
	struct walked d = { w, folder };
	int fd = beneath_open(env->root, folder, O_RDONLY | O_DIRECTORY,
	    BENEATH_NOLINKS);

	if (fd != -1)
		walk_tree(-1, ".", fd, on_entry, &d);
}

static void
scan_skills(const struct wanted *w, const struct tool_env *env)
{
	struct skill_places skills;

	skill_places_find(&skills, env->workspace);
	for (size_t i = 0; i < skills.n; i++) {
		const struct skill_place *at = &skills.v[i];
		struct walked d = { w, at->rel };
		int fd;

		if (at->rel == NULL)
			continue;
		if (strncmp(at->rel, UP, strlen(UP)) != 0) {
			scan_folder(w, env, at->rel);
			continue;
		}
		/* No tool can write above the workspace. */
		fd = open(at->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		if (fd != -1)
			walk_tree(-1, ".", fd, on_entry, &d);
	}
	skill_places_free(&skills);
}

static void
scan(const struct wanted *w, const struct tool_env *env, unsigned what)
{
	struct trust *t = w->t;

	if (what & TRUST_SKILLS)
		scan_skills(w, env);
	if (what & TRUST_TOOLS)
		scan_folder(w, env, ".agents/tools");
	for (size_t i = 0; (what & TRUST_SETTINGS) && i < BASE_NITEMS(files);
	    i++)
		look(w, env->root, files[i].name, files[i].name,
		    files[i].max);
	if (t->n > 0)
		qsort(t->v, t->n, sizeof(*t->v), by_path);
}

/* ---- the record ---- */

static char *
record_path(const struct tool_env *env, struct err *e)
{
	char *dir = state_project(env->workspace, e);
	char *path = dir != NULL ? xasprintf("%s/trust.json", dir) : NULL;

	free(dir);
	return path;
}

/* The object of sums by path, owned; empty when nothing was recorded. */
static jv
read_record(const char *path, struct err *e)
{
	struct err why = ERR_INIT;
	struct buf b = BUF_INIT;
	struct stat st;
	jv v, sums = js_none();

	if (stat(path, &st) == -1 && errno == ENOENT)
		return js_obj();
	if (file_read(path, &b, RECORD_LIMIT, &why) == 0) {
		v = js_parse(buf_str(&b), b.len, &why);
		sums = js_get(v, "files");
		js_free(v);
	}
	buf_free(&b);
	if (js_is_obj(sums))
		return sums;
	js_free(sums);
	err_set(e, ERR_DATA, "%s: damaged; remove it, and nothing of the "
	    "project is trusted", path);
	return js_none();
}

static int
write_record(const char *path, const char *workspace, jv sums, struct err *e)
{
	jv o = js_set(js_set_str(js_obj(), "workspace", workspace), "files",
	    js_ref(sums));
	char *dir = xmemdup(path, (size_t)(strrchr(path, '/') - path));
	struct buf b = BUF_INIT;
	int rc;

	js_dump_pretty(&b, o);
	buf_addc(&b, '\n');
	rc = file_mkdirs(dir, 0700, e);
	if (rc == 0)
		rc = file_replace(path, b.data, b.len, 0600, e);
	js_free(o);
	buf_free(&b);
	free(dir);
	return rc;
}

static void
compare(struct trust *t, jv sums)
{
	jv keys;

	for (size_t i = 0; i < t->n; i++) {
		const char *was = js_str(sums, t->v[i].path);

		if (was != NULL && t->v[i].state != TRUST_UNSEEN)
			t->v[i].state = strcmp(was, t->v[i].sum) == 0 ?
			    TRUST_GOOD : TRUST_CHANGED;
	}
	keys = js_keys(sums);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		if (js_cstr(k) != NULL && trust_find(t, js_cstr(k)) == NULL) {
			add(t, js_cstr(k), "");
			t->v[t->n - 1].state = TRUST_GONE;
			qsort(t->v, t->n, sizeof(*t->v), by_path);
		}
		js_free(k);
	}
	js_free(keys);
}

int
trust_read(struct trust *t, const struct tool_env *env, unsigned what,
    struct err *e)
{
	char *path;
	jv sums;

	*t = (struct trust){ NULL, 0 };
	path = record_path(env, e);
	if (path == NULL)
		return -1;
	sums = read_record(path, e);
	free(path);
	if (!js_is_valid(sums))
		return -1;
	scan(&(struct wanted){ t, what & TRUST_SUMS ? NULL : &sums }, env,
	    what);
	compare(t, sums);
	js_free(sums);
	return 0;
}

const struct trust_file *
trust_find(const struct trust *t, const char *path)
{
	struct trust_file key = { .path = (char *)(uintptr_t)path };

	return t->n == 0 ? NULL : bsearch(&key, t->v, t->n, sizeof(*t->v),
	    by_path);
}

/* A path from the workspace in its shortest form; false when it is none. */
static bool
clean_path(struct buf *b, const char *path)
{
	struct buf rest = BUF_INIT;
	bool good;

	buf_reset(b);
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	for (; strncmp(path, UP, strlen(UP)) == 0; path += strlen(UP))
		buf_adds(b, UP);
	good = beneath_clean(&rest, path) == 0;
	if (good && (b->len == 0 || strcmp(buf_str(&rest), ".") != 0))
		buf_adds(b, buf_str(&rest));
	else if (good)
		buf_cut(b, b->len - 1);
	buf_free(&rest);
	return good;
}

bool
trust_meant(const char *file, char *const *paths, size_t n)
{
	struct buf clean = BUF_INIT;
	bool yes = n == 0;

	for (size_t i = 0; !yes && i < n; i++) {
		if (!clean_path(&clean, paths[i]))
			continue;
		yes = strcmp(buf_str(&clean), ".") == 0 ||
		    (strncmp(file, buf_str(&clean), clean.len) == 0 &&
		    (file[clean.len] == '\0' || file[clean.len] == '/'));
	}
	buf_free(&clean);
	return yes;
}

/* Others may change the record at the same time. */
static int
lock_record(const char *path)
{
	char *dir = xmemdup(path, (size_t)(strrchr(path, '/') - path));
	struct err ignored = ERR_INIT;

	file_mkdirs(dir, 0700, &ignored);
	free(dir);
	return file_change_lock(path);
}

int
trust_change(const struct trust *t, const struct tool_env *env,
    char *const *paths, size_t npaths, bool good, size_t *n, struct err *e)
{
	char *path = record_path(env, e);
	int lock = path != NULL ? lock_record(path) : -1;
	jv sums = path != NULL ? read_record(path, e) : js_none();
	int rc = js_is_valid(sums) ? 0 : -1;

	*n = 0;
	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		const struct trust_file *f = &t->v[i];

		if (!trust_meant(f->path, paths, npaths))
			continue;
		++*n;
		if (good && f->sum[0] != '\0')
			sums = js_set_str(sums, f->path, f->sum);
		else if (js_has(sums, f->path))
			sums = js_del(sums, f->path);
	}
	if (rc == 0 && *n > 0)
		rc = write_record(path, env->workspace, sums, e);
	fd_close(&lock);
	js_free(sums);
	free(path);
	return rc;
}
