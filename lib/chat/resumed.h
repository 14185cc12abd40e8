/*
 * resumed.h - whether we were stopped, and the shell had the terminal.
 */
#ifndef CHAT_RESUMED_H
#define CHAT_RESUMED_H

#include "base/base.h"

/* Look out for it from now on; waiting for descriptors ends by it. */
void resumed_watch(void);
/* Whether it happened since the last time that this was asked. */
bool resumed_take(void);

#endif
