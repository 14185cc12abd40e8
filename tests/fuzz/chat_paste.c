/* Bytes of a terminal in pieces of any size: what is pasted brings no control
 * character, and everything ends. */
#include "chat/paste.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct paste p = { .within = false };
	struct buf line = BUF_INIT;
	size_t piece;
	uint32_t cp;

	if (n == 0)
		return 0;
	/* With what is held of the one before, too short for the end of a
	 * paste, a key, and the beginning of another. */
	piece = *data % 7 + 1;
	data++;
	n--;
	for (size_t i = 0; i < n; i += piece) {
		bool was = p.within;
		size_t at = p.keys.len;

		paste_feed(&p, (const char *)data + i, n - i < piece ?
		    n - i : piece, (i & 1) != 0);
		/* All of a piece within a paste: none of it is a key. */
		if (was && p.within)
			for (; at < p.keys.len; at++)
				if ((unsigned char)p.keys.data[at] < 0x20)
					abort();
		while (paste_key(&p, &cp) == 1)
			if (cp < 0x80)
				buf_addc(&line, (char)cp);
	}
	paste_expand(&p, &line);
	buf_free(&line);
	paste_free(&p);
	return 0;
}
