/*
 * ere.c - regular expressions as people write them, for regcomp(3).
 */
#include "base/ere.h"

#include <string.h>

/* strchr(3) would find the NUL as well. */
static bool
in(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* The class of \c as the inside of brackets; NULL when it is none. */
static const char *
class_of(char c)
{
	switch (c) {
	case 'd': case 'D': return "0-9";
	case 'w': case 'W': return "A-Za-z0-9_";
	case 's': case 'S': return "[:space:]";
	}
	return NULL;
}

static char
control_of(char c)
{
	switch (c) {
	case 't': return '\t';
	case 'n': return '\n';
	case 'r': return '\r';
	case 'f': return '\f';
	}
	return '\0';
}

/* p is behind the '['; returns behind the ']'.  In POSIX brackets have no
 * escapes: ']' stands first, '-' last, '^' not first. */
static const char *
bracket(struct buf *out, const char *p)
{
	struct buf body = BUF_INIT;
	bool close = false, dash = false, caret = false;

	buf_addc(out, '[');
	if (*p == '^')
		buf_addc(out, *p++);
	if (*p == ']') {
		close = true;
		p++;
	}
	while (*p != '\0' && *p != ']') {
		const char *end;
		char c;

		if (*p == '[' && (p[1] == ':' || p[1] == '.' || p[1] == '=') &&
		    (end = strchr(p + 2, ']')) != NULL && end[-1] == p[1]) {
			buf_add(&body, p, (size_t)(end + 1 - p));
			p = end + 1;
			continue;
		}
		if (*p != '\\' || p[1] == '\0') {
			buf_addc(&body, *p++);
			continue;
		}
		c = p[1];
		p += 2;
		if (class_of(c) != NULL && (c == 'd' || c == 'w' || c == 's'))
			buf_adds(&body, class_of(c));
		else if (control_of(c) != '\0')
			buf_addc(&body, control_of(c));
		else if (c == ']')
			close = true;
		else if (c == '-')
			dash = true;
		else if (c == '^')
			caret = true;
		else
			buf_addc(&body, c);
	}
	if (close)
		buf_addc(out, ']');
	buf_add(out, buf_str(&body), body.len);
	if (caret)
		buf_adds(out, body.len == 0 && !close ? "^^" : "^");
	if (dash)
		buf_addc(out, '-');
	buf_free(&body);
	if (*p == '\0')
		return p;
	buf_addc(out, ']');
	return p + 1;
}

/* p is behind the backslash. */
static const char *
escape(struct buf *out, const char *p)
{
	const char *class = class_of(*p);

	if (*p == '\0') {
		buf_addc(out, '\\');
		return p;
	}
	if (class != NULL)
		buf_addf(out, "[%s%s]", *p >= 'A' && *p <= 'Z' ? "^" : "",
		    class);
	else if (control_of(*p) != '\0')
		buf_addc(out, control_of(*p));
	else if (*p == 'A')
		buf_addc(out, '^');
	else if (*p == 'z' || *p == 'Z')
		buf_addc(out, '$');
	else if (in("/\"'-#@%&=:;,!~ _", *p))
		buf_addc(out, *p);
	else
		buf_addf(out, "\\%c", *p);
	return p + 1;
}

/* Whether the '{' at p begins a count such as {2,5}. */
static bool
is_count(const char *p)
{
	const char *q = ++p;

	q += strspn(q, "0123456789");
	if (q == p)
		return false;
	if (*q == ',')
		q += 1 + strspn(q + 1, "0123456789");
	return *q == '}';
}

void
ere_translate(struct buf *out, const char *p)
{
	size_t start = out->len;

	while (*p != '\0') {
		if (*p == '\\') {
			p = escape(out, p + 1);
		} else if (*p == '[') {
			p = bracket(out, p + 1);
		} else if (strncmp(p, "(?:", 3) == 0) {
			buf_addc(out, '(');
			p += 3;
		} else if (*p == '{' && (out->len == start || !is_count(p))) {
			buf_adds(out, "\\{");
			p++;
		} else if (in("*+?}", *p) && p[1] == '?') {
			buf_addc(out, *p);	/* lazy: the same lines */
			p += 2;
		} else {
			buf_addc(out, *p++);
		}
	}
}

const char *
ere_skip(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0') {
			p++;
		} else if (*p == '[') {
			p++;
			p += *p == '^';
			p += *p == ']';
			while (*p != '\0' && *p != ']') {
				const char *end = *p == '[' && p[1] == ':' ?
				    strstr(p, ":]") : NULL;

				p = end != NULL ? end + 2 : p + 1;
			}
			if (*p == '\0')
				return NULL;
			if (depth == 0)
				return p + 1;
		} else if (*p == '(') {
			depth++;
		} else if (*p == ')' && --depth == 0) {
			return p + 1;
		}
	}
	return NULL;
}

void
ere_literal(struct buf *out, const char *p)
{
	struct buf run = BUF_INIT, best = BUF_INIT;

	while (p != NULL) {
		bool plain = false;
		char c = *p;

		if (c == '|') {		/* either side may match */
			buf_free(&best);
			buf_reset(&run);
			break;
		}
		if (c == '\\' && in(".[]()*+?{}|^$\\", p[1])) {
			c = p[1];
			plain = true;
			p += 2;
		} else if (c == '\\') {
			p += p[1] != '\0' ? 2 : 1;
		} else if (c == '(' || c == '[') {
			p = ere_skip(p);
		} else if (c != '\0') {
			plain = !in(".*+?{}^$)", c);
			p++;
		}
		if (p == NULL) {
			buf_free(&best);
			buf_reset(&run);
			break;
		}
		/* What may be absent or repeated ends the run before it. */
		if (plain && !in("*?{+", *p)) {
			buf_addc(&run, c);
			continue;
		}
		if (plain && *p == '+')
			buf_addc(&run, c);
		/* A quantifier holds for all bytes of the character. */
		while (plain && (unsigned char)c >= 0x80 && run.len != 0 &&
		    (unsigned char)run.data[run.len - 1] >= 0x80)
			buf_cut(&run, run.len - 1);
		if (run.len > best.len) {
			buf_free(&best);
			best = run;
			run = (struct buf)BUF_INIT;
		}
		buf_reset(&run);
		if (c == '\0')
			break;
		while (in("*?+", *p))
			p++;
		if (*p == '{')
			while (*p != '\0' && *p++ != '}')
				continue;
	}
	buf_add(out, buf_str(&best), best.len);
	buf_free(&run);
	buf_free(&best);
}

#define DEPTH	100
#define HEAVY	((size_t)1 << 30)

/* The greatest number of times that the count at p asks for. */
static size_t
count_of(const char *p)
{
	size_t times[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		for (p++; *p >= '0' && *p <= '9'; p++)
			times[i] = times[i] < HEAVY ? times[i] * 10 +
			    (size_t)(*p - '0') : HEAVY;
		if (*p != ',')
			break;
	}
	/* {3,} is three and a star. */
	return times[0] + 1 > times[1] ? times[0] + 1 : times[1];
}

size_t
ere_weight(const char *p)
{
	size_t sum[DEPTH + 1] = { 0 }, last = 0, times;
	int d = 0;

	while (p != NULL && *p != '\0') {
		times = 0;
		if (*p == '(') {
			if (d == DEPTH)
				return HEAVY;
			sum[++d] = 0;
			p++;
			continue;
		} else if (*p == ')' && d > 0) {
			last = sum[d--] + 2;
			p++;
		} else if (*p == '[') {
			last = 1;
			p = ere_skip(p);
		} else if (*p == '{' && is_count(p)) {
			times = count_of(p);
			p = strchr(p, '}') + 1;
		} else if (in("*+?", *p)) {
			/* regcomp makes aa* of a+, and takes a time that
			 * grows with the power of those that are nested. */
			times = 3;
			p++;
		} else {
			last = 1;
			p += *p == '\\' && p[1] != '\0' ? 2 : 1;
		}
		/* What is repeated has been counted once. */
		if (times > 0) {
			size_t once = last;

			last = last != 0 && times > HEAVY / last ? HEAVY :
			    last * times;
			sum[d] -= once < sum[d] ? once : sum[d];
		}
		sum[d] += last;
		if (sum[d] >= HEAVY)
			return HEAVY;
	}
	for (times = 0; d >= 0; d--)
		times += sum[d];
	return times;
}

/* Whether it can fit at the beginning of a text only. */
static bool
anchored(const char *p)
{
	if (*p != '^')
		return false;
	while (p != NULL && *p != '\0' && *p != '|') {
		if (*p == '\\')
			p += p[1] != '\0' ? 2 : 1;
		else
			p = *p == '(' || *p == '[' ? ere_skip(p) : p + 1;
	}
	return p != NULL && *p == '\0';
}

double
ere_cost(const char *p, size_t n)
{
	double cost = (double)ere_weight(p) * (double)(n + 1);
	bool back = false;

	for (const char *q = p; (q = strchr(q, '\\')) != NULL && q[1] != '\0';
	    q += 2)
		back = back || (q[1] >= '1' && q[1] <= '9');
	/* Each place may be a beginning, and each an end of what is meant
	 * again. */
	if (!anchored(p))
		cost *= (double)(n + 1);
	return back ? cost * (double)(n + 1) : cost;
}
