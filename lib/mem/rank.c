/*
 * rank.c - which memories answer a question best.
 *
 * Points are those of BM25, so that they can be added.  What is worth how
 * much was measured on questions about conversations, tests/bench/mem.sh;
 * a name or a date is worth about a rare word, which depends on the size of
 * the namespace.
 */
#include "mem/rank.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mem/parts.h"
#include "mem/pick.h"
#include "mem/score.h"
#include "mem/talk.h"

#define SEEDS		300	/* of the best by words alone */
#define LOOK		200	/* memories looked at */
#define QUESTION	0.8
#define SESSION		0.3
#define SPREAD		48	/* of the best, whose sessions are looked up */
#define SCAN_MAX	20000	/* rows read for words in no list */

const char *const rank_names[RANK_PARTS] = { "text", "neighbours",
    "session", "speaker", "date", "phrase", "cue", "question",
    "importance", "recency", "vector", "near", "like" };

/* What is known of a session while a question is answered. */
struct talk {
	int64_t		 id, first, last;
	bool		 whole;		/* its numbers follow each other */
	double		 points;	/* of all of it */
};

struct ranking {
	struct rank	*r;
	struct store	*s;
	struct score	 c;
	struct pick	 pick;
	struct talk	*talks;
	size_t		 ntalks;
	struct parts	 parts;
	bool		 linked;	/* there are sessions at all */
};

static bool
is_off(const struct rank *r, enum rank_part part)
{
	return (r->off >> part & 1) != 0;
}

/* ---- sessions ---- */

static int
look_for_sessions(struct ranking *k, struct err *e)
{
	struct db_stmt *st = db_query(k->s->db, e, "SELECT 1 FROM session"
	    " WHERE ns = ? LIMIT 1", "i", k->c.ns->id);
	int rc = st != NULL ? db_step(st, e) : -1;

	k->linked = rc == 1;
	if (rc == 1)
		db_done(st);
	return rc == -1 ? -1 : 0;
}

/* The session of that row id: cached. */
static int
talk(struct ranking *k, int64_t id, struct talk **out, struct err *e)
{
	struct db_stmt *st;
	struct talk *t;
	int rc;

	for (size_t i = k->ntalks; i > 0; i--)
		if (k->talks[i - 1].id == id) {
			*out = &k->talks[i - 1];
			return 0;
		}
	st = db_query(k->s->db, e, "SELECT first, last, docs, ordered FROM"
	    " session WHERE id = ?", "i", id);
	rc = st != NULL ? db_step(st, e) : -1;
	if (rc == -1)
		return -1;
	k->talks = xreallocarray(k->talks, k->ntalks + 1, sizeof(*k->talks));
	t = *out = &k->talks[k->ntalks++];
	memset(t, 0, sizeof(*t));
	t->id = id;
	if (rc == 0)
		return 0;
	t->first = db_int(st, 0);
	t->last = db_int(st, 1);
	t->whole = db_int(st, 3) != 0 && db_int(st, 2) == t->last -
	    t->first + 1;
	if (!is_off(k->r, RANK_SESSION) && t->last - t->first >= 0)
		t->points = talk_points(&k->c, t->first, t->last);
	db_done(st);
	return 0;
}

/* The turns on one side (1 before, -1 behind) of a memory whose session is
 * scattered, nearest first; returns how many, or -1. */
static int
scattered(struct ranking *k, uint32_t seq, int64_t session, int64_t turn,
    int way, uint32_t out[PICK_REACH], struct err *e)
{
	static const char *const sql[2][2] = { {
		"SELECT id FROM memory WHERE session = ?1 AND session <> 0"
		" AND turn IS NULL AND id < ?3 AND ?2 <> 0"
		" ORDER BY id DESC LIMIT ?4",
		"SELECT id FROM memory WHERE session = ?1 AND session <> 0"
		" AND turn IS NULL AND id > ?3 AND ?2 <> 0"
		" ORDER BY id LIMIT ?4",
	}, {
		"SELECT id FROM memory WHERE session = ?1 AND session <> 0"
		" AND (turn, id) < (?2, ?3)"
		" ORDER BY turn DESC, id DESC LIMIT ?4",
		"SELECT id FROM memory WHERE session = ?1 AND session <> 0"
		" AND (turn, id) > (?2, ?3) ORDER BY turn, id LIMIT ?4",
	} };
	int64_t row = k->c.ns->id << ITEM_NS_SHIFT | seq;
	struct db_stmt *st = db_query(k->s->db, e,
	    sql[turn != ITEM_NO_TURN][way < 0], "iiii", session, turn, row,
	    (int64_t)PICK_REACH);
	int rc = -1, n = 0;

	while (st != NULL && (rc = db_step(st, e)) == 1)
		if (n < PICK_REACH && ITEM_SEQ(db_int(st, 0)) < k->c.size)
			out[n++] = ITEM_SEQ(db_int(st, 0));
	return rc == -1 ? -1 : n;
}

/* What the turns before and behind in the same session add, and what the
 * session as a whole. */
static int
neighbours(struct ranking *k, uint32_t seq, int64_t session, int64_t turn,
    float *sum, float *whole, struct err *e)
{
	struct talk *t;

	*sum = *whole = 0;
	if (session == 0 || (is_off(k->r, RANK_NEIGHBOURS) && is_off(k->r,
	    RANK_SESSION)))
		return 0;
	if (talk(k, session, &t, e) == -1)
		return -1;
	*whole = (float)(SESSION * t->points);
	if (t->whole) {
		for (int i = 1; i <= PICK_REACH; i++) {
			if ((int64_t)seq - i >= t->first)
				*sum += pick_share(&k->c, seq - (uint32_t)i,
				    i);
			if ((int64_t)seq + i <= t->last && seq +
			    (uint32_t)i < k->c.size)
				*sum += pick_share(&k->c, seq + (uint32_t)i,
				    -i);
		}
		return 0;
	}
	for (int way = 1; way >= -1; way -= 2) {
		uint32_t near[PICK_REACH];
		int n = scattered(k, seq, session, turn, way, near, e);

		if (n == -1)
			return -1;
		for (int i = 0; i < n; i++)
			*sum += pick_share(&k->c, near[i], way * (i + 1));
	}
	return 0;
}

/* Whether a memory is among those that are looked at. */
static bool
picked(const struct pick *p, uint32_t seq)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].seq == seq)
			return true;
	return false;
}

/* The turns around the best, where those have no numbers near theirs. */
static int
spread(struct ranking *k, struct err *e)
{
	struct pick best = { .v = NULL };
	int rc = 0;

	for (size_t i = 0; i < k->pick.n; i++)
		pick_add(&best, k->pick.v[i].seq, k->pick.v[i].first);
	pick_best(&best, SPREAD);
	for (size_t i = 0; rc != -1 && i < best.n; i++) {
		struct db_stmt *st = db_query(k->s->db, e, "SELECT session,"
		    " turn FROM memory WHERE id = ?", "i", k->c.ns->id <<
		    ITEM_NS_SHIFT | best.v[i].seq);
		int64_t session, turn;
		uint32_t near[PICK_REACH];
		struct talk *t;

		rc = st != NULL ? db_step(st, e) : -1;
		if (rc != 1)
			continue;
		session = db_int(st, 0);
		turn = db_null(st, 1) ? ITEM_NO_TURN : db_int(st, 1);
		db_done(st);
		if (session == 0)
			continue;
		rc = talk(k, session, &t, e);
		for (int way = 1; rc != -1 && !t->whole && way >= -1;
		    way -= 2) {
			rc = scattered(k, best.v[i].seq, session, turn, way,
			    near, e);
			for (int j = 0; j < rc; j++)
				if (!picked(&k->pick, near[j]))
					pick_add(&k->pick, near[j], 0);
		}
	}
	pick_free(&best);
	return rc == -1 ? -1 : 0;
}

/* ---- one candidate ---- */

static int
weigh(struct ranking *k, struct pick_one *v, const struct parts_row *l,
    struct rank_hit *h, struct err *e)
{
	struct rank *r = k->r;
	double sum = 0;

	memset(h, 0, sizeof(*h));
	h->row = k->c.ns->id << ITEM_NS_SHIFT | v->seq;
	parts_own(&k->parts, l, h);
	if (neighbours(k, v->seq, l->session, l->turn,
	    &h->part[RANK_NEIGHBOURS], &h->part[RANK_SESSION], e) == -1)
		return -1;
	if (score_asks(&k->c, v->seq))
		h->part[RANK_QUESTION] = (float)(QUESTION - 1) *
		    (h->part[RANK_TEXT] + h->part[RANK_NEIGHBOURS]);
	parts_cue(&k->parts, l, h);
	for (int i = 0; i < RANK_NEAR; i++) {
		if (is_off(r, (enum rank_part)i))
			h->part[i] = 0;
		sum += h->part[i];
	}
	h->score = sum;
	/* Recency alone finds nothing. */
	v->dead = h->part[RANK_TEXT] + h->part[RANK_NEIGHBOURS] +
	    h->part[RANK_DATE] + h->part[RANK_VECTOR] <= 0;
	return 0;
}

static int
look_at(struct ranking *k, struct pick_one *v, struct rank_hit *h,
    struct err *e)
{
	struct db_stmt *st = db_query(k->s->db, e, "SELECT text, kind,"
	    " speaker, source, tags, at, session, turn, importance, expires"
	    " FROM memory WHERE id = ?", "i", k->c.ns->id << ITEM_NS_SHIFT |
	    v->seq);
	int rc = st != NULL ? db_step(st, e) : -1;
	struct parts_row l;

	v->dead = true;
	if (rc != 1)
		return rc;
	l = (struct parts_row){ .text = db_text(st, 0), .kind = db_text(st, 1),
	    .speaker = db_text(st, 2), .source = db_text(st, 3),
	    .tags = db_text(st, 4), .at = db_int(st, 5),
	    .session = db_int(st, 6), .turn = db_null(st, 7) ? ITEM_NO_TURN :
	    db_int(st, 7), .importance = db_null(st, 8) ? -1 :
	    db_real(st, 8) };
	rc = 0;
	if (l.text != NULL && (db_int(st, 9) == 0 || db_int(st, 9) >
	    k->r->now) && parts_fit(&k->parts, &l))
		rc = weigh(k, v, &l, h, e);
	db_done(st);
	return rc;
}

/* ---- words that are in no list ---- */

/* Look at the newest memories for a question of such words alone. */
static int
scan(struct ranking *k, struct err *e)
{
	const struct query *q = &k->r->query;
	int64_t base = k->c.ns->id << ITEM_NS_SHIFT;
	struct db_stmt *st = db_query(k->s->db, e, "SELECT id, text FROM"
	    " memory WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
	    "iii", base, base | (int64_t)UINT32_MAX, (int64_t)SCAN_MAX);
	struct buf b = BUF_INIT;
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1) {
		const char *text = db_text(st, 1);
		uint32_t seq = ITEM_SEQ(db_int(st, 0));
		size_t has = 0;

		buf_reset(&b);
		query_flat(text != NULL ? text : "", text != NULL ?
		    strlen(text) : 0, &b);
		for (size_t i = 0; i < q->nterms; i++) {
			char *word = xasprintf(" %s ", q->terms[i].term);

			has += strstr(buf_str(&b), word) != NULL;
			free(word);
		}
		if (has < q->nterms || seq == 0)
			continue;
		sums_get(&k->c.sums, seq)->text = (float)has;
		pick_add(&k->pick, seq, (float)has);
	}
	buf_free(&b);
	return rc;
}

/* ---- a namespace ---- */

static void
take(struct rank *r, const struct rank_hit *h)
{
	r->hits = xreallocarray(r->hits, r->nhits + 1, sizeof(*r->hits));
	r->hits[r->nhits++] = *h;
}

static int
look_at_all(struct ranking *k, size_t *alive, struct err *e)
{
	*alive = 0;
	pick_sort(&k->pick);
	for (size_t i = 0; i < k->pick.n; i++) {
		struct rank_hit h;

		if (look_at(k, &k->pick.v[i], &h, e) == -1)
			return -1;
		if (k->pick.v[i].dead)
			continue;
		take(k->r, &h);
		(*alive)++;
	}
	return 0;
}

static int
run(struct ranking *k, struct err *e)
{
	size_t look = LOOK + 2 * k->r->limit, before = k->r->nhits, alive;

	if (k->r->query.stops) {
		if (scan(k, e) == -1)
			return -1;
		pick_best(&k->pick, look);
		return look_at_all(k, &alive, e);
	}
	for (;;) {
		pick_from(&k->pick, &k->c, look + SEEDS - LOOK, look,
		    k->linked && !is_off(k->r, RANK_NEIGHBOURS));
		if (k->linked && !is_off(k->r, RANK_NEIGHBOURS) &&
		    spread(k, e) == -1)
			return -1;
		/* What is near in meaning and shares no word. */
		for (size_t i = 0; i < k->r->nnear; i++)
			if (ITEM_NS(k->r->near[i].row) == k->c.ns->id) {
				uint32_t seq = ITEM_SEQ(k->r->near[i].row);

				if (seq < k->c.size && !picked(&k->pick, seq))
					pick_add(&k->pick, seq, 0);
			}
		if (look_at_all(k, &alive, e) == -1)
			return -1;
		/* A filter left too little: look at more. */
		if (alive >= k->r->limit || k->pick.n < look)
			return 0;
		k->r->nhits = before;
		look *= 8;
	}
}

int
rank_space(struct rank *r, struct store *s, struct store_ns *ns,
    struct err *e)
{
	struct score_switch off = { is_off(r, RANK_SPEAKER), is_off(r,
	    RANK_NEAR), is_off(r, RANK_LIKE), is_off(r, RANK_DATE) };
	struct ranking k = { .r = r, .s = s };
	int rc = score_open(&k.c, s, ns, &r->query, &off, e);

	if (rc == 0)
		rc = look_for_sessions(&k, e);
	if (rc == 0)
		rc = parts_open(&k.parts, r, &k.c, e);
	if (rc == 0)
		rc = run(&k, e);
	score_close(&k.c);
	pick_free(&k.pick);
	free(k.talks);
	return rc;
}

static int
by_score(const void *a, const void *b)
{
	const struct rank_hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->row < y->row) - (x->row > y->row);
}

void
rank_finish(struct rank *r)
{
	if (r->nhits > 1)
		qsort(r->hits, r->nhits, sizeof(*r->hits), by_score);
	if (r->nhits > r->limit)
		r->nhits = r->limit;
}

void
rank_free(struct rank *r)
{
	query_free(&r->query);
	free(r->hits);
	free(r->near);
	r->hits = NULL;
	r->near = NULL;
	r->nhits = r->nnear = 0;
}
