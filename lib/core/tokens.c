/*
 * tokens.c - about how many tokens a text is, without the model's table.
 *
 * The figures were fitted to the common table of 100,000 tokens that many
 * models' own were grown from, over program text, manual pages, JSON, logs
 * and dialogue.
 */
#include "core/tokens.h"

#include <string.h>

#include "json/scan.h"

#define MESSAGE_MARKS	5	/* <|im_start|>role LF ... <|im_end|> LF */
#define CALL_MARKS	14	/* <tool_call>{"name": ... }</tool_call> */
#define TOOLS_MARKS	90	/* what templates say before the schemas */

enum class {
	NONE, LOWER, UPPER, DIGIT, SIGN, SPACE, LINE,
};

/* The piece that is being read. */
struct count {
	double		 sum;
	enum class	 class;
	size_t		 run;		/* bytes of it */
	unsigned char	 last;
	bool		 same;		/* all of its bytes are one sign */
};

static enum class
class_of(unsigned char c)
{
	if (c >= 'a' && c <= 'z')
		return LOWER;
	if (c >= 'A' && c <= 'Z')
		return UPPER;
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c == '\n' || c == '\r')
		return LINE;
	return c == ' ' || c == '\t' ? SPACE : SIGN;
}

static double
word(size_t n)
{
	return n <= 7 ? 1 : 1 + (double)(n - 7) * 0.2;
}

static void
end_piece(struct count *t)
{
	double n = (double)t->run;

	switch (t->class) {
	case NONE:
		break;
	case LOWER:
		t->sum += word(t->run);
		break;
	case UPPER:
		t->sum += t->run == 1 ? 1 : 0.5 + n * 0.4;
		break;
	case DIGIT:
		t->sum += n;
		break;
	case SIGN:
		/* One is often joined to the word behind it. */
		t->sum += t->run == 1 ? 0.75 : t->same ? 1 + n / 32 :
		    0.4 + n * 0.45;
		break;
	case SPACE:
		/* One goes with what follows it. */
		t->sum += t->run == 1 ? 0 : 0.8;
		break;
	case LINE:
		t->sum += 0.9;
		break;
	}
	t->class = NONE;
	t->run = 0;
}

/* Characters beyond ASCII, by the first byte of their UTF-8. */
static void
wide(struct count *t, unsigned char c)
{
	end_piece(t);
	if (c >= 0xf0)
		t->sum += 2.2;			/* emoji, rare scripts */
	else if (c >= 0xe3 && c <= 0xed)
		t->sum += 0.8;			/* Chinese, Japanese, Korean */
	else if (c >= 0xe0)
		t->sum += 1;			/* Indic, Thai, symbols */
	else if (c >= 0xc4)
		t->sum += 0.45;			/* Greek, Cyrillic, Arabic */
	else if (c >= 0xc2)
		t->sum += 0.7;			/* accented Latin */
}

static void
feed(struct count *t, unsigned char c)
{
	enum class k;

	if (c >= 0x80) {
		wide(t, c);
		return;
	}
	k = class_of(c);
	if (k == LOWER && t->class == UPPER && t->run == 1) {
		t->class = LOWER;		/* Capital */
	} else if (k != t->class) {
		/* Signs take the line's end along. */
		if (k == LINE && t->class == SIGN) {
			end_piece(t);
			return;
		}
		end_piece(t);
		t->class = k;
		t->same = true;
	}
	t->same = t->same && (t->run == 0 || c == t->last);
	t->last = c;
	t->run++;
}

double
tokens_text(const char *p, size_t n)
{
	struct count t = { .class = NONE };

	for (size_t i = 0; i < n; i++)
		feed(&t, (unsigned char)p[i]);
	end_piece(&t);
	return t.sum;
}

/* The character of four hex digits; surrogates count as half of one. */
static void
feed_hex(struct count *t, const char *p)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		v = v * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' +
		    10);
	}
	if (v < 0x80)
		feed(t, (unsigned char)v);
	else if (v >= 0xd800 && v < 0xe000)
		end_piece(t), t->sum += 1.1;
	else
		wide(t, v < 0x800 ? (unsigned char)(0xc0 | v >> 6) :
		    (unsigned char)(0xe0 | v >> 12));
}

/* The text of a JSON string, n bytes between its quotes. */
static double
string(const char *p, size_t n)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	struct count t = { .class = NONE };

	for (size_t i = 0; i < n; i++) {
		const char *esc;

		if (p[i] != '\\' || i + 1 >= n) {
			feed(&t, (unsigned char)p[i]);
			continue;
		}
		i++;
		if (p[i] == 'u' && i + 4 < n) {
			feed_hex(&t, p + i + 1);
			i += 4;
		} else {
			esc = memchr(from, p[i], sizeof(from) - 1);
			feed(&t, (unsigned char)(esc != NULL ?
			    to[esc - from] : p[i]));
		}
	}
	end_piece(&t);
	return t.sum;
}

/* A value that the model sees as it is: a string's text, else its JSON. */
static double
value(struct scan_span v)
{
	if (v.n >= 2 && v.p[0] == '"')
		return string(v.p + 1, v.n - 2);
	return v.n == 4 && memcmp(v.p, "null", 4) == 0 ? 0 :
	    tokens_text(v.p, v.n);
}

/* One part of a content that is an array. */
static double
part(struct scan_span v)
{
	struct scan_span s;

	if (scan_find(v.p, v.n, "text", &s))
		return value(s);
	if (scan_find(v.p, v.n, "image_url", &s) ||
	    scan_find(v.p, v.n, "input_audio", &s) ||
	    scan_find(v.p, v.n, "file", &s))
		return TOKENS_PICTURE;
	return tokens_text(v.p, v.n);
}

static double
content(struct scan_span v)
{
	struct scan_span one;
	size_t pos = 0;
	double sum = 0;

	if (v.n == 0 || v.p[0] != '[')
		return value(v);
	while (scan_element(v.p, v.n, &pos, &one))
		sum += part(one);
	return sum;
}

static double
calls(struct scan_span v)
{
	struct scan_span one, fn, s;
	size_t pos = 0;
	double sum = 0;

	while (scan_element(v.p, v.n, &pos, &one)) {
		if (!scan_find(one.p, one.n, "function", &fn))
			fn = one;
		sum += CALL_MARKS;
		if (scan_find(fn.p, fn.n, "name", &s))
			sum += value(s);
		if (scan_find(fn.p, fn.n, "arguments", &s))
			sum += value(s);
	}
	return sum;
}

static bool
key_is(struct scan_span key, const char *name)
{
	return key.n == strlen(name) && memcmp(key.p, name, key.n) == 0;
}

double
tokens_message(const char *p, size_t n)
{
	struct scan_span key, v;
	double sum = MESSAGE_MARKS;
	size_t pos = 0;

	while (scan_member(p, n, &pos, &key, &v)) {
		if (key_is(key, "content"))
			sum += content(v);
		else if (key_is(key, "reasoning_content"))
			sum += value(v);
		else if (key_is(key, "tool_calls"))
			sum += calls(v);
	}
	return sum;
}

double
tokens_tools(const char *p, size_t n)
{
	struct scan_span one;
	size_t pos = 0;

	if (!scan_element(p, n, &pos, &one))
		return 0;
	return TOOLS_MARKS + tokens_text(p, n);
}
