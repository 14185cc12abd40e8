/*
 * msg.h - chat messages, agent-message(5).
 *
 * A message is an OpenAI chat message; our own extras live in its one key
 * "agent".  A message event of agent-events(5) is the same with a few keys
 * more at its top level.
 */
#ifndef CORE_MSG_H
#define CORE_MSG_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

enum msg_role { MSG_NONE, MSG_SYSTEM, MSG_USER, MSG_ASSISTANT, MSG_TOOL };

enum msg_line {
	MSG_LINE_MESSAGE,	/* a message, or an event of type message */
	MSG_LINE_EVENT,		/* an object with another type */
	MSG_LINE_OTHER,		/* neither: not for us */
};

/* What a line is; never fails. */
enum msg_line msg_classify(jv line);
/* The role of a message; "developer" counts as system. */
enum msg_role msg_role(jv msg);
/* Whether it was not said by who seems to say it, but by a program of ours. */
bool msg_is_ours(jv msg);
/*
 * The line as a chat message fit for a server: event keys and "agent"
 * removed, everything else as it was.  Owned.
 */
jv msg_strip(jv line);
/* A message of a role with text content.  Owned. */
jv msg_text(const char *role, const char *text, size_t len);
/*
 * The text of a message: content when it is a string, its text parts
 * joined when it is an array.  Appended to b.
 */
void msg_content(struct buf *b, jv msg);
/*
 * Check that msg can be sent: a known role, content of a fitting kind,
 * calls with id, name and string arguments, a tool message with its id.
 * 0, or -1 with e filled (ERR_DATA, naming the member).
 */
int msg_check(jv msg, struct err *e);
/* Number of tool calls; call i as name, arguments, id: borrowed from msg,
 * "" where missing.  Any of the pointers may be NULL. */
size_t msg_ncalls(jv msg);
void msg_call(jv msg, size_t i, const char **id, const char **name,
    const char **args, size_t *args_len);
/* A tool message that answers call id.  Owned. */
jv msg_result(const char *id, const char *name, const char *text,
    size_t len);
/*
 * The ids of calls in the array of messages that have no result yet, as an
 * owned array of {"id","name"} in call order.
 */
jv msg_unanswered(jv messages);

#define MSG_NO_MOST	125	/* the last status that a program means */

/*
 * What a result says of its call: 0 it went well; 2 it failed; 1 a command ran
 * and said no, as tests do that fail and searches that find nothing.  So many
 * halves of a failure it is for those who count them.
 */
int msg_failed(jv msg);

#endif
