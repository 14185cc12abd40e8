/*
 * cmd.h - the commands of agent-mem, each over one open file.
 *
 * A command writes its lines to cmd.out; who calls it passes them on.  It
 * returns its exit status, or -1 with e filled.
 */
#ifndef MEM_CMD_H
#define MEM_CMD_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "mem/rank.h"
#include "mem/store.h"

/* What becomes of a memory that is nearly one that is there. */
enum cmd_near { CMD_NEAR_KEEP, CMD_NEAR_LINK, CMD_NEAR_MERGE };

/* The command line, or a line of a coprocess. */
struct cmd {
	const char	*verb, *db;
	struct vec	 spaces;	/* --namespace */
	struct vec	 words;		/* operands */
	struct vec	 homes;		/* the namespaces of words that are
					 * ids, "" for any; may be shorter */
	struct vec	 tags, without;
	const char	*id, *kind, *speaker, *source, *session, *turn,
			*date, *importance, *expires, *since, *until, *now,
			*jq, *query, *older, *model, *tier, *artifacts;
	int64_t		 limit, context, budget;
	enum cmd_near	 near;
	bool		 text;		/* for people */
	bool		 coprocess;
	bool		 all, explain, history, dry_run, everything,
			 sessions, for_prompt, vectors, offline, background;
	bool		 unfilled;	/* memories may lack a vector */
	int		 working;	/* lock of who makes them, backfill.h */
	struct store	 s;
	bool		 none;		/* there is no file yet */
	struct buf	 out;
};

#define CMD_LIMIT	10

/* Serve as a coprocess, agent-mem(1), until the end of input. */
int cmd_coprocess(struct cmd *c, const char *version, struct err *e);

/* Pass on what is in c->out; 0, or -1. */
int cmd_flush(struct cmd *c, struct err *e);
/* Append a line. */
void cmd_line_take(struct cmd *c, jv v);
/* The namespace that is meant when none is named; the caller frees it. */
char *cmd_project(struct err *e);
/* A text of a memory for people, on one line, cut to columns. */
void cmd_escape(struct buf *b, const char *text, size_t columns);
/* Milliseconds of a time option; names it in the message. */
int cmd_time(const char *s, const char *what, int64_t now, int64_t *ms,
    struct err *e);
/* The namespaces that the options name, or project and global, or all. */
int cmd_spaces(struct cmd *c, struct vec *names, struct err *e);

int cmd_store(struct cmd *c, struct err *e);
int cmd_update(struct cmd *c, struct err *e);
int cmd_import(struct cmd *c, struct err *e);
int cmd_search(struct cmd *c, struct err *e);
int cmd_recall(struct cmd *c, struct err *e);
int cmd_get(struct cmd *c, struct err *e);
int cmd_list(struct cmd *c, struct err *e);
int cmd_forget(struct cmd *c, struct err *e);
int cmd_export(struct cmd *c, struct err *e);
int cmd_namespaces(struct cmd *c, struct err *e);
int cmd_stats(struct cmd *c, struct err *e);
int cmd_reindex(struct cmd *c, struct err *e);
int cmd_check(struct cmd *c, struct err *e);
int cmd_sessions(struct cmd *c, struct err *e);
int cmd_index(struct cmd *c, struct err *e);
int cmd_embed(struct cmd *c, struct err *e);
int cmd_backup(struct cmd *c, struct err *e);
/* Needs no file of memories. */
int cmd_compact(struct cmd *c, struct err *e);

/* Put one memory, as the options or the line say; *line is the answer,
 * owned.  In a transaction. */
int cmd_put(struct cmd *c, struct item *it, jv *line, struct err *e);
/* Put one memory durably and give its answer, owned; consumes
 * line. */
int cmd_put_line_take(struct cmd *c, jv line, jv *answer, struct err *e);
/* Change the memory whose id is in line by what else is in it; as above. */
int cmd_update_line_take(struct cmd *c, jv line, jv *answer,
    struct err *e);
/* When the only operand is "-": read ids, or objects with id and maybe
 * namespace, from standard input in its place, a line each. */
int cmd_read_ids(struct cmd *c, struct err *e);
/* The namespaces where the i-th id is looked for: names, or its own in
 * own. */
const struct vec *cmd_home(const struct cmd *c, size_t i,
    const struct vec *names, struct vec *own);
/* Search for text and fill r (rank_free() it). */
int cmd_rank(struct cmd *c, const char *text, size_t n, struct rank *r,
    struct err *e);
/* Fill r->near by the vectors of those namespaces; without a server it is
 * left empty, with a warning. */
int cmd_near(struct cmd *c, const char *text, const struct vec *names,
    struct rank *r, struct err *e);
/* A hit as a line, owned; invalid when it is gone. */
jv cmd_hit(struct cmd *c, const struct rank_hit *h, bool explain,
    struct err *e);

#endif
