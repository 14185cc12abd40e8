/*
 * addr.h - what kind of place an IP address is, before one connects to it.
 *
 * Pure: bytes in, a word out; no resolver, no socket.  Follows the special
 * purpose registries of IANA (RFC 6890 and its updates: RFC 5737, 6598,
 * 8215, 9637), RFC 4291 and the addresses at which clouds hand out the
 * secrets of a machine.  An IPv6 address that carries an IPv4 address is
 * what that one is.  Whoever is asked to connect to what a stranger named
 * connects to ADDR_PUBLIC only.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include "base/base.h"

#include <sys/socket.h>

enum addr_kind {
	ADDR_PUBLIC,		/* anywhere in the Internet */
	ADDR_PRIVATE,		/* an intranet: RFC 1918, unique local */
	ADDR_SHARED,		/* a provider's: RFC 6598 */
	ADDR_LOOPBACK,		/* this machine */
	ADDR_UNSPECIFIED,	/* 0.0.0.0/8 and ::, also this machine */
	ADDR_LINK,		/* link-local */
	ADDR_METADATA,		/* where a cloud tells a machine its keys */
	ADDR_MULTICAST,
	ADDR_RESERVED,		/* documentation, benchmarks, broadcast, ... */
	ADDR_TUNNEL,		/* leads somewhere that cannot be seen */
	ADDR_OTHER,		/* no IP address at all */
};

/* Of an IPv4 address as a number, 127.0.0.1 being 0x7f000001. */
enum addr_kind addr_kind4(uint32_t a);
/* Of an IPv6 address in network order. */
enum addr_kind addr_kind6(const uint8_t a[16]);
/* Of a socket address that has n bytes. */
enum addr_kind addr_kind(const struct sockaddr *sa, socklen_t n);
/* "a loopback address", for a sentence. */
const char *addr_kind_name(enum addr_kind k);

/*
 * The address that text spells, in the plain forms only: four decimal
 * numbers, or IPv6 with or without brackets and without a zone.  Its length,
 * or 0 when text is none.
 */
socklen_t addr_parse(const char *text, int port, struct sockaddr_storage *out);
/* Append the address as text, IPv6 without brackets. */
struct buf;
void addr_show(struct buf *b, const struct sockaddr *sa);

#endif
