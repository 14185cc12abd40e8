/*
 * patch.c - proposed changes: a diff with its plan and its tests.
 */
#include "plan/patch.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "plan/check.h"
#include "plan/note.h"
#include "plan/run.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define APPLY	"git apply --whitespace=nowarn -"
#define TRY_S	600

/* ---- the diff ---- */

/* The path of a header line behind "+++ " or "--- ". */
static int
path_of(const char *p, size_t n, jv *files, struct err *e)
{
	const char *tab = memchr(p, '\t', n);
	struct buf b = BUF_INIT;
	int rc = 0;

	n = tab != NULL ? (size_t)(tab - p) : n;
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' '))
		n--;
	if (n == 9 && memcmp(p, "/dev/null", 9) == 0)
		return 0;
	/* The first component is what -p1 takes away. */
	if (n > 2 && (p[0] == 'a' || p[0] == 'b') && p[1] == '/')
		p += 2, n -= 2;
	buf_addc(&b, '/');
	buf_add(&b, p, n);
	buf_addc(&b, '/');
	if (n == 0 || p[0] == '/' || memchr(p, '\0', n) != NULL ||
	    strstr(buf_str(&b), "/../") != NULL)
		rc = err_set(e, ERR_DATA, "the diff names a path outside of "
		    "the workspace");
	else if (strstr(buf_str(&b), "/.git/") != NULL)
		rc = err_set(e, ERR_DATA, "the diff changes .git");
	else
		*files = js_push(*files, js_from_bytes(p, n));
	buf_free(&b);
	return rc;
}

static bool
is_in(jv files, jv name)
{
	bool found = false;

	for (size_t i = 0; !found && i < js_len(files) && i < 1000; i++) {
		jv f = js_at(files, i);

		found = js_eq(f, name);
		js_free(f);
	}
	return found;
}

static jv
once_each(jv all)
{
	jv out = js_arr();

	for (size_t i = 0; i < js_len(all); i++) {
		jv f = js_at(all, i);

		if (!is_in(out, f))
			out = js_push(out, js_ref(f));
		js_free(f);
	}
	js_free(all);
	return out;
}

int
patch_files(const char *diff, size_t n, jv *files, struct err *e)
{
	jv all = js_arr();
	bool hunk = false;
	int rc = 0;

	while (rc == 0 && n > 0) {
		const char *end = memchr(diff, '\n', n);
		size_t len = end != NULL ? (size_t)(end - diff) : n;

		if (len > 4 && (memcmp(diff, "+++ ", 4) == 0 ||
		    (memcmp(diff, "--- ", 4) == 0 && !hunk)))
			rc = path_of(diff + 4, len - 4, &all, e);
		hunk = hunk || (len > 3 && memcmp(diff, "@@ ", 3) == 0);
		diff += len + (end != NULL);
		n -= len + (end != NULL);
	}
	if (rc == 0 && (!hunk || js_len(all) == 0))
		rc = err_set(e, ERR_DATA, "no unified diff; it has lines "
		    "that begin with ---, +++ and @@");
	*files = rc == 0 ? once_each(all) : js_none();
	if (rc == -1)
		js_free(all);
	return rc;
}

/* ---- the store ---- */

int
patch_add(struct plan *p, const char *title, const char *plan,
    const char *diff, const char *tests, int64_t task, int64_t *id,
    struct err *e)
{
	int64_t now = clock_wall_ms();
	jv files = js_none();
	int rc;

	if (strlen(diff) > PATCH_MAX)
		return err_set(e, ERR_DATA, "a diff has at most 4 MB");
	if (patch_files(diff, strlen(diff), &files, e) == -1)
		return -1;
	js_free(files);
	rc = plan_begin(p, e);
	if (rc == -1)
		return -1;
	rc = db_run(p->db, e, "INSERT INTO patch(title, plan, diff, tests,"
	    " status, task, created, updated) VALUES(?1, ?2, ?3, ?4,"
	    " 'proposed', nullif(?5, 0), ?6, ?6)", "ssssii", title, plan,
	    diff, tests, task, now);
	*id = rc == 0 ? db_last_id(p->db) : 0;
	if (rc == 0)
		rc = note_event(p, task, e, "patch %lld proposed: %s",
		    (long long)*id, title);
	return plan_end(p, rc, e);
}

static jv
object(struct db_stmt *st)
{
	static const char *const names[] = { "title", "plan", "tests",
	    "status", "result", "diff" };
	char when[CLOCK_STAMP_SIZE];
	jv o = js_set_int(js_obj(), "id", db_int(st, 0));

	for (int i = 0; i < 6; i++)
		if (db_text(st, i + 1) != NULL && *db_text(st, i + 1) != '\0')
			o = js_set_str(o, names[i], db_text(st, i + 1));
	if (!db_null(st, 7))
		o = js_set_int(o, "task", db_int(st, 7));
	clock_stamp(when, db_int(st, 8));
	return js_set_str(o, "created", when);
}

int
patch_get(struct plan *p, int64_t id, jv *out, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT id, title, plan,"
	    " tests, status, result, diff, task, created FROM patch WHERE"
	    " id = ?", "i", id);
	struct err none = ERR_INIT;
	const char *diff;
	jv files;
	int rc;

	*out = js_none();
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOINPUT, "there is no patch %lld; "
		    "agent-plan patch list shows those there are",
		    (long long)id);
	*out = object(st);
	db_done(st);
	diff = js_str(*out, "diff");
	if (diff != NULL && patch_files(diff, strlen(diff), &files,
	    &none) == 0)
		*out = js_set(*out, "files", files);
	return 0;
}

int
patch_list(struct plan *p, const char *status, jv *out, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT id, title, NULL,"
	    " NULL, status, NULL, NULL, task, created FROM patch WHERE ?1 IS"
	    " NULL OR status = ?1 ORDER BY id DESC", "s", status);
	int rc;

	*out = js_arr();
	if (st == NULL)
		return -1;
	while ((rc = db_step(st, e)) == 1)
		*out = js_push(*out, object(st));
	return rc;
}

static int
move(struct plan *p, int64_t id, const char *status, const char *result,
    struct err *e)
{
	int rc = plan_begin(p, e);

	if (rc == -1)
		return -1;
	rc = db_run(p->db, e, "UPDATE patch SET status = ?2, result = ?3,"
	    " updated = ?4 WHERE id = ?1", "issi", id, status, result,
	    clock_wall_ms());
	if (rc == 0)
		rc = note_event(p, 0, e, "patch %lld: %s", (long long)id,
		    status);
	return plan_end(p, rc, e);
}

int
patch_reject(struct plan *p, int64_t id, const char *reason, struct err *e)
{
	jv o;
	int rc = patch_get(p, id, &o, e);

	js_free(o);
	return rc == 0 ? move(p, id, "rejected", reason, e) : -1;
}

/* ---- trying ---- */

/* Run a program of the system for ourselves; its status, or -1. */
static int
plain(char **argv, struct buf *out, struct err *e)
{
	struct run r;
	int status = -1;

	run_init(&r);
	for (; *argv != NULL; argv++)
		vec_push(&r.argv, *argv);
	if (run_child(&r, e) == 0) {
		pump_keep_join(&r.keep, out);
		status = r.status;
		if (r.stopped) {
			err_set(e, ERR_CANCELLED, "interrupted");
			status = -1;
		}
	}
	run_free(&r);
	return status;
}

/* A copy of the workspace that nobody else has. */
static char *
scratch(struct plan *p, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/agent-try.XXXXXX", tmp != NULL &&
	    *tmp == '/' ? tmp : "/tmp");
	char *from = xasprintf("%s/.", p->workspace);
	struct buf out = BUF_INIT;
	int rc = -1;

	if (mkdtemp(dir) == NULL) {
		err_sys(e, "%s", dir);
	} else {
		char *argv[] = { "cp", "-a", "--", from, dir, NULL };

		rc = plain(argv, &out, e);
		if (rc > 0)
			err_set(e, ERR_IO, "copy the workspace to %s: %.300s",
			    dir, buf_str(&out));
	}
	buf_free(&out);
	free(from);
	if (rc == 0)
		return dir;
	free(dir);
	return NULL;
}

static void
remove_scratch(const char *dir)
{
	char *argv[] = { "rm", "-rf", "--", (char *)dir, NULL };
	struct buf out = BUF_INIT;
	struct err none = ERR_INIT;

	plain(argv, &out, &none);
	buf_free(&out);
}

/* Apply the diff in dir, in the sandbox: its status, or -1. */
static int
apply(const char *dir, const char *diff, struct buf *out, struct err *e)
{
	struct run r;
	int status = -1;

	run_init(&r);
	run_sandbox(&r.argv, dir, TRY_S, APPLY);
	r.in = memfd_create("diff", MFD_CLOEXEC);
	if (r.in == -1 || fd_write_all(r.in, diff, strlen(diff)) == -1 ||
	    lseek(r.in, 0, SEEK_SET) == -1)
		err_sys(e, "the diff as input");
	else if (run_child(&r, e) == 0) {
		pump_keep_join(&r.keep, out);
		status = r.status;
		if (status == 125 || status == 78)
			status = err_set(e, ERR_DENIED, "the sandbox does "
			    "not stand: %.300s", buf_str(out));
		else if (r.stopped)
			status = err_set(e, ERR_CANCELLED, "interrupted");
	}
	run_free(&r);
	return status;
}

/* 0 and the status in *status and *result, or -1. */
static int
judge(const char *dir, jv o, const char **status, struct buf *result,
    struct buf *out, struct err *e)
{
	struct check_result c = CHECK_INIT;
	const char *tests = js_str(o, "tests");
	int rc = apply(dir, js_str(o, "diff"), out, e);

	*status = "failed";
	if (rc > 0)
		buf_adds(result, "it does not apply");
	if (rc == 0 && tests == NULL) {
		*status = "applied";
		buf_adds(result, "it applies; there are no tests");
	} else if (rc == 0) {
		rc = check_run(NULL, dir, NULL, NULL, tests, &c, e);
		buf_add(out, buf_str(&c.output), c.output.len);
		if (rc == 0)
			*status = "tested";
		if (rc >= 0)
			buf_addf(result, "it applies; its tests: %s",
			    buf_str(&c.fate));
	}
	check_free(&c);
	return rc == -1 ? -1 : 0;
}

int
patch_try(struct plan *p, int64_t id, struct buf *out, struct err *e)
{
	struct buf result = BUF_INIT, raw = BUF_INIT;
	const char *status = NULL;
	char *dir = NULL;
	jv o;
	int rc = patch_get(p, id, &o, e);

	if (rc == 0 && (dir = scratch(p, e)) == NULL)
		rc = -1;
	if (rc == 0)
		rc = judge(dir, o, &status, &result, &raw, e);
	if (dir != NULL)
		remove_scratch(dir);
	if (rc == 0)
		rc = move(p, id, status, buf_str(&result), e);
	if (rc == 0) {
		utf8_repair(out, buf_str(&raw), raw.len);
		if (out->len > 0 && out->data[out->len - 1] != '\n')
			buf_addc(out, '\n');
		buf_addf(out, "%s: %s\n", status, buf_str(&result));
		rc = strcmp(status, "failed") == 0 ? 1 : 0;
	}
	free(dir);
	js_free(o);
	buf_free(&result);
	buf_free(&raw);
	return rc;
}
