/*
 * parse.c - agent-gate parse: the text of a model in, the message it meant
 * out.
 */
#include "gate/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/opt.h"
#include "core/ids.h"
#include "gate/heal.h"
#include "gate/out.h"
#include "gate/tools.h"
#include "sys/stdout.h"

enum {
	KEY_TOOLS = 256, KEY_FORMAT, KEY_EXPLAIN, KEY_STREAM, KEY_LIST,
	KEY_THINKING, KEY_PROMOTE, KEY_PLAIN, KEY_CUT,
};

static const struct opt table[] = {
	{ "tools", KEY_TOOLS, "FILE", "the tools that were offered "
	    "(AGENT_TOOLS)" },
	{ "format", KEY_FORMAT, "NAME", "expect this one format (auto)" },
	{ "thinking", KEY_THINKING, NULL, "the text begins within the "
	    "reasoning" },
	{ "promote", KEY_PROMOTE, NULL, "a call counts that is all the "
	    "reasoning holds" },
	{ "no-repair", KEY_PLAIN, NULL, "mend neither JSON nor names" },
	{ "cut", KEY_CUT, NULL, "the limit of tokens ended the text" },
	{ "explain", KEY_EXPLAIN, NULL, "say in agent.explain what was "
	    "seen where" },
	{ "stream", KEY_STREAM, NULL, "tell each piece in a line of its "
	    "own, as it comes" },
	{ "list-formats", KEY_LIST, NULL, "the formats, and who writes "
	    "them" },
	{ "verbose", 'v', NULL, "explain on standard error, too" },
	{ "help", 'h', NULL, "this text" },
	{ NULL, 0, NULL, NULL },
};

struct options {
	struct recover_opts	 recover;
	const char		*tools;
	bool			 cut, explain, stream, verbose, list;
};

struct run {
	struct out	 out;
	char		 id[IDS_SIZE];
};

static int
option(void *to, int key, const char *arg, struct err *e BASE_UNUSED)
{
	struct options *o = to;

	switch (key) {
	case KEY_TOOLS: o->tools = arg; break;
	case KEY_FORMAT: o->recover.format = arg; break;
	case KEY_THINKING: o->recover.thinking = true; break;
	case KEY_PROMOTE: o->recover.promote = true; break;
	case KEY_PLAIN: o->recover.plain = true; break;
	case KEY_CUT: o->cut = true; break;
	case KEY_EXPLAIN: o->explain = true; break;
	case KEY_STREAM: o->stream = true; break;
	case KEY_LIST: o->list = true; break;
	case 'v': o->verbose = true; break;
	}
	return 0;
}

static int
operand(void *to BASE_UNUSED, char *word, struct err *e)
{
	return err_set(e, ERR_USAGE, "parse: unknown operand '%.60s'; the "
	    "text comes on standard input", word);
}

static const struct opt_program program = {
	.synopsis = "agent-gate parse [options] <text",
	.about = "Reads the text of a model and writes the message it meant: "
	    "content,\nreasoning and tool calls.",
	.examples =
"  agent-gate parse --tools tools.json <answer.txt\n"
"  agent-gate parse --tools tools.json --explain -v <answer.txt\n"
"  agent-gate parse --list-formats\n",
	.table = table, .option = option, .operand = operand,
};

jv
gate_parse_message(const struct recover_result *res, bool explain)
{
	jv m = js_set_str(js_obj(), "role", "assistant");
	jv a = js_obj();

	m = js_set(m, "content", res->content.len > 0 ?
	    js_from_buf(&res->content) : js_null());
	if (res->reasoning.len > 0)
		m = js_set(m, "reasoning_content",
		    js_from_buf(&res->reasoning));
	if (res->ncalls > 0)
		m = js_set(m, "tool_calls", heal_calls(res->calls,
		    res->ncalls, js_none()));
	if (res->ncut > 0)
		a = js_set(js_set_bool(a, "cut", true), "cut_calls",
		    heal_calls(res->cut, res->ncut, js_none()));
	if (explain)
		a = js_set(a, "explain", recover_notes(res));
	if (js_len(a) > 0)
		m = js_set(m, "agent", a);
	else
		js_free(a);
	return m;
}

static void
on_piece(void *arg, enum recover_kind kind, const char *p, size_t n)
{
	struct run *r = arg;

	if (kind != RECOVER_RECAST)
		out_delta(&r->out, r->id, kind == RECOVER_TEXT ? DELTA_TEXT :
		    DELTA_REASONING, p, n, -1, NULL);
}

static int
read_text(struct recover *r, struct run *run, bool stream, struct err *e)
{
	static char piece[65536];
	size_t total = 0;
	ssize_t n;

	while ((n = fd_read_wait(STDIN_FILENO, piece,
	    sizeof(piece))) > 0) {
		total += (size_t)n;
		if (total > BASE_LINE_MAX)
			return err_set(e, ERR_DATA, "<stdin>: more than %zu "
			    "bytes", BASE_LINE_MAX);
		recover_feed(r, piece, (size_t)n);
		if (stream && out_flush(&run->out, e) == -1)
			return -1;
	}
	return n == -1 ? err_sys(e, "<stdin>") : 0;
}

static void
explain(const struct recover_result *res)
{
	for (size_t i = 0; i < res->nnotes; i++) {
		const struct recover_note *n = &res->notes[i];

		log_note("%s at %zu, %zu bytes, %s%s%s", n->what, n->at,
		    n->len, n->format, n->detail != NULL ? ": " : "",
		    n->detail != NULL ? n->detail : "");
	}
}

static int
work(const struct options *o, jv tools, struct err *e)
{
	struct run run = { .id = "" };
	const struct recover_result *res;
	struct recover *r = recover_open(tools, &o->recover,
	    o->stream ? on_piece : NULL, &run);
	int rc;
	jv m;

	if (r == NULL)
		return err_set(e, ERR_USAGE, "--format: there is no format "
		    "'%.60s'; try agent-gate parse --list-formats",
		    o->recover.format);
	ids_prefixed(run.id, "msg_");
	out_init(&run.out, STDOUT_FILENO);
	rc = read_text(r, &run, o->stream, e);
	if (rc == 0) {
		res = recover_end(r, o->cut);
		m = gate_parse_message(res, o->explain);
		out_line(&run.out, m);
		js_free(m);
		rc = out_flush(&run.out, e);
		if (o->verbose)
			explain(res);
	}
	out_free(&run.out);
	recover_free(r);
	return rc;
}

static void
list_formats(void)
{
	struct recover_format f;

	for (size_t i = 0; recover_formats(i, &f); i++)
		printf("%-18s %s%s%s\n", f.name, f.about,
		    *f.models != '\0' ? "; " : "", f.models);
}

int
gate_parse_main(int argc, char **argv)
{
	struct options o = { .tools = getenv("AGENT_TOOLS") };
	struct err e = ERR_INIT;
	jv tools = js_none();
	int rc = opt_parse(&program, &o, argc, argv, &e);

	if (rc == 1) {
		rc = 0;
	} else if (rc == 0 && o.list) {
		list_formats();
	} else if (rc == 0 && isatty(STDIN_FILENO)) {
		fprintf(stderr, "usage: %s\n\nExamples:\n%s\n"
		    "agent-gate parse --help says more.\n", program.synopsis,
		    program.examples);
		return 2;
	} else if (rc == 0) {
		if (o.tools != NULL && *o.tools != '\0')
			tools = tools_load(o.tools, &e);
		rc = e.kind != ERR_NONE ? -1 : work(&o, tools, &e);
	}
	js_free(tools);
	if (rc == 0)
		rc = stdout_flush(&e);
	return rc == 0 ? 0 : log_exit(&e);
}
