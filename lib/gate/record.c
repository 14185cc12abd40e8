/*
 * record.c - answers kept in a file, and given again without any model.
 */
#include "gate/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "core/msg.h"
#include "gate/out.h"
#include "json/jsonl.h"
#include "sys/fd.h"

void
record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = -1;
	r->all = js_none();
}

void
record_free(struct record *r)
{
	fd_close(&r->fd);
	buf_free(&r->deltas);
	js_free(r->all);
	r->all = js_none();
	free(r->used);
	r->used = NULL;
}

int
record_open(struct record *r, const char *path, struct err *e)
{
	r->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY, 0600);
	if (r->fd == -1) {
		err_sys(e, "--record %s", path);
		e->kind = ERR_CANTCREAT;
		return -1;
	}
	r->path = path;
	return 0;
}

void
record_begin(struct record *r)
{
	buf_reset(&r->deltas);
}

void
record_delta(struct record *r, enum delta_kind kind, const char *p,
    size_t n, int index, const char *name)
{
	struct buf *b = &r->deltas;

	if (b->len > 0)
		buf_addc(b, ',');
	buf_addc(b, '{');
	out_piece(b, kind, p, n, index, name);
	buf_addc(b, '}');
}

int
record_save(struct record *r, const char *key, const char *model, jv msg,
    struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_addf(&b, "{\"type\":\"recording\",\"key\":\"%s\"", key);
	if (model != NULL) {
		buf_adds(&b, ",\"model\":");
		js_quote(&b, model, strlen(model));
	}
	buf_addf(&b, ",\"deltas\":[%s],\"message\":", buf_str(&r->deltas));
	js_dump(&b, msg);
	buf_addc(&b, '}');
	rc = jsonl_write_bytes(r->fd, b.data, b.len, e);
	if (rc == -1)
		err_wrap(e, "--record %s", r->path);
	buf_free(&b);
	buf_reset(&r->deltas);
	return rc;
}

int
record_load(struct record *r, const char *path, struct err *e)
{
	struct jsonl in;
	struct stat st;
	enum jsonl_status s;
	jv v = js_none();
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1)
		return err_sys(e, "--replay %s", path);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		fd_close(&fd);
		return err_set(e, ERR_NOINPUT, "--replay %s: it is no file",
		    path);
	}
	r->path = path;
	r->all = js_arr();
	jsonl_init(&in, path);
	while ((s = jsonl_read(&in, fd, &v, NULL, NULL, e)) == JSONL_ITEM) {
		jv msg = js_get(v, "message");

		if (js_str_is(v, "type", "recording") && js_is_obj(msg) &&
		    js_str(v, "key") != NULL)
			r->all = js_push(r->all, v);
		else
			js_free(v);
		js_free(msg);
	}
	jsonl_free(&in);
	fd_close(&fd);
	r->used = xcalloc(js_len(r->all) + 1, sizeof(*r->used));
	return s == JSONL_END ? 0 : -1;
}

/* Pieces of an answer that was recorded without them. */
static void
tell_whole(jv msg, delta_fn *fn, void *arg)
{
	size_t n;
	const char *s = js_str_len(msg, "reasoning_content", &n);
	const char *name;

	if (s != NULL && n > 0)
		fn(arg, DELTA_REASONING, s, n, -1, NULL);
	if ((s = js_str_len(msg, "content", &n)) != NULL && n > 0)
		fn(arg, DELTA_TEXT, s, n, -1, NULL);
	for (size_t i = 0; i < msg_ncalls(msg); i++) {
		msg_call(msg, i, NULL, &name, &s, &n);
		if (n > 0)
			fn(arg, DELTA_ARGS, s, n, (int)i, name);
	}
}

static enum delta_kind
kind_of(jv d)
{
	for (int k = DELTA_TEXT; k <= DELTA_RECAST; k++)
		if (js_str_is(d, "kind", out_kind((enum delta_kind)k)))
			return (enum delta_kind)k;
	return DELTA_TEXT;
}

static void
tell(jv rec, jv msg, delta_fn *fn, void *arg)
{
	jv deltas = js_get(rec, "deltas");
	size_t n = js_is_arr(deltas) ? js_len(deltas) : 0;

	if (n == 0)
		tell_whole(msg, fn, arg);
	for (size_t i = 0; i < n; i++) {
		jv d = js_at(deltas, i);
		enum delta_kind kind = kind_of(d);
		int64_t index = -1;
		size_t len;
		const char *s = js_str_len(d, "text", &len);

		js_int(d, "index", 0, 1 << 20, &index);
		if (s != NULL && (len > 0 || kind == DELTA_RECAST))
			fn(arg, kind, s, len, (int)index, js_str(d, "name"));
		js_free(d);
	}
	js_free(deltas);
}

jv
record_answer(struct record *r, const char *key, const char *model,
    delta_fn *fn, void *arg, struct err *e)
{
	size_t n = js_len(r->all), pick = n;
	jv rec, msg;

	for (size_t i = 0; i < n; i++) {
		bool mine;

		rec = js_at(r->all, i);
		mine = js_str_is(rec, "key", key) && (model == NULL ||
		    js_str(rec, "model") == NULL ||
		    js_str_is(rec, "model", model));
		js_free(rec);
		if (!mine)
			continue;
		pick = i;
		if (!r->used[i])
			break;
	}
	if (pick == n) {
		err_set(e, ERR_NOINPUT, "--replay %s: no recording of request "
		    "%s; try --record with a model first", r->path, key);
		return js_none();
	}
	r->used[pick] = true;
	rec = js_at(r->all, pick);
	msg = js_get(rec, "message");
	if (fn != NULL)
		tell(rec, msg, fn, arg);
	js_free(rec);
	return msg;
}
