/*
 * http.c - mcpd over Streamable HTTP: a process per connection, a request
 * per connection.
 *
 * With --sessions initialize begins one, and requests without it are
 * refused; --expires=N forgets it after N calls.  With --cuts the stream that
 * should hold an answer ends before it, and GET with its last id goes on.
 *
 * With --sse it is the oldest transport: GET has the stream of all answers,
 * which begins with the address for POST, and --cuts ends it at a call.
 * --elsewhere names an address on another host, --deaf names none.  With
 * --token=FILE the token is what is in the file.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fdio.h"
#include "core/rpc.h"
#include "mcpd.h"

/* What all connections share. */
struct shared {
	int	sessions;	/* begun so far; the last one is good */
	int	calls;		/* within it */
	size_t	kept_len;	/* of what was cut */
	char	kept[65536];
};

static struct shared *S;
static int answers[2];		/* of --sse: from who takes POST to GET */
static struct buf out;		/* of this request */
static int conn;

static void
collect(jv msg)
{
	if (!M.json)
		buf_addf(&out, ": a comment\nid: %d-1\nevent: message\ndata: ",
		    S->calls);
	js_dump(&out, msg);
	buf_adds(&out, M.json ? "\n" : "\n\n");
	js_free(msg);
}

static void
respond(int status, const char *type, const char *more, const char *body,
    size_t n)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "HTTP/1.1 %d X\r\nContent-Type: %s\r\n%s"
	    "Connection: close\r\nContent-Length: %zu\r\n\r\n", status, type,
	    more, n);
	buf_add(&b, body, n);
	fd_write_all(conn, b.data, b.len);
	buf_free(&b);
	exit(0);
}

static void
refuse(int status, const char *text)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,"
	    "\"message\":\"%s\"},\"id\":null}", text);
	respond(status, "application/json", "", b.data, b.len);
}

/* The value of a header in the head, NULL when there is none. */
static const char *
header(const char *head, const char *name, char *value, size_t size)
{
	size_t n = strlen(name);

	for (const char *p = head; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncasecmp(p, name, n) == 0 && p[n] == ':') {
			p += n + 1 + strspn(p + n + 1, " ");
			snprintf(value, size, "%.*s", (int)strcspn(p, "\r\n"),
			    p);
			return value;
		}
		if (*p == '\r' || *p == '\0')
			break;
	}
	return NULL;
}

static void
write_log(const char *head, const char *body)
{
	int fd = M.log != NULL ? open(M.log, O_WRONLY | O_CREAT | O_APPEND,
	    0600) : -1;
	jv o = js_set_str(js_set_str(js_obj(), "head", head), "body", body);
	struct buf b = BUF_INIT;

	js_dump(&b, o);
	buf_addc(&b, '\n');
	if (fd != -1)
		fd_write_all(fd, b.data, b.len);
	buf_free(&b);
	js_free(o);
}

static void
check_session(const char *head, const char *body)
{
	char id[64] = "", want[64];

	snprintf(want, sizeof(want), "s%d", S->sessions);
	if (strstr(body, "\"initialize\"") != NULL) {
		S->sessions++;
		S->calls = 0;
		return;
	}
	header(head, "Mcp-Session-Id", id, sizeof(id));
	if (id[0] == '\0')
		refuse(400, "Bad Request: no session");
	if (strstr(body, "\"tools/call\"") != NULL && M.expires > 0 &&
	    ++S->calls > M.expires) {
		S->sessions++;
		S->calls = 0;
		refuse(404, "Session not found");
	}
	if (strcmp(id, want) != 0)
		refuse(404, "Session not found");
}

/* The modern era wants the headers to say what the body says. */
static void
check_headers(const char *head, jv msg)
{
	const char *method = js_str(msg, "method");
	jv params = js_get(msg, "params"), meta = js_get(params, "_meta");
	const char *name = js_str(params, "name"), *why = NULL;
	char v[256];

	if (!js_has(meta, RPC_META_VERSION))
		;
	else if (header(head, "Mcp-Method", v, sizeof(v)) == NULL ||
	    strcmp(v, method) != 0)
		why = "Mcp-Method";
	else if (header(head, "MCP-Protocol-Version", v, sizeof(v)) == NULL ||
	    !js_str_is(meta, RPC_META_VERSION, v))
		why = "MCP-Protocol-Version";
	else if (name != NULL && (header(head, "Mcp-Name", v, sizeof(v)) ==
	    NULL || strcmp(v, name) != 0))
		why = "Mcp-Name";
	else if (name != NULL && strcmp(name, "echo") == 0 &&
	    header(head, "Mcp-Param-Text", v, sizeof(v)) == NULL)
		why = "Mcp-Param-Text";
	if (why != NULL)
		refuse(400, why);
	js_free(meta);
	js_free(params);
}

/* The stream of the oldest transport, until its reader is gone or --cuts. */
static void
stream(void)
{
	static const char head[] = "HTTP/1.1 200 X\r\nContent-Type: "
	    "text/event-stream\r\nConnection: close\r\n\r\n: hello\n\n";
	char piece[65536];
	ssize_t n;

	fd_write_all(conn, head, sizeof(head) - 1);
	if (M.elsewhere)
		dprintf(conn, "event: endpoint\ndata: http://127.0.0.2:1/x\n\n");
	else if (!M.deaf)
		dprintf(conn, "event: endpoint\ndata: /mcp?session=1\n\n");
	for (;;) {
		struct pollfd p[2] = { { answers[0], POLLIN, 0 },
		    { conn, POLLIN, 0 } };

		/* The reader is gone: what comes is for the next one. */
		if (poll(p, 2, -1) == -1 || p[1].revents != 0)
			exit(0);
		n = fd_read(answers[0], piece, sizeof(piece));
		if (n <= 0 || piece[0] == 4 ||
		    fd_write_all(conn, piece, (size_t)n) == -1)
			exit(0);
	}
}

static void
post(const char *head, const char *body, size_t n)
{
	struct err e = ERR_INIT;
	jv msg = js_parse(body, n, &e);
	char more[128] = "";

	if (M.sessions)
		check_session(head, body);
	if (M.modern)
		check_headers(head, msg);
	send_take = collect;
	handle(msg);
	if (M.sse) {
		if (M.cuts && strstr(body, "\"tools/call\"") != NULL) {
			buf_reset(&out);
			buf_addc(&out, 4);
		}
		fd_write_all(answers[1], out.data, out.len);
		respond(202, "text/plain", "", "Accepted", 8);
	}
	if (M.sessions && strstr(body, "\"initialize\"") != NULL)
		snprintf(more, sizeof(more), "Mcp-Session-Id: s%d\r\n",
		    S->sessions);
	if (out.len == 0)
		respond(202, "text/plain", more, "", 0);
	if (M.cuts && strstr(body, "\"tools/call\"") != NULL) {
		memcpy(S->kept, out.data, out.len);
		S->kept_len = out.len;
		buf_reset(&out);
		buf_adds(&out, "id: cut-7\nretry: 10\ndata: \n\n");
	}
	js_free(msg);
	respond(200, M.json ? "application/json" : "text/event-stream", more,
	    out.data, out.len);
}

/* Whether it is known who asks. */
static bool
known(const char *head)
{
	char v[256] = "", want[256] = "Bearer sesame";
	int fd = M.token != NULL ? open(M.token, O_RDONLY) : -1;
	ssize_t n = fd != -1 ? read(fd, want, sizeof(want) - 1) : 0;

	if (n > 0)
		want[n] = '\0';
	want[strcspn(want, "\n")] = '\0';
	if (fd != -1)
		close(fd);
	return header(head, "Authorization", v, sizeof(v)) != NULL &&
	    strcmp(v, want) == 0;
}

static void
one(void)
{
	struct buf in = BUF_INIT;
	char piece[65536], v[256];
	const char *end = NULL;
	size_t want = 0;

	for (;;) {
		ssize_t n = fd_read(conn, piece, sizeof(piece));

		if (n <= 0)
			exit(0);
		buf_add(&in, piece, (size_t)n);
		end = strstr(buf_str(&in), "\r\n\r\n");
		if (end != NULL && header(in.data, "Content-Length", v,
		    sizeof(v)) != NULL)
			want = strtoul(v, NULL, 10);
		if (end != NULL && in.len >= (size_t)(end + 4 - in.data) +
		    want)
			break;
	}
	in.data[end + 2 - in.data] = '\0';
	write_log(in.data, end + 4);
	if ((M.needs_token || M.token != NULL) && !known(in.data))
		respond(401, "text/plain", "", "who?", 4);
	if (M.status == 302)
		respond(302, "text/plain", "Location: http://127.0.0.1:1/\r\n",
		    "", 0);
	if (M.status != 0)
		respond(M.status, "text/html", "", "<p>no", 5);
	if (strncmp(in.data, "GET", 3) == 0 && M.sse)
		stream();
	if (M.sse && strstr(in.data, "session=1") == NULL)
		respond(404, "text/plain", "", "", 0);
	if (strncmp(in.data, "GET", 3) == 0 && M.cuts && header(in.data,
	    "Last-Event-ID", v, sizeof(v)) != NULL && strcmp(v, "cut-7") == 0)
		respond(200, "text/event-stream", "", S->kept, S->kept_len);
	if (strncmp(in.data, "POST", 4) != 0)
		respond(405, "text/plain", "", "", 0);
	post(in.data, end + 4, want);
}

int
serve_http(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	alarm(120);
	S = mmap(NULL, sizeof(*S), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (pipe(answers) == -1 || S == MAP_FAILED || fd == -1 || bind(fd, (struct sockaddr *)&a,
	    n) == -1 || listen(fd, 64) == -1 || getsockname(fd,
	    (struct sockaddr *)&a, &n) == -1) {
		perror("mcpd");
		return 1;
	}
	printf("%d\n", ntohs(a.sin_port));
	fclose(stdout);
	for (;;) {
		conn = accept(fd, NULL, NULL);
		if (conn == -1 && errno != EINTR)
			return 1;
		if (conn != -1 && fork() == 0) {
			alarm(60);
			one();
		}
		close(conn);
	}
}
