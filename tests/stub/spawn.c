/*
 * spawn.c - time commands against each other.
 *
 *	spawn [-n ROUNDS] [-i FILE] [-o FILE] [-m] CMD [ARG...] [,, CMD...]...
 *
 * Runs each command once per round, in turn, so that they share the machine's
 * moods, with FILE or nothing as input and FILE or /dev/null as output.  For
 * each prints a line of medians:
 *	WALL_MS CPU_MS PEAK_KB STATUS
 * CPU is user and system time of the command and of all it waited for.
 * PEAK is the largest resident set of any one of them; with -m it is what the
 * process tree had at once at most: the sum of the peaks of those that were
 * alive together, pages that they share counted for each of them, seen by
 * looking every 200 us (which costs time: do not use that run's times).
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_CMDS	16

extern char **environ;

struct cmd {
	char **argv;
	double *wall, *cpu, *peak;
	int status;
};

static const char *input = "/dev/null", *output = "/dev/null";
static bool tree;

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static long
high_water(int pid)
{
	char path[64], line[128];
	long kb = 0;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* The peaks of pid and of everything below it. */
static long
look(int pid)
{
	char path[64];
	long kb = high_water(pid);
	int child;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	FILE *f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		kb += look(child);
	if (f)
		fclose(f);
	return kb;
}

static int
wait_for(pid_t pid, struct rusage *ru, double *peak)
{
	struct timespec pause = { 0, 200000 };
	int status = 0;
	long most = 0;

	while (tree && wait4(pid, &status, WNOHANG, ru) == 0) {
		long kb = look(pid);

		most = kb > most ? kb : most;
		nanosleep(&pause, NULL);
	}
	if (!tree && wait4(pid, &status, 0, ru) < 0)
		perror("wait4");
	*peak = tree ? (double)most : (double)ru->ru_maxrss;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

static void
once(struct cmd *c, int round)
{
	posix_spawn_file_actions_t fa;
	struct rusage ru;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, output,
	    O_WRONLY | O_CREAT | O_TRUNC, 0600);
	double start = now_ms();
	int err = posix_spawnp(&pid, c->argv[0], &fa, NULL, c->argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (err != 0) {
		fprintf(stderr, "spawn: %s: %s\n", c->argv[0], strerror(err));
		exit(127);
	}
	c->status = wait_for(pid, &ru, &c->peak[round]);
	c->wall[round] = now_ms() - start;
	c->cpu[round] = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) *
	    1e3 + (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int
main(int argc, char **argv)
{
	struct cmd cmds[MAX_CMDS];
	int rounds = 20, ncmds = 0, o;

	while ((o = getopt(argc, argv, "+n:i:o:m")) != -1)
		switch (o) {
		case 'n': rounds = atoi(optarg); break;
		case 'i': input = optarg; break;
		case 'o': output = optarg; break;
		case 'm': tree = true; break;
		default: return 2;
		}
	if (optind >= argc || rounds < 1) {
		fprintf(stderr, "usage: spawn [-n N] [-i FILE] [-o FILE] [-m] "
		    "CMD [ARG...] [,, CMD...]\n");
		return 2;
	}
	for (int i = optind; i < argc && ncmds < MAX_CMDS; ncmds++) {
		double *v = calloc((size_t)rounds * 3, sizeof *v);
		if (v == NULL)
			return 2;
		cmds[ncmds] = (struct cmd){ argv + i, v, v + rounds,
		    v + 2 * rounds, 0 };
		while (i < argc && strcmp(argv[i], ",,") != 0)
			i++;
		if (i < argc)
			argv[i++] = NULL;
	}
	for (int r = 0; r < rounds; r++)
		for (int c = 0; c < ncmds; c++)
			once(&cmds[c], r);
	for (int c = 0; c < ncmds; c++) {
		printf("%.3f %.3f %.0f %d\n", median(cmds[c].wall, rounds),
		    median(cmds[c].cpu, rounds), median(cmds[c].peak, rounds),
		    cmds[c].status);
		free(cmds[c].wall);
	}
	return 0;
}
