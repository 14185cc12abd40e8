/*
 * Limits: those the kernel keeps (rlimits, pid_max of the namespace) and
 * those it does not, which the supervisor polls (disk taken, memory and
 * processes of the whole tree).
 */
#include "jail/jail.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	PROCS = 512, MANY = 128, SPARED = 5, FILES = 1024, CPU_SECONDS = 600,
	FREE_PERCENT = 5,
};

static const uint64_t MIB = 1 << 20, FILE_MAX = 1 << 30;

/* What there was before the command: the measure of what it took. */
static uint64_t disk_start, memory_start;
static long tasks_start;

/* What a small file of /proc says now. */
static void
look(const char *path, char buf[2048])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, 2047);

	if (fd >= 0)
		close(fd);
	buf[n < 0 ? 0 : n] = '\0';
}

/* The number after key; -1 if there is none. */
static long
number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

static long
tasks_now(void)
{
	char buf[2048];

	look("/proc/loadavg", buf);
	return number_after(buf, "/");
}

/* KiB that could still be had. */
static uint64_t
memory_now(void)
{
	char buf[2048];
	long ram, swap;

	look("/proc/meminfo", buf);
	ram = number_after(buf, "MemAvailable:");
	swap = number_after(buf, "SwapFree:");
	return ram < 0 || swap < 0 ? 0 : (uint64_t)ram + (uint64_t)swap;
}

static long
read_number(int fd)
{
	char buf[32] = "";

	if (pread(fd, buf, sizeof buf - 1, 0) <= 0)
		return -1;
	return strtol(buf, NULL, 10);
}

/*
 * RLIMIT_NPROC counts all of a user's tasks, not only the jail's, so where
 * no namespace counts for us the limit is what runs now, plus ours.
 */
static rlim_t
procs_limit(bool pid_capped)
{
	long tasks = pid_capped ? 0 : tasks_now();

	return pid_capped ? RLIM_INFINITY :
	    PROCS + (rlim_t)(tasks < 0 ? 3 * PROCS : tasks);
}

static int
lower(int what, rlim_t want)
{
	struct rlimit r;

	if (getrlimit(what, &r) < 0)
		return -1;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > want)
		r.rlim_max = want;
	r.rlim_cur = r.rlim_max;
	return setrlimit(what, &r);
}

int
limits_set(const struct jail *j, unsigned walls)
{
	if (!(walls & WALL_RLIMITS))
		return 0;
	if (lower(RLIMIT_CORE, 0) < 0 || lower(RLIMIT_FSIZE, FILE_MAX) < 0 ||
	    lower(RLIMIT_NOFILE, FILES) < 0 ||
	    lower(RLIMIT_CPU, CPU_SECONDS) < 0 ||
	    lower(RLIMIT_MSGQUEUE, 819200) < 0 ||
	    lower(RLIMIT_MEMLOCK, 64 * MIB) < 0 ||
	    lower(RLIMIT_AS, j->megabytes * MIB) < 0 ||
	    lower(RLIMIT_NPROC, procs_limit(j->pids_capped)) < 0)
		return -1;
	return 0;
}

/*
 * Sets pid_max of this pid namespace, found at path.  Older kernels have one
 * pid_max for the machine: so first a harmless change, and a look through
 * outer_fd (opened outside) whether it shows there.
 */
bool
limits_cap_pids(const char *path, int outer_fd)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	long was, outer = read_number(outer_fd);
	bool done = false;
	char buf[32];

	if (fd < 0 || outer < 0 || (was = read_number(fd)) <= PROCS)
		goto out;
	snprintf(buf, sizeof buf, "%ld", was - 1);
	if (pwrite(fd, buf, strlen(buf), 0) < 0)
		goto out;
	if (read_number(outer_fd) != outer) {
		snprintf(buf, sizeof buf, "%ld", was);
		if (pwrite(fd, buf, strlen(buf), 0) < 0)
			goto out;
		goto out;
	}
	snprintf(buf, sizeof buf, "%d", PROCS);
	done = pwrite(fd, buf, strlen(buf), 0) > 0;
out:
	if (fd >= 0)
		close(fd);
	return done;
}

/*
 * Where nothing bounds root's processes but our looking, we must get to
 * look: ahead of whatever the command forks.  Children are not preferred.
 * The call itself: the function of musl only says that there is none.
 */
void
limits_go_first(const struct jail *j, unsigned walls)
{
	struct sched_param p = { .sched_priority = 1 };

	if (j->uid == 0 && !(walls & WALL_PID))
		(void)syscall(SYS_sched_setscheduler, 0,
		    SCHED_RR | SCHED_RESET_ON_FORK, &p);
}

static uint64_t
disk_free(const struct jail *j, uint64_t *total)
{
	struct statvfs v;

	if (j->nwork == 0 || fstatvfs(j->work[0].fd, &v) < 0)
		return 0;
	*total = (uint64_t)v.f_blocks * v.f_frsize;
	return (uint64_t)v.f_bavail * v.f_frsize;
}

void
limits_start(const struct jail *j)
{
	uint64_t total;

	disk_start = disk_free(j, &total);
	memory_start = memory_now();
	tasks_start = tasks_now();
}

static bool
disk_exceeded(const struct jail *j)
{
	uint64_t total = 0, now = disk_free(j, &total), floor;

	if (disk_start == 0)
		return false;
	floor = total / 100 * FREE_PERCENT;
	if (floor > disk_start / 2)
		floor = disk_start / 2;
	return now < floor || (now < disk_start && disk_start - now >
	    j->disk_megabytes * MIB);
}

/* Private memory of a process in KiB: cheap first, exact on demand. */
static uint64_t
memory_of(int pid, bool exact)
{
	char path[64], buf[1024];
	unsigned long size, resident = 0, shared = 0;
	const char *pss;
	int fd;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/%s", pid,
	    exact ? "smaps_rollup" : "statm");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return exact ? memory_of(pid, false) : 0;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	if (exact && (pss = strstr(buf, "\nPss:")))
		return strtoul(pss + 5, NULL, 10);
	if (sscanf(buf, "%lu %lu %lu", &size, &resident, &shared) != 3 ||
	    resident < shared)
		return 0;
	return (uint64_t)(resident - shared) * (uint64_t)getpagesize() / 1024;
}

/*
 * A tree that may be large is walked each time only when the whole machine
 * shows that it might have taken too much: a walk in the midst of a fork
 * bomb takes seconds.  What others give back at the same time hides what it
 * took, so now and then it is walked in any case.
 */
static bool
may_wait(const struct jail *j)
{
	static unsigned times;
	long more = tasks_now() - tasks_start;

	return more > MANY && more <= PROCS && memory_now() +
	    j->megabytes * MIB / 2048 > memory_start && ++times % SPARED != 0;
}

const char *
limits_exceeded(const struct jail *j, unsigned walls)
{
	static int pid[4096];
	int n;

	if (!(walls & WALL_RLIMITS))
		return NULL;
	if (disk_exceeded(j))
		return "disk";
	if (may_wait(j))
		return NULL;
	if ((n = tree_list(pid, 4096)) > PROCS + 2)
		return "processes";
	for (int exact = 0; exact < 2; exact++) {
		uint64_t kib = 0;

		for (int i = 0; i < n; i++)
			kib += memory_of(pid[i], exact);
		if (kib / 1024 <= j->megabytes)
			return NULL;
	}
	return "memory";
}
