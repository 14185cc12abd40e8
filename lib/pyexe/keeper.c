/*
 * keeper.c - the process that holds the interpreter of a session.
 */
#include "pyexe/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/ids.h"
#include "core/state.h"
#include "pyexe/frame.h"
#include "pyexe/python.h"
#include "sys/fd.h"

#define GRACE_MS	900	/* from an interrupt to the end by force */
#define CHUNK		((size_t)64 * 1024)

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_close_range
#define SYS_close_range	436
#endif

struct keeper {
	struct python	 py;
	char		*workspace;
	int		 listen;
	int		 owner;		/* its pidfd, or -1 */
	int		 client;	/* who is served, or -1 */
	struct buf	 in;		/* from the client */
	int64_t		 limit_ms;	/* of the next code */
	int64_t		 deadline;	/* of what runs, -1 nothing runs */
	bool		 told;		/* it was interrupted already */
	bool		 quit;
};

/* ---- one call ---- */

/* Whoever asked is not there any more, or is told now. */
static void
done(struct keeper *k, const char *words)
{
	if (k->client != -1)
		frame_write(k->client, 'd', words, strlen(words));
	k->deadline = -1;
	k->told = false;
}

static void
output(struct keeper *k, const char *p, size_t n)
{
	/* A caller that does not read has left. */
	if (k->client != -1 && frame_write(k->client, 'o', p, n) == -1)
		fd_close(&k->client);
}

static void
run(struct keeper *k, const char *code, size_t n)
{
	struct err e = ERR_INIT;

	if (k->py.proc.pid <= 0 && python_start(&k->py, k->workspace,
	    &e) == -1) {
		output(k, e.msg, strlen(e.msg));
		done(k, e.kind == ERR_CONFIG ? "missing" : "failed");
		return;
	}
	if (frame_write(k->py.in, 'x', code, n) == -1) {
		python_end(&k->py);
		done(k, "lost");
		return;
	}
	k->deadline = clock_ms() + k->limit_ms;
	k->told = false;
}

static void
take_frame(struct keeper *k, const struct frame *f)
{
	switch (f->kind) {
	case 't':
		if (f->n == 4) {
			const unsigned char *s = (const unsigned char *)f->p;

			k->limit_ms = ((int64_t)s[2] << 8 | s[3]) * 1000;
		}
		break;
	case 'r': case 'q':
		python_end(&k->py);
		k->quit = f->kind == 'q';
		done(k, "reset");
		break;
	case 'x':
		run(k, f->p, f->n);
		break;
	}
}

static void
read_client(struct keeper *k)
{
	struct frame f;
	size_t at = 0;
	ssize_t n;

	buf_grow(&k->in, CHUNK);
	n = read(k->client, k->in.data + k->in.len, CHUNK);
	if (n <= 0) {
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			return;
		fd_close(&k->client);
		buf_reset(&k->in);
		/* What runs for nobody is stopped. */
		if (k->deadline != -1)
			k->deadline = clock_ms();
		return;
	}
	k->in.len += (size_t)n;
	while (k->deadline == -1 && frame_take(&k->in, &at, &f) == 1)
		take_frame(k, &f);
	buf_shift(&k->in, at);
}

/* What the code wrote, as far as it is there. */
static void
drain(struct keeper *k)
{
	char piece[CHUNK];
	ssize_t n;

	while (k->py.err != -1 && (n = read(k->py.err, piece,
	    sizeof(piece))) > 0)
		output(k, piece, (size_t)n);
}

/* The interpreter says that it is done, or has ended. */
static void
read_python(struct keeper *k)
{
	enum python_said said = python_read(&k->py);

	if (said == PYTHON_NOTHING)
		return;
	drain(k);
	if (said == PYTHON_ENDED) {
		python_end(&k->py);
		done(k, "lost");
	} else if (k->deadline != -1) {
		done(k, k->told ? "interrupted" : k->py.words);
	}
}

/* Time is up: ask, and then end it. */
static void
expire(struct keeper *k)
{
	if (!k->told) {
		k->told = true;
		frame_write(k->py.in, 'i', NULL, 0);
		k->deadline = clock_ms() + GRACE_MS;
		return;
	}
	drain(k);
	python_end(&k->py);
	done(k, "killed");
}

static void
accept_one(struct keeper *k)
{
	struct timeval patience = { 30, 0 };

	k->client = accept4(k->listen, NULL, NULL, SOCK_CLOEXEC);
	if (k->client != -1)
		setsockopt(k->client, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
	k->limit_ms = KEEPER_WAIT_S * 1000;
}

static void
serve(struct keeper *k)
{
	int64_t idle = clock_ms() + KEEPER_IDLE_S * 1000;

	while (!k->quit) {
		bool runs = k->deadline != -1;
		struct pollfd p[] = {
			{ runs || k->client != -1 ? -1 : k->listen, POLLIN, 0 },
			{ k->client, POLLIN, 0 },
			{ k->py.out, POLLIN, 0 },
			{ k->py.err, POLLIN, 0 },
			{ k->owner, POLLIN, 0 },
		};

		poll(p, BASE_NITEMS(p), clock_left(runs ? k->deadline : idle));
		if (p[4].revents != 0)
			break;
		if (p[0].revents != 0)
			accept_one(k);
		if (p[3].revents != 0)
			drain(k);
		if (p[2].revents != 0)
			read_python(k);
		if (p[1].revents != 0)
			read_client(k);
		if (k->deadline != -1 && clock_left(k->deadline) == 0)
			expire(k);
		if (runs || k->client != -1)
			idle = clock_ms() + KEEPER_IDLE_S * 1000;
		else if (clock_left(idle) == 0)
			break;
	}
	python_end(&k->py);
}

/* ---- becoming one ---- */

/* Away from whoever started us, with nothing of theirs. */
static void
detach(int keep)
{
	int null;

	setsid();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (keep != 3)
		keep = dup2(keep, 3);
	if (syscall(SYS_close_range, 4, ~0U, 0) == -1)
		for (int fd = 4; fd < 1024; fd++)
			close(fd);
	fcntl(3, F_SETFD, FD_CLOEXEC);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (null > 3)
		close(null);
}

static void
become(int fd, const char *workspace, pid_t owner)
{
	struct keeper k = { .listen = 3, .owner = -1, .client = -1,
	    .deadline = -1 };

	/* Before descriptors are closed: it may be gone by then. */
	detach(fd);
	if (owner > 0) {
		k.owner = (int)syscall(SYS_pidfd_open, owner, 0);
		if (k.owner == -1)
			_exit(0);
		fcntl(k.owner, F_SETFD, FD_CLOEXEC);
	}
	k.workspace = xstrdup(workspace);
	python_init(&k.py);
	serve(&k);
	_exit(0);
}

/* Twice, so that nobody has to wait for it. */
static int
fork_keeper(int fd, const char *workspace, pid_t owner, struct err *e)
{
	pid_t pid = fork();

	if (pid == -1)
		return err_sys(e, "fork");
	if (pid == 0) {
		if (fork() == 0)
			become(fd, workspace, owner);
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	return 0;
}

/* ---- its socket ---- */

/* Paths of sockets are short; one by way of a descriptor always is. */
static socklen_t
address(struct sockaddr_un *a, int dir, const char *name)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof(a->sun_path), "/proc/self/fd/%d/%s", dir,
	    name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(a->sun_path) + 1);
}

static int
try_connect(int dir, const char *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t n = address(&a, dir, name);

	if (fd != -1 && connect(fd, (struct sockaddr *)&a, n) == -1)
		fd_close(&fd);
	return fd;
}

static int
try_listen(int dir, const char *name, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t n = address(&a, dir, name);

	unlinkat(dir, name, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 ||
	    listen(fd, 64) == -1) {
		err_sys(e, "the socket of the interpreter");
		fd_close(&fd);
	}
	return fd;
}

/* The lock is held: nobody else starts one meanwhile. */
static int
start(int dir, const char *name, const char *workspace, pid_t owner,
    struct err *e)
{
	int fd = try_connect(dir, name), listening;

	if (fd != -1)
		return fd;
	listening = try_listen(dir, name, e);
	if (listening == -1)
		return -1;
	if (fork_keeper(listening, workspace, owner, e) == 0) {
		fd = try_connect(dir, name);
		if (fd == -1)
			err_sys(e, "the interpreter");
	}
	fd_close(&listening);
	return fd;
}

int
keeper_connect(const char *workspace, const char *session, pid_t owner,
    struct err *e)
{
	char *path = state_dir(workspace, "run", e);
	char name[80], lock[80], sum[65];
	int dir, fd, held;

	if (path == NULL)
		return -1;
	ids_sha256(sum, session, strlen(session));
	snprintf(name, sizeof(name), "py-%.24s", sum);
	snprintf(lock, sizeof(lock), "py-%.24s.lock", sum);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	if (dir == -1)
		return err_sys(e, "state folder");
	fd = try_connect(dir, name);
	if (fd == -1) {
		held = openat(dir, lock, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (held == -1 || flock(held, LOCK_EX) == -1)
			err_sys(e, "the lock of the interpreter");
		else
			fd = start(dir, name, workspace, owner, e);
		fd_close(&held);
	}
	close(dir);
	return fd;
}
