/*
 * swarm.c - many clients of an HTTP server at once.
 *
 *	swarm [-c CLIENTS] [-r REQUESTS] [-q PAUSE_MS] URL BODY
 *
 * Each client has a connection of its own and POSTs the BODY as JSON, that
 * many times one after the other.  At the end one line on stdout:
 *	answers N bytes B done D seconds S rate R first_ms F
 * where done counts answers that end as whole ones do (status 200, all of
 * the body), and first is the greatest time to a first byte.  With -q, a
 * client reads only every PAUSE_MS.  Status 1 when an answer is missing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client {
	int	fd;
	int	left;		/* requests to make, this one included */
	char	head[8192];	/* the head, then the last bytes of the body */
	size_t	len;
	long	want;		/* bytes of body to come; -1 chunked */
	char	tail[8];	/* the last bytes of a chunked body */
	double	start;
	int	body;		/* the head is behind us */
};

static long answers, whole, bytes;
static double slowest;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
ask(struct client *c, const char *request, size_t n)
{
	c->len = 0;
	c->body = 0;
	c->want = 0;
	memset(c->tail, 0, sizeof(c->tail));
	c->start = now();
	if (write(c->fd, request, n) != (ssize_t)n)
		c->left = 0;
}

/* The head is whole: what follows it? */
static void
read_head(struct client *c)
{
	char *p = strcasestr(c->head, "\r\ncontent-length:");

	c->body = 1;
	c->want = strcasestr(c->head, "\r\ntransfer-encoding: chunked") ? -1 :
	    p != NULL ? strtol(p + 17, NULL, 10) : 0;
	if (now() - c->start > slowest)
		slowest = now() - c->start;
}

/* n bytes of the body; true at its end. */
static int
take(struct client *c, const char *p, size_t n)
{
	bytes += (long)n;
	if (c->want >= 0) {
		c->want -= (long)n;
		return c->want <= 0;
	}
	for (size_t i = n > 7 ? n - 7 : 0; i < n; i++) {
		memmove(c->tail, c->tail + 1, 6);
		c->tail[6] = p[i];
	}
	return memcmp(c->tail, "\r\n0\r\n\r\n", 7) == 0;
}

/* Read what is there; 1 when the answer is over, -1 when it broke. */
static int
hear(struct client *c)
{
	char buf[16384], *end;
	ssize_t n = read(c->fd, buf, sizeof(buf));

	if (n <= 0)
		return n == -1 && errno == EAGAIN ? 0 : -1;
	if (c->body)
		return take(c, buf, (size_t)n);
	if (c->len + (size_t)n >= sizeof(c->head))
		n = (ssize_t)(sizeof(c->head) - 1 - c->len);
	memcpy(c->head + c->len, buf, (size_t)n);
	c->len += (size_t)n;
	c->head[c->len] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (end == NULL)
		return 0;
	read_head(c);
	end += 4;
	if (end == c->head + c->len && c->want != 0)
		return 0;
	return take(c, end, (size_t)(c->head + c->len - end));
}

static int
reach(const char *host, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, host, &a.sin_addr);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		perror("connect");
		exit(1);
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
run(struct client *c, int n, const char *request, size_t len, int pause)
{
	struct pollfd *p = calloc((size_t)n, sizeof(*p));
	int alive = n;

	while (alive > 0) {
		for (int i = 0; i < n; i++)
			p[i] = (struct pollfd){ c[i].left > 0 ? c[i].fd : -1,
			    POLLIN, 0 };
		if (poll(p, (nfds_t)n, 60000) <= 0)
			break;
		for (int i = 0; i < n; i++) {
			int rc = p[i].revents ? hear(&c[i]) : 0;

			if (rc == 0)
				continue;
			answers++;
			whole += rc > 0 &&
			    strncmp(c[i].head + 9, "200", 3) == 0;
			c[i].left = rc > 0 ? c[i].left - 1 : 0;
			if (c[i].left > 0)
				ask(&c[i], request, len);
			else
				alive--;
		}
		if (pause > 0)
			usleep((useconds_t)pause * 1000);
	}
	free(p);
}

int
main(int argc, char **argv)
{
	int n = 1, requests = 1, pause = 0, port = 80, opt;
	struct rlimit r = { 8192, 8192 };
	char host[64], path[512] = "/", *request = NULL;
	struct client *c;
	double start, took;

	while ((opt = getopt(argc, argv, "c:r:q:")) != -1) {
		if (opt == 'c')
			n = (int)strtol(optarg, NULL, 10);
		else if (opt == 'r')
			requests = (int)strtol(optarg, NULL, 10);
		else if (opt == 'q')
			pause = (int)strtol(optarg, NULL, 10);
	}
	if (argc - optind != 2 || sscanf(argv[optind],
	    "http://%63[^:/]:%d%511s", host, &port, path) < 2) {
		fprintf(stderr, "usage: swarm [-c N] [-r N] URL BODY\n");
		return 2;
	}
	setrlimit(RLIMIT_NOFILE, &r);
	if (asprintf(&request, "POST %s HTTP/1.1\r\nHost: %s:%d\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, host, port, strlen(argv[optind + 1]),
	    argv[optind + 1]) == -1)
		return 1;
	c = calloc((size_t)n, sizeof(*c));
	for (int i = 0; i < n; i++)
		c[i].fd = reach(host, port);
	start = now();
	for (int i = 0; i < n; i++) {
		c[i].left = requests;
		ask(&c[i], request, strlen(request));
	}
	run(c, n, request, strlen(request), pause);
	took = now() - start;
	printf("answers %ld bytes %ld done %ld seconds %.3f rate %.0f "
	    "first_ms %.1f\n", answers, bytes, whole, took,
	    (double)whole / took, slowest * 1000);
	free(request);
	free(c);
	return whole == (long)n * requests ? 0 : 1;
}
