/*
 * owner.h - as root, work in somebody's folder as that somebody.
 *
 * Root without capabilities cannot write what another user owns, and root
 * with them leaves files behind that the user cannot change: a folder of
 * the host in a container meets both.  So whoever works there for a model
 * becomes the folder's owner first.  Libc only.
 */
#ifndef SYS_OWNER_H
#define SYS_OWNER_H

#include <stdbool.h>

/*
 * When the process is root and the folder behind descriptor dir belongs to
 * another user: become that user and group for good, without any other
 * groups.  Returns whether that happened; it does not in a user namespace
 * that knows no such user, and root goes on as before.  A change of
 * credentials takes PR_SET_PDEATHSIG away: set it again.
 */
bool owner_become(int dir);

#endif
