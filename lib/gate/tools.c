/*
 * tools.c - the tools that a model is offered.
 */
#include "gate/tools.h"

#include <string.h>

#include "base/buf.h"
#include "json/jsonl.h"
#include "sys/file.h"

#define TOOLS_MAX	(8 * 1024 * 1024)

/* Parameters as strict servers want them: an object with properties. */
static jv
fit_parameters(jv out, jv fn)
{
	jv p = js_get(fn, "parameters");
	jv f = js_ref(fn);

	if (js_is_obj(p) && js_has(p, "type") && js_has(p, "properties")) {
		js_free(p);
		js_free(f);
		return out;
	}
	if (!js_is_obj(p)) {
		js_free(p);
		p = js_obj();
	}
	if (!js_has(p, "type"))
		p = js_set_str(p, "type", "object");
	if (!js_has(p, "properties"))
		p = js_set(p, "properties", js_obj());
	return js_set(out, "function", js_set(f, "parameters", p));
}

/* One schema: wrapped, or bare, or in the words of other APIs. */
static jv
fit_tool(jv t, size_t i, struct err *e)
{
	jv fn = js_get(t, "function");
	jv out = js_ref(t);
	const char *name;

	if (js_has(out, "agent"))
		out = js_del(out, "agent");
	if (!js_is_obj(fn) && js_is_obj(t) && js_str(t, "name") != NULL) {
		js_free(out);
		js_free(fn);
		fn = js_copy_key(js_obj(), "name", t, "name");
		fn = js_copy_key(fn, "description", t, "description");
		fn = js_copy_key(fn, "parameters", t, js_has(t,
		    "parameters") ? "parameters" : js_has(t, "inputSchema") ?
		    "inputSchema" : "input_schema");
		out = js_set(js_set_str(js_obj(), "type", "function"),
		    "function", js_ref(fn));
	}
	name = js_str(fn, "name");
	if (name == NULL || *name == '\0') {
		err_set(e, ERR_DATA, "tool %zu: expected a function schema "
		    "with a name", i + 1);
		js_free(out);
		out = js_none();
	} else {
		out = fit_parameters(out, fn);
		if (js_str(out, "type") == NULL)
			out = js_set_str(out, "type", "function");
	}
	js_free(fn);
	return out;
}

jv
tools_fit(jv tools, struct err *e)
{
	jv out = js_arr();

	if (!js_is_arr(tools)) {
		js_free(out);
		err_set(e, ERR_DATA, "tools: expected an array, got %s",
		    js_kind(tools));
		return js_none();
	}
	for (size_t i = 0; i < js_len(tools); i++) {
		jv t = js_at(tools, i);
		jv fit = fit_tool(t, i, e);

		js_free(t);
		if (!js_is_valid(fit)) {
			js_free(out);
			return js_none();
		}
		out = js_push(out, fit);
	}
	return out;
}

/* Lines, each a schema or a line of type tools; owned array, or invalid. */
static jv
read_lines(const struct buf *text, const char *path, struct err *e)
{
	struct jsonl r;
	enum jsonl_status st;
	jv all = js_arr(), v = js_none();

	jsonl_init(&r, path);
	jsonl_feed(&r, buf_str(text), text->len);
	jsonl_eof(&r);
	while ((st = jsonl_next(&r, &v, NULL, NULL, e)) == JSONL_ITEM) {
		if (js_str_is(v, "type", "tools")) {
			js_free(all);
			all = js_get(v, "tools");
			js_free(v);
		} else if (js_is_arr(all)) {
			all = js_push(all, v);
		} else {
			js_free(v);
		}
	}
	jsonl_free(&r);
	if (st == JSONL_ERROR) {
		js_free(all);
		return js_none();
	}
	return all;
}

jv
tools_load(const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	jv v = js_none(), list, out = js_none();

	if (file_read(path, &text, TOOLS_MAX, e) == -1) {
		buf_free(&text);
		return js_none();
	}
	v = js_parse(buf_str(&text), text.len, &ignored);
	if (js_is_arr(v))
		list = js_ref(v);
	else if (js_is_obj(v) && js_has(v, "tools"))
		list = js_get(v, "tools");
	else
		list = read_lines(&text, path, e);
	if (js_is_valid(list) || e->kind == ERR_NONE)
		out = tools_fit(list, e);
	if (!js_is_valid(out) && strstr(e->msg, path) == NULL)
		err_wrap(e, "%s", path);
	js_free(list);
	js_free(v);
	buf_free(&text);
	return out;
}
