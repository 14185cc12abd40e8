/*
 * batch_cache.c - answers to requests that were asked before.
 */
#include "gate/batch_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/ids.h"
#include "gate/post.h"
#include "json/js.h"
#include "json/scan.h"
#include "sys/file.h"
#include "sys/xdg.h"

#define BLOCK	4096		/* of a disk */
#define STALE_S	3600		/* nobody writes one file that long */

int
batch_cache_open(struct batch_cache *c, struct err *e)
{
	c->path = xdg_cache("batch");
	if (c->path == NULL)
		return err_set(e, ERR_CANTCREAT, "--cache: there is no home "
		    "folder; try XDG_CACHE_HOME");
	if (file_mkdirs(c->path, 0700, e) == 0)
		return 0;
	err_wrap(e, "--cache");
	e->kind = ERR_CANTCREAT;
	free(c->path);
	c->path = NULL;
	return -1;
}

/* ---- which is which ---- */

/* Whether the same request has the same answer. */
static bool
is_fixed(const struct batch_req *r)
{
	struct scan_span v;
	char text[32], *end;

	if (strcmp(r->path, "/embeddings") == 0)
		return true;
	if (!scan_find(r->body.data, r->body.len, "temperature", &v) ||
	    v.n == 0 || v.n >= sizeof(text))
		return false;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	return strtod(text, &end) == 0 && end != text && *end == '\0';
}

/* Whether it says which model is asked; an empty name is the server's choice,
 * as none is. */
static bool
is_named(const struct batch_req *r)
{
	struct scan_span v;

	return scan_find(r->body.data, r->body.len, "model", &v) && v.n > 2 &&
	    v.p[0] == '"';
}

bool
batch_cache_key(const struct batch_cache *c, const char *base,
    const struct batch_req *r, char key[BATCH_CACHE_KEY])
{
	struct buf b = BUF_INIT;

	key[0] = '\0';
	if (c->path == NULL || r->body.len == 0 || !(c->sampled ||
	    is_fixed(r)) || !is_named(r))
		return false;
	buf_addf(&b, "1\n%s\n%s\n", base, r->path);
	buf_add(&b, r->body.data, r->body.len);
	ids_sha256(key, b.data, b.len);
	buf_free(&b);
	return true;
}

/* ---- one answer ---- */

static char *
file_of(const struct batch_cache *c, const char *key)
{
	return xasprintf("%s/%s.json", c->path, key);
}

bool
batch_cache_get(const struct batch_cache *c, const char *key,
    struct buf *body)
{
	char *path = file_of(c, key);
	struct err ignored = ERR_INIT;
	struct scan_info info;
	bool good = false;

	if (access(path, F_OK) == 0) {
		good = file_read(path, body, POST_BODY_MAX, &ignored) == 0 &&
		    scan_text(buf_str(body), body->len, JS_DEPTH, &info);
		if (good) {
			/* It is of use: it stays. */
			(void)!utimensat(AT_FDCWD, path, NULL, 0);
		} else {
			unlink(path);
			buf_free(body);
		}
	}
	free(path);
	return good;
}

static uint64_t
on_disk(uint64_t n)
{
	return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static void prune(struct batch_cache *c);

void
batch_cache_put(struct batch_cache *c, const char *key,
    const struct buf *body)
{
	struct err e = ERR_INIT;
	struct scan_info info;
	char *path;

	/* What would push out all others is not worth it. */
	if (body->len > c->max / 8 || !scan_text(buf_str(body), body->len,
	    JS_DEPTH, &info))
		return;
	path = file_of(c, key);
	if (file_replace_hint(path, body->data, body->len, 0600, &e) == 0) {
		c->added += on_disk(body->len);
	} else if (!c->told) {
		char text[sizeof(e.msg) + 80];

		c->told = true;
		snprintf(text, sizeof(text), "--cache: %s; answers are not "
		    "kept", e.msg);
		c->note(text);
	}
	free(path);
	if (c->added > c->max / 8)
		prune(c);
}

/* ---- not too much ---- */

struct kept {
	char		*name;
	uint64_t	 size;
	struct timespec	 used;
};

static int
by_use(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	return x->used.tv_nsec < y->used.tv_nsec ? -1 :
	    x->used.tv_nsec > y->used.tv_nsec;
}

/* All files; what somebody who was killed has left is taken away. */
static size_t
list(DIR *d, struct kept **v)
{
	const struct dirent *e;
	size_t n = 0, cap = 0;
	struct stat st;

	*v = NULL;
	while ((e = readdir(d)) != NULL) {
		if (fstatat(dirfd(d), e->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
			continue;
		if (e->d_name[0] == '.') {
			if (st.st_mtim.tv_sec + STALE_S < time(NULL))
				unlinkat(dirfd(d), e->d_name, 0);
			continue;
		}
		if (n == cap) {
			cap = cap != 0 ? cap * 2 : 256;
			*v = xreallocarray(*v, cap, sizeof(**v));
		}
		(*v)[n++] = (struct kept){ xstrdup(e->d_name),
		    on_disk((uint64_t)st.st_size), st.st_mtim };
	}
	return n;
}

static void
prune(struct batch_cache *c)
{
	DIR *d = opendir(c->path);
	uint64_t total = 0;
	struct kept *v;
	size_t n;

	c->added = 0;
	if (d == NULL)
		return;
	n = list(d, &v);
	for (size_t i = 0; i < n; i++)
		total += v[i].size;
	if (total > c->max) {
		qsort(v, n, sizeof(*v), by_use);
		/* Some more than needed, so that it is not done for each. */
		for (size_t i = 0; i < n && total > c->max / 4 * 3; i++) {
			unlinkat(dirfd(d), v[i].name, 0);
			total -= v[i].size;
		}
	}
	for (size_t i = 0; i < n; i++)
		free(v[i].name);
	free(v);
	closedir(d);
}

void
batch_cache_close(struct batch_cache *c)
{
	if (c->path != NULL && c->added > 0)
		prune(c);
	free(c->path);
	c->path = NULL;
}
