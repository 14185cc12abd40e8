/*
 * list.h - agent-chat sessions: list, search, name, export; and prompts.
 */
#ifndef CHAT_LIST_H
#define CHAT_LIST_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

struct list_opts {
	const char	*workspace;	/* NULL: the usual one */
	const char	*from;		/* whose prompts are imported; NULL: by
					 * their shape */
	bool		 json, force;
};

/* Whether the words are one of these commands: "sessions" or "prompts", alone
 * or with a word of theirs behind it. */
bool list_is(const struct vec *words);
/*
 * Do what the words say (see list_is()), to stdout as lines for people or of
 * JSON.  0, or -1 with e filled; ERR_NEGATIVE when nothing was found,
 * ERR_CANCELLED when nobody reads; of import.h for what is imported.
 */
int list_run(const struct vec *words, const struct list_opts *o,
    struct err *e);

#endif
