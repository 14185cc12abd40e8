/*
 * The processes beneath the supervisor, which is their subreaper, so that
 * none can leave: listed and killed by way of /proc/PID/task/TID/children.
 */
#include "jail/jail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

bool
tree_works(void)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/task/%d/children",
	    (int)getpid());
	return access(path, R_OK) == 0;
}

/* Adds the children of one thread; returns the new length. */
static int
add_children(const char *path, int *pid, int n, int max)
{
	char buf[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC), value = 0;
	ssize_t got;

	if (fd < 0)
		return n;
	while ((got = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t i = 0; i < got; i++) {
			if (buf[i] >= '0' && buf[i] <= '9') {
				value = value * 10 + buf[i] - '0';
			} else {
				if (value > 0 && n < max)
					pid[n++] = value;
				value = 0;
			}
		}
	close(fd);
	return n;
}

static int
add_threads(int parent, int *pid, int n, int max)
{
	char path[64];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/task", parent);
	if (!(d = opendir(path)))
		return n;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%.12s/children",
		    parent, e->d_name);
		n = add_children(path, pid, n, max);
	}
	closedir(d);
	return n;
}

int
tree_list(int *pid, int max)
{
	int n = add_threads((int)getpid(), pid, 0, max);

	for (int i = 0; i < n; i++)
		n = add_threads(pid[i], pid, n, max);
	return n;
}

/*
 * Kills until no child is left.  A process with SIGKILL pending cannot fork,
 * so each round leaves only those born during it.
 */
void
tree_kill(void)
{
	static int pid[8192];
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int round = 0; round < 10000; round++) {
		int n;
		pid_t p;

		while ((p = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (p < 0 && errno == ECHILD)
			return;
		n = tree_list(pid, 8192);
		for (int i = 0; i < n; i++)
			kill(pid[i], SIGKILL);
		if (round > 2)
			nanosleep(&ms, NULL);
	}
}
