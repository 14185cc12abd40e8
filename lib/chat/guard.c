/*
 * guard.c - notice a model that goes in circles.
 */
#include "chat/guard.h"

#include "base/buf.h"
#include "core/ids.h"

#include <string.h>

void
guard_reset(struct guard *g)
{
	g->n = g->next = 0;
}

/* The index of the pair with that hash; g->n when it is new. */
static size_t
find(const struct guard *g, const char *hash)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (strcmp(g->seen[i].hash, hash) == 0)
			break;
	return i;
}

static void
remember(struct guard *g, const char *hash)
{
	size_t i = g->next;

	g->next = (g->next + 1) % GUARD_MAX;
	if (g->n < GUARD_MAX)
		g->n++;
	for (size_t k = 0; k < g->n; k++)
		g->seen[k].count = 0;
	memcpy(g->seen[i].hash, hash, sizeof(g->seen[i].hash));
	g->seen[i].count = 1;
}

enum guard_verdict
guard_add(struct guard *g, const char *name, const char *args,
    size_t args_len, const char *result, size_t len)
{
	struct buf b = BUF_INIT;
	char hash[65];
	size_t i;
	int count;

	/* The lengths keep the three parts apart. */
	buf_addf(&b, "%zu %zu %s ", strlen(name), args_len, name);
	buf_add(&b, args, args_len);
	buf_add(&b, result, len);
	ids_sha256(hash, b.data, b.len);
	buf_free(&b);

	i = find(g, hash);
	if (i == g->n) {
		remember(g, hash);
		return GUARD_FINE;
	}
	count = ++g->seen[i].count;
	if (count >= GUARD_STOP)
		return GUARD_END;
	return count >= GUARD_HINT ? GUARD_TELL : GUARD_FINE;
}
