/* What is pasted is no key, in any pieces; several lines come back whole. */
#include "chat/paste.h"

#include <stdlib.h>

#include "tap.h"

/* What a line becomes that was typed and pasted so, a piece at a time. */
static void
typed(const char *bytes, size_t piece, const char *keys, const char *line,
    const char *name)
{
	struct paste p = { .within = false };
	struct buf got = BUF_INIT;
	size_t n = strlen(bytes);
	uint32_t cp;

	for (size_t i = 0; i < n; i += piece)
		paste_feed(&p, bytes + i, n - i < piece ? n - i : piece,
		    i + piece >= n);
	while (paste_key(&p, &cp) == 1)
		buf_addc(&got, cp < 0x80 ? (char)cp : '?');
	is_str(buf_str(&got), keys, name);
	paste_expand(&p, &got);
	is_str(buf_str(&got), line, name);
	buf_free(&got);
	paste_free(&p);
}

int
main(void)
{
	static const struct {
		const char *bytes, *keys, *line;
	} rows[] = {
		{ "abc", "abc", "abc" },
		{ "\033[200~a\tb\003\033[201~", "a b ", "a b " },
		{ "\033[A", "\033[A", "\033[A" },
		{ "\033", "\033", "\033" },
		{ "x\033[200~1\r2\r\n3\r\033[201~y", "x[paste 1: 3 lines]y",
		    "x1\n2\n3y" },
		{ "\033[200~1\r2\033[201~ \033[200~3\r4\033[201~",
		    "[paste 1: 2 lines] [paste 2: 2 lines]", "1\n2 3\n4" },
		{ "\033[200~\033[31mred\033[201~", " [31mred", " [31mred" },
		{ "\033[200~\033[200~x\033[201~", " [200~x", " [200~x" },
		{ "\033[200~\033[201~", "", "" },
		{ "\xc3\xa4", "?", "?" },
		{ "\xff" "ab", "?ab", "?ab" },
	};

	for (size_t i = 0; i < BASE_NITEMS(rows); i++)
		for (size_t piece = 1; piece < 9; piece += 3)
			typed(rows[i].bytes, piece, rows[i].keys,
			    rows[i].line, rows[i].bytes);
	return done_testing();
}
