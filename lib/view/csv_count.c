/*
 * csv_count.c - how many records there are, at the speed of memory.
 *
 * Of 64 bytes at a time four masks are made: quotes, delimiters, line ends
 * and CRs.  The running parity of the quotes tells what is within quotes, as
 * long as every quote that opens stands where one may: at the beginning of a
 * field, or doubled.  Where one does not, those 64 bytes are stepped through
 * one by one, so the count is exact for every input.
 */
#include "view/csv.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define BLOCK	64
#define INLINE	static inline __attribute__((always_inline))

struct masks {
	uint64_t quote, delim, eol, cr;
};

void
csv_count_init(struct csv_count *c, char delim, char eol)
{
	*c = (struct csv_count){ .delim = delim, .eol = eol, .fresh = true };
}

/* ---- one byte at a time ---- */

static void
plain(struct csv_count *c, char b)
{
	c->state = CSV_PLAIN;
	if (b == c->eol) {
		c->records++;
		c->fields++;
		c->state = CSV_START;
		c->fresh = true;
	} else if (b == c->delim) {
		c->fields++;
		c->state = CSV_START;
	}
}

static void
start(struct csv_count *c, char b)
{
	if (c->fresh && b == c->eol) {
		c->cr = false;
		return;
	}
	if (c->fresh && b == '\r' && !c->cr) {
		c->cr = true;
		return;
	}
	c->fresh = false;
	if (b == '"' && !c->cr)
		c->state = CSV_QUOTED;
	else
		plain(c, b);
	c->cr = false;
}

static void
step(struct csv_count *c, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++) {
		switch (c->state) {
		case CSV_START:
			start(c, *p);
			break;
		case CSV_PLAIN:
			plain(c, *p);
			break;
		case CSV_QUOTED:
			if (*p == '"')
				c->state = CSV_QUOTE;
			break;
		case CSV_QUOTE:
			if (*p == '"')
				c->state = CSV_QUOTED;
			else
				plain(c, *p);
			break;
		}
	}
}

/* ---- 64 bytes at a time ---- */

#ifdef __x86_64__
INLINE uint64_t
equal(const __m128i v[4], char b)
{
	__m128i want = _mm_set1_epi8(b);
	uint64_t m = 0;

	for (int i = 3; i >= 0; i--)
		m = m << 16 | (uint64_t)(unsigned)_mm_movemask_epi8(
		    _mm_cmpeq_epi8(v[i], want));
	return m;
}

INLINE void
look(const struct csv_count *c, const char *p, struct masks *m)
{
	__m128i v[4];

	for (int i = 0; i < 4; i++)
		v[i] = _mm_loadu_si128((const __m128i *)(const void *)
		    (p + 16 * i));
	m->quote = equal(v, '"');
	m->delim = equal(v, c->delim);
	m->eol = equal(v, c->eol);
	m->cr = equal(v, '\r');
}
#else
/* Bit i is set where byte i of the word is zero. */
static uint64_t
zeros(uint64_t x)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7f;
	uint64_t t = ~(((x & low) + low) | x | low);

	return (t >> 7) * 0x0102040810204080 >> 56;
}

static void
look(const struct csv_count *c, const char *p, struct masks *m)
{
	const uint64_t ones = 0x0101010101010101;

	*m = (struct masks){ 0, 0, 0, 0 };
	for (int i = 0; i < 8; i++) {
		uint64_t w = 0;

		for (int k = 7; k >= 0; k--)	/* a plain load, mostly */
			w = w << 8 | (unsigned char)p[8 * i + k];
		m->quote |= zeros(w ^ ones * '"') << 8 * i;
		m->delim |= zeros(w ^ ones * (unsigned char)c->delim) <<
		    8 * i;
		m->eol |= zeros(w ^ ones * (unsigned char)c->eol) << 8 * i;
		m->cr |= zeros(w ^ ones * '\r') << 8 * i;
	}
}
#endif

/* Bit i: the number of bits set up to and with i is odd. */
static uint64_t
parity(uint64_t m)
{
	for (int i = 1; i < 64; i *= 2)
		m ^= m << i;
	return m;
}

INLINE unsigned
ones(uint64_t m)
{
	return (unsigned)__builtin_popcountll(m);
}

/* The state behind the last byte, from its bits. */
INLINE void
leave(struct csv_count *c, const struct masks *m, uint64_t inside,
    uint64_t blank_cr)
{
	const uint64_t last = 1ULL << 63;

	c->fresh = ((m->eol | blank_cr) & last) != 0;
	c->cr = (blank_cr & last) != 0;
	if (inside & last)
		c->state = CSV_QUOTED;
	else if (m->quote & last)
		c->state = CSV_QUOTE;
	else if ((m->delim & last) != 0 || c->fresh)
		c->state = CSV_START;
	else
		c->state = CSV_PLAIN;
}

/* A block, of which m are the masks; odd is parity(m.quote).  False when it
 * has to be stepped through.  Inline, so that *c is in registers. */
INLINE bool
block(struct csv_count *c, struct masks m, uint64_t odd)
{
	uint64_t inside = c->state == CSV_QUOTED ? ~odd : odd;
	uint64_t first = c->state == CSV_START && c->fresh && !c->cr;
	uint64_t after_cr = c->state == CSV_START && c->fresh && c->cr;
	uint64_t may = (c->state == CSV_START && !c->cr) ||
	    c->state == CSV_QUOTE;
	uint64_t line, blank_cr, blank;

	m.delim &= ~inside;
	m.eol &= ~inside;
	/* Every quote that opens: behind a separator, or a quote. */
	may |= (m.delim | m.eol | m.quote) << 1;
	if ((m.quote & inside & ~may) != 0)
		return false;
	line = m.eol << 1 | first;	/* first bytes of lines */
	blank_cr = c->eol != '\r' ? m.cr & line & ~inside : 0;
	blank = m.eol & (line | blank_cr << 1 | after_cr);
	c->records += ones(m.eol & ~blank);
	c->fields += ones(m.delim) + ones(m.eol & ~blank);
	leave(c, &m, inside, blank_cr);
	return true;
}

static void
blocks(struct csv_count *c, const char *p, size_t n)
{
	struct csv_count k = *c;

	for (; n >= BLOCK; p += BLOCK, n -= BLOCK) {
		struct masks m;

		look(&k, p, &m);
		if (block(&k, m, m.quote != 0 ? parity(m.quote) : 0))
			continue;
		*c = k;
		step(c, p, BLOCK);
		k = *c;
	}
	*c = k;
}

#ifdef __x86_64__
/* The same with what most processors of the last ten years have. */
#define MODERN	__attribute__((target("avx2,pclmul,popcnt")))

MODERN static inline uint64_t
equal_modern(__m256i low, __m256i high, char b)
{
	__m256i want = _mm256_set1_epi8(b);

	return (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
	    high, want)) << 32 | (unsigned)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(low, want));
}

MODERN static void
blocks_modern(struct csv_count *c, const char *p, size_t n)
{
	struct csv_count k = *c;

	for (; n >= BLOCK; p += BLOCK, n -= BLOCK) {
		const __m256i *at = (const __m256i *)(const void *)p;
		__m256i low = _mm256_loadu_si256(at);
		__m256i high = _mm256_loadu_si256(at + 1);
		struct masks m = {
			.quote = equal_modern(low, high, '"'),
			.delim = equal_modern(low, high, k.delim),
			.eol = equal_modern(low, high, k.eol),
			.cr = equal_modern(low, high, '\r'),
		};

		if (block(&k, m, (uint64_t)_mm_cvtsi128_si64(
		    _mm_clmulepi64_si128(_mm_set_epi64x(0,
		    (long long)m.quote), _mm_set1_epi8(-1), 0))))
			continue;
		*c = k;
		step(c, p, BLOCK);
		k = *c;
	}
	*c = k;
}

static bool
is_modern(void)
{
	return __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("pclmul") &&
	    __builtin_cpu_supports("popcnt");
}
#else
#define blocks_modern	blocks
#define is_modern()	false
#endif

void
csv_count_feed(struct csv_count *c, const char *p, size_t n)
{
	size_t whole = n - n % BLOCK;

	if (is_modern())
		blocks_modern(c, p, whole);
	else
		blocks(c, p, whole);
	step(c, p + whole, n - whole);
}

void
csv_count_end(struct csv_count *c)
{
	if (c->fresh)
		return;
	c->records++;
	c->fields++;
	c->fresh = true;
	c->state = CSV_START;
}
