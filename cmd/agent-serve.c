/*
 * agent-serve.c - agent-gate as an HTTP server; started by agent-gate serve.
 *
 * Options only; the work is in lib/serve.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "gate/common_opt.h"
#include "gate/shut.h"
#include "serve/serve.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/sig.h"
#include "sys/stdout.h"

enum {
	KEY_REPLAY = 256, KEY_ENGINE, KEY_START, KEY_TOKEN_FILE,
	KEY_TOKEN_ENV, KEY_HOST, KEY_ORIGIN, KEY_GRACE, KEY_CLIENT,
	KEY_BODY, KEY_CONNECTIONS, KEY_NO_RECOVER, KEY_LEAVE, KEY_VERSION,
};

static const struct opt table[] = {
	{ "listen", 'l', "HOST:PORT", "where to listen (127.0.0.1:8000); "
	    "port 0: any" },
	{ "url", COMMON_URL, "URL", "the server to stand before "
	    "(AGENT_MODEL_URL)" },
	{ "model", 'm', "NAME", "where a request names none; FILE.gguf: "
	    "run it" },
	{ "offline", COMMON_OFFLINE, NULL, "no server: a few fixed rules "
	    "answer" },
	{ "replay", KEY_REPLAY, "FILE", "no server: answer from a file of "
	    "recordings" },
	{ "engine", KEY_ENGINE, "PROGRAM", "what runs FILE.gguf "
	    "(llama-server)" },
	{ "start-timeout", KEY_START, "TIME", "for the engine to load the "
	    "model (10m)" },
	{ "no-recover", KEY_NO_RECOVER, NULL, "leave tool calls in the text "
	    "as they are" },
	{ "token-file", KEY_TOKEN_FILE, "FILE", "ask clients for the token "
	    "in FILE (mode 0600)" },
	{ "token-env", KEY_TOKEN_ENV, "NAME", "ask for the token in the "
	    "variable NAME" },
	{ "host", KEY_HOST, "NAME", "another name that this server goes "
	    "by" },
	{ "allow-origin", KEY_ORIGIN, "ORIGIN", "let requests of this web "
	    "page in" },
	{ "max-body", KEY_BODY, "MIB", "greatest body of a request (32)" },
	{ "max-connections", KEY_CONNECTIONS, "N", "open connections "
	    "(512)" },
	{ "client-timeout", KEY_CLIENT, "TIME", "how long a client may keep "
	    "us waiting (60s)" },
	{ "grace", KEY_GRACE, "TIME", "to finish answers when told to end "
	    "(30s)" },
	{ "leave-after", KEY_LEAVE, "TIME", "end when that long nobody asked "
	    "(never)" },
	{ "key-file", COMMON_KEY_FILE, "FILE", "read the key for the server "
	    "from FILE" },
	{ "key-env", COMMON_KEY_ENV, "NAME", "take the key from the variable "
	    "NAME" },
	{ "connect-timeout", COMMON_CONNECT, "TIME", "to connect to the server "
	    "(10s)" },
	{ "first-byte-timeout", COMMON_FIRST, "TIME", "for its answer to begin "
	    "(300s)" },
	{ "idle-timeout", COMMON_IDLE, "TIME", "between two pieces of it "
	    "(120s)" },
	{ "timeout", COMMON_TOTAL, "TIME", "for all of it (none)" },
	{ "quiet", 'q', NULL, "say errors only" },
	{ "help", 'h', NULL, "this text" },
	{ "version", KEY_VERSION, NULL, "version and libraries" },
	{ NULL, 0, NULL, NULL },
};

static const char synopsis[] =
"agent-gate serve [options]\n"
"       agent-gate serve -m FILE.gguf [options] [-- ENGINE-ARGUMENTS]";

static const char about[] =
"An HTTP server of the chat completions API: in front of another server,\n"
"with an engine that it runs itself, or without any model.";

static const char examples[] =
"  agent-gate serve --url http://127.0.0.1:11434\n"
"  agent-gate serve -m qwen2.5-coder-7b.gguf -- -c 16384\n"
"  agent-gate serve --offline --listen 127.0.0.1:0\n";

struct options {
	struct settings_flags flags;
	struct serve_conf serve;
	const char	*token_file, *token_env;
	const char	*grace, *client, *body, *connections, *start, *leave;
};

/* True when the program is done already: help or version. */
static bool
option(struct options *o, int key, const char *arg)
{
	if (common_opt(&o->flags, key, arg))
		return false;
	switch (key) {
	case 'l': o->serve.listen = arg; break;
	case KEY_REPLAY: o->flags.replay = arg; break;
	case KEY_ENGINE: o->serve.engine.program = arg; break;
	case KEY_START: o->start = arg; break;
	case KEY_NO_RECOVER: o->serve.no_recover = true; break;
	case KEY_TOKEN_FILE: o->token_file = arg; break;
	case KEY_TOKEN_ENV: o->token_env = arg; break;
	case KEY_HOST: vec_push(&o->serve.guard.hosts, arg); break;
	case KEY_ORIGIN: vec_push(&o->serve.guard.origins, arg); break;
	case KEY_BODY: o->body = arg; break;
	case KEY_CONNECTIONS: o->connections = arg; break;
	case KEY_CLIENT: o->client = arg; break;
	case KEY_GRACE: o->grace = arg; break;
	case KEY_LEAVE: o->leave = arg; break;
	case 'q': log_set_level(LOG_ERROR); break;
	case 'h':
		opt_help(synopsis, about, table, examples);
		return true;
	case KEY_VERSION:
		opt_version("agent-serve", "libmicrohttpd, libcurl, libjq");
		return true;
	}
	return false;
}

static int
parse(struct options *o, int argc, char **argv, bool *over, struct err *e)
{
	struct opt_state s;
	int key;

	opt_init(&s, table, argc, argv);
	while ((key = opt_next(&s, e)) != OPT_END) {
		if (key == OPT_ERROR)
			return -1;
		*over = option(o, key, s.arg);
		if (*over)
			return 0;
	}
	o->serve.engine.args = argv + s.i;
	if (o->flags.offline && o->flags.replay != NULL)
		return err_set(e, ERR_USAGE, "--offline and --replay exclude "
		    "each other");
	return 0;
}

static bool
is_file(const char *model)
{
	size_t n = model != NULL ? strlen(model) : 0;

	return n > 5 && strcmp(model + n - 5, ".gguf") == 0;
}

/* What is left to be checked and turned into numbers. */
static int
settle(struct options *o, struct err *e)
{
	struct serve_conf *c = &o->serve;
	const char *model = o->flags.v[SET_MODEL];
	bool other = o->flags.offline || o->flags.replay != NULL ||
	    o->flags.v[SET_URL] != NULL;

	if (is_file(model)) {
		if (other)
			return err_set(e, ERR_USAGE, "--model FILE.gguf and "
			    "--url, --offline, --replay exclude each other");
		c->engine.file = model;
	} else if (c->engine.args[0] != NULL) {
		return err_set(e, ERR_USAGE, "unknown operand '%.60s'; "
		    "arguments for an engine need --model FILE.gguf",
		    c->engine.args[0]);
	}
	if (num_duration(o->grace, "--grace", &c->grace_ms, e) == -1 ||
	    num_duration(o->client, "--client-timeout", &c->client_ms,
	    e) == -1 || num_duration(o->start, "--start-timeout",
	    &c->engine.start_ms, e) == -1 ||
	    num_int(o->body, 1, 1024, "--max-body", &c->body_max, e) == -1 ||
	    num_int(o->connections, 1, 3000, "--max-connections",
	    &c->connections, e) == -1)
		return -1;
	if (o->leave != NULL &&
	    num_duration(o->leave, "--leave-after", &c->leave_ms, e) == -1)
		return -1;
	if (c->client_ms < 100)
		c->client_ms = 100;
	c->body_max <<= 20;
	return 0;
}

static int
read_token(const char *path, struct buf *b, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 077) != 0)
		return err_set(e, ERR_CONFIG, "--token-file %s: others may "
		    "read it; try chmod 600", path);
	if (file_read(path, b, 16384, e) == 0)
		return 0;
	e->kind = ERR_CONFIG;
	return err_wrap(e, "--token-file");
}

/* The token is kept out of sight of others, and of the engine. */
static int
load_token(struct options *o, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *v;

	if (o->token_file != NULL) {
		if (read_token(o->token_file, &b, e) == -1) {
			buf_free(&b);
			return -1;
		}
	} else if (o->token_env != NULL) {
		v = getenv(o->token_env);
		buf_adds(&b, v != NULL ? v : "");
	} else {
		return 0;
	}
	while (b.len > 0 && strchr(" \t\r\n", b.data[b.len - 1]) != NULL)
		buf_cut(&b, b.len - 1);
	if (b.len < 8) {
		buf_free(&b);
		return err_set(e, ERR_CONFIG, "the token is missing or has "
		    "less than 8 characters");
	}
	o->serve.guard.token = xstrdup(buf_str(&b));
	log_secret(buf_str(&b));
	explicit_bzero(b.data, b.len);
	buf_free(&b);
	shut_process();
	return 0;
}

static void
hide_secrets(const struct options *o)
{
	unsetenv("AGENT_MODEL_API_KEY");
	unsetenv("OPENAI_API_KEY");
	if (o->token_env != NULL)
		unsetenv(o->token_env);
	if (o->flags.key_env != NULL)
		unsetenv(o->flags.key_env);
}

static void
run(struct options *o, struct err *e)
{
	struct settings set = { .conf = NULL };

	if (settle(o, e) == 0 && load_token(o, e) == 0 &&
	    settings_load(&set, &o->flags, e) == 0) {
		hide_secrets(o);
		o->serve.set = &set;
		if (sig_init() == -1)
			err_sys(e, "signals");
		else
			serve_run(&o->serve, e);
	}
	settings_free(&set);
}

int
main(int argc, char **argv)
{
	struct options o = {
		.serve = { .listen = "127.0.0.1:8000",
		    .engine = { .program = "llama-server" } },
		.grace = "30s", .client = "60s", .body = "32",
		.connections = "512", .start = "10m",
	};
	struct err e = ERR_INIT;
	bool over = false;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-serve");
	if (parse(&o, argc, argv, &over, &e) == 0 && !over)
		run(&o, &e);
	if (over)
		stdout_flush(&e);
	vec_free(&o.serve.guard.hosts);
	vec_free(&o.serve.guard.origins);
	if (o.serve.guard.token != NULL)
		explicit_bzero(o.serve.guard.token,
		    strlen(o.serve.guard.token));
	free(o.serve.guard.token);
	if ((e.kind == ERR_NONE || e.kind == ERR_CANCELLED) &&
	    sig_caught() != 0)
		sig_reraise(sig_caught());
	return log_exit(&e);
}
