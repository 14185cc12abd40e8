/*
 * ask_show.c - what a person sees of a call that they are asked about.
 *
 * All of it is a model's or a file's, so it is escaped and stands behind a
 * margin, where it cannot pass for words of ours.
 */
#include "chat/chat.h"

#include "base/num.h"
#include "base/utf8.h"

#include <string.h>

#define SHOWN_MAX	((size_t)6000)	/* bytes, unless all is wanted */
#define SHOWN_LINES	40

/* Lines of a text behind the margin. */
struct quote {
	struct buf	*b;
	bool		 colour, all;
	size_t		 lines, bytes;	/* shown */
	size_t		 left_out;	/* lines that are not */
};

/* The colour of a line of a diff, or "". */
static const char *
colour_of(const struct quote *q, char sign)
{
	if (!q->colour)
		return "";
	return sign == '+' ? "\033[32m" : sign == '-' ? "\033[31m" :
	    sign == '@' ? "\033[36m" : "";
}

static void
put_line(struct quote *q, const char *p, size_t n, bool diff)
{
	const char *on = diff && n > 0 ? colour_of(q, *p) : "";
	size_t show = n;

	if (!q->all && (q->lines >= SHOWN_LINES || q->bytes >= SHOWN_MAX)) {
		q->left_out++;
		return;
	}
	if (!q->all && show > SHOWN_MAX - q->bytes)
		show = utf8_cut(p, SHOWN_MAX - q->bytes);
	buf_adds(q->b, "  | ");
	buf_adds(q->b, on);
	utf8_escape(q->b, p, show, UTF8_LINE);
	if (show < n)
		buf_addf(q->b, " ... %zu more byte%s", n - show,
		    num_s((int64_t)(n - show)));
	if (*on != '\0')
		buf_adds(q->b, "\033[0m");
	buf_addc(q->b, '\n');
	q->lines++;
	q->bytes += show;
	if (show < n)
		q->bytes = SHOWN_MAX;
}

static void
put_text(struct quote *q, const char *p, size_t n, bool diff)
{
	do {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;

		put_line(q, p, len, diff);
		if (nl != NULL)
			len++;
		p += len;
		n -= len;
	} while (n > 0);
}

static void
one_line(struct buf *b, jv o, const char *key)
{
	const char *s = js_str(o, key);

	if (s != NULL)
		utf8_escape(b, s, strnlen(s, 400), UTF8_LINE);
}

/* What it would do: a diff, a command, or all its arguments. */
static void
what(struct quote *q, jv question)
{
	jv args = js_get(question, "arguments");
	struct buf text = BUF_INIT;
	size_t n = 0;
	const char *s = js_str_len(question, "diff", &n);

	if (s != NULL && n > 0) {
		put_text(q, s, n, true);
	} else if ((s = js_str_len(args, "command", &n)) != NULL &&
	    js_len(args) == 1) {
		put_text(q, s, n, false);
	} else {
		js_dump(&text, args);
		put_text(q, buf_str(&text), text.len, false);
	}
	buf_free(&text);
	js_free(args);
}

/* Files of rules have their words in columns. */
static void
put_rule(struct buf *b, jv q)
{
	struct buf line = BUF_INIT;

	one_line(&line, q, "rule");
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != ' ' || i == 0 || line.data[i - 1] != ' ')
			buf_addc(b, line.data[i]);
	buf_free(&line);
}

static void
why(struct buf *b, jv q)
{
	int64_t line = 0;

	buf_adds(b, "  why: ");
	one_line(b, q, "reason");
	buf_adds(b, "\n  rule: ");
	put_rule(b, q);
	if (js_int(q, "line", 1, INT32_MAX, &line)) {
		buf_adds(b, " (");
		one_line(b, q, "file");
		buf_addf(b, ":%lld)", (long long)line);
	}
	if (js_str(q, "hint") != NULL) {
		buf_adds(b, "\n  rather: ");
		one_line(b, q, "hint");
	}
	buf_addc(b, '\n');
}

void
chat_ask_show(const struct chat *c, bool all, struct buf *b)
{
	jv question = c->ask.question, args = js_get(question, "arguments");
	struct quote q = { .b = b, .colour = c->view.colour, .all = all };

	buf_adds(b, "\n? ");
	one_line(b, question, "tool");
	buf_addc(b, ' ');
	one_line(b, args, "path");
	buf_addc(b, '\n');
	what(&q, question);
	if (q.left_out > 0)
		buf_addf(b, "  | ... %zu more line%s\n", q.left_out,
		    num_s((int64_t)q.left_out));
	why(b, question);
	buf_adds(b, "  y once, a always: ");
	one_line(b, question, "always");
	buf_addf(b, "\n  s as a rule of yours, e other arguments%s, n no "
	    "[n] ", q.left_out > 0 || q.bytes >= SHOWN_MAX ?
	    ", v all of it" : "");
	js_free(args);
}
