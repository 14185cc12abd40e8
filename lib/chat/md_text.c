/*
 * md_text.c - the text of a line: emphasis, code, links; words and wrapping.
 *
 * A mark is only a mark when its other end is there: until it came, or
 * cannot come any more, the text from the mark on is held back.
 */
#include "base/utf8.h"
#include "chat/md_in.h"

#include <ctype.h>
#include <string.h>

/* What a step over m->in came to. */
enum step { DONE, WAIT };

/* ---- styles and words ---- */

void
md_sgr(struct md *m, unsigned style, struct buf *b)
{
	static const struct {
		unsigned	 style;
		const char	*code;
	} codes[] = {
		{ MD_BOLD, ";1" }, { MD_DIM, ";2" }, { MD_ITALIC, ";3" },
		{ MD_LINK, ";4" }, { MD_STRIKE, ";9" },
		{ MD_CODE_SPAN, ";36" }, { MD_HEAD, ";1;35" },
	};

	if (!m->colour || style == m->shown)
		return;
	buf_adds(b, "\033[0");
	for (size_t i = 0; i < BASE_NITEMS(codes); i++)
		if ((style & codes[i].style) != 0)
			buf_adds(b, codes[i].code);
	buf_addc(b, 'm');
	m->shown = style;
}

unsigned
md_columns(const char *p, size_t n)
{
	unsigned w = 0;

	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t len;

		if (p[i] == '\033') {
			while (i < n && p[i] != 'm')
				i++;
			i++;
			continue;
		}
		len = utf8_decode(p + i, n - i, &cp);
		if (len == 0)
			break;
		w += (unsigned)utf8_width(cp);
		i += len;
	}
	return w;
}

static void
pad(struct buf *b, unsigned n)
{
	while (n-- > 0)
		buf_addc(b, ' ');
}

void
md_begin(struct md *m, unsigned indent, struct buf *out)
{
	for (unsigned i = 0; i < m->quote; i++) {
		md_sgr(m, MD_DIM, out);
		buf_adds(out, m->unicode ? "\xe2\x94\x82 " : "> ");
	}
	md_sgr(m, 0, out);
	pad(out, indent);
	m->col = 2 * m->quote + indent;
}

void
md_newline(struct md *m, struct buf *out)
{
	md_word(m, out);
	md_sgr(m, 0, out);
	buf_addc(out, '\n');
	m->col = 0;
	m->spaces = 0;
}

/* The line is full: go on in the next, in the style that was. */
static void
wrap(struct md *m, struct buf *out)
{
	unsigned shown = m->shown;

	m->shown = m->word_style;
	md_sgr(m, 0, out);
	buf_addc(out, '\n');
	md_begin(m, m->hang, out);
	md_sgr(m, m->word_style, out);
	m->shown = shown;
	m->spaces = 0;
}

void
md_word(struct md *m, struct buf *out)
{
	unsigned margin = 2 * m->quote + m->hang;

	if (m->word.len == 0)
		return;
	if (m->width != 0 && m->col > margin &&
	    m->col + m->spaces + m->word_width > m->width)
		wrap(m, out);
	/* Blanks before the word belong to what is before it. */
	pad(out, m->spaces);
	m->col += m->spaces + m->word_width;
	m->spaces = 0;
	buf_add(out, m->word.data, m->word.len);
	buf_reset(&m->word);
	m->word_width = 0;
	m->word_style = m->shown;
}

/* One character, of len bytes, in a style. */
static void
put_char(struct md *m, unsigned style, const char *p, size_t len,
    uint32_t cp, struct buf *out)
{
	int w = len > 0 && cp >= 0x20 ? utf8_width(cp) : 0;

	/* Between wide characters a line may end anywhere. */
	if (w == 2)
		md_word(m, out);
	if (m->word.len == 0)
		m->word_style = m->shown;
	md_sgr(m, style, &m->word);
	if (len > 0 && len == 1 && (unsigned char)*p >= 0x20 && *p != 0x7f) {
		buf_addc(&m->word, *p);
		m->word_width++;
	} else {
		size_t was = m->word.len;

		utf8_escape(&m->word, p, len > 0 ? len : 1, UTF8_LINE);
		m->word_width += md_columns(m->word.data + was,
		    m->word.len - was);
	}
	if (w == 2 || (m->width != 0 && m->word_width >= m->width))
		md_word(m, out);
}

/* n bytes without marks. */
static void
put(struct md *m, unsigned style, const char *p, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n;) {
		uint32_t cp = 0;
		size_t len;

		if (p[i] == ' ' || p[i] == '\t') {
			md_word(m, out);
			m->spaces += p[i] == '\t' ? 4 : 1;
			i++;
			continue;
		}
		len = utf8_decode(p + i, n - i, &cp);
		put_char(m, style, p + i, len, cp, out);
		i += len > 0 ? len : 1;
	}
}

void
md_put(struct md *m, unsigned style, const char *s)
{
	if (m->word.len == 0)
		m->word_style = m->shown;
	md_sgr(m, style, &m->word);
	buf_adds(&m->word, s);
	m->word_width += md_columns(s, strlen(s));
}

/* ---- marks ---- */

/* The first n bytes are shown: places in m->in move down. */
static void
consume(struct md *m, size_t n)
{
	if (n == 0)
		return;
	m->last = (unsigned char)m->in.data[n - 1];
	buf_shift(&m->in, n);
	for (size_t i = 0; i < BASE_NITEMS(m->close); i++)
		m->close[i] = m->close[i] > n ? m->close[i] - n : 0;
}

static unsigned
now(const struct md *m)
{
	return m->style | m->base | (m->plain ? MD_DIM : 0);
}

/* How far the ends of marks are looked for: as far in a text that is here
 * whole as in one that comes in pieces. */
static size_t
reach(const struct md *m)
{
	return m->in.len < MD_HOLD ? m->in.len : MD_HOLD;
}

static size_t
run(const struct md *m, size_t at)
{
	size_t n = at;

	while (n < reach(m) && m->in.data[n] == m->in.data[at])
		n++;
	return n - at;
}

/* No end of a mark is to be expected any more. */
static bool
given_up(const struct md *m, bool whole)
{
	return whole || m->in.len >= MD_HOLD;
}

/* The mark is no mark: its n bytes are text. */
static enum step
literal(struct md *m, size_t n, struct buf *out)
{
	put(m, now(m), m->in.data, n, out);
	consume(m, n);
	return DONE;
}

/* `code`, with as many marks at its end as at its beginning. */
static enum step
code_span(struct md *m, bool whole, struct buf *out)
{
	size_t open = run(m, 0), from, to;

	if (open == reach(m) && !given_up(m, whole))
		return WAIT;
	for (size_t i = open; i < reach(m); i++) {
		size_t n;

		if (m->in.data[i] != '`')
			continue;
		n = run(m, i);
		if (i + n == reach(m) && !given_up(m, whole))
			return WAIT;
		if (n != open) {
			i += n - 1;
			continue;
		}
		from = open;
		to = i;
		/* A blank at both ends is there for a mark of the code. */
		if (to - from > 2 && m->in.data[from] == ' ' &&
		    m->in.data[to - 1] == ' ')
			from++, to--;
		if (m->colour)
			put(m, now(m) | MD_CODE_SPAN, m->in.data + from,
			    to - from, out);
		else
			put(m, 0, m->in.data, i + n, out);
		consume(m, i + n);
		return DONE;
	}
	return given_up(m, whole) ? literal(m, open, out) : WAIT;
}

static bool
blank_at(const struct md *m, size_t at)
{
	return at >= reach(m) || isspace((unsigned char)m->in.data[at]);
}

static bool
letter(unsigned char c)
{
	return isalnum(c) || c >= 0x80;
}

/* A run of n marks at `at` can end an emphasis (CommonMark, 6.2). */
static bool
ends(const struct md *m, size_t at, size_t n)
{
	if (at == 0 || isspace((unsigned char)m->in.data[at - 1]))
		return false;
	return m->in.data[at] != '_' || at + n >= reach(m) ||
	    !letter((unsigned char)m->in.data[at + n]);
}

/* Where a run of n marks like the one at 0 ends it; 0 when it does not. */
static size_t
find_end(const struct md *m, size_t n, bool whole, bool *wait)
{
	*wait = false;
	for (size_t i = n; i < reach(m); i++) {
		size_t k;

		if (m->in.data[i] == '`') {
			/* Marks in code are none. */
			size_t open = run(m, i), j = i + open;

			while (j < reach(m) && (m->in.data[j] != '`' ||
			    run(m, j) != open))
				j += m->in.data[j] == '`' ? run(m, j) : 1;
			if (j >= reach(m) && !given_up(m, whole)) {
				*wait = true;
				return 0;
			}
			i = (j < reach(m) ? j : i) + open - 1;
			continue;
		}
		if (m->in.data[i] == '\\') {
			i++;
			continue;
		}
		if (m->in.data[i] != m->in.data[0])
			continue;
		k = run(m, i);
		if (i + k == reach(m) && !given_up(m, whole)) {
			*wait = true;
			return 0;
		}
		if ((k == n || k == 3) && ends(m, i, k))
			return i;
		i += k - 1;
	}
	*wait = !given_up(m, whole);
	return 0;
}

/* The style that n marks of a kind mean, and its place in m->close. */
static unsigned
meaning(char c, size_t n, size_t *place)
{
	if (c == '~') {
		*place = 3;
		return n == 2 ? MD_STRIKE : 0;
	}
	*place = n - 1;
	return n == 1 ? MD_ITALIC : n == 2 ? MD_BOLD : n == 3 ?
	    MD_BOLD | MD_ITALIC : 0;
}

static enum step
emphasis(struct md *m, bool whole, struct buf *out)
{
	char c = m->in.data[0];
	size_t n = run(m, 0), place = 0, end;
	unsigned style;
	bool wait;

	if (n == reach(m) && !given_up(m, whole))
		return WAIT;
	if (n > 3)
		return literal(m, n, out);
	style = meaning(c, n, &place);
	/* It opens before a letter, and _ not within a word. */
	if (style == 0 || blank_at(m, n) || (style & m->style) != 0 ||
	    (c == '_' && letter(m->last)))
		return literal(m, n, out);
	end = find_end(m, n, whole, &wait);
	if (wait)
		return WAIT;
	if (end == 0)
		return literal(m, n, out);
	if (!m->colour)
		return literal(m, n, out);
	m->close[place] = end;
	m->style |= style;
	consume(m, n);
	return DONE;
}

/* The mark that ends a style is here. */
static bool
closes(struct md *m)
{
	static const unsigned styles[] = { MD_ITALIC, MD_BOLD,
		MD_BOLD | MD_ITALIC, MD_STRIKE };
	static const size_t lens[] = { 1, 2, 3, 2 };

	for (size_t i = 0; i < BASE_NITEMS(m->close); i++)
		if ((m->style & styles[i]) == styles[i] &&
		    m->close[i] == 0 && m->in.len >= lens[i] &&
		    strchr("*_~", m->in.data[0]) != NULL &&
		    run(m, 0) >= lens[i]) {
			/* An inner one of a run of three ends first. */
			if (i == 1 && run(m, 0) == 3 &&
			    (m->style & MD_ITALIC) != 0)
				continue;
			m->style &= ~styles[i];
			consume(m, lens[i]);
			return true;
		}
	return false;
}

/* [text](address): the text, and the address unless it is the same. */
static enum step
bracket(struct md *m, bool whole, struct buf *out)
{
	const char *limit = m->in.data + reach(m), *end, *url;
	const char *shut = memchr(m->in.data, ']', reach(m));
	size_t text_len;

	if (shut == NULL || shut + 1 == limit)
		return given_up(m, whole) ? literal(m, 1, out) : WAIT;
	if (shut[1] != '(')
		return literal(m, 1, out);
	end = memchr(shut, ')', (size_t)(limit - shut));
	if (end == NULL)
		return given_up(m, whole) ? literal(m, 1, out) : WAIT;
	text_len = (size_t)(shut - m->in.data) - 1;
	url = shut + 2;
	if (!m->colour || text_len == 0)
		return literal(m, (size_t)(end - m->in.data) + 1, out);
	put(m, now(m) | MD_LINK, m->in.data + 1, text_len, out);
	if ((size_t)(end - url) != text_len ||
	    memcmp(url, m->in.data + 1, text_len) != 0) {
		put(m, now(m) | MD_DIM, " (", 2, out);
		put(m, now(m) | MD_DIM, url, (size_t)(end - url), out);
		put(m, now(m) | MD_DIM, ")", 1, out);
	}
	consume(m, (size_t)(end - m->in.data) + 1);
	return DONE;
}

static enum step
backslash(struct md *m, bool whole, struct buf *out)
{
	if (m->in.len < 2)
		return whole ? literal(m, 1, out) : WAIT;
	if (!m->colour || !ispunct((unsigned char)m->in.data[1]))
		return literal(m, 1, out);
	put(m, now(m), m->in.data + 1, 1, out);
	consume(m, 2);
	return DONE;
}

/* Bytes from the beginning that are no mark and end with a character. */
static size_t
plain(const struct md *m, bool whole)
{
	size_t n = 0;

	if (m->plain)
		return whole ? m->in.len : utf8_cut(m->in.data, m->in.len);
	while (n < m->in.len && strchr("`*_~[\\", m->in.data[n]) == NULL)
		n++;
	/* strchr() finds the NUL, which is no mark. */
	while (n < m->in.len && m->in.data[n] == '\0')
		n++;
	for (size_t i = 0; i < BASE_NITEMS(m->close); i++)
		if (m->close[i] != 0 && m->close[i] < n)
			n = m->close[i];
	return whole || n < m->in.len ? n : utf8_cut(m->in.data, n);
}

void
md_text(struct md *m, bool whole, struct buf *out)
{
	while (m->in.len > 0) {
		size_t n = plain(m, whole);
		enum step s;

		if (n > 0) {
			literal(m, n, out);
			continue;
		}
		if (m->plain && !whole)
			return;
		if (closes(m))
			continue;
		switch (m->in.data[0]) {
		case '`':
			s = code_span(m, whole, out);
			break;
		case '*': case '_': case '~':
			s = emphasis(m, whole, out);
			break;
		case '[':
			s = bracket(m, whole, out);
			break;
		case '\\':
			s = backslash(m, whole, out);
			break;
		default:	/* a character that is not whole yet */
			s = whole ? literal(m, 1, out) : WAIT;
			break;
		}
		if (s == WAIT)
			return;
	}
}
