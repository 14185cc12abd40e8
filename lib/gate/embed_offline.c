/*
 * embed_offline.c - vectors without any model, for trying things out.
 */
#include "gate/embed_offline.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* FNV-1a, 64 bit. */
static uint64_t
hash(uint64_t h, unsigned char c)
{
	return (h ^ c) * 1099511628211u;
}

static void
add_word(float *v, uint64_t h)
{
	v[h % EMBED_OFFLINE_DIMS] += h >> 63 ? 1.0f : -1.0f;
}

void
embed_offline(float v[EMBED_OFFLINE_DIMS], const char *p, size_t n)
{
	const uint64_t seed = 14695981039346656037u;
	uint64_t h = seed;
	double sum = 0;

	memset(v, 0, EMBED_OFFLINE_DIMS * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (isalnum(c) || c >= 0x80) {
			h = hash(h, (unsigned char)tolower(c));
		} else if (h != seed) {
			add_word(v, h);
			h = seed;
		}
	}
	if (h != seed)
		add_word(v, h);
	for (int i = 0; i < EMBED_OFFLINE_DIMS; i++)
		sum += (double)v[i] * v[i];
	if (sum == 0)
		sum = v[0] = 1;
	for (int i = 0; i < EMBED_OFFLINE_DIMS; i++)
		v[i] /= (float)sqrt(sum);
}

void
embed_offline_json(struct buf *b, const float v[EMBED_OFFLINE_DIMS])
{
	for (int i = 0; i < EMBED_OFFLINE_DIMS; i++)
		buf_addf(b, "%c%.7g", i > 0 ? ',' : '[', (double)v[i]);
	buf_addc(b, ']');
}
