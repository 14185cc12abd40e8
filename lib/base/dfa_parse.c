/*
 * dfa_parse.c - a program from an expression.
 *
 * By recursive descent, which writes instructions back to front: each part
 * is told where to go on, so nothing has to be patched but the way back of
 * a loop.  A counted part is read as often as it is written out.
 */
#include "base/dfa_in.h"

#include "base/ere.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PARTS	2600	/* of a branch; the weight bounds it */

struct compiler {
	struct dfa_program *p;
	bool		 icase, bad;
};

static int alternatives(struct compiler *c, const char *p, const char *end,
    int out);

static int
insn(struct compiler *c, enum dfa_op op, int out)
{
	struct dfa_program *p = c->p;

	if (p->n == DFA_INSNS) {
		c->bad = true;
		return 0;
	}
	p->insn[p->n] = (struct dfa_insn){ .op = op, .out = out };
	return p->n++;
}

static unsigned char
upper(const struct compiler *c, char b)
{
	return (unsigned char)(c->icase && b >= 'a' && b <= 'z' ?
	    b - 'a' + 'A' : b);
}

static void
put(uint32_t set[8], unsigned b)
{
	set[b / 32] |= 1u << b % 32;
}

static bool
has(const uint32_t set[8], unsigned b)
{
	return (set[b / 32] >> b % 32 & 1) != 0;
}

/* As glibc does it: text and expression are made upper case. */
static void
fold(const struct compiler *c, uint32_t set[8])
{
	for (unsigned b = 'a'; c->icase && b <= 'z'; b++) {
		set[b / 32] &= ~(1u << b % 32);
		if (has(set, b - 'a' + 'A'))
			put(set, b);
	}
}

/* ---- brackets ---- */

/* [:name:] at p; behind it, or NULL. */
static const char *
class(struct compiler *c, const char *p, uint32_t set[8])
{
	static const struct {
		const char *name;
		int (*is)(int);
	} classes[] = { { "alpha", isalpha }, { "digit", isdigit },
	    { "alnum", isalnum }, { "upper", isupper }, { "lower", islower },
	    { "space", isspace }, { "blank", isblank }, { "punct", ispunct },
	    { "print", isprint }, { "graph", isgraph }, { "cntrl", iscntrl },
	    { "xdigit", isxdigit } };

	for (size_t i = 0; i < BASE_NITEMS(classes); i++) {
		size_t n = strlen(classes[i].name);
		int (*is)(int) = classes[i].is;

		if (strncmp(p + 2, classes[i].name, n) != 0 ||
		    strncmp(p + 2 + n, ":]", 2) != 0)
			continue;
		if (c->icase && (is == isupper || is == islower))
			is = isalpha;
		/* The C locale's: nothing beyond ASCII is in any. */
		for (int b = 0; b < 128; b++)
			if (is(b) != 0)
				put(set, (unsigned)b);
		return p + n + 4;
	}
	return NULL;
}

/* p is behind the '['; behind the ']', or NULL. */
static const char *
bracket(struct compiler *c, const char *p, uint32_t set[8])
{
	bool negated = *p == '^', first = true;

	for (p += negated; *p != '\0' && (*p != ']' || first); first = false) {
		unsigned from = upper(c, *p), to = from;

		if (*p == '[' && p[1] == ':') {
			if ((p = class(c, p, set)) == NULL)
				return NULL;
			continue;
		}
		if (*p == '[' && (p[1] == '.' || p[1] == '='))
			return NULL;
		p++;
		if (*p == '-' && p[1] != ']' && p[1] != '\0') {
			if (p[1] == '[')
				return NULL;
			to = upper(c, p[1]);
			p += 2;
		}
		if (to < from)
			return NULL;
		for (unsigned b = from; b <= to; b++)
			put(set, b);
	}
	for (int i = 0; negated && i < 8; i++)
		set[i] = ~set[i];
	return *p == ']' ? p + 1 : NULL;
}

/* ---- parts ---- */

/* Behind the atom at p, which is not looked into; NULL when it has no end. */
static const char *
atom_end(const char *p)
{
	return *p == '\\' ? (p[1] != '\0' ? p + 2 : NULL) :
	    *p == '(' || *p == '[' ? ere_skip(p) : p + 1;
}

static int
set_of(struct compiler *c, const uint32_t set[8], int out)
{
	int at = insn(c, DFA_SET, out);

	memcpy(c->p->insn[at].set, set, 8 * sizeof(*set));
	fold(c, c->p->insn[at].set);
	return at;
}

static int
assertion(struct compiler *c, enum dfa_assert what, int out)
{
	int at = insn(c, DFA_ASSERT, out);

	c->p->insn[at].what = what;
	c->p->words |= what != DFA_BEGIN && what != DFA_END;
	return at;
}

/* The atom p..end, once. */
static int
atom(struct compiler *c, const char *p, const char *end, int out)
{
	uint32_t set[8] = { 0 };

	switch (*p) {
	case '^': return assertion(c, DFA_BEGIN, out);
	case '$': return assertion(c, DFA_END, out);
	case '(': return alternatives(c, p + 1, end - 1, out);
	case '.':
		memset(set, 0xff, sizeof(set));
		return set_of(c, set, out);
	case '[':
		if (bracket(c, p + 1, set) != end)
			c->bad = true;
		return set_of(c, set, out);
	case '*': case '+': case '?': case '{': case ')': case '|':
		c->bad = true;
		return out;
	case '\\':
		p++;
		if (*p == 'b')
			return assertion(c, DFA_EDGE, out);
		if (*p == '<' || *p == '>')
			return assertion(c, *p == '<' ? DFA_WORD :
			    DFA_WORD_END, out);
		if (isalnum((unsigned char)*p) || *p == '`' || *p == '\'')
			c->bad = true;
	}
	put(set, upper(c, *p));
	return set_of(c, set, out);
}

/* How often: the quantifier at p; behind it. */
static const char *
times(const char *p, int *min, int *max)
{
	char *end;

	*min = *p == '+';
	*max = *p == '?' ? 1 : -1;
	if (*p != '{')
		return p + 1;
	*min = *max = (int)strtol(p + 1, &end, 10);
	if (*end == ',')
		*max = end[1] == '}' ? -1 : (int)strtol(end + 1, &end, 10);
	return strchr(p, '}') + 1;
}

static int part(struct compiler *c, const char *p, const char *end,
    const char *q, const char *stop, int out);

/* What is before the quantifier that ends at stop, min to max times. */
static int
repeat(struct compiler *c, const char *p, const char *end, const char *q,
    const char *last, int min, int max, int out)
{
	int split, after = out;

	if (max == -1) {
		split = insn(c, DFA_SPLIT, out);
		c->p->insn[split].other = part(c, p, end, q, last, split);
		out = split;
	}
	for (int i = min; i < max && !c->bad; i++) {
		/* Before each of these it may be over. */
		split = insn(c, DFA_SPLIT, after);
		c->p->insn[split].other = part(c, p, end, q, last, out);
		out = split;
	}
	for (int i = 0; i < min && !c->bad; i++)
		out = part(c, p, end, q, last, out);
	return out;
}

/* The atom p..end with its quantifiers, from q up to stop. */
static int
part(struct compiler *c, const char *p, const char *end, const char *q,
    const char *stop, int out)
{
	const char *last = q, *next;
	int min, max;

	if (c->bad)
		return out;
	if (q == stop)
		return atom(c, p, end, out);
	/* The last quantifier is the outermost. */
	while ((next = times(last, &min, &max)) < stop)
		last = next;
	if (*p == '^' || *p == '$' || (*p == '\\' && strchr("b<>", p[1])))
		c->bad = true;
	return repeat(c, p, end, q, last, min, max, out);
}

static bool
is_quantifier(const char *p)
{
	return *p == '*' || *p == '+' || *p == '?' || *p == '{';
}

/* A branch, its last part first. */
static int
branch(struct compiler *c, const char *p, const char *end, int out)
{
	const char *(*parts)[4] = xcalloc(PARTS, sizeof(*parts));
	int n = 0;

	while (p < end && !c->bad) {
		const char *a = atom_end(p), *q = a;
		int min, max;

		while (q != NULL && q < end && is_quantifier(q) &&
		    (*q != '{' || strchr(q, '}') != NULL))
			q = times(q, &min, &max);
		if (q == NULL || q > end || n == PARTS) {
			c->bad = true;
			break;
		}
		parts[n][0] = p;
		parts[n][1] = parts[n][2] = a;
		parts[n++][3] = q;
		p = q;
	}
	while (n-- > 0 && !c->bad)
		out = part(c, parts[n][0], parts[n][1], parts[n][2],
		    parts[n][3], out);
	free(parts);
	return out;
}

static int
alternatives(struct compiler *c, const char *p, const char *end, int out)
{
	int start = -1;

	for (;;) {
		const char *q = p;
		int one, split;

		while (q != NULL && q < end && *q != '|')
			q = atom_end(q);
		if (q == NULL || q > end || c->bad) {
			c->bad = true;
			return out;
		}
		one = branch(c, p, q, out);
		if (start == -1) {
			start = one;
		} else {
			split = insn(c, DFA_SPLIT, start);
			c->p->insn[split].other = one;
			start = split;
		}
		if (q == end)
			return start;
		p = q + 1;
	}
}

bool
dfa_compile(struct dfa_program *p, const char *ere, bool icase)
{
	struct compiler c = { .p = p, .icase = icase };
	const char *end = ere + strlen(ere);
	int match;

	*p = (struct dfa_program){ .n = 0 };
	for (const char *q = ere; q < end; q++)
		if ((unsigned char)*q >= 128 || *q == '\n')
			return false;
	if (ere_weight(ere) > ERE_WEIGHT_MAX)
		return false;
	p->insn = xcalloc(DFA_INSNS, sizeof(*p->insn));
	match = insn(&c, DFA_MATCH, -1);
	p->start = alternatives(&c, ere, end, match);
	if (c.bad) {
		free(p->insn);
		p->insn = NULL;
	}
	return !c.bad;
}
