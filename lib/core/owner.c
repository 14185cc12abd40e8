/*
 * owner.c - which process holds something, and whether it still lives.
 */
#include "core/owner.h"

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

int64_t
owner_started(int64_t pid)
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
	o->start = owner_started(o->pid);
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

enum owner_where
owner_where(const struct owner *self, const char *place)
{
	const char *a = self->place, *b = place;
	size_t host = strcspn(a, " "), boot;

	if (strcmp(a, b) == 0)
		return OWNER_HERE;
	if (host == 0 || strncmp(a, b, host) != 0 || a[host] != ' ' ||
	    b[host] != ' ')
		return OWNER_ELSEWHERE;
	a += host + 1;
	b += host + 1;
	boot = strcspn(a, " ") + 1;
	return strncmp(a, b, boot) == 0 ? OWNER_BOOT : OWNER_GONE;
}

bool
owner_alive(const struct owner *self, int64_t pid, int64_t start,
    const char *place, int64_t age_ms)
{
	enum owner_where where = owner_where(self, place);
	int64_t now;

	if (where == OWNER_GONE)
		return false;
	if (where != OWNER_HERE)
		return age_ms < OWNER_LAPSE_MS;
	now = owner_started(pid);
	if (now == -1)
		return false;
	return now == 0 || start == 0 || now == start;
}
