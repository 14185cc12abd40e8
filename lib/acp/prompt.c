/*
 * prompt.c - the content blocks of an editor's prompt as a message.
 */
#include "acp/update.h"

#include <string.h>

/* Text that is not the user's stands between marks with its origin. */
static void
resource(struct buf *text, jv block)
{
	jv res = js_get(block, "resource");
	const char *uri = js_str(res, "uri"), *body;
	size_t n = 0;

	body = js_str_len(res, "text", &n);
	buf_addf(text, "\n<resource uri=\"%s\">\n", uri != NULL ? uri : "");
	if (body != NULL)
		buf_add(text, body, n);
	else
		buf_adds(text, "(not text)");
	buf_adds(text, "\n</resource>\n");
	js_free(res);
}

/* The byte that "%XX" stands for (RFC 3986, 2.1); -1 for what stands for
 * itself, as what a line has no place for does. */
static int
coded(const char *s)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *high, *low;
	int c;

	if (s[0] != '%' || s[1] == '\0' || s[2] == '\0')
		return -1;
	high = strchr(digits, s[1]);
	low = strchr(digits, s[2]);
	if (high == NULL || low == NULL)
		return -1;
	c = (int)((high - digits) % 16 * 16 + (low - digits) % 16);
	return c < 0x20 || c == 0x7f ? -1 : c;
}

/* The path of a file is what tools take, not its URI. */
static void
link_to(struct buf *text, jv block)
{
	const char *uri = js_str(block, "uri");

	if (uri == NULL)
		return;
	if (strncmp(uri, "file://", 7) != 0) {
		buf_adds(text, uri);
		return;
	}
	for (uri += 7; *uri != '\0'; uri++) {
		int c = coded(uri);

		buf_addc(text, c != -1 ? (char)c : *uri);
		if (c != -1)
			uri += 2;
	}
}

static jv
picture(jv block)
{
	const char *type = js_str(block, "mimeType");
	const char *data = js_str(block, "data");
	jv url;

	if (type == NULL || data == NULL || strncmp(type, "image/", 6) != 0)
		return js_none();
	url = js_set(js_obj(), "url", js_fmt("data:%s;base64,%s", type,
	    data));
	return js_set(js_set_str(js_obj(), "type", "image_url"), "image_url",
	    url);
}

static jv
text_part(const struct buf *text)
{
	return js_set(js_set_str(js_obj(), "type", "text"), "text",
	    js_from_buf(text));
}

/* One block: into text, or as a picture. */
static int
take(struct buf *text, jv *pictures, jv block, struct err *e)
{
	const char *type = js_str(block, "type"), *p;
	size_t n = 0;
	jv image;

	if (type == NULL)
		return err_set(e, ERR_DATA, "a block of the prompt has no "
		    "type");
	if (strcmp(type, "text") == 0 &&
	    (p = js_str_len(block, "text", &n)) != NULL) {
		buf_add(text, p, n);
		return 0;
	}
	if (strcmp(type, "resource") == 0) {
		resource(text, block);
		return 0;
	}
	if (strcmp(type, "resource_link") == 0) {
		link_to(text, block);
		return 0;
	}
	image = strcmp(type, "image") == 0 ? picture(block) : js_none();
	if (!js_is_valid(image)) {
		js_free(image);
		return err_set(e, ERR_DATA, "a block of the prompt is of a "
		    "kind that is not taken: %.40s", type);
	}
	*pictures = js_push(*pictures, image);
	return 0;
}

jv
update_prompt(jv blocks, struct err *e)
{
	struct buf text = BUF_INIT;
	jv pictures = js_arr(), content, out = js_none();
	int rc = 0;

	if (!js_is_arr(blocks) || js_len(blocks) == 0)
		rc = err_set(e, ERR_DATA, "prompt: no content blocks");
	for (size_t i = 0; rc == 0 && i < js_len(blocks); i++) {
		jv block = js_at(blocks, i);

		rc = take(&text, &pictures, block, e);
		js_free(block);
	}
	if (rc == 0) {
		content = js_len(pictures) == 0 ? js_from_buf(&text) :
		    js_push(js_arr(), text_part(&text));
		for (size_t i = 0; i < js_len(pictures); i++)
			content = js_push(content, js_at(pictures, i));
		out = js_set(js_set_str(js_obj(), "role", "user"), "content",
		    content);
	}
	js_free(pictures);
	buf_free(&text);
	return out;
}

/* ---- prompt files ---- */

jv
update_commands(jv prompts)
{
	jv all = js_arr();

	for (size_t i = 0; js_is_arr(prompts) && i < js_len(prompts); i++) {
		jv one = js_at(prompts, i), o = js_obj();
		const char *hint = js_str(one, "argument_hint");
		const char *what = js_str(one, "description");

		if (what == NULL)
			what = js_str(one, "begins");
		if (js_str(one, "name") != NULL) {
			o = js_set_str(o, "name", js_str(one, "name"));
			o = js_set_str(o, "description", what != NULL ? what :
			    "");
			if (hint != NULL)
				o = js_set(o, "input", js_set_str(js_obj(),
				    "hint", hint));
			all = js_push(all, js_ref(o));
		}
		js_free(o);
		js_free(one);
	}
	return all;
}

/* Whether the n bytes at s are the name of one. */
static bool
is_prompt(jv prompts, const char *s, size_t n)
{
	bool found = false;

	for (size_t i = 0; !found && js_is_arr(prompts) && i <
	    js_len(prompts); i++) {
		jv one = js_at(prompts, i);
		const char *name = js_str(one, "name");

		found = name != NULL && strlen(name) == n &&
		    memcmp(name, s, n) == 0;
		js_free(one);
	}
	return found;
}

jv
update_command_take(jv msg, jv prompts)
{
	jv content = js_get(msg, "content"), first = js_at(content, 0), all;
	struct buf rest = BUF_INIT, name = BUF_INIT;
	const char *s = js_is_str(content) ? js_cstr(content) : js_str(first,
	    "text");
	size_t n = s != NULL && *s == '/' ? strcspn(s + 1, " \t\r\n") : 0;

	if (n > 0 && is_prompt(prompts, s + 1, n)) {
		buf_add(&name, s + 1, n);
		s += 1 + n;
		buf_adds(&rest, s + strspn(s, " \t\r\n"));
		if (js_is_str(content)) {
			all = js_from_buf(&rest);
		} else {
			all = js_push(js_arr(), text_part(&rest));
			for (size_t i = 1; i < js_len(content); i++)
				all = js_push(all, js_at(content, i));
		}
		msg = js_set(msg, "content", all);
		msg = js_set(msg, "agent", js_set(js_obj(), "fill",
		    js_from_buf(&name)));
	}
	buf_free(&rest);
	buf_free(&name);
	js_free(first);
	js_free(content);
	return msg;
}
