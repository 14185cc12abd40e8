/*
 * probe_keep.c - what a probe found: shown, and kept as a profile.
 */
#include "gate/probe_keep.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "gate/profile.h"
#include "net/http.h"
#include "sys/file.h"

static const char *const tools_names[] = { "none", "native", "text",
    "refused" };
static const char *const form_names[] = { "refused", "ignored", "kept" };

static jv
repairs_of(const struct probe *f)
{
	jv list = js_arr();

	for (unsigned bit = 1; bit != 0 && bit <= f->repairs; bit <<= 1)
		if ((f->repairs & bit) && profile_repair_name(bit) != NULL)
			list = js_push(list, js_from_str(
			    profile_repair_name(bit)));
	return list;
}

/* The members that a profile has, agent-profile(5). */
static jv
profile_of(const struct probe *f)
{
	char stamp[CLOCK_STAMP_SIZE];
	jv o = js_set_str(js_obj(), "name", f->model != NULL ? f->model :
	    "probed");

	clock_stamp(stamp, clock_wall_ms());
	o = js_set_str(o, "measured", stamp);
	if (f->window > 0)
		o = js_set_int(o, "window", f->window);
	if (f->tools == PROBE_REFUSED)
		o = js_set_str(o, "tools", "text");
	else if (f->tools != PROBE_NO_CALL)
		o = js_set_str(o, "tools", "native");
	if (f->tools == PROBE_TEXT || f->tools == PROBE_REFUSED)
		o = js_set_str(o, "recover", "on");
	o = js_set_str(o, "json_schema", form_names[f->form]);
	return js_set(o, "repairs", repairs_of(f));
}

char *
probe_keep(const struct probe *f, struct err *e)
{
	char *path = profile_probed_path(f->base, f->model != NULL ?
	    f->model : ""), *dir;
	struct buf b = BUF_INIT;
	int rc;
	jv o;

	if (path == NULL) {
		err_set(e, ERR_CANTCREAT, "no state folder to keep the profile "
		    "in; try AGENT_STATE");
		return NULL;
	}
	o = js_set(js_obj(), "profiles", js_push(js_arr(), profile_of(f)));
	js_dump_pretty(&b, o);
	buf_addc(&b, '\n');
	dir = xmemdup(path, (size_t)(strrchr(path, '/') - path));
	rc = file_mkdirs(dir, 0700, e);
	if (rc == 0)
		rc = file_replace(path, b.data, b.len, 0600, e);
	js_free(o);
	buf_free(&b);
	free(dir);
	if (rc == 0)
		return path;
	free(path);
	return NULL;
}

static void
show_json(const struct probe *f, const char *path, struct buf *out)
{
	jv o = js_obj();

	o = js_set(o, "model", f->model != NULL ? js_from_str(f->model) :
	    js_null());
	o = js_set_str(o, "url", f->base);
	o = js_set_int(o, "answer_ms", f->answer_ms);
	o = js_set_bool(o, "usage", f->usage);
	o = js_set_bool(o, "stream", f->streams);
	o = js_set_bool(o, "stream_usage", f->stream_usage);
	if (f->speed > 0)
		o = js_set(o, "tokens_per_second", js_from_num(
		    (double)(int64_t)(f->speed * 10 + 0.5) / 10));
	o = js_set_bool(o, "reasoning", f->reasoning);
	o = js_set_str(o, "tools", tools_names[f->tools]);
	if (f->format[0] != '\0')
		o = js_set_str(o, "format", f->format);
	o = js_set_bool(o, "results", f->results);
	o = js_set_str(o, "json_schema", form_names[f->form]);
	if (f->window > 0)
		o = js_set_int(o, "window", f->window);
	if (f->window_max > 0)
		o = js_set_int(o, "window_max", f->window_max);
	o = js_set(o, "repairs", repairs_of(f));
	if (path != NULL)
		o = js_set_str(o, "profile", path);
	js_dump(out, o);
	buf_addc(out, '\n');
	js_free(o);
}

static void
row(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%-14s ", name);
	utf8_escape(out, value, strlen(value), UTF8_LINE);
	buf_addc(out, '\n');
}

static void
show_tools(const struct probe *f, struct buf *out)
{
	static const char *const said[] = { "it did not call one", "native",
	    "as text", "the server refuses them, so in words" };
	char *s = f->format[0] != '\0' ? xasprintf("%s (%s)",
	    said[f->tools], f->format) : xstrdup(said[f->tools]);

	row(out, "tools", s);
	free(s);
	if (f->tools != PROBE_NO_CALL)
		row(out, "results", f->results ? "taken" : "refused");
}

static void
show_window(const struct probe *f, struct buf *out)
{
	if (f->window == 0) {
		row(out, "window", "not told; set --window");
		return;
	}
	buf_addf(out, "%-14s %lld", "window", (long long)f->window);
	if (f->window_max > f->window)
		buf_addf(out, " (the model can %lld)",
		    (long long)f->window_max);
	buf_addc(out, '\n');
}

static void
show_repairs(const struct probe *f, struct buf *out)
{
	jv list = repairs_of(f);

	if (js_len(list) > 0)
		buf_addf(out, "%-14s", "mended");
	for (size_t i = 0; i < js_len(list); i++) {
		jv s = js_at(list, i);

		buf_addf(out, " %s", js_cstr(s));
		js_free(s);
	}
	if (js_len(list) > 0)
		buf_addc(out, '\n');
	js_free(list);
}

void
probe_show(const struct probe *f, const char *path, bool json,
    struct buf *out)
{
	struct buf url = BUF_INIT;

	if (json) {
		show_json(f, path, out);
		return;
	}
	http_show_url(&url, f->base);
	row(out, "model", f->model != NULL ? f->model : "(the server's own)");
	row(out, "server", buf_str(&url));
	buf_addf(out, "%-14s in %.1f s\n", "answers",
	    (double)f->answer_ms / 1000);
	if (f->streams && f->speed > 0)
		buf_addf(out, "%-14s %.0f tokens a second\n", "streams",
		    f->speed);
	else
		row(out, "streams", f->streams ? "yes" : "no");
	row(out, "counts", f->usage && f->stream_usage ? "yes" :
	    f->usage ? "not when it streams" : "no");
	row(out, "reasoning", f->reasoning ? "apart" : "none seen");
	show_tools(f, out);
	row(out, "schema", form_names[f->form]);
	show_window(f, out);
	show_repairs(f, out);
	if (path != NULL)
		row(out, "kept in", path);
	buf_free(&url);
}
