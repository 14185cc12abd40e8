/*
 * agent-gate.c - chat messages in, the next message of the assistant out.
 *
 * Options and sub-commands only; the work is in lib/gate.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/opt.h"
#include "core/event.h"
#include "core/state.h"
#include "gate/batch_cmd.h"
#include "gate/common_opt.h"
#include "gate/coproc.h"
#include "gate/count_cmd.h"
#include "gate/embed_cmd.h"
#include "gate/filter.h"
#include "gate/models_cmd.h"
#include "gate/parse.h"
#include "gate/settings.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum {
	KEY_STREAM = 256, KEY_TEMPERATURE, KEY_MAX_TOKENS, KEY_TOOLS,
	KEY_NO_TOOLS, KEY_WINDOW, KEY_RECORD, KEY_REPLAY, KEY_COPROCESS,
	KEY_DRY_RUN, KEY_SHOW, KEY_JSON, KEY_ALL, KEY_FALLBACK,
	KEY_FALLBACK_AFTER, KEY_RECOVER, KEY_PROFILE, KEY_NO_PROFILE,
	KEY_PROBE, KEY_SHOW_PROFILE, KEY_SCHEMA,
};

static const struct opt table[] = {
	{ "stream", KEY_STREAM, NULL, "tell each piece of the answer in a "
	    "line of its own" },
	{ "url", COMMON_URL, "URL", "base of the server's URL "
	    "(AGENT_MODEL_URL)" },
	{ "model", 'm', "NAME", "the model to ask (AGENT_MODEL)" },
	{ "tools", KEY_TOOLS, "FILE", "offer the tools in FILE "
	    "(AGENT_TOOLS)" },
	{ "no-tools", KEY_NO_TOOLS, NULL, "offer none but those in the "
	    "talk" },
	{ "temperature", KEY_TEMPERATURE, "N", "sampling temperature" },
	{ "max-tokens", KEY_MAX_TOKENS, "N", "limit of the answer" },
	{ "window", KEY_WINDOW, "N", "size of the model's context in "
	    "tokens" },
	{ "key-file", COMMON_KEY_FILE, "FILE", "read the key from FILE (mode "
	    "0600)" },
	{ "key-env", COMMON_KEY_ENV, "NAME", "take the key from the variable "
	    "NAME" },
	{ "connect-timeout", COMMON_CONNECT, "TIME", "to connect (10s)" },
	{ "first-byte-timeout", COMMON_FIRST, "TIME", "for the answer to begin "
	    "(300s)" },
	{ "idle-timeout", COMMON_IDLE, "TIME", "between two pieces (120s)" },
	{ "timeout", COMMON_TOTAL, "TIME", "for all of it (none)" },
	{ "retries", COMMON_RETRIES, "N", "how many times to try again (4)" },
	{ "fallback", KEY_FALLBACK, "MODEL[@URL]", "a stronger model "
	    "(AGENT_FALLBACK)" },
	{ "fallback-after", KEY_FALLBACK_AFTER, "N", "how often it has to "
	    "fail in a row (3)" },
	{ "recover", KEY_RECOVER, "HOW", "calls in text: auto on off "
	    "FORMAT (AGENT_RECOVER)" },
	{ "output-schema", KEY_SCHEMA, "FILE", "the answer has to fit this "
	    "JSON Schema" },
	{ "profile", KEY_PROFILE, "NAME", "this profile, not the fitting one "
	    "(AGENT_PROFILE)" },
	{ "no-profile", KEY_NO_PROFILE, NULL, "go by no profile" },
	COMMON_ACCOUNT,
	{ "gemini", COMMON_GEMINI, NULL, "ask Gemini (GEMINI_API_KEY, "
	    "GEMINI_MODEL)" },
	{ "offline", COMMON_OFFLINE, NULL, "no server: a few fixed rules "
	    "answer" },
	{ "record", KEY_RECORD, "FILE", "append the answer to FILE" },
	{ "replay", KEY_REPLAY, "FILE", "no server: answer from such a "
	    "FILE" },
	{ "coprocess", KEY_COPROCESS, NULL, "stay and serve, "
	    "agent-protocol(7)" },
	{ "dry-run", KEY_DRY_RUN, NULL, "print the request's body, ask "
	    "nobody" },
	{ "show-config", KEY_SHOW, NULL, "print the settings and where they "
	    "come from" },
	{ "json", KEY_JSON, NULL, "models, count: a JSON object a line" },
	{ "all", KEY_ALL, NULL, "models: of all servers on this machine" },
	{ "probe", KEY_PROBE, NULL, "models: try what the model can, and keep "
	    "it" },
	{ "show-profile", KEY_SHOW_PROFILE, "MODEL", "models: what is known "
	    "of MODEL" },
	{ "quiet", 'q', NULL, "say errors only" },
	{ "verbose", 'v', NULL, "say more, and that a server lets us wait" },
	OPT_COMMON,
};

static const char examples[] =
"  echo '{\"role\":\"user\",\"content\":\"Hello.\"}' | agent-gate\n"
"  agent-gate --stream <talk.jsonl | jq -j 'select(.kind == \"text\").text'\n"
"  agent-gate models                          what can be asked here\n";

static const char synopsis[] =
"agent-gate [options] <talk.jsonl\n"
"       agent-gate --coprocess [options]\n"
"       agent-gate parse [--tools FILE] [options] <text\n"
"       agent-gate models [--json] [--all] [--probe] [options]\n"
"       agent-gate count [--json] [options] <talk.jsonl\n"
"       agent-gate usage [options]\n"
"       agent-gate serve [options]\n"
"       agent-gate batch [options] [file]\n"
"       agent-gate embed [options] <text";

static const char about[] =
"Reads chat messages, one JSON object a line, asks a model to go on, and\n"
"writes the next message of the assistant.";

enum mode {
	MODE_FILTER, MODE_COPROCESS, MODE_DRY, MODE_SHOW, MODE_MODELS,
	MODE_COUNT,
};

struct options {
	struct settings_flags flags;
	enum mode	 mode;
	const char	*record, *schema;
	struct models_opts models;
	bool		 stream;
};

static bool
setting_option(struct settings_flags *f, int key, const char *arg)
{
	static const struct { int key; enum setting_id id; } map[] = {
		{ KEY_TOOLS, SET_TOOLS },
		{ KEY_TEMPERATURE, SET_TEMPERATURE },
		{ KEY_MAX_TOKENS, SET_MAX_TOKENS },
		{ KEY_WINDOW, SET_WINDOW }, { KEY_FALLBACK, SET_FALLBACK },
		{ KEY_FALLBACK_AFTER, SET_FALLBACK_AFTER },
		{ KEY_RECOVER, SET_RECOVER },
		{ KEY_PROFILE, SET_PROFILE },
	};

	for (size_t i = 0; i < BASE_NITEMS(map); i++)
		if (map[i].key == key) {
			f->v[map[i].id] = arg;
			return true;
		}
	return false;
}

static int
option(void *to, int key, const char *arg, struct err *e BASE_UNUSED)
{
	struct options *o = to;

	if (setting_option(&o->flags, key, arg) ||
	    common_opt(&o->flags, key, arg))
		return 0;
	switch (key) {
	case KEY_STREAM: o->stream = true; break;
	case KEY_NO_TOOLS: o->flags.v[SET_TOOLS] = ""; break;
	case KEY_RECORD: o->record = arg; break;
	case KEY_SCHEMA: o->schema = arg; break;
	case KEY_REPLAY: o->flags.replay = arg; break;
	case KEY_COPROCESS: o->mode = MODE_COPROCESS; break;
	case KEY_DRY_RUN: o->mode = MODE_DRY; break;
	case KEY_SHOW: o->mode = MODE_SHOW; break;
	case KEY_NO_PROFILE: o->flags.v[SET_PROFILE] = "none"; break;
	case KEY_JSON: o->models.json = true; break;
	case KEY_ALL: o->models.all = true; break;
	case KEY_PROBE: o->models.probe = true; break;
	case KEY_SHOW_PROFILE: o->models.show = arg; break;
	case 'q': log_set_level(LOG_ERROR); break;
	case 'v':
		log_set_level(LOG_TRACE);
		o->flags.verbose = true;
		break;
	}
	return 0;
}

static int
operand(void *to, char *word, struct err *e)
{
	struct options *o = to;
	static const char *const names[] = { "models", "count", "batch",
	    "embed", "parse", "serve", "usage", NULL };
	const char *near = opt_nearest(word, names);

	if (strcmp(word, "models") == 0) {
		o->mode = MODE_MODELS;
		return 0;
	}
	if (strcmp(word, "count") == 0) {
		o->mode = MODE_COUNT;
		return 0;
	}
	if (near != NULL && strcmp(near, word) == 0)
		return err_set(e, ERR_USAGE, "%s: the command stands before "
		    "its options; try agent-gate %s --help", word, word);
	if (near != NULL)
		return err_set(e, ERR_USAGE, "unknown command '%.60s'; did "
		    "you mean %s?", word, near);
	return err_set(e, ERR_USAGE, "unknown operand '%.60s'; the talk comes "
	    "on standard input, try agent-gate <%.60s", word, word);
}

static const struct opt_program program = {
	.name = "agent-gate", .synopsis = synopsis, .about = about,
	.examples = examples, .libs = "libcurl, libjq", .table = table,
	.option = option, .operand = operand,
};

/* 0, 1 when the program is done already, or -1. */
static int
parse(struct options *o, int argc, char **argv, struct err *e)
{
	int rc = opt_parse(&program, o, argc, argv, e);

	if (rc == 0 && o->flags.offline && o->flags.replay != NULL)
		return err_set(e, ERR_USAGE, "--offline and --replay exclude "
		    "each other");
	if (rc == 0 && o->record != NULL && o->flags.replay != NULL)
		return err_set(e, ERR_USAGE, "--record and --replay exclude "
		    "each other");
	return rc;
}

static void
on_note(void *arg, const char *text)
{
	(void)arg;
	log_note("%s", text);
}

static int
run_filter(struct gate *g, const struct options *o, struct out *out,
    struct err *e)
{
	enum gate_flags flags = o->mode == MODE_DRY ? GATE_DRY : GATE_PLAIN;
	const char *body;
	size_t n;

	/* The input first: a talk with a fault costs no question. */
	if (gate_prepare(g, o->record, flags, e) == -1 ||
	    filter_read(g, STDIN_FILENO, "<stdin>", e) == -1 ||
	    gate_connect(g, flags, e) == -1)
		return -1;
	if (o->mode == MODE_FILTER)
		return filter_run(g, o->stream, out, e);
	request_close_calls(&g->req);
	body = request_body(&g->req, o->stream, &n);
	buf_add(&out->b, body, n);
	buf_addc(&out->b, '\n');
	return out_flush(out, e);
}

static int
run_count(struct gate *g, const struct options *o, struct out *out,
    struct err *e)
{
	if (gate_prepare(g, NULL, GATE_DRY, e) == -1)
		return -1;
	return count_run(g, STDIN_FILENO, o->models.json, out, e);
}

static int
run_coprocess(struct gate *g, const struct options *o, struct out *out,
    struct err *e)
{
	struct err ignored = ERR_INIT;
	jv ev;

	if (sig_init() == -1)
		return err_sys(e, "signals");
	if (gate_prepare(g, o->record, GATE_WINDOW, e) == 0 &&
	    gate_connect(g, GATE_WINDOW, e) == 0)
		return coproc_run(g, STDIN_FILENO, VERSION, out, e);
	ev = coproc_known_take(g, event_error(e));
	out_line(out, ev);
	out_flush(out, &ignored);
	js_free(ev);
	return -1;
}

/* The settings, and what the profile says where nothing is set. */
static int
show_config(const struct settings *s, struct out *out, struct err *e)
{
	struct profile_for who = { .base = s->url,
	    .model = s->v[SET_MODEL].value,
	    .choice = s->v[SET_PROFILE].value };
	struct profile p = PROFILE_INIT;

	if (s->url != NULL && strncmp(s->url, "http", 4) != 0)
		who.choice = "none";
	if (profile_find(&p, &who, e) == 0) {
		settings_show(s, &p, &out->b);
		out_flush(out, e);
	}
	profile_free(&p);
	return e->kind == ERR_NONE ? 0 : -1;
}

static int
run(const struct options *o, const struct settings *s, struct out *out,
    struct err *e)
{
	struct form form = FORM_INIT;
	struct gate g;
	int rc = 0;

	if (o->mode == MODE_SHOW)
		return show_config(s, out, e);
	if (o->mode == MODE_MODELS)
		return models_cmd(s, &o->models, out, e);
	gate_init(&g, s);
	g.note = on_note;
	if (o->schema != NULL) {
		rc = form_load(&form, o->schema, e);
		if (rc == 0)
			gate_set_form(&g, &form);
	}
	if (rc == -1)
		;
	else if (o->mode == MODE_COPROCESS)
		rc = run_coprocess(&g, o, out, e);
	else if (o->mode == MODE_COUNT)
		rc = run_count(&g, o, out, e);
	else
		rc = run_filter(&g, o, out, e);
	gate_close(&g);
	form_free(&form);
	return rc;
}

/* The server, and what reads the books, are programs of their own, so that
 * this one stays light. */
static int
exec_other(const char *name, char **argv, struct err *e)
{
	char *path = state_libexec(name);

	execv(path, argv);
	err_sys(e, "%s", path);
	e->kind = ERR_CONFIG;
	free(path);
	return -1;
}

/* No talk and nobody to type one: say what this program is. */
static int
short_help(void)
{
	fprintf(stderr, "usage: %s\n\nExamples:\n%s\n"
	    "agent-gate --help says more.\n", synopsis, examples);
	return 2;
}

int
main(int argc, char **argv)
{
	struct options o = { .mode = MODE_FILTER };
	struct settings s = { .conf = NULL };
	struct err e = ERR_INIT;
	struct out out;
	int rc = 0, status;

	fd_sanitize();
	sig_sanitize();
	signal(SIGPIPE, SIG_IGN);
	log_init("agent-gate");
	if (argc > 1 && strcmp(argv[1], "parse") == 0)
		return gate_parse_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "batch") == 0)
		return batch_cmd(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "embed") == 0)
		return embed_cmd(argc - 1, argv + 1);
	out_init(&out, STDOUT_FILENO);
	if (argc > 1 && strcmp(argv[1], "serve") == 0) {
		argv[1] = argv[0];
		exec_other("agent-serve", argv + 1, &e);
	} else if (argc > 1 && strcmp(argv[1], "usage") == 0) {
		exec_other("agent-ledger", argv, &e);
	} else if ((rc = parse(&o, argc, argv, &e)) == 0) {
		if ((o.mode == MODE_FILTER || o.mode == MODE_DRY ||
		    o.mode == MODE_COUNT) && isatty(STDIN_FILENO))
			return short_help();
		if (settings_load(&s, &o.flags, &e) == 0) {
			if (o.mode != MODE_COPROCESS &&
			    conf_untrusted(s.conf) != NULL)
				log_note("%s", conf_untrusted(s.conf));
			run(&o, &s, &out, &e);
		}
	}
	if (rc == 1)
		stdout_flush(&e);
	settings_free(&s);
	out_free(&out);
	if (out.gone)
		sig_reraise(SIGPIPE);
	if (o.mode == MODE_COPROCESS && sig_caught() != 0 &&
	    sig_caught() != SIGINT)
		sig_reraise(sig_caught());
	status = log_exit(&e);
	return status;
}
