/*
 * profile_files.c - the files with profiles, as text.
 */
#include "gate/profile_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "core/ids.h"
#include "core/state.h"
#include "json/js.h"
#include "sys/file.h"
#include "sys/xdg.h"

#define FILE_LIMIT	(1024 * 1024)
#define FILES_LIMIT	256	/* of the user */

static int
check(struct profile_file *f, struct err *e)
{
	struct scan_info info;
	const char *p = buf_str(&f->text);

	if (!scan_text(p, f->text.len, JS_DEPTH, &info))
		return err_set(e, ERR_CONFIG, "%s: no JSON: %s at byte %zu",
		    f->name, info.fault, info.at + 1);
	if (!scan_find(p, f->text.len, "profiles", &f->list) ||
	    *f->list.p != '[')
		return err_set(e, ERR_CONFIG, "%s: expected an object with an "
		    "array \"profiles\", see agent-profile(5)", f->name);
	return 0;
}

/* Add the file, which is name from now on.  A file that is not there is
 * none; of the user's, a malformed one is an error. */
static int
add(struct profile_files *fs, char *name, enum profile_origin origin,
    struct err *e)
{
	struct profile_file f = { .text = BUF_INIT, .origin = origin,
	    .name = name };
	struct err why = ERR_INIT;

	if (file_read(name, &f.text, FILE_LIMIT, &why) == -1 ||
	    check(&f, &why) == -1) {
		buf_free(&f.text);
		free(name);
		if (origin != PROFILE_USER)
			return 0;
		*e = why;
		e->kind = ERR_CONFIG;
		return -1;
	}
	fs->v = xreallocarray(fs->v, fs->n + 1, sizeof(*fs->v));
	fs->v[fs->n++] = f;
	return 0;
}

static int
is_json(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && d->d_name[0] != '.' &&
	    strcmp(d->d_name + n - 5, ".json") == 0;
}

static int
add_users(struct profile_files *fs, struct err *e)
{
	char *dir = xdg_config("profiles");
	struct dirent **names = NULL;
	int n = dir != NULL ? scandir(dir, &names, is_json, alphasort) : -1;
	int rc = 0;

	/* In the order of falling weight: the first name counts most. */
	for (int i = n - 1; i >= 0; i--) {
		if (rc == 0 && i < FILES_LIMIT)
			rc = add(fs, xasprintf("%s/%s", dir,
			    names[i]->d_name), PROFILE_USER, e);
		free(names[i]);
	}
	free(names);
	free(dir);
	return rc;
}

int
profile_files_read(struct profile_files *fs, const struct profile_for *f,
    struct err *e)
{
	char *probed;

	memset(fs, 0, sizeof(*fs));
	add(fs, state_share("profiles/servers.json"), PROFILE_SHIPPED, e);
	add(fs, state_share("profiles/models.json"), PROFILE_SHIPPED, e);
	if (add_users(fs, e) == -1)
		return -1;
	if (f->base != NULL && f->model != NULL && (probed =
	    profile_probed_path(f->base, f->model)) != NULL)
		add(fs, probed, PROFILE_PROBED, e);
	return 0;
}

void
profile_files_free(struct profile_files *fs)
{
	for (size_t i = 0; i < fs->n; i++) {
		buf_free(&fs->v[i].text);
		free(fs->v[i].name);
	}
	free(fs->v);
	memset(fs, 0, sizeof(*fs));
}

bool
profile_next(const struct profile_file *f, size_t *pos,
    struct scan_span *profile)
{
	while (scan_element(f->list.p, f->list.n, pos, profile))
		if (*profile->p == '{')
			return true;
	return false;
}

/* The model's name, safe as a part of a path of ours. */
static void
safe_name(char out[65], const char *name)
{
	size_t n = 0;

	for (; *name != '\0' && n < 64; name++) {
		char c = *name;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' ||
		    (c == '.' && n > 0);

		out[n++] = plain ? c : '_';
	}
	out[n] = '\0';
}

char *
profile_probed_path(const char *base, const char *model)
{
	struct err ignored = ERR_INIT;
	char *root = state_root(&ignored), *what, *path;
	char name[65], sum[65];

	if (root == NULL)
		return NULL;
	safe_name(name, model);
	what = xasprintf("%s\n%s", base, model);
	ids_sha256(sum, what, strlen(what));
	path = xasprintf("%s/profiles/%s-%.8s.json", root, name, sum);
	free(what);
	free(root);
	return path;
}
