/*
 * skill_promote.c - how a function or a program becomes a tool.
 *
 * The bytes are read once, and what was checked is what is kept: a file
 * that changes meanwhile changes nothing.  share/agent/python/skill.py reads
 * Python and runs its examples, in agent-jail both times.
 */
#include "tool/skill.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/ids.h"
#include "core/state.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/extern.h"
#include "tool/path.h"
#include "tool/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_S		20	/* for reading, and for the examples */

struct promotion {
	struct tool_env	*env;
	const struct skill_ask *ask;
	struct result	*r;
	char		*name;
	jv		 tool;		/* the Tool object */
	jv		 skill;		/* what is noted of it */
	struct buf	 launcher;	/* Python */
	bool		 python;
};

void
skill_ask_free(struct skill_ask *a)
{
	buf_free(&a->text);
	buf_free(&a->manifest);
}

/* ---- names ---- */

/* A name that belongs to us, whether the tool is here or not. */
static bool
is_ours(const char *name)
{
	for (size_t i = 0; i < builtin_ntools; i++)
		if (strcmp(builtin_tools[i].name, name) == 0)
			return true;
	for (const struct tool *t = helper_tools; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return true;
	return false;
}

static bool
take_name(struct promotion *p, const char *name)
{
	const struct tool *t;

	if (p->ask->name != NULL)
		name = p->ask->name;
	free(p->name);
	p->name = xstrdup(name);
	if (!registry_name(name) || strchr(name, '.') != NULL) {
		result_error(p->r, CODE_ARGUMENTS, "%.80s is no name for a "
		    "tool.\nUse letters, digits, _ and -, at most 64, and "
		    "give it as name.", name);
		return false;
	}
	t = tool_find(p->env, name);
	if (is_ours(name) || (t != NULL && !t->skill)) {
		result_error(p->r, CODE_ARGUMENTS, "there is a tool %s "
		    "already, which is not replaced.\nGive another name.",
		    name);
		return false;
	}
	return true;
}

/* ---- Python ---- */

/* Run skill.py in the jail; the structured part of what it says, or an
 * invalid value with r filled. */
static jv
helper(struct promotion *p, const char *what, const char *function)
{
	char *path = state_share("python/skill.py");
	struct tool t = { .name = "promote_skill", .program = path,
	    .walls = WALLS_READS, .timeout_s = CHECK_S };
	struct err ignored = ERR_INIT;
	struct program run;
	struct result said;
	jv args = js_set_str(js_obj(), "do", what), v = js_none();

	args = js_set(args, "source", js_from_buf(&p->ask->text));
	if (function != NULL)
		args = js_set_str(args, "function", function);
	program_init(&run);
	result_init(&said);
	if (program_start(&run, p->env, &t, "", args, NULL, &said) == 0) {
		program_wait(&run);
		program_finish(&run, &said);
	}
	if (said.status == RESULT_COMPLETED && said.structured != NULL)
		v = js_parse(said.structured, strlen(said.structured),
		    &ignored);
	if (js_is_obj(v))
		;
	else if (said.status == RESULT_TIMEOUT)
		result_error(p->r, CODE_TIMEOUT, "the examples of the "
		    "docstring took longer than %d s.", CHECK_S);
	else if (said.exit_code == 1 && run.raw.len > 0)
		result_error(p->r, CODE_ARGUMENTS, "%s cannot become a tool.\n"
		    "%.3500s", p->ask->shown, buf_str(&run.raw));
	else
		result_error(p->r, said.code != CODE_OK ? said.code :
		    CODE_TOOL, "%s cannot be checked: %.2000s", p->ask->shown,
		    buf_str(&said.text));
	program_free(&run);
	result_free(&said);
	js_free(args);
	free(path);
	return v;
}

static bool
python(struct promotion *p)
{
	char *function = NULL;
	int64_t n = 0;
	bool good = false;
	jv v;

	if (!utf8_valid(buf_str(&p->ask->text), p->ask->text.len)) {
		result_error(p->r, CODE_ENCODING, "%s is not UTF-8.",
		    p->ask->shown);
		return false;
	}
	p->python = true;
	p->tool = helper(p, "check", p->ask->function);
	if (!js_is_obj(p->tool))
		return false;
	if (js_str(p->tool, "name") != NULL)
		function = xstrdup(js_str(p->tool, "name"));
	if (function == NULL || !registry_name(function))
		result_error(p->r, CODE_ARGUMENTS, "the name of the function "
		    "is none of a tool.");
	else if (take_name(p, function)) {
		v = helper(p, "doctest", function);
		good = js_int(v, "examples", 0, 1 << 20, &n);
		js_free(v);
	}
	if (good) {
		p->skill = js_set_str(p->skill, "function", function);
		p->skill = js_set_int(p->skill, "examples", n);
		skill_launcher(&p->launcher, p->name, function);
	}
	free(function);
	return good;
}

/* ---- executables ---- */

/* A private copy, so that what is asked is what is kept. */
static char *
stage(struct promotion *p, const char *dir, const char *file)
{
	char id[IDS_SIZE], *sub, *path, *side;
	struct err e = ERR_INIT;
	int rc;

	ids_sortable(id);
	sub = xasprintf("%s/.new-%s", dir, id);
	path = xasprintf("%s/%s", sub, file);
	side = xasprintf("%s.tool.json", path);
	rc = file_mkdirs(sub, 0700, &e);
	if (rc == 0)
		rc = file_replace(path, buf_str(&p->ask->text),
		    p->ask->text.len, 0700, &e);
	if (rc == 0 && p->ask->manifest.len > 0)
		rc = file_replace(side, buf_str(&p->ask->manifest),
		    p->ask->manifest.len, 0600, &e);
	if (rc == -1) {
		result_error(p->r, CODE_IO, "%s", e.msg);
		unlink(path);
		rmdir(sub);
		free(path);
		path = NULL;
	}
	free(side);
	free(sub);
	return path;
}

static void
unstage(char *path)
{
	char *side = xasprintf("%s.tool.json", path);

	unlink(side);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(side);
	free(path);
}

static bool
executable(struct promotion *p, const char *dir)
{
	struct extern_schema s = { .tool = js_none() };
	char *file = extern_name(p->ask->shown), *path = NULL;
	struct err e = ERR_INIT;
	bool good = false;

	if (!p->ask->executable) {
		result_error(p->r, CODE_ARGUMENTS, "%s is neither Python nor "
		    "executable.\nCompile it, or chmod +x it, and describe it "
		    "in %s.tool.json.", p->ask->shown, file);
	} else if (p->ask->function != NULL) {
		result_error(p->r, CODE_ARGUMENTS, "function is for Python; "
		    "%s is an executable.", p->ask->shown);
	} else if (take_name(p, file) && (path = stage(p, dir, file)) !=
	    NULL) {
		if (extern_schema(p->env, path, file, &s, &e) == 0) {
			p->tool = js_set_str(s.tool, "name", p->name);
			p->skill = js_set_bool(p->skill, "options",
			    s.options);
			good = true;
		} else {
			result_error(p->r, CODE_ARGUMENTS, "%s cannot become "
			    "a tool: %s.", p->ask->shown, e.msg);
		}
		unstage(path);
	}
	free(file);
	return good;
}

/* ---- keeping it ---- */

/* How often that name was promoted, this time included. */
static int64_t
version(const struct promotion *p, const char *dir)
{
	char *path = xasprintf("%s/%s.tool.json", dir, p->name);
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv o = js_none(), meta, ours, skill;
	int64_t n = 0;

	if (file_read(path, &b, EXTERN_SCHEMA_MAX, &ignored) == 0)
		o = js_parse(buf_str(&b), b.len, &ignored);
	meta = js_get(o, "_meta");
	ours = js_get(meta, "agent");
	skill = js_get(ours, "skill");
	js_int(skill, "version", 1, 1 << 30, &n);
	js_free(skill);
	js_free(ours);
	js_free(meta);
	js_free(o);
	buf_free(&b);
	free(path);
	return n + 1;
}

/* The notes: whose bytes, from where, when. */
static void
note(struct promotion *p, const char *dir)
{
	char sum[65], stamp[CLOCK_STAMP_SIZE];
	jv o = p->skill, ours, meta = js_get(p->tool, "_meta");

	ids_sha256(sum, buf_str(&p->ask->text), p->ask->text.len);
	clock_stamp(stamp, clock_wall_ms());
	o = js_set_str(o, "kind", p->python ? "python" : "program");
	o = js_set_str(o, "sha256", sum);
	o = js_set_str(o, "from", p->ask->shown);
	if (p->env->session != NULL)
		o = js_set_str(o, "session", p->env->session);
	if (p->ask->call != NULL && *p->ask->call != '\0')
		o = js_set_str(o, "call", p->ask->call);
	o = js_set_int(o, "version", version(p, dir));
	p->skill = js_set_str(o, "promoted", stamp);
	ours = js_get(meta, "agent");
	if (!js_is_obj(ours)) {
		js_free(ours);
		ours = js_set_int(js_obj(), "abi", 1);
	}
	if (!js_is_obj(meta)) {
		js_free(meta);
		meta = js_obj();
	}
	ours = js_set(ours, "skill", js_ref(p->skill));
	p->tool = js_set_str(p->tool, "name", p->name);
	p->tool = js_set(p->tool, "_meta", js_set(meta, "agent", ours));
}

static int
put(const char *dir, const char *name, const char *end, const struct buf *b,
    mode_t mode, struct err *e)
{
	char *path = xasprintf("%s/%s%s", dir, name, end);
	int rc;

	/* It keeps no mode, and no link, of one that was there. */
	unlink(path);
	rc = file_replace(path, buf_str(b), b->len, mode, e);
	free(path);
	return rc;
}

/* The schema last: until then nothing is there, or what does not fit. */
static bool
keep(struct promotion *p, const char *dir)
{
	struct err e = ERR_INIT;
	struct buf schema = BUF_INIT;
	int rc;

	note(p, dir);
	rc = extern_check(p->tool, p->name, &e);
	if (rc == 0 && p->python) {
		rc = put(dir, p->name, ".py", &p->ask->text, 0600, &e);
		if (rc == 0)
			rc = put(dir, p->name, "", &p->launcher, 0700, &e);
	} else if (rc == 0) {
		rc = put(dir, p->name, "", &p->ask->text, 0700, &e);
	}
	js_dump_pretty(&schema, p->tool);
	buf_addc(&schema, '\n');
	if (rc == 0)
		rc = put(dir, p->name, ".tool.json", &schema, 0600, &e);
	buf_free(&schema);
	if (rc == -1)
		result_error(p->r, e.kind == ERR_DATA ? CODE_ARGUMENTS :
		    CODE_IO, "%s", e.msg);
	return rc == 0;
}

static void
tell(struct promotion *p)
{
	jv schema = js_get(p->tool, "inputSchema");
	jv props = js_get(schema, "properties"), names = js_keys(props);
	struct buf *out = &p->r->text;
	int64_t n;

	buf_addf(out, "%s is a tool now, from %s.\nIts parameters:", p->name,
	    p->ask->shown);
	for (size_t i = 0; i < js_len(names); i++) {
		jv k = js_at(names, i);

		if (js_cstr(k) != NULL)
			buf_addf(out, "%s %s", i != 0 ? "," : "",
			    js_cstr(k));
		js_free(k);
	}
	buf_adds(out, js_len(names) == 0 ? " none.\n" : ".\n");
	if (js_int(p->skill, "examples", 1, 1 << 20, &n))
		buf_addf(out, "All %lld examples of its docstring hold.\n",
		    (long long)n);
	js_free(names);
	js_free(props);
	js_free(schema);
}

void
skill_promote(struct tool_env *env, const struct skill_ask *a,
    struct result *r)
{
	struct promotion p = { .env = env, .ask = a, .r = r,
	    .tool = js_none(), .skill = js_obj() };
	struct err e = ERR_INIT;
	char *dir = state_dir(env->workspace, "skills", &e);
	size_t n = strlen(a->shown);

	if (dir == NULL)
		result_error(r, CODE_IO, "%s", e.msg);
	else if ((n > 3 && strcmp(a->shown + n - 3, ".py") == 0 &&
	    a->manifest.len == 0 ? python(&p) : executable(&p, dir)) &&
	    keep(&p, dir))
		tell(&p);
	js_free(p.tool);
	js_free(p.skill);
	buf_free(&p.launcher);
	free(p.name);
	free(dir);
}

/* ---- as a tool ---- */

/* A file of the workspace, all of it; false with r filled. */
static bool
load(const struct path *p, const char *rel, struct skill_ask *a,
    struct buf *into, struct result *r)
{
	int fd = beneath_open(p->root, rel, O_RDONLY, BENEATH_LINKS);
	struct stat st;
	bool good = false;

	if (fd == -1 || fstat(fd, &st) == -1)
		result_errno(r, errno, "open", p->shown);
	else if (!S_ISREG(st.st_mode))
		result_errno(r, S_ISDIR(st.st_mode) ? EISDIR : ENXIO, "open",
		    p->shown);
	else if (fd_slurp(fd, into, SKILL_PROGRAM_MAX) == -1)
		result_errno(r, errno, "read", p->shown);
	else
		good = true;
	if (good && into == &a->text)
		a->executable = (st.st_mode & 0100) != 0;
	fd_close(&fd);
	return good;
}

void
tool_promote_skill(const struct tool_env *env, jv args, struct result *r)
{
	struct tool_env own = *env;	/* of this child */
	struct skill_ask a = { .name = js_str(args, "name"),
	    .function = js_str(args, "function"), .call = env->call };
	struct path p = PATH_INIT;
	struct result none;
	char *stem, *beside;

	if (path_of(&p, env, args, "path", r) &&
	    load(&p, buf_str(&p.rel), &a, &a.text, r)) {
		const char *rel = buf_str(&p.rel);
		const char *slash = strrchr(rel, '/');

		stem = extern_name(rel);
		beside = xasprintf("%.*s%s.tool.json", slash != NULL ?
		    (int)(slash + 1 - rel) : 0, rel, stem);
		result_init(&none);
		if (!load(&p, beside, &a, &a.manifest, &none))
			buf_reset(&a.manifest);
		result_free(&none);
		a.shown = p.shown;
		if (a.name != NULL && *a.name == '\0')
			a.name = NULL;
		if (a.function != NULL && *a.function == '\0')
			a.function = NULL;
		skill_promote(&own, &a, r);
		free(beside);
		free(stem);
	}
	skill_ask_free(&a);
	path_free(&p);
}
