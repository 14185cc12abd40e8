/*
 * permit.h - may this call run: the policy's word and, where that is "ask",
 * the user's.
 *
 * A job is judged when it is made, so that it is known whether it will have
 * to wait, and again when its turn comes, because what the user said
 * meanwhile counts.  A question is one event permission.request, and its
 * answer one permission.reply, agent-events(5).  Nothing here blocks.
 */
#ifndef TOOL_PERMIT_H
#define TOOL_PERMIT_H

#include "base/base.h"
#include "base/err.h"
#include "core/ids.h"
#include "json/js.h"
#include "policy/judge.h"

#include <poll.h>

struct job;
struct tool;
struct tool_env;

struct permit {
	struct verdict	 verdict;
	bool		 judged;	/* verdict is filled */
	bool		 granted;	/* nothing more is to be asked */
	char		 id[IDS_SIZE];	/* of the open question, or "" */
	int64_t		 until;		/* when it is too late, -1 never */
	char		*note;		/* for the model, or NULL */
	jv		 form;		/* an "ask" of agent-mcp that is put to
					 * the user, or invalid */
	jv		 filled;	/* what is proposed for it */
};

void permit_free(struct permit *p);
/* Judge a job that is ready.  One that is denied is done, with a result
 * that says why. */
void permit_judge(struct job *j);
/* Only judge a call of a tool: v is filled, or -1 with e. */
int permit_verdict(struct tool_env *env, const struct tool *t, jv args,
    struct verdict *v, struct err *e);
/* True when the job, which is ready, would have to be asked about. */
bool permit_waits(const struct job *j);
/* True when the job may run now.  Otherwise it is asking, or done. */
bool permit_start(struct job *j);
/*
 * Take an answer, a line permission.reply; true when it is for this job's
 * question.  The job is ready or done after that; with e filled (ERR_DATA)
 * the answer made no sense and the question stays open.
 */
bool permit_answer(struct job *j, jv reply, struct err *e);
/* While the job is asking: what to wait for, and what to do then.  For a
 * question over the protocol, see permit_answer(). */
size_t permit_fds(const struct job *j, struct pollfd *p);
void permit_step(struct job *j);
/* The question of a job that is asking will not be answered; by says why. */
void permit_close(struct job *j, const char *by);

/* Of permit_form.c: what an MCP server wants to know in the midst of a call.
 * It is put like another question: to allow is to send what is proposed, or
 * the arguments of the answer. */

/* Tell those who hear of questions (permit.c). */
void permit_tell(const struct job *j, jv ev);
/* True while that is asked. */
bool permit_is_form(const struct permit *p);
/* A running job whose server asks: ask the user if nobody else is asked. */
void permit_form(struct job *j);
/* Its event permission.request, owned. */
jv permit_form_question(const struct job *j);
/* As permit_answer(), for the right id; facts gets what was changed. */
int permit_form_answer(struct job *j, jv reply, jv *facts, struct err *e);
/* It is over, and the call goes on: action as in mcp_call_answer(). */
void permit_form_end(struct job *j, const char *action, jv content);

#endif
