/* Lists of numbers, the table of points, and what is picked from it. */
#include "mem/dict.h"
#include "mem/pick.h"
#include "mem/post.h"
#include "mem/sums.h"
#include "tap.h"

#include <stdlib.h>

static void
lists(void)
{
	static const uint32_t seqs[] = { 1, 2, 130, 131, 20000, 3000000,
	    400000000, 4294967295u };
	struct buf b = BUF_INIT;
	struct post it;
	uint32_t last = 0;
	size_t n = 0;

	for (size_t i = 0; i < BASE_NITEMS(seqs); i++) {
		post_add(&b, last, seqs[i], (unsigned char)(i * 37));
		last = seqs[i];
	}
	post_begin(&it, b.data, b.len);
	while (post_next(&it) && it.seq == seqs[n] &&
	    it.impact == (unsigned char)(n * 37))
		n++;
	is_int(n, BASE_NITEMS(seqs), "a list is read as it was written");
	/* Cut anywhere it ends early, and never beyond its end. */
	for (size_t cut = 0; cut < b.len; cut++) {
		char *copy = malloc(cut + 1);

		memcpy(copy, b.data, cut);
		post_begin(&it, copy, cut);
		for (n = 0; post_next(&it); n++)
			continue;
		if (n >= BASE_NITEMS(seqs))
			abort();
		free(copy);
	}
	ok(true, "cut anywhere it ends early");
	post_begin(&it, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	ok(!post_next(&it), "bytes that make no sense end it");
	buf_free(&b);

	ok(post_length(post_impact(1, 7)) == 7, "short lengths are exact");
	ok(post_length(post_impact(1, 1000)) > 900 &&
	    post_length(post_impact(1, 1000)) < 1120, "long ones nearly");
	ok(post_length(post_impact(1, 100000000)) > 1500, "and have an end");
	is_int(post_tf(post_impact(3, 5)), 3, "how often it is there");
}

static void
dictionary(void)
{
	struct dict d = DICT_INIT;
	struct dict_entry **v;
	char word[16];

	for (uint32_t seq = 1; seq <= 3000; seq++) {
		snprintf(word, sizeof(word), "w%u", seq % 700);
		dict_note(word, strlen(word), &d);
		dict_note("all", 3, &d);
		dict_note("all", 3, &d);
		dict_add(&d, seq, 3);
	}
	is_int(d.n, 701, "as many terms as there are");
	is_int(dict_get(&d, "all", 3)->df, 3000, "in as many memories");
	is_int(dict_get(&d, "w5", 2)->df, 5, "each");
	v = dict_sorted(&d);
	for (size_t i = 1; i < d.n; i++) {
		size_t n = v[i - 1]->len < v[i]->len ? v[i - 1]->len :
		    v[i]->len;
		int c = memcmp(dict_term(&d, v[i - 1]), dict_term(&d, v[i]),
		    n);

		if (c > 0 || (c == 0 && v[i - 1]->len >= v[i]->len))
			abort();
	}
	ok(true, "sorted");
	free(v);
	dict_free(&d);
}

static void
points(void)
{
	struct score c = { .size = 10000 };
	struct pick k = { .v = NULL };
	bool fine = true;

	for (uint32_t seq = 1; seq < 10000; seq += 7)
		sums_get(&c.sums, seq)->text = (float)(seq % 1000);
	is_int(c.sums.n, 1429, "as many as were put");
	ok(sums_text(&c.sums, 8) == 8 && sums_text(&c.sums, 9) == 0 &&
	    sums_find(&c.sums, 0) == NULL, "each at its place");
	pick_from(&k, &c, 50, 50, false);
	is_int(k.n, 50, "the best are picked");
	for (size_t i = 0; i < k.n; i++)
		fine = fine && k.v[i].first >= 960;
	ok(fine, "and they are the best");
	pick_from(&k, &c, 10, 1000, true);
	pick_sort(&k);
	fine = k.n > 10;
	for (size_t i = 1; i < k.n; i++)
		fine = fine && k.v[i].seq > k.v[i - 1].seq;
	ok(fine, "with those around them, each once");
	pick_free(&k);
	sums_free(&c.sums);
	pick_from(&k, &c, 10, 10, true);
	is_int(k.n, 0, "nothing of nothing");
}

int
main(void)
{
	lists();
	dictionary();
	points();
	return done_testing();
}
