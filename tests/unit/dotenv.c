/*
 * The text of .env files: what counts as a pair, and what is refused.
 */
#include "base/dotenv.h"
#include "tap.h"

#include <string.h>

static const struct {
	const char *text, *want;	/* pairs joined by |; !: refused */
} table[] = {
	{ "", "" },
	{ "A=b", "A=b" },
	{ "A=b\n", "A=b" },
	{ "A=b\r\nC=d\r\n", "A=b|C=d" },
	{ "\xef\xbb\xbf" "A=b\n", "A=b" },
	{ "# no\n\n  \t\n  # no\nA=b", "A=b" },
	{ "export A=b\nexport\tB=c", "A=b|B=c" },
	{ "exportA=b", "exportA=b" },
	{ "A = b c  \n", "A=b c" },
	{ "A=b # c", "A=b" },
	{ "A=b#c", "A=b#c" },
	{ "A=#c", "A=" },
	{ "A=", "A=" },
	{ "A='b # \"c\\n'", "A=b # \"c\\n" },
	{ "A=\"b # 'c'\" # d", "A=b # 'c'" },
	{ "A=\"b\\nc\\t\\\"\\\\\\$d\\x\"", "A=b\nc\t\"\\$d\\x" },
	{ "A='b\nc'\nD=e", "A=b\nc|D=e" },
	{ "A=$B ${C} `d`", "A=$B ${C} `d`" },
	{ "A=b=c", "A=b=c" },
	{ "A=1\nA=2", "A=1|A=2" },
	{ "_a1=x", "_a1=x" },
	{ "1A=x", "!line 1: expected NAME=VALUE" },
	{ "A=b\nnonsense\n", "!line 2: expected NAME=VALUE" },
	{ "A-B=c", "!line 1: expected NAME=VALUE" },
	{ "=c", "!line 1: expected NAME=VALUE" },
	{ "A=\"b", "!line 1: a quote without its end" },
	{ "A='b\nc\n", "!line 1: a quote without its end" },
	{ "\nA=\"b\" c", "!line 2: text behind the value" },
	{ "A='b\nc'\nD", "!line 3: expected NAME=VALUE" },
	{ "A=\"b\\", "!line 1: a quote without its end" },
};

static void
join(char *out, size_t size, const char *p, size_t n)
{
	struct vec v = VEC_INIT;
	struct err e = ERR_INIT;
	int rc = dotenv_parse(p, n, &v, &e);

	*out = '\0';
	if (rc == -1)
		snprintf(out, size, "!%s", e.msg);
	for (size_t i = 0; rc == 0 && i < v.n; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s",
		    i > 0 ? "|" : "", v.v[i]);
	vec_free(&v);
}

int
main(void)
{
	char got[512], label[32];

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		join(got, sizeof got, table[i].text, strlen(table[i].text));
		snprintf(label, sizeof label, "case %zu", i);
		is_str(got, table[i].want, label);
	}
	join(got, sizeof got, "A=b\0c", 5);
	is_str(got, "!line 1: not a text", "a NUL");
	return done_testing();
}
