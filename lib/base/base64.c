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

static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_decode(struct buf *out, const char *p, size_t n)
{
	size_t was = out->len, digits = 0;
	uint32_t bits = 0;

	while (n > 0 && (p[n - 1] == '=' || p[n - 1] == '\n' ||
	    p[n - 1] == '\r'))
		n--;
	for (size_t i = 0; i < n; i++) {
		int v = value(p[i]);

		if (p[i] == '\n' || p[i] == '\r')
			continue;
		if (v == -1) {
			buf_cut(out, was);
			return false;
		}
		bits = bits << 6 | (uint32_t)v;
		if (++digits % 4 != 1)
			buf_addc(out, (char)(bits >> (digits % 4 == 2 ? 4 :
			    digits % 4 == 3 ? 2 : 0)));
	}
	if (digits % 4 == 1) {
		buf_cut(out, was);
		return false;
	}
	return true;
}
