/* Messages, events, ids, settings and places. */
#include "base/mem.h"
#include "core/conf.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/msg.h"
#include "core/state.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static jv
parse(const char *s)
{
	struct err e = ERR_INIT;
	jv v = js_parse(s, strlen(s), &e);

	if (!js_is_valid(v))
		ok(false, "the test's own JSON: %s", s);
	return v;
}

static void
same(jv got, const char *want, const char *name)
{
	struct buf b = BUF_INIT;

	js_dump(&b, got);
	is_str(buf_str(&b), want, name);
	buf_free(&b);
	js_free(got);
}

static void
messages(void)
{
	static const struct {
		const char *msg, *fault;
	} bad[] = {
		{ "[]", "a message is an object" },
		{ "{\"role\":\"wizard\",\"content\":\"x\"}", "wizard" },
		{ "{\"content\":\"x\"}", "role" },
		{ "{\"role\":\"user\"}", "content" },
		{ "{\"role\":\"user\",\"content\":5}", "got number" },
		{ "{\"role\":\"tool\",\"content\":\"x\"}", "tool_call_id" },
		{ "{\"role\":\"assistant\",\"tool_calls\":{}}", "an array" },
		{ "{\"role\":\"assistant\",\"tool_calls\":[{}]}",
		    "tool_calls[0].id" },
		{ "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\","
		    "\"function\":{\"name\":\"f\",\"arguments\":{}}}]}",
		    "arguments: expected a string, got object" },
	};
	struct buf b = BUF_INIT;
	const char *id, *name, *args;
	size_t n;
	jv m;

	m = parse("{\"type\":\"message\",\"ts\":\"t\",\"seq\":3,\"turn\":1,"
	    "\"session_id\":\"s\",\"id\":\"m1\",\"role\":\"assistant\","
	    "\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":"
	    "\"function\",\"function\":{\"name\":\"ls\",\"arguments\":"
	    "\"{\\\"n\\\":9007199254740993}\"}}],\"agent\":{},\"x\":1}");
	is_int(msg_classify(m), MSG_LINE_MESSAGE, "a message event");
	is_int(msg_ncalls(m), 1, "one call");
	msg_call(m, 0, &id, &name, &args, &n);
	is_str(args, "{\"n\":9007199254740993}", "arguments stay a string");
	msg_call(m, 7, &id, &name, &args, &n);
	ok(*id == '\0' && *name == '\0' && n == 0, "there is no eighth");
	same(msg_strip(m), "{\"role\":\"assistant\",\"content\":null,"
	    "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
	    "\"function\":{\"name\":\"ls\",\"arguments\":"
	    "\"{\\\"n\\\":9007199254740993}\"}}],\"x\":1}",
	    "what goes to a server");
	js_free(m);
	m = parse("{\"role\":\"user\",\"id\":\"kept\",\"content\":[{\"type\":"
	    "\"text\",\"text\":\"a\"},{\"type\":\"image\"},\"b\"]}");
	msg_content(&b, m);
	is_str(buf_str(&b), "ab", "text parts are joined");
	same(msg_strip(m), "{\"role\":\"user\",\"id\":\"kept\",\"content\":"
	    "[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image\"},"
	    "\"b\"]}", "a plain message stays as it is");
	js_free(m);
	for (size_t i = 0; i < BASE_NITEMS(bad); i++) {
		struct err e = ERR_INIT;

		m = parse(bad[i].msg);
		is_int(msg_check(m, &e), -1, bad[i].msg);
		has(e.msg, bad[i].fault, "and says what");
		js_free(m);
	}
	m = parse("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\","
	    "\"function\":{\"name\":\"f\"}},{\"id\":\"b\",\"function\":"
	    "{\"name\":\"g\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"a\"}]");
	same(msg_unanswered(m), "[{\"id\":\"b\",\"name\":\"g\"}]",
	    "calls without a result are found");
	js_free(m);
	buf_free(&b);
}

static void
events(void)
{
	struct event_ctx c = { .session_id = "S", .turn = 2 };
	struct err e = ERR_INIT, back = ERR_INIT;
	jv ev;

	setenv("AGENT_FIXED_TIME", "0", 1);
	ev = event_message_take(msg_text("user", "hi", 2), "m1");
	same(event_stamp_take(&c, ev), "{\"type\":\"message\",\"ts\":"
	    "\"1970-01-01T00:00:00.000Z\",\"seq\":0,\"session_id\":\"S\","
	    "\"turn\":2,\"id\":\"m1\",\"role\":\"user\",\"content\":\"hi\"}",
	    "an event in its fixed order");
	is_int(c.seq, 1, "numbers count up");
	err_set(&e, ERR_RATE, "too many requests");
	e.http_status = 429;
	ev = event_error(&e);
	event_to_err(ev, &back);
	ok(back.kind == ERR_RATE && back.http_status == 429 &&
	    strcmp(back.msg, e.msg) == 0, "errors survive the wire");
	js_free(ev);
	unsetenv("AGENT_FIXED_TIME");
}

static void
ids(void)
{
	char a[IDS_SIZE], b[IDS_SIZE], sum[65];

	ids_sortable(a);
	ids_sortable(b);
	ok(strcmp(a, b) != 0 && strlen(a) == 24, "sortable ids differ");
	ids_call(a);
	is_int(strlen(a), 9, "call ids have nine characters");
	is_int(strspn(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789"), 9, "letters and digits");
	ids_sha256(sum, "abc", 3);
	is_str(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
	    "f20015ad", "SHA-256 of the standard's example");
	setenv("AGENT_FIXED_IDS", "t", 1);
	ids_sortable(a);
	is_str(a, "t-1", "ids of a test are fixed");
	unsetenv("AGENT_FIXED_IDS");
}

static void
settings(const char *dir)
{
	char *path = xasprintf("%s/config.json", dir);
	struct err e = ERR_INIT;
	enum conf_origin from;
	struct conf *c;
	int64_t n = 0;
	bool yes = false;
	FILE *f = fopen(path, "w");

	fputs("{\"model\":\"m1\",\"max_steps\":7,\"url\":\"\",\"on\":true}",
	    f);
	fclose(f);
	setenv("AGENT_CONFIG", path, 1);
	c = conf_open(&e);
	ok(c != NULL, "a file of settings");
	is_str(conf_str(c, "model", "T_MODEL", "d", &from), "m1", "a string");
	is_int(from, CONF_USER, "from the user's file");
	setenv("T_MODEL", "m2", 1);
	is_str(conf_str(c, "model", "T_MODEL", "d", &from), "m2",
	    "the environment goes before");
	is_int(from, CONF_ENV, "and is named");
	is_str(conf_str(c, "url", NULL, "d", &from), "d", "empty is unset");
	ok(conf_int(c, "max_steps", "T_STEPS", 1, 100, 20, &n, &e) == 0 &&
	    n == 7, "a number");
	ok(conf_bool(c, "on", NULL, false, &yes, &e) == 0 && yes, "a boolean");
	setenv("T_STEPS", "many", 1);
	is_int(conf_int(c, "max_steps", "T_STEPS", 1, 100, 20, &n, &e), -1,
	    "a bad number");
	ok(e.kind == ERR_CONFIG && strstr(e.msg, "T_STEPS") != NULL,
	    "names its place");
	conf_close(c);
	f = fopen(path, "w");
	fputs("{\"model\":", f);
	fclose(f);
	ok(conf_open(&e) == NULL && e.kind == ERR_CONFIG &&
	    strstr(e.msg, path) != NULL, "a broken file is named");
	unlink(path);
	c = conf_open(&e);
	ok(c != NULL, "no file is fine");
	conf_close(c);
	unsetenv("AGENT_CONFIG");
	free(path);
}

static void
places(const char *dir)
{
	struct err e = ERR_INIT;
	struct stat st;
	char *p, *w;
	int fd = -1;

	setenv("AGENT_STATE", dir, 1);
	p = state_dir("/home/me/my project", "sessions", &e);
	ok(p != NULL && strstr(p, "/projects/my_project-") != NULL,
	    "a project has its folder");
	ok(stat(p, &st) == 0 && (st.st_mode & 0777) == 0700, "private");
	free(p);
	setenv("AGENT_STATE", "relative", 1);
	ok(state_root(&e) == NULL && e.kind == ERR_CONFIG, "not a relative one");
	unsetenv("AGENT_STATE");
	w = state_workspace(dir, &fd, &e);
	ok(w != NULL && *w == '/' && fd >= 0, "a workspace");
	free(w);
	close(fd);
	ok(state_workspace("/no/such/folder", &fd, &e) == NULL &&
	    e.kind == ERR_NOINPUT && fd == -1, "a missing one is named");
}

int
main(void)
{
	char dir[] = "/tmp/t-core.XXXXXX", cmd[64];

	if (mkdtemp(dir) == NULL)
		return 1;
	messages();
	events();
	ids();
	settings(dir);
	places(dir);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	is_int(system(cmd), 0, "cleaned up");
	return done_testing();
}
