/*
 * What may be read and written, as Landlock rules.
 *
 * Behind a mount namespace the new root is itself the allow-list, and the
 * rules repeat it in three lines.  Without one ("strict") they carry the
 * whole weight: Landlock cannot subtract, so a directory that holds
 * something protected is granted entry by entry, never itself.
 */
#include "jail/jail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/landlock.h"

const char *const grant_system[] = {
	"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
	"/opt", "/etc", "/nix", "/gnu", NULL,
};

const char *const grant_devices[] = {
	"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
	NULL,
};

const char *const grant_secrets[] = {
	"shadow", "shadow-", "gshadow", "gshadow-", "sudoers", "sudoers.d",
	"ssh", "ssl/private", "security/opasswd", "krb5.keytab",
	"pki/tls/private", "wireguard", "NetworkManager/system-connections",
	NULL,
};

/* Of /proc, where it is not the jail's own: nothing of any process. */
static const char *const proc_files[] = {
	"/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/filesystems",
	"/proc/version", "/proc/loadavg", "/proc/uptime", "/proc/sys", NULL,
};

struct rules {
	const struct jail *j;
	int fd;
	int half;	/* of /etc: 0, or 1, the helper's; -1 all */
};

bool
grant_is_secret_readable(void)
{
	bool found = false;
	int etc = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; etc >= 0 && grant_secrets[i] && !found; i++)
		found = faccessat(etc, grant_secrets[i], R_OK, 0) == 0;
	if (etc >= 0)
		close(etc);
	return found;
}

static int
allow(const struct rules *r, const char *const *path, enum landlock_grant g)
{
	for (int i = 0; path[i]; i++)
		if (landlock_allow_at(r->fd, r->j->abi, AT_FDCWD, path[i],
		    g) < 0)
			return -1;
	return 0;
}

/* One entry, no link followed; devices are left out. */
static int
allow_entry(const struct rules *r, int dir, const char *name, mode_t type,
    enum landlock_grant g)
{
	struct stat st = { .st_mode = type };
	int fd, ret = 0;

	if (S_ISLNK(type) || S_ISCHR(type) || S_ISBLK(type))
		return 0;
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? -1 : 0;
	if ((type != 0 || fstat(fd, &st) == 0) && !S_ISLNK(st.st_mode) &&
	    !S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		ret = landlock_allow_kind(r->fd, r->j->abi, fd,
		    S_ISDIR(st.st_mode), g);
	close(fd);
	return ret;
}

enum verdict { GRANT, LEAVE_OUT, DESCEND };

typedef enum verdict judge_fn(const struct rules *, int work, const char *rel);

/* By the name, so that two who read the directory agree whatever happens. */
static int
half_of(const char *rel)
{
	unsigned h = 5381;

	while (*rel)
		h = h * 33 + (unsigned char)*rel++;
	return (int)((h ^ h >> 7) & 1);
}

static enum verdict
judge_etc(const struct rules *r, int work, const char *rel)
{
	size_t n = strlen(rel);

	(void)work;
	for (int i = 0; grant_secrets[i]; i++) {
		if (!strcmp(grant_secrets[i], rel))
			return LEAVE_OUT;
		if (!strncmp(grant_secrets[i], rel, n) &&
		    grant_secrets[i][n] == '/')
			return DESCEND;
	}
	return r->half < 0 || r->half == half_of(rel) ? GRANT : LEAVE_OUT;
}

static enum verdict
judge_work(const struct rules *r, int work, const char *rel)
{
	for (int i = 0; i < r->j->nguard; i++) {
		const struct guard *g = &r->j->guard[i];

		if (g->work == work && !strcmp(g->rel, rel))
			return g->kind == GUARD_PIN ? DESCEND : LEAVE_OUT;
	}
	return GRANT;
}

/* Grants what is in dir one by one. */
static int
allow_entries(const struct rules *r, int work, int dir, const char *rel,
    enum landlock_grant g, judge_fn *judge)
{
	int fd = openat(dir, rel[0] ? rel : ".",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int ret = 0;

	if (!d)
		return errno == EACCES ? 0 : -1;
	while (ret == 0 && (e = readdir(d))) {
		char name[4096];
		size_t n = strlen(rel), m = strlen(e->d_name);

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		    n + m + 2 > sizeof name)
			continue;
		memcpy(name, rel, n);
		name[n] = '/';
		memcpy(name + (n ? n + 1 : 0), e->d_name, m + 1);
		switch (judge(r, work, name)) {
		case GRANT:
			/* /etc is not swapped under us; a workspace may be. */
			ret = allow_entry(r, fd, e->d_name,
			    judge == judge_etc ? DTTOIF(e->d_type) : 0, g);
			break;
		case DESCEND:
			ret = allow_entries(r, work, dir, name, g, judge);
			break;
		case LEAVE_OUT:
			break;
		}
	}
	closedir(d);
	return ret;
}

/* /etc without its secrets, one by one. */
static int
allow_etc(const struct rules *r)
{
	int etc = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC), ret;

	if (etc < 0)
		return 0;
	ret = allow_entries(r, 0, etc, "", LANDLOCK_RO, judge_etc);
	close(etc);
	return ret;
}

/* A link into /usr, which is granted: nothing is reached by the link itself. */
static bool
leads_into_usr(const char *path)
{
	char to[64];
	ssize_t n = readlink(path, to, sizeof to - 1);

	to[n > 0 ? n : 0] = '\0';
	return !strncmp(to, "usr/", 4) || !strncmp(to, "/usr/", 5);
}

static int
allow_system(const struct rules *r)
{
	const char *one[2] = { NULL, NULL };

	for (int i = 0; grant_system[i]; i++) {
		one[0] = grant_system[i];
		if (strcmp(one[0], "/etc") && !leads_into_usr(one[0]) &&
		    allow(r, one, LANDLOCK_RO) < 0)
			return -1;
	}
	if (r->j->profile == PROFILE_FULL_READ)
		for (const char *const *p = (const char *const []){ "/home",
		    "/root", "/var", "/srv", "/mnt", "/media", "/boot", "/run",
		    "/sys", NULL }; *p; p++) {
			one[0] = *p;
			if (allow(r, one, LANDLOCK_RO) < 0)
				return -1;
		}
	one[0] = "/etc";
	return r->half >= 0 || grant_is_secret_readable() ? allow_etc(r) :
	    allow(r, one, LANDLOCK_RO);
}

static int
allow_work(const struct rules *r, unsigned walls)
{
	const struct jail *j = r->j;
	enum landlock_grant whole = (walls & WALL_MOUNT) &&
	    j->profile != PROFILE_READ_ONLY ? LANDLOCK_RW : LANDLOCK_RO;

	for (int i = 0; i < j->nwork; i++) {
		if (landlock_allow(r->fd, j->abi, j->work[i].fd, whole) < 0)
			return -1;
		if (whole == LANDLOCK_RO && j->profile != PROFILE_READ_ONLY &&
		    allow_entries(r, i, j->work[i].fd, "", LANDLOCK_RW,
		    judge_work) < 0)
			return -1;
	}
	return 0;
}

static int
begin(const struct jail *j, unsigned walls)
{
	return landlock_open(j->abi, j->network || portal_stands(j, walls) ?
	    LANDLOCK_NET : 0);
}

int
grant_begin(struct jail *j, unsigned walls)
{
	j->rules_fd = -1;
	if (!(walls & WALL_LANDLOCK) || (walls & WALL_MOUNT) ||
	    !grant_is_secret_readable())
		return 0;
	j->rules_fd = begin(j, walls);
	return j->rules_fd < 0 ? -1 : 0;
}

int
grant_help(const struct jail *j)
{
	struct rules r = { j, j->rules_fd, 1 };

	return allow_etc(&r) < 0 ? -1 : allow(&r, proc_files, LANDLOCK_DATA);
}

int
grant_open(struct jail *j, unsigned walls, bool own_proc, const char **what)
{
	struct rules r = { j, j->rules_fd, j->rules_fd < 0 ? -1 : 0 };
	bool mounts = walls & WALL_MOUNT;
	const char *const all[] = { "/", NULL }, *const tmp[] = {
		mounts ? "/tmp" : j->scratch, NULL };

	*what = "make Landlock rules";
	if (r.fd < 0 && (r.fd = begin(j, walls)) < 0)
		return -1;
	*what = "grant system directories";
	if (mounts && own_proc) {
		if (allow(&r, all, LANDLOCK_RO) < 0)
			goto fail;
	} else if (allow_system(&r) < 0 || (r.half < 0 &&
	    allow(&r, proc_files, LANDLOCK_DATA) < 0)) {
		goto fail;
	}
	*what = "grant devices";
	if (allow(&r, grant_devices, LANDLOCK_DEV) < 0)
		goto fail;
	*what = "grant a readable directory";
	for (int i = 0; i < j->nread; i++)
		if (landlock_allow(r.fd, j->abi, j->read[i].fd,
		    LANDLOCK_RO) < 0)
			goto fail;
	*what = "grant the workspace";
	if (allow_work(&r, walls) < 0)
		goto fail;
	/* Made by the supervisor meanwhile, as is its half of the rules. */
	*what = "grant the private directory";
	if ((!mounts && !inside_may_go_on(j)) ||
	    (tmp[0][0] && allow(&r, tmp, LANDLOCK_RW) < 0))
		goto fail;
	return r.fd;
fail:
	close(r.fd);
	return -1;
}
