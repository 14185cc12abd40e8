/*
 * talk.h - what was left out of a talk, and where its last turn begins.
 */
#ifndef CHAT_TALK_H
#define CHAT_TALK_H

#include "base/base.h"
#include "core/compact.h"
#include "json/js.h"

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

/* Whether there is a picture in it. */
bool talk_has_picture(const struct compact *t);

#endif
