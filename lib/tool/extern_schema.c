/*
 * extern_schema.c - what an executable takes, as it says itself.
 */
#include "tool/extern.h"

#include "base/mem.h"
#include "core/ids.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASK_S		2	/* for an answer to --schema */
#define HEAD_MAX	((size_t)64 * 1024)
#define DESCRIPTION_MAX	((size_t)1024)

int
extern_check(jv tool, const char *name, struct err *e)
{
	const char *s = js_str(tool, "name");
	jv schema = js_get(tool, "inputSchema");
	jv props = js_get(schema, "properties");
	int rc = 0;

	if (!js_is_obj(tool))
		rc = err_set(e, ERR_DATA, "a schema is an object, this is %s",
		    js_kind(tool));
	else if (s == NULL || strcmp(s, name) != 0)
		rc = err_set(e, ERR_DATA, "name: expected \"%s\", the name of "
		    "the file", name);
	else if ((s = js_str(tool, "description")) == NULL || *s == '\0')
		rc = err_set(e, ERR_DATA, "description: required (string), "
		    "missing");
	else if (strlen(s) > DESCRIPTION_MAX)
		rc = err_set(e, ERR_DATA, "description: %zu bytes, at most "
		    "%zu", strlen(s), DESCRIPTION_MAX);
	else if (!js_str_is(schema, "type", "object"))
		rc = err_set(e, ERR_DATA, "inputSchema: expected an object "
		    "with type \"object\"");
	else if (js_is_valid(props) && !js_is_obj(props))
		rc = err_set(e, ERR_DATA, "inputSchema.properties: expected an "
		    "object, given %s", js_kind(props));
	js_free(props);
	js_free(schema);
	return rc;
}

char *
extern_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;

	return xmemdup(base, strcspn(base, "."));
}

/* ---- the file beside it ---- */

static jv
sidecar(const char *path, const char *name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *file = xasprintf("%.*s/%s.tool.json", (int)(slash - path), path,
	    name);
	struct buf b = BUF_INIT;
	jv v = js_none();
	struct stat st;

	if (stat(file, &st) == -1 && errno == ENOENT)
		goto out;
	if (file_read(file, &b, EXTERN_SCHEMA_MAX, e) == 0)
		v = js_parse(buf_str(&b), b.len, e);
	if (!js_is_valid(v)) {
		e->kind = ERR_DATA;
		err_wrap(e, "%s.tool.json", name);
	}
out:
	buf_free(&b);
	free(file);
	return v;
}

/* ---- its own answer ---- */

/* Answers are kept by what the file is, so that it is asked once. */
static char *
cache_path(const struct tool_env *env, const char *path)
{
	struct stat st;
	char *key, *file, sum[65];

	if (env->state == NULL || stat(path, &st) == -1)
		return NULL;
	key = xasprintf("%s\n%llu %lld.%ld %lld", path,
	    (unsigned long long)st.st_ino, (long long)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec, (long long)st.st_size);
	ids_sha256(sum, key, strlen(key));
	file = xasprintf("%s/schemas/%.32s.json", env->state, sum);
	free(key);
	return file;
}

static void
cache_put(const char *file, const struct buf *b)
{
	char *dir = xmemdup(file, (size_t)(strrchr(file, '/') - file));
	struct err ignored = ERR_INIT;

	if (file_mkdirs(dir, 0700, &ignored) == 0)
		file_replace(file, b->data, b->len, 0600, &ignored);
	free(dir);
}

/* Run it in the jail with --schema. */
static void
ask(struct tool_env *env, const char *path, const char *name, struct buf *b)
{
	struct tool t = { .name = name, .program = path,
	    .walls = WALLS_READS, .timeout_s = ASK_S, .asks = true };
	struct program p;
	struct result r;
	jv none = js_obj();

	program_init(&p);
	result_init(&r);
	if (program_start(&p, env, &t, "", none, NULL, &r) == 0) {
		program_wait(&p);
		proc_wait(&p.proc);
		if (!p.plain && p.raw.len <= EXTERN_SCHEMA_MAX)
			buf_add(b, p.raw.data, p.raw.len);
	}
	js_free(none);
	result_free(&r);
	program_free(&p);
}

static jv
answer(struct tool_env *env, const char *path, const char *name,
    struct err *e)
{
	char *file = cache_path(env, path);
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v;

	if (file == NULL || file_read(file, &b, EXTERN_SCHEMA_MAX,
	    &ignored) == -1) {
		ask(env, path, name, &b);
		if (file != NULL)
			cache_put(file, &b);
	}
	v = b.len > 0 ? js_parse(b.data, b.len, e) : js_none();
	if (!js_is_valid(v))
		err_set(e, ERR_NOINPUT, "nothing says what it takes: no "
		    "%s.tool.json beside it, no comments with @describe at its "
		    "head, and no JSON for --schema", name);
	buf_free(&b);
	free(file);
	return v;
}

/* ---- all three ---- */

static jv
comments(const char *path, const char *name, struct err *e)
{
	struct buf b = BUF_INIT;
	struct err ignored = ERR_INIT;
	jv v = js_none();

	file_read(path, &b, EXTERN_SCHEMA_MAX, &ignored);
	if (b.len > 0)
		v = extern_comments(b.data, b.len < HEAD_MAX ? b.len :
		    HEAD_MAX, name, e);
	buf_free(&b);
	return v;
}

int
extern_schema(struct tool_env *env, const char *path, const char *name,
    struct extern_schema *s, struct err *e)
{
	*s = (struct extern_schema){ .tool = sidecar(path, name, e),
	    .from = "sidecar" };
	if (!js_is_valid(s->tool) && e->kind == ERR_NONE) {
		s->tool = comments(path, name, e);
		s->from = "comments";
		s->options = true;
	}
	if (!js_is_valid(s->tool) && e->kind == ERR_NONE) {
		s->tool = answer(env, path, name, e);
		s->from = "--schema";
		s->options = false;
	}
	if (js_is_valid(s->tool) && extern_check(s->tool, name, e) == 0)
		return 0;
	js_free(s->tool);
	s->tool = js_none();
	return -1;
}
