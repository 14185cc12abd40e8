/*
 * rlimit.c - limits that a process lays on itself for good.
 */
#include "sys/rlimit.h"

#include "sys/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

void
rlimit_lower(int what, uint64_t n)
{
	struct rlimit r;

	if (getrlimit(what, &r) == -1)
		return;
	if (r.rlim_max != RLIM_INFINITY && r.rlim_max < (rlim_t)n)
		n = (uint64_t)r.rlim_max;
	r.rlim_cur = r.rlim_max = (rlim_t)n;
	setrlimit(what, &r);
}

uint64_t
rlimit_mapped(void)
{
	char text[64];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : fd_read(fd, text, sizeof(text) - 1);

	fd_close(&fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return (uint64_t)strtoull(text, NULL, 10) *
	    (uint64_t)sysconf(_SC_PAGESIZE);
}
