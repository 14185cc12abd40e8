/*
 * out.c - lines on standard output, batched while they come together.
 */
#include "gate/out.h"

#include <errno.h>
#include <string.h>

#include "sys/fd.h"

void
out_init(struct out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
}

void
out_free(struct out *o)
{
	buf_free(&o->b);
}

const char *
out_kind(enum delta_kind kind)
{
	static const char *const names[] = { [DELTA_TEXT] = "text",
	    [DELTA_REASONING] = "reasoning", [DELTA_ARGS] = "tool_args",
	    [DELTA_RECAST] = "recast" };

	return names[kind];
}

void
out_line(struct out *o, jv v)
{
	js_dump(&o->b, v);
	buf_addc(&o->b, '\n');
}

void
out_piece(struct buf *b, enum delta_kind kind, const char *p, size_t n,
    int index, const char *name)
{
	buf_addf(b, "\"kind\":\"%s\",\"text\":", out_kind(kind));
	js_quote(b, p, n);
	if (index >= 0)
		buf_addf(b, ",\"index\":%d", index);
	if (name != NULL) {
		buf_adds(b, ",\"name\":");
		js_quote(b, name, strlen(name));
	}
}

void
out_delta(struct out *o, const char *message_id, enum delta_kind kind,
    const char *p, size_t n, int index, const char *name)
{
	struct buf *b = &o->b;

	buf_adds(b, "{\"type\":\"delta\",\"message_id\":");
	js_quote(b, message_id, strlen(message_id));
	buf_addc(b, ',');
	out_piece(b, kind, p, n, index, name);
	buf_adds(b, "}\n");
}

int
out_flush(struct out *o, struct err *e)
{
	if (o->b.len == 0)
		return 0;
	if (fd_write_all(o->fd, o->b.data, o->b.len) == -1) {
		o->gone = errno == EPIPE;
		buf_reset(&o->b);
		err_sys(e, "standard output");
		e->kind = ERR_IO;
		return -1;
	}
	buf_reset(&o->b);
	return 0;
}
