/*
 * Names beneath a workspace that something outside would obey: hooks,
 * editor tasks, shell start files.  The command may read, never change them.
 *
 * guard_find turns names into an ordered list of actions on components that
 * exist, so that root.c (mounts) and grant.c (Landlock) need not look again.
 * A missing name is held by an empty directory for the while: invisible to
 * git, removable only while empty, known by its odd mode and taken away by
 * the next jail should this one be killed.  A shared flock on the workspace
 * keeps one jail from removing what another still needs.
 */
#include "jail/jail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mode by which a held name is known: sticky, and read-only to all. */
static const mode_t mark = 01555;

static bool
is_mark(const struct stat *st)
{
	return S_ISDIR(st->st_mode) && (st->st_mode & 07777) == mark;
}

/* Held even when missing. */
static const char *const always[] = {
	".mcp.json", ".envrc", ".vscode", ".idea", ".agents",
};

/* Held when missing only if their directory is there. */
static const char *const git[] = { "hooks", "config" };

/* Held when there; when missing only if the workspace is the home. */
static const char *const start[] = {
	".bashrc", ".bash_profile", ".bash_login", ".bash_logout",
	".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile",
	".zlogin", ".zlogout", ".kshrc", ".cshrc", ".tcshrc", ".login",
	".gitconfig", ".ssh", ".gnupg", ".config", ".local",
};

static int
add(struct jail *j, int work, enum guard_kind kind, const char *rel)
{
	for (int i = 0; i < j->nguard; i++)
		if (j->guard[i].work == work && !strcmp(j->guard[i].rel, rel))
			return 0;
	if (j->nguard == JAIL_NAMES) {
		errno = E2BIG;
		return -1;
	}
	j->guard[j->nguard++] = (struct guard){ kind, work, rel };
	return 0;
}

/* Where a symbolic link leads, if beneath the workspace; else NULL. */
static const char *
target_beneath(const struct dir *w, const char *rel)
{
	char link[32], buf[4096];
	size_t n = strlen(w->path);
	int fd = openat(w->fd, rel, O_PATH | O_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0) {
		char *p = link + sizeof link - 1;

		*p = '\0';
		for (int v = fd; v > 0 || !*p; v /= 10)
			*--p = (char)('0' + v % 10);
		p -= 14;
		memcpy(p, "/proc/self/fd/", 14);
		got = readlink(p, buf, sizeof buf - 1);
		close(fd);
	}
	if (got <= (ssize_t)n || memcmp(buf, w->path, n) || buf[n] != '/')
		return NULL;
	return keep(buf + n + 1, (size_t)got - n - 1);
}

/* One protected name, component by component. */
static int
protect(struct jail *j, int work, const char *rel, bool mask, int depth)
{
	const struct dir *w = &j->work[work];
	struct stat st;
	const char *end = rel;

	for (;;) {
		const char *part, *to;
		bool last;

		end = end + strcspn(end, "/");
		last = *end == '\0';
		if (!(part = keep(rel, (size_t)(end - rel))))
			return -1;
		if (fstatat(w->fd, part, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT && mask)
				return add(j, work, GUARD_MASK, part);
			return errno == ENOENT || errno == ENOTDIR ||
			    errno == EACCES ? 0 : -1;
		}
		if (mask && is_mark(&st))
			return add(j, work, GUARD_MASK, part);
		if (S_ISLNK(st.st_mode)) {
			if (add(j, work, GUARD_LINK, part) < 0)
				return -1;
			to = target_beneath(w, part);
			if (!to || depth > 4)
				return 0;
			if (!last)
				to = keep_join(to, end + 1);
			return to ? protect(j, work, to, mask, depth + 1) : -1;
		}
		if (last || !S_ISDIR(st.st_mode))
			return add(j, work, GUARD_RO, part);
		if (add(j, work, GUARD_PIN, part) < 0)
			return -1;
		end++;
	}
}

static int
protect_git(struct jail *j, int work, const char *dir)
{
	for (size_t i = 0; i < sizeof git / sizeof git[0]; i++) {
		const char *rel = keep_join(dir, git[i]);

		if (!rel || protect(j, work, rel, true, 0) < 0)
			return -1;
	}
	return 0;
}

/* .git that is a file: a line "gitdir: PATH". */
static int
protect_gitdir(struct jail *j, int work)
{
	const struct dir *w = &j->work[work];
	char buf[4096];
	const char *rel;
	int fd = openat(w->fd, ".git", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	if (n <= 8 || memcmp(buf, "gitdir: ", 8))
		return 0;
	buf[n] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	rel = target_beneath(w, buf + 8);
	return rel ? protect_git(j, work, rel) : 0;
}

static int
protect_modules(struct jail *j, int work, int depth, const char *dir)
{
	int fd = openat(j->work[work].fd, dir,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int r = 0;

	if (!d)
		return 0;
	while (r == 0 && (e = readdir(d))) {
		const char *sub, *head;

		if (e->d_name[0] == '.' || e->d_type != DT_DIR)
			continue;
		sub = keep_join(dir, e->d_name);
		head = sub ? keep_join(sub, "HEAD") : NULL;
		if (!head)
			r = -1;
		else if (faccessat(j->work[work].fd, head, F_OK, 0) == 0)
			r = protect_git(j, work, sub);
		else if (depth < 4)	/* a submodule named a/b */
			r = protect_modules(j, work, depth + 1, sub);
	}
	closedir(d);
	return r;
}

static int
find_in(struct jail *j, int work, bool home)
{
	struct stat st;

	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		if (protect(j, work, always[i], true, 0) < 0)
			return -1;
	for (size_t i = 0; i < sizeof start / sizeof start[0]; i++)
		if (protect(j, work, start[i], home, 0) < 0)
			return -1;
	for (int i = 0; i < j->nprotect; i++)
		if (protect(j, work, j->protect[i], true, 0) < 0)
			return -1;
	if (fstatat(j->work[work].fd, ".git", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISREG(st.st_mode))
		return protect(j, work, ".git", false, 0) < 0 ? -1 :
		    protect_gitdir(j, work);
	if (protect_git(j, work, ".git") < 0)
		return -1;
	return protect_modules(j, work, 0, ".git/modules");
}

/* Directories opened O_PATH take no lock. */
static int
lock(const struct dir *w, int how)
{
	static int fd[JAIL_DIRS];
	static const struct dir *of[JAIL_DIRS];
	int i = 0;

	while (of[i] && of[i] != w)
		i++;
	if (!of[i]) {
		of[i] = w;
		fd[i] = openat(w->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	for (int tries = 0;
	    flock(fd[i], how | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK || how == LOCK_EX || tries == 100)
			return -1;
		usleep(2000);
	}
	return 0;
}

int
guard_find(struct jail *j)
{
	const char *home = getenv("HOME");
	struct stat st = { .st_ino = 0 };

	if (j->profile == PROFILE_READ_ONLY)
		return 0;
	if (home && stat(home, &st) < 0)
		st.st_ino = 0;
	for (int i = 0; i < j->nwork; i++)
		lock(&j->work[i], LOCK_SH);
	for (int i = 0; i < j->nwork; i++)
		if (find_in(j, i, st.st_ino == j->work[i].ino &&
		    st.st_dev == j->work[i].dev) < 0)
			return -1;
	return 0;
}

/* A default ACL of the workspace has its say in a new mode. */
static int
make_mark(const struct dir *w, const char *rel)
{
	struct stat st;

	if (mkdirat(w->fd, rel, mark) < 0)
		return errno == EEXIST || errno == EACCES || errno == EROFS ||
		    errno == EPERM ? 0 : -1;	/* nobody here can make it */
	if (fstatat(w->fd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_mark(&st))
		return 0;
	return fchmodat(w->fd, rel, mark, 0);
}

int
guard_mask(struct jail *j)
{
	mode_t mask = umask(0);
	int r = 0;

	for (int i = 0; i < j->nguard && r == 0; i++) {
		struct guard *g = &j->guard[i];

		if (g->kind != GUARD_MASK)
			continue;
		j->masks = true;
		r = make_mark(&j->work[g->work], g->rel);
	}
	umask(mask);
	return r;
}

void
guard_unmask(struct jail *j)
{
	struct stat st;

	for (int i = 0; i < j->nguard && j->masks; i++) {
		struct guard *g = &j->guard[i];
		const struct dir *w = &j->work[g->work];

		if (g->kind == GUARD_MASK && lock(w, LOCK_EX) == 0 &&
		    fstatat(w->fd, g->rel, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    is_mark(&st))
			unlinkat(w->fd, g->rel, AT_REMOVEDIR);
	}
}
