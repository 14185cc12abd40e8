/*
 * retry.h - whether to try a request again, and after how long.
 *
 * Arithmetic only: no clock, no random source, no sleeping.  The caller
 * brings the facts and does the waiting.
 *
 * Tried again are failures to connect, streams cut before their first
 * delta, and the statuses 408 409 424 425 429 500 502 503 504 529; never
 * another 4xx, never after the answer began to reach the user, never what
 * the caller's own deadline ended.  The wait is base x 2^n with full
 * jitter, or what Retry-After asks for when that is longer.
 */
#ifndef NET_RETRY_H
#define NET_RETRY_H

#include "base/base.h"
#include "base/err.h"

struct retry_policy {
	int	tries;		/* in all, the first one included */
	int64_t	base_ms;	/* the first wait is at most this */
	int64_t	cap_ms;		/* no wait of our own is longer */
	int64_t	after_max_ms;	/* Retry-After beyond this: give up */
};

/* 5 tries, 0.5 s x 2^n up to 30 s, Retry-After obeyed up to 120 s. */
#define RETRY_POLICY	{ 5, 500, 30000, 120000 }

/* What is known of the try that just failed. */
struct retry_case {
	int		attempt;	/* tries made so far, from 1 */
	enum err_kind	kind;		/* of the failure */
	int		http_status;	/* of the reply, 0 when none came */
	bool		begun;		/* a delta reached the user */
	bool		final;		/* http_reply.final: hopeless */
	int64_t		after_ms;	/* Retry-After, -1 when none */
	int64_t		budget_ms;	/* time left for waiting, -1: any */
	uint32_t	random;		/* any value, evenly spread */
};

#define RETRY_NEVER	((int64_t)-1)

/* Milliseconds to wait before the next try, or RETRY_NEVER. */
int64_t retry_wait(const struct retry_policy *p, const struct retry_case *c);
/* True when a try that ended so may be repeated at all (count and time
 * aside). */
bool retry_may(const struct retry_case *c);
/*
 * The value of a Retry-After header (RFC 9110, 10.2.3) in milliseconds
 * from now (seconds since 1970): seconds, also with a fraction, or an HTTP
 * date; and the durations of rate-limit headers, "1.57s", "6m0s", "120ms".
 * A date that has passed gives 0.  Values too great to count give
 * INT64_MAX; what cannot be read gives -1.
 */
int64_t retry_after(const char *value, int64_t now);
/*
 * Seconds since 1970 of an HTTP date in any of the three forms of RFC
 * 9110, 5.6.7 (two-digit years are read as within 50 years of now), or -1.
 */
int64_t retry_http_date(const char *s, int64_t now);

#endif
