/*
 * agent-mem.c - memories that are found again by what was meant.
 *
 * Options and sub-commands only; the work is in lib/mem.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "core/event.h"
#include "json/jsonl.h"
#include "mem/backfill.h"
#include "mem/cmd.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum {
	KEY_DB = 256, KEY_ID, KEY_KIND, KEY_SPEAKER, KEY_SOURCE, KEY_SESSION,
	KEY_TURN, KEY_DATE, KEY_TAG, KEY_IMPORTANCE, KEY_EXPIRES, KEY_SINCE,
	KEY_UNTIL, KEY_NOW, KEY_ALL, KEY_EXPLAIN, KEY_WITHOUT, KEY_HISTORY,
	KEY_QUERY, KEY_OLDER, KEY_EVERYTHING, KEY_DRY_RUN, KEY_JSON,
	KEY_FORMAT, KEY_COPROCESS, KEY_NEAR,
	KEY_JQ, KEY_FOR_PROMPT, KEY_BUDGET,
	KEY_VECTORS, KEY_BACKGROUND,
	KEY_OFFLINE, KEY_SESSIONS, KEY_TIER, KEY_ARTIFACTS,
	KEY_VERSION,
};

static const struct opt table[] = {
	{ "db", KEY_DB, "FILE", "the file of memories (AGENT_MEMORY)" },
	{ "namespace", 'n', "NAME", "whose memories; may be repeated (the "
	    "project's)" },
	{ "all", KEY_ALL, NULL, "search, list: all namespaces" },
	{ "limit", 'k', "N", "search, list: at most N (10; 100)" },
	{ "kind", KEY_KIND, "WORD", "what kind of memory" },
	{ "tag", KEY_TAG, "WORD", "a tag; may be repeated" },
	{ "speaker", KEY_SPEAKER, "NAME", "who said it" },
	{ "source", KEY_SOURCE, "TEXT", "where it is from; searching: what "
	    "that begins with" },
	{ "since", KEY_SINCE, "TIME", "only of that time and later" },
	{ "until", KEY_UNTIL, "TIME", "only before that time" },
	{ "explain", KEY_EXPLAIN, NULL, "search: the parts of each score" },
	{ "without", KEY_WITHOUT, "PART", "search: leave a part out" },
	{ "now", KEY_NOW, "TIME", "search: when the question is asked" },
	{ "for-prompt", KEY_FOR_PROMPT, NULL, "recall: as text for a system "
	    "prompt" },
	{ "budget", KEY_BUDGET, "N", "recall (1000), compact: at most N "
	    "tokens" },
	{ "tier", KEY_TIER, "old|shrink|drop|hard", "compact: how much may be "
	    "lost (hard)" },
	{ "artifacts", KEY_ARTIFACTS, "DIR", "compact: keep what is cut "
	    "there" },
	{ "vectors", KEY_VECTORS, NULL, "use them, or have them made "
	    "(AGENT_MEMORY_VECTORS)" },
	{ "background", KEY_BACKGROUND, NULL, "embed: slowly, one for a "
	    "file, for a while" },
	{ "model", 'm', "NAME", "embed, --vectors: the model" },
	{ "offline", KEY_OFFLINE, NULL, "embed, --vectors: without a server "
	    "(for trials)" },
	{ "sessions", KEY_SESSIONS, NULL, "index: past conversations of the "
	    "project" },
	{ "id", KEY_ID, "ID", "store: its id (a new one)" },
	{ "session", KEY_SESSION, "NAME", "store: the talk it is part of" },
	{ "turn", KEY_TURN, "N", "store: its place in that" },
	{ "date", KEY_DATE, "TIME", "store: when that was" },
	{ "importance", KEY_IMPORTANCE, "N", "store: from 0 to 1" },
	{ "expires", KEY_EXPIRES, "TIME", "store: forget it then (30d)" },
	{ "history", KEY_HISTORY, NULL, "get: what it was before" },
	{ "query", KEY_QUERY, "TEXT", "forget: what a search finds" },
	{ "older-than", KEY_OLDER, "TIME", "forget: what is of before" },
	{ "everything", KEY_EVERYTHING, NULL, "forget: all of a "
	    "namespace" },
	{ "dry-run", KEY_DRY_RUN, NULL, "forget: only say what it would "
	    "be" },
	{ "near", KEY_NEAR, "keep|link|merge", "store: what becomes of one "
	    "that is nearly there" },
	{ "jq", KEY_JQ, "PROGRAM", "import: makes memories of each line" },
	{ "coprocess", KEY_COPROCESS, NULL, "stay and serve, "
	    "agent-protocol(7)" },
	{ "json", KEY_JSON, NULL, "lines of JSON (the default)" },
	{ "format", KEY_FORMAT, "json|text", "text is for people" },
	{ "quiet", 'q', NULL, "say errors only" },
	{ "help", 'h', NULL, "this text" },
	{ "version", KEY_VERSION, NULL, "version and libraries" },
	{ NULL, 0, NULL, NULL },
};

static const char synopsis[] =
"agent-mem store [options] [text ...]\n"
"       agent-mem search [options] [question ...]\n"
"       agent-mem recall [options] [task ...]\n"
"       agent-mem get [options] id ... | -\n"
"       agent-mem list [options]\n"
"       agent-mem update [options] id [text ...] | -\n"
"       agent-mem forget [options] [id ... | -]\n"
"       agent-mem import [options] [file ...]\n"
"       agent-mem export [options]\n"
"       agent-mem index [options] [dir]\n"
"       agent-mem embed [options]\n"
"       agent-mem namespaces [options]\n"
"       agent-mem stats [options]\n"
"       agent-mem check [options]\n"
"       agent-mem reindex [options]\n"
"       agent-mem backup [options] file\n"
"       agent-mem compact [options] [file]\n"
"       agent-mem --coprocess [options]";

static const char about[] =
"Keeps memories in one file of SQLite and finds again what was meant.";

static const char examples[] =
"  agent-mem store 'The staging server is moved every Friday.'\n"
"  agent-mem search --format text 'when is staging moved?'\n"
"  agent-mem import talk.jsonl && agent-mem search -k 5 --explain 'tea'\n";

/* The options that only some commands use, as sets of bits. */
#define BIT(key)	(UINT64_C(1) << ((key) < 256 ? (key) - 'a' : \
			    (key) - KEY_DB + 26))
#define SPACE		BIT('n')
#define SPACES		(SPACE | BIT(KEY_ALL))
#define ABOUT		(BIT(KEY_KIND) | BIT(KEY_TAG) | BIT(KEY_SPEAKER) | \
			    BIT(KEY_SOURCE))
#define WHEN		(BIT(KEY_SINCE) | BIT(KEY_UNTIL))
#define ITEM		(ABOUT | BIT(KEY_ID) | BIT(KEY_SESSION) | \
			    BIT(KEY_TURN) | BIT(KEY_DATE) | \
			    BIT(KEY_IMPORTANCE) | BIT(KEY_EXPIRES))
#define SERVER		(BIT('m') | BIT(KEY_OFFLINE))
#define FILL		(SERVER | BIT(KEY_VECTORS))
#define RANK		(SPACES | ABOUT | WHEN | SERVER | BIT('k') | \
			    BIT(KEY_SESSION) | BIT(KEY_WITHOUT) | \
			    BIT(KEY_NOW) | BIT(KEY_VECTORS))
#define ANY		(BIT(KEY_DB) | BIT(KEY_JSON) | BIT(KEY_FORMAT) | \
			    BIT('q') | BIT('h') | BIT(KEY_VERSION))

static uint64_t used;		/* the options of the command line */

struct verb {
	const char	*name;
	int		(*run)(struct cmd *c, struct err *e);
	enum db_flags	 how;
	bool		 maybe;		/* works without a file as well */
	int64_t		 limit;
	uint64_t	 uses;
};

static const struct verb verbs[] = {
	{ "store", cmd_store, DB_WRITE, false, 10,
	    SPACE | ITEM | BIT(KEY_NEAR) | FILL },
	{ "search", cmd_search, DB_READ, true, 10, RANK | BIT(KEY_EXPLAIN) },
	{ "recall", cmd_recall, DB_READ, true, 10,
	    RANK | BIT(KEY_FOR_PROMPT) | BIT(KEY_BUDGET) },
	{ "get", cmd_get, DB_READ, true, 0, SPACES | BIT(KEY_HISTORY) },
	{ "list", cmd_list, DB_READ, true, 100,
	    SPACES | ABOUT | WHEN | BIT('k') },
	{ "update", cmd_update, DB_WRITE, false, 0, SPACES | ITEM | FILL },
	{ "forget", cmd_forget, DB_WRITE, false, 10,
	    RANK | BIT(KEY_QUERY) | BIT(KEY_OLDER) |
	    BIT(KEY_EVERYTHING) | BIT(KEY_DRY_RUN) },
	{ "import", cmd_import, DB_WRITE, false, 0,
	    SPACE | BIT(KEY_NEAR) | BIT(KEY_JQ) | FILL },
	{ "index", cmd_index, DB_WRITE, false, 0,
	    SPACE | BIT(KEY_SESSIONS) | FILL },
	{ "embed", cmd_embed, DB_WRITE, false, 0,
	    SERVER | BIT(KEY_BACKGROUND) },
	{ "export", cmd_export, DB_READ, true, 0, SPACES },
	{ "namespaces", cmd_namespaces, DB_READ, true, 0, SPACES },
	{ "stats", cmd_stats, DB_READ, true, 0, 0 },
	{ "check", cmd_check, DB_READ, true, 0, SPACES },
	{ "reindex", cmd_reindex, DB_WRITE, false, 0, SPACES },
	{ "backup", cmd_backup, DB_READ, false, 0, 0 },
	{ "compact", cmd_compact, 0, false, 0,
	    BIT(KEY_BUDGET) | BIT(KEY_TIER) | BIT(KEY_ARTIFACTS) },
};

static int
format(struct cmd *c, const char *arg, struct err *e)
{
	c->text = strcmp(arg, "text") == 0;
	if (c->text || strcmp(arg, "json") == 0)
		return 0;
	return err_set(e, ERR_USAGE, "--format: '%.40s' is neither json nor "
	    "text", arg);
}

static int
near(struct cmd *c, const char *arg, struct err *e)
{
	static const char *const names[] = { "keep", "link", "merge" };

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (strcmp(arg, names[i]) == 0) {
			c->near = (enum cmd_near)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--near: '%.40s' is none of keep, link "
	    "and merge", arg);
}

/* 1 when the program is done already. */
static int
option(struct cmd *c, int key, const char *arg, struct err *e)
{
	used |= BIT(key);
	switch (key) {
	case KEY_DB: c->db = arg; break;
	case 'n': vec_push(&c->spaces, arg); break;
	case 'k':
		return num_int(arg, 1, 1000000, "--limit", &c->limit, e);
	case KEY_ALL: c->all = true; break;
	case KEY_ID: c->id = arg; break;
	case KEY_KIND: c->kind = arg; break;
	case KEY_SPEAKER: c->speaker = arg; break;
	case KEY_SOURCE: c->source = arg; break;
	case KEY_SESSION: c->session = arg; break;
	case KEY_TURN: c->turn = arg; break;
	case KEY_DATE: c->date = arg; break;
	case KEY_TAG: vec_push(&c->tags, arg); break;
	case KEY_IMPORTANCE: c->importance = arg; break;
	case KEY_EXPIRES: c->expires = arg; break;
	case KEY_SINCE: c->since = arg; break;
	case KEY_UNTIL: c->until = arg; break;
	case KEY_NOW: c->now = arg; break;
	case KEY_EXPLAIN: c->explain = true; break;
	case KEY_WITHOUT: vec_push(&c->without, arg); break;
	case KEY_HISTORY: c->history = true; break;
	case KEY_QUERY: c->query = arg; break;
	case KEY_OLDER: c->older = arg; break;
	case KEY_EVERYTHING: c->everything = true; break;
	case KEY_DRY_RUN: c->dry_run = true; break;
	case KEY_COPROCESS: c->coprocess = true; break;
	case KEY_SESSIONS: c->sessions = true; break;
	case KEY_VECTORS: c->vectors = true; break;
	case KEY_BACKGROUND: c->background = true; break;
	case 'm': c->model = arg; break;
	case KEY_OFFLINE: c->offline = true; break;
	case KEY_FOR_PROMPT: c->for_prompt = true; break;
	case KEY_BUDGET:
		return num_int(arg, 1, 10000000, "--budget", &c->budget, e);
	case KEY_TIER: c->tier = arg; break;
	case KEY_ARTIFACTS: c->artifacts = arg; break;
	case KEY_NEAR: return near(c, arg, e);
	case KEY_JQ: c->jq = arg; break;
	case KEY_JSON: c->text = false; break;
	case KEY_FORMAT: return format(c, arg, e);
	case 'q':
		log_set_level(LOG_ERROR);
		break;
	case 'h':
		opt_help(synopsis, about, table, examples);
		return 1;
	case KEY_VERSION:
		opt_version("agent-mem", "libsqlite3, libjq");
		return 1;
	}
	return 0;
}

static void
operand(struct cmd *c, const char *word)
{
	if (c->verb == NULL)
		c->verb = word;
	else
		vec_push(&c->words, word);
}

/* The command and what it is for; 1 when the program is done already. */
static int
parse(struct cmd *c, int argc, char **argv, struct err *e)
{
	struct opt_state s;
	bool rest = false;
	int rc = 0;

	opt_init(&s, table, argc, argv);
	while (rc == 0 && (s.i < argc || s.cluster != NULL)) {
		int key = opt_next(&s, e);

		if (key == OPT_ERROR)
			return -1;
		if (key != OPT_END) {
			rc = option(c, key, s.arg, e);
			continue;
		}
		/* Behind "--" all are operands. */
		rest = rest || strcmp(argv[s.i - 1], "--") == 0;
		do {
			if (s.i < argc)
				operand(c, argv[s.i++]);
		} while (rest && s.i < argc);
	}
	return rc;
}

static const struct verb *
find_verb(const char *name, struct err *e)
{
	const char *names[BASE_NITEMS(verbs) + 1] = { NULL }, *near;

	for (size_t i = 0; i < BASE_NITEMS(verbs); i++) {
		names[i] = verbs[i].name;
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	}
	near = opt_nearest(name, names);
	if (near != NULL)
		err_set(e, ERR_USAGE, "unknown command '%.60s'; did you mean "
		    "%s?", name, near);
	else
		err_set(e, ERR_USAGE, "unknown command '%.60s'; try "
		    "agent-mem --help", name);
	return NULL;
}

/* An option that would change nothing is a mistake of who gave it. */
static int
check_options(const struct verb *v, struct err *e)
{
	for (const struct opt *o = table; o->name != NULL; o++)
		if (used & BIT(o->key) & ~(v->uses | ANY))
			return err_set(e, ERR_USAGE, "%s does not use --%s; "
			    "try agent-mem --help", v->name, o->name);
	return 0;
}

static int
open_store(struct cmd *c, const struct verb *v, struct err *e)
{
	int rc = store_open(&c->s, c->db, v->how, e);

	/* Nothing was stored yet: no more is wrong. */
	if (rc == -1 && v->maybe && c->db == NULL && e->kind == ERR_NOINPUT) {
		*e = (struct err)ERR_INIT;
		c->none = true;
		return 0;
	}
	if (rc == 0 && v->how == DB_READ && store_is_behind(&c->s)) {
		store_close(&c->s);
		store_catch_up(c->db);
		rc = store_open(&c->s, c->db, v->how, e);
	}
	if (rc == 0 && db_note(c->s.db) != NULL && v->how == DB_WRITE)
		log_warn("%s: %s", c->s.path, db_note(c->s.db));
	if (rc == 0 && v->how == DB_READ) {
		/* Blocks of vectors are read from end to end. */
		if (c->vectors)
			db_cache(c->s.db, 8192, (int64_t)2 << 30);
		rc = db_read_begin(c->s.db, e);
	}
	return rc;
}

/* The end of input, or a signal, ends it. */
static int
serve(struct cmd *c, struct err *e)
{
	struct err ignored = ERR_INIT;
	int rc = store_open(&c->s, c->db, DB_WRITE, e);
	jv v;

	if (rc == 0)
		rc = cmd_coprocess(c, VERSION, e);
	else {
		v = event_error(e);
		jsonl_write(STDOUT_FILENO, v, &ignored);
		js_free(v);
	}
	store_close(&c->s);
	return rc;
}

/* Whether a command may leave memories without vectors. */
static bool
stores(const struct verb *v)
{
	return v->how == DB_WRITE && (v->uses & BIT(KEY_VECTORS)) != 0 &&
	    v->run != cmd_forget;
}

static int
run(struct cmd *c, struct err *e)
{
	const struct verb *v;
	struct proc left;
	int status, rc;

	if (c->coprocess)
		return serve(c, e);
	v = find_verb(c->verb, e);

	if (v == NULL || check_options(v, e) == -1)
		return -1;
	if (c->limit == 0)
		c->limit = v->limit;
	c->vectors = (v->uses & BIT(KEY_VECTORS)) != 0 && backfill_wanted(c);
	/* A filter, which has nothing to do with memories. */
	status = v->run == cmd_compact ? 0 : open_store(c, v, e);
	if (status == 0)
		status = v->run(c, e);
	rc = cmd_flush(c, e);
	if (c->vectors && c->s.db != NULL && (stores(v) || c->unfilled))
		backfill_start(c, &left);
	store_close(&c->s);
	return rc == -1 ? -1 : status;
}

int
main(int argc, char **argv)
{
	struct cmd c = { .verb = NULL };
	struct err e = ERR_INIT;
	int status;

	fd_sanitize();
	sig_sanitize();
	signal(SIGPIPE, SIG_IGN);
	log_init("agent-mem");
	status = parse(&c, argc, argv, &e);
	if (status == 0 && c.verb == NULL && !c.coprocess) {
		fprintf(stderr, "usage: %s\n\nagent-mem --help says more.\n",
		    synopsis);
		return 2;
	}
	if (status == 0)
		status = run(&c, &e);
	else if (status == 1)
		status = stdout_flush(&e);
	vec_free(&c.spaces);
	vec_free(&c.words);
	vec_free(&c.homes);
	vec_free(&c.tags);
	vec_free(&c.without);
	buf_free(&c.out);
	return e.kind != ERR_NONE ? log_exit(&e) : status;
}
