/* How fast the nearest of many vectors are found in the file, beside what the
 * memory of this machine gives: MEM_VECTORS (100000) of 384 numbers.  With a
 * file of memories and a model as operands, the first of them in the namespace
 * n get them and keep them.  MEM_FLOATS=FILE: a database with the same floats
 * as blobs in a table f(id, data), for others to read. */
#include "mem/rank.h"
#include "mem/store.h"
#include "mem/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#define DIMS	384
#define ROUNDS	9
#define EACH	50000	/* in a transaction */

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
random_vector(float *v, unsigned *seed)
{
	for (int i = 0; i < DIMS; i++) {
		*seed = *seed * 1103515245 + 12345;
		v[i] = (float)((int)(*seed >> 16 & 1023) - 512);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Reading as many bytes as there are, from memory. */
static double
bandwidth(size_t n)
{
	int64_t *p = malloc(n), sum = 0;
	double t, best = 1e9;

	memset(p, 1, n);
	for (int r = 0; r < 3; r++) {
		t = now();
		for (size_t i = 0; i < n / 8; i++)
			sum += p[i];
		t = now() - t;
		best = t < best ? t : best;
	}
	free(p);
	return sum == 0 ? 0 : best;
}

/* The same vectors once more, as plain floats. */
static int
plain(const char *path, long n)
{
	unsigned seed = 1;
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	float v[DIMS];
	int rc = sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db,
	    "CREATE TABLE f(id INTEGER PRIMARY KEY, data BLOB); BEGIN",
	    NULL, NULL, NULL) != SQLITE_OK || sqlite3_prepare_v2(db,
	    "INSERT INTO f(data) VALUES(?)", -1, &st, NULL) != SQLITE_OK;

	for (long i = 0; rc == 0 && i < n; i++) {
		random_vector(v, &seed);
		sqlite3_bind_blob(st, 1, v, sizeof(v), SQLITE_STATIC);
		rc = sqlite3_step(st) != SQLITE_DONE;
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	if (rc == 0)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) !=
		    SQLITE_OK;
	sqlite3_close(db);
	return rc == 0 ? 0 : -1;
}

/* Give vectors to the memories 1 to n, in several transactions. */
static int
fill(struct store *s, long n, const char *name, int64_t *model,
    struct err *e)
{
	struct store_ns *ns;
	unsigned seed = 1;
	float v[DIMS];

	db_cache(s->db, 65536, 0);
	for (long i = 1; i <= n; i++) {
		if (i % EACH == 1 && (store_begin(s, e) == -1 ||
		    store_space(s, "n", true, &ns, e) == -1 ||
		    vectors_model(s, name, DIMS, true, model, e) == -1))
			return -1;
		random_vector(v, &seed);
		if (vectors_put(s, ns->id << ITEM_NS_SHIFT | i, *model, v,
		    DIMS, 1, e) == -1)
			return -1;
		if ((i % EACH == 0 || i == n) && store_commit(s, e) == -1)
			return -1;
	}
	return 0;
}

static int
ask(struct store *s, long n, int64_t model, struct err *e)
{
	struct rank r = { .limit = 10 };
	struct store_ns *ns;
	double took[ROUNDS], t, cpu = 0;
	unsigned seed = 99;
	float v[DIMS];

	if (store_space(s, "n", false, &ns, e) != 1)
		return -1;
	db_cache(s->db, 8192, (int64_t)2 << 30);
	for (int i = 0; i < ROUNDS; i++) {
		random_vector(v, &seed);
		t = now();
		cpu -= (double)clock();
		if (vectors_near(s, ns->id, model, v, DIMS, &r, e) == -1)
			return -1;
		cpu += (double)clock();
		took[i] = now() - t;
		r.nnear = 0;
	}
	free(r.near);
	qsort(took, ROUNDS, sizeof(*took), compare);
	printf("mem: nearest of %7ld vectors, int8 and floats again %6s"
	    " %9.1f %-6s %s\n", n, "", took[ROUNDS / 2], "ms", n == 1000000 ?
	    "<= 60" : n == 100000 ? "<= 7" : "");
	printf("%-56s %9.1f %-6s\n", "mem: the same by CPU, mean",
	    cpu / CLOCKS_PER_SEC * 1e3 / ROUNDS, "ms");
	printf("mem: reading as many bytes from memory %18s %9.1f %-6s\n", "",
	    bandwidth((size_t)n * (DIMS + 4)), "ms");
	return 0;
}

int
main(int argc, char **argv)
{
	const char *rows = getenv("MEM_VECTORS");
	long n = rows != NULL ? strtol(rows, NULL, 10) : 100000;
	char dir[] = "/tmp/mem_vectors.XXXXXX", own[64], queue[80];
	const char *path = argc > 1 ? argv[1] : own;
	struct err e = ERR_INIT;
	struct store s;
	int64_t model = 0;
	double t;
	int rc;

	if (n < 1 || (argc < 2 && mkdtemp(dir) == NULL))
		return 2;
	snprintf(own, sizeof(own), "%s/m.db", dir);
	snprintf(queue, sizeof(queue), "%s-queue", own);
	t = now();
	rc = store_open(&s, path, DB_WRITE, &e);
	if (rc == 0)
		rc = fill(&s, n, argc > 2 ? argv[2] : "m", &model, &e);
	store_close(&s);
	t = now() - t;
	printf("%-56s %9.0f %-6s\n", "mem: vectors kept, of 384 numbers",
	    (double)n / t * 1e3, "1/s");
	if (rc == 0)
		rc = store_open(&s, path, DB_READ, &e);
	if (rc == 0) {
		rc = ask(&s, n, model, &e);
		store_close(&s);
	}
	if (rc == 0 && getenv("MEM_FLOATS") != NULL && plain(getenv(
	    "MEM_FLOATS"), n) == -1)
		fprintf(stderr, "mem_vectors: MEM_FLOATS: failed\n");
	if (argc < 2) {
		unlink(own);
		unlink(queue);
		rmdir(dir);
	}
	if (rc == -1)
		fprintf(stderr, "mem_vectors: %s\n", e.msg);
	return rc == -1;
}
