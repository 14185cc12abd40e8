/*
 * escape NAME: tries one named way out of a jail.  Exit 0: it got out; 1: it
 * was refused (why on stderr); 3: it does not apply to this machine.
 *
 * What it aims at comes from the environment: W the workspace (with sub/ in
 * it), OUT a directory outside with a file `secret', HOSTHOME a home with
 * .ssh/id_rsa, READ a readable directory, VICTIM the id of a process of the
 * same user, PORT of a listener on 127.0.0.1, SOCK of one on a path, MARK the
 * reverse of a word that only outside environments hold (in CANARY), DELAY
 * and TAG of the file sub/late-TAG that a survivor writes after DELAY ms,
 * IN_JAIL when there is one.
 *
 * escape --list names them; escape --as UID CMD... runs CMD as that user;
 * escape --contained CMD... runs it as in a plain container, whose filter
 * grants no namespace and no mount; escape --listen serves PORT's, SOCK's
 * and an abstract socket's ends, a queue and shared memory, until SIGTERM.
 */
#include "escape.h"

#include <stdarg.h>

static char path_buf[8][4096];

const char *
path(const char *fmt, ...)
{
	static int i;
	va_list ap;

	i = (i + 1) % 8;
	va_start(ap, fmt);
	vsnprintf(path_buf[i], sizeof path_buf[i], fmt, ap);
	va_end(ap);
	return path_buf[i];
}

const char *
aim(const char *name)
{
	const char *v = getenv(name);

	if (!v || !*v) {
		fprintf(stderr, "escape: no %s\n", name);
		exit(9);
	}
	return v;
}

int
got(long r)
{
	if (r < 0)
		perror("refused");
	return r < 0 ? REFUSED : OUT_OF_JAIL;
}

int
reached(long r)
{
	if (r < 0 && (errno == EPERM || errno == ENOSYS || errno == EACCES))
		return got(r);
	return OUT_OF_JAIL;
}

int
absent(void)
{
	const char *jail = getenv("IN_JAIL");

	return jail && *jail ? REFUSED : NOT_HERE;
}

pid_t
sleeper(void)
{
	pid_t p = fork();

	if (p == 0) {
		pause();
		_exit(0);
	}
	return p;
}

int
in_child(int (*fn)(void))
{
	pid_t p = fork();
	int status;

	if (p == 0)
		_exit(fn());
	waitpid(p, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : REFUSED;
}

int
can_write(const char *p)
{
	int fd = open(p, O_WRONLY | O_CREAT | O_APPEND, 0644);

	return got(fd < 0 ? -1 : write(fd, "escaped\n", 8));
}

int
can_open(const char *p, int flags)
{
	return got(open(p, flags));
}

int
can_read(const char *p)
{
	char c;
	int fd = open(p, O_RDONLY);

	ssize_t n = fd < 0 ? -1 : read(fd, &c, 1);

	if (n == 0)
		fprintf(stderr, "refused: %s is empty\n", p);
	return n == 0 ? REFUSED : got(n);
}

int
can_list(const char *p)
{
	DIR *d = opendir(p);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			return OUT_OF_JAIL;
	fprintf(stderr, "refused: nothing in %s\n", p);
	return REFUSED;
}

static const struct attempt *const all[] = {
	attempts_files, attempts_nodes, attempts_names, attempts_net,
	attempts_process, attempts_kernel, attempts_limits,
};

static int
attempt(const char *name)
{
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		for (const struct attempt *a = all[i]; a->name; a++) {
			if (!name)
				puts(a->name);
			else if (!strcmp(name, a->name))
				return a->fn();
		}
	return name ? 9 : 0;
}

int
main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "--as"))
		return run_as(argv + 2);
	if (argc > 2 && !strcmp(argv[1], "--contained"))
		return run_contained(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "--listen"))
		return serve();
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return attempt(NULL);
	if (argc == 2 && argv[1][0] != '-')
		return attempt(argv[1]);
	fprintf(stderr, "usage: escape NAME | --list | --listen | "
	    "--as UID CMD... | --contained CMD...\n");
	return 9;
}
