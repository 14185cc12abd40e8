/*
 * done.c - answers in files, for make and for runs that are repeated.
 */
#include "chat/done.h"

#include "base/mem.h"
#include "core/ids.h"
#include "json/js.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTE_MAX	((size_t)64 * 1024)

static char *
note_path(const char *file)
{
	return xasprintf("%s.agent.json", file);
}

enum done_state
done_look(const char *file, const char *fingerprint)
{
	char *path = note_path(file), sum[65] = "";
	struct buf b = BUF_INIT, answer = BUF_INIT;
	struct err ignored = ERR_INIT;
	enum done_state st = DONE_NEW;
	jv o = js_none();

	if (access(file, F_OK) == 0 && access(path, R_OK) == 0 &&
	    file_read(path, &b, NOTE_MAX, &ignored) == 0 &&
	    file_read(file, &answer, DONE_ANSWER_MAX, &ignored) == 0) {
		o = js_parse(buf_str(&b), b.len, &ignored);
		ids_sha256(sum, answer.data, answer.len);
		if (js_str(o, "answer") == NULL)
			st = DONE_NEW;
		else if (!js_str_is(o, "answer", sum))
			st = js_str_is(o, "before", sum) ? DONE_NEW :
			    DONE_CHANGED;
		else if (js_str_is(o, "fingerprint", fingerprint))
			st = DONE_SAME;
	}
	js_free(o);
	buf_free(&b);
	buf_free(&answer);
	free(path);
	return st;
}

int
done_note(const char *file, const char *fingerprint,
    const struct buf *answer, struct err *e)
{
	char *path = note_path(file), sum[65];
	struct buf b = BUF_INIT, old = BUF_INIT;
	struct err ignored = ERR_INIT;
	jv o;
	int rc;

	ids_sha256(sum, answer->data, answer->len);
	o = js_set_str(js_obj(), "fingerprint", fingerprint);
	o = js_set_str(o, "answer", sum);
	if (access(file, F_OK) == 0 &&
	    file_read(file, &old, DONE_ANSWER_MAX, &ignored) == 0) {
		ids_sha256(sum, old.data, old.len);
		o = js_set_str(o, "before", sum);
	}
	buf_free(&old);
	js_dump(&b, o);
	buf_addc(&b, '\n');
	rc = file_replace(path, b.data, b.len, 0644, e);
	js_free(o);
	buf_free(&b);
	free(path);
	return rc;
}

/* A name as make(1) reads it. */
static void
name(struct buf *b, const char *dir, const char *s)
{
	if (dir != NULL && *s != '/') {
		name(b, NULL, dir);
		buf_addc(b, '/');
	}
	for (; *s != '\0'; s++) {
		if (strchr(" \t#%:\\", *s) != NULL)
			buf_addc(b, '\\');
		if (*s == '$')
			buf_addc(b, '$');
		buf_addc(b, *s);
	}
}

void
done_rule(struct buf *b, const char *target, const struct vec *paths,
    const char *dir)
{
	name(b, NULL, target);
	buf_addc(b, ':');
	for (size_t i = 0; i < paths->n; i++) {
		buf_addc(b, ' ');
		name(b, dir, paths->v[i]);
	}
	buf_addc(b, '\n');
	/* So that make goes on when one of them is gone. */
	for (size_t i = 0; i < paths->n; i++) {
		name(b, dir, paths->v[i]);
		buf_adds(b, ":\n");
	}
}
