/*
 * store.c - what servers said of their tools, kept in the state folder.
 */
#include "mcp/store.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/ids.h"
#include "core/state.h"
#include "mcp/tools.h"
#include "sys/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGAIN_MS	300000	/* before a server that failed is tried */

static char *
pin_path(const struct entry *c, struct err *e)
{
	char *dir = state_path("mcp", e);
	char *path = dir != NULL ? xasprintf("%s/pin-%s-%.16s.json", dir,
	    c->name, c->sum) : NULL;

	free(dir);
	return path;
}

jv
store_pin(const struct entry *c)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	char *path = pin_path(c, &e);
	jv v = js_none(), tools;

	if (path != NULL && file_read(path, &b, STORE_FILE_MAX, &e) == 0)
		v = js_parse(buf_str(&b), b.len, &e);
	tools = js_get(v, "tools");
	if (!js_is_arr(tools)) {
		js_free(v);
		v = js_none();
	}
	js_free(tools);
	buf_free(&b);
	free(path);
	return v;
}

int
store_lock(const char *path, bool make)
{
	char *dir = xmemdup(path, (size_t)(strrchr(path, '/') - path));
	struct err ignored = ERR_INIT;

	if (make)
		file_mkdirs(dir, 0700, &ignored);
	free(dir);
	return file_change_lock(path);
}

int
store_write(const char *path, jv v, bool pretty, struct err *e)
{
	char *dir = xmemdup(path, (size_t)(strrchr(path, '/') - path));
	struct buf b = BUF_INIT;
	int rc = file_mkdirs(dir, 0700, e);

	if (pretty)
		js_dump_pretty(&b, v);
	else
		js_dump(&b, v);
	buf_addc(&b, '\n');
	if (rc == 0)
		rc = file_replace(path, b.data, b.len, 0600, e);
	buf_free(&b);
	free(dir);
	return rc;
}

int
store_pin_write(const struct entry *c, jv pin, struct err *e)
{
	char *path = pin_path(c, e);
	int rc = path != NULL ? store_write(path, pin, false, e) : -1;

	free(path);
	return rc;
}

void
store_pin_remove(const struct entry *c)
{
	struct err e = ERR_INIT;
	char *path = pin_path(c, &e);

	if (path != NULL)
		unlink(path);
	free(path);
}

/* Another name for a tool whose name is taken by another server's. */
static jv
rename_take(jv t)
{
	struct buf b = BUF_INIT;
	char sum[65];

	buf_addf(&b, "%s\n%s", js_str(t, "server"), js_str(t, "tool"));
	ids_sha256(sum, b.data, b.len);
	buf_reset(&b);
	buf_addf(&b, "%.55s_%.8s", js_str(t, "name"), sum);
	t = js_set(t, "name", js_from_buf(&b));
	buf_free(&b);
	return t;
}

/* The tools of one server, behind those of the others. */
static jv
add_tools(jv all, const struct entry *c, jv pin)
{
	jv tools = js_get(pin, "tools");

	for (size_t i = 0; i < js_len(tools); i++) {
		jv t = js_at(tools, i), hints = js_get(t, "annotations"), twin;

		if (js_str(t, "name") == NULL || js_str(t, "tool") == NULL) {
			js_free(hints);
			js_free(t);
			continue;
		}
		t = js_set_str(t, "server", c->name);
		t = js_set_bool(t, "reads", c->trust && js_bool(hints,
		    "readOnlyHint", false));
		t = js_del(js_del(t, "annotations"), "headers");
		twin = tools_find(all, "name", js_str(t, "name"));
		if (js_is_valid(twin))
			t = rename_take(t);
		js_free(twin);
		all = js_push(all, t);
		js_free(hints);
	}
	js_free(tools);
	return all;
}

int
store_index(const char *path, const struct entries *c, const jv *pins,
    jv failed, struct err *e)
{
	jv o = js_obj(), all = js_arr();
	int rc;

	for (size_t i = 0; i < c->n; i++)
		if (!c->v[i]->disabled && js_is_valid(pins[i]))
			all = add_tools(all, c->v[i], pins[i]);
	o = js_set(o, "tools", all);
	o = js_set(o, "failed", js_ref(failed));
	if (js_len(failed) > 0)
		o = js_set_int(o, "again_ms", clock_wall_ms() + AGAIN_MS);
	rc = store_write(path, o, false, e);
	js_free(o);
	return rc;
}

jv
store_failed(const char *path)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = js_none(), failed;

	if (path != NULL && access(path, F_OK) == 0 && file_read(path, &b,
	    STORE_FILE_MAX, &e) == 0)
		v = js_parse(buf_str(&b), b.len, &e);
	failed = js_get(v, "failed");
	js_free(v);
	buf_free(&b);
	return failed;
}

void
store_forget(void)
{
	struct err e = ERR_INIT;
	char *dir = state_path("mcp", &e);
	DIR *d = dir != NULL ? opendir(dir) : NULL;
	struct dirent *x;

	while (d != NULL && (x = readdir(d)) != NULL)
		if (strncmp(x->d_name, "index-", 6) == 0)
			unlinkat(dirfd(d), x->d_name, 0);
	if (d != NULL)
		closedir(d);
	free(dir);
}
