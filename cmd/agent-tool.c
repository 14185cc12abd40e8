/*
 * agent-tool.c - the tools of an agent: list them, run what a model asked
 * for, run one by hand, say what the sandbox is worth here.
 *
 * Options and sub-commands only; the work is in lib/tool.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "core/conf.h"
#include "core/event.h"
#include "json/js.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"
#include "tool/batch.h"
#include "tool/check.h"
#include "tool/doctor.h"
#include "tool/filter.h"
#include "tool/job.h"
#include "tool/mcp.h"
#include "tool/overview.h"
#include "tool/own.h"
#include "tool/registry.h"
#include "tool/sandbox.h"
#include "tool/serve.h"
#include "tool/shell.h"
#include "tool/tool.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KEY_MCP = 256, KEY_EVENT, KEY_NAMES, KEY_TEXT, KEY_COPROCESS, KEY_TOOLS,
	KEY_READ_ONLY, KEY_TIMEOUT, KEY_JSON, KEY_PROFILE, KEY_REQUIRE,
	KEY_HELP, KEY_VERSION, KEY_SESSION, KEY_DIR, KEY_NAME, KEY_YES,
	KEY_REVOKE, KEY_PLAIN,
	KEY_POLICY, KEY_APPROVAL, KEY_ALLOW,
};

static const struct opt table[] = {
	{ "workspace", 'w', "DIR", "folder to work in (default: here)" },
	{ "tools", KEY_TOOLS, "LIST", "only these tools, as in "
	    "read_file,shell" },
	{ "read-only", KEY_READ_ONLY, NULL, "only tools that change "
	    "nothing" },
	{ "policy", KEY_POLICY, "FILE", "rules heard before the user's, "
	    "agent-policy(5)" },
	{ "approval", KEY_APPROVAL, "WAY", "who is asked where the policy "
	    "says so" },
	{ "allow-host", KEY_ALLOW, "HOST", "a host that commands and fetch "
	    "may reach" },
	{ "timeout", KEY_TIMEOUT, "TIME", "of a command that names none "
	    "(120s)" },
	{ "coprocess", KEY_COPROCESS, NULL, "run: stay and speak "
	    "agent-protocol(7)" },
	{ "event", KEY_EVENT, NULL, "list: as one event line for a talk" },
	{ "mcp", KEY_MCP, NULL, "list: as MCP tool objects" },
	{ "names", KEY_NAMES, NULL, "list: names only, one a line" },
	{ "text", KEY_TEXT, NULL, "list: for people" },
	{ "json", KEY_JSON, NULL, "call, check, doctor, lint, trust: as "
	    "JSON" },
	{ "plain", KEY_PLAIN, NULL, "call: no fence around what others "
	    "wrote" },
	{ "session", KEY_SESSION, "ID", "the session that calls belong to" },
	{ "dir", KEY_DIR, "DIR", "new: write there, not into .agents/tools" },
	{ "name", KEY_NAME, "NAME", "promote: call the tool so" },
	{ "yes", KEY_YES, NULL, "allow what would be asked; trust: "
	    "record the files" },
	{ "revoke", KEY_REVOKE, NULL, "trust: forget that they were trusted" },
	{ "profile", KEY_PROFILE, "NAME", "sandbox: workspace, read-only or "
	    "full-read" },
	{ "require", KEY_REQUIRE, "WALLS", "sandbox: refuse to run without "
	    "these" },
	{ "seconds", 't', "SEC", "sandbox: time limit (120)" },
	{ "help", 'h', NULL, "this text" },
	{ "version", KEY_VERSION, NULL, "version and libraries" },
	{ NULL, 0, NULL, NULL },
};

static const char examples[] =
"  agent-tool call read_file '{\"path\":\"README\"}'    one tool by hand\n"
"  agent-gate <talk | tee -a talk | agent-tool run >>talk   one turn\n"
"  agent-tool sandbox -- make test             a command of yours, jailed";

static const char synopsis[] =
"agent-tool [options] list | run | call NAME JSON | serve |\n"
"       check [NAME JSON] | sandbox -- COMMAND | doctor | new NAME.sh |\n"
"       lint [FILE] | test NAME | trust [FILE...] | mcp list | mcp ... |\n"
"       promote FILE [FUNCTION] | demote NAME";

static const char about[] =
"Runs the tools that a model may call, each in a sandbox.\n"
"\n"
"  list      the tools' schemas, as a JSON array for agent-gate --tools\n"
"  run       answer the tool calls of assistant messages on stdin\n"
"  call      run one tool with arguments (- reads them from stdin)\n"
"  serve     offer the tools to others, as an MCP server on stdio\n"
"  check     say what the policy decides about a call, and why\n"
"  sandbox   run a command as the shell tool would\n"
"  doctor    say which walls stand here\n"
"  new       begin a tool of your own, lint checks it, test runs its tests\n"
"  trust     say which files of the project may run, and let them\n"
"  promote   make a Python function or an executable a tool, demote takes it\n"
"            back\n"

"  mcp       list, test, refresh, add, remove MCP servers: mcp --help";

struct settings {
	const char	*workspace, *tools, *profile, *require;
	const char	*seconds, *timeout, *session, *dir, *name;
	const char	*policy, *approval;
	struct vec	 allow;		/* hosts, as options */
	int		 form;		/* of the list: its option's key */
	bool		 read_only, coprocess, json, plain, yes, revoke;
	const char	*command;	/* sub-command */
	char		**args;		/* operands after it */
	int		 nargs;
};

/* True when the program is done already: help or version. */
static bool
option(struct settings *s, int key, const char *arg)
{
	switch (key) {
	case 'w': s->workspace = arg; break;
	case 't': s->seconds = arg; break;
	case KEY_TOOLS: s->tools = arg; break;
	case KEY_ALLOW: vec_push(&s->allow, arg); break;
	case KEY_TIMEOUT: s->timeout = arg; break;
	case KEY_POLICY: s->policy = arg; break;
	case KEY_APPROVAL: s->approval = arg; break;
	case KEY_PROFILE: s->profile = arg; break;
	case KEY_REQUIRE: s->require = arg; break;
	case KEY_MCP: case KEY_EVENT: case KEY_NAMES: case KEY_TEXT:
		s->form = key;
		break;
	case KEY_READ_ONLY: s->read_only = true; break;
	case KEY_COPROCESS: s->coprocess = true; break;
	case KEY_JSON: s->json = true; break;
	case KEY_PLAIN: s->plain = true; break;
	case KEY_SESSION: s->session = arg; break;
	case KEY_DIR: s->dir = arg; break;
	case KEY_NAME: s->name = arg; break;
	case KEY_YES: s->yes = true; break;
	case KEY_REVOKE: s->revoke = true; break;
	case 'h':
		opt_help(synopsis, about, table, examples);
		return true;
	case KEY_VERSION:
		opt_version("agent-tool", "libjq");
		return true;
	}
	return false;
}

/* Options may stand before and behind the operands. */
static int
parse(struct settings *s, int argc, char **argv, bool *over, struct err *e)
{
	struct opt_state o;

	opt_init(&o, table, argc, argv);
	s->args = argv + argc;
	while (o.i < argc || o.cluster != NULL) {
		int key = opt_next(&o, e);

		if (key == OPT_ERROR)
			return -1;
		if (key != OPT_END) {
			if (option(s, key, o.arg)) {
				*over = true;
				return 0;
			}
			continue;
		}
		if (o.i >= argc)
			break;
		if (s->command == NULL) {
			s->command = argv[o.i++];
			if (strcmp(s->command, "mcp") != 0)
				continue;
			/* All that follows is for agent-mcp. */
			s->args = argv + o.i;
			s->nargs = argc - o.i;
			break;
		} else if (strcmp(s->command, "sandbox") == 0 ||
		    strcmp(argv[o.i - 1], "--") == 0) {
			s->args = argv + o.i;
			s->nargs = argc - o.i;
			break;
		} else {
			/* Operands move together, behind the options. */
			char *word = argv[o.i];

			if (s->nargs == 0)
				s->args = argv + o.i;
			memmove(&s->args[s->nargs + 1], &s->args[s->nargs],
			    (size_t)(&argv[o.i] - &s->args[s->nargs]) *
			    sizeof(*argv));
			s->args[s->nargs++] = word;
			o.i++;
		}
	}
	return 0;
}

static int
restrict_tools(struct tool_env *env, const struct settings *s,
    struct err *e)
{
	env->read_only = s->read_only;
	if (s->tools == NULL)
		return 0;
	vec_split(&env->only, s->tools, ", ");
	for (size_t i = 0; i < env->only.n; i++) {
		const char *name = env->only.v[i];
		const char *near;

		if (tool_find(env, name) == NULL)
			mcp_collect(env);
		near = tool_nearest(env, name);
		if (tool_find(env, name) == NULL)
			return err_set(e, ERR_USAGE, "--tools: no tool is "
			    "called %.60s%s%s%s", name, near != NULL ?
			    "; did you mean " : "; see agent-tool list "
			    "--names", near != NULL ? near : "",
			    near != NULL ? "?" : "");
	}
	if (env->only.n == 0)
		return err_set(e, ERR_USAGE, "--tools: no name in it");
	return 0;
}

/* The policy, and who is asked where it says so. */
static int
consent(struct tool_env *env, const struct settings *s, struct err *e)
{
	const char *c = s->command != NULL ? s->command : "";
	bool serves = strcmp(c, "serve") == 0;
	bool asks = serves || strcmp(c, "run") == 0 || strcmp(c, "call") == 0;
	bool judges = asks || strcmp(c, "check") == 0;

	env->policy_file = s->policy;
	if (approval_open(&env->approval, s->approval != NULL ? s->approval :
	    s->yes ? "yes" : serves ? "protocol" : asks ? NULL : "none",
	    s->coprocess || serves, env->workspace, e) == -1)
		return -1;
	if (!judges || tool_env_policy(env) != NULL)
		return 0;
	*e = env->policy_fault;
	return -1;
}

static int
open_env(struct tool_env *env, const struct settings *s, struct err *e)
{
	int64_t ms;

	if (tool_env_open(env, s->workspace, e) == -1)
		return -1;
	env->stays = s->coprocess || strcmp(s->command != NULL ? s->command :
	    "", "serve") == 0;
	if (s->session != NULL) {
		free(env->session);
		env->session = xstrdup(s->session);
	}
	if (s->allow.n != 0 && tool_env_allow(env, &s->allow, e) == -1)
		return -1;
	if (restrict_tools(env, s, e) == -1 || consent(env, s, e) == -1)
		return -1;
	if (s->timeout != NULL) {
		if (num_duration(s->timeout, "--timeout", &ms, e) == -1)
			return -1;
		if (ms < 1 || ms > TOOL_SHELL_MAX_MS)
			return err_set(e, ERR_USAGE, "--timeout: from 1s to "
			    "600s");
		env->shell_ms = ms;
	}
	return 0;
}

static int
print(const struct buf *b, struct err *e)
{
	if (fd_write_all(1, b->data, b->len) == -1) {
		if (errno == EPIPE)
			sig_reraise(SIGPIPE);
		return err_sys(e, "write to stdout");
	}
	return 0;
}

static int
cmd_list(struct tool_env *env, const struct settings *s, struct err *e)
{
	struct buf out = BUF_INIT;
	jv list;
	int rc;

	mcp_collect(env);
	list = tool_schemas(env, s->form == KEY_MCP ? TOOL_MCP : TOOL_OPENAI);

	if (s->form == KEY_NAMES || s->form == KEY_TEXT) {
		tool_overview(env, s->form == KEY_TEXT, &out);
	} else if (s->form == KEY_EVENT) {
		jv ev = js_set_str(js_obj(), "type", "tools");

		ev = js_set(ev, "tools", js_ref(list));
		js_dump(&out, ev);
		buf_addc(&out, '\n');
		js_free(ev);
	} else {
		js_dump(&out, list);
		buf_addc(&out, '\n');
	}
	rc = print(&out, e);
	for (size_t i = 0; i < registry_notes(env->registry)->n; i++)
		log_note("%s", registry_notes(env->registry)->v[i]);
	js_free(list);
	buf_free(&out);
	return rc;
}

static int
cmd_run(struct tool_env *env, const struct settings *s, struct err *e)
{
	struct filter_end end = { 0, false };
	int rc;

	if (isatty(0) && !s->coprocess)
		return err_set(e, ERR_USAGE, "run reads messages from stdin, "
		    "which is a terminal; see agent-tool --help");
	env->approval.events = STDOUT_FILENO;
	mcp_collect(env);
	rc = s->coprocess ? filter_coprocess(env, 0, 1, &end, e) :
	    filter_run(env, 0, 1, &end, e);
	if (end.signal != 0)
		sig_reraise(end.signal);
	if (end.closed)
		sig_reraise(SIGPIPE);
	return rc;
}

static int
cmd_serve(struct tool_env *env, struct err *e)
{
	struct filter_end end = { 0, false };
	int rc;

	if (isatty(0))
		return err_set(e, ERR_USAGE, "serve speaks MCP on stdin, which "
		    "is a terminal; let an MCP client start it");
	mcp_collect(env);
	rc = serve_stdio(env, 0, 1, &end, e);
	if (end.signal != 0)
		sig_reraise(end.signal);
	return rc;
}

/* Run one job to its end, or until a signal. */
static void
finish_job(struct job *j)
{
	while (job_start(j), j->state != JOB_DONE && sig_caught() == 0) {
		struct pollfd p[JOB_FDS + 1];
		size_t n = job_fds(j, p);

		p[n++] = (struct pollfd){ sig_fd(), POLLIN, 0 };
		poll(p, n, clock_left(j->deadline));
		job_step(j);
	}
}

/* The text, a result on stdout, a complaint not; or the whole message. */
static int
show(const struct job *j, bool json, int *status, struct err *e)
{
	const struct result *r = &j->result;
	struct buf text = BUF_INIT;
	int rc = 0;

	*status = result_exit(r);
	if (json) {
		jv m = job_message(j);

		rc = jsonl_write(STDOUT_FILENO, m, e);
		js_free(m);
		return rc;
	}
	buf_add(&text, buf_str(&r->text), r->text.len);
	if (text.len == 0 || text.data[text.len - 1] != '\n')
		buf_addc(&text, '\n');
	if (strncmp(text.data, "ERROR [", 7) == 0)
		fprintf(stderr, "agent-tool: %s: %s", j->name, text.data);
	else
		rc = print(&text, e);
	buf_free(&text);
	return rc;
}

static int
cmd_call(struct tool_env *env, const struct settings *s, int *status,
    struct err *e)
{
	struct buf in = BUF_INIT;
	const char *args, *near, *name;
	struct job *j;
	int rc = -1;

	if (s->nargs < 1 || s->nargs > 2)
		return err_set(e, ERR_USAGE, "call takes a tool's name and "
		    "its arguments, as in: agent-tool call list_files '{}'");
	name = s->args[0];
	if (mcp_resolve(env, &name, e) == -1)
		return -1;
	if (tool_find(env, name) == NULL) {
		near = tool_nearest(env, s->args[0]);
		return err_set(e, ERR_USAGE, "no tool is called %.60s; %s%s%s",
		    name, near != NULL ? "did you mean " : "see "
		    "agent-tool list --names", near != NULL ? near : "",
		    near != NULL ? "?" : "");
	}
	args = s->nargs == 2 ? s->args[1] : "{}";
	if (strcmp(args, "-") == 0) {
		if (fd_slurp(0, &in, BASE_LINE_MAX) == -1)
			return err_sys(e, "read stdin");
		args = buf_str(&in);
	} else {
		buf_adds(&in, args);
	}
	env->plain = s->plain;
	j = job_new(env, s->json ? "call" : "", name, args, in.len);
	finish_job(j);
	if (sig_caught() == 0)
		rc = show(j, s->json, status, e);
	job_free(j);
	buf_free(&in);
	if (sig_caught() != 0)
		sig_reraise(sig_caught());
	return rc;
}

static int
cmd_check(struct tool_env *env, const struct settings *s, int *status,
    struct err *e)
{
	struct buf out = BUF_INIT;
	struct err bad = ERR_INIT;
	int rc = check_command(env, s->args, s->nargs, s->json, status, &out,
	    &bad);

	if (print(&out, e) == -1)
		rc = -1;
	else if (rc == -1)
		*e = bad;
	buf_free(&out);
	return rc;
}

static int
cmd_sandbox(struct tool_env *env, const struct settings *s, struct err *e)
{
	const struct sandbox b = { s->profile, s->require, s->seconds,
	    s->args, s->nargs };

	return sandbox_exec(env, &b, e);
}

static int
cmd_doctor(struct tool_env *env, const struct settings *s, struct err *e)
{
	struct buf out = BUF_INIT;
	struct err bad = ERR_INIT;
	int rc = doctor_report(env, s->json, &out, &bad);

	if (print(&out, e) == -1)
		rc = -1;
	else if (rc == -1)
		*e = bad;
	buf_free(&out);
	return rc;
}

/* What concerns tools of one's own: text out, whatever the verdict. */
static int
cmd_own(struct tool_env *env, const struct settings *s, struct err *e)
{
	const struct own_ask ask = { .command = s->command, .args = s->args,
	    .nargs = s->nargs, .name = s->name, .dir = s->dir,
	    .json = s->json, .yes = s->yes, .revoke = s->revoke };
	struct buf out = BUF_INIT;
	struct err bad = ERR_INIT;
	int rc = own_command(env, &ask, &out, &bad);

	if (print(&out, e) == -1)
		rc = -1;
	else if (rc == -1)
		*e = bad;
	buf_free(&out);
	return rc;
}

static int
dispatch(struct tool_env *env, const struct settings *s, int *status,
    struct err *e)
{
	static const char *const names[] = { "list", "run", "call", "serve",
	    "check", "sandbox", "doctor", "new", "lint", "test", "trust",
	    "mcp", NULL };
	const char *c = s->command, *near;

	if (c == NULL)
		return err_set(e, ERR_USAGE, "a sub-command is missing, "
		    "such as list, run or call; see agent-tool --help");
	if (strcmp(c, "call") == 0)
		return cmd_call(env, s, status, e);
	if (strcmp(c, "check") == 0)
		return cmd_check(env, s, status, e);
	if (strcmp(c, "sandbox") == 0)
		return cmd_sandbox(env, s, e);
	if (strcmp(c, "mcp") == 0)
		return mcp_exec(env, s->args, s->nargs, e);
	if (own_is_command(c))
		return cmd_own(env, s, e);
	near = opt_nearest(c, names);
	if (near == NULL || strcmp(near, c) != 0)
		return err_set(e, ERR_USAGE, "no sub-command %.60s; %s%s%s", c,
		    near != NULL ? "did you mean " : "see agent-tool --help",
		    near != NULL ? near : "", near != NULL ? "?" : "");
	if (s->nargs != 0)
		return err_set(e, ERR_USAGE, "%s takes no operand: %.60s", c,
		    s->args[0]);
	if (strcmp(c, "list") == 0)
		return cmd_list(env, s, e);
	if (strcmp(c, "run") == 0)
		return cmd_run(env, s, e);
	if (strcmp(c, "serve") == 0)
		return cmd_serve(env, e);
	return cmd_doctor(env, s, e);
}

/* A coprocess that cannot begin says so on both of its channels. */
static void
tell_parent(const struct err *why)
{
	struct err ignored = ERR_INIT;
	jv ev = event_error(why);

	jsonl_write(STDOUT_FILENO, ev, &ignored);
	js_free(ev);
}

int
main(int argc, char **argv)
{
	struct settings s = { 0 };
	struct tool_env env = { .root = -1, .artifacts_fd = -1,
	    .approval = { .events = -1, .in = -1, .out = -1, .spool = -1 } };
	struct err e = ERR_INIT;
	bool over = false;
	int status = 0;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-tool");
	sig_init();
	/* For search_files with characters beyond ASCII, wherever we are. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (parse(&s, argc, argv, &over, &e) == 0 && !over) {
		if (open_env(&env, &s, &e) == 0)
			dispatch(&env, &s, &status, &e);
		else if (s.coprocess)
			tell_parent(&e);
	}
	tool_env_close(&env);
	vec_free(&s.allow);
	if (e.kind == ERR_NEGATIVE && e.msg[0] == '\0')
		return err_exit(&e);
	if (e.kind != ERR_NONE)
		return log_exit(&e);
	return stdout_flush(&e) == -1 ? log_exit(&e) : status;
}
