/*
 * agent-mcp.c - the client of MCP servers: agent-tool(1) runs it for the
 * tools of others, and for agent-tool mcp.
 *
 * The command line only; the work is in lib/mcp.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "core/state.h"
#include "mcp/cmd.h"
#include "mcp/relay.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/sig.h"
#include "sys/stdout.h"
#include "sys/xdg.h"

enum { KEY_PROJECT = 256, KEY_SUM, KEY_UNTRUSTED, KEY_USER, KEY_EXTRA,
	KEY_ELICITS, KEY_INDEX, KEY_JSON, KEY_IN_PROJECT, KEY_HEADER,
	KEY_HEADERS_CMD };

static const struct opt table[] = {
	{ "workspace", 'w', "DIR", "folder to work in (default: here)" },
	{ "project", KEY_PROJECT, "FILE", "the project's servers" },
	{ "sum", KEY_SUM, "HEX", "SHA-256 that this file must have" },
	{ "untrusted", KEY_UNTRUSTED, NULL, "there is such a file, but it "
	    "does not count" },
	{ "user", KEY_USER, "FILE", "the user's servers" },
	{ "extra", KEY_EXTRA, "FILES", "more servers, for this run" },
	{ "elicits", KEY_ELICITS, NULL, "relay: the user can be asked" },
	{ "index", KEY_INDEX, "FILE", "collect: what to write" },
	{ "json", KEY_JSON, NULL, "what is listed or read as JSON lines" },
	{ "in-project", KEY_IN_PROJECT, NULL, "add, remove: in .mcp.json" },
	{ "env", 'e', "NAME=VALUE", "add: a variable of the server" },
	{ "header", KEY_HEADER, "LINE", "add: a header, \"Name: value\"" },
	{ "headers-cmd", KEY_HEADERS_CMD, "LINE", "add: a command that prints "
	    "headers" },
	OPT_COMMON
};

static const char examples[] =
"  agent-tool mcp add time -- uvx mcp-server-time     a program as a server\n"
"  agent-tool mcp add docs https://mcp.example.org    a service\n"
"  agent-tool mcp test time                           does it work?";

static const char synopsis[] =
"agent-mcp [options] list | test [NAME...] | refresh [NAME...] |\n"
"       resources NAME [URI] | prompts NAME [PROMPT [KEY=VALUE...]] |\n"
"       add NAME -- COMMAND... | add NAME URL | remove NAME |\n"
"       collect | relay";

static const char about[] =
"Knows the MCP servers of the user and of the project, and calls their tools.\n"
"It is used as agent-tool mcp.\n"
"\n"
"  list       the servers, and what is recorded of them\n"
"  test       open servers, and say what they offer\n"
"  refresh    record again what servers say of their tools\n"
"  resources  what a server has to read, or one of that\n"
"  prompts    the prompts of a server, or what one says\n"
"  add        write one into a file\n"
"  remove     take it out\n"
"  collect    record what is missing, for agent-tool\n"
"  relay      make calls for agent-tool, as a coprocess";

struct settings {
	struct cmd	 cmd;
	const char	*workspace, *command;
	char		*user;
	char		**args;		/* room for all */
};

static int
option(void *settings, int key, const char *arg, struct err *e BASE_UNUSED)
{
	struct settings *s = settings;
	struct cmd *c = &s->cmd;

	switch (key) {
	case 'w': s->workspace = arg; break;
	case 'e': vec_push(&c->env, arg); break;
	case KEY_PROJECT: c->files.project = arg; break;
	case KEY_SUM: c->files.sum = arg; break;
	case KEY_UNTRUSTED: c->untrusted = true; break;
	case KEY_USER: c->files.user = arg; break;
	case KEY_EXTRA: c->files.extra = arg; break;
	case KEY_ELICITS: c->elicits = true; break;
	case KEY_INDEX: c->index = arg; break;
	case KEY_JSON: c->json = true; break;
	case KEY_IN_PROJECT: c->in_project = true; break;
	case KEY_HEADER: vec_push(&c->headers, arg); break;
	case KEY_HEADERS_CMD: c->headers_cmd = arg; break;
	}
	return 0;
}

/* The sub-command, then what it is about. */
static int
operand(void *settings, char *word, struct err *e BASE_UNUSED)
{
	struct settings *s = settings;

	if (s->command == NULL)
		s->command = word;
	else
		s->args[s->cmd.nargs++] = word;
	return 0;
}

static const struct opt_program program = { "agent-mcp", synopsis, about,
    examples, "libcurl, libjq", table, option, operand };

/* ~/.config/agent/mcp.json, if nothing else is said. */
static void
find_user(struct settings *s)
{
	if (s->cmd.files.user == NULL)
		s->cmd.files.user = s->user = xdg_config("mcp.json");
}

/* By hand, what belongs to us is beside us. */
static void
find_home(void)
{
	char *dir = file_exe_dir();

	if (dir != NULL)
		setenv("AGENT_LIBEXEC", dir, 0);
	free(dir);
}

static int
relay(const struct cmd *c, struct err *e)
{
	struct hub h;
	int rc;

	if (hub_open(&h, &c->files, c->workspace, e) == -1)
		return -1;
	rc = relay_run(&h, 0, 1, c->elicits, e);
	hub_close(&h);
	return rc;
}

static int
dispatch(const struct settings *s, struct buf *out, struct err *e)
{
	static const char *const names[] = { "list", "test", "check",
	    "refresh", "resources", "prompts", "add", "remove", "collect",
	    "relay", NULL };
	const struct cmd *c = &s->cmd;
	const char *what = s->command, *near;

	if (what == NULL)
		return err_set(e, ERR_USAGE, "mcp: list, test, refresh, add or "
		    "remove is missing; see agent-tool mcp --help");
	if (strcmp(what, "list") == 0)
		return cmd_list(c, out, e);
	if (strcmp(what, "test") == 0 || strcmp(what, "check") == 0)
		return cmd_test(c, out, e);
	if (strcmp(what, "refresh") == 0)
		return cmd_refresh(c, out, e);
	if (strcmp(what, "resources") == 0)
		return cmd_resources(c, out, e);
	if (strcmp(what, "prompts") == 0)
		return cmd_prompts(c, out, e);
	if (strcmp(what, "add") == 0)
		return cmd_add(c, out, e);
	if (strcmp(what, "remove") == 0)
		return cmd_remove(c, out, e);
	if (strcmp(what, "collect") == 0)
		return cmd_collect(c, e);
	if (strcmp(what, "relay") == 0)
		return relay(c, e);
	near = opt_nearest(what, names);
	return err_set(e, ERR_USAGE, "mcp: no sub-command %.60s; %s%s%s", what,
	    near != NULL ? "did you mean " : "see agent-tool mcp --help",
	    near != NULL ? near : "", near != NULL ? "?" : "");
}

static void
work(struct settings *s, struct err *e)
{
	struct buf out = BUF_INIT;
	int root = -1;
	char *workspace = state_workspace(s->workspace, &root, e);

	if (workspace == NULL)
		return;
	s->cmd.workspace = s->cmd.files.workspace = workspace;
	if (s->cmd.files.extra == NULL)
		s->cmd.files.extra = getenv("AGENT_MCP_CONFIG");
	/* For ${AGENT_WORKSPACE} in the files. */
	setenv("AGENT_WORKSPACE", workspace, 1);
	find_user(s);
	dispatch(s, &out, e);
	if (fd_write_all(STDOUT_FILENO, out.data, out.len) == -1 &&
	    e->kind == ERR_NONE)
		err_sys(e, "write to stdout");
	buf_free(&out);
	fd_close(&root);
	free(workspace);
}

int
main(int argc, char **argv)
{
	struct settings s = { .workspace = NULL };
	struct err e = ERR_INIT;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-mcp");
	sig_init();
	find_home();
	s.cmd.args = s.args = xcalloc((size_t)argc + 1, sizeof(*s.args));
	if (opt_parse(&program, &s, argc, argv, &e) == 0)
		work(&s, &e);
	vec_free(&s.cmd.env);
	vec_free(&s.cmd.headers);
	free(s.args);
	free(s.user);
	if (sig_caught() != 0)
		sig_reraise(sig_caught());
	if (e.kind == ERR_NONE)
		stdout_flush(&e);
	return log_exit(&e);
}
