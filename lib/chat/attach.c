/*
 * attach.c - files that go with a prompt: pictures and texts.
 */
#include "chat/attach.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "core/msg.h"
#include "sys/file.h"

#include <string.h>

void
attach_init(struct attach *a)
{
	*a = (struct attach){ .pictures = js_arr(), .text = BUF_INIT };
}

void
attach_free(struct attach *a)
{
	js_free(a->pictures);
	a->pictures = js_none();
	buf_free(&a->text);
}

const char *
attach_type(const char *p, size_t n)
{
	static const struct {
		const char	*magic;
		size_t		 n;
		const char	*type;
	} types[] = {
		{ "\x89PNG\r\n\x1a\n", 8, "image/png" },
		{ "\xff\xd8\xff", 3, "image/jpeg" },
		{ "GIF87a", 6, "image/gif" },
		{ "GIF89a", 6, "image/gif" },
	};

	for (size_t i = 0; i < BASE_NITEMS(types); i++)
		if (n > types[i].n &&
		    memcmp(p, types[i].magic, types[i].n) == 0)
			return types[i].type;
	/* A RIFF file says its kind behind its length. */
	if (n > 12 && memcmp(p, "RIFF", 4) == 0 &&
	    memcmp(p + 8, "WEBP", 4) == 0)
		return "image/webp";
	return NULL;
}

bool
attach_pictures(const struct attach *a)
{
	return js_len(a->pictures) > 0;
}

static int
add_picture(struct attach *a, const char *path, const char *type,
    const struct buf *file, struct err *e)
{
	struct buf url = BUF_INIT;
	jv part;

	if (a->bytes + file->len > ATTACH_MAX)
		return err_set(e, ERR_DATA, "%s: the pictures of a prompt "
		    "may have %zu MiB; try a smaller one", path,
		    ATTACH_MAX >> 20);
	a->bytes += file->len;
	buf_addf(&url, "data:%s;base64,", type);
	base64_add(&url, file->data, file->len);
	part = js_set(js_obj(), "url", js_from_buf(&url));
	part = js_set(js_set_str(js_obj(), "type", "image_url"), "image_url",
	    part);
	a->pictures = js_push(a->pictures, part);
	buf_free(&url);
	return 0;
}

static int
add_text(struct attach *a, const char *path, const struct buf *file,
    struct err *e)
{
	size_t look = file->len < 8192 ? file->len : 8192;

	if (look > 0 && memchr(file->data, '\0', look) != NULL)
		return err_set(e, ERR_DATA, "%s: neither a text nor a "
		    "picture (PNG, JPEG, GIF, WebP)", path);
	if (file->len > ATTACH_TEXT_MAX)
		return err_set(e, ERR_DATA, "%s: a text may have %zu MiB; "
		    "let the model read it with its tools", path,
		    ATTACH_TEXT_MAX >> 20);
	buf_adds(&a->text, "\n\n<file name=\"");
	utf8_repair(&a->text, path, strlen(path));
	buf_adds(&a->text, "\">\n");
	utf8_repair(&a->text, buf_str(file), file->len);
	buf_adds(&a->text, file->len > 0 && file->data[file->len - 1] ==
	    '\n' ? "</file>" : "\n</file>");
	return 0;
}

int
attach_file(struct attach *a, const char *path, struct err *e)
{
	struct buf file = BUF_INIT;
	const char *type;
	int rc = file_read(path, &file, ATTACH_MAX, e);

	if (rc == -1) {
		if (e->kind != ERR_DATA)
			e->kind = ERR_NOINPUT;
		buf_free(&file);
		return -1;
	}
	type = attach_type(buf_str(&file), file.len);
	rc = type != NULL ? add_picture(a, path, type, &file, e) :
	    add_text(a, path, &file, e);
	buf_free(&file);
	return rc;
}

size_t
attach_output_max(size_t max)
{
	return max == 0 || max > ATTACH_OUTPUT_MAX ? ATTACH_OUTPUT_MAX : max;
}

void
attach_output(struct attach *a, const char *command, int status,
    const struct pump_keep *output)
{
	struct buf b = BUF_INIT;

	pump_keep_join(output, &b);
	buf_adds(&a->text, "\n\n<output command=\"");
	utf8_repair(&a->text, command, strlen(command));
	buf_addf(&a->text, "\" status=\"%d\">\n", status);
	if (b.len == 0)
		buf_adds(&a->text, "(no output)\n");
	utf8_repair(&a->text, buf_str(&b), b.len);
	buf_adds(&a->text, b.len == 0 || b.data[b.len - 1] == '\n' ?
	    "</output>" : "\n</output>");
	buf_free(&b);
}

bool
attach_any(const struct attach *a)
{
	return attach_pictures(a) || a->text.len > 0;
}

void
attach_dump(const struct attach *a, struct buf *b)
{
	buf_add(b, buf_str(&a->text), a->text.len);
	js_dump(b, a->pictures);
}

jv
attach_message(struct attach *a, const char *text, size_t n)
{
	struct buf b = BUF_INIT;
	jv msg, parts;

	buf_add(&b, text, n);
	buf_add(&b, buf_str(&a->text), a->text.len);
	msg = msg_text("user", buf_str(&b), b.len);
	if (attach_pictures(a)) {
		parts = js_push(js_arr(), js_set(js_set_str(js_obj(), "type",
		    "text"), "text", js_from_buf(&b)));
		for (size_t i = 0; i < js_len(a->pictures); i++)
			parts = js_push(parts, js_at(a->pictures, i));
		msg = js_set(msg, "content", parts);
	}
	buf_free(&b);
	attach_free(a);
	attach_init(a);
	return msg;
}
