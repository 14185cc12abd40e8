/*
 * serve.c - agent-gate as an HTTP server: beginning, loop, end.
 */
#include "serve/serve.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "gate/key.h"
#include "gate/models.h"
#include "sys/fd.h"
#include "sys/sig.h"

#define HELD_FACTOR	8	/* bodies of that many requests in memory */

/* The model that is behind, where it is not named. */
static int
find_server(struct serve *s, struct err *e)
{
	struct http *h = http_open();
	jv list = models_find(h, s->conf->set, false, e), first;

	http_close(h);
	if (!js_is_valid(list))
		return -1;
	first = js_at(list, 0);
	s->base = xstrdup(js_str(first, "url"));
	js_free(first);
	js_free(list);
	return 0;
}

static int
find_upstream(struct serve *s, struct err *e)
{
	const struct settings *set = s->conf->set;
	struct buf shown = BUF_INIT;
	const char *key;

	s->model = set->v[SET_MODEL].value;
	if (set->url != NULL)
		s->base = xstrdup(set->url);
	else if (find_server(s, e) == -1)
		return -1;
	if (key_for(set, &key, e) == -1)
		return -1;
	if (key != NULL)
		s->auth = xasprintf("Authorization: Bearer %s", key);
	else if (key_held(set))
		log_note("the key is not sent: the URL comes from a less "
		    "trusted place than the key; try --url or "
		    "AGENT_MODEL_URL");
	http_show_url(&shown, s->base);
	log_note("in front of %s", buf_str(&shown));
	buf_free(&shown);
	return 0;
}

/* Decide who answers. */
static int
choose(struct serve *s, struct err *e)
{
	const char *url = s->conf->set->url != NULL ? s->conf->set->url : "";

	record_init(&s->rec);
	if (s->conf->engine.file != NULL) {
		s->mode = SERVE_ENGINE;
	} else if (strncmp(url, "offline:", 8) == 0) {
		s->mode = SERVE_OFFLINE;
	} else if (strncmp(url, "replay:", 7) == 0) {
		s->mode = SERVE_REPLAY;
		return record_load(&s->rec, url + 7, e);
	} else {
		s->mode = SERVE_UPSTREAM;
		if (find_upstream(s, e) == -1)
			return -1;
	}
	if (s->mode == SERVE_ENGINE || s->mode == SERVE_UPSTREAM)
		s->many = many_open(e);
	return s->mode == SERVE_OFFLINE || s->many != NULL ? 0 : -1;
}

static void
on_done(void *arg, struct req *r, bool gone)
{
	struct serve *s = arg;
	int64_t ms = clock_ms() - r->start;

	/* 499 is what others write for a client that left. */
	s->busy_at = clock_ms();
	metrics_count(&s->metrics, r->label, r->status == 0 ? 499 :
	    r->status, ms, gone);
	log_trace("%s %s %d %lld ms%s", r->method, r->path, r->status,
	    (long long)ms, gone ? ", gone" : "");
}

/* Where to listen, which is known before any server is looked for. */
static int
check_listen(struct serve *s, struct err *e)
{
	const struct serve_conf *c = s->conf;
	int handed = listen_inherit(&s->listen, e);

	if (handed == -1 ||
	    (handed == 0 && listen_parse(&s->listen, c->listen, e) == -1))
		return -1;
	if (!s->listen.loopback && c->guard.token == NULL)
		return err_set(e, ERR_USAGE, "%s%.80s can be reached from "
		    "elsewhere: that takes a token; try --token-file",
		    handed ? "" : "--listen ",
		    handed ? s->listen.host : c->listen);
	return 0;
}

static int
open_front(struct serve *s, struct err *e)
{
	struct serve_conf *c = s->conf;
	struct front_conf f = {
		.body_max = (size_t)c->body_max,
		.held_max = (size_t)c->body_max * HELD_FACTOR,
		.connections = (int)c->connections,
		.client_ms = c->client_ms,
		/* Who leaves when it likes would cut a connection that asks
		 * at that moment; so there is none to be cut. */
		.once = c->leave_ms > 0,
		.check = route_check, .handle = route_handle,
		.done = on_done, .arg = s,
	};

	c->guard.bound = s->listen.host;
	c->guard.body_max = f.body_max;
	if (listen_open(&s->listen, e) == -1)
		return -1;
	if (s->mode == SERVE_UPSTREAM && listen_is(&s->listen, s->base))
		return err_set(e, ERR_CONFIG, "%.200s is where this server "
		    "listens itself; name the one to stand before by --url",
		    s->base);
	f.fd = s->listen.fd;
	s->front = front_open(&f, e);
	return s->front != NULL ? 0 : -1;
}

/* Every client costs a descriptor, and every question another one. */
static void
raise_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1)
		return;
	if (r.rlim_cur < 8192)
		r.rlim_cur = r.rlim_max < 8192 ? r.rlim_max : 8192;
	setrlimit(RLIMIT_NOFILE, &r);
}

static int
say_address(struct serve *s, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_addf(&b, "http://%s:%d/v1\n", s->listen.host, s->listen.port);
	rc = fd_write_all(1, b.data, b.len);
	buf_free(&b);
	return rc == -1 ? err_sys(e, "standard output") : 0;
}

/* ---- the loop --------------------------------------------------------- */

static int
nap(struct serve *s)
{
	struct pollfd fds[5] = { { .fd = sig_fd(), .events = POLLIN } };
	int ms = front_left(s->front), front[2];

	front_fds(s->front, front);
	fds[1] = (struct pollfd){ front[0], POLLIN, 0 };
	fds[2] = (struct pollfd){ front[1], POLLIN, 0 };
	fds[3].fd = fds[4].fd = -1;
	fds[3].events = fds[4].events = POLLIN;
	if (s->many != NULL) {
		fds[3].fd = many_fd(s->many);
		ms = clock_sooner(ms, many_left(s->many));
	}
	if (s->engine != NULL) {
		fds[4].fd = engine_fd(s->engine);
		ms = clock_sooner(ms, engine_left(s->engine));
	}
	if (s->draining)
		ms = clock_sooner(ms, clock_left(s->cut_at));
	else if (s->conf->leave_ms > 0)
		ms = clock_sooner(ms, clock_left(s->busy_at +
		    s->conf->leave_ms));
	return poll(fds, BASE_NITEMS(fds), ms);
}

/* A signal came: finish what is under way; the second time, do not. */
static void
drain(struct serve *s)
{
	char sink[64];
	size_t n;

	/* Which one it was is kept for the end; the descriptor must rest. */
	if (sig_caught() == 0 || fd_read(sig_fd(), sink, sizeof(sink)) <= 0)
		return;
	s->cut_at = clock_ms();
	if (s->draining)
		return;
	s->draining = true;
	s->cut_at += s->conf->grace_ms;
	/* Who waits at the door came in time. */
	front_run(s->front);
	front_drain(s->front);
	front_run(s->front);
	n = front_requests(s->front);
	if (n > 0)
		log_note("finishing %zu request%s, up to %lld s", n,
		    n == 1 ? "" : "s",
		    (long long)(s->conf->grace_ms / 1000));
}

/* Nobody has asked for anything for long enough: make room.  Who has come and
 * not asked yet is about to. */
static void
leave(struct serve *s)
{
	if (front_requests(s->front) > 0 || front_fresh(s->front) > 0)
		s->busy_at = clock_ms();
	else if (s->conf->leave_ms > 0 && !s->draining &&
	    clock_ms() >= s->busy_at + s->conf->leave_ms) {
		s->draining = true;
		s->cut_at = clock_ms();
		front_drain(s->front);
	}
}

static int
loop(struct serve *s, struct err *e)
{
	s->busy_at = clock_ms();
	while (!s->draining || (front_requests(s->front) > 0 &&
	    clock_ms() < s->cut_at)) {
		nap(s);
		drain(s);
		if (s->many != NULL)
			many_run(s->many);
		if (s->engine != NULL) {
			if (engine_run(s->engine, e) == -1)
				return -1;
			s->metrics.engine_restarts = engine_restarts(
			    s->engine);
		}
		front_run(s->front);
		leave(s);
	}
	return 0;
}

int
serve_run(struct serve_conf *conf, struct err *e)
{
	struct serve s = { .conf = conf };
	int rc = -1;

	s.metrics.start = clock_wall_ms();
	s.listen.fd = -1;
	raise_limits();
	if (check_listen(&s, e) == -1 || choose(&s, e) == -1 ||
	    open_front(&s, e) == -1)
		goto out;
	if (s.mode == SERVE_ENGINE) {
		s.engine = engine_open(&conf->engine, s.many, e);
		if (s.engine == NULL)
			goto out;
	}
	if (say_address(&s, e) == -1)
		goto out;
	rc = loop(&s, e);
out:
	front_close(s.front);
	engine_close(s.engine);
	many_close(s.many);
	record_free(&s.rec);
	if (s.auth != NULL)
		explicit_bzero(s.auth, strlen(s.auth));
	free(s.auth);
	free(s.base);
	return rc;
}
