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
#include <sys/stat.h>
#include <unistd.h>

int
scratch_make(struct jail *j)
{
	for (int tries = 0; tries < 16; tries++) {
		uint64_t r;

		if (getrandom(&r, sizeof r, 0) != sizeof r)
			return -1;
		snprintf(j->scratch, sizeof j->scratch,
		    "/tmp/agent-jail-%016llx", (unsigned long long)r);
		if (mkdir(j->scratch, 0700) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	j->scratch[0] = '\0';
	return -1;
}

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
		fchmodat(dir, e->d_name, 0700, 0);
		do
			snprintf(name, sizeof name, ".up%u", (*serial)++);
		while (renameat2(dir, e->d_name, top, name, 1) < 0 &&
		    errno == EEXIST);
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
		sub = openat(top, e->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub < 0 && fchmodat(top, e->d_name, 0700, 0) == 0)
			sub = openat(top, e->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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
	top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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
