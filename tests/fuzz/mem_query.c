/* Any bytes as a question: its words, dates and phrases are in bounds, and
 * the same bytes always mean the same. */
#include "mem/cue.h"
#include "mem/query.h"

#include "base/buf.h"
#include "mem/when.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct query q, again;
	const char *p = (const char *)data;
	struct buf flat = BUF_INIT;

	query_parse(&q, p, n, 19000);
	query_parse(&again, p, n, 19000);
	if (q.nterms > QUERY_TERMS || q.ndates > QUERY_DATES ||
	    q.nphrases > QUERY_PHRASES || q.nterms != again.nterms ||
	    q.ndates != again.ndates || q.nphrases != again.nphrases)
		abort();
	for (size_t i = 0; i < q.nterms; i++)
		if (q.terms[i].term[0] == '\0' ||
		    strlen(q.terms[i].term) > TEXT_WORD_MAX ||
		    strcmp(q.terms[i].term, again.terms[i].term) != 0)
			abort();
	for (size_t i = 0; i < q.nphrases; i++)
		if (strlen(q.phrases[i]) < 3)
			abort();
	if ((cue_told(~0u, p, n, NULL, 0) & ~63u) != 0 || q.asks !=
	    again.asks)
		abort();
	query_flat(p, n, &flat);
	buf_free(&flat);
	when_stamp(p, n);
	query_free(&q);
	query_free(&again);
	return 0;
}
