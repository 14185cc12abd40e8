/*
 * engine.c - an inference engine that is kept running.
 */
#include "serve/engine.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "serve/keeper.h"
#include "sys/fd.h"

#define PROBE_MS	200	/* between two looks whether it is ready */
#define TELL_MS		5000	/* between two lines of progress */
#define WAIT_MS		500	/* the first wait after an end */
#define WAIT_MAX_MS	30000
#define GOOD_MS		60000	/* ran well that long: waits begin anew */
#define TAIL_MAX	4096

enum state { LOADING, READY, WAITING };

struct engine {
	struct engine_conf c;
	struct many	*many;
	struct many_call *probe;
	enum state	 state;
	pid_t		 keeper;	/* -1 none */
	int		 out;		/* what it writes */
	char		*base;
	int64_t		 started, at, told;	/* at: the next thing to do */
	struct buf	 tail;		/* the last it wrote */
	int		 fails;		/* ends in a row */
	bool		 proven;	/* it was ready once */
	uint64_t	 restarts;
};

/* A port that nobody has. */
static int
free_port(struct err *e)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = -1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd != -1 && bind(fd, (struct sockaddr *)&a, n) == 0 &&
	    getsockname(fd, (struct sockaddr *)&a, &n) == 0)
		port = ntohs(a.sin_port);
	if (port == -1)
		err_sys(e, "engine: no port");
	fd_close(&fd);
	return port;
}

static int
start(struct engine *g, struct err *e)
{
	struct vec argv = VEC_INIT;
	int port = free_port(e), fds[2];

	if (port == -1)
		return -1;
	if (fd_pipe(fds) == -1)
		return err_sys(e, "engine: pipe");
	vec_push(&argv, g->c.program);
	vec_push(&argv, "-m");
	vec_push(&argv, g->c.file);
	vec_push(&argv, "--host");
	vec_push(&argv, "127.0.0.1");
	vec_push(&argv, "--port");
	vec_pushf(&argv, "%d", port);
	vec_push(&argv, "--jinja");
	for (size_t i = 0; g->c.args != NULL && g->c.args[i] != NULL; i++)
		vec_push(&argv, g->c.args[i]);
	g->keeper = keeper_start(vec_argv(&argv), fds[1], e);
	vec_free(&argv);
	fd_close(&fds[1]);
	g->out = fds[0];
	fd_nonblock(g->out, true);
	free(g->base);
	g->base = xasprintf("http://127.0.0.1:%d/v1", port);
	buf_reset(&g->tail);
	g->state = LOADING;
	g->started = g->told = clock_ms();
	g->at = g->started + PROBE_MS;
	if (g->keeper == -1)
		return -1;
	log_note("engine: %s loads %s", g->c.program, g->c.file);
	return 0;
}

/* True when the program is there to be run. */
static bool
is_there(const char *program)
{
	const char *path = getenv("PATH");
	struct vec dirs = VEC_INIT;
	bool found = false;

	if (strchr(program, '/') != NULL)
		return access(program, X_OK) == 0;
	vec_split(&dirs, path != NULL ? path : "/usr/local/bin:/usr/bin",
	    ":");
	for (size_t i = 0; i < dirs.n && !found; i++) {
		char *file = xasprintf("%s/%s", dirs.v[i], program);

		found = access(file, X_OK) == 0;
		free(file);
	}
	vec_free(&dirs);
	return found;
}

struct engine *
engine_open(const struct engine_conf *c, struct many *many, struct err *e)
{
	struct engine *g;

	if (access(c->file, R_OK) == -1) {
		err_sys(e, "model %s", c->file);
		return NULL;
	}
	if (!is_there(c->program)) {
		err_set(e, ERR_CONFIG, "there is no %s to run the model; try "
		    "to install llama.cpp, or --engine=PROGRAM",
		    c->program);
		return NULL;
	}
	g = xcalloc(1, sizeof(*g));
	g->c = *c;
	g->many = many;
	g->keeper = -1;
	g->out = -1;
	if (start(g, e) == 0)
		return g;
	engine_close(g);
	return NULL;
}

/* Wait for the keeper, which is about to end. */
static int
reap(struct engine *g, int ms)
{
	int64_t until = clock_ms() + ms;
	int status = 0;

	while (g->keeper > 0) {
		pid_t pid = waitpid(g->keeper, &status, WNOHANG);

		if (pid == g->keeper || (pid == -1 && errno != EINTR)) {
			g->keeper = -1;
		} else if (clock_ms() >= until) {
			kill(g->keeper, SIGKILL);
			until += 1000;
		} else {
			usleep(5000);
		}
	}
	return status;
}

void
engine_close(struct engine *g)
{
	if (g == NULL)
		return;
	if (g->probe != NULL)
		many_cancel(g->probe);
	if (g->keeper > 0) {
		kill(g->keeper, SIGTERM);
		reap(g, 5000);
	}
	fd_close(&g->out);
	buf_free(&g->tail);
	free(g->base);
	free(g);
}

int
engine_fd(const struct engine *g)
{
	return g->out;
}

int
engine_left(const struct engine *g)
{
	return clock_left(g->at);
}

/* ---- is it ready? ------------------------------------------------------ */

static void
on_head(void *arg, const struct http_reply *r)
{
	(void)arg;
	(void)r;
}

static enum many_more
on_body(void *arg, const char *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return MANY_GO;
}

static void
on_end(void *arg, const struct http_reply *r, const struct err *e)
{
	struct engine *g = arg;

	g->probe = NULL;
	if (g->state != LOADING || e != NULL || r->status != 200)
		return;
	g->state = READY;
	g->proven = true;
	g->at = -1;
	log_note("engine: ready after %.1f s",
	    (double)(clock_ms() - g->started) / 1000);
}

static const struct many_ops ops = { on_head, on_body, on_end };

static void
probe(struct engine *g)
{
	struct err ignored = ERR_INIT;
	char *url = xasprintf("%.*s/health", (int)(strlen(g->base) - 3),
	    g->base);
	struct http_request q = { .url = url, .connect_ms = 1000,
	    .first_ms = 2000, .total_ms = 2000 };

	g->probe = many_start(g->many, &q, NULL, &ops, g, &ignored);
	free(url);
}

/* ---- what it writes, and its end --------------------------------------- */

static const char *
last_line(struct buf *b)
{
	char *nl;

	while (b->len > 0 && strchr(" \t\r\n", b->data[b->len - 1]) != NULL)
		buf_cut(b, b->len - 1);
	buf_str(b);
	nl = b->len > 0 ? memrchr(b->data, '\n', b->len) : NULL;
	return nl != NULL ? nl + 1 : buf_str(b);
}

static int
ended(struct engine *g, struct err *e)
{
	int status = reap(g, 5000);
	int64_t wait = WAIT_MS;
	const char *line = last_line(&g->tail);

	fd_close(&g->out);
	if (g->probe != NULL)
		many_cancel(g->probe);
	g->probe = NULL;
	if (!g->proven)
		return err_set(e, ERR_UNAVAILABLE, "%s ended before the "
		    "model was ready (status %d)%s%.300s", g->c.program,
		    WIFEXITED(status) ? WEXITSTATUS(status) : 0,
		    *line != '\0' ? ": " : "", line);
	if (clock_ms() - g->started > GOOD_MS)
		g->fails = 0;
	for (int i = 0; i < g->fails && wait < WAIT_MAX_MS; i++)
		wait *= 2;
	if (wait > WAIT_MAX_MS)
		wait = WAIT_MAX_MS;
	g->fails++;
	g->state = WAITING;
	g->at = clock_ms() + wait;
	log_warn("engine: %s ended (status %d)%s%.300s; it is started again "
	    "in %.1f s", g->c.program,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 0,
	    *line != '\0' ? ": " : "", line, (double)wait / 1000);
	return 0;
}

/* Read what it writes; true at its end. */
static bool
listen_to(struct engine *g)
{
	char text[4096];
	ssize_t n;

	while ((n = read(g->out, text, sizeof(text))) > 0) {
		log_trace("engine: %.*s", (int)n, text);
		buf_add(&g->tail, text, (size_t)n);
		if (g->tail.len > TAIL_MAX)
			buf_shift(&g->tail, g->tail.len - TAIL_MAX);
	}
	return n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR);
}

static int
wait_on(struct engine *g, struct err *e)
{
	int64_t now = clock_ms(), ms = now - g->started;

	if (ms >= g->c.start_ms)
		return err_set(e, ERR_TIMEOUT, "%s was not ready within "
		    "%lld s; try --start-timeout", g->c.program,
		    (long long)(g->c.start_ms / 1000));
	if (now - g->told >= TELL_MS) {
		g->told = now;
		log_note("engine: still loading, %lld s",
		    (long long)(ms / 1000));
	}
	if (g->probe == NULL)
		probe(g);
	g->at = now + PROBE_MS;
	return 0;
}

int
engine_run(struct engine *g, struct err *e)
{
	struct err fault = ERR_INIT;

	if (g->out != -1 && listen_to(g))
		return ended(g, e);
	if (g->at == -1 || clock_ms() < g->at)
		return 0;
	if (g->state == LOADING)
		return wait_on(g, e);
	if (g->state != WAITING)
		return 0;
	g->restarts++;
	if (start(g, &fault) == -1) {
		log_warn("%s", fault.msg);
		g->state = WAITING;
		g->at = clock_ms() + WAIT_MAX_MS;
	}
	return 0;
}

bool
engine_ready(const struct engine *g)
{
	return g->state == READY;
}

const char *
engine_base(const struct engine *g)
{
	return g->base;
}

uint64_t
engine_restarts(const struct engine *g)
{
	return g->restarts;
}
