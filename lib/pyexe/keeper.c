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

/* Its files in the folder of the project's state. */
struct place {
	char		 name[40];	/* the socket */
	char		 lock[48];	/* held by whoever starts one */
	struct stat	 own;		/* the socket that we made */
};

struct keeper {
	struct python	 py;
	char		*workspace;
	struct place	 place;
	int		 dir;		/* where that is */
	int		 listen;
	int		 owner;		/* its pidfd, or -1 */
	int		 client;	/* who is served, or -1 */
	struct buf	 in;		/* from the client */
	int64_t		 limit_ms;	/* of the next code */
	int64_t		 deadline;	/* of what runs, -1 nothing runs */
	bool		 told;		/* it was interrupted already */
	bool		 quit;
};

/* ---- its files ---- */

static bool
same_file(int dir, const char *name, const struct stat *st)
{
	struct stat now;

	return fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_ino == st->st_ino && now.st_dev == st->st_dev;
}

/* Takes its files away, unless another one has begun in their place. */
static void
leave(const struct keeper *k)
{
	const struct place *at = &k->place;
	int held = openat(k->dir, at->lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (held != -1 && flock(held, LOCK_EX | LOCK_NB) == 0 &&
	    same_file(k->dir, at->name, &at->own)) {
		unlinkat(k->dir, at->name, 0);
		unlinkat(k->dir, at->lock, 0);
	}
	fd_close(&held);
}

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
		if (k->quit)
			leave(k);
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
	char piece[BASE_PIECE];
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

/* Away from whoever started us, with nothing of theirs but 3 and 4. */
static void
detach(int listening, int dir)
{
	int null;

	setsid();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	/* By way of numbers that are neither's. */
	listening = fcntl(listening, F_DUPFD_CLOEXEC, 5);
	dir = fcntl(dir, F_DUPFD_CLOEXEC, 5);
	dup3(listening, 3, O_CLOEXEC);
	dup3(dir, 4, O_CLOEXEC);
	if (syscall(SYS_close_range, 5, ~0U, 0) == -1)
		for (int fd = 5; fd < 1024; fd++)
			close(fd);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (null > 4)
		close(null);
}

static void
become(int fd, int dir, const struct place *at, const char *workspace,
    pid_t owner)
{
	struct keeper k = { .listen = 3, .dir = 4, .owner = -1, .client = -1,
	    .deadline = -1 };

	/* Before descriptors are closed: it may be gone by then. */
	detach(fd, dir);
	if (owner > 0)
		k.owner = (int)syscall(SYS_pidfd_open, owner, 0);
	if (k.owner != -1)
		fcntl(k.owner, F_SETFD, FD_CLOEXEC);
	k.workspace = xstrdup(workspace);
	k.place = *at;
	python_init(&k.py);
	if (owner <= 0 || k.owner != -1)
		serve(&k);
	leave(&k);
	_exit(0);
}

/* Twice, so that nobody has to wait for it. */
static int
fork_keeper(int fd, int dir, const struct place *at, const char *workspace,
    pid_t owner, struct err *e)
{
	pid_t pid = fork();

	if (pid == -1)
		return err_sys(e, "fork");
	if (pid == 0) {
		if (fork() == 0)
			become(fd, dir, at, workspace, owner);
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	return 0;
}

/* ---- its socket ---- */

static int
open_dir(const char *workspace, struct err *e)
{
	char *path = state_dir(workspace, "run", e);
	int dir;

	if (path == NULL)
		return -1;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	return dir == -1 ? err_sys(e, "state folder") : dir;
}

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
try_listen(int dir, struct place *at, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t n = address(&a, dir, at->name);

	unlinkat(dir, at->name, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 ||
	    fstatat(dir, at->name, &at->own, AT_SYMLINK_NOFOLLOW) == -1 ||
	    listen(fd, 64) == -1) {
		err_sys(e, "the socket of the interpreter");
		fd_close(&fd);
	}
	return fd;
}

/* The lock is held: nobody else starts one meanwhile. */
static int
start(int dir, struct place *at, const char *workspace, pid_t owner,
    struct err *e)
{
	int fd = try_connect(dir, at->name), listening;

	if (fd != -1)
		return fd;
	listening = try_listen(dir, at, e);
	if (listening == -1)
		return -1;
	if (fork_keeper(listening, dir, at, workspace, owner, e) == 0) {
		fd = try_connect(dir, at->name);
		if (fd == -1)
			err_sys(e, "the interpreter");
	}
	fd_close(&listening);
	return fd;
}

/* The lock, locked; one that a keeper took away meanwhile is none. */
static int
hold(int dir, const char *lock, struct err *e)
{
	for (;;) {
		struct stat st;
		int fd = openat(dir, lock, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);

		if (fd == -1 || flock(fd, LOCK_EX) == -1 ||
		    fstat(fd, &st) == -1) {
			err_sys(e, "the lock of the interpreter");
			fd_close(&fd);
			return -1;
		}
		if (same_file(dir, lock, &st))
			return fd;
		close(fd);
	}
}

int
keeper_connect(const char *workspace, const char *session, pid_t owner,
    struct err *e)
{
	int dir = open_dir(workspace, e), fd, held;
	struct place at;
	char sum[65];

	if (dir == -1)
		return -1;
	ids_sha256(sum, session, strlen(session));
	snprintf(at.name, sizeof(at.name), "py-%.24s", sum);
	snprintf(at.lock, sizeof(at.lock), "py-%.24s.lock", sum);
	fd = try_connect(dir, at.name);
	if (fd == -1) {
		held = hold(dir, at.lock, e);
		if (held != -1)
			fd = start(dir, &at, workspace, owner, e);
		fd_close(&held);
	}
	close(dir);
	return fd;
}
