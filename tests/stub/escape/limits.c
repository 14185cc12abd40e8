/*
 * Bombs, floods, and living on after the command.
 */
#include "escape.h"

#include <sys/mman.h>

static int
fork_many(void)
{
	static pid_t p[1500];
	int n = 0, r;

	while (n < 1500 && (p[n] = sleeper()) > 0)
		n++;
	r = n >= 1500 ? OUT_OF_JAIL : REFUSED;
	while (n > 0) {
		kill(p[--n], SIGKILL);
		waitpid(p[n], NULL, 0);
	}
	return r;
}
static int
touch_memory(size_t mib)
{
	size_t n = mib << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return got(-1);
	for (size_t i = 0; i < n; i += 4096)
		p[i] = 1;
	return OUT_OF_JAIL;
}
static int memory_one(void) { return touch_memory(200); }
static int
memory_tree_for(useconds_t us)
{
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			if (touch_memory(40) == 0)
				usleep(us);
			_exit(0);
		}
	usleep(us);
	return OUT_OF_JAIL;
}
/* Long enough for a supervisor on a loaded machine to look more than once. */
static int memory_tree(void) { return memory_tree_for(4000000); }
static int memory_tree_brief(void) { return memory_tree_for(900000); }
static int
file_size(void)
{
	const char *p = path("%s/sub/big", W);
	int fd = open(p, O_CREAT | O_WRONLY, 0644), r;

	signal(SIGXFSZ, SIG_IGN);
	r = got(ftruncate(fd, (off_t)1100 << 20));
	unlink(p);
	return r;
}
static int
descriptors(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	return r.rlim_max > 1024 ? OUT_OF_JAIL : REFUSED;
}
static int
core_file(void)
{
	struct rlimit r = { 1 << 20, 1 << 20 };

	return got(setrlimit(RLIMIT_CORE, &r));
}


/* ---- living on ---- */
static void
late(void)
{
	usleep((useconds_t)atoi(aim("DELAY")) * 1000);
	can_write(path("%s/sub/late-%s", W, aim("TAG")));
	_exit(0);
}
static int
live_plain(void)
{
	if (fork() == 0)
		late();
	return REFUSED;
}
static int
live_setsid(void)
{
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int s = 1; s < 32; s++)
				signal(s, SIG_IGN);
			late();
		}
		_exit(0);
	}
	return REFUSED;
}
static int
live_daemon(void)
{
	if (daemon(0, 0) == 0)
		late();
	return REFUSED;
}
static int
live_regicide(void)
{
	pid_t above = getppid();

	if (fork() == 0) {
		setsid();
		kill(above, SIGSTOP);
		kill(above, SIGKILL);
		late();
	}
	usleep(20000);
	return REFUSED;
}
static int
live_wait(void)
{
	if (fork() == 0) {
		setsid();
		late();
	}
	can_write(path("%s/sub/started", W));
	pause();
	return REFUSED;
}
/* Forks for ever, from every process, deaf to polite signals. */
static int
fork_bomb(void)
{
	for (int s = 1; s < 32; s++)
		signal(s, SIG_IGN);
	for (;;) {
		pid_t p = fork();

		if (p < 0 && errno != EAGAIN)
			break;
		if (p < 0)
			usleep(50000);	/* kind to who else is here */
		setsid();
	}
	return REFUSED;
}

const struct attempt attempts_limits[] = {
	A(fork_many), A(memory_one), A(memory_tree),
	A(memory_tree_brief), A(file_size),
	A(descriptors), A(core_file), A(live_plain), A(live_setsid),
	A(live_daemon), A(live_regicide), A(live_wait), A(fork_bomb), { NULL, NULL },
};
