/*
 * agent-chat - talk with a model that may use tools.
 *
 * Options only; lib/chat is the conversation.  It reaches the model through
 * agent-gate and the tools through agent-tool, its two children.
 */
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/vec.h"
#include "chat/chat.h"
#include "chat/list.h"
#include "core/conf.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS							\
	"agent-chat [-ciqvn] [-p PROMPT] [-a FILE] [OPTION]... "	\
	"[WORD]... [-]\n"						\
	"       agent-chat sessions [search WORD... | name ID NAME | "	\
	"export [ID] |\n"						\
	"                  remove ID...]\n"				\
	"       agent-chat prompts [import FILE...]\n"			\
	"       agent-chat budget | doctor [OPTION]...\n"		\
	"       agent-chat --coprocess | --acp [OPTION]..."

enum {
	KEY_MODEL = 256, KEY_URL, KEY_GEMINI, KEY_OFFLINE, KEY_DEMO, KEY_REPLAY,
	KEY_RECORD, KEY_TOOLS, KEY_NO_TOOLS, KEY_READ_ONLY, KEY_SYSTEM,
	KEY_RESUME, KEY_NO_SESSION, KEY_FORMAT, KEY_NO_STREAM, KEY_STEPS,
	KEY_CALLS, KEY_BUDGET, KEY_COST, KEY_SCHEMA, KEY_TIMEOUT, KEY_STDIN,
	KEY_JSON, KEY_JQ_PATH, KEY_COPROCESS, KEY_ACP, KEY_VERSION,
	KEY_COMPACT, KEY_TOKENS, KEY_IF,
	KEY_MAX_TIME, KEY_YES, KEY_POLICY, KEY_APPROVAL, KEY_FALLBACK,
	KEY_CHECK, KEY_NO_GUARD, KEY_BRIEF, KEY_SKILL,
	KEY_FROM,
	KEY_LOCK, KEY_SKIP, KEY_FORCE, KEY_FORK, KEY_UNDO, KEY_DEPS, KEY_COLOR,
};

static const struct opt table[] = {
	{ "prompt",	'p', "PROMPT", "ask this and leave" },
	{ "template",	't', "NAME", "a prompt file, filled with the words" },
	{ "attach",	'a', "FILE", "a picture or text that goes with the "
	    "prompt" },
	{ "skill",	KEY_SKILL, "NAME", "begin with this skill" },
	{ "interactive", 'i', NULL, "read prompts from standard input, line "
	    "by line" },
	{ "continue",	'c', NULL, "go on with the last session" },
	{ "resume",	KEY_RESUME, "ID", "go on with the session whose id "
	    "begins so, or name" },
	{ "fork",	KEY_FORK, NULL, "go on in a copy of that session" },
	{ "undo",	KEY_UNDO, NULL, "take its last turn back first" },
	{ "no-session",	KEY_NO_SESSION, NULL, "keep no session file" },
	{ "workspace",	'w', "DIR", "the folder to work in (default: this "
	    "one)" },
	{ "model",	KEY_MODEL, "NAME", "the model to ask" },
	{ "url",	KEY_URL, "URL", "the server, as in "
	    "http://127.0.0.1:8080/v1" },
	{ "gemini",	KEY_GEMINI, NULL, "ask Gemini (GEMINI_API_KEY)" },
	{ "offline",	KEY_OFFLINE, NULL, "ask the built-in offline model" },
	{ "demo",	KEY_DEMO, NULL, "the offline model if no server "
	    "answers" },
	{ "replay",	KEY_REPLAY, "FILE", "take the answers from a "
	    "recording" },
	{ "record",	KEY_RECORD, "FILE", "record the answers" },
	{ "tools",	KEY_TOOLS, "LIST", "only these tools, separated by "
	    "commas" },
	{ "no-tools",	KEY_NO_TOOLS, NULL, "no tools at all" },
	{ "read-only",	KEY_READ_ONLY, NULL, "tools may read only" },
	{ "yes",	KEY_YES, NULL, "allow what would be asked" },
	{ "policy",	KEY_POLICY, "FILE", "rules of what tools may do" },
	{ "approval",	KEY_APPROVAL, "WAY", "who is asked: none, yes, "
	    "fd:IN,OUT, spool:DIR" },
	{ "check",	KEY_CHECK, "CMD", "when code was written: a command, "
	    "auto or none" },
	{ "no-guard",	KEY_NO_GUARD, NULL, "do not judge how the model goes "
	    "about it" },
	{ "fallback",	KEY_FALLBACK, "MODEL", "a stronger model after "
	    "failures in a row" },
	{ "system",	KEY_SYSTEM, "TEXT", "the system prompt, or @FILE" },
	{ "brief",	KEY_BRIEF, "LIST", "behind it: agents, skills, memory, "
	    "plan, none" },
	{ "format",	KEY_FORMAT, "FORMAT", "text, json (one result object) "
	    "or events" },
	{ "color",	KEY_COLOR, "auto|always|never", "show Markdown in "
	    "colour" },
	{ "output",	'o', "FILE", "write the last answer to FILE" },
	{ "deps",	KEY_DEPS, "FILE", "name there what was read, as "
	    "-MD FILE does" },
	{ "skip-done",	KEY_SKIP, NULL, "do nothing when FILE has that "
	    "answer" },
	{ "force",	KEY_FORCE, NULL, "although FILE was changed, or is "
	    "there already" },
	{ "if-changed",	KEY_IF, NULL, "leave FILE when it is that already" },
	{ "from",	KEY_FROM, "llm|aichat|fabric", "whose prompts are "
	    "imported" },
	{ "lock",	KEY_LOCK, "NAME", "leave with status 75 while another "
	    "run has it" },
	{ "output-schema", KEY_SCHEMA, "FILE", "the answer has to fit this "
	    "JSON Schema" },
	{ "no-stream",	KEY_NO_STREAM, NULL, "show an answer when it is "
	    "complete" },
	{ "max-steps",	KEY_STEPS, "N", "requests in a turn (default 20)" },
	{ "max-tool-calls", KEY_CALLS, "N", "tool calls in a turn (default: "
	    "no limit)" },
	{ "max-cost",	KEY_COST, "N", "what all requests may cost" },
	{ "max-total-tokens", KEY_TOKENS, "N", "tokens of all requests" },
	{ "max-time",	KEY_MAX_TIME, "TIME", "stop after that long, with "
	    "status 3" },
	{ "compact",	KEY_COMPACT, "HOW", "shorten long talks: auto, rules "
	    "or off" },
	{ "budget",	KEY_BUDGET, "NAME", "pay for them from this budget" },
	{ "timeout",	KEY_TIMEOUT, "TIME", "end after that long, such as "
	    "90s or 10m" },
	{ "no-stdin",	'n', NULL, "do not read standard input" },
	{ "stdin-timeout", KEY_STDIN, "TIME", "wait that long for the first "
	    "byte (default 30s)" },
	{ "json",	KEY_JSON, NULL, "the list of sessions or prompts as "
	    "JSON lines" },
	{ "quiet",	'q', NULL, "no notes" },
	{ "verbose",	'v', NULL, "show tool calls and reasoning" },
	{ "coprocess",	KEY_COPROCESS, NULL, "serve another program, "
	    "agent-protocol(7)" },
	{ "acp",	KEY_ACP, NULL, "first of all: serve an editor, "
	    "agent-acp(1)" },
	{ "jq-path",	KEY_JQ_PATH, NULL, "the folder of the modules for "
	    "jq, agent-jq(7)" },
	{ "help",	'h', NULL, "this help" },
	{ "version",	KEY_VERSION, NULL, "the version" },
	{ NULL, 0, NULL, NULL },
};

static void
help(void)
{
	opt_help(SYNOPSIS,
	    "Talk with a model that may use tools in a sandbox.  Without a "
	    "prompt, on a\nterminal, prompts are read from it; from a pipe, "
	    "standard input is the prompt.",
	    table,
	    "  agent-chat\n"
	    "  agent-chat \"What does this project do?\"\n"
	    "  git diff | agent-chat -p \"Review this.\"\n");
}

/* The command line, as far as it has to be kept together. */
struct line {
	struct chat_opts o;
	struct vec	 words, attach;
	const char	*steps, *from;
	bool		 json, jq_path, help, version;
	bool		 operand;	/* the first word may be a command */
};

/* One of these words, the list of which is told otherwise; -1 with e. */
static int
word(const char *s, const char *option, const char *const *names,
    const char *list, struct err *e)
{
	const char *near;

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(s, names[i]) == 0)
			return i;
	near = opt_nearest(s, names);
	return err_set(e, ERR_USAGE, "%s %.40s: %s%s%s", option, s,
	    near != NULL ? "did you mean " : list,
	    near != NULL ? near : "", near != NULL ? "?" : "");
}

static int
set_format(struct chat_opts *o, const char *s, struct err *e)
{
	static const char *const names[] = { "text", "json", "events", NULL };
	int i = word(s, "--format", names, "text, json or events", e);

	if (i != -1)
		o->format = (enum view_format)i;
	return i == -1 ? -1 : 0;
}

static int
set_color(struct chat_opts *o, const char *s, struct err *e)
{
	static const char *const names[] = { "auto", "always", "never", NULL };
	int i = word(s, "--color", names, "auto, always or never", e);

	if (i != -1)
		o->color = (enum view_color)i;
	return i == -1 ? -1 : 0;
}

/* Options about how it works and what it leaves. */
static int
set_more(struct chat_opts *o, int key, const char *arg, struct err *e)
{
	switch (key) {
	case KEY_LOCK: o->lock = arg; break;
	case KEY_SKIP: o->skip_done = true; break;
	case KEY_FORCE: o->force = true; break;
	case KEY_IF: o->if_changed = true; break;
	case KEY_FORK: o->fork = true; break;
	case KEY_UNDO: o->undo = true; break;
	case KEY_DEPS: o->deps_file = arg; break;
	case KEY_YES: o->yes = true; break;
	case KEY_POLICY: o->policy = arg; break;
	case KEY_APPROVAL: o->approval = arg; break;
	case KEY_CHECK: o->check = arg; break;
	case KEY_NO_GUARD: o->no_guard = true; break;
	case KEY_FALLBACK: o->fallback = arg; break;
	case KEY_COMPACT: o->compact = arg; break;
	case KEY_SKILL: o->given.skill = arg; break;
	case KEY_BRIEF: o->brief = arg; break;
	case 't': o->given.template = arg; break;
	case KEY_TOKENS: return num_int(arg, 1, (int64_t)1 << 50,
	    "--max-total-tokens", &o->max_tokens, e);
	case KEY_MAX_TIME: return num_duration(arg, "--max-time",
	    &o->max_time_ms, e);
	}
	return 0;
}

static int
set_option(struct line *l, int key, const char *arg, struct err *e)
{
	struct chat_opts *o = &l->o;
	double cost;

	switch (key) {
	case 'a': vec_push(&l->attach, arg); break;
	case 'i': o->interactive = true; break;
	case 'c': o->go_on = true; break;
	case KEY_RESUME: o->resume = arg; break;
	case KEY_NO_SESSION: o->no_session = true; break;
	case 'w': o->workspace = arg; break;
	case KEY_MODEL: o->model = arg; break;
	case KEY_URL: o->url = arg; break;
	case KEY_GEMINI: o->gemini = true; break;
	case KEY_OFFLINE: o->offline = true; break;
	case KEY_DEMO: o->demo = true; break;
	case KEY_REPLAY: o->replay = arg; break;
	case KEY_RECORD: o->record = arg; break;
	case KEY_SCHEMA: o->schema = arg; break;
	case KEY_TOOLS: o->tools = arg; break;
	case KEY_NO_TOOLS: o->no_tools = true; break;
	case KEY_READ_ONLY: o->read_only = true; break;
	case KEY_SYSTEM: o->system = arg; break;
	case KEY_FORMAT: return set_format(o, arg, e);
	case KEY_COLOR: return set_color(o, arg, e);
	case 'o': o->out_file = arg; break;
	case KEY_NO_STREAM: o->no_stream = true; break;
	case KEY_STEPS: l->steps = arg; break;
	case KEY_CALLS: return num_int(arg, 1, 1000000, "--max-tool-calls",
	    &o->max_calls, e);
	case KEY_COST:
		/* agent-gate reads it, but not for the offline model. */
		o->max_cost = arg;
		return num_double(arg, 0, 1e9, "--max-cost", &cost, e);
	case KEY_BUDGET: o->budget = arg; break;
	case KEY_TIMEOUT: return num_duration(arg, "--timeout",
	    &o->timeout_ms, e);
	case 'n': o->input = INPUT_NEVER; break;
	case KEY_STDIN: return num_duration(arg, "--stdin-timeout",
	    &o->stdin_wait_ms, e);
	case KEY_JSON: l->json = true; break;
	case 'q': o->quiet = true; break;
	case 'v': o->verbose = true; break;
	case 'h': l->help = true; break;
	case KEY_JQ_PATH: l->jq_path = true; break;
	case KEY_COPROCESS: o->coprocess = true; break;
	case KEY_FROM: l->from = arg; break;
	case KEY_ACP:
		return err_set(e, ERR_USAGE, "--acp: comes before all other "
		    "options");
	case KEY_VERSION: l->version = true; break;
	default: return set_more(o, key, arg, e);
	}
	return 0;
}

static char deps[] = "--deps";

/* Words of a prompt are kept, and no longer for all to see in ps(1). */
static void
take_word(struct line *l, char *s)
{
	vec_push(&l->words, s);
	memset(s, ' ', strlen(s));
}

/*
 * The whole command line.  Options may stand behind words, as people write
 * them; "--" ends them.
 */
static int
parse(struct line *l, int argc, char **argv, struct err *e)
{
	struct opt_state s;

	/* Compilers' word for it, which is no cluster of ours. */
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-MD") == 0)
			argv[i] = deps;

	opt_init(&s, table, argc, argv);
	for (;;) {
		int before = s.i, key = opt_next(&s, e);

		if (key == OPT_ERROR)
			return -1;
		if (key != OPT_END) {
			if (key == 'p')
				take_word(l, argv[s.i - 1] +
				    (s.arg - argv[s.i - 1]));
			else if (set_option(l, key, s.arg, e) == -1)
				return -1;
			if (l->help || l->version || l->jq_path)
				return 0;
			continue;
		}
		if (s.i > before)	/* it was "--" */
			break;
		if (s.i == argc)
			return 0;
		l->operand |= l->words.n == 0;
		take_word(l, argv[s.i++]);
	}
	while (s.i < argc)
		take_word(l, argv[s.i++]);
	return 0;
}

/* What -p and the operands say; "-" means standard input. */
static int
take_words(struct line *l, struct buf *prompt, struct err *e)
{
	for (size_t i = 0; i < l->words.n; i++) {
		if (strcmp(l->words.v[i], "-") == 0) {
			if (l->o.input == INPUT_NEVER)
				return err_set(e, ERR_USAGE,
				    "-n and -: give one of them");
			l->o.input = INPUT_ALWAYS;
			continue;
		}
		if (prompt->len > 0)
			buf_addc(prompt, ' ');
		buf_adds(prompt, l->words.v[i]);
	}
	if (prompt->len > 0)
		l->o.given.text = buf_str(prompt);
	l->o.given.words = &l->words;
	l->o.attach = &l->attach;
	if (l->o.coprocess)
		l->o.format = VIEW_EVENTS;
	return chat_opts_check(&l->o, e);
}

static int
take_steps(struct line *l, struct err *e)
{
	struct conf *c;
	int rc;

	if (l->steps != NULL)
		return num_int(l->steps, 1, 1000000, "--max-steps",
		    &l->o.max_steps, e);
	c = conf_open_in(l->o.workspace, e);
	if (c == NULL)
		return -1;
	rc = conf_int(c, "max_steps", "AGENT_MAX_STEPS", 1, 1000000, 20,
	    &l->o.max_steps, e);
	conf_close(c);
	return rc;
}

/* What to do when there is no server: two lines after the error, which can
 * be typed as they stand. */
static void
advise(void)
{
	fputs("  start one:  llama-server -hf Qwen/Qwen2.5-Coder-7B-Instruct-"
	    "GGUF --jinja --port 8080\n"
	    "  or name it: AGENT_MODEL_URL=http://HOST:PORT/v1 agent-chat   "
	    "(without any: agent-chat --offline)\n", stderr);
}

static int
flush_stdout(struct err *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (errno == EPIPE)
		sig_reraise(SIGPIPE);
	err_sys(e, "write standard output");
	e->kind = ERR_IO;
	return -1;
}

/* "agent-chat budget", "agent-chat doctor" */
static bool
take_command(struct line *l)
{
	if (strcmp(l->words.v[0], "budget") == 0)
		l->o.command = CHAT_BUDGET;
	else if (strcmp(l->words.v[0], "doctor") == 0)
		l->o.command = CHAT_DOCTOR;
	else
		return false;
	l->o.given.words = &l->words;
	if (l->json)
		l->o.format = VIEW_JSON;
	/* Nothing is said, so nothing need be kept. */
	l->o.no_session = !l->o.go_on && l->o.resume == NULL;
	l->o.input = INPUT_NEVER;
	return true;
}

/* "agent-chat sessions", "agent-chat prompts" */
static void
list(struct line *l, int *sig, struct err *e)
{
	struct list_opts o = { .workspace = l->o.workspace, .from = l->from,
	    .json = l->json, .force = l->o.force };

	signal(SIGPIPE, SIG_IGN);
	if (list_run(&l->words, &o, e) == -1 && e->kind == ERR_CANCELLED)
		*sig = SIGPIPE;
}

/* What is wrong with options for every agent-chat that an editor needs. */
static int
check_acp(struct line *l, int argc, char **argv, struct buf *prompt,
    struct err *e)
{
	l->o.coprocess = true;
	if (parse(l, argc, argv, e) == -1)
		return -1;
	if (l->help || l->version)
		return 0;
	if (take_words(l, prompt, e) == -1 ||
	    (l->steps != NULL && take_steps(l, e) == -1))
		return -1;
	if (l->o.go_on || l->o.resume != NULL)
		return err_set(e, ERR_USAGE, "--acp: the editor says which "
		    "session, so neither -c nor --resume go with it");
	if (l->json || l->jq_path)
		return err_set(e, ERR_USAGE, "--acp: neither --json nor "
		    "--jq-path go with it");
	return 0;
}

/* An editor is served by a program of its own; returns the status. */
static int
exec_acp(struct line *l, int argc, char **argv, struct buf *prompt,
    struct err *e)
{
	static char acp[] = "--acp", help[] = "--help", version[] = "--version";
	char *path, *say[] = { acp, help, NULL };
	int own = argc > 1 && strcmp(argv[1], "--") == 0;

	if (check_acp(l, argc - own, argv + own, prompt, e) == -1)
		return err_exit(e);
	if (l->version)
		say[1] = version;
	path = state_libexec("agent-acp");
	execv(path, l->help || l->version ? say : argv);
	err_sys(e, "start %s", path);
	e->kind = ERR_CONFIG;
	free(path);
	return err_exit(e);
}

/* Where "include" of jq finds our modules. */
static void
jq_path(void)
{
	char *dir = state_share("jq");

	puts(dir);
	free(dir);
}

/* A script that reads what we say has to be told that we would not; the
 * format may stand behind what is wrong. */
static int
refuse(struct line *l, int argc, char **argv, struct err *e)
{
	struct err ignored = ERR_INIT;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--format=", 9) == 0)
			set_format(&l->o, argv[i] + 9, &ignored);
		else if (strcmp(argv[i], "--format") == 0 && i + 1 < argc)
			set_format(&l->o, argv[i + 1], &ignored);
	}
	signal(SIGPIPE, SIG_IGN);
	chat_refuse(&l->o, e);
	return err_exit(e);
}

/* Everything but the last word on stderr; returns the status. */
static int
run(struct line *l, int argc, char **argv, struct buf *prompt, int *sig,
    bool *no_server, struct err *e)
{
	if (parse(l, argc, argv, e) == -1)
		return refuse(l, argc, argv, e);
	if (l->help || l->version || l->jq_path) {
		if (l->help)
			help();
		else if (l->version)
			opt_version("agent-chat", "libjq");
		else
			jq_path();
		flush_stdout(e);
		return err_exit(e);
	}
	if (l->o.quiet)
		log_set_level(LOG_ERROR);
	if (l->operand && list_is(&l->words)) {
		list(l, sig, e);
		return err_exit(e);
	}
	if (l->from != NULL) {
		err_set(e, ERR_USAGE, "--from: only for 'agent-chat prompts "
		    "import'");
		return refuse(l, argc, argv, e);
	}
	if (l->operand && l->words.n == 1 && take_command(l))
		return chat_main(&l->o, sig, no_server, e);
	if (l->json) {
		err_set(e, ERR_USAGE, "--json: only for 'agent-chat "
		    "sessions' and 'prompts'; did you mean --format json?");
		return refuse(l, argc, argv, e);
	}
	if (take_words(l, prompt, e) == -1 || take_steps(l, e) == -1)
		return refuse(l, argc, argv, e);
	return chat_main(&l->o, sig, no_server, e);
}

int
main(int argc, char **argv)
{
	struct line l = { .o = { .stdin_wait_ms = 30000 } };
	struct buf prompt = BUF_INIT;
	struct err e = ERR_INIT;
	bool no_server = false;
	int status, sig = 0;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-chat");
	if (argc > 1 && strcmp(argv[1], "--acp") == 0)
		status = exec_acp(&l, argc - 1, argv + 1, &prompt, &e);
	else
		status = run(&l, argc, argv, &prompt, &sig, &no_server, &e);
	if (sig == 0)
		log_exit(&e);
	if (sig == 0 && no_server)
		advise();
	buf_free(&prompt);
	vec_free(&l.words);
	vec_free(&l.attach);
	if (sig != 0)
		sig_reraise(sig);
	return status;
}
