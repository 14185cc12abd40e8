/*
 * batch_cmd.c - agent-gate batch: its command line.
 */
#include "gate/batch_cmd.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "gate/batch.h"
#include "gate/common_opt.h"
#include "gate/jobs.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#define AT_ONCE_MAX	JOBS_MAX
#define ATTEMPTS	20
#define GRACE_MS	5000

enum {
	KEY_TOOLS = 256, KEY_TEMPERATURE, KEY_MAX_TOKENS, KEY_KEEP_ORDER,
	KEY_SHARD, KEY_GRACE, KEY_PROMPTS, KEY_SYSTEM, KEY_ATTEMPTS,
	KEY_RETRY_FAILED, KEY_CACHE, KEY_SAMPLED, KEY_CACHE_MAX,
};

static const struct opt table[] = {
	{ "output", 'o', "FILE", "write to FILE, and go on where it ends" },
	{ "jobs", 'j', "N", "ask N at once (1, or what the server likes)" },
	{ "keep-order", KEY_KEEP_ORDER, NULL, "results in the order of the "
	    "input" },
	{ "prompts", KEY_PROMPTS, NULL, "the input is text, a prompt a "
	    "line" },
	{ "null", '0', NULL, "the input is text, prompts end in NUL" },
	{ "system", KEY_SYSTEM, "TEXT", "put this before each prompt" },
	{ "shard", KEY_SHARD, "K/N", "only part K of N, by custom_id" },
	{ "grace", KEY_GRACE, "TIME", "when told to end: to let answers "
	    "come (5s)" },
	{ "attempts", KEY_ATTEMPTS, "N", "for one request in all runs "
	    "(20)" },
	{ "retry-failed", KEY_RETRY_FAILED, NULL, "ask again what failed "
	    "for good" },
	{ "cache", KEY_CACHE, NULL, "take answers of earlier runs "
	    "(temperature 0)" },
	{ "cache-sampled", KEY_SAMPLED, NULL, "with it: whatever the "
	    "temperature is" },
	{ "cache-max", KEY_CACHE_MAX, "MIB", "with it: what is kept takes "
	    "so much at most (256)" },
	COMMON_SERVER,
	{ "tools", KEY_TOOLS, "FILE", "offer the tools in FILE in "
	    "conversations" },
	{ "temperature", KEY_TEMPERATURE, "N", "of conversations" },
	{ "max-tokens", KEY_MAX_TOKENS, "N", "of answers in conversations" },
	COMMON_TIMES,
	COMMON_ACCOUNT,
	{ "offline", COMMON_OFFLINE, NULL, "no server: a few fixed rules "
	    "answer" },
	{ "quiet", 'q', NULL, "say errors only; no summary on success" },
	{ "help", 'h', NULL, "this text" },
	{ NULL, 0, NULL, NULL },
};

static const char examples[] =
"  agent-gate batch -o answers.jsonl requests.jsonl\n"
"  ls *.c | agent-gate batch --prompts --system 'What may this file do?'\n"
"  agent-gate batch -j 8 --shard \"$K/10\" -o \"part-$K.jsonl\" all.jsonl\n";

static const char synopsis[] = "agent-gate batch [options] [file]";

static const char about[] =
"Asks all requests of a file, lines of OpenAI's Batch API or conversations,\n"
"and writes a result line for each.  Run again, it goes on where it ended.";

struct options {
	struct settings_flags flags;
	struct batch_conf conf;
	bool		 quiet;
};

static void
note(const char *text)
{
	log_note("%s", text);
}

static int
shard(struct batch_conf *c, const char *arg, struct err *e)
{
	int k = 0, n = 0, end = 0;

	if (sscanf(arg, "%5d/%5d%n", &k, &n, &end) != 2 ||
	    arg[end] != '\0' || n < 1 || k < 1 || k > n)
		return err_set(e, ERR_USAGE, "--shard %.40s: not K/N, where K "
		    "is 1 to N", arg);
	c->shard = (unsigned)k;
	c->shards = (unsigned)n;
	return 0;
}

static int
option(void *to, int key, const char *arg, struct err *e)
{
	struct options *o = to;
	struct batch_conf *c = &o->conf;
	int64_t n = 0;
	int rc = 0;

	if (common_opt(&o->flags, key, arg))
		return 0;
	switch (key) {
	case 'o': c->output = strcmp(arg, "-") == 0 ? NULL : arg; break;
	case 'j':
		rc = num_int(arg, 1, AT_ONCE_MAX, "-j", &n, e);
		c->at_once = (size_t)n;
		break;
	case KEY_KEEP_ORDER: c->keep_order = true; break;
	case KEY_PROMPTS: c->prompts = true; break;
	case '0': c->nul = true; break;
	case KEY_SYSTEM: c->system = arg; break;
	case KEY_SHARD: return shard(c, arg, e);
	case KEY_GRACE: return num_duration(arg, "--grace", &c->grace_ms, e);
	case KEY_ATTEMPTS:
		rc = num_int(arg, 1, 1000, "--attempts", &n, e);
		c->attempts = (unsigned)n;
		break;
	case KEY_RETRY_FAILED: c->retry_failed = true; break;
	case KEY_CACHE: c->cache = true; break;
	case KEY_SAMPLED: c->sampled = true; break;
	case KEY_CACHE_MAX:
		return num_int(arg, 1, 1 << 20, "--cache-max", &c->cache_mib,
		    e);
	case KEY_TOOLS: o->flags.v[SET_TOOLS] = arg; break;
	case KEY_TEMPERATURE: o->flags.v[SET_TEMPERATURE] = arg; break;
	case KEY_MAX_TOKENS: o->flags.v[SET_MAX_TOKENS] = arg; break;
	case 'q':
		o->quiet = true;
		log_set_level(LOG_ERROR);
		break;
	}
	return rc;
}

static int
operand(void *to, char *word, struct err *e)
{
	struct options *o = to;

	if (o->conf.input != NULL)
		return err_set(e, ERR_USAGE, "one input file, not also "
		    "%.80s", word);
	o->conf.input = word;
	return 0;
}

static const struct opt_program program = {
	.synopsis = synopsis, .about = about, .examples = examples,
	.table = table, .option = option, .operand = operand,
};

/* The limit of processor time is a request to end, like TERM. */
static void
on_xcpu(int sig)
{
	(void)sig;
	raise(SIGTERM);
}

static int
catch_signals(struct err *e)
{
	struct sigaction sa = { .sa_handler = on_xcpu };

	if (sig_init() == -1 || sigaction(SIGXCPU, &sa, NULL) == -1)
		return err_sys(e, "signals");
	return 0;
}

static void
summarize(const struct batch_counts *c, int status)
{
	struct buf b = BUF_INIT;

	batch_summary(&b, c, status);
	buf_addc(&b, '\n');
	fd_write_all(STDERR_FILENO, b.data, b.len);
	buf_free(&b);
}

static int
run(const struct options *o, struct jobs *j, struct batch_counts *counts,
    struct err *e)
{
	struct settings s = { .conf = NULL };
	struct server srv;
	int status = -1;

	if ((o->conf.sampled || o->conf.cache_mib != 0) && !o->conf.cache)
		return err_set(e, ERR_USAGE, "--cache-sampled, --cache-max: "
		    "only with --cache");
	if (j->kind == JOBS_CLOSED && o->conf.at_once > 1)
		note("make does not share its jobs: one at a time; try + "
		    "before the command in the Makefile");
	if (settings_load(&s, &o->flags, e) == 0) {
		if (server_open(&srv, &s, e) == 0)
			status = batch_run(&o->conf, &srv, j, counts, e);
		server_close(&srv);
	}
	settings_free(&s);
	return status;
}

int
batch_cmd(int argc, char **argv)
{
	struct options o = { .conf = { .attempts = ATTEMPTS,
	    .grace_ms = GRACE_MS, .note = note } };
	struct batch_counts counts = { .total = 0 };
	struct err e = ERR_INIT;
	struct jobs jobs;
	int rc, status;

	/* Before any file is opened, and before a key shuts /proc. */
	jobs_open(&jobs, getenv("MAKEFLAGS"));
	rc = opt_parse(&program, &o, argc, argv, &e);
	if (rc != 0) {
		jobs_close(&jobs);
		if (rc == 1)
			stdout_flush(&e);
		return log_exit(&e);
	}
	if (o.conf.input == NULL && isatty(STDIN_FILENO)) {
		jobs_close(&jobs);
		fprintf(stderr, "usage: %s\n\nExamples:\n%s\n"
		    "agent-gate batch --help says more.\n", synopsis,
		    examples);
		return 2;
	}
	status = catch_signals(&e) == -1 ? -1 : run(&o, &jobs, &counts, &e);
	jobs_close(&jobs);
	if (counts.gone)
		sig_reraise(SIGPIPE);
	if (status == -1)
		status = log_exit(&e);
	if (counts.total > 0 && (!o.quiet || status != 0))
		summarize(&counts, status);
	if (counts.signal == SIGINT && counts.left > 0)
		sig_reraise(SIGINT);
	return status;
}
