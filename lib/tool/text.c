/*
 * text.c - file contents on their way to a model.
 */
#include "tool/text.h"

#include "base/magic.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "sys/beneath.h"
#include "sys/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX	2000

/* Nothing is at p: is there a similar name beside it? */
static void
not_found(const struct path *p, struct result *r)
{
	const char *rel = buf_str(&p->rel), *leaf, *near;
	struct vec names = VEC_INIT;
	struct dirent *d;
	DIR *dir = NULL;
	int fd = beneath_parent(p->root, rel, false, &leaf);

	if (fd != -1 && (dir = fdopendir(fd)) == NULL)
		close(fd);
	while (dir != NULL && names.n < NAMES_MAX &&
	    (d = readdir(dir)) != NULL)
		vec_push(&names, d->d_name);
	near = dir == NULL ? NULL : opt_nearest(leaf,
	    (const char *const *)vec_argv(&names));
	if (near != NULL && strcmp(near, ".") != 0 && strcmp(near, "..") != 0)
		result_error(r, CODE_NOT_FOUND, "%s: no such file; did you "
		    "mean %.*s%s?", p->shown, (int)(leaf - rel), rel, near);
	else
		result_errno(r, ENOENT, "open", p->shown);
	if (dir != NULL)
		closedir(dir);
	vec_free(&names);
}

int
text_open(const struct path *p, struct stat *st, struct result *r)
{
	int fd = beneath_open(p->root, buf_str(&p->rel), O_RDONLY,
	    BENEATH_LINKS);

	if (fd == -1 && errno == ENOENT) {
		not_found(p, r);
		return -1;
	}
	if (fd == -1 || fstat(fd, st) == -1) {
		result_errno(r, errno, "open", p->shown);
		fd_close(&fd);
		return -1;
	}
	if (S_ISREG(st->st_mode))
		return fd;
	if (S_ISDIR(st->st_mode))
		result_error(r, CODE_NOT_A_FILE, "%s is a directory.\n"
		    "list_files lists it.", p->shown);
	else
		result_errno(r, ENXIO, "open", p->shown);
	close(fd);
	return -1;
}

const char *
text_binary(const char *p, size_t n)
{
	const char *kind;
	size_t odd = 0;
	bool nul = false;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		nul |= c == 0;
		odd += (c < 0x20 && (c < 7 || c > 13) && c != 27) ||
		    c == 0x7f;
	}
	if (!nul && odd * 10 <= n && utf8_valid(p, utf8_cut(p, n)))
		return NULL;
	kind = magic_words(p, n);
	if (kind == NULL && n >= 2 && nul && (memcmp(p, "\xff\xfe", 2) == 0 ||
	    memcmp(p, "\xfe\xff", 2) == 0))
		return "UTF-16 text";
	if (kind != NULL)
		return kind;
	return nul || odd * 10 > n ? "binary data" : NULL;
}

void
text_line(struct buf *out, const char *p, size_t n, size_t total, size_t max)
{
	size_t show = n > max ? utf8_cut(p, max) : n;

	utf8_escape(out, p, show, UTF8_TEXT);
	if (show < total)
		buf_addf(out, " [... %zu more bytes in this line]",
		    total - show);
}

size_t
text_lines(const char *p, size_t n)
{
	const char *end = p + n, *q;
	size_t lines = 0;

	if (n == 0)
		return 0;
	while (p < end && (q = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		lines++;
		p = q + 1;
	}
	return lines + (p < end);
}
