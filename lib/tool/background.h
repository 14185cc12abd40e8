/*
 * background.h - commands that run on while the conversation does.
 *
 * shell with background starts one and answers at once; its output goes
 * straight into a file of the artifacts folder, so nothing waits for us to
 * read it.  job_status says how it is, waits for it, or stops it.  They
 * live as long as we do, at most: each is in its own agent-jail, which dies
 * with us.
 */
#ifndef TOOL_BACKGROUND_H
#define TOOL_BACKGROUND_H

#include "base/base.h"
#include "json/js.h"
#include "tool/result.h"
#include "tool/tool.h"

struct background;		/* one of them */
struct backgrounds;		/* all of them */

#define BACKGROUND_MAX	8	/* that run at once */
#define BACKGROUND_MS	(INT64_C(3600) * 1000)	/* when no time is given */

/* Start the command of a call of shell; r says what came of it. */
void background_start(struct tool_env *env, jv args, struct result *r);
/*
 * What a call of job_status means: the command it waits for, or NULL when
 * r is filled already.  *ms is how long to wait.
 */
struct background *background_ask(struct tool_env *env, jv args, int *ms,
    struct result *r);
/* A descriptor that is readable when something happened to it. */
int background_fd(const struct background *b);
/* Whether it has ended. */
bool background_ended(struct background *b);
/* How it is, and its output: head and tail. */
void background_tell(struct tool_env *env, struct background *b,
    struct result *r);
/* End all and free; NULL is fine. */
void background_close(struct backgrounds *all);

#endif
