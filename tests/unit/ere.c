/*
 * ere.c - expressions as people write them become POSIX ones, and mean the
 * same; the certain literal of an expression is in every match.
 */
#include "base/ere.h"
#include "tap.h"

#include <regex.h>
#include <stdlib.h>

static const struct {
	const char *from, *to, *literal;
} cases[] = {
	{ "abc", "abc", "abc" },
	{ "", "", "" },
	{ "a.c", "a.c", "a" },
	{ "ab|cd", "ab|cd", "" },
	{ "x(ab|cd)yz", "x(ab|cd)yz", "yz" },
	{ "\\d+\\s*\\w", "[0-9]+[[:space:]]*[A-Za-z0-9_]", "" },
	{ "\\D\\W\\S", "[^0-9][^A-Za-z0-9_][^[:space:]]", "" },
	{ "[\\w.-]+@x", "[A-Za-z0-9_.-]+@x", "@x" },
	{ "[^\\]a]", "[^]a]", "" },
	{ "[a\\-z]", "[az-]", "" },
	{ "[\\^]", "[^^]", "" },
	{ "[]a]b", "[]a]b", "b" },
	{ "[[:alpha:]]_id", "[[:alpha:]]_id", "_id" },
	{ "(?:ab)c", "(ab)c", "c" },
	{ "a.*?b", "a.*b", "a" },
	{ "a\\/b\\-c", "a/b-c", "a/b-c" },
	{ "a\\tb", "a\tb", "a\tb" },
	{ "f() {", "f() \\{", " {" },
	{ "x{2,3}y", "x{2,3}y", "y" },
	{ "x{2}", "x{2}", "" },
	{ "\\$\\{HOME\\}", "\\$\\{HOME\\}", "${HOME}" },
	{ "abc?", "abc?", "ab" },
	{ "abc+d", "abc+d", "abc" },
	{ "caf\xc3\xa9*s", "caf\xc3\xa9*s", "caf" },
	{ "^int main$", "^int main$", "int main" },
	{ "a\\", "a\\", "a" },
	{ "[abc", "[abc", "" },
	{ "(abc", "(abc", "" },
	{ "\\bword\\b", "\\bword\\b", "word" },
};

static const struct {
	const char *re, *text;
	int hit;
} runs[] = {
	{ "^\\s*static\\b", "\tstatic int", 1 },
	{ "[\\d-]+$", "x12-3", 1 },
	{ "^[\\d-]+$", "x12-3", 0 },
	{ "[^\\s]", "  ", 0 },
	{ "if \\(x\\) {$", "if (x) {", 1 },
	{ "^[\\]\\[]+$", "[]", 1 },
	{ "^\\w{3}$", "ab_", 1 },
	{ "^\\w{3}$", "ab-", 0 },
};

/* What regcomp makes of an expression in states, at most. */
static const struct {
	const char *re;
	size_t least, most;
} weights[] = {
	{ "", 0, 0 },
	{ "abc", 3, 3 },
	{ "[a-z]\\.", 2, 2 },
	{ "a{3}", 3, 4 },
	{ "a{3,5}b", 6, 7 },
	{ "(ab|c){10}", 40, 80 },
	{ "((a{255}){255}){255}", 16000000, (size_t)1 << 30 },
	{ "(a{99999999999999999999}){9}", ERE_WEIGHT_MAX + 1, (size_t)1 << 30 },
	{ "((((((a+)+)+)+)+)+)+", 128, 10000 },
	{ "(a*b?)*", 9, 40 },
	{ "a??????++++++", ERE_WEIGHT_MAX + 1, (size_t)1 << 30 },
	{ "a\\{3\\}", 4, 4 },
	{ "[{}]{2", 3, 3 },
	{ ")", 1, 1 },
	{ "(((", 0, 8 },
};

static void
weigh(void)
{
	struct buf deep = BUF_INIT;

	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		size_t w = ere_weight(weights[i].re);

		ok(w >= weights[i].least && w <= weights[i].most,
		    "the weight of %s: %zu", weights[i].re, w);
	}
	for (int i = 0; i < 60000; i++)
		buf_addc(&deep, '(');
	ok(ere_weight(buf_str(&deep)) > ERE_WEIGHT_MAX, "too deep");
	buf_free(&deep);
	ok(ere_cost("^[a-z]+$", 1000000) < 1e8, "anchored: once");
	ok(ere_cost("^(a|b)+$", 1000000) < 1e8, "also with a choice within");
	ok(ere_cost("^a|b", 1000000) > 1e9, "but not one of several");
	ok(ere_cost("(a|b)*a(a|b){100}c$", 10000) > 1e9, "from everywhere");
	ok(ere_cost("^((a|b)*)\\1c", 10000) > 3e8, "what comes again");
	ok(ere_cost("[0-9]", 1000) < 1e7, "an ordinary one");
}

int
main(void)
{
	weigh();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT, lit = BUF_INIT;

		ere_translate(&b, cases[i].from);
		is_str(buf_str(&b), cases[i].to, cases[i].from);
		ere_literal(&lit, buf_str(&b));
		is_str(buf_str(&lit), cases[i].literal, "its literal");
		buf_free(&b);
		buf_free(&lit);
	}
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct buf b = BUF_INIT;
		regex_t r;

		ere_translate(&b, runs[i].re);
		if (ok(regcomp(&r, buf_str(&b), REG_EXTENDED) == 0,
		    "%s compiles", runs[i].re)) {
			is_int(regexec(&r, runs[i].text, 0, NULL, 0) == 0,
			    runs[i].hit, runs[i].text);
			regfree(&r);
		}
		buf_free(&b);
	}
	return done_testing();
}
