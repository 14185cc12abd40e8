/*
 * discover.h - which TCP ports of this machine accept connections.
 *
 * Says nothing about what answers there: that is for the caller to ask.
 */
#ifndef NET_DISCOVER_H
#define NET_DISCOVER_H

#include "base/base.h"

#define DISCOVER_MAX	32

/*
 * Try to connect to each of the n (at most DISCOVER_MAX) ports of
 * 127.0.0.1, all at once, for at most timeout_ms altogether.  The ports
 * that accepted are put into open[n], in the order given; returns how
 * many.  Ports that cannot be tried count as closed.
 */
size_t discover_ports(const uint16_t *ports, size_t n, int timeout_ms,
    uint16_t *open);

#endif
