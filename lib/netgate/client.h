/*
 * client.h - one connection of the proxy, from its head to its end.
 */
#ifndef NETGATE_CLIENT_H
#define NETGATE_CLIENT_H

#include "base/admit.h"
#include "base/base.h"

/*
 * Read the request on fd, connect to where it may go, and pass bytes until
 * one side ends; or answer with why not.  Waits at most 15 s for a head, 10 s
 * for a connection and 10 minutes while nothing moves.  Closes fd.
 */
void client_attend(const struct admit *allow, int fd, bool quiet);

#endif
