/*
 * batch_ids.c - which requests of a batch there are, and how far each is.
 *
 * Entries lie in an array; a table with open addressing leads to them.
 */
#include "gate/batch_ids.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>

#include "base/err.h"
#include "base/mem.h"

#define MOST	((size_t)1 << 31)

struct batch_key
batch_key(char space, const void *p, size_t n)
{
	uint8_t sum[SHA256_DIGEST_LENGTH];
	struct batch_key key = { { 0, 0 } };
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)&space, 1);
	SHA256Update(&ctx, p, n);
	SHA256Final(sum, &ctx);
	for (size_t i = 0; i < 16; i++)
		key.h[i / 8] = key.h[i / 8] << 8 | sum[i];
	return key;
}

bool
batch_in_shard(struct batch_key key, unsigned k, unsigned n)
{
	return n <= 1 || key.h[0] % n == k - 1;
}

void
batch_ids_free(struct batch_ids *t)
{
	free(t->e);
	free(t->slot);
	memset(t, 0, sizeof(*t));
}

static bool
same(struct batch_key a, struct batch_key b)
{
	return a.h[0] == b.h[0] && a.h[1] == b.h[1];
}

/* The slot where key is, or where it belongs. */
static size_t
seek(const struct batch_ids *t, struct batch_key key)
{
	size_t i = (size_t)key.h[1] & (t->nslot - 1);

	while (t->slot[i] != 0 && !same(t->e[t->slot[i] - 1].key, key))
		i = (i + 1) & (t->nslot - 1);
	return i;
}

static void
grow(struct batch_ids *t)
{
	if (t->n == t->cap) {
		t->cap += t->cap / 2 + 256;
		t->e = xreallocarray(t->e, t->cap, sizeof(*t->e));
	}
	if (t->n * 4 < t->nslot * 3)
		return;
	free(t->slot);
	t->nslot = t->nslot == 0 ? 1024 : t->nslot * 2;
	t->slot = xcalloc(t->nslot, sizeof(*t->slot));
	for (size_t i = 0; i < t->n; i++)
		t->slot[seek(t, t->e[i].key)] = (uint32_t)i + 1;
}

int64_t
batch_ids_add(struct batch_ids *t, struct batch_key key)
{
	size_t i;

	BUG(t->n >= MOST);
	grow(t);
	i = seek(t, key);
	if (t->slot[i] != 0)
		return -1;
	t->e[t->n] = (struct batch_entry){ .key = key };
	t->slot[i] = (uint32_t)++t->n;
	return (int64_t)t->n - 1;
}

struct batch_entry *
batch_ids_find(struct batch_ids *t, struct batch_key key)
{
	size_t i;

	if (t->nslot == 0)
		return NULL;
	i = seek(t, key);
	return t->slot[i] != 0 ? &t->e[t->slot[i] - 1] : NULL;
}
