/*
 * modeld.c - a model server for tests: HTTP/1.1 on loopback, answers from a
 * script file, checks requests as the strictest real server would, and writes
 * down what it was sent.  README in this directory is its manual.
 *
 *	modeld [--log FILE] [--brief] [--any] [--port N] [--port-file FILE] [--dir DIR]
 *	       [--fail-rate PERCENT] [--seed N] [--max-seconds N] SCRIPT
 *
 * The port is printed on stdout, which is then closed.  It ends by itself
 * after --max-seconds (120; status 124) and when its parent dies; on SIGTERM
 * it exits 1 if any request was at fault or any expectation unmet, else 0.
 *
 * A script in short: one step per line, used up in order; further lines of a
 * step are indented; `when COND...` steps are tried first and never used up;
 * `repeat N`, `loop` and `default` stretch it; an exhausted script is a 500.
 *	text "Let me look"
 *	    call list_files {"path":"."}
 *	when last-role=tool text "done {n}"
 *	status 429 retry-after=1
 *	text "hi" stream chunk=1 crlf nodone
 *	text "cut" cut after=200 rst
 *
 * It does not do TLS, compression or HTTP/2, and knows only what tests need.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modeld/md.h"

#define MAX_CONNS	256
#define LAST_SEND	16384	/* the final send is at most this long */

struct conn {
	int fd, id;
	struct text in;
	bool busy, blocked, continued;
	struct reply reply;
	size_t sent, mark;
	uint64_t wake, first;	/* ns; first byte of the coming request */
	struct text log;	/* the log line without its end */
	bool logged;
};

static struct conn conns[MAX_CONNS];
static struct script script;
static int log_fd = -1, requests, conn_ids;
static long turns, faults, refusals;
static bool brief, any;
static double fail_rate;
static uint64_t seed = 1, started;
static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	stop = sig;
}

static void __attribute__((noreturn))
die(const char *what, const char *why)
{
	fprintf(stderr, "modeld: %s: %s\n", what, why);
	exit(2);
}

static void
log_request(struct conn *c, const struct request *r, uint64_t arrived)
{
	struct text *t = &c->log;

	t->len = 0;
	c->logged = false;
	text_fmt(t, "{\"n\":%d,\"conn\":%d,\"method\":\"%s\",\"path\":",
	    ++requests, c->id, r->method);
	text_quote(t, r->path, strlen(r->path));
	text_fmt(t, ",\"t_first\":%llu,\"t_request\":%llu,\"length\":%zu",
	    (unsigned long long)(c->first - started),
	    (unsigned long long)(arrived - started), r->body_len);
	if (brief)
		return;
	text_str(t, ",\"headers\":{");
	for (size_t i = 0; i < r->headers.n; i++) {
		text_str(t, i ? "," : "");
		text_quote(t, r->headers.v[i].key,
		    strlen(r->headers.v[i].key));
		text_str(t, ":");
		text_quote(t, r->headers.v[i].val,
		    strlen(r->headers.v[i].val));
	}
	text_str(t, "},\"body\":");
	if (!jv_is_valid(r->json)) {
		jv s = jv_string_sized(r->body ? r->body : "",
		    (int)r->body_len);
		text_quote(t, jv_string_value(s),
		    (size_t)jv_string_length_bytes(jv_copy(s)));
		jv_free(s);
	} else if (memchr(r->body, '\n', r->body_len)) {
		jv s = jv_dump_string(jv_copy(r->json), 0);
		text_str(t, jv_string_value(s));
		jv_free(s);
	} else {
		text_add(t, r->body, r->body_len);
	}
}

static void
log_note(struct conn *c, const char *key, const char *val)
{
	text_fmt(&c->log, ",\"%s\":", key);
	text_quote(&c->log, val, strlen(val));
}

/* Written just before the last bytes go out, so that a client that has its
 * answer also finds the line; or when the connection ends before that. */
static void
log_reply(struct conn *c, const char *fate)
{
	struct text *t = &c->log;
	bool complete = strcmp(fate, "complete") == 0;

	if (log_fd < 0 || c->logged)
		return;
	text_fmt(t, ",\"status\":%d,\"fate\":\"%s\",\"complete\":%s,"
	    "\"closed_early\":%s,\"sent\":%zu,\"total\":%zu,\"t_reply\":%llu}\n",
	    c->reply.status, fate, complete ? "true" : "false",
	    strcmp(fate, "closed_early") == 0 ? "true" : "false",
	    complete ? c->reply.out.len : c->sent, c->reply.out.len,
	    (unsigned long long)(now_ns() - started));
	if (write(log_fd, t->p, t->len) != (ssize_t)t->len)
		die("log", strerror(errno));
	c->logged = true;
}

static void
conn_close(struct conn *c, bool reset)
{
	if (reset) {
		struct linger l = { 1, 0 };
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
	}
	close(c->fd);
	text_free(&c->in);
	text_free(&c->log);
	reply_free(&c->reply);
	*c = (struct conn){ .fd = -1 };
}

static bool
refuse(struct conn *c, const struct request *r, int status, const char *type,
    const char *message)
{
	reply_error(&c->reply, r, status, type, message);
	return true;
}

/* Key, loading and the like: what comes before any script. */
static bool
barred(struct conn *c, const struct request *r)
{
	const char *key = setting(&script, "key");
	const char *loading = setting(&script, "loading");
	const char *auth = request_header(r, "authorization");
	const char *path = strstr(r->path, "/health");

	if (loading && refusals < strtol(loading, NULL, 10)) {
		refusals++;
		return refuse(c, r, 503, "unavailable_error", "Loading model");
	}
	if (key && !path && (auth == NULL || strncmp(auth, "Bearer ", 7) ||
	    strcmp(auth + 7, key) != 0))
		return refuse(c, r, 401, "authentication_error",
		    "Invalid API Key");
	return false;
}

/* --fail-rate: an error that is not the client's fault and uses up no step. */
static bool
injected(struct conn *c, const struct request *r)
{
	static const char *const kinds[] = { "500", "503", "429", "reset" };

	if ((double)(random_next(&seed) >> 11) / 9007199254740992.0 * 100 >=
	    fail_rate)
		return false;
	unsigned k = (unsigned)(random_next(&seed) % 4);
	log_note(c, "injected", kinds[k]);
	if (k < 3)
		return refuse(c, r, atoi(kinds[k]), "server_error",
		    "injected failure");
	c->reply.status = 0;
	text_str(&c->reply.out, "HTTP/1.1 200 OK\r\n");
	reply_mark(&c->reply, 0, MARK_RESET, 0);
	return true;
}

/* Bytes of what has to fit: the body of a chat, one text to embed. */
static long
longest(const struct request *r)
{
	long most = 0;
	jv in;

	if (is_chat(r))
		return (long)r->body_len;
	in = request_get(r, "input");
	if (jv_get_kind(in) == JV_KIND_ARRAY)
		jv_array_foreach(in, i, x) {
			long n = jv_get_kind(x) == JV_KIND_STRING ?
			    jv_string_length_bytes(jv_copy(x)) : 0;

			most = n > most ? n : most;
			jv_free(x);
		}
	jv_free(in);
	return most;
}

static bool
too_long(struct conn *c, const struct request *r)
{
	const char *w = setting(&script, "window");
	long limit = w ? strtol(w, NULL, 10) : 0, n = longest(r) / 4;
	char message[160];

	if (w == NULL || n <= limit)
		return false;
	snprintf(message, sizeof message, "request (%ld tokens) exceeds the "
	    "available context size (%ld tokens), try increasing it", n, limit);
	return refuse(c, r, 400, "exceed_context_size_error", message);
}

static void
answer(struct conn *c, struct request *r)
{
	struct context x = { &script, NULL, r, turns };
	const char *why;

	if (barred(c, r))
		return;
	if (strstr(r->path, "/embeddings") != NULL && too_long(c, r))
		return;
	if (is_chat(r)) {
		if (injected(c, r) || too_long(c, r))
			return;
		why = request_fault(r, &script);
		if (why != NULL) {
			faults++;
			log_note(c, "fault", why);
			refuse(c, r, 400, "invalid_request_error", why);
			return;
		}
		request_cut(r, &script);
	}
	x.n = turns + is_chat(r);
	struct step *st = script_choose(&script, r, x.n);
	turns = x.n;
	x.step = st;
	if (st == NULL && !is_chat(r)) {
		reply_other(&c->reply, &x);
		return;
	}
	why = st ? step_unmet(st, r) : "script is over";
	if (why != NULL) {
		faults++;
		log_note(c, "fault", why);
		fprintf(stderr, "modeld: %s\n", why);
		refuse(c, r, 500, "script_error", why);
		return;
	}
	text_fmt(&c->log, ",\"line\":%d,\"turn\":%ld", st->line, turns);
	reply_build(&c->reply, &x);
}

static void
begin(struct conn *c, struct request *r, uint64_t arrived)
{
	log_request(c, r, arrived);
	answer(c, r);
	c->busy = true;
	c->sent = c->mark = 0;
	c->wake = 0;
}

/* Take one request out of the buffer if a whole one is there. */
static bool
next_request(struct conn *c)
{
	struct request r;
	uint64_t arrived = now_ns();
	long used = request_parse(&r, c->in.p ? c->in.p : "", c->in.len);

	if (used > 0) {
		begin(c, &r, arrived);
		memmove(c->in.p, c->in.p + used, c->in.len - (size_t)used);
		c->in.len -= (size_t)used;
		c->continued = false;
		c->first = c->in.len ? arrived : 0;
	} else if (used == 0 && !c->continued && request_header(&r, "expect")) {
		static const char go[] = "HTTP/1.1 100 Continue\r\n\r\n";
		c->continued = send(c->fd, go, sizeof go - 1,
		    MSG_NOSIGNAL) > 0;
	}
	request_free(&r);
	if (used < 0) {
		static const char bad[] = "HTTP/1.1 400 Bad Request\r\n"
		    "Connection: close\r\nContent-Length: 0\r\n\r\n";
		if (send(c->fd, bad, sizeof bad - 1, MSG_NOSIGNAL) < 0)
			errno = 0;
		conn_close(c, false);
	}
	return used > 0;
}

static void
finish(struct conn *c)
{
	bool last = c->reply.close;

	reply_free(&c->reply);
	c->busy = false;
	if (last)
		conn_close(c, false);
}

/* Obey the marks at the place reached: 1 go on, 0 wait, -1 connection gone. */
static int
marks(struct conn *c, size_t *limit)
{
	struct reply *r = &c->reply;

	if (c->wake > now_ns())
		return 0;
	*limit = r->out.len;
	while (c->mark < r->nmarks) {
		const struct mark *m = &r->marks[c->mark];

		if (m->at > c->sent) {
			*limit = m->at < *limit ? m->at : *limit;
			return 1;
		}
		c->mark++;
		if (m->kind != MARK_PAUSE) {
			log_reply(c, "cut");
			conn_close(c, m->kind == MARK_RESET);
			return -1;
		}
		if (m->ms > 0) {
			c->wake = now_ns() + (uint64_t)m->ms * 1000000u;
			return 0;
		}
	}
	return 1;
}

static void
progress(struct conn *c)
{
	size_t limit;

	c->blocked = false;
	while (c->fd >= 0 && c->busy) {
		if (marks(c, &limit) <= 0)
			return;
		if (c->sent == c->reply.out.len) {
			log_reply(c, "complete");
			finish(c);
			if (c->fd < 0 || c->in.len == 0 || !next_request(c))
				return;
			continue;
		}
		size_t n = limit - c->sent;
		if (limit == c->reply.out.len && n > LAST_SEND)
			n -= LAST_SEND / 2;
		else if (limit == c->reply.out.len &&
		    c->mark == c->reply.nmarks)
			log_reply(c, "complete");
		ssize_t did = send(c->fd, c->reply.out.p + c->sent, n,
		    MSG_NOSIGNAL);
		if (did > 0) {
			c->sent += (size_t)did;
		} else if (errno == EAGAIN) {
			c->blocked = true;
			return;
		} else if (errno != EINTR) {
			log_reply(c, "closed_early");
			conn_close(c, false);
			return;
		}
	}
}

static void
readable(struct conn *c)
{
	static char buf[1 << 16];
	ssize_t n = recv(c->fd, buf, sizeof buf, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		if (c->busy)
			log_reply(c, "closed_early");
		conn_close(c, false);
		return;
	}
	if (c->in.len == 0)
		c->first = now_ns();
	text_add(&c->in, buf, (size_t)n);
	if (!c->busy && next_request(c))
		progress(c);
}

static void
accept_one(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int one = 1;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (int i = 0; i < MAX_CONNS; i++)
		if (conns[i].fd < 0) {
			conns[i].fd = fd;
			conns[i].id = ++conn_ids;
			conns[i].wake = now_ns();
			return;
		}
	close(fd);
}

/* `set idle DURATION`: a connection without a request is closed after it. */
static void
close_idle(uint64_t now, int *wait)
{
	const char *idle = setting(&script, "idle");

	if (idle == NULL)
		return;
	for (int i = 0; i < MAX_CONNS; i++) {
		struct conn *c = &conns[i];
		uint64_t due = c->wake + (uint64_t)duration_ms(idle) * 1000000u;

		if (c->fd < 0 || c->busy || c->in.len > 0)
			continue;
		if (due <= now)
			conn_close(c, false);
		else if ((int)((due - now) / 1000000u) + 1 < *wait)
			*wait = (int)((due - now) / 1000000u) + 1;
	}
}

static void
loop(int listener, uint64_t deadline)
{
	struct pollfd p[MAX_CONNS + 1];
	int at[MAX_CONNS + 1];

	while (!stop) {
		uint64_t now = now_ns();
		int wait = 500, n = 1;

		if (now >= deadline)
			return;
		close_idle(now, &wait);
		p[0] = (struct pollfd){ listener, POLLIN, 0 };
		for (int i = 0; i < MAX_CONNS; i++) {
			struct conn *c = &conns[i];

			if (c->fd < 0)
				continue;
			if (c->busy && c->wake > now) {
				int ms = (int)((c->wake - now) / 1000000u) + 1;
				wait = ms < wait ? ms : wait;
			} else if (c->busy && !c->blocked) {
				wait = 0;
			}
			at[n] = i;
			p[n++] = (struct pollfd){ c->fd, (short)(POLLIN |
			    (c->blocked ? POLLOUT : 0)), 0 };
		}
		if (poll(p, (nfds_t)n, wait) < 0)
			continue;
		for (int i = 1; i < n; i++) {
			struct conn *c = &conns[at[i]];

			if (p[i].revents & (POLLIN | POLLHUP | POLLERR))
				readable(c);
			if (c->fd >= 0 && c->busy && (!c->blocked ||
			    p[i].revents & POLLOUT))
				progress(c);
			if (c->fd >= 0 && !c->busy && p[i].revents)
				c->wake = now_ns();
		}
		if (p[0].revents)
			accept_one(listener);
	}
}

static int
listen_on(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;

	a.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (fd < 0 || bind(fd, (void *)&a, sizeof a) < 0 || listen(fd, 512) < 0)
		die("listen", strerror(errno));
	return fd;
}

static void
announce(int listener, const char *file)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;

	if (getsockname(listener, (void *)&a, &n) < 0)
		die("getsockname", strerror(errno));
	if (file != NULL) {
		char tmp[4096];
		snprintf(tmp, sizeof tmp, "%s.tmp", file);
		FILE *f = fopen(tmp, "w");
		if (f == NULL || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 ||
		    fclose(f) != 0 || rename(tmp, file) != 0)
			die(file, strerror(errno));
	}
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(null, STDOUT_FILENO);
	close(null);
}

static char *
read_script(const char *path)
{
	struct text t = { 0 };
	char buf[65536];
	size_t n;
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");

	if (f == NULL)
		die(path, strerror(errno));
	text_str(&t, "");
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		text_add(&t, buf, n);
	if (f != stdin)
		fclose(f);
	return t.p;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "log", 1, 0, 'l' }, { "brief", 0, 0, 'b' },
		{ "any", 0, 0, 'a' },
		{ "port", 1, 0, 'p' }, { "port-file", 1, 0, 'f' },
		{ "dir", 1, 0, 'd' }, { "fail-rate", 1, 0, 'r' },
		{ "seed", 1, 0, 's' }, { "max-seconds", 1, 0, 'm' },
		{ 0, 0, 0, 0 }
	};
	const char *port_file = NULL;
	int port = 0, o, parent = getppid();
	double seconds = 120;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 1;
	script.dir = ".";
	while ((o = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (o) {
		case 'l':
			log_fd = open(optarg, O_WRONLY | O_CREAT | O_APPEND |
			    O_CLOEXEC, 0600);
			if (log_fd < 0)
				die(optarg, strerror(errno));
			break;
		case 'a': any = true; break;
		case 'b': brief = true; break;
		case 'p': port = atoi(optarg); break;
		case 'f': port_file = optarg; break;
		case 'd': script.dir = optarg; break;
		case 'r': fail_rate = strtod(optarg, NULL); break;
		case 's': seed = strtoull(optarg, NULL, 10); break;
		case 'm': seconds = strtod(optarg, NULL); break;
		default: return 2;
		}
	if (optind + 1 != argc)
		die("usage", "modeld [OPTION...] SCRIPT");
	char *source = read_script(argv[optind]);
	const char *mistake = script_parse(&script, source);
	free(source);
	if (mistake != NULL)
		die(argv[optind], mistake);

	struct sigaction sa = { .sa_handler = on_signal };
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	for (int i = 0; i < MAX_CONNS; i++)
		conns[i].fd = -1;
	started = now_ns();
	int listener = listen_on(port);
	announce(listener, port_file);
	loop(listener, started + (uint64_t)(seconds * 1e9));
	if (!stop) {
		fprintf(stderr, "modeld: --max-seconds reached\n");
		return 124;
	}
	return faults > 0;
}
