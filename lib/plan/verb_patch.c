/*
 * verb_patch.c - patch add, list, show, try, reject.
 */
#include "plan/verb.h"

#include "base/mem.h"
#include "base/num.h"
#include "plan/patch.h"
#include "sys/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
add(struct plan *p, struct verb_args *a, struct buf *out, struct err *e)
{
	struct buf diff = BUF_INIT;
	char *title = verb_text(a, 1, "the title", e);
	int64_t id = 0, task = 0;
	int rc = title != NULL ? 0 : -1;

	if (rc == 0 && a->diff == NULL)
		rc = err_set(e, ERR_USAGE, "patch add: --diff=FILE is "
		    "missing; - reads it");
	if (rc == 0)
		rc = verb_int(a->task, "--task", 1, INT64_MAX, &task, e);
	if (rc == 0 && strcmp(a->diff, "-") != 0)
		rc = file_read(a->diff, &diff, PATCH_MAX, e);
	else if (rc == 0)
		rc = verb_stdin(&diff, PATCH_MAX, e);
	if (rc == 0)
		rc = patch_add(p, title, a->plan != NULL ? a->plan : "",
		    buf_str(&diff), a->tests != NULL ? a->tests : "", task,
		    &id, e);
	if (rc == 0)
		buf_addf(out, "%lld\n", (long long)id);
	free(title);
	buf_free(&diff);
	return rc;
}

static int
list(struct plan *p, struct verb_args *a, struct buf *out, struct err *e)
{
	jv all;
	int rc = patch_list(p, a->which, &all, e);

	for (size_t i = 0; rc == 0 && i < js_len(all); i++) {
		jv o = js_at(all, i);
		int64_t id = 0;

		js_int(o, "id", 0, INT64_C(1) << 52, &id);
		if (a->json) {
			verb_line(out, o);
		} else {
			buf_addf(out, "%5lld  %-9s  ", (long long)id,
			    js_str(o, "status"));
			verb_safe(out, js_str(o, "title"), 100);
			buf_addc(out, '\n');
		}
		js_free(o);
	}
	js_free(all);
	return rc;
}

static int
show(struct plan *p, struct verb_args *a, int64_t id, struct buf *out,
    struct err *e)
{
	const char *diff;
	jv o;
	int rc = patch_get(p, id, &o, e);

	if (rc == 0 && a->json)
		verb_line(out, o);
	else if (rc == 0 && (diff = js_str(o, "diff")) != NULL) {
		/* As it was given, to be piped into git apply. */
		buf_adds(out, diff);
		if (out->len > 0 && out->data[out->len - 1] != '\n')
			buf_addc(out, '\n');
	}
	js_free(o);
	return rc;
}

int
verb_patch(struct verb_args *a, struct buf *out, struct err *e)
{
	const char *what = a->operands[0];
	bool makes = strcmp(what, "add") == 0;
	bool reads = strcmp(what, "list") == 0 || strcmp(what, "show") == 0;
	bool tries = strcmp(what, "try") == 0, no = strcmp(what, "reject") ==
	    0;
	struct plan p = PLAN_INIT;
	char *reason = NULL;
	int64_t id = 0;
	int rc;

	if (!makes && !reads && !tries && !no)
		return err_set(e, ERR_USAGE, "patch '%.40s': there are add, "
		    "list, show, try and reject", what);
	if (!makes && strcmp(what, "list") != 0) {
		if (a->n < 2 || (!no && a->n > 2))
			return err_set(e, ERR_USAGE, "patch %s: the number "
			    "of one patch is missing", what);
		if (num_int(a->operands[1], 1, INT64_MAX, "patch", &id,
		    e) == -1)
			return -1;
	}
	if (no && (reason = verb_text(a, 2, "the reason", e)) == NULL)
		return -1;
	rc = plan_open(&p, a->workspace, reads ? PLAN_READ : PLAN_WRITE, e);
	if (rc == 0 && !makes)
		rc = plan_need(&p, e);
	if (rc == 0)
		rc = makes ? add(&p, a, out, e) : tries ? patch_try(&p, id,
		    out, e) : no ? patch_reject(&p, id, reason, e) :
		    strcmp(what, "list") == 0 ? list(&p, a, out, e) :
		    show(&p, a, id, out, e);
	plan_close(&p);
	free(reason);
	return rc;
}
