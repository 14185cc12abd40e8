/* A diff says what changed: known ones, and random texts put together again
 * from what it says. */
#include "base/diff.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

static void
shows(const char *a, const char *b, const char *want)
{
	struct buf out = BUF_INIT;

	is_int((long long)diff_unified(&out, a, strlen(a), b, strlen(b),
	    SIZE_MAX), 0, "nothing is left out");
	is_str(buf_str(&out), want, "the diff");
	buf_free(&out);
}

/* The text that the hunks make of a; false when they do not fit it. */
static bool
patch(const char *a, const char *diff, struct buf *out)
{
	size_t line = 1;

	while (*diff != '\0') {
		const char *nl = strchr(diff, '\n');
		size_t from, count, n;

		if (sscanf(diff, "@@ -%zu,%zu", &from, &count) == 2) {
			for (; line < from + (count == 0); line++) {
				const char *e = strchr(a, '\n');

				buf_add(out, a, (size_t)(e - a) + 1);
				a = e + 1;
			}
			diff = nl + 1;
			continue;
		}
		n = (size_t)(nl - diff);	/* sign and line, no LF */
		if (nl[1] != '\\')
			n++;
		if (*diff != '+') {
			if (strncmp(a, diff + 1, n - 1) != 0)
				return false;
			a += n - 1;
			line++;
		}
		if (*diff != '-')
			buf_add(out, diff + 1, n - 1);
		diff = nl + 1;
		if (*diff == '\\')
			diff = strchr(diff, '\n') + 1;
	}
	buf_adds(out, a);
	return true;
}

/* Lines of few kinds, so that many are the same. */
static void
random_text(struct buf *b, int lines, int kinds)
{
	for (int i = 0; i < lines; i++)
		buf_addf(b, "%c%s", 'a' + rand() % kinds,
		    i + 1 == lines && rand() % 3 == 0 ? "" : "\n");
}

static bool
round_trip(int lines, int kinds)
{
	struct buf a = BUF_INIT, b = BUF_INIT, d = BUF_INIT, got = BUF_INIT;
	bool same;

	random_text(&a, rand() % lines, kinds);
	random_text(&b, rand() % lines, kinds);
	diff_unified(&d, buf_str(&a), a.len, buf_str(&b), b.len, SIZE_MAX);
	same = patch(buf_str(&a), buf_str(&d), &got) &&
	    strcmp(buf_str(&got), buf_str(&b)) == 0;
	if (!same)
		printf("# %s--\n%s--\n%s", buf_str(&a), buf_str(&b),
		    buf_str(&d));
	buf_free(&a);
	buf_free(&b);
	buf_free(&d);
	buf_free(&got);
	return same;
}

int
main(void)
{
	struct buf out = BUF_INIT;
	int bad = 0;

	shows("a\nb\n", "a\nb\n", "");
	shows("", "x\ny\n", "@@ -0,0 +1,2 @@\n+x\n+y\n");
	shows("x\n", "", "@@ -1,1 +0,0 @@\n-x\n");
	shows("x", "x\n", "@@ -1,1 +1,1 @@\n-x\n"
	    "\\ No newline at end of file\n+x\n");
	shows("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
	    "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	shows("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
	    "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
	    "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
	srand(1);
	for (int i = 0; i < 3000; i++)
		bad += !round_trip(2 + i / 100, 2 + i % 5);
	is_int(bad, 0, "every text is made again from its diff");
	/* More changes than are told apart. */
	for (int i = 0; i < 5; i++)
		bad += !round_trip(3000, 25);
	is_int(bad, 0, "also when all of it changed");
	is_int((long long)diff_unified(&out, "", 0, "1\n2\n3\n4\n", 8, 20),
	    3, "what is too long is counted");
	is_str(buf_str(&out), "@@ -0,0 +1,4 @@\n+1\n", "and cut at a line");
	buf_free(&out);
	return done_testing();
}
