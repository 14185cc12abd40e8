/*
 * Retry-After and HTTP dates: any text is read or refused, never beyond
 * its end, and a wait is within its limits.
 */
#include "net/retry.h"

#include <stdlib.h>

#include "base/mem.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct retry_policy policy = RETRY_POLICY;
	char *s = xmemdup(p, n);
	struct retry_case c = { .attempt = 1, .kind = ERR_RATE,
	    .http_status = 429, .budget_ms = -1,
	    .random = n > 0 ? p[0] * 0x01010101u : 0 };
	int64_t ms;

	c.after_ms = retry_after(s, 784111777);
	if (c.after_ms < -1)
		abort();
	ms = retry_wait(&policy, &c);
	if (ms != RETRY_NEVER && (ms < 0 || ms > 120000))
		abort();
	free(s);
	return 0;
}
