/*
 * hello.h - the name in the first words of TLS.
 *
 * A client that says host A to the proxy and B to the server behind it (a
 * content network that serves both) would reach B.  So the server name of
 * its ClientHello (RFC 8446, 4.1.2; RFC 6066, 3) has to be A.  Pure.
 */
#ifndef NETGATE_HELLO_H
#define NETGATE_HELLO_H

#include "base/admit.h"
#include "base/base.h"

#define HELLO_MAX	((size_t)32 * 1024)

enum hello { HELLO_MORE, HELLO_NAMED, HELLO_NAMELESS, HELLO_NONE };

/*
 * Look at the first n bytes of a client.  HELLO_NAMED with the name in host
 * (as admit_host() makes it), HELLO_NAMELESS when there is none, HELLO_MORE
 * while it is not whole, HELLO_NONE when this is no TLS.
 */
enum hello hello_read(const unsigned char *p, size_t n,
    char host[ADMIT_HOST]);

#endif
