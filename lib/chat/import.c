/*
 * import.c - agent-chat prompts import: prompts of other programs, found and
 * kept in the user's folder.
 *
 * What a person names is read, links and all.  A folder may be anybody's: links
 * in it are left alone, and names in it become names of ours, never paths.
 */
#include "chat/import.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "chat/foreign.h"
#include "chat/prompt.h"
#include "chat/slash.h"
#include "json/js.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROMPTS_MAX	1000
#define NAMES_MAX	10000	/* of a folder */
#define SYSTEM		"system.md"
#define USER		"user.md"

struct import {
	int		 kind;
	struct foreigns	 all;
};

int
import_kind(const char *word, int *kind, struct err *e)
{
	static const char *const names[] = { "any", "llm", "aichat", "fabric",
		NULL };
	const char *near;

	*kind = FOREIGN_ANY;
	for (int i = 1; word != NULL && names[i] != NULL; i++)
		if (strcmp(word, names[i]) == 0)
			*kind = i;
	if (word == NULL || *kind != FOREIGN_ANY)
		return 0;
	near = opt_nearest(word, names + 1);
	return err_set(e, ERR_USAGE, "--from %.40s: %s%s%s", word,
	    near != NULL ? "did you mean " : "llm, aichat or fabric",
	    near != NULL ? near : "", near != NULL ? "?" : "");
}

/* ---- reading ---- */

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static bool
is_yaml(const char *path)
{
	return ends_with(path, ".yaml") || ends_with(path, ".yml");
}

/* The last part of the path without its suffix; caller frees. */
static char *
stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	return xmemdup(base, dot != NULL && dot > base ? (size_t)(dot - base) :
	    strlen(base));
}

/* The folder that a file is in, by its name; caller frees. */
static char *
folder_of(const char *path)
{
	char *dir = strrchr(path, '/') == NULL ? xstrdup(".") :
	    xmemdup(path, (size_t)(strrchr(path, '/') - path) + 1);
	char *real = file_real_name(dir);
	char *name = xstrdup(real != NULL && strrchr(real, '/') != NULL ?
	    strrchr(real, '/') + 1 : dir);

	free(real);
	free(dir);
	return name;
}

/* Append the file; in a folder (deep), no link is followed. */
static int
read_file(const char *path, bool deep, struct buf *b, struct err *e)
{
	int fd, rc;

	if (!deep) {
		rc = file_read(path, b, FOREIGN_MAX, e);
	} else {
		struct stat st;

		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
		    O_NOFOLLOW);
		if (fd == -1 && errno == ELOOP)
			return err_set(e, ERR_DENIED, "%.300s: is a link; "
			    "name it by itself", path);
		if (fd == -1)
			return err_sys(e, "%.300s", path);
		if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
			close(fd);
			return err_set(e, ERR_DATA, "%.300s: is no file",
			    path);
		}
		rc = file_take(fd, path, b, FOREIGN_MAX, e);
	}
	if (rc == -1 && e->kind != ERR_DATA && e->kind != ERR_DENIED)
		e->kind = ERR_NOINPUT;
	return rc;
}

/* dir/name is a file or a link there. */
static bool
has(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct stat st;
	bool there = lstat(path, &st) == 0 && !S_ISDIR(st.st_mode);

	free(path);
	return there;
}

/* A folder with a system.md. */
static int
take_pattern(struct import *im, const char *dir, struct err *e)
{
	char *path = xasprintf("%s/" SYSTEM, dir);
	char *more = xasprintf("%s/" USER, dir);
	char *name = folder_of(path);
	struct buf system = BUF_INIT, user = BUF_INIT;
	int rc = read_file(path, true, &system, e);

	if (rc == 0 && has(dir, USER))
		rc = read_file(more, true, &user, e);
	if (rc == 0)
		rc = foreign_pattern(&im->all, &system, &user, path, name, e);
	buf_free(&system);
	buf_free(&user);
	free(name);
	free(more);
	free(path);
	return rc;
}

static int
take_file(struct import *im, const char *path, bool deep, struct err *e)
{
	bool pattern = strcmp(path, SYSTEM) == 0 || ends_with(path, "/"
	    SYSTEM);
	struct buf text = BUF_INIT, none = BUF_INIT;
	char *name = pattern && im->kind != FOREIGN_AICHAT ?
	    folder_of(path) : stem(path);
	int rc = read_file(path, deep, &text, e);

	if (rc == -1)
		;
	else if (im->kind == FOREIGN_FABRIC || (pattern && im->kind ==
	    FOREIGN_ANY))
		rc = foreign_pattern(&im->all, &text, &none, path, name, e);
	else if (is_yaml(path) || im->kind == FOREIGN_LLM)
		rc = foreign_yaml(&im->all, (enum foreign_kind)im->kind,
		    &text, path, name, e);
	else if (ends_with(path, ".md") || im->kind == FOREIGN_AICHAT)
		rc = foreign_role(&im->all, (enum foreign_kind)im->kind,
		    &text, path, name, e);
	else
		rc = err_set(e, ERR_DATA, "%.300s: neither NAME.yaml nor "
		    "NAME.md; say what it is with --from", path);
	buf_free(&text);
	free(name);
	return rc;
}

/* Names in the folder, sorted, but for hidden ones. */
static int
names_in(const char *dir, struct vec *names, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	if (d == NULL) {
		err_sys(e, "%.300s", dir);
		e->kind = ERR_NOINPUT;
		return -1;
	}
	while ((de = readdir(d)) != NULL && names->n <= NAMES_MAX)
		if (*de->d_name != '.')
			vec_push(names, de->d_name);
	closedir(d);
	vec_sort(names);
	/* Some of them would not be all. */
	return names->n <= NAMES_MAX ? 0 : err_set(e, ERR_DATA, "%.300s: has "
	    "more than %d files; name those that are prompts", dir, NAMES_MAX);
}

static bool
is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* What lies in a folder: one pattern, many, or templates and roles. */
static int
take_folder(struct import *im, const char *dir, struct err *e)
{
	bool yaml = im->kind != FOREIGN_FABRIC;
	bool patterns = im->kind == FOREIGN_ANY || !yaml;
	bool roles = im->kind == FOREIGN_ANY || im->kind == FOREIGN_AICHAT;
	size_t before = im->all.n;
	struct vec names = VEC_INIT;
	int rc;

	if (patterns && has(dir, SYSTEM))
		return take_pattern(im, dir, e);
	rc = names_in(dir, &names, e);
	for (int round = patterns ? 0 : 1; rc == 0 && round < (yaml ? 2 : 1);
	    round++) {
		/* Beside patterns, Markdown is about them. */
		if (round == 1 && im->all.n > before)
			break;
		for (size_t i = 0; rc == 0 && i < names.n; i++) {
			char *path = xasprintf("%s/%s", dir, names.v[i]);
			bool wanted = round == 0 ? has(path, SYSTEM) :
			    is_yaml(path) || (roles && ends_with(path,
			    ".md"));

			if (wanted && is_link(path))
				log_note("%.200s: is a link, left out; name "
				    "it by itself", path);
			else if (wanted)
				rc = round == 0 ? take_pattern(im, path, e) :
				    take_file(im, path, true, e);
			free(path);
		}
	}
	vec_free(&names);
	if (rc == 0 && im->all.n == before)
		rc = err_set(e, ERR_NOINPUT, "%.300s: no template of llm, "
		    "role of aichat or pattern of fabric is there", dir);
	return rc;
}

static int
take(struct import *im, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		err_sys(e, "%.300s", path);
		e->kind = ERR_NOINPUT;
		return -1;
	}
	return S_ISDIR(st.st_mode) ? take_folder(im, path, e) :
	    take_file(im, path, false, e);
}

/* ---- writing ---- */

static char *
target(const char *dir, const struct foreign *f, bool schema)
{
	return xasprintf("%s/%s%s", dir, f->name, schema ? ".schema.json" :
	    ".md");
}

/* Two of a name, or of the user's files: none is written then. */
static int
check(const struct foreigns *all, const char *dir, bool force, struct err *e)
{
	struct stat st;

	if (all->n > PROMPTS_MAX)
		return err_set(e, ERR_DATA, "%zu prompts are too many at once, "
		    "%d are not", all->n, PROMPTS_MAX);
	for (size_t i = 0; i < all->n; i++) {
		const struct foreign *f = &all->v[i];

		for (size_t k = 0; k < i; k++)
			if (strcasecmp(all->v[k].name, f->name) == 0)
				return err_set(e, ERR_DATA, "%.150s and "
				    "%.150s would both be %.60s.md; nothing "
				    "is written", all->v[k].file, f->file,
				    f->name);
		for (int schema = 0; !force && schema < (f->schema.len > 0 ?
		    2 : 1); schema++) {
			char *path = target(dir, f, schema == 1);

			if (lstat(path, &st) == 0)
				err_set(e, ERR_CANTCREAT, "%.300s is there; "
				    "--force replaces it; nothing is written",
				    path);
			free(path);
			if (e->kind != ERR_NONE)
				return -1;
		}
	}
	return 0;
}

static int
put_file(const char *dir, const struct foreign *f, bool schema, mode_t mode,
    struct err *e)
{
	const struct buf *b = schema ? &f->schema : &f->text;
	char *path = target(dir, f, schema);
	int rc = file_replace(path, buf_str(b), b->len, mode, e);

	if (rc == -1 && e->kind != ERR_IO)
		e->kind = ERR_CANTCREAT;
	free(path);
	return rc;
}

static void
tell_json(struct buf *out, const char *dir, const struct foreign *f)
{
	jv o = js_set_str(js_set_str(js_obj(), "name", f->name), "from",
	    f->from);
	char *path = target(dir, f, false), *schema = target(dir, f, true);

	o = js_set_str(js_set_str(o, "file", f->file), "path", path);
	if (f->schema.len > 0)
		o = js_set_str(o, "schema", schema);
	o = js_set_list(o, "notes", &f->notes);
	js_dump(out, o);
	buf_addc(out, '\n');
	js_free(o);
	free(schema);
	free(path);
}

/* What was written, and in one line what is not as it was. */
static void
tell(struct buf *out, const char *dir, const struct foreign *f, bool json)
{
	char *path = target(dir, f, false), *command = xasprintf("/%s",
	    f->name), *schema = target(dir, f, true);
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < f->notes.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? "; " : "", f->notes.v[i]);
	if (f->schema.len > 0)
		buf_addf(&b, "%sits schema is for --output-schema %s",
		    b.len > 0 ? "; " : "", schema);
	for (const char *const *s = slash_names(); *s != NULL; s++)
		if (strcmp(*s, command) == 0)
			buf_addf(&b, "%s%s is a command, so only -t finds it",
			    b.len > 0 ? "; " : "", command);
	if (b.len > 0)
		log_note("%s: %s", f->name, buf_str(&b));
	if (json)
		tell_json(out, dir, f);
	else
		buf_addf(out, "%s  %s\n", f->name, path);
	buf_free(&b);
	free(schema);
	free(command);
	free(path);
}

static int
put_all(const struct foreigns *all, const char *dir, bool json,
    struct buf *out, struct err *e)
{
	mode_t mask = umask(0), mode = 0644 & ~mask;
	int rc = 0;

	umask(mask);
	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		const struct foreign *f = &all->v[i];

		/* Whoever sees the prompt finds its schema. */
		if (f->schema.len > 0)
			rc = put_file(dir, f, true, mode, e);
		if (rc == 0)
			rc = put_file(dir, f, false, mode, e);
		if (rc == 0)
			tell(out, dir, f, json);
		else if (i > 0)
			log_note("%zu of %zu prompts are written, the rest "
			    "is not", i, all->n);
	}
	return rc;
}

int
import_run(const struct vec *paths, size_t from, int kind, bool force,
    bool json, struct buf *out, struct err *e)
{
	struct import im = { .kind = kind, .all = { NULL, 0 } };
	char *dir = prompt_user_dir();
	int rc = 0, lock = -1;

	if (from >= paths->n)
		rc = err_set(e, ERR_USAGE, "prompts import: which files or "
		    "folders?");
	else if (dir == NULL)
		rc = err_set(e, ERR_CONFIG, "prompts import: there is no home "
		    "folder; set HOME");
	for (size_t i = from; rc == 0 && i < paths->n; i++)
		rc = take(&im, paths->v[i], e);
	if (rc == 0 && file_mkdirs(dir, 0700, e) == -1) {
		e->kind = ERR_CANTCREAT;
		rc = -1;
	}
	if (rc == 0) {
		char *any = xasprintf("%s/x", dir);

		lock = file_change_lock(any);
		free(any);
		rc = check(&im.all, dir, force, e);
	}
	if (rc == 0)
		rc = put_all(&im.all, dir, json, out, e);
	if (lock != -1)
		close(lock);
	foreigns_free(&im.all);
	free(dir);
	return rc;
}
