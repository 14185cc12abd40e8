/* Command lines: whatever they are, they are read to their end in bounded
 * work, and every word and every pair of words can be looked at. */
#include "base/mem.h"
#include "policy/shparse.h"
#include "policy/word.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
word(const char *code, const char *other)
{
	char *path = word_path(code, "/w"), *text = word_text(code);
	char *more = word_path(other, "/w");

	word_unknown(code);
	word_meets(other, code);
	/* A word always becomes what it is itself, as far as it is known. */
	if (!word_unknown(code) && strlen(code) < 1000 &&
	    !word_meets(code, code))
		abort();
	if (path != NULL && more != NULL)
		word_meets_path(more, path);
	if (path != NULL && *path != '/')
		abort();
	free(path);
	free(more);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *copy = xmemdup(data, n), *out = NULL;
	struct sh *sh = sh_parse(copy, n, "/home/u", "/w");
	const char *last = "";

	if (sh->n > 3000)
		abort();
	for (size_t i = 0; i < sh->n && i < 100; i++) {
		const struct sh_cmd *c = &sh->cmd[i];

		free(sh_name(c));
		for (size_t k = 0; k < c->n && k < 50; k++) {
			if (c->argv[k].to > sh->n)
				abort();
			word(c->argv[k].code, last);
			last = c->argv[k].code;
		}
		for (size_t k = 0; k < c->nredir; k++)
			word(c->redir[k].word.code, last);
		sh_output(c, &out);
		free(out);
		out = NULL;
	}
	for (size_t k = 0; k < sh->nfeed; k++)
		if (sh->feed[k].from1 > sh->n || sh->feed[k].to1 > sh->n)
			abort();
	sh_free(sh);
	free(copy);
	return 0;
}
