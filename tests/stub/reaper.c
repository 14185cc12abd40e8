/*
 * reaper.c - run a command and find out what it leaves running.
 *
 *	reaper FILE COMMAND [ARG...]
 *
 * As a subreaper it inherits every descendant that outlives its parent,
 * daemons and those in namespaces too.  When COMMAND has ended, whatever still
 * runs GRACE later is listed in FILE (pid and command line, a line each; empty
 * if there is none) and killed.  Exits as COMMAND did, 128+n for signal n.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS 300	/* the kernel needs a moment to end a pid namespace */

static pid_t main_child;

static void
relay(int sig)
{
	if (main_child > 0)
		kill(main_child, sig);
}

static void
nap(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	nanosleep(&t, NULL);
}

/* Collect the dead; whether any child is left. */
static int
children_left(void)
{
	pid_t p;

	while ((p = waitpid(-1, NULL, WNOHANG)) > 0)
		;
	return p == 0;
}

static void
describe(FILE *out, long pid)
{
	char path[64], line[300];

	snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(line, 1, sizeof line - 1, f) : 0;
	if (f)
		fclose(f);
	for (size_t i = 0; i < n; i++)
		if (line[i] == '\0' || line[i] == '\n')
			line[i] = ' ';
	line[n] = '\0';
	fprintf(out, "%ld %s\n", pid, line);
}

static void
list_children(FILE *out)
{
	char path[64];
	long pid;

	snprintf(path, sizeof path, "/proc/self/task/%d/children",
	    (int)getpid());
	FILE *f = fopen(path, "r");
	if (f == NULL) {
		fprintf(out, "? %s: %s\n", path, strerror(errno));
		return;
	}
	while (fscanf(f, "%ld", &pid) == 1) {
		if (out)
			describe(out, pid);
		kill((pid_t)pid, SIGKILL);
	}
	fclose(f);
}

int
main(int argc, char **argv)
{
	int status = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: reaper FILE COMMAND [ARG...]\n");
		return 2;
	}
	FILE *out = fopen(argv[1], "we");
	if (out == NULL || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
		perror(argv[1]);
		return 2;
	}
	main_child = fork();
	if (main_child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	signal(SIGTERM, relay);
	signal(SIGINT, relay);
	while (waitpid(main_child, &status, 0) < 0 && errno == EINTR)
		;
	main_child = 0;
	for (int i = 0; i < GRACE_MS / 10 && children_left(); i++)
		nap(10);
	if (children_left())
		list_children(out);
	fclose(out);
	for (int i = 0; i < 500 && children_left(); i++) {
		FILE *null = fopen("/dev/null", "we");
		if (null != NULL) {
			list_children(null);
			fclose(null);
		}
		nap(10);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}
