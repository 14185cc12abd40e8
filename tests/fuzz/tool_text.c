/* What a command wrote, a path, an expression: whatever the bytes, clean
 * output is valid UTF-8 without controls, cleaning it again changes nothing
 * that is visible, and a literal is in every line that matches. */
#include "base/ere.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sys/beneath.h"
#include "tool/nearest.h"
#include "tool/output.h"
#include "tool/path.h"
#include "tool/result.h"
#include "tool/text.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
output(const char *p, size_t n)
{
	struct buf a = BUF_INIT;

	output_clean(&a, p, n);
	must(utf8_valid(buf_str(&a), a.len));
	for (size_t i = 0; i < a.len; i++)
		must((unsigned char)a.data[i] >= 0x20 || a.data[i] == '\n' ||
		    a.data[i] == '\t');
	if (output_cut(&a, 9, 300))
		must(a.len < 400 && utf8_valid(a.data, a.len));
	buf_free(&a);
}

static void
names(const char *s)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	if (beneath_clean(&a, s) == 0) {
		must(a.len != 0 && a.data[0] != '/');
		must(strstr(buf_str(&a), "//") == NULL);
		must(strcmp(buf_str(&a), "..") != 0 &&
		    strncmp(buf_str(&a), "../", 3) != 0 &&
		    strstr(buf_str(&a), "/../") == NULL);
		must(beneath_clean(&b, buf_str(&a)) == 0);
		must(strcmp(buf_str(&a), buf_str(&b)) == 0);
		path_protected(buf_str(&a));
	}
	buf_free(&a);
	buf_free(&b);
}

/* The first line is the expression, the others are what it is tried on. */
static void
expression(char *s)
{
	struct buf re = BUF_INIT, lit = BUF_INIT;
	char *line = strchr(s, '\n');
	regex_t r;

	if (line != NULL)
		*line++ = '\0';
	if (strlen(s) > 40 || strpbrk(s, "{*+\\") != NULL)
		line = NULL;	/* regexec is not what is tested */
	ere_translate(&re, s);
	ere_literal(&lit, buf_str(&re));
	if (line != NULL && regcomp(&r, buf_str(&re), REG_EXTENDED |
	    REG_NOSUB) == 0) {
		line[strnlen(line, 80)] = '\0';
		if (regexec(&r, line, 0, NULL, 0) == 0)
			must(strstr(line, buf_str(&lit)) != NULL);
		regfree(&r);
	}
	buf_free(&re);
	buf_free(&lit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct buf out = BUF_INIT;
	struct result r;
	char *s;

	if (n > 20000)
		return 0;
	s = xmemdup(p, n);
	output(p, n);
	names(s);
	text_binary(p, n);
	nearest_describe(&out, p, n / 2, p + n / 2, n - n / 2);
	must(utf8_valid(buf_str(&out), out.len));
	result_init(&r);
	result_unpack(&r, p, n);
	result_free(&r);
	expression(s);
	buf_free(&out);
	free(s);
	return 0;
}
