/*
 * A new root that holds only what is granted: system directories and -r
 * read-only, the workspaces, a private /tmp, a handful of devices, /proc of
 * the new pid namespace.  What is not granted is not there to be named.
 *
 * Sources are taken as detached copies before anything is covered, so the
 * order of building cannot hide one.  Runs in a fresh mount namespace, with
 * the capabilities of its user namespace.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	NR_OPEN_TREE = 428, NR_MOVE_MOUNT = 429, NR_MOUNT_SETATTR = 442,
	TREE_CLONE = 1, MOVE_EMPTY = 4, RECURSIVE = 0x8000,
	ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4,
	SAFE = ATTR_NOSUID | ATTR_NODEV,
};

struct attr {
	uint64_t set, clear, propagation, userns;
};

static int
tree_copy(int dir, const char *path, uint64_t set)
{
	struct attr a = { .set = set };
	int fd = (int)syscall(NR_OPEN_TREE, dir, path, TREE_CLONE |
	    RECURSIVE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW);

	if (fd >= 0 && syscall(NR_MOUNT_SETATTR, fd, "", AT_EMPTY_PATH |
	    RECURSIVE, &a, sizeof a) < 0) {
		int e = errno;

		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}

/* Attaches and closes a copy. */
static int
tree_place(int tree, const char *path)
{
	int r, e;

	r = (int)syscall(NR_MOVE_MOUNT, tree, "", AT_FDCWD, path, MOVE_EMPTY);
	e = errno;
	close(tree);
	errno = e;
	return r;
}

/* Makes the way to path, and path itself; a file if not isdir. */
static int
make_point(const char *path, bool isdir)
{
	char buf[4096];
	size_t n = strlen(path);
	int fd;

	if (n >= sizeof buf)
		return errno = ENAMETOOLONG, -1;
	memcpy(buf, path, n + 1);
	for (char *p = buf; (p = strchr(p + 1, '/')); *p = '/') {
		*p = '\0';
		if (mkdir(buf, 0755) < 0 && errno != EEXIST)
			return -1;
	}
	if (isdir)
		return mkdir(buf, 0755) < 0 && errno != EEXIST ? -1 : 0;
	fd = open(buf, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (fd < 0)
		return errno == EROFS || errno == EACCES ? 0 : -1;
	return close(fd);
}

static int
copy_held(const struct dir *d, uint64_t set)
{
	struct stat st;
	int fd = tree_copy(AT_FDCWD, d->path, set);

	if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_dev != d->dev ||
	    st.st_ino != d->ino)) {
		close(fd);
		errno = ESTALE;
		return -1;
	}
	return fd;
}

/* The system's own directories, or links where it has links. */
struct system {
	int tree;
	const char *link;	/* or NULL */
};

/*
 * A link is read, not copied: to give back a copy that was not placed, the
 * kernel waits until no processor can see it any more.
 */
static void
copy_system(struct system *s, const char *path, uint64_t set)
{
	char link[256];
	ssize_t n = readlink(path, link, sizeof link - 1);

	s->link = n > 0 ? keep(link, (size_t)n) : NULL;
	s->tree = s->link ? -1 : tree_copy(AT_FDCWD, path, set);
}

static int
place_system(const struct system *s)
{
	for (int i = 0; grant_system[i]; i++) {
		const char *name = grant_system[i] + 1;

		if (s[i].link ? symlink(s[i].link, name) < 0 :
		    s[i].tree >= 0 && (make_point(name, true) < 0 ||
		    tree_place(s[i].tree, name) < 0))
			return -1;
	}
	return 0;
}

/* An empty file, to be covered or to cover. */
static int
make_file(const char *path)
{
	return mknod(path, S_IFREG | 0444, 0) < 0 && errno != EEXIST ? -1 : 0;
}

/* What covers others: mounts of themselves, so that copies are read-only. */
static int
place_covers(void)
{
	static const char *const covers[] = { "dev/.none", "dev/.nothing" };

	if (mkdir(covers[0], 0555) < 0 || make_file(covers[1]) < 0)
		return -1;
	for (size_t i = 0; i < 2; i++) {
		int t = tree_copy(AT_FDCWD, covers[i], ATTR_RDONLY | SAFE);

		if (t < 0 || tree_place(t, covers[i]) < 0)
			return -1;
	}
	return 0;
}

static int
place_devices(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "dev/fd" },
		{ "/proc/self/fd/0", "dev/stdin" },
		{ "/proc/self/fd/1", "dev/stdout" },
		{ "/proc/self/fd/2", "dev/stderr" },
		{ "/tmp/.shm", "dev/shm" },
	};

	for (int i = 0; grant_devices[i]; i++)
		if (access(grant_devices[i], F_OK) == 0 &&
		    (make_file(grant_devices[i] + 1) < 0 ||
		    mount(grant_devices[i], grant_devices[i] + 1, NULL,
		    MS_BIND, NULL) < 0))
			return -1;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return -1;
	return place_covers();
}

/* As uid 0 a file's mode protects nothing: what matters is covered. */
static int
cover_secrets(const struct jail *j)
{
	char path[128];
	struct stat st;

	for (int i = 0; grant_secrets[i]; i++) {
		snprintf(path, sizeof path, "etc/%s", grant_secrets[i]);
		if (lstat(path, &st) < 0 || S_ISLNK(st.st_mode))
			continue;
		if (j->uid != 0 && access(path, R_OK) < 0)
			continue;
		if (mount(S_ISDIR(st.st_mode) ? "dev/.none" : "dev/.nothing",
		    path, NULL, MS_BIND, NULL) < 0)
			return -1;
	}
	return 0;
}

static int
place_guards(const struct jail *j)
{
	for (int i = 0; i < j->nguard; i++) {
		const struct guard *g = &j->guard[i];
		const char *path = keep_join(j->work[g->work].path + 1,
		    g->rel);
		int t;

		if (!path)
			return -1;
		/* No link is followed: the place is not ours alone. */
		t = g->kind == GUARD_MASK ? (int)syscall(NR_OPEN_TREE,
		    AT_FDCWD, "dev/.none", TREE_CLONE | O_CLOEXEC) :
		    tree_copy(AT_FDCWD, path, g->kind == GUARD_PIN ? SAFE :
		    SAFE | ATTR_RDONLY);
		if (t >= 0 && tree_place(t, path) == 0)
			continue;
		if (g->kind == GUARD_MASK && errno == ENOENT)
			continue;	/* could not be made by anybody */
		return -1;
	}
	return 0;
}

static int
place_proc(struct jail *j, unsigned walls, bool *own)
{
	struct attr a = { .set = ATTR_RDONLY };
	int tree;

	if (mkdir("proc", 0555) < 0 && errno != EEXIST)
		return -1;
	*own = (walls & WALL_PID) && mount("proc", "proc", "proc",
	    MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
	if (*own && (walls & WALL_RLIMITS) && !j->pids_capped)
		j->pids_capped = limits_cap_pids("proc/sys/kernel/pid_max",
		    j->pidmax_fd);
	if (*own && syscall(NR_MOUNT_SETATTR, AT_FDCWD, "proc", 0, &a,
	    sizeof a) < 0)
		return -1;
	/* Without Landlock nothing would narrow the machine's /proc. */
	if (*own || !(walls & WALL_LANDLOCK))
		return 0;
	tree = tree_copy(AT_FDCWD, "/proc", ATTR_RDONLY | SAFE);
	return tree < 0 ? 0 : tree_place(tree, "proc");
}

static int
enter(void)
{
	struct attr ro = { .set = ATTR_RDONLY | SAFE };

	if (syscall(SYS_pivot_root, ".", ".") == 0) {
		if (umount2(".", MNT_DETACH) < 0)
			return -1;
	} else if (mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
	    chroot(".") < 0) {
		return -1;
	}
	if (chdir("/") < 0)
		return -1;
	return (int)syscall(NR_MOUNT_SETATTR, AT_FDCWD, "/", 0, &ro,
	    sizeof ro);
}

static int
place_base(const struct jail *j, int whole)
{
	static const char *const base[] = { "/tmp", "/mnt", "/usr", "/etc" };
	size_t i = 0;

	while (i < 3 && access(base[i], F_OK) < 0)
		i++;
	if (whole >= 0) {
		if (tree_place(whole, base[i]) < 0)
			return -1;
	} else if (mount("jail", base[i], "tmpfs", MS_NOSUID,
	    "mode=755,size=1m,nr_inodes=4096") < 0) {
		return -1;
	}
	if (chdir(base[i]) < 0)
		return -1;
	if (mkdir("dev", 0755) < 0 && errno != EEXIST)
		return -1;
	if (j->profile == PROFILE_FULL_READ && mount("dev", "dev", "tmpfs",
	    MS_NOSUID, "mode=755,size=64k") < 0)
		return -1;
	return 0;
}

static int
place_tmp(void)
{
	if (mkdir("tmp", 01777) < 0 && errno != EEXIST)
		return -1;
	if (mount("tmp", "tmp", "tmpfs", MS_NOSUID | MS_NODEV,
	    "mode=1777,size=1g,nr_inodes=131072") < 0)
		return -1;
	return mkdir("tmp/home", 0700) < 0 || mkdir("tmp/.shm", 01777) < 0 ?
	    -1 : 0;
}

static int
place_held(const struct dir *d, const int *tree, int n)
{
	for (int i = 0; i < n; i++)
		if (make_point(d[i].path + 1, d[i].isdir) < 0 ||
		    tree_place(tree[i], d[i].path + 1) < 0)
			return -1;
	return 0;
}

int
root_build(struct jail *j, unsigned walls, bool *own_proc, const char **what)
{
	struct system system[16] = { { -1, NULL } };
	int work[JAIL_DIRS], read[JAIL_DIRS], whole = -1;
	uint64_t ro = SAFE | ATTR_RDONLY;

	*what = "make mounts private";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	*what = "copy the workspace's mount";
	for (int i = 0; i < j->nwork; i++)
		if ((work[i] = copy_held(&j->work[i],
		    j->profile == PROFILE_READ_ONLY ? ro : SAFE)) < 0)
			return -1;
	*what = "copy a readable directory's mount";
	for (int i = 0; i < j->nread; i++)
		if ((read[i] = copy_held(&j->read[i], ro)) < 0)
			return -1;
	*what = "copy the system's mounts";
	if (j->profile == PROFILE_FULL_READ &&
	    (whole = tree_copy(AT_FDCWD, "/", ro)) < 0)
		return -1;
	for (int i = 0; grant_system[i]; i++)
		if (whole >= 0)
			system[i] = (struct system){ -1, NULL };
		else
			copy_system(&system[i], grant_system[i], ro);
	*what = "build the new root";
	if (place_base(j, whole) < 0 || place_system(system) < 0 ||
	    place_devices() < 0 || place_tmp() < 0)
		return -1;
	*what = "mount proc";
	if (place_proc(j, walls, own_proc) < 0)
		return -1;
	*what = "place the granted directories";
	if (place_held(j->read, read, j->nread) < 0 ||
	    place_held(j->work, work, j->nwork) < 0)
		return -1;
	*what = "cover secrets";
	if (cover_secrets(j) < 0)
		return -1;
	*what = "protect names in the workspace";
	/* What holds missing names is there when the supervisor says so. */
	if (!inside_may_go_on(j) || place_guards(j) < 0)
		return -1;
	*what = "enter the new root";
	return enter();
}
