/* Ignore files and the names they are asked about: the first line of the
 * input is a path, the rest an ignore file.  Nothing runs away, and a file
 * of comments leaves nothing out. */
#include "base/mem.h"
#include "sys/ignore.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Makes the line at p, which may be empty at the end, a comment. */
static void
comment(char *p)
{
	if (*p != '\0')
		*p = '#';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ignore g = IGNORE_INIT, none = IGNORE_INIT;
	char *text = xmemdup((const char *)data, n);
	char *rest = strchr(text, '\n');

	if (rest != NULL) {
		*rest++ = '\0';
		ignore_add(&g, "", rest, strlen(rest));
		ignore_has(&g, text, false);
		ignore_has(&g, text, true);
		comment(rest);
		for (char *p = rest; (p = strchr(p, '\n')) != NULL;)
			comment(++p);
		ignore_add(&none, "", rest, strlen(rest));
		if (ignore_has(&none, text, true))
			abort();
	}
	ignore_free(&g);
	ignore_free(&none);
	free(text);
	return 0;
}
