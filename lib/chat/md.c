/*
 * md.c - the lines of Markdown: what each of them is.
 */
#include "chat/md.h"

#include "base/utf8.h"
#include "chat/md_in.h"

#include <ctype.h>
#include <string.h>

#define INDENT_MAX	40	/* columns of an indent that are kept */
#define INFO_MAX	200	/* bytes behind the opening of a fence */
#define PIECE		((size_t)1024)	/* bytes that are looked at at once */
#define RULE_MAX	40

void
md_init(struct md *m, unsigned width, bool colour, bool unicode)
{
	*m = (struct md){ .width = width, .colour = colour,
	    .unicode = unicode, .last = ' ' };
}

void
md_free(struct md *m)
{
	buf_free(&m->in);
	buf_free(&m->word);
	vec_free(&m->rows);
}

static size_t
run(const struct md *m, size_t at, char c)
{
	size_t n = at;

	while (n < m->in.len && m->in.data[n] == c)
		n++;
	return n - at;
}

/* From here on the line is text, behind indent columns and a mark. */
static bool
text_begins(struct md *m, unsigned indent, const char *mark, size_t used,
    struct buf *out)
{
	md_begin(m, indent, out);
	if (*mark != '\0') {
		md_put(m, 0, mark);
		md_word(m, out);
	}
	m->hang = m->col - 2 * m->quote;
	buf_shift(&m->in, used);
	m->last = ' ';
	m->state = MD_TEXT;
	return true;
}

/* ---- fences ---- */

/* The line opens a block of code; what follows the marks is not shown when
 * the block can be told by its colour. */
static bool
fence(struct md *m, size_t indent, bool whole, struct buf *out)
{
	char c = m->in.data[indent];
	size_t n = run(m, indent, c), rest = indent + n;

	if (n < 3) {
		if (rest == m->in.len && !whole)
			return false;
		return text_begins(m, (unsigned)indent, "", indent, out);
	}
	if (m->in.len >= INFO_MAX || (c == '`' && memchr(m->in.data + rest,
	    '`', m->in.len - rest) != NULL))
		return text_begins(m, (unsigned)indent, "", indent, out);
	if (!whole)
		return false;
	m->fence = c;
	m->fence_len = (unsigned)n;
	m->fence_indent = (unsigned)indent;
	m->state = MD_CODE;
	if (m->colour)
		buf_reset(&m->in);
	return true;
}

/* The line may close the block: its marks alone. */
static bool
fence_closes(struct md *m, bool whole, bool *wait)
{
	size_t at = run(m, 0, ' '), n = run(m, at, m->fence), end = at + n;

	while (end < m->in.len && isspace((unsigned char)m->in.data[end]))
		end++;
	if (end != m->in.len || end >= INFO_MAX)
		return *wait = false;
	*wait = !whole;
	return n >= m->fence_len && at <= m->fence_indent + 3;
}

static void
code(struct md *m, bool whole, struct buf *out)
{
	size_t n = whole ? m->in.len : utf8_cut(m->in.data, m->in.len);

	if (n == 0)
		return;
	md_sgr(m, MD_CODE_SPAN, out);
	utf8_escape(out, m->in.data, n, UTF8_TEXT);
	m->col = 1;	/* more than none */
	buf_shift(&m->in, n);
}

/* The beginning of a line of code; false while it may close the block. */
static bool
code_begins(struct md *m, bool whole)
{
	size_t skip = run(m, 0, ' ');
	bool wait;

	if (fence_closes(m, whole, &wait) && whole) {
		m->fence = '\0';
		if (m->colour)
			buf_reset(&m->in);
		m->state = MD_CODE;
		return true;
	}
	if (wait)
		return false;
	buf_shift(&m->in, skip < m->fence_indent ? skip : m->fence_indent);
	m->state = MD_CODE;
	return true;
}

/* ---- other lines ---- */

/* Nothing but the mark and blanks. */
static bool
only_marks(const struct md *m, size_t at)
{
	char c = m->in.data[at];

	while (at < m->in.len && (m->in.data[at] == c ||
	    isspace((unsigned char)m->in.data[at])))
		at++;
	return at == m->in.len;
}

/* Three marks or more, which are alone. */
static bool
is_rule(const struct md *m, size_t at)
{
	char c = m->in.data[at];
	size_t marks = 0;

	for (; at < m->in.len; at++)
		marks += m->in.data[at] == c;
	return marks >= 3;
}

static void
rule(struct md *m, struct buf *out)
{
	unsigned w = m->width != 0 && m->width < RULE_MAX ? m->width :
	    RULE_MAX;

	md_begin(m, 0, out);
	md_sgr(m, MD_DIM, out);
	for (unsigned i = 2 * m->quote; i < w; i++)
		buf_adds(out, m->unicode ? "\xe2\x94\x80" : "-");
	m->col = w;
	buf_reset(&m->in);
	m->state = MD_TEXT;
}

/* "- item", "* item", "+ item", a rule, or emphasis. */
static bool
bullet(struct md *m, size_t indent, bool whole, struct buf *out)
{
	char mark[2] = { m->in.data[indent], '\0' };
	size_t n = indent + 1;

	if (m->in.len < MD_HOLD && only_marks(m, indent)) {
		if (!whole)
			return false;
		if (is_rule(m, indent) && mark[0] != '+' &&
		    m->colour) {
			rule(m, out);
			return true;
		}
	}
	if (mark[0] == '_' || n >= m->in.len || m->in.data[n] != ' ')
		return text_begins(m, (unsigned)indent, "", indent, out);
	while (n < m->in.len && m->in.data[n] == ' ')
		n++;
	text_begins(m, (unsigned)indent, m->unicode && m->colour ?
	    "\xe2\x80\xa2" : mark, n, out);
	m->spaces = 1;
	m->hang++;
	return true;
}

/* "12. item" */
static bool
number(struct md *m, size_t indent, bool whole, struct buf *out)
{
	size_t n = indent;
	char mark[16];

	while (n < m->in.len && isdigit((unsigned char)m->in.data[n]))
		n++;
	if (n - indent <= 9 && n + 1 >= m->in.len && !whole &&
	    (n == m->in.len || strchr(".)", m->in.data[n]) != NULL))
		return false;
	if (n - indent > 9 || n + 1 >= m->in.len ||
	    (m->in.data[n] != '.' && m->in.data[n] != ')') ||
	    m->in.data[n + 1] != ' ')
		return text_begins(m, (unsigned)indent, "", indent, out);
	memcpy(mark, m->in.data + indent, n + 1 - indent);
	mark[n + 1 - indent] = '\0';
	text_begins(m, (unsigned)indent, mark, n + 2, out);
	m->spaces = 1;
	m->hang++;
	return true;
}

static bool
heading(struct md *m, size_t indent, bool whole, struct buf *out)
{
	size_t n = indent + run(m, indent, '#');

	if (n == m->in.len && !whole && n - indent <= 6)
		return false;
	if (n - indent > 6 || n == m->in.len || m->in.data[n] != ' ' ||
	    !m->colour)
		return text_begins(m, (unsigned)indent, "", indent, out);
	text_begins(m, 0, "", n + 1, out);
	m->base = MD_HEAD | (n - indent == 1 ? MD_LINK : 0);
	return true;
}

static bool
quote(struct md *m, size_t indent, bool whole)
{
	if (indent + 1 == m->in.len && !whole)
		return false;
	m->quote++;
	buf_shift(&m->in, indent + 1);
	if (m->in.len > 0 && m->in.data[0] == ' ')
		buf_shift(&m->in, 1);
	return true;
}

/* ---- the line ---- */

/* Columns of the blanks at the beginning, made blanks alone. */
static size_t
indent_of(struct md *m)
{
	size_t n = 0, cols = 0;

	while (n < m->in.len && (m->in.data[n] == ' ' ||
	    m->in.data[n] == '\t'))
		cols += m->in.data[n++] == '\t' ? 4 : 1;
	if (cols > INDENT_MAX)
		cols = INDENT_MAX;
	if (cols != n) {
		struct buf b = BUF_INIT;

		buf_addf(&b, "%*s", (int)cols, "");
		buf_add(&b, m->in.data + n, m->in.len - n);
		buf_free(&m->in);
		m->in = b;
	}
	return cols;
}

/* What the line is; false while that cannot be told. */
static bool
begins(struct md *m, bool whole, struct buf *out)
{
	size_t indent;
	char c;

	if (m->fence != '\0')
		return code_begins(m, whole);
	indent = indent_of(m);
	if (indent == m->in.len)
		return false;
	if (m->plain)
		return text_begins(m, (unsigned)indent, "", indent, out);
	c = m->in.data[indent];
	if (c != '|')
		md_table(m, out);
	if (c == '|') {
		m->state = MD_ROW;
		buf_shift(&m->in, indent);
		return true;
	}
	if (c == '>' && m->quote < 8 && m->colour)
		return quote(m, indent, whole);
	if (c == '`' || c == '~')
		return fence(m, indent, whole, out);
	if (c == '#')
		return heading(m, indent, whole, out);
	if (c == '-' || c == '*' || c == '+' || c == '_')
		return bullet(m, indent, whole, out);
	if (isdigit((unsigned char)c))
		return number(m, indent, whole, out);
	return text_begins(m, (unsigned)indent, "", indent, out);
}

/* A row is kept until the table ends, unless it or they grow too large. */
static void
row(struct md *m, bool whole, struct buf *out)
{
	if (m->in.len > MD_ROW_MAX || m->rows.n >= MD_ROWS ||
	    (m->in.len > 0 && memchr(m->in.data, '\0', m->in.len) != NULL)) {
		md_table(m, out);
		text_begins(m, 0, "", 0, out);
	} else if (whole) {
		vec_push(&m->rows, buf_str(&m->in));
		buf_reset(&m->in);
	}
}

/* Show what can be shown of the line, all of it when it is whole. */
static void
step(struct md *m, bool whole, struct buf *out)
{
	while (m->state == MD_START && m->in.len > 0)
		if (!begins(m, whole, out))
			break;
	if (m->state == MD_ROW)
		row(m, whole, out);
	if (m->state == MD_CODE)
		code(m, whole, out);
	if (m->state == MD_TEXT)
		md_text(m, whole, out);
}

/* Behind the newline (or the end of all). */
static void
line_ends(struct md *m, struct buf *out)
{
	bool hidden = m->state == MD_CODE && m->colour && m->col == 0 &&
	    (m->fence == '\0' || m->base != 0);

	if (m->state == MD_START && m->fence == '\0')
		md_table(m, out);
	if (m->state == MD_START && m->quote != 0)
		md_begin(m, 0, out);
	if (m->state != MD_ROW && !hidden)
		md_newline(m, out);
	buf_reset(&m->in);
	memset(m->close, 0, sizeof(m->close));
	m->state = MD_START;
	m->quote = m->hang = m->col = m->base = m->style = m->spaces = 0;
	m->last = ' ';
}

/* Take n bytes, all of one line; its end may be next.  CR LF ends a line as
 * LF does, any other CR is text. */
static void
take(struct md *m, const char *p, size_t n, bool ends)
{
	if (m->cr && (n > 0 || !ends)) {
		buf_addc(&m->in, '\r');
		m->cr = false;
	}
	if (n > 0 && p[n - 1] == '\r') {
		m->cr = true;
		n--;
	}
	buf_add(&m->in, p, n);
	if (ends)
		m->cr = false;
}

void
md_feed(struct md *m, const char *p, size_t n, struct buf *out)
{
	while (n > 0) {
		size_t most = n < PIECE ? n : PIECE;
		const char *nl = memchr(p, '\n', most);
		size_t len = nl != NULL ? (size_t)(nl - p) : most;
		char opened = m->fence;

		take(m, p, len, nl != NULL);
		step(m, nl != NULL, out);
		if (nl != NULL) {
			/* The line that opened a block is not shown. */
			if (opened == '\0' && m->fence != '\0')
				m->base = 1;
			line_ends(m, out);
			len++;
		}
		p += len;
		n -= len;
	}
}

void
md_end(struct md *m, struct buf *out)
{
	if (m->cr)
		take(m, "", 0, false);
	if (m->state != MD_START || m->in.len > 0) {
		step(m, true, out);
		line_ends(m, out);
	}
	md_table(m, out);
	m->fence = '\0';
}
