/*
 * verb.h - the sub-commands: what the command line said, and what is done.
 *
 * Each takes its checked arguments, writes its product into out (or, where
 * it runs for long, to standard output itself) and returns the exit status,
 * or -1 with e filled.
 */
#ifndef PLAN_VERB_H
#define PLAN_VERB_H

#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"
#include "plan/store.h"

struct verb_args {
	const char	*verb;
	char		**operands;	/* NULL-terminated */
	int		 n;
	char		**command;	/* what stands behind --, or NULL */
	/* Of options, NULL or empty when they were not given. */
	const char	*workspace, *format, *worker, *lease, *owner;
	const char	*objective, *key, *acceptance, *check, *priority;
	const char	*parent, *tries, *rounds, *steps, *calls, *tokens;
	const char	*time, *which, *match, *limit, *since, *kind;
	const char	*task, *author, *reason, *summary, *head, *output;
	const char	*file, *title, *plan, *diff, *tests, *jobs, *deadline;
	const char	*next;
	const char	*model, *url, *tools, *interval;
	const char	*max_cost, *max_tokens;
	struct vec	 needs, tags, inputs, changed, blockers, citations;
	bool		 json, ids, force, once, until_empty, for_good;
	bool		 quiet, offline, dry_run, yes;
};

typedef int verb_fn(struct verb_args *a, struct buf *out, struct err *e);

/* verb_project.c */
verb_fn verb_init, verb_status, verb_move, verb_show, verb_export,
    verb_import;
/* verb_task.c */
verb_fn verb_add, verb_list, verb_tree, verb_edit, verb_cancel, verb_retry;
/* verb_queue.c */
verb_fn verb_next, verb_beat, verb_done, verb_fail, verb_release;
/* verb_propose.c, verb_watch.c */
verb_fn verb_propose, verb_watch;
/* verb_patch.c */
verb_fn verb_patch;
/* verb_work.c */
verb_fn verb_work;
/* verb_note.c */
verb_fn verb_note, verb_log, verb_report, verb_check, verb_checkpoint;

/* ---- for the verbs ---- */

/* Append standard input to b: at most max bytes, more is ERR_DATA. */
int verb_stdin(struct buf *b, size_t max, struct err *e);
/* The operands joined by blanks, or standard input for "-"; owned. */
char *verb_text(const struct verb_args *a, int from, const char *what,
    struct err *e);
/* One line of JSON, or indented. */
void verb_line(struct buf *out, jv v);
/* The n bytes of text as one line that is safe on a terminal, at most so
 * many columns (0: all). */
void verb_safe(struct buf *out, const char *text, size_t columns);
/* The name of the worker: --worker, AGENT_WORKER, or host and parent. */
const char *verb_worker(struct verb_args *a);
/* A whole number of an option: left alone when s is NULL. */
int verb_int(const char *s, const char *option, int64_t min, int64_t max,
    int64_t *out, struct err *e);
/* Milliseconds since 1970 of a time (2026-11-24, with T12:00:00Z) or a
 * duration before now. */
int verb_since(const char *s, int64_t *ms, struct err *e);

#endif
