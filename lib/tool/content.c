/*
 * content.c - results in the form of the Model Context Protocol, as text.
 */
#include "tool/content.h"

#define STRUCTURED_MAX	((size_t)64 * 1024)

static void
link_block(struct buf *out, jv block, const char *uri)
{
	const char *name = js_str(block, "name");
	const char *mime = js_str(block, "mimeType");

	buf_addf(out, "[link: %.500s", uri);
	if (name != NULL)
		buf_addf(out, ", %.100s", name);
	if (mime != NULL)
		buf_addf(out, ", %.100s", mime);
	buf_adds(out, "]");
}

/* What is no text is named, not shown. */
static void
other_block(struct buf *out, const char *type, jv block)
{
	const char *mime = js_str(block, "mimeType");
	const char *uri = js_str(block, "uri");
	jv data = js_get(block, js_has(block, "blob") ? "blob" : "data");
	size_t n = 0;

	js_bytes(data, &n);
	buf_addf(out, "[dropped: %.60s", type != NULL ? type : "a block");
	if (mime != NULL)
		buf_addf(out, ", %.100s", mime);
	if (uri != NULL)
		buf_addf(out, ", %.300s", uri);
	if (n > 0)
		buf_addf(out, ", %zu bytes", n / 4 * 3);
	buf_adds(out, "]");
	js_free(data);
}

/* True when it is text. */
static bool
add_block(struct buf *out, jv block)
{
	const char *type = js_str(block, "type"), *uri, *s;
	jv inner = js_get(block, "resource");
	bool link = js_str_is(block, "type", "resource_link");
	size_t n;

	s = js_str_len(block, "text", &n);
	if (s == NULL)
		s = js_str_len(inner, "text", &n);
	uri = js_str(block, "uri");
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
	if (s != NULL)
		buf_add(out, s, n);
	else if (link && uri != NULL)
		link_block(out, block, uri);
	else
		other_block(out, type, js_is_obj(inner) ? inner : block);
	js_free(inner);
	return s != NULL || link;
}

void
content_text(struct buf *out, jv o)
{
	jv content = js_get(o, "content");
	jv structured = js_get(o, "structuredContent");
	bool usable = false;
	const char *s;
	size_t n;

	if ((s = js_bytes(content, &n)) != NULL) {
		buf_add(out, s, n);
		usable = n > 0;
	}
	for (size_t i = 0; js_is_arr(content) && i < js_len(content); i++) {
		jv block = js_at(content, i);

		usable |= add_block(out, block);
		js_free(block);
	}
	if (!usable && js_is_valid(structured)) {
		if (out->len > 0)
			buf_addc(out, '\n');
		js_dump(out, structured);
	}
	js_free(structured);
	js_free(content);
}

void
content_structured(struct result *r, jv v)
{
	struct buf b = BUF_INIT;

	if (!js_is_valid(v))
		return;
	js_dump(&b, v);
	if (b.len <= STRUCTURED_MAX)
		r->structured = buf_detach(&b);
	buf_free(&b);
}
