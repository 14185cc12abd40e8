/*
 * embed_cmd.c - agent-gate embed: its command line.
 */
#include "gate/embed_cmd.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "gate/common_opt.h"
#include "gate/embed.h"
#include "gate/jobs.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#define TEXTS		32	/* in a request */
#define TEXTS_MAX	2048	/* the most that any service takes */

enum { KEY_JSONL = 256, KEY_BATCH, KEY_DIMENSIONS, KEY_PREFIX };

static const struct opt table[] = {
	{ "jsonl", KEY_JSONL, NULL, "lines are objects: text, and id to be "
	    "given back" },
	{ "prefix", KEY_PREFIX, "TEXT", "put this before each text" },
	{ "dimensions", KEY_DIMENSIONS, "N", "ask for vectors of N numbers" },
	{ "batch", KEY_BATCH, "N", "at most N texts in a request (32)" },
	{ "jobs", 'j', "N", "N requests at once (1, or what the server "
	    "likes)" },
	COMMON_SERVER,
	COMMON_TIMES,
	COMMON_ACCOUNT,
	{ "offline", COMMON_OFFLINE, NULL, "no server: vectors that only "
	    "know words" },
	{ "quiet", 'q', NULL, "say errors only" },
	{ "help", 'h', NULL, "this text" },
	{ NULL, 0, NULL, NULL },
};

static const char examples[] =
"  agent-gate embed -m nomic-embed-text <lines.txt >vectors.jsonl\n"
"  agent-gate embed --jsonl --batch 64 -j 4 <texts.jsonl >vectors.jsonl\n"
"  echo 'a text' | agent-gate embed --offline | jq '.embedding | length'\n";

static const char synopsis[] = "agent-gate embed [options] <text";

static const char about[] =
"Writes a vector for each line, in the order of the input.";

struct options {
	struct settings_flags flags;
	struct embed_conf conf;
};

static int
option(void *to, int key, const char *arg, struct err *e)
{
	struct options *o = to;
	int64_t n = 0;
	int rc = 0;

	if (common_opt(&o->flags, key, arg))
		return 0;
	switch (key) {
	case KEY_JSONL: o->conf.jsonl = true; break;
	case KEY_PREFIX: o->conf.prefix = arg; break;
	case KEY_DIMENSIONS:
		return num_int(arg, 1, 65536, "--dimensions",
		    &o->conf.dimensions, e);
	case KEY_BATCH:
		rc = num_int(arg, 1, TEXTS_MAX, "--batch", &n, e);
		o->conf.texts = (size_t)n;
		break;
	case 'j':
		rc = num_int(arg, 1, JOBS_MAX, "-j", &n, e);
		o->conf.at_once = (size_t)n;
		break;
	case 'q': log_set_level(LOG_ERROR); break;
	}
	return rc;
}

static int
operand(void *to BASE_UNUSED, char *word, struct err *e)
{
	return err_set(e, ERR_USAGE, "unknown operand '%.60s'; the texts come "
	    "on standard input", word);
}

static const struct opt_program program = {
	.synopsis = synopsis, .about = about, .examples = examples,
	.table = table, .option = option, .operand = operand,
};

static void
note(const char *text)
{
	log_note("%s", text);
}

static int
run(const struct options *o, struct out *out, struct err *e)
{
	struct settings s = { .conf = NULL };
	struct server srv;
	int status = -1;

	if (settings_load(&s, &o->flags, e) == 0) {
		int rc = server_open(&srv, &s, e);

		srv.vectors = true;
		if (rc == 0 && server_find(&srv, note, e) == 0)
			status = embed_run(&o->conf, &srv, STDIN_FILENO, out,
			    e);
		server_close(&srv);
	}
	settings_free(&s);
	return status;
}

int
embed_cmd(int argc, char **argv)
{
	struct options o = { .conf = { .texts = TEXTS } };
	struct err e = ERR_INIT;
	struct out out;
	int rc = opt_parse(&program, &o, argc, argv, &e), status;

	if (rc != 0) {
		if (rc == 1)
			stdout_flush(&e);
		return log_exit(&e);
	}
	if (isatty(STDIN_FILENO)) {
		fprintf(stderr, "usage: %s\n\nExamples:\n%s\n"
		    "agent-gate embed --help says more.\n", synopsis,
		    examples);
		return 2;
	}
	out_init(&out, STDOUT_FILENO);
	status = run(&o, &out, &e);
	out_free(&out);
	if (out.gone)
		sig_reraise(SIGPIPE);
	return status == -1 ? log_exit(&e) : status;
}
