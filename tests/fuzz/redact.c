/* redact.c: any text; what has been redacted once has nothing left. */
#include "base/buf.h"
#include "base/redact.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = BUF_INIT;

	redact_know("CANARY", "canary-7f3a9c01");
	buf_add(&b, (const char *)data, size);
	redact_text(&b);
	if (redact_known(&b) != 0)
		abort();
	buf_free(&b);
	return 0;
}
