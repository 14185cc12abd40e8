/*
 * owner.c - which process holds something, and whether it still lives.
 */
#include "ledger/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"

/* The start of a short file of the kernel, as a string. */
static bool
slurp(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return false;
	n = fd_read(fd, out, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

/* When process pid started; -1 when there is none, 0 when it cannot be
 * known.  A zombie holds nothing. */
static int64_t
started(int64_t pid)
{
	char path[64], text[1024], *p;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	if (slurp(path, text, sizeof(text))) {
		/* The name in brackets may hold anything, brackets too. */
		p = strrchr(text, ')');
		if (p == NULL || p[1] != ' ')
			return 0;
		p += 2;
		if (*p == 'Z' || *p == 'X')
			return -1;
		for (int i = 3; i < 22 && p != NULL; i++) {
			p = strchr(p, ' ');
			p = p != NULL ? p + 1 : NULL;
		}
		return p != NULL ? strtoll(p, NULL, 10) : 0;
	}
	if (kill((pid_t)pid, 0) == -1 && errno == ESRCH)
		return -1;
	return 0;
}

void
owner_self(struct owner *o)
{
	char host[64] = "", boot[48] = "", ns[48] = "";
	ssize_t n;

	o->pid = getpid();
	o->start = started(o->pid);
	if (o->start < 0)
		o->start = 0;
	if (gethostname(host, sizeof(host) - 1) == -1)
		host[0] = '\0';
	for (char *p = host; *p != '\0'; p++)
		if (*p == ' ')
			*p = '_';
	if (slurp("/proc/sys/kernel/random/boot_id", boot, sizeof(boot)))
		boot[strcspn(boot, "\n")] = '\0';
	n = readlink("/proc/self/ns/pid", ns, sizeof(ns) - 1);
	ns[n > 0 ? n : 0] = '\0';
	snprintf(o->place, sizeof(o->place), "%s %s %s", host, boot, ns);
}

/* The same host, started anew since. */
static bool
rebooted(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");
	const char *x = a + n, *y = b + n;

	return n > 0 && strncmp(a, b, n) == 0 && *x == ' ' && *y == ' ' &&
	    strncmp(x, y, strcspn(x + 1, " ") + 2) != 0;
}

bool
owner_alive(const struct owner *self, int64_t pid, int64_t start,
    const char *place, int64_t age_ms)
{
	int64_t now;

	if (strcmp(self->place, place) != 0) {
		if (rebooted(self->place, place))
			return false;
		return age_ms < OWNER_LAPSE_MS;
	}
	now = started(pid);
	if (now == -1)
		return false;
	return now == 0 || start == 0 || now == start;
}
