/*
 * index.c - from terms to memories: segments are made, merged, mended.
 */
#include "mem/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mem/dict.h"
#include "mem/lists.h"
#include "mem/post.h"
#include "mem/terms.h"

#define FAN		8	/* segments of a size that become one */
#define WORD_MIN	3	/* bytes of what is kept in the vocabulary */
#define WORD_MAX	40

struct segment {
	int64_t	lo, hi, docs, words;
};

/* ---- segments are written ---- */

/* Whether typing errors are looked for among such terms. */
static bool
in_vocabulary(const char *term, size_t n)
{
	return n >= WORD_MIN && n <= WORD_MAX && (unsigned char)term[0] > ' ';
}

static int
write_lists(struct store *s, int64_t ns, const struct segment *seg,
    struct dict *d, struct err *e)
{
	struct dict_entry **v = dict_sorted(d);
	struct buf words = BUF_INIT;
	char term[TERMS_MAX];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->n; i++) {
		const char *p = dict_term(d, v[i]);
		size_t n = v[i]->len;

		if (v[i]->df == 0 || n >= sizeof(term))
			continue;
		memcpy(term, p, n);
		term[n] = '\0';
		rc = lists_put(s, ns, seg->lo, term, NULL, &v[i]->list,
		    v[i]->df, e);
		if (in_vocabulary(term, n)) {
			buf_add(&words, term, n);
			buf_addc(&words, '\n');
		}
	}
	free(v);
	if (rc == 0)
		rc = db_run(s->db, e, "INSERT INTO vocabulary(ns, lo, words)"
		    " VALUES(?, ?, ?)", "iis", ns, seg->lo, buf_str(&words));
	if (rc == 0)
		rc = db_run(s->db, e, "INSERT INTO segment(ns, lo, hi, docs,"
		    " words) VALUES(?, ?, ?, ?, ?)", "iiiii", ns, seg->lo,
		    seg->hi, seg->docs, seg->words);
	buf_free(&words);
	return rc;
}

/* Up to max memories from lo on into d; seg tells which. */
static int
read_memories(struct store *s, int64_t ns, int64_t lo, int64_t hi,
    int64_t max, struct dict *d, struct segment *seg, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT " ITEM_COLUMNS
	    ITEM_FROM "WHERE m.id >= ? AND m.id < ? ORDER BY m.id LIMIT ?",
	    "iii", ns << ITEM_NS_SHIFT | lo, ns << ITEM_NS_SHIFT | hi, max);
	int rc = -1;

	*seg = (struct segment){ .lo = lo, .hi = hi };
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		struct item it;
		size_t words;

		item_row(&it, st);
		words = terms_of(&it, dict_note, d);
		dict_add(d, ITEM_SEQ(it.row), words);
		seg->docs++;
		seg->words += (int64_t)words;
		seg->hi = ITEM_SEQ(it.row) + 1;
		item_free(&it);
	}
	if (rc == 0 && seg->docs < max)
		seg->hi = hi;
	return rc;
}

static int
delete_segment(struct store *s, int64_t ns, int64_t lo, struct err *e)
{
	if (lists_drop(s, ns, lo, e) == -1 || db_run(s->db, e, "DELETE FROM"
	    " vocabulary WHERE ns = ? AND lo = ?", "ii", ns, lo) == -1)
		return -1;
	return db_run(s->db, e, "DELETE FROM segment WHERE ns = ? AND lo = ?",
	    "ii", ns, lo);
}

/* ---- segments are merged ---- */

/* How large a segment is, in powers of FAN. */
static int
size_class(int64_t docs)
{
	int class = 0;

	for (int64_t n = INDEX_TAIL * FAN; docs >= n; n *= FAN)
		class++;
	return class;
}

static int
gather(const char *term, const void *p, size_t n, void *arg, struct err *e)
{
	(void)e;
	dict_append(arg, term, strlen(term), p, n);
	return 0;
}

static int
merge(struct store *s, int64_t ns, const struct segment *v, size_t n,
    struct err *e)
{
	struct dict d = DICT_INIT;
	struct segment all = { .lo = v[0].lo, .hi = v[n - 1].hi };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		all.docs += v[i].docs;
		all.words += v[i].words;
		rc = lists_each(s, ns, v[i].lo, gather, &d, e);
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = delete_segment(s, ns, v[i].lo, e);
	if (rc == 0)
		rc = write_lists(s, ns, &all, &d, e);
	dict_free(&d);
	return rc;
}

/* The last segments, newest first, up to n; returns how many, or -1. */
static int
last_segments(struct store *s, int64_t ns, struct segment *v, int n,
    struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT lo, hi, docs, words"
	    " FROM segment WHERE ns = ? ORDER BY lo DESC LIMIT ?", "ii", ns,
	    (int64_t)n);
	int rc = -1, k = 0;

	while (st != NULL && (rc = db_step(st, e)) == 1 && k < n)
		v[k++] = (struct segment){ .lo = db_int(st, 0),
		    .hi = db_int(st, 1), .docs = db_int(st, 2),
		    .words = db_int(st, 3) };
	return rc == -1 ? -1 : k;
}

/* Merge the last ones as long as there are enough of a size. */
static int
settle(struct store *s, int64_t ns, struct err *e)
{
	for (;;) {
		struct segment v[FAN], up[FAN];
		int n = last_segments(s, ns, v, FAN, e), class;

		if (n == -1)
			return -1;
		if (n < FAN)
			return 0;
		class = size_class(v[0].docs);
		for (int i = 0; i < n; i++) {
			if (v[i].docs >= INDEX_SEGMENT ||
			    size_class(v[i].docs) > class)
				return 0;
			up[n - 1 - i] = v[i];
		}
		if (merge(s, ns, up, FAN, e) == -1)
			return -1;
	}
}

int
index_fold(struct store *s, struct store_ns *ns, bool all, struct err *e)
{
	int64_t least = all ? 1 : INDEX_TAIL;

	while (ns->next - ns->folded >= least) {
		struct dict d = DICT_INIT;
		struct segment seg;
		int rc = read_memories(s, ns->id, ns->folded, ns->next,
		    INDEX_SEGMENT, &d, &seg, e);

		if (rc == 0 && seg.docs > 0)
			rc = write_lists(s, ns->id, &seg, &d, e);
		dict_free(&d);
		if (rc == -1)
			return -1;
		ns->folded = seg.hi;
		ns->dirty = true;
		if (settle(s, ns->id, e) == -1)
			return -1;
	}
	return 0;
}

int
index_drop(struct store *s, struct store_ns *ns, struct err *e)
{
	if (db_run(s->db, e, "DELETE FROM posting_more WHERE id IN (SELECT"
	    " more FROM posting WHERE ns = ? AND more <> 0)", "i",
	    ns->id) == -1 ||
	    db_run(s->db, e, "DELETE FROM posting WHERE ns = ?", "i",
	    ns->id) == -1 ||
	    db_run(s->db, e, "DELETE FROM vocabulary WHERE ns = ?", "i",
	    ns->id) == -1 ||
	    db_run(s->db, e, "DELETE FROM segment WHERE ns = ?", "i",
	    ns->id) == -1)
		return -1;
	ns->folded = 1;
	ns->dirty = true;
	return 0;
}

/* ---- a memory leaves its segment, or comes back ---- */

/* The segment that holds a number: 1, 0 when it is of the tail, -1. */
static int
segment_of(struct store *s, int64_t ns, uint32_t seq, struct segment *seg,
    struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT lo, hi, docs, words"
	    " FROM segment WHERE ns = ? AND lo <= ? ORDER BY lo DESC LIMIT 1",
	    "ii", ns, (int64_t)seq);
	int rc = st != NULL ? db_step(st, e) : -1;

	if (rc != 1)
		return rc;
	*seg = (struct segment){ .lo = db_int(st, 0), .hi = db_int(st, 1),
	    .docs = db_int(st, 2), .words = db_int(st, 3) };
	db_done(st);
	return seq < seg->hi;
}

/* The list without seq, and with it when impact is not -1; returns its
 * length in entries. */
static uint32_t
edit(struct buf *out, const void *list, size_t size, uint32_t seq, int impact)
{
	uint32_t last = 0, n = 0;
	struct post it;
	bool put = impact >= 0;

	post_begin(&it, list, size);
	while (post_next(&it)) {
		if (put && it.seq > seq) {
			post_add(out, last, seq, (unsigned char)impact);
			last = seq;
			put = false;
			n++;
		}
		if (it.seq == seq)
			continue;
		post_add(out, last, it.seq, it.impact);
		last = it.seq;
		n++;
	}
	if (put) {
		post_add(out, last, seq, (unsigned char)impact);
		n++;
	}
	return n;
}

/* Put a word into the vocabulary of a segment, or take it out. */
static int
edit_words(struct store *s, int64_t ns, int64_t lo, const char *word,
    bool put, struct err *e)
{
	struct db_stmt *st;
	struct buf b = BUF_INIT;
	const char *p;
	size_t n = strlen(word);
	int rc;

	if (!in_vocabulary(word, n))
		return 0;
	st = db_query(s->db, e, "SELECT words FROM vocabulary WHERE ns = ?"
	    " AND lo = ?", "ii", ns, lo);
	rc = st != NULL ? db_step(st, e) : -1;
	if (rc != 1)
		return rc;
	p = db_text(st, 0);
	while (p != NULL && *p != '\0') {
		size_t k = strcspn(p, "\n");

		if (k != n || memcmp(p, word, n) != 0)
			buf_add(&b, p, k + (p[k] == '\n'));
		p += k + (p[k] == '\n');
	}
	db_done(st);
	if (put) {
		buf_add(&b, word, n);
		buf_addc(&b, '\n');
	}
	rc = db_run(s->db, e, "UPDATE vocabulary SET words = ? WHERE ns = ?"
	    " AND lo = ?", "sii", buf_str(&b), ns, lo);
	buf_free(&b);
	return rc;
}

static int
edit_term(struct store *s, int64_t ns, int64_t lo, const char *term,
    uint32_t seq, int impact, struct err *e)
{
	struct buf b = BUF_INIT;
	struct lists_one l;
	int rc = lists_get(s, ns, lo, term, &l, e);
	uint32_t n;

	if (rc == -1)
		return -1;
	n = edit(&b, l.p, l.n, seq, impact);
	lists_done(&l);
	if ((n == 0) != (rc == 0) && edit_words(s, ns, lo, term, n > 0, e) ==
	    -1)
		rc = -1;
	else
		rc = lists_put(s, ns, lo, term, rc == 1 ? &l : NULL, &b, n,
		    e);
	buf_free(&b);
	return rc;
}

static int
change(struct store *s, const struct item *it, bool put, struct err *e)
{
	int64_t ns = ITEM_NS(it->row);
	uint32_t seq = ITEM_SEQ(it->row);
	struct dict d = DICT_INIT;
	struct segment seg;
	size_t words;
	int rc = segment_of(s, ns, seq, &seg, e);

	if (rc != 1)
		return rc;
	words = terms_of(it, dict_note, &d);
	dict_add(&d, seq, words);
	rc = 0;
	for (size_t i = 0; rc == 0 && i < d.n; i++) {
		struct post p;
		char term[TERMS_MAX];

		if (d.v[i].len >= sizeof(term))
			continue;
		memcpy(term, dict_term(&d, &d.v[i]), d.v[i].len);
		term[d.v[i].len] = '\0';
		post_begin(&p, d.v[i].list.data, d.v[i].list.len);
		post_next(&p);
		rc = edit_term(s, ns, seg.lo, term, seq, put ? p.impact : -1,
		    e);
	}
	dict_free(&d);
	if (rc == 0)
		rc = db_run(s->db, e, "UPDATE segment SET docs = docs + ?,"
		    " words = words + ? WHERE ns = ? AND lo = ?", "iiii",
		    (int64_t)(put ? 1 : -1), (int64_t)(put ? words :
		    -words), ns, seg.lo);
	return rc;
}

int
index_take(struct store *s, const struct item *it, struct err *e)
{
	return change(s, it, false, e);
}

int
index_put(struct store *s, const struct item *it, struct err *e)
{
	return change(s, it, true, e);
}

/* ---- looking whether all is well ---- */

struct checking {
	struct dict	 d;		/* what there should be */
	size_t		 seen;
	const struct store *s;
	const struct store_ns *ns;
};

static int
compare(const char *term, const void *p, size_t n, void *arg, struct err *e)
{
	struct checking *c = arg;
	struct dict_entry *t = dict_get(&c->d, term, strlen(term));

	c->seen++;
	if (n == t->list.len && n > 0 && memcmp(p, t->list.data, n) == 0)
		return 0;
	return err_set(e, ERR_DATA, "%s: namespace %.60s: the index does not "
	    "fit the memories; try agent-mem reindex", c->s->path,
	    c->ns->name);
}

static int
check_segment(struct store *s, const struct store_ns *ns,
    const struct segment *seg, struct err *e)
{
	struct checking c = { .d = DICT_INIT, .s = s, .ns = ns };
	struct segment is;
	int rc = read_memories(s, ns->id, seg->lo, seg->hi, INT64_MAX, &c.d,
	    &is, e);

	if (rc == 0 && (is.docs != seg->docs || is.words != seg->words))
		rc = err_set(e, ERR_DATA, "%s: namespace %.60s: the index "
		    "counts %lld memories where there are %lld; try "
		    "agent-mem reindex", s->path, ns->name,
		    (long long)seg->docs, (long long)is.docs);
	if (rc == 0)
		rc = lists_each(s, ns->id, seg->lo, compare, &c, e);
	if (rc == 0 && c.seen != c.d.n)
		rc = err_set(e, ERR_DATA, "%s: namespace %.60s: the index "
		    "lacks terms; try agent-mem reindex", s->path, ns->name);
	dict_free(&c.d);
	return rc;
}

int
index_check(struct store *s, const struct store_ns *ns, struct err *e)
{
	int64_t lo = 0;

	for (;;) {
		struct db_stmt *st = db_query(s->db, e, "SELECT lo, hi,"
		    " docs, words FROM segment WHERE ns = ? AND lo >= ?"
		    " ORDER BY lo LIMIT 1", "ii", ns->id, lo);
		int rc = st != NULL ? db_step(st, e) : -1;
		struct segment seg;

		if (rc != 1)
			return rc;
		seg = (struct segment){ .lo = db_int(st, 0),
		    .hi = db_int(st, 1), .docs = db_int(st, 2),
		    .words = db_int(st, 3) };
		db_done(st);
		if (check_segment(s, ns, &seg, e) == -1)
			return -1;
		lo = seg.lo + 1;
	}
}
