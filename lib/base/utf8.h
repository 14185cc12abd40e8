/*
 * utf8.h - UTF-8 as text that came from anywhere: check, repair, cut, show.
 *
 * Follows Unicode 15, table 3-7 (well-formed byte sequences): no overlong
 * forms, no surrogates, nothing above U+10FFFF.  Independent of the locale.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Decode the character at p, of which n > 0 bytes are there.  Returns its
 * length in bytes and sets *cp; returns 0 when the bytes are not
 * well-formed (or are cut off), with *cp unchanged.
 */
size_t utf8_decode(const char *p, size_t n, uint32_t *cp);
/* Append the code point to b; an invalid one becomes U+FFFD. */
void utf8_encode(struct buf *b, uint32_t cp);
/* True when all n bytes are well-formed. */
bool utf8_valid(const char *p, size_t n);
/* Append p to b with every maximal ill-formed part replaced by U+FFFD. */
void utf8_repair(struct buf *b, const char *p, size_t n);
/*
 * The greatest length <= n that does not end within a character of the n
 * bytes at p.  (A trailing incomplete sequence is dropped; ill-formed bytes
 * elsewhere are not looked at.)
 */
size_t utf8_cut(const char *p, size_t n);
/* Columns the code point takes on a terminal: 0, 1 or 2. */
int utf8_width(uint32_t cp);

/*
 * Append p in a form that is safe on a terminal: printable characters,
 * newline and tab stay; C0, DEL, C1 become \xNN, bidirectional controls,
 * other format characters that hide text, and ill-formed bytes become
 * <U+NNNN> or \xNN.  With UTF8_LINE newline and tab are escaped as well.
 */
enum utf8_flags { UTF8_TEXT = 0, UTF8_LINE = 1 };
void utf8_escape(struct buf *b, const char *p, size_t n,
    enum utf8_flags flags);
/* Whether a terminal shows the string in one line as it is. */
bool utf8_plain(const char *s);

/* Append the last line of the n bytes at s that is not empty, as UTF8_LINE,
 * at most 200 bytes of it; nothing when there is none. */
void utf8_last_line(struct buf *b, const char *s, size_t n);

#endif
