/*
 * HTTP against a server that behaves and one that does not: connections
 * are kept, every limit names itself, nothing secret is in a message.
 */
#include "net/http.h"

#include <fcntl.h>

#include "base/clock.h"
#include "http_server.h"
#include "tap.h"

static uint16_t		 port;
static struct http	*h;
static struct http_reply r;
static struct err	 e;
static char		 url[256];

static struct http_request
request(const char *path)
{
	struct http_request q = { .url = url };

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
	return q;
}

static int
perform(const struct http_request *q)
{
	e = (struct err)ERR_INIT;
	return http_perform(h, q, &r, &e);
}

static int
get(const char *path)
{
	struct http_request q = request(path);

	return perform(&q);
}

/* The request must fail so, with part in its message, in time. */
static void
fails(const struct http_request *q, enum err_kind kind, const char *part,
    const char *name)
{
	int64_t t = clock_ms();

	is_int(perform(q), -1, name);
	is_str(err_kind_name(e.kind), err_kind_name(kind), "  kind");
	if (!ok(strstr(e.msg, part) != NULL, "  text: %s", part))
		fprintf(stderr, "#   got: %s\n", e.msg);
	ok(clock_ms() - t < 3000, "  in time");
}

static int
conn(void)
{
	char s[32];

	return http_header(&r, "x-conn", s, sizeof(s)) ? atoi(s) : -1;
}

static void
test_plain(void)
{
	static const char *const headers[] = {
		"X-Test: yes", "Content-Type: application/json", NULL,
	};
	struct http_request q = request("/echo");
	static char big[5 << 20];
	int first;

	is_int(perform(&q), 0, "GET");
	is_int(r.status, 200, "  status");
	is_str(buf_str(&r.body), "GET  0 0", "  asks for no compression");
	first = conn();
	q.headers = headers;
	q.body = "abc";
	q.len = 3;
	is_int(perform(&q), 0, "POST");
	is_str(buf_str(&r.body), "POST 3 294 yes", "  body and header");
	ok(r.reused && conn() == first, "  over the same connection");
	memset(big, 1, sizeof(big));
	q.body = big;
	q.len = sizeof(big);
	is_int(perform(&q), 0, "POST of 5 MiB");
	is_str(buf_str(&r.body), "POST 5242880 5242880 yes",
	    "  whole, without Expect");
	q = request("/early");
	q.body = big;
	q.len = sizeof(big);
	is_int(perform(&q), 0, "a body refused before it was read");
	is_int(r.status, 413, "  the status is seen");
	q = request("/echo");
	q.headers = headers;
	perform(&q);
	first = conn();
	q.method = "POST";
	is_int(perform(&q), 0, "POST of nothing");
	is_str(buf_str(&r.body), "POST 0 0 yes", "  is a POST");
	q.method = "DELETE";
	is_int(perform(&q), 0, "DELETE");
	is_str(buf_str(&r.body), "DELE 0 0 yes", "  is a DELETE");
	ok(conn() == first, "still the same connection");
	is_int(e.kind, ERR_NONE, "no error was noted");
}

struct sink {
	struct buf	 b;
	int		 calls, rc, status;
};

static int
take(void *arg, const char *p, size_t n, struct err *err)
{
	struct sink *s = arg;

	s->calls++;
	s->status = r.status;
	buf_add(&s->b, p, n);
	if (s->rc == -1)
		return err_set(err, ERR_DATA, "no more of this");
	return s->rc;
}

static void
test_stream(void)
{
	struct sink s = { .b = BUF_INIT };
	struct http_request q = request("/stream");
	int first;

	q.on_body = take;
	q.arg = &s;
	is_int(perform(&q), 0, "a stream");
	is_str(buf_str(&s.b), "data: one\n\ndata: two\n\ndata: [DONE]\n\n",
	    "  content");
	is_str(r.type, "text/event-stream", "  type");
	is_int(s.status, 200, "  the status is known in time");
	ok(s.calls > 1, "  handed out as it comes");
	is_int(r.received, 36, "  counted");
	first = conn();
	perform(&q);
	is_int(conn(), first, "  the connection is kept");
	s.rc = 1;
	is_int(perform(&q), 0, "enough of a stream");
	is_int(conn(), first, "  which still comes to its end");
	is_int(perform(&q), 0, "again");
	is_int(conn(), first, "  so that the connection is kept");
	q = request("/streamopen");
	q.on_body = take;
	q.arg = &s;
	int64_t t = clock_ms();
	is_int(perform(&q), 0, "enough of one that stays open");
	ok(clock_ms() - t < 1000, "  is soon left");
	s.rc = -1;
	is_int(perform(&q), -1, "an error of the callback");
	is_str(e.msg, "no more of this", "  is handed up");
	is_int(e.http_status, 200, "  with the status");
	s.rc = 0;
	q = request("/nowhere");
	q.on_body = take;
	q.arg = &s;
	s.calls = 0;
	is_int(perform(&q), 0, "an error status");
	is_int(s.calls, 0, "  is not streamed");
	is_str(buf_str(&r.body), "{\"detail\":\"no\"}", "  but kept");
	buf_free(&s.b);
}

static void
test_headers(void)
{
	char s[64], tiny[3];

	is_int(get("/429"), 0, "429");
	is_int(r.after_ms, 7000, "  Retry-After");
	ok(http_header(&r, "X-a", s, sizeof(s)), "  a header");
	is_str(s, "b", "  its value without blanks");
	ok(!http_header(&r, "X", s, sizeof(s)), "  no header by a prefix");
	ok(http_header(&r, "retry-after", tiny, 2), "  cut to size");
	get("/429ms");
	is_int(r.after_ms, 1500, "retry-after-ms is preferred");
	get("/continue");
	is_int(r.status, 200, "interim replies are passed over");
	http_header(&r, "X-A", s, sizeof(s));
	is_str(s, "yes", "  and their headers");
	is_int(r.after_ms, -1, "  nothing is left of the last reply");
	get("/gzip");
	is_str(buf_str(&r.body), "hello, world\n", "gzip nobody asked for");
	get("/http10");
	is_str(buf_str(&r.body), "half", "HTTP/1.0, ended by closing");
	get("/bigerror");
	is_int(r.body.len, HTTP_ERROR_MAX, "an endless error body");
	is_int(r.status, 500, "  is cut, the status kept");
}

static void
test_stale(void)
{
	static const char *const paths[] = { "/idleclose", "/die", "/dierst" };

	for (size_t i = 0; i < BASE_NITEMS(paths); i++) {
		struct http_request q = request(paths[i]);
		int first;

		q.body = "abc";
		q.len = 3;
		http_close(h);
		h = http_open();
		is_int(perform(&q), 0, paths[i]);
		first = conn();
		poll(NULL, 0, 30);
		is_int(perform(&q), 0, "  asked again after it closed");
		ok(conn() > 0 && conn() != first, "  over a new connection");
	}
}

static void
test_limits(void)
{
	struct http_request q = request("/stall");

	q.first_ms = 150;
	fails(&q, ERR_TIMEOUT, "nothing for 150 ms (first byte limit)",
	    "silence");
	q = request("/headstall");
	q.first_ms = 150;
	fails(&q, ERR_TIMEOUT, "first byte limit", "half a header");
	q = request("/bodystall");
	q.idle_ms = 150;
	fails(&q, ERR_TIMEOUT, "nothing for 150 ms (idle limit)",
	    "silence after the headers");
	is_int(e.http_status, 200, "  with the status");
	q = request("/dribble");
	q.idle_ms = 500;
	is_int(perform(&q), 0, "a slow body that moves is not cut");
	is_int(r.body.len, 20, "  whole");
	q.total_ms = 150;
	fails(&q, ERR_TIMEOUT, "within 150 ms (total limit)",
	    "the total limit");
	q = request("/errstall");
	q.idle_ms = 150;
	is_int(perform(&q), 0, "an error whose body stalls");
	is_int(r.status, 500, "  is that error");
	is_str(buf_str(&r.body), "abc", "  with what came of it");
}

/* A listener whose backlog is full lets no one in. */
static void
test_connect_limit(void)
{
	struct http_request q = { .url = url, .connect_ms = 200 };
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint16_t full;
	int fds[4], l = listener(0, &full);

	a.sin_port = htons(full);
	for (int i = 0; i < 4; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fds[i], (struct sockaddr *)&a, sizeof(a)) == -1)
			poll(NULL, 0, 1);
	}
	snprintf(url, sizeof(url), "http://localhost:%d/", full);
	fails(&q, ERR_UNAVAILABLE, "within 200 ms (connect limit)",
	    "no connection");
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	close(l);
	snprintf(url, sizeof(url), "http://u:sesame@127.0.0.1:%d/v1", full);
	fails(&q, ERR_UNAVAILABLE, "Connection refused; is the server "
	    "running?", "refused");
	ok(strstr(e.msg, "sesame") == NULL, "  without the password");
	ok(!r.final && !r.reused, "  not for ever");
	q.url = "http://no-such-host.invalid/";
	q.connect_ms = 2000;
	fails(&q, ERR_UNAVAILABLE, "no-such-host.invalid", "no such name");
}

static void
test_broken(void)
{
	static const struct {
		const char	*path;
		enum err_kind	 kind;
		const char	*part;
	} t[] = {
		{ "/none", ERR_CUT, "without an answer" },
		{ "/cut", ERR_CUT, "broke off its answer after 4 bytes" },
		{ "/streamcut", ERR_CUT, "broke off" },
		{ "/streamreset", ERR_CUT, "broke off" },
		{ "/garbage", ERR_PROTOCOL, "not in HTTP" },
		{ "/bighead", ERR_PROTOCOL, "headers" },
		{ "/longhead", ERR_PROTOCOL, "" },
		{ "/bigbody", ERR_PROTOCOL, "longer than 16777216 bytes" },
		{ "/redirect", ERR_CONFIG, "redirects (308) to "
		    "https://example.com/v1; " },
	};

	for (size_t i = 0; i < BASE_NITEMS(t); i++) {
		struct http_request q = request(t[i].path);

		fails(&q, t[i].kind, t[i].part, t[i].path);
		ok(strstr(e.msg, "sesame") == NULL &&
		    strstr(e.msg, "pw") == NULL, "  nothing secret");
	}
	is_int(get("/errcut"), 0, "an error whose body is cut");
	is_int(r.status, 500, "  is that error");
	/* A TLS greeting gets an answer that is no TLS. */
	struct http_request q = request("/");
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", port);
	q.connect_ms = 500;
	fails(&q, ERR_UNAVAILABLE, "https://127.0.0.1", "no TLS there");
}

/* A good reply cut after every byte, by an orderly end or a reset. */
static void
test_prefixes(const char *path)
{
	/* Its last blank line is missed by nobody. */
	size_t n = strlen(PREFIX) - 2;
	int wrong = 0;

	for (size_t k = 0; k < n; k++) {
		struct http_request q = request("");

		snprintf(url, sizeof(url), "http://127.0.0.1:%d%s?%zu", port,
		    path, k);
		if (perform(&q) == -1 && e.kind == ERR_CUT)
			continue;
		wrong++;
		fprintf(stderr, "# %s %zu: %d %s\n", path, k, e.kind, e.msg);
	}
	ok(wrong == 0, "%s: cut after each of %zu bytes", path, n);
}

static void
test_bad_requests(void)
{
	static const char *const split[] = { "Authorization: sesame\r\nX: y",
	    NULL };
	static const char *const urls[] = {
		"", "localhost:8080/v1", "ftp://host/", "file:///etc/passwd",
		"http://", "http://host:port/", "http://a b/", "gopher://x",
		"http://u:pa/sesame@host/",
	};
	struct http_request q = request("/echo");

	q.headers = split;
	fails(&q, ERR_CONFIG, "Authorization", "a header of two lines");
	ok(strstr(e.msg, "sesame") == NULL, "  is not shown");
	q.headers = NULL;
	for (size_t i = 0; i < BASE_NITEMS(urls); i++) {
		q.url = urls[i];
		fails(&q, ERR_CONFIG, "URL", urls[i]);
		ok(strstr(e.msg, "sesame") == NULL, "  nothing secret");
	}
}

struct waker {
	int	fd, calls;
};

/* "c" cancels, end of file stops watching, the rest is passed over. */
static int
wake(void *arg)
{
	struct waker *w = arg;
	char c;

	w->calls++;
	if (read(w->fd, &c, 1) != 1)
		return -1;
	return c == 'c';
}

static void
test_watch(void)
{
	struct waker w = { .calls = 0 };
	struct http_watch watch[2] = { { .wake = wake, .arg = &w },
	    { .fd = -1 } };
	struct http_request q = request("/dribble");
	int fds[2];

	if (pipe(fds) == -1 || write(fds[1], "ab", 2) != 2)
		exit(1);
	w.fd = watch[0].fd = fds[0];
	q.watch = watch;
	q.nwatch = 2;
	is_int(perform(&q), 0, "lines that are no cancel");
	is_int(w.calls, 2, "  are seen");
	if (write(fds[1], "c", 1) != 1)
		exit(1);
	fails(&q, ERR_CANCELLED, "cancelled", "one that is");
	close(fds[1]);
	w.calls = 0;
	is_int(perform(&q), 0, "end of file, watched no more");
	is_int(w.calls, 1, "  is seen once");
	watch[0].wake = NULL;
	fails(&q, ERR_CANCELLED, "cancelled", "end of file without a wake");
	close(fds[0]);
	is_int(perform(&q), 0, "a descriptor that is closed is let be");

	/* The cancel comes in the middle, while nothing else moves. */
	if (pipe(fds) == -1)
		exit(1);
	pid_t pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 100);
		_exit(write(fds[1], "c", 1) != 1);
	}
	q = request("/stall");
	w.fd = watch[0].fd = fds[0];
	watch[0].wake = wake;
	q.watch = watch;
	q.nwatch = 1;
	int64_t t = clock_ms();
	fails(&q, ERR_CANCELLED, "cancelled", "a cancel on the way");
	ok(clock_ms() - t >= 90, "  when it came");
	waitpid(pid, NULL, 0);
	close(fds[0]);
	close(fds[1]);
	is_int(get("/echo"), 0, "the handle is as good as new");
}

static void
test_proxy(void)
{
	char proxy[64];
	struct http_request q = { .url = "http://192.0.2.1/echo" };

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	is_int(get("/echo"), 0, "no proxy for loopback");
	snprintf(url, sizeof(url), "http://localhost:%d/echo", port);
	q.url = url;
	is_int(perform(&q), 0, "nor for localhost");
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", port);
	setenv("http_proxy", proxy, 1);
	q.url = "http://192.0.2.1/x";
	is_int(perform(&q), 0, "a proxy for others");
	is_int(r.status, 404, "  which answers");
	unsetenv("http_proxy");
}

static void
test_pure(void)
{
	static const struct { const char *in, *out; } t[] = {
		{ "http://h:1/v1", "http://h:1/v1" },
		{ "http://u:p@h/v1?k=v#f", "http://h/v1" },
		{ "https://u:p@q@h/", "https://h/" },
		{ "https://h/run/@cf/x", "https://h/run/@cf/x" },
		{ "http://u:p/x@h/", "http://..." },
		{ "u:p@h/x", "h/x" }, { "h?a=http://b", "h" }, { "", "" },
		{ "http://[::1]:80/x", "http://[::1]:80/x" },
		{ "http://[::1", "http://..." },
	};
	static const char *const near[] = {
		"http://localhost", "http://LOCALHOST:8080/v1",
		"http://127.0.0.1:80/", "http://127.9.9.9", "http://[::1]:8/",
		"http://u:p@localhost/", "http://x.localhost./",
		"http://0.0.0.0:8000",
	};
	static const char *const far[] = {
		"http://example.com", "http://localhost.example.com",
		"http://127.0.0.1@example.com", "http://128.0.0.1", "",
		"http://[fe80::1]/", "http://", "http://notlocalhost",
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < BASE_NITEMS(t); i++) {
		buf_reset(&b);
		http_show_url(&b, t[i].in);
		is_str(buf_str(&b), t[i].out, t[i].in);
	}
	for (size_t i = 0; i < BASE_NITEMS(near); i++)
		ok(http_is_loopback(near[i]), "near: %s", near[i]);
	for (size_t i = 0; i < BASE_NITEMS(far); i++)
		ok(!http_is_loopback(far[i]), "far: %s", far[i]);
	buf_free(&b);
}

static void
test_classify(void)
{
	static const struct { int status; enum err_kind kind; } t[] = {
		{ 200, ERR_NONE }, { 204, ERR_NONE }, { 302, ERR_CONFIG },
		{ 400, ERR_INVALID }, { 401, ERR_AUTH }, { 403, ERR_AUTH },
		{ 404, ERR_CONFIG }, { 408, ERR_RATE }, { 409, ERR_TEMP },
		{ 413, ERR_INVALID }, { 418, ERR_INVALID },
		{ 422, ERR_INVALID }, { 424, ERR_TEMP }, { 429, ERR_RATE },
		{ 500, ERR_UNAVAILABLE }, { 502, ERR_UNAVAILABLE },
		{ 503, ERR_OVERLOADED }, { 529, ERR_OVERLOADED },
		{ 0, ERR_PROTOCOL }, { 100, ERR_PROTOCOL },
		{ 999, ERR_PROTOCOL },
	};

	for (size_t i = 0; i < BASE_NITEMS(t); i++)
		ok(http_classify(t[i].status) == t[i].kind, "%d is %s",
		    t[i].status, err_kind_name(t[i].kind));
	is_str(http_reason(429), "Too Many Requests", "a reason");
	is_str(http_reason(499), "Client Error", "a reason of a class");
}

int
main(void)
{
	pid_t pid = server_start(&port);

	signal(SIGPIPE, SIG_IGN);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("no_proxy");
	h = http_open();
	http_reply_init(&r);
	test_pure();
	test_classify();
	test_plain();
	test_stream();
	test_headers();
	test_stale();
	test_limits();
	test_connect_limit();
	test_broken();
	test_prefixes("/prefix");
	test_prefixes("/prefixreset");
	test_bad_requests();
	test_watch();
	test_proxy();
	http_reply_free(&r);
	http_close(h);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return done_testing();
}
