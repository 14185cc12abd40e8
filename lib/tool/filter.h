/*
 * filter.h - agent-tool run: lines in, results of tool calls out.
 *
 * Two shapes of the same work.  The filter reads to the end of its input:
 * messages of the assistant are consumed and their calls answered, every
 * other line is passed on byte for byte.  The coprocess lives as long as
 * its input, answers each message with results and a done line, and obeys
 * {"type":"cancel"} while calls run; agent-protocol(7).
 */
#ifndef TOOL_FILTER_H
#define TOOL_FILTER_H

#include "base/base.h"
#include "base/err.h"
#include "tool/tool.h"

/* How it ended, where that is not an error of its own. */
struct filter_end {
	int	signal;		/* that we were asked to end by, or 0 */
	bool	closed;		/* nobody reads our output any more */
};

/*
 * 0 when at least one call was answered; -1 with e: ERR_NEGATIVE (no call,
 * empty message), ERR_DATA (a bad line, after all others were handled),
 * ERR_NOINPUT (not one line).  Nothing that was started lives on.
 */
int filter_run(struct tool_env *env, int in, int out,
    struct filter_end *end, struct err *e);
/* 0 at end of input. */
int filter_coprocess(struct tool_env *env, int in, int out,
    struct filter_end *end, struct err *e);

#endif
