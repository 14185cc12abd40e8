/*
 * diff.c - the hunks of a unified diff as the diffs of an editor, which wants
 * the text before and the text after.
 */
#include "acp/update.h"

#include "base/diff.h"

#include <string.h>

/* A hunk that is read: what it has of the two texts. */
struct hunk {
	struct buf	 before, after;
	bool		 open;
	char		 last;		/* sign of the line before */
};

/* The line before has no newline at its end. */
static void
cut_newline(struct hunk *h)
{
	if (h->last != '+' && h->before.len > 0)
		buf_cut(&h->before, h->before.len - 1);
	if (h->last != '-' && h->after.len > 0)
		buf_cut(&h->after, h->after.len - 1);
}

/* One line with its sign; false when it is none of a hunk, or not whole. */
static bool
take_line(struct hunk *h, const char *p, size_t n)
{
	if (!h->open || n == 0 || n > DIFF_LINE + 1)
		return false;
	if (*p == '\\') {
		cut_newline(h);
		return true;
	}
	if (*p != ' ' && *p != '-' && *p != '+')
		return false;
	h->last = *p;
	if (*p != '+') {
		buf_add(&h->before, p + 1, n - 1);
		buf_addc(&h->before, '\n');
	}
	if (*p != '-') {
		buf_add(&h->after, p + 1, n - 1);
		buf_addc(&h->after, '\n');
	}
	return true;
}

/* The hunk is over. */
static jv
push_take(jv out, struct hunk *h, jv path)
{
	jv d = js_set_str(js_obj(), "type", "diff");

	if (h->open) {
		d = js_set(d, "path", js_ref(path));
		d = js_set(d, "oldText", h->before.len > 0 ?
		    js_from_buf(&h->before) : js_null());
		d = js_set(d, "newText", js_from_buf(&h->after));
		out = js_push(out, js_ref(d));
	}
	js_free(d);
	buf_reset(&h->before);
	buf_reset(&h->after);
	h->open = false;
	return out;
}

jv
update_diff(jv path, const char *p, size_t n)
{
	struct hunk h = { BUF_INIT, BUF_INIT, false, ' ' };
	bool whole = true;
	jv out = js_arr();

	while (whole && n > 0) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;

		if (len >= 2 && memcmp(p, "@@", 2) == 0) {
			out = push_take(out, &h, path);
			h.open = true;
		} else {
			whole = take_line(&h, p, len);
		}
		len += nl != NULL;
		p += len;
		n -= len;
	}
	if (whole)
		out = push_take(out, &h, path);
	buf_free(&h.before);
	buf_free(&h.after);
	if (whole)
		return out;
	js_free(out);
	return js_arr();
}
