/*
 * sums.c - the points of the memories that a question hits.
 */
#include "mem/sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
sums_free(struct sums *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

static size_t
place(const struct sums *s, uint32_t seq)
{
	size_t i = (size_t)(seq * 2654435769u) & (s->size - 1);

	while (s->v[i].seq != 0 && s->v[i].seq != seq)
		i = (i + 1) & (s->size - 1);
	return i;
}

const struct sums_one *
sums_find(const struct sums *s, uint32_t seq)
{
	size_t i;

	if (s->size == 0 || seq == 0)
		return NULL;
	i = place(s, seq);
	return s->v[i].seq != 0 ? &s->v[i] : NULL;
}

static void
grow(struct sums *s)
{
	struct sums old = *s;

	s->size = old.size == 0 ? 256 : old.size * 4;
	s->v = xcalloc(s->size, sizeof(*s->v));
	for (size_t i = 0; i < old.size; i++)
		if (old.v[i].seq != 0)
			s->v[place(s, old.v[i].seq)] = old.v[i];
	free(old.v);
}

struct sums_one *
sums_get(struct sums *s, uint32_t seq)
{
	size_t i;

	if (s->n * 2 >= s->size)
		grow(s);
	i = place(s, seq);
	if (s->v[i].seq == 0) {
		s->v[i].seq = seq;
		s->n++;
	}
	return &s->v[i];
}

float
sums_text(const struct sums *s, uint32_t seq)
{
	const struct sums_one *p = sums_find(s, seq);

	return p != NULL ? p->text : 0;
}
