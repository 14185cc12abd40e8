/*
 * beneath.c - nothing outside a directory is reached through it, with
 * openat2 and without.
 */
#include "sys/beneath.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *path, *clean;
} names[] = {
	{ "", "." }, { ".", "." }, { "a", "a" }, { "./a//b/", "a/b" },
	{ "a/../b", "b" }, { "a/b/../..", "." }, { "..", NULL },
	{ "a/../../b", NULL }, { "/a", NULL }, { "...", "..." },
	{ "..a/b..", "..a/b.." }, { "a/./b/.", "a/b" }, { ". /a", ". /a" },
};

static const struct {
	const char *dir, *path, *rest;
} below[] = {
	{ "/w", "/w/a", "a" }, { "/w", "/w", "." }, { "/w", "/w/", "." },
	{ "/w", "/wx/a", NULL }, { "/w", "/w/../etc", NULL },
	{ "/w/", "//w//a/../b", "b" }, { "/", "/a/b", "a/b" },
	{ "/w", "w/a", NULL }, { "/w", "/", NULL }, { "/a/b", "/a", NULL },
};

static void
lexical(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf b = BUF_INIT;
		int rc = beneath_clean(&b, names[i].path);

		is_str(rc == 0 ? buf_str(&b) : NULL, names[i].clean,
		    names[i].path);
		buf_free(&b);
	}
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		struct buf b = BUF_INIT;
		int rc = beneath_relative(&b, below[i].dir, below[i].path);

		is_str(rc == 0 ? buf_str(&b) : NULL, below[i].rest,
		    below[i].path);
		buf_free(&b);
	}
}

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ok(fd != -1 && write(fd, text, strlen(text)) ==
	    (ssize_t)strlen(text), "write %s", path);
	close(fd);
}

/* errno of opening, 0 when it worked. */
static int
try(int root, const char *rel, int walk)
{
	int fd = walk ? beneath_walk(root, rel, O_RDONLY) :
	    beneath_open(root, rel, O_RDONLY, BENEATH_LINKS);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

static void
refusals(int root)
{
	/* Without openat2 each step is looked at, and no link is followed. */
	bool whole = syscall(437, root, ".", NULL, 0) == -1 && errno != ENOSYS;
	int out = whole ? EXDEV : ELOOP;

	is_int(try(root, "in", 0), 0, "a file");
	is_int(try(root, "sub/in", 0), 0, "a file below");
	is_int(try(root, "link-in", 0), whole ? 0 : ELOOP,
	    "a link that stays below");
	is_int(try(root, "link-out", 0), out, "a link that leads out");
	is_int(try(root, "link-abs", 0), out, "an absolute link");
	is_int(try(root, "dir-out/secret", 0), out, "through a link out");
	is_int(try(root, "../secret", 0), EXDEV, "..");
	is_int(try(root, "/etc/passwd", 0), EXDEV, "an absolute path");
	is_int(try(root, "sub/../../secret", 0), EXDEV, ".. further in");
	is_int(try(root, "", 0), ENOENT, "an empty path");
	is_int(try(root, "loop", 0), ELOOP, "a link to itself");
	is_int(try(root, "fifo", 0), 0, "a FIFO does not block");

	is_int(try(root, "sub/in", 1), 0, "walk: a file below");
	ok(try(root, "link-in", 1) != 0, "walk: no link at all");
	ok(try(root, "dir-in/in", 1) != 0, "walk: no link on the way");
	ok(try(root, "dir-out/secret", 1) != 0, "walk: through a link out");
	is_int(try(root, "../secret", 1), EXDEV, "walk: ..");
	is_int(try(root, "sub/../../secret", 1), EXDEV, "walk: .. inside");
	is_int(beneath_open(root, "link-in", O_RDONLY, BENEATH_NOLINKS), -1,
	    "no link where none may be");
	is_int(errno, ELOOP, "and errno says so");
}

static void
parents(int root)
{
	const char *leaf = NULL;
	struct stat st;
	int fd = beneath_parent(root, "new/deep/file", false, &leaf);

	is_int(fd, -1, "a missing parent");
	fd = beneath_parent(root, "new/deep/file", true, &leaf);
	ok(fd != -1, "is made when asked");
	is_str(leaf, "file", "and the last component told");
	close(fd);
	ok(fstatat(root, "new/deep", &st, 0) == 0, "it is there");
	is_int(beneath_parent(root, "dir-out/x", true, &leaf), -1,
	    "no parent behind a link");
	is_int(errno, ELOOP, "because it is a link");
	is_int(beneath_parent(root, "in/x", true, &leaf), -1,
	    "no parent that is a file");
	is_int(errno, ENOTDIR, "because it is a file");
	is_int(beneath_parent(root, ".", true, &leaf), -1, "not the root");
	is_int(beneath_parent(root, "../x", true, &leaf), -1, "not above");
	is_int(errno, EXDEV, "because it leads outside");
	fd = beneath_parent(root, "top", true, &leaf);
	ok(fd != -1, "the root is the parent of what is in it");
	close(fd);
}

static void
remove_all(void)
{
	static const char *const all[] = { "w/new/deep", "w/new", "w/in",
	    "w/sub/in", "w/sub", "w/link-in", "w/link-out", "w/link-abs",
	    "w/dir-out", "w/dir-in", "w/loop", "w/fifo", "w", "secret" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ok(remove(all[i]) == 0, "remove %s", all[i]);
}

int
main(void)
{
	char dir[] = "/tmp/beneath-XXXXXX";
	int root;

	lexical();
	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("w", 0700) == -1 || mkdir("w/sub", 0700) == -1)
		return 1;
	put("secret", "s");
	put("w/in", "i");
	put("w/sub/in", "i");
	if (symlink("in", "w/link-in") == -1 ||
	    symlink("../secret", "w/link-out") == -1 ||
	    symlink("/etc/passwd", "w/link-abs") == -1 ||
	    symlink("..", "w/dir-out") == -1 ||
	    symlink("sub", "w/dir-in") == -1 ||
	    symlink("loop", "w/loop") == -1 || mkfifo("w/fifo", 0600) == -1)
		return 1;
	root = open("w", O_RDONLY | O_DIRECTORY);
	refusals(root);
	parents(root);
	close(root);
	remove_all();
	return chdir("/") == -1 || rmdir(dir) == -1 ? 1 : done_testing();
}
