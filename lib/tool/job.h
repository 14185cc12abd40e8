/*
 * job.h - one call of a model from its words to its result.
 *
 * A job is checked when it is made: what is wrong with it, or forbidden by
 * the policy, becomes its result at once and nothing is started.  Otherwise
 * it is started (again after it was asked about), stepped when its
 * descriptors are ready, and done.  It never blocks.
 */
#ifndef TOOL_JOB_H
#define TOOL_JOB_H

#include "base/base.h"
#include "json/js.h"
#include "tool/mcp.h"
#include "tool/permit.h"
#include "tool/background.h"
#include "tool/program.h"
#include "tool/result.h"
#include "tool/shell.h"
#include "tool/tool.h"
#include "tool/worker.h"

#include <poll.h>

enum job_state {
	JOB_READY,		/* job_start runs it, or asks first */
	JOB_ASKING,		/* somebody is asked whether it may run */
	JOB_RUNNING,
	JOB_DONE,
};

#define JOB_FDS	4	/* descriptors a job waits for, at most */

struct job {
	struct tool_env	*env;
	const char	*id, *name;	/* as the model wrote them, borrowed */
	const struct tool *tool;	/* NULL when there is none */
	jv		 args;		/* parsed and checked */
	struct buf	 text;		/* that they were read from */
	jv		 shown;		/* they, as users and rules see them */
	struct permit	 permit;
	enum job_state	 state;
	int64_t		 began;
	int64_t		 deadline;	/* -1 none */
	bool		 cancelled;
	bool		 expired;
	struct background *watched;	/* that job_status waits for */
	struct worker	 worker;
	struct shell	 shell;
	struct program	 program;
	struct mcp_call	 mcp;
	struct result	 result;
};

/* A job for these words; the strings live longer than it. */
struct job *job_new(struct tool_env *env, const char *id, const char *name,
    const char *args, size_t args_len);
/* Ends whatever runs, and waits for a jail that is tidying up. */
void job_free(struct job *j);
/* The process of one that is done, if there still is one: a jail that tidies
 * up.  It is the caller's then, for proc_settle; else false. */
bool job_leave(struct job *j, struct proc *left);
/* A result without a call: code and text. */
void job_refuse(struct job *j, enum result_code code, const char *text);
/* True when the arguments fit the schema, after what small models mean is
 * put right; otherwise why says what does not. */
bool job_fits(struct job *j, struct buf *why);
/* True when it only reads and nobody is asked about it, so that it may run
 * beside others. */
bool job_reads(const struct job *j);
void job_start(struct job *j);
/* The descriptors to poll; returns how many. */
size_t job_fds(const struct job *j, struct pollfd p[JOB_FDS]);
/* Take what came, and look at the time. */
void job_step(struct job *j);
/* Start it and wait until it has ended, for who has nothing else to do. */
void job_run(struct job *j);
/* Ask it to end; job_step sees it done soon. */
void job_cancel(struct job *j);
/* How far it is, since this was asked last: an event tool.progress, owned;
 * invalid when nothing is known. */
jv job_progress(struct job *j);
/* The tool message that answers it; owned. */
jv job_message(const struct job *j);

#endif
