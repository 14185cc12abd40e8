/*
 * update.h - what happens in a session, as an editor is told it.
 *
 * Pure: events of agent-events(5) in, the updates of "session/update" of the
 * Agent Client Protocol (version 1) out, and messages of the user the other
 * way.  Everything is foreign: what does not fit is left out.
 */
#ifndef ACP_UPDATE_H
#define ACP_UPDATE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

struct update_ctx {
	const char	*cwd;		/* of the session: paths are absolute */
	struct buf	 shown;		/* id of the message shown by pieces */
	struct buf	 thought;	/* id of that whose thoughts were */
};

void update_free(struct update_ctx *u);
/* The updates that an event (borrowed) makes, as an owned array.  replay:
 * of a session that is read again, the user's messages are told as well. */
jv update_of_event(struct update_ctx *u, jv ev, bool replay);
/* A tool call as "tool_call", "toolCall" and the like describe it, from an
 * event with call_id, tool, arguments.  Owned. */
jv update_tool_call(const struct update_ctx *u, jv ev);
/* The hunks of a unified diff as blocks of type "diff" for the file at path
 * (borrowed), one a hunk; none when some of it is left out or cut.  Owned. */
jv update_diff(jv path, const char *hunks, size_t n);
/* The stop reason of "session/prompt" for that of turn.end; NULL when the
 * turn failed. */
const char *update_stop_reason(const char *reason);

/*
 * The content blocks of a prompt as a message line of the user, owned.
 * Text stays text; a resource comes as its text between marks with its URI,
 * a link as its URI, a picture as an image part.  An invalid value and e
 * when a block is nothing that we take.
 */
jv update_prompt(jv blocks, struct err *e);
/* The prompt files that agent-chat told (borrowed) as commands.  Owned. */
jv update_commands(jv prompts);
/* The message (consumed) of a prompt; one that begins with a slash and the name
 * of one of them asks for that file, with the other words.  Owned. */
jv update_command_take(jv msg, jv prompts);

#endif
