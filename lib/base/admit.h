/*
 * admit.h - which hosts may be reached: the list that a person allowed.
 *
 * An entry is HOST, HOST:PORT or HOST:*; without a port it stands for 80 and
 * 443.  HOST is a name, *.NAME for every name below NAME, or an address
 * ([...] around IPv6).  What an entry lets through is decided by the address
 * that is connected to, never by the name alone:
 *
 *   *.NAME      public addresses
 *   NAME        those, and private and shared ones: an intranet
 *   localhost   and names below it: loopback
 *   ADDRESS     that address, whatever it is
 *
 * A host that one entry names may be at any address that another one is.
 * So a listed name that begins to resolve to 127.0.0.1, or to the metadata
 * address of a cloud, is refused.  Pure.
 */
#ifndef BASE_ADMIT_H
#define BASE_ADMIT_H

#include "base/base.h"
#include "base/err.h"

#include <sys/socket.h>

struct admit {
	struct admit_entry *v;
	size_t		 n;
};

#define ADMIT_INIT	{ NULL, 0 }
#define ADMIT_MAX	256		/* entries */

void admit_free(struct admit *a);
/*
 * Add the entries in text, separated by commas or blanks.  ERR_USAGE, with
 * the entry named, when one is malformed; those before it are kept.
 */
int admit_add(struct admit *a, const char *text, struct err *e);
/* Append the entries to one comma-separated string. */
struct buf;
void admit_show(struct buf *b, const struct admit *a);

/* True when an entry is for this host (as in a URL) and port. */
bool admit_names(const struct admit *a, const char *host, int port);
/*
 * Whether host:port may be reached at this address: an entry says so, or,
 * with any, it is public and the port 80 or 443.
 */
bool admit_address(const struct admit *a, bool any, const char *host,
    int port, const struct sockaddr *sa, socklen_t n);
/*
 * The ports that entries name besides 80 and 443, each once, into ports of
 * which there is room for max; returns how many, or -1 when an entry is for
 * every port or there are more.
 */
int admit_ports(const struct admit *a, uint16_t *ports, int max);
/*
 * A host as names are compared: small letters, no dot at the end, no
 * brackets; "" when it is none: empty or too long, a part empty, other
 * characters than letters, digits, "-", "_" and "." or, in brackets, those
 * of an IPv6 address.
 */
#define ADMIT_HOST	256
void admit_host(char out[ADMIT_HOST], const char *host);

#endif
