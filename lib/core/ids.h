/*
 * ids.h - identifiers: sortable by time, unique, deterministic in tests.
 */
#ifndef CORE_IDS_H
#define CORE_IDS_H

#include "base/base.h"

#define IDS_SIZE	40

/* "20261124T033335-7f3a9c01": UTC second and 32 random bits.  With
 * AGENT_FIXED_IDS=PREFIX: PREFIX-1, PREFIX-2 ... */
void ids_sortable(char out[IDS_SIZE]);
/* Nine letters and digits: an id for tool calls that every server takes. */
void ids_call(char out[IDS_SIZE]);
/* prefix and 16 hex digits, for messages. */
void ids_prefixed(char out[IDS_SIZE], const char *prefix);
/* Hex SHA-256 of n bytes; FIPS 180-4. */
void ids_sha256(char out[65], const void *p, size_t n);
/* The same of what is left to read of fd, at most max bytes, of which only a
 * piece is in memory at a time; -1 with errno (EFBIG: there are more). */
int ids_sha256_fd(char out[65], int fd, uint64_t max);

#endif
