/*
 * agent-fetch.c - get a document of the web as text: the tool fetch of
 * agent-tool(1).
 *
 * The command line, and the words for what came of it; the work is in
 * lib/fetch.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/admit.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "fetch/fetch.h"
#include "fetch/say.h"
#include "json/js.h"
#include "net/http.h"
#include "sys/fd.h"
#include "sys/netwalls.h"
#include "sys/sig.h"

#define INPUT_MAX	((size_t)8 * 1024 * 1024)
#define JSON_MAX	((size_t)7 * 1024 * 1024)	/* of one result */
#define MEMORY		((uint64_t)1 << 30)
#define STATUS_PIPE	141		/* nobody reads: 128 + SIGPIPE */
#define SECONDS		60		/* of processor, at most */
#define READ_SECONDS	5		/* ... when all goes well */

enum { KEY_ALLOW = 256, KEY_PROXY, KEY_TIMEOUT, KEY_MAX, KEY_ALL, KEY_RAW,
	KEY_JSON, KEY_SCHEMA };

static const struct opt table[] = {
	{ "data", 'd', "TEXT", "post this; - reads it from standard input" },
	{ "all", KEY_ALL, NULL, "all of a page, not only its main part" },
	{ "raw", KEY_RAW, NULL, "what came as it is, binary too" },
	{ "json", KEY_JSON, NULL, "text and facts as one JSON object" },
	{ "quiet", 'q', NULL, "only the text, no line about it" },
	{ "allow-host", KEY_ALLOW, "HOST", "may be local or on another port: "
	    "HOST:PORT" },
	{ "proxy", KEY_PROXY, "URL", "go through it (AGENT_FETCH_PROXY)" },
	{ "timeout", KEY_TIMEOUT, "TIME", "for all of it (60s)" },
	{ "max-bytes", KEY_MAX, "N", "of the document (5000000)" },
	{ "schema", KEY_SCHEMA, NULL, "print the schema of the tool" },
	OPT_COMMON
};

static const char examples[] =
"  agent-fetch https://example.org/              a page as text\n"
"  agent-fetch -d '{\"q\":1}' https://example.org/api   a POST\n"
"  agent-fetch --allow-host localhost:3000 http://localhost:3000/";

static const char synopsis[] = "agent-fetch [options] URL";

static const char about[] =
"Gets a document of the web as text.  Public addresses only, whatever a name\n"
"or a redirect leads to.";

static const char schema[] =
    "{\"name\":\"fetch\",\"description\":\"Get a web page or API answer as "
    "text; body makes it a POST.\",\"inputSchema\":{\"type\":\"object\","
    "\"properties\":{\"url\":{\"type\":\"string\"},\"body\":{\"type\":"
    "\"string\"},\"raw\":{\"type\":\"boolean\",\"description\":\"keep HTML\"}}"
    ",\"required\":[\"url\"],\"additionalProperties\":false},\"annotations\":"
    "{\"readOnlyHint\":false,\"destructiveHint\":false,\"openWorldHint\":true"
    "},\"_meta\":{\"agent\":{\"abi\":1,\"timeout_s\":90,\"network\":true}}}\n";

struct settings {
	struct fetch_ask ask;
	struct admit	 allow;
	struct buf	 body;
	char		*url;
	enum say_how	 how;
	bool		 json, quiet, tool, has_body;
	char		 walls[64];
};

/* ---- what came of it ------------------------------------------------- */

/* The status of the program for one of HTTP. */
static int
exit_of(const struct fetch_page *page)
{
	if (page->status >= 200 && page->status < 400)
		return 0;
	return page->status == 429 || page->status == 503 ? 75 : 1;
}

/* A result of MCP, which is what agent-tools(7) takes. */
static int
put_json(const struct settings *s, const struct buf *text, jv facts,
    bool failed, struct err *e)
{
	size_t n = text->len;
	struct buf out = BUF_INIT;
	int rc = 0;

	for (;;) {
		jv block = js_obj(), o = js_obj(), ours = js_obj();

		block = js_set_str(block, "type", "text");
		block = js_set(block, "text", js_from_bytes(buf_str(text),
		    n));
		o = js_set(o, "content", js_push(js_arr(), block));
		if (js_is_valid(facts))
			o = js_set(o, "structuredContent", js_ref(facts));
		o = js_set_bool(o, "isError", failed);
		ours = js_set_str(ours, "origin", "network");
		ours = js_set_str(ours, "sandbox", s->walls);
		o = js_set(o, "_meta", js_set(js_obj(), "agent", ours));
		buf_reset(&out);
		js_dump(&out, o);
		js_free(o);
		if (out.len <= JSON_MAX || n == 0)
			break;
		/* Escapes may be six times as long as what they stand for. */
		n = n / 2;
	}
	buf_addc(&out, '\n');
	if (fd_write_all(1, out.data, out.len) == -1)
		rc = errno == EPIPE ? STATUS_PIPE :
		    err_sys(e, "standard output");
	buf_free(&out);
	return rc;
}

/* As JSON: the line about it stands above the text. */
static int
tell_json(const struct settings *s, const struct say *say,
    const struct fetch_page *page, struct err *e)
{
	struct buf b = BUF_INIT;
	jv facts = say_facts(say, page);
	int rc;

	say_line(&b, say, page);
	buf_adds(&b, "\n\n");
	buf_add(&b, buf_str(&say->text), say->text.len);
	rc = put_json(s, &b, facts, exit_of(page) != 0, e);
	js_free(facts);
	buf_free(&b);
	return rc == 0 ? exit_of(page) : rc;
}

static int
tell_plain(const struct settings *s, const struct say *say,
    const struct fetch_page *page, struct err *e)
{
	const struct buf *out = s->how == SAY_RAW ? &page->body : &say->text;
	struct buf line = BUF_INIT;

	if (!s->quiet) {
		say_line(&line, say, page);
		log_note("%s", buf_str(&line));
		buf_free(&line);
	}
	if (fd_write_all(1, out->data, out->len) == -1)
		return errno == EPIPE ? STATUS_PIPE :
		    err_sys(e, "standard output");
	return exit_of(page);
}

/* A failure as a tool tells it: the model is who reads it. */
static int
tell_failure(const struct settings *s, const struct err *why, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *code = why->kind == ERR_DENIED ? "DENIED" :
	    why->kind == ERR_TIMEOUT ? "TIMEOUT" :
	    why->kind == ERR_USAGE ? "INVALID_ARGUMENTS" :
	    err_retryable(why->kind) && why->kind != ERR_UNAVAILABLE ?
	    "TRY_LATER" : "TOOL_FAILED";
	int rc;

	buf_addf(&b, "ERROR [%s]: %s\n", code, why->msg);
	rc = put_json(s, &b, js_none(), true, e);
	buf_free(&b);
	return rc == 0 ? err_exit(why) : rc;
}

static int
run(struct settings *s, struct err *e)
{
	struct fetch_page page = { .status = 0 };
	struct say say = { .charset = NULL };
	int rc;

	rc = fetch_page(&page, &s->ask, e);
	if (rc == 0) {
		say_page(&say, &page, s->how);
		rc = s->tool || s->json ? tell_json(s, &say, &page, e) :
		    tell_plain(s, &say, &page, e);
	}
	say_free(&say);
	fetch_free(&page);
	return rc;
}

/* ---- the walls ------------------------------------------------------- */

static const char *too_late;

static void
on_alarm(int sig)
{
	int fd = *too_late == '{' ? STDOUT_FILENO : STDERR_FILENO;

	(void)sig;
	(void)!write(fd, too_late, strlen(too_late));
	_exit(124);
}

/* A page may be made so that reading it takes a library without end; that
 * ends it, by time of the processor and by the clock. */
static void
set_alarms(const struct settings *s)
{
	const struct itimerval t = { .it_value = { .tv_sec = READ_SECONDS } };

	too_late = s->tool || s->json ? "{\"content\":[{\"type\":\"text\","
	    "\"text\":\"ERROR [TIMEOUT]: the document took too long to "
	    "read\"}],\"isError\":true,\"_meta\":{\"agent\":{\"origin\":"
	    "\"network\"}}}\n" : "agent-fetch: the document took too long to "
	    "read\n";
	signal(SIGALRM, on_alarm);
	signal(SIGPROF, on_alarm);
	setitimer(ITIMER_PROF, &t, NULL);
	alarm((unsigned)(s->ask.total_ms / 1000) + 2 * READ_SECONDS);
}

static int
raise_walls(struct settings *s, struct err *e)
{
	struct netwalls w = { .ca = getenv("SSL_CERT_FILE"),
	    .seconds = SECONDS, .memory = MEMORY };

	w.nports = admit_ports(&s->allow, w.ports, NETWALLS_PORTS);
	/* A proxy is at a port of its own. */
	if (s->ask.proxy != NULL)
		w.nports = -1;
	set_alarms(s);
	if (netwalls_raise(&w, s->walls, sizeof(s->walls)))
		return 0;
	return err_set(e, ERR_DENIED, "this kernel offers neither Landlock "
	    "nor seccomp, so nothing is fetched; see agent-tool doctor");
}

/* ---- as a tool ------------------------------------------------------- */

/* The arguments of agent-tools(7) from standard input. */
static int
arguments(struct settings *s, struct err *e)
{
	struct buf in = BUF_INIT;
	const char *url, *body;
	size_t n;
	jv v;
	int rc = 0;

	if (fd_slurp(0, &in, INPUT_MAX) == -1)
		return err_sys(e, "standard input");
	v = js_parse(buf_str(&in), in.len, e);
	url = js_str(v, "url");
	body = js_str_len(v, "body", &n);
	if (e->kind != ERR_NONE)
		rc = -1;
	else if (url == NULL)
		rc = err_set(e, ERR_USAGE, "url: required (string), missing");
	else
		s->url = xstrdup(url);
	if (body != NULL) {
		buf_add(&s->body, body, n);
		s->has_body = true;
	}
	if (js_bool(v, "raw", false))
		s->how = SAY_RAW;
	js_free(v);
	buf_free(&in);
	return rc;
}

/* ---- as a command ---------------------------------------------------- */

static int
set_data(struct settings *s, const char *arg, struct err *e)
{
	s->has_body = true;
	buf_reset(&s->body);
	if (strcmp(arg, "-") != 0)
		buf_adds(&s->body, arg);
	else if (isatty(0))
		return err_set(e, ERR_USAGE, "-d -: standard input is a "
		    "terminal");
	else if (fd_slurp(0, &s->body, INPUT_MAX) == -1)
		return err_sys(e, "standard input");
	return 0;
}

/* 1 when the program is done already. */
static int
option(void *settings, int key, const char *arg, struct err *e)
{
	struct settings *s = settings;
	int64_t n = 0;

	switch (key) {
	case 'd': return set_data(s, arg, e);
	case 'q': s->quiet = true; break;
	case KEY_ALL: s->how = SAY_ALL; break;
	case KEY_RAW: s->how = SAY_RAW; break;
	case KEY_JSON: s->json = true; break;
	case KEY_ALLOW: return admit_add(&s->allow, arg, e);
	case KEY_PROXY: s->ask.proxy = arg; break;
	case KEY_TIMEOUT:
		if (num_duration(arg, "--timeout", &n, e) == -1)
			return -1;
		if (n < 1 || n > 600 * 1000)
			return err_set(e, ERR_USAGE, "--timeout: up to 600s");
		s->ask.total_ms = n;
		break;
	case KEY_MAX:
		if (num_int(arg, 1, (int64_t)FETCH_BYTES_MAX, "--max-bytes",
		    &n, e) == -1)
			return -1;
		s->ask.max_bytes = (size_t)n;
		break;
	case KEY_SCHEMA:
		fputs(schema, stdout);
		return 1;
	}
	return 0;
}

static int
operand(void *settings, char *word, struct err *e)
{
	struct settings *s = settings;

	if (s->url != NULL)
		return err_set(e, ERR_USAGE, "one URL, not also '%.60s'",
		    word);
	s->url = xstrdup(word);
	return 0;
}

static const struct opt_program program = { "agent-fetch", synopsis, about,
    examples, "libcurl libxml2 libjq", table, option, operand };

static int
parse(struct settings *s, int argc, char **argv, struct err *e)
{
	int rc = opt_parse(&program, s, argc, argv, e);

	if (rc == 0 && s->url == NULL)
		return err_set(e, ERR_USAGE, "a URL is missing; see "
		    "agent-fetch --help");
	return rc;
}

/* What the user's environment, which no project sets, says. */
static int
surroundings(struct settings *s, struct err *e)
{
	const char *allow = getenv("AGENT_ALLOW_HOST");
	const char *proxy = getenv("AGENT_FETCH_PROXY");

	if (proxy != NULL && *proxy != '\0')
		s->ask.proxy = proxy;
	if (allow != NULL && admit_add(&s->allow, allow, e) == -1)
		return err_wrap(e, "AGENT_ALLOW_HOST");
	return 0;
}

int
main(int argc, char **argv)
{
	struct settings s = { .ask = { .total_ms = FETCH_MS,
	    .max_bytes = FETCH_BYTES } };
	const char *abi = getenv("AGENT_ABI");
	struct err e = ERR_INIT, why = ERR_INIT;
	int status = 0, rc;

	fd_sanitize();
	sig_sanitize();
	signal(SIGPIPE, SIG_IGN);
	log_init("agent-fetch");
	/* For host names beyond ASCII, wherever we are. */
	setlocale(LC_CTYPE, "C.UTF-8");
	s.tool = argc == 1 && abi != NULL && strcmp(abi, "1") == 0;
	rc = surroundings(&s, &e);
	if (rc == 0)
		rc = s.tool ? arguments(&s, &e) : parse(&s, argc, argv, &e);
	s.ask.url = s.url;
	/* As a tool the policy has judged the host. */
	s.ask.judged = s.tool;
	s.ask.allow = &s.allow;
	s.ask.body = s.has_body ? buf_str(&s.body) : NULL;
	s.ask.len = s.body.len;
	if (rc == 0 && raise_walls(&s, &e) == 0)
		status = run(&s, &e);
	if (e.kind != ERR_NONE && s.tool) {
		why = e;
		e = (struct err)ERR_INIT;
		status = tell_failure(&s, &why, &e);
	}
	admit_free(&s.allow);
	buf_free(&s.body);
	free(s.url);
	if (fflush(stdout) == EOF && e.kind == ERR_NONE)
		err_sys(&e, "standard output");
	/* Behind the walls nothing of a library's own is run any more. */
	_exit(e.kind != ERR_NONE ? log_exit(&e) : status);
}
