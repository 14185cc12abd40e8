/*
 * The private directory that is HOME and TMPDIR where there is no mount
 * namespace to give a private /tmp.
 *
 * Removal runs when every process of the jail is dead, so nothing races it;
 * the tree may still be hostile in shape.  It is flattened as it goes, so
 * depth costs neither stack nor descriptors.
 */
#include "jail/jail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PREFIX "agent-jail-"

enum { HOLD = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* Moves the directories in dir up to top; unlinks all else. */
static void
flatten(int top, int dir, unsigned *serial)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	char name[32];

	if (!d)
		return;
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dir, e->d_name, 0) == 0)
			continue;
		if (unlinkat(dir, e->d_name, AT_REMOVEDIR) == 0 || top == dir)
			continue;
		(void)!fchmodat(dir, e->d_name, 0700, 0);
		do
			snprintf(name, sizeof name, ".up%u", (*serial)++);
		while (syscall(SYS_renameat2, dir, e->d_name, top, name, 1) < 0
		    && errno == EEXIST);
	}
	closedir(d);
}

/* One round over the top; returns whether anything is left. */
static bool
round_of(int top, unsigned *serial)
{
	int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	bool left = false;

	if (!d)
		return false;
	while ((e = readdir(d))) {
		int sub;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		left = true;
		sub = openat(top, e->d_name, HOLD);
		if (sub < 0 && fchmodat(top, e->d_name, 0700, 0) == 0)
			sub = openat(top, e->d_name, HOLD);
		if (sub < 0)
			continue;
		fchmod(sub, 0700);
		flatten(top, sub, serial);
		close(sub);
		unlinkat(top, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
	return left;
}

void
scratch_remove(const char *path)
{
	unsigned serial = 0;
	int top;

	if (rmdir(path) == 0)
		return;
	chmod(path, 0700);
	top = open(path, HOLD);
	if (top < 0)
		return;
	for (int i = 0; i < 1 << 16; i++) {
		flatten(top, top, &serial);
		if (!round_of(top, &serial))
			break;
	}
	close(top);
	rmdir(path);
}

/* What killed jails of this user have left: nobody holds a lock. */
bool
scratch_sweep(const struct jail *j, bool remove)
{
	DIR *d = opendir(j->tmp);
	struct dirent *e;
	struct stat st;
	char path[128];
	bool found = false;

	while (d && (e = readdir(d))) {
		int fd;

		if (strncmp(e->d_name, PREFIX, sizeof PREFIX - 1) ||
		    strlen(e->d_name) != sizeof PREFIX - 1 + 16)
			continue;
		snprintf(path, sizeof path, "%s/%.40s", j->tmp, e->d_name);
		fd = open(path, HOLD);
		if (fd < 0)
			continue;
		if (fstat(fd, &st) == 0 && st.st_uid == j->uid &&
		    flock(fd, LOCK_EX | LOCK_NB) == 0) {
			found = true;
			if (remove)
				scratch_remove(path);
		}
		close(fd);
	}
	if (d)
		closedir(d);
	return found;
}

int
scratch_name(struct jail *j)
{
	uint64_t r;

	if (getrandom(&r, sizeof r, 0) != sizeof r)
		return -1;
	snprintf(j->scratch, sizeof j->scratch, "%s/" PREFIX "%016llx",
	    j->tmp, (unsigned long long)r);
	return 0;
}

int
scratch_make(struct jail *j)
{
	struct stat st;

	for (int tries = 0; tries < 16; tries++) {
		int fd;

		if (mkdir(j->scratch, 0700) < 0 && errno != EEXIST)
			break;
		/* Held locked to our end; a sweep may have come between. */
		fd = open(j->scratch, HOLD);
		if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0 &&
		    fstat(fd, &st) == 0 && st.st_nlink > 0 &&
		    st.st_uid == j->uid)
			return 0;
		if (fd >= 0)
			close(fd);
		usleep(1000);
	}
	return -1;
}
