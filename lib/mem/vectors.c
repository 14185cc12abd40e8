/*
 * vectors.c - nearness of meaning: vectors beside the memories.
 */
#include "mem/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The compiler makes the loop wide; which of its forms is taken is found out
 * when the program starts, by a kind of symbol that only the GNU C library
 * resolves. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define WIDE	__attribute__((optimize("O3"), \
    target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE
#endif

#define SPREAD	0.3f	/* of the nearness of what is worth something */

bool
vectors_unit(float *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)v[i] * v[i];
	if (!(sum > 1e-20) || !isfinite(sum))
		return false;
	for (size_t i = 0; i < n; i++)
		v[i] = (float)(v[i] / sqrt(sum));
	return true;
}

float
vectors_pack(const float *v, size_t n, int8_t *out)
{
	float most = 0;

	for (size_t i = 0; i < n; i++)
		if (fabsf(v[i]) > most)
			most = fabsf(v[i]);
	for (size_t i = 0; i < n; i++)
		out[i] = most > 0 ? (int8_t)lrintf(v[i] / most * 127) : 0;
	return most / 127;
}

WIDE int32_t
vectors_dot(const int8_t *a, const int8_t *b, size_t n)
{
	int32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (int32_t)a[i] * b[i];
	return sum;
}

/* ---- models ---- */

int
vectors_model(struct store *s, const char *name, int64_t dims, bool make,
    int64_t *id, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT id, dims FROM model"
	    " WHERE name = ?", "s", name);
	int rc = st != NULL ? db_step(st, e) : -1;
	int64_t old;

	if (rc == -1)
		return -1;
	if (rc == 1) {
		*id = db_int(st, 0);
		old = db_int(st, 1);
		db_done(st);
		if (old == dims)
			return 1;
		if (!make)
			return 0;
		/* The same name with another size: another model. */
		if (vectors_flush(s, e) == -1 ||
		    db_run(s->db, e, "DELETE FROM vector WHERE model = ?",
		    "i", *id) == -1 || db_run(s->db, e, "DELETE FROM"
		    " vector_block WHERE model = ?", "i", *id) == -1 ||
		    db_run(s->db, e, "DELETE FROM model WHERE id = ?", "i",
		    *id) == -1)
			return -1;
	}
	if (!make)
		return 0;
	if (db_run(s->db, e, "INSERT INTO model(name, dims) VALUES(?, ?)",
	    "si", name, dims) == -1)
		return -1;
	*id = db_last_id(s->db);
	return 1;
}

/* ---- rows ---- */

/*
 * The numbers of a vector as they are kept: the scale, then each as 16 bits of
 * it.  That is 0.00002 off at most, half the size of floats, and lets a
 * million of them be mapped.
 */
static char *
pack_row(const float *v, size_t n, size_t *size)
{
	float most = 0, scale;
	char *row;

	for (size_t i = 0; i < n; i++)
		if (fabsf(v[i]) > most)
			most = fabsf(v[i]);
	scale = most / INT16_MAX;
	*size = sizeof(scale) + n * sizeof(int16_t);
	row = xmalloc(*size);
	memcpy(row, &scale, sizeof(scale));
	for (size_t i = 0; i < n; i++) {
		int16_t x = scale > 0 ? (int16_t)lrintf(v[i] / scale) : 0;

		memcpy(row + sizeof(scale) + i * sizeof(x), &x, sizeof(x));
	}
	return row;
}

/* How near a row of size bytes is to v. */
static float
dot_row(const char *row, size_t size, const float *v, size_t n)
{
	float sum = 0, scale, f;
	int16_t x;

	/* Files of before have floats. */
	if (size == n * sizeof(f)) {
		for (size_t i = 0; i < n; i++) {
			memcpy(&f, row + i * sizeof(f), sizeof(f));
			sum += f * v[i];
		}
		return sum;
	}
	if (size != sizeof(scale) + n * sizeof(x))
		return -1;
	memcpy(&scale, row, sizeof(scale));
	for (size_t i = 0; i < n; i++) {
		memcpy(&x, row + sizeof(scale) + i * sizeof(x), sizeof(x));
		sum += (float)x * v[i];
	}
	return sum * scale;
}

/* ---- blocks ---- */

/* A place of a block: its scale, then its bytes. */
static size_t
place_size(size_t dims)
{
	return sizeof(float) + dims;
}

int
vectors_flush(struct store *s, struct err *e)
{
	int rc;

	if (s->block.data == NULL)
		return 0;
	rc = db_run(s->db, e, "INSERT OR REPLACE INTO vector_block(ns, model,"
	    " lo, data) VALUES(?, ?, ?, ?)", "iiib", s->block.ns,
	    s->block.model, s->block.lo, (const void *)s->block.data,
	    s->block.size);
	free(s->block.data);
	s->block.data = NULL;
	return rc;
}

/* Make the block of a memory the one that is being changed. */
static int
take_block(struct store *s, int64_t ns, int64_t model, int64_t lo,
    size_t size, struct err *e)
{
	struct db_stmt *st;
	const void *old;
	size_t n;
	int rc;

	if (s->block.data != NULL && s->block.ns == ns && s->block.model ==
	    model && s->block.lo == lo && s->block.size == size)
		return 0;
	if (vectors_flush(s, e) == -1)
		return -1;
	st = db_query(s->db, e, "SELECT data FROM vector_block WHERE ns = ?"
	    " AND model = ? AND lo = ?", "iii", ns, model, lo);
	rc = st != NULL ? db_step(st, e) : -1;
	if (rc == -1)
		return -1;
	s->block.ns = ns;
	s->block.model = model;
	s->block.lo = lo;
	s->block.size = size;
	s->block.data = xcalloc(1, size);
	if (rc == 1) {
		old = db_blob(st, 0, &n);
		if (n == size)
			memcpy(s->block.data, old, n);
		db_done(st);
	}
	return 0;
}

/* Write one place of the block of a memory; scale 0 empties it. */
static int
write_place(struct store *s, int64_t row, int64_t model, float scale,
    const int8_t *bytes, size_t dims, struct err *e)
{
	int64_t lo = ITEM_SEQ(row) / VECTORS_BLOCK * VECTORS_BLOCK;
	size_t size = place_size(dims);
	char *at;

	if (take_block(s, ITEM_NS(row), model, lo, VECTORS_BLOCK * size,
	    e) == -1)
		return -1;
	at = s->block.data + (ITEM_SEQ(row) - (uint32_t)lo) * size;
	memset(at, 0, size);
	memcpy(at, &scale, sizeof(scale));
	if (bytes != NULL)
		memcpy(at + sizeof(scale), bytes, dims);
	return 0;
}

int
vectors_put(struct store *s, int64_t row, int64_t model, float *v,
    size_t dims, int64_t digest, struct err *e)
{
	int8_t *bytes;
	char *kept;
	float scale;
	size_t size;
	int rc;

	if (!vectors_unit(v, dims))
		return 0;
	kept = pack_row(v, dims, &size);
	bytes = xmalloc(dims);
	scale = vectors_pack(v, dims, bytes);
	rc = db_run(s->db, e, "INSERT OR REPLACE INTO vector(memory, model,"
	    " digest, data) VALUES(?, ?, ?, ?)", "iiib", row, model, digest,
	    (const void *)kept, size);
	free(kept);
	if (rc == 0)
		rc = write_place(s, row, model, scale, bytes, dims, e);
	free(bytes);
	return rc;
}

int
vectors_drop(struct store *s, int64_t row, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT v.model, m.dims FROM"
	    " vector v JOIN model m ON m.id = v.model WHERE v.memory = ?",
	    "i", row);
	int rc = st != NULL ? db_step(st, e) : -1;
	int64_t model, dims;

	if (rc != 1)
		return rc;
	model = db_int(st, 0);
	dims = db_int(st, 1);
	db_done(st);
	if (dims < 1 || dims > VECTORS_DIMS)
		return err_set(e, ERR_DATA, "%s: vectors of %lld numbers",
		    s->path, (long long)dims);
	if (write_place(s, row, model, 0, NULL, (size_t)dims, e) == -1)
		return -1;
	return db_run(s->db, e, "DELETE FROM vector WHERE memory = ?", "i",
	    row);
}

/* ---- search ---- */

struct best {
	struct rank_near v[VECTORS_BEST];
	size_t		 n;
};

/* The least near is v[0]: a heap. */
static void
offer(struct best *b, int64_t row, float near)
{
	size_t i;

	if (b->n < VECTORS_BEST) {
		i = b->n++;
		for (; i > 0 && b->v[(i - 1) / 2].near > near; i = (i - 1) / 2)
			b->v[i] = b->v[(i - 1) / 2];
	} else if (near <= b->v[0].near) {
		return;
	} else {
		for (i = 0;;) {
			size_t c = 2 * i + 1;

			if (c >= b->n)
				break;
			if (c + 1 < b->n && b->v[c + 1].near < b->v[c].near)
				c++;
			if (b->v[c].near >= near)
				break;
			b->v[i] = b->v[c];
			i = c;
		}
	}
	b->v[i] = (struct rank_near){ row, near };
}

static void
scan_block(struct best *b, int64_t base, const char *p, const int8_t *want,
    size_t dims)
{
	size_t size = place_size(dims);

	for (size_t i = 0; i < VECTORS_BLOCK; i++, p += size) {
		float scale;

		memcpy(&scale, p, sizeof(scale));
		if (scale > 0)
			offer(b, base + (int64_t)i, scale * (float)
			    vectors_dot(want, (const int8_t *)p +
			    sizeof(scale), dims));
	}
}

/* The nearness again, by the floats. */
static int
weigh(struct store *s, struct rank_near *near, const float *v, size_t dims,
    struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT data FROM vector"
	    " WHERE memory = ?", "i", near->row);
	int rc = st != NULL ? db_step(st, e) : -1;
	const char *p;
	size_t n;

	near->near = -1;
	if (rc != 1)
		return rc;
	p = db_blob(st, 0, &n);
	near->near = dot_row(p, n, v, dims);
	db_done(st);
	return 0;
}

int
vectors_near(struct store *s, int64_t ns, int64_t model, float *v,
    size_t dims, struct rank *r, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT lo, data FROM"
	    " vector_block WHERE ns = ? AND model = ?", "ii", ns, model);
	struct best b = { .n = 0 };
	int8_t *want;
	int rc = -1;

	if (!vectors_unit(v, dims))
		return 0;
	want = xmalloc(dims);
	vectors_pack(v, dims, want);
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		size_t n;
		const char *p = db_blob(st, 1, &n);

		if (n == VECTORS_BLOCK * place_size(dims))
			scan_block(&b, ns << ITEM_NS_SHIFT | db_int(st, 0), p,
			    want, dims);
	}
	free(want);
	for (size_t i = 0; rc == 0 && i < b.n; i++)
		rc = weigh(s, &b.v[i], v, dims, e);
	if (rc == -1 || b.n == 0)
		return rc;
	r->near = xreallocarray(r->near, r->nnear + b.n, sizeof(*r->near));
	memcpy(r->near + r->nnear, b.v, b.n * sizeof(*b.v));
	r->nnear += b.n;
	return 0;
}

static int
by_row(const void *a, const void *b)
{
	const struct rank_near *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

void
vectors_settle(struct rank *r)
{
	float least = 1, most = -1;

	for (size_t i = 0; i < r->nnear; i++) {
		if (r->near[i].near < least)
			least = r->near[i].near;
		if (r->near[i].near > most)
			most = r->near[i].near;
	}
	/* A few that are all near are not far from each other. */
	if (least > most - SPREAD)
		least = most - SPREAD;
	for (size_t i = 0; i < r->nnear; i++)
		r->near[i].near = (r->near[i].near - least) /
		    (most - least + 0.05f);
	if (r->nnear > 1)
		qsort(r->near, r->nnear, sizeof(*r->near), by_row);
}
