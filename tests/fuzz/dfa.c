/* The automaton against regexec(3): the first byte says whether case counts,
 * the first line is an expression, the rest a text; both find the same lines. */
#include "base/buf.h"
#include "base/dfa.h"
#include "base/ere.h"

#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first line from p on that regexec finds, as dfa_next. */
static char *
by_regexec(const regex_t *re, char *p, char *limit, char **end)
{
	for (; p < limit; p = *end + 1) {
		char *stop, saved;
		int rc;

		*end = memchr(p, '\n', (size_t)(limit - p));
		if (*end == NULL)
			*end = limit;
		stop = *end > p && (*end)[-1] == '\r' ? *end - 1 : *end;
		saved = *stop;
		*stop = '\0';
		rc = regexec(re, p, 0, NULL, 0);
		*stop = saved;
		if (rc == 0)
			return p;
	}
	return NULL;
}

static void
compare(const char *ere, bool icase, char *text, size_t n)
{
	char *p = text, *limit = text + n, *a, *b, *end_a, *end_b;
	struct dfa *d;
	regex_t re;

#ifndef __GLIBC__
	/* Others read a range without case in other ways. */
	if (icase && strchr(ere, '-') != NULL)
		return;
#endif
	if (strlen(ere) > 60 || ere_weight(ere) > 300 || ere_cost(ere, n < 200 ?
	    n : 200) > 1e7 || regcomp(&re, ere, REG_EXTENDED | REG_NOSUB |
	    (icase ? REG_ICASE : 0)) != 0)
		return;
	d = dfa_new(ere, icase);
	while (d != NULL && p < limit) {
		a = by_regexec(&re, p, limit, &end_a);
		b = dfa_next(d, p, limit, &end_b);
		if (a != b || (a != NULL && end_a != end_b)) {
			fprintf(stderr, "%s%s: %td %td in %.200s\n", ere,
			    icase ? " (i)" : "", a ? a - text : -1, b ? b -
			    text : -1, p);
			abort();
		}
		if (a == NULL)
			break;
		p = end_a + 1;
	}
	dfa_free(d);
	regfree(&re);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *nl = n > 1 ? memchr(data + 1, '\n', n - 1) : NULL;
	struct buf ere = BUF_INIT, text = BUF_INIT;
	char *pattern;

	if (nl == NULL)
		return 0;
	pattern = strndup((const char *)data + 1, (size_t)(nl - data - 1));
	ere_translate(&ere, pattern);
	buf_add(&text, nl + 1, n - (size_t)(nl + 1 - data));
	buf_addc(&text, '\0');
	if (text.len <= 600)
		compare(buf_str(&ere), (data[0] & 1) != 0, text.data,
		    text.len - 1);
	free(pattern);
	buf_free(&ere);
	buf_free(&text);
	return 0;
}
