/*
 * base64.c - bytes as base64.
 */
#include "base/base64.h"

void
base64_add(struct buf *out, const void *bytes, size_t n)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ?
		    (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);

		buf_addc(out, set[v >> 18]);
		buf_addc(out, set[v >> 12 & 63]);
		buf_addc(out, i + 1 < n ? set[v >> 6 & 63] : '=');
		buf_addc(out, i + 2 < n ? set[v & 63] : '=');
	}
}
