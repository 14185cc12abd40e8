/*
 * note.c - the notebook and its chain of hashes.
 */
#include "plan/note.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/num.h"
#include "core/ids.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const note_kinds[] = { "observation", "hypothesis", "result",
    "decision", NULL };

static const char first[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

bool
note_kind(const char *kind)
{
	for (size_t i = 0; note_kinds[i] != NULL; i++)
		if (strcmp(note_kinds[i], kind) == 0)
			return true;
	return false;
}

struct row {
	int64_t		 seq, time, task;
	const char	*kind, *author, *text;
};

/* SHA-256 over the hash before and the note as an array in JSON, which
 * tells apart what only looks equal when it is put in a line. */
static void
hash(char out[65], const char *before, const struct row *r)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s\n[%lld,%lld,%lld,", before, (long long)r->seq,
	    (long long)r->time, (long long)r->task);
	js_quote(&b, r->kind, strlen(r->kind));
	buf_addc(&b, ',');
	js_quote(&b, r->author, strlen(r->author));
	buf_addc(&b, ',');
	js_quote(&b, r->text, strlen(r->text));
	buf_addc(&b, ']');
	ids_sha256(out, b.data, b.len);
	buf_free(&b);
}

/* How many notes there are, and the last hash. */
static int
end_of(struct plan *p, int64_t *n, char head[65], struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT notes, head"
	    " FROM notebook", "");
	int rc;

	*n = 0;
	snprintf(head, 65, "%s", first);
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1) {
		*n = db_int(st, 0);
		snprintf(head, 65, "%s", db_text(st, 1));
	}
	db_done(st);
	return 0;
}

int
note_add(struct plan *p, const char *kind, const char *author, int64_t task,
    const char *text, struct err *e)
{
	struct row r = { 0, clock_wall_ms(), task, kind, author, text };
	char before[65], now[65];

	if (strlen(text) > NOTE_MAX)
		return err_set(e, ERR_DATA, "a note may have %zu bytes; put "
		    "more into a file and name it", NOTE_MAX);
	if (end_of(p, &r.seq, before, e) == -1)
		return -1;
	r.seq++;
	hash(now, before, &r);
	if (db_run(p->db, e, "INSERT INTO note(seq, time, kind, author, task,"
	    " text, hash) VALUES(?, ?, ?, ?, nullif(?, 0), ?, ?)", "iississ",
	    r.seq, r.time, kind, author, task, text, now) == -1)
		return -1;
	return db_run(p->db, e, "INSERT OR REPLACE INTO notebook"
	    " VALUES(1, ?, ?)", "is", r.seq, now);
}

int
note_event(struct plan *p, int64_t task, struct err *e, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	rc = note_add(p, "event", "agent-plan", task, buf_str(&b), e);
	buf_free(&b);
	return rc;
}

static struct row
row_of(struct db_stmt *st)
{
	struct row r = { db_int(st, 0), db_int(st, 1), db_int(st, 4),
	    db_text(st, 2), db_text(st, 3), db_text(st, 5) };

	return r;
}

#define COLUMNS	"SELECT seq, time, kind, author, task, text, hash FROM note "

int
note_each(struct plan *p, const struct note_filter *f, note_fn *fn,
    void *arg, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT * FROM (" COLUMNS
	    "WHERE (?1 IS NULL OR kind = ?1) AND (?2 = 0 OR task = ?2)"
	    " AND time >= ?3 AND (?4 IS NULL OR instr(lower(text),"
	    " lower(?4)) > 0) ORDER BY seq DESC LIMIT ?5) ORDER BY seq",
	    "siisi", f->kind, f->task, f->since, f->match,
	    f->limit > 0 ? f->limit : (int64_t)-1);
	int rc;

	if (st == NULL)
		return -1;
	while ((rc = db_step(st, e)) == 1) {
		struct row r = row_of(st);
		char when[CLOCK_STAMP_SIZE];
		jv o = js_set_int(js_obj(), "seq", r.seq);

		clock_stamp(when, r.time);
		o = js_set_str(o, "time", when);
		o = js_set_str(o, "kind", r.kind);
		o = js_set_str(o, "author", r.author);
		if (r.task != 0)
			o = js_set_int(o, "task", r.task);
		o = js_set_str(o, "text", r.text);
		o = js_set_str(o, "hash", db_text(st, 6));
		rc = fn(arg, o, e);
		js_free(o);
		if (rc != 0)
			break;
	}
	db_done(st);
	return rc;
}

int
note_check(struct plan *p, const char *head, int64_t *n, char last[65],
    struct err *e)
{
	struct db_stmt *st;
	char want[65], now[65];
	bool seen = head == NULL;
	int64_t count, i = 0;
	int rc = 0;

	snprintf(last, 65, "%s", first);
	if (end_of(p, &count, want, e) == -1 || (st = db_query(p->db, e,
	    COLUMNS "ORDER BY seq", "")) == NULL)
		return -1;
	while (rc == 0 && (rc = db_step(st, e)) == 1) {
		struct row r = row_of(st);

		hash(now, last, &r);
		rc = 0;
		if (r.seq != ++i)
			rc = err_set(e, ERR_DATA, "the notebook is not what "
			    "was written: note %lld is missing", (long long)i);
		else if (strcmp(now, db_text(st, 6)) != 0)
			rc = err_set(e, ERR_DATA, "the notebook is not what "
			    "was written: note %lld was changed, or one "
			    "before it", (long long)i);
		memcpy(last, now, 65);
		seen = seen || strcmp(now, head) == 0;
	}
	db_done(st);
	if (rc == 0 && (i != count || strcmp(last, want) != 0))
		rc = err_set(e, ERR_DATA, "the notebook is not what was "
		    "written: it has %lld note%s and should have %lld",
		    (long long)i, num_s(i), (long long)count);
	if (rc == 0 && !seen)
		rc = err_set(e, ERR_DATA, "the notebook is another one: none "
		    "of its notes has the hash %.64s", head);
	*n = i;
	return rc;
}
