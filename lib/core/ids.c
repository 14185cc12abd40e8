/*
 * ids.c - identifiers: sortable by time, unique, deterministic in tests.
 */
#include "core/ids.h"

#include "base/clock.h"
#include "base/fdio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bsd/stdlib.h>
#include <sha2.h>

/* The next fixed id of a test run, if there is to be one. */
static bool
fixed(char out[IDS_SIZE], const char *sep)
{
	static unsigned count;
	const char *prefix = getenv("AGENT_FIXED_IDS");

	if (prefix == NULL || *prefix == '\0')
		return false;
	snprintf(out, IDS_SIZE, "%.20s%s%u", prefix, sep, ++count);
	return true;
}

void
ids_sortable(char out[IDS_SIZE])
{
	time_t t = (time_t)(clock_wall_ms() / 1000);
	struct tm tm;
	char when[24];

	if (fixed(out, "-"))
		return;
	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y%m%dT%H%M%S", &tm) == 0)
		snprintf(when, sizeof(when), "00000000T000000");
	snprintf(out, IDS_SIZE, "%s-%08x", when, arc4random());
}

void
ids_call(char out[IDS_SIZE])
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	static unsigned count;
	const char *prefix = getenv("AGENT_FIXED_IDS");

	if (prefix != NULL && *prefix != '\0') {
		snprintf(out, IDS_SIZE, "call%05u", ++count % 100000);
		return;
	}
	for (int i = 0; i < 9; i++)
		out[i] = set[arc4random_uniform(sizeof(set) - 1)];
	out[9] = '\0';
}

void
ids_prefixed(char out[IDS_SIZE], const char *prefix)
{
	if (fixed(out, "-"))
		return;
	snprintf(out, IDS_SIZE, "%.16s%08x%08x", prefix, arc4random(),
	    arc4random());
}

static void
finish(char out[65], SHA2_CTX *ctx)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_LENGTH];

	SHA256Final(sum, ctx);
	for (size_t i = 0; i < sizeof(sum); i++) {
		out[2 * i] = hex[sum[i] >> 4];
		out[2 * i + 1] = hex[sum[i] & 15];
	}
	out[64] = '\0';
}

void
ids_sha256(char out[65], const void *p, size_t n)
{
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, p, n);
	finish(out, &ctx);
}

int
ids_sha256_fd(char out[65], int fd, uint64_t max)
{
	uint8_t piece[BASE_PIECE];
	uint64_t total = 0;
	SHA2_CTX ctx;
	ssize_t n;

	SHA256Init(&ctx);
	while ((n = fd_read_wait(fd, piece, sizeof(piece))) > 0) {
		total += (uint64_t)n;
		if (total > max) {
			errno = EFBIG;
			return -1;
		}
		SHA256Update(&ctx, piece, (size_t)n);
	}
	if (n == -1)
		return -1;
	finish(out, &ctx);
	return 0;
}
