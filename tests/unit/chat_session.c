/*
 * chat_session.c - session files: damage of every kind, and what comes back.
 */
#include "chat/session.h"

#include "base/buf.h"
#include "core/msg.h"
#include "sys/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/chat-session.XXXXXX";
static char path[256];

static void
slurp(const char *file, struct buf *b)
{
	int fd = open(file, O_RDONLY);

	buf_reset(b);
	if (fd == -1 || fd_slurp(fd, b, 1 << 20) == -1)
		printf("Bail out! cannot read %s\n", file);
	close(fd);
}

static void
spit(const char *file, const char *p, size_t n)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || fd_write_all(fd, p, n) == -1)
		printf("Bail out! cannot write %s\n", file);
	close(fd);
}

static void
clean(void)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while ((de = readdir(d)) != NULL)
		unlinkat(dirfd(d), de->d_name, 0);
	closedir(d);
}

static jv
ev(const char *s)
{
	struct err e = ERR_INIT;

	return js_parse(s, strlen(s), &e);
}

/* A session that ended in the middle of two calls. */
static const char *const lines[] = {
	"{\"type\":\"session\",\"schema\":\"agent-events/1\"}",
	"{\"type\":\"message\",\"id\":\"m0\",\"role\":\"system\","
	    "\"content\":\"be good\"}",
	"{\"type\":\"turn.start\"}",
	"{\"type\":\"message\",\"id\":\"m1\",\"role\":\"user\","
	    "\"content\":\"hi\"}",
	"{\"type\":\"message\",\"id\":\"m2\",\"role\":\"assistant\","
	    "\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"type\":"
	    "\"function\",\"function\":{\"name\":\"shell\",\"arguments\":"
	    "\"{}\"}},{\"id\":\"b\",\"type\":\"function\",\"function\":"
	    "{\"name\":\"shell\",\"arguments\":\"{}\"}}]}",
	"{\"type\":\"message\",\"id\":\"m3\",\"role\":\"tool\","
	    "\"tool_call_id\":\"a\",\"content\":\"1\"}",
};

static void
build(struct buf *b)
{
	struct session s;
	struct err e = ERR_INIT;

	clean();
	ok(session_create(&s, dir, &e) == 0, "create: %s", e.msg);
	snprintf(path, sizeof(path), "%s", s.path);
	for (size_t i = 0; i < BASE_NITEMS(lines); i++)
		if (session_append_take(&s, ev(lines[i]), &e) == -1)
			ok(false, "append: %s", e.msg);
	ok(session_sync(&s, &e) == 0, "sync");
	session_close(&s);
	slurp(path, b);
}

static struct buf got;

static void
emit(void *arg, jv m)
{
	const char *id = js_str(m, "tool_call_id"), *role = js_str(m, "role");
	jv agent = js_get(m, "agent");

	(void)arg;
	buf_addf(&got, "%s%s%s%s ", role, id != NULL ? ":" : "",
	    id != NULL ? id : "",
	    js_bool(agent, "unverified", false) ? "?" : "");
	js_free(agent);
}

/* The talk that the file at path gives; and the file is whole after it. */
static const char *
reopen(struct session *s, struct err *e)
{
	struct replay r;

	buf_reset(&got);
	if (session_open(s, path, e) == -1)
		return e->msg;
	replay_init(&r, emit, NULL);
	if (session_replay(s, &r, e) == -1)
		return e->msg;
	replay_end(&r);
	replay_free(&r);
	return buf_str(&got);
}

/* Every whole line is JSON and seq has no gaps from the first to the last. */
static bool
sound(const char *file)
{
	struct buf b = BUF_INIT;
	int64_t want = 0, seq;
	bool good = true;

	slurp(file, &b);
	for (char *p = b.data, *nl; good && p != NULL && *p != '\0';
	    p = nl + 1) {
		jv v;

		nl = strchr(p, '\n');
		if (nl == NULL) {
			good = false;
			break;
		}
		*nl = '\0';
		v = ev(p);
		good = js_int(v, "seq", 0, 1000, &seq) && seq == want++;
		js_free(v);
	}
	buf_free(&b);
	return good;
}

static void
test_truncation(void)
{
	struct buf b = BUF_INIT, tail = BUF_INIT;
	size_t last = 0, before = 0, bad = 0;
	char torn[300];

	build(&b);
	for (size_t i = 0; i + 1 < b.len; i++)
		if (b.data[i] == '\n') {
			before = last;
			last = i + 1;
		}
	for (size_t n = before; n <= b.len; n++) {
		size_t line = n == b.len ? n : n >= last ? last : before;
		struct session s;
		struct err e = ERR_INIT;
		const char *talk, *want = n == b.len ?
		    "system user assistant tool:a tool:b? " : n >= last ?
		    "system user assistant tool:a? tool:b? " :
		    "system user ";

		clean();
		spit(path, b.data, n);
		talk = reopen(&s, &e);
		snprintf(torn, sizeof(torn), "%s.torn-1", path);
		if (strcmp(talk, want) != 0 || !sound(path) ||
		    (line < n) != (access(torn, F_OK) == 0)) {
			bad++;
			printf("# cut at %zu: %s\n", n, talk);
		}
		if (line < n) {
			slurp(torn, &tail);
			if (tail.len != n - line || memcmp(tail.data,
			    b.data + line, tail.len) != 0)
				bad++;
		}
		session_close(&s);
		/* A second time there is nothing more to repair. */
		talk = reopen(&s, &e);
		if (strcmp(talk, want) != 0 || s.torn != NULL ||
		    s.unverified != 0)
			bad++;
		session_close(&s);
	}
	is_int(bad, 0, "cut at every byte of the last two records");
	buf_free(&b);
	buf_free(&tail);
}

static void
test_damage(void)
{
	static const char odd_text[] =
	    "\xef\xbb\xbf{\"type\":\"session\"}\r\n\r\n"
	    "{\"type\":\"message\",\"role\":\"user\",\"content\":\"x\"}\r\n"
	    "[1]\nnonsense\n";
	struct buf b = BUF_INIT, odd = BUF_INIT;
	struct session s;
	struct err e = ERR_INIT;
	const char *talk;
	size_t bad = 0;

	build(&b);
	/* Any one byte changed: it opens, and calls and results match. */
	for (size_t i = 0; i < b.len; i += 3) {
		char keep = b.data[i];
		const char *call;

		clean();
		b.data[i] ^= 0x21;
		spit(path, b.data, b.len);
		b.data[i] = keep;
		talk = reopen(&s, &e);
		call = strstr(talk, "assistant");
		if (s.fd == -1 || (strstr(talk, "tool:") != NULL &&
		    (call == NULL || strstr(talk, "tool:") < call)))
			bad++;
		session_close(&s);
	}
	is_int(bad, 0, "a changed byte anywhere is survived");

	clean();
	buf_reset(&odd);
	buf_add(&odd, b.data, b.len);
	buf_add(&odd, "\0\0\0\0\0\0\0\0", 8);
	spit(path, odd.data, odd.len);
	talk = reopen(&s, &e);
	is_str(talk, "system user assistant tool:a tool:b? ",
	    "a tail of zeros is cut off");
	ok(s.torn != NULL && s.unfinished, "and reported");
	session_close(&s);

	clean();
	spit(path, "", 0);
	talk = reopen(&s, &e);
	is_str(talk, "", "an empty file is an empty session");
	ok(!s.header && !s.system, "without its first line");
	session_close(&s);
	spit(path, odd_text, sizeof(odd_text) - 1);
	talk = reopen(&s, &e);
	is_str(talk, "user ", "BOM, CRLF, blank and bad lines");
	is_int(s.bad_lines, 2, "the bad ones are counted");
	session_close(&s);
	buf_free(&b);
	buf_free(&odd);
}

#define CALL(id)	"{\"id\":\"" id "\",\"type\":\"function\"," \
			"\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"

static void
test_order(void)
{
	static const char text[] =
	    "{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"1\"}\n"
	    "{\"role\":\"user\",\"content\":\"x\"}\n"
	    "{\"role\":\"assistant\",\"tool_calls\":[" CALL("x") "]}\n"
	    "{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"1\"}\n"
	    "{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"2\"}\n"
	    "{\"role\":\"assistant\",\"tool_calls\":[" CALL("y") "]}\n"
	    "{\"role\":\"assistant\",\"content\":\"\"}\n"
	    "{\"role\":\"user\",\"content\":\"z\"}\n";
	struct session s;
	struct err e = ERR_INIT;
	const char *talk;

	clean();
	spit(path, text, sizeof(text) - 1);
	talk = reopen(&s, &e);
	is_str(talk, "user assistant tool:x assistant tool:y? user ",
	    "strays and seconds are dropped, gaps are filled");
	session_close(&s);
}

static void
test_refusals(void)
{
	struct session s, again;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	char other[300];

	build(&b);
	reopen(&s, &e);
	is_int(session_open(&again, path, &e), -1, "locked for others");
	is_int(err_exit(&e), 75, "status 75");
	has(e.msg, "in use", "and says so");
	session_close(&s);

	snprintf(other, sizeof(other), "%s/fifo.jsonl", dir);
	mkfifo(other, 0600);
	is_int(session_open(&s, other, &e), -1, "a FIFO is not waited for");
	unlink(other);
	if (symlink(path, other) == 0)
		is_int(session_open(&s, other, &e), -1, "no symbolic link");
	snprintf(other, sizeof(other), "%s/none.jsonl", dir);
	is_int(session_open(&s, other, &e), -1, "missing");
	is_int(err_exit(&e), 66, "is status 66");
	buf_free(&b);
}

static void
test_memory(void)
{
	struct session s;
	struct err e = ERR_INIT;
	struct replay r;

	is_int(session_memory(&s, &e), 0, "one in memory");
	session_append_take(&s, ev(lines[3]), &e);
	buf_reset(&got);
	replay_init(&r, emit, NULL);
	is_int(session_replay(&s, &r, &e), 0, "is read back");
	replay_free(&r);
	is_str(buf_str(&got), "user ", "whole");
	session_close(&s);

	clean();
	session_create(&s, dir, &e);
	snprintf(path, sizeof(path), "%s", s.path);
	session_append_take(&s, ev(lines[0]), &e);
	session_append_take(&s, ev(lines[1]), &e);
	session_close(&s);
	ok(access(path, F_OK) == -1, "a session without a prompt is not kept");
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 99;
	test_truncation();
	test_damage();
	test_order();
	test_refusals();
	test_memory();
	clean();
	rmdir(dir);
	buf_free(&got);
	return done_testing();
}
