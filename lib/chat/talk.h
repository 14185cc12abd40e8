/*
 * talk.h - the talk as the model sees it, made from a session's events.
 *
 * Messages make it longer; an event compaction says which of them were
 * shortened or left out, and an event undo cuts its end off.  The file keeps
 * everything: only what the model is shown becomes less.
 */
#ifndef CHAT_TALK_H
#define CHAT_TALK_H

#include "base/base.h"
#include "core/compact.h"
#include "json/js.h"

/* Take an event (borrowed) of the file; other types are ignored. */
void talk_event(struct compact *t, jv ev);
/*
 * What changed in t since it was last swept, as an event compaction: gone, an
 * array of ids, and short, the messages that changed.  before and after are
 * in tokens.  Owned.
 */
jv talk_changes(const struct compact *t, int64_t before, int64_t after,
    const char *tier);
/*
 * The begin of the last turn: the index of the user's last message that no
 * program wrote; SIZE_MAX when there is none.
 */
size_t talk_last_turn(const struct compact *t);
/* The id of message i, or NULL. */
const char *talk_id(const struct compact *t, size_t i);

#endif
