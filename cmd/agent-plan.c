/*
 * agent-plan.c - a project's tasks, queue and notebook.
 *
 * Options and sub-commands only; the work is in lib/plan.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "plan/toolmode.h"
#include "plan/verb.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

/* Every option: those of all sub-commands first, then by name.  Where it
 * goes is an offset into the arguments; how is s: its argument, v: one more
 * argument, b: true. */
#define AT(member)	offsetof(struct verb_args, member)
static const struct known {
	struct opt	 opt;
	char		 how;
	size_t		 at;
} known[] = {
	{ { "workspace", 'w', "DIR", "the project's folder" }, 's',
	    AT(workspace) },
	{ { "quiet", 'q', NULL, "no output that only repeats what was "
	    "asked" }, 'b', AT(quiet) },
	{ { "help", 'h', NULL, "this text" }, 0, 0 },
	{ { "version", 256, NULL, "version and libraries" }, 0, 0 },
	{ { "schema", 303, NULL, "the schema of the tool plan" }, 0, 0 },
#define COMMON	4
#define KEY_SCHEMA 303
	{ { "acceptance", 257, "TEXT", "how to tell that it is done" }, 's',
	    AT(acceptance) },
	{ { "author", 258, "NAME", "who writes the note (AGENT_WORKER)" },
	    's', AT(author) },
	{ { "blocker", 259, "TEXT", "what stands in the way; again for "
	    "more" }, 'v', AT(blockers) },
	{ { "changed", 260, "FILE", "a file that was changed; again for "
	    "more" }, 'v', AT(changed) },
	{ { "check", 261, "CMD", "the command that alone closes it" }, 's',
	    AT(check) },
	{ { "citation", 262, "TEXT", "where something is from; again for "
	    "more" }, 'v', AT(citations) },
	{ { "deadline", 293, "TIME", "stop after that long" }, 's',
	    AT(deadline) },
	{ { "diff", 300, "FILE", "the change; - is stdin" }, 's',
	    AT(diff) },
	{ { "done", 263, "TEXT", "checkpoint: what was done" }, 's',
	    AT(summary) },
	{ { "dry-run", 264, NULL, "check it, and keep nothing" }, 'b',
	    AT(dry_run) },
	{ { "file", 'f', "FILE", "tasks as JSON lines or a Markdown list; "
	    "- is stdin" }, 's', AT(file) },
	{ { "for-good", 265, NULL, "give it up, whatever tries are left" },
	    'b', AT(for_good) },
	{ { "force", 266, NULL, "although tasks are open or were given "
	    "up" }, 'b', AT(force) },
	{ { "format", 267, "text|json|md|prompt", "what it is written as" },
	    's', AT(format) },
	{ { "head", 268, "HASH", "this hash has to be in it" }, 's',
	    AT(head) },
	{ { "ids", 269, NULL, "the numbers only" }, 'b', AT(ids) },
	{ { "input", 'i', "TEXT", "a file or fact it needs; again for "
	    "more" }, 'v', AT(inputs) },
	{ { "interval", 304, "TIME", "how often it looks (500ms)" }, 's',
	    AT(interval) },
	{ { "jobs", 'j', "N", "so many workers at once (1)" }, 's',
	    AT(jobs) },
	{ { "json", 270, NULL, "a JSON object a line" }, 'b', AT(json) },
	{ { "key", 271, "NAME", "a name of yours for it" }, 's', AT(key) },
	{ { "kind", 272, "KIND", "only notes of that kind" }, 's',
	    AT(kind) },
	{ { "lease", 273, "TIME", "how long the claim holds (10m)" }, 's',
	    AT(lease) },
	{ { "limit", 274, "N", "at most so many" }, 's', AT(limit) },
	{ { "match", 275, "TEXT", "only those with that text" }, 's',
	    AT(match) },
	{ { "max-cost", 305, "N", "as of agent-chat" }, 's', AT(max_cost) },
	{ { "max-total-tokens", 306, "N", "as of agent-chat" }, 's',
	    AT(max_tokens) },
	{ { "model", 294, "NAME", "as of agent-chat" }, 's', AT(model) },
	{ { "needs", 276, "TASK", "done before it; again for more" }, 'v',
	    AT(needs) },
	{ { "next", 277, "TEXT", "checkpoint: what comes next" }, 's',
	    AT(next) },
	{ { "objective", 278, "TEXT", "what to do" }, 's', AT(objective) },
	{ { "offline", 295, NULL, "as of agent-chat" }, 'b', AT(offline) },
	{ { "once", 296, NULL, "one task" }, 'b', AT(once) },
	{ { "output", 'o', "FILE", "write it there" }, 's', AT(output) },
	{ { "owner", 279, "PID", "the claim ends with this process" }, 's',
	    AT(owner) },
	{ { "parent", 280, "TASK", "the task that it is a part of" }, 's',
	    AT(parent) },
	{ { "plan", 301, "TEXT", "what the change is to do" }, 's',
	    AT(plan) },
	{ { "priority", 'p', "N", "the higher goes first (0)" }, 's',
	    AT(priority) },
	{ { "reason", 281, "TEXT", "why" }, 's', AT(reason) },
	{ { "rounds", 282, "N", "conversations it may take (12)" }, 's',
	    AT(rounds) },
	{ { "since", 283, "TIME", "from then on: 24h, 7d, 2026-11-24" },
	    's', AT(since) },
	{ { "status", 284, "STATUS", "all, open, ready, waiting, running, "
	    "done..." }, 's', AT(which) },
	{ { "steps", 285, "N", "requests in a conversation" }, 's',
	    AT(steps) },
	{ { "tag", 't', "TAG", "a word to find it by; again for more" }, 'v',
	    AT(tags) },
	{ { "task", 287, "TASK", "the task it is about" }, 's', AT(task) },
	{ { "tests", 302, "CMD", "the command that tests it" }, 's',
	    AT(tests) },
	{ { "time", 288, "TIME", "how long a conversation may take" }, 's',
	    AT(time) },
	{ { "tokens", 289, "N", "tokens of a conversation, of a prompt" },
	    's', AT(tokens) },
	{ { "tool-calls", 290, "N", "calls in a conversation" }, 's',
	    AT(calls) },
	{ { "tools", 297, "LIST", "as of agent-chat" }, 's', AT(tools) },
	{ { "tries", 291, "N", "failures until it is given up (3)" }, 's',
	    AT(tries) },
	{ { "until-empty", 298, NULL, "until no task is open" }, 'b',
	    AT(until_empty) },
	{ { "url", 299, "URL", "as of agent-chat" }, 's', AT(url) },
	{ { "worker", 292, "NAME", "who works (AGENT_WORKER)" }, 's',
	    AT(worker) },
};

#define SPEC	"acceptance check input key needs parent priority rounds " \
    "steps tag time tokens tool-calls tries "
#define POINT	"blocker changed citation done next "

static const struct verb {
	const char	*name;
	const char	*takes;		/* operands, for people */
	int		 least, most;	/* operands */
	const char	*options;	/* those besides the common ones */
	verb_fn		*run;
	const char	*help, *example;
} verbs[] = {
	{ "init", "GOAL", 1, 10000, "", verb_init, "begin a project",
	    "init 'Port the parser'" },
	{ "status", "", 0, 0, "json", verb_status, "where it stands",
	    "status --json" },
	{ "advance", "", 0, 0, "force", verb_move, "to the next state",
	    "advance" },
	{ "review", "", 0, 0, "force", verb_move, "from executing to "
	    "reviewing",
	    "review" },
	{ "complete", "", 0, 0, "force", verb_move, "from reviewing to "
	    "complete",
	    "complete --force" },
	{ "reopen", "", 0, 0, "", verb_move, "back to executing",
	    "reopen" },
	{ "pause", "", 0, 0, "", verb_move, "no more claims",
	    "pause" },
	{ "resume", "", 0, 0, "", verb_move, "back to what it was",
	    "resume" },
	{ "show", "[TASK]", 0, 1, "format tokens", verb_show, "the project "
	    "or a task",
	    "show --format prompt" },
	{ "export", "", 0, 0, "output", verb_export, "write project.json",
	    "export -o project.json" },
	{ "import", "FILE", 1, 1, "", verb_import, "read project.json",
	    "import project.json" },
	{ "add", "OBJECTIVE | --file=FILE", 0, 10000, SPEC "dry-run file "
	    "json", verb_add, "add tasks; prints their numbers",
	    "add 'Write the lexer' --check 'make test'" },
	{ "list", "", 0, 0, "ids json limit match parent status tag",
	    verb_list, "the tasks",
	    "list --status dead" },
	{ "tree", "", 0, 0, "", verb_tree, "the tasks below their parents",
	    "tree" },
	{ "ready", "", 0, 0, "ids json limit match parent tag", verb_list,
	    "what can be claimed, in that order",
	    "ready --ids | head -n 1" },
	{ "edit", "TASK", 1, 1, SPEC "objective", verb_edit, "change a "
	    "task",
	    "edit 5 --priority 10" },
	{ "cancel", "TASK...", 1, 10000, "reason", verb_cancel, "never do "
	    "them",
	    "cancel 5 6 --reason 'not wanted'" },
	{ "retry", "TASK...", 1, 10000, "", verb_retry, "try again what was "
	    "given up",
	    "retry 5" },
	{ "next", "[TASK]", 0, 1, "json lease owner worker", verb_next,
	    "claim a task",
	    "next --worker me --lease 30m" },
	{ "heartbeat", "CLAIM", 1, 1, "lease worker", verb_beat, "prolong a "
	    "claim",
	    "heartbeat 5.2" },
	{ "done", "CLAIM", 1, 1, POINT "worker", verb_done, "run the check; "
	    "close the task if it passes",
	    "done 5.2 --done 'lexer.c passes'" },
	{ "fail", "CLAIM REASON", 2, 10000, POINT "for-good worker",
	    verb_fail, "it failed; try again or give it up",
	    "fail 5.2 'the tests need a network'" },
	{ "release", "CLAIM", 1, 1, POINT "worker", verb_release, "give it "
	    "back",
	    "release 5.2 --next 'the tests'" },
	{ "checkpoint", "CLAIM", 1, 1, POINT "worker", verb_checkpoint,
	    "keep where it stands, or show what was kept",
	    "checkpoint 5.2 --done half --next 'the rest'" },
	{ "work", "[-- COMMAND...]", 0, 0, "deadline jobs lease max-cost "
	    "max-total-tokens model "
	    "offline once steps time tokens tool-calls tools until-empty "
	    "url worker", verb_work, "do tasks, with a model or a command",
	    "work --until-empty -j 2" },
	{ "note", "KIND TEXT", 2, 10000, "author task", verb_note, "write "
	    "into the notebook",
	    "note result 'It is 3 times as fast.'" },
	{ "log", "", 0, 0, "json kind limit match since task", verb_log,
	    "the notebook",
	    "log --kind decision --since 7d" },
	{ "report", "", 0, 0, "", verb_report, "everything, as Markdown",
	    "report >report.md" },
	{ "check", "", 0, 0, "head json", verb_check, "has anything been "
	    "changed?",
	    "check --head \"$(cat head)\"" },
	{ "propose", "[GOAL]", 0, 10000, "dry-run json model offline url",
	    verb_propose, "add tasks that a model proposes",
	    "propose --dry-run 'Port the parser'" },
	{ "watch", "", 0, 0, "interval json once until-empty", verb_watch,
	    "show what happens, as it happens", "watch --json" },
	{ "patch", "add|list|show|try|reject [N|TEXT]", 1,
	    10000, "diff json plan status task tests", verb_patch,
	    "proposed changes", "patch show 3 | git apply" },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};

static const char examples[] =
"  agent-plan init 'Port the parser' && agent-plan advance\n"
"  agent-plan add 'Write the lexer' --check 'make test-lexer'\n"
"  agent-plan next --worker me                prints 1.1 and the task\n"
"  agent-plan done 1.1                        if its check passes";

/* ---- help ---- */

static bool
has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = words; (s = strstr(s, word)) != NULL; s += n)
		if ((s == words || s[-1] == ' ') && (s[n] == ' ' ||
		    s[n] == '\0'))
			return true;
	return false;
}

/* The options of v, ended; static. */
static const struct opt *
options_of(const struct verb *v)
{
	static struct opt table[BASE_NITEMS(known) + 1];
	size_t n = 0;

	memset(table, 0, sizeof(table));
	for (size_t i = COMMON; i < BASE_NITEMS(known); i++)
		if (v != NULL && has_word(v->options, known[i].opt.name))
			table[n++] = known[i].opt;
	for (size_t i = 0; i < COMMON + (v == NULL); i++)
		table[n++] = known[i].opt;
	return table;
}

static void
help(const struct verb *v)
{
	struct buf s = BUF_INIT, about = BUF_INIT, ex = BUF_INIT;

	if (v != NULL) {
		buf_addf(&s, "agent-plan %s [options]%s%s", v->name,
		    *v->takes != '\0' ? " " : "", v->takes);
		buf_addf(&about, "%c%s.", v->help[0] - 'a' + 'A',
		    v->help + 1);
		buf_addf(&ex, "  agent-plan %s", v->example);
		opt_help(buf_str(&s), buf_str(&about), options_of(v),
		    buf_str(&ex));
	} else {
		for (v = verbs; v->name != NULL; v++)
			buf_addf(&s, "%sagent-plan %s [options]%s%s",
			    v == verbs ? "" : "\n       ", v->name,
			    *v->takes != '\0' ? " " : "", v->takes);
		buf_adds(&about, "Keeps a project's tasks, its queue and its "
		    "notebook.\n");
		for (v = verbs; v->name != NULL; v++)
			buf_addf(&about, "\n  %-11s %s", v->name, v->help);
		opt_help(buf_str(&s), buf_str(&about), options_of(NULL),
		    examples);
	}
	buf_free(&s);
	buf_free(&about);
	buf_free(&ex);
}

/* ---- the command line ---- */

static const struct verb *
verb_of(const char *name, struct err *e)
{
	const char *names[BASE_NITEMS(verbs)], *near;

	for (size_t i = 0; i < BASE_NITEMS(verbs); i++) {
		names[i] = verbs[i].name;
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return &verbs[i];
	}
	near = opt_nearest(name, names);
	if (near != NULL)
		err_set(e, ERR_USAGE, "no sub-command '%.60s'; did you mean "
		    "%s?", name, near);
	else
		err_set(e, ERR_USAGE, "no sub-command '%.60s'; agent-plan "
		    "--help lists them", name);
	return NULL;
}

static void
set(struct verb_args *a, int key, const char *arg)
{
	for (size_t i = 0; i < BASE_NITEMS(known); i++) {
		char *at = (char *)a + known[i].at;

		if (known[i].opt.key != key)
			continue;
		if (known[i].how == 's')
			memcpy(at, &arg, sizeof(arg));
		else if (known[i].how == 'b')
			*(bool *)(void *)at = true;
		else if (known[i].how == 'v')
			vec_push((struct vec *)(void *)at, arg);
	}
}

/* The options from argv, whose operands move to its front; 1 when the
 * program is done already. */
static int
parse(const struct verb *v, struct verb_args *a, int argc, char **argv,
    struct err *e)
{
	struct opt_state o;

	a->operands = argv + 1;
	opt_init(&o, options_of(v), argc, argv);
	while (o.i < argc || o.cluster != NULL) {
		int key = opt_next(&o, e);

		if (key == OPT_ERROR)
			return -1;
		if (key == OPT_END) {
			/* Behind "--" stands a command of the user's own. */
			if (o.i > 1 && v != NULL && v->run == verb_work &&
			    strcmp(argv[o.i - 1], "--") == 0) {
				a->command = argv + o.i;
				break;
			}
			if (o.i < argc)
				a->operands[a->n++] = argv[o.i++];
		} else if (key == 'h') {
			help(v);
			return 1;
		} else if (key == KEY_SCHEMA) {
			fputs(toolmode_schema, stdout);
			return 1;
		} else if (key == 256) {
			opt_version("agent-plan", "libsqlite3, libjq");
			return 1;
		} else {
			set(a, key, o.arg);
		}
	}
	if (a->command == NULL)
		argv[1 + a->n] = NULL;
	else if (*a->command == NULL)
		return err_set(e, ERR_USAGE, "-- without a command");
	if (v != NULL && (a->n < v->least || a->n > v->most))
		return err_set(e, ERR_USAGE, "%s takes %s; see agent-plan %s "
		    "--help", v->name, *v->takes != '\0' ? v->takes :
		    "no operand", v->name);
	return 0;
}

/* Common options may stand before the sub-command: put it in front. */
static void
verb_first(int argc, char **argv)
{
	char *word;
	int i = 1;

	while (i < argc && argv[i][0] == '-')
		i += strcmp(argv[i], "-w") == 0 ||
		    strcmp(argv[i], "--workspace") == 0 ? 2 : 1;
	if (i >= argc || i == 1)
		return;
	word = argv[i];
	memmove(&argv[2], &argv[1], (size_t)(i - 1) * sizeof(*argv));
	argv[1] = word;
}

/* Write what came of rc, and give rc. */
static int
output(int rc, struct buf *out, struct err *e)
{
	struct err why = ERR_INIT;

	if (stdout_write(out->data, out->len, &why) == -1 &&
	    e->kind == ERR_NONE) {
		*e = why;
		rc = -1;
	}
	buf_free(out);
	return rc;
}

static void
release(struct verb_args *a)
{
	struct vec *all[] = { &a->needs, &a->tags, &a->inputs, &a->changed,
	    &a->blockers, &a->citations };

	for (size_t i = 0; i < BASE_NITEMS(all); i++)
		vec_free(all[i]);
}

int
main(int argc, char **argv)
{
	const struct verb *v = NULL;
	struct verb_args a = { .n = 0 };
	const char *abi = getenv("AGENT_ABI");
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = 0;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-plan");
	if (sig_init() == -1)
		err_sys(&e, "signals");
	verb_first(argc, argv);
	if (argc == 1 && abi != NULL && strcmp(abi, "1") == 0) {
		rc = output(toolmode_call(&out, &e), &out, &e);
		return e.kind != ERR_NONE ? log_exit(&e) : rc;
	}
	if (argc > 1 && argv[1][0] != '-') {
		v = verb_of(argv[1], &e);
		a.verb = argv[1];
		rc = v != NULL ? parse(v, &a, argc - 1, argv + 1, &e) : -1;
	} else if (argc > 1) {
		rc = parse(NULL, &a, argc, argv, &e);
		if (rc == 0)
			rc = err_set(&e, ERR_USAGE, "a sub-command comes "
			    "first; agent-plan --help lists them");
	} else {
		fputs("usage: agent-plan SUB-COMMAND [options] ...\n"
		    "agent-plan --help lists them.\n", stderr);
		return 2;
	}
	if (rc == 0)
		rc = output(v->run(&a, &out, &e), &out, &e);
	else if (rc == 1)
		rc = stdout_flush(&e);
	release(&a);
	if (e.kind == ERR_CANCELLED && sig_caught() != 0)
		sig_reraise(sig_caught());
	return e.kind != ERR_NONE ? log_exit(&e) : rc;
}
