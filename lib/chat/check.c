/*
 * check.c - code was written and nothing checked it: check it.
 *
 * When the model is done, and it changed program text in this turn without
 * running a test after that, the check is run in the sandbox, as a call of
 * our own that the model never sees; it is told what came of it and may mend
 * it, a few times.
 */
#include "chat/check.h"

#include "base/mem.h"
#include "chat/calls.h"
#include "core/msg.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX	((size_t)1024 * 1024)
#define TELL_MAX	((size_t)8 * 1024)

/* ---- what is code, what is a test ---- */

static bool
is_code(const char *path)
{
	static const char *const ends[] = {
		".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".go", ".java",
		".js", ".jsx", ".kt", ".lua", ".pl", ".php", ".py", ".rb",
		".rs", ".scala", ".sh", ".sql", ".swift", ".ts", ".tsx",
		".zig",
	};
	const char *dot = path != NULL ? strrchr(path, '.') : NULL;

	for (size_t i = 0; dot != NULL && i < BASE_NITEMS(ends); i++)
		if (strcmp(dot, ends[i]) == 0)
			return true;
	return false;
}

/* Programs that only test; those that also do, when a word behind them says
 * so; those that run what is named next. */
static const char *const testers[] = {
	"pytest", "py.test", "unittest", "ctest", "prove", "tox", "nox", "jest",
	"vitest", "mocha", "rspec", "phpunit", "bats", NULL,
}, *const runners[] = {
	"make", "gmake", "ninja", "meson", "npm", "pnpm", "yarn", "bun", "npx",
	"go", "cargo", "mvn", "mvnw", "gradle", "gradlew", "dotnet", "deno",
	"rake", "just", "task", "swift", "mix", "zig", "bazel", "sbt", NULL,
}, *const shells[] = {
	"sh", "bash", "dash", "zsh", "python", "python3", "perl", "node",
	"ruby", "timeout", "env", "nice", "time", "xvfb-run", NULL,
};

static bool
is_one(const char *p, size_t n, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == n && memcmp(*names, p, n) == 0)
			return true;
	return false;
}

static bool
says_test(const char *p, size_t n)
{
	return memmem(p, n, "test", 4) != NULL ||
	    memmem(p, n, "check", 5) != NULL;
}

/* Whether a command line has a command that tests something. */
static bool
is_test(const char *command)
{
	bool first = true, runs = false;
	size_t n;

	for (const char *p = command; p != NULL && *p != '\0'; p += n) {
		const char *base;

		n = strspn(p, ";&|(){}\n");
		if (n > 0) {
			first = true;
			runs = false;
			continue;
		}
		n = strspn(p, " \t\"'");
		if (n > 0)
			continue;
		n = strcspn(p, " \t\"';&|(){}\n");
		base = memrchr(p, '/', n);
		base = base != NULL ? base + 1 : p;
		if (is_one(base, (size_t)(p + n - base), testers) ||
		    ((first || runs) && says_test(p, n)))
			return true;
		if (first && is_one(base, (size_t)(p + n - base), runners))
			runs = true;
		/* NAME=value, options, times, and what only runs the next
		 * word. */
		first = first && (memchr(p, '=', n) != NULL || *p == '-' ||
		    (*p >= '0' && *p <= '9') ||
		    is_one(base, (size_t)(p + n - base), shells));
	}
	return false;
}

static bool
writes(const char *tool)
{
	return tool != NULL && (strcmp(tool, "write_file") == 0 ||
	    strcmp(tool, "edit_file") == 0 ||
	    strcmp(tool, "apply_patch") == 0);
}

void
check_event(struct check *k, jv ev)
{
	const char *tool = js_str(ev, "tool"), *command;
	jv args;

	if (js_str_is(ev, "type", "turn.start")) {
		k->wrote = k->code = false;
		k->rounds = 0;
	} else if (js_str_is(ev, "type", "tool.call")) {
		args = js_get(ev, "arguments");
		command = js_str(args, "command");
		if (writes(tool) && (is_code(js_str(args, "path")) ||
		    strcmp(tool, "apply_patch") == 0))
			k->code = true;
		if (is_test(command) || (command != NULL &&
		    k->command != NULL && strstr(command, k->command)))
			k->wrote = k->code = false;
		js_free(args);
	} else if (js_str_is(ev, "type", "tool.result") && writes(tool) &&
	    !js_bool(ev, "is_error", false) && k->code) {
		k->wrote = true;
	}
}

bool
check_due(const struct check *k)
{
	return k->command != NULL && k->wrote && k->rounds < CHECK_ROUNDS;
}

/* ---- the project's own ---- */

/* Whether a makefile has a rule for that target, alone or among others. */
static bool
has_target(const struct buf *b, const char *name)
{
	const char *p = buf_str(b), *end;
	size_t n = strlen(name), word;

	for (; *p != '\0'; p = *end == '\0' ? end : end + 1) {
		end = strchrnul(p, '\n');
		/* A recipe, a comment, what is only if something else is. */
		if (*p == '\t' || *p == '#' || *p == '.')
			continue;
		for (; p < end && *p != ':' && *p != '='; p += word) {
			p += strspn(p, " ");
			word = strcspn(p, " :=\n");
			if (word == n && strncmp(p, name, n) == 0) {
				p += word + strspn(p + word, " ");
				p += strcspn(p, ":=\n");
				return p[0] == ':' && p[1] != '=' &&
				    strncmp(p, "::=", 3) != 0;
			}
		}
	}
	return false;
}

static bool
read_in(const char *dir, const char *name, struct buf *b)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct err ignored = ERR_INIT;
	bool got;

	buf_reset(b);
	got = access(path, R_OK) == 0 &&
	    file_read(path, b, FILE_MAX, &ignored) == 0;
	free(path);
	return got;
}

static const char *
of_package(const struct buf *b)
{
	struct err ignored = ERR_INIT;
	jv o = js_parse(buf_str(b), b->len, &ignored);
	jv scripts = js_get(o, "scripts");
	const char *test = js_str(scripts, "test");
	bool real = test != NULL && strstr(test, "no test specified") == NULL;

	js_free(scripts);
	js_free(o);
	return real ? "npm test" : NULL;
}

char *
check_find(const char *dir)
{
	static const char *const makefiles[] = {
		"GNUmakefile", "makefile", "Makefile",
	};
	struct buf b = BUF_INIT;
	const char *found = NULL;

	for (size_t i = 0; found == NULL && i < BASE_NITEMS(makefiles); i++)
		if (read_in(dir, makefiles[i], &b))
			found = has_target(&b, "check") ? "make check" :
			    has_target(&b, "test") ? "make test" : NULL;
	if (found == NULL && read_in(dir, "package.json", &b))
		found = of_package(&b);
	if (found == NULL && read_in(dir, "Cargo.toml", &b))
		found = "cargo test";
	if (found == NULL && read_in(dir, "go.mod", &b))
		found = "go test ./...";
	if (found == NULL && (read_in(dir, "pytest.ini", &b) ||
	    read_in(dir, "tox.ini", &b) || (read_in(dir, "pyproject.toml",
	    &b) && strstr(buf_str(&b), "pytest") != NULL)))
		found = "python3 -m pytest -q";
	buf_free(&b);
	return found != NULL ? xstrdup(found) : NULL;
}

/* ---- running it ---- */

jv
check_call(struct check *k)
{
	jv args = js_set_str(js_obj(), "command", k->command), fn, call, m;
	struct buf b = BUF_INIT;

	k->rounds++;
	snprintf(k->id, sizeof(k->id), "check-%d", ++k->number);
	js_dump(&b, args);
	fn = js_set_str(js_obj(), "name", "shell");
	fn = js_set(fn, "arguments", js_from_buf(&b));
	call = js_set_str(js_set_str(js_obj(), "id", k->id), "type",
	    "function");
	call = js_set(call, "function", fn);
	m = js_set_str(event_new("message"), "id", k->id);
	m = js_set_str(m, "role", "assistant");
	m = js_set(m, "content", js_null());
	js_free(args);
	buf_free(&b);
	return js_set(m, "tool_calls", js_push(js_arr(), call));
}

bool
check_result(struct check *k, jv msg, struct buf *tell)
{
	jv agent = js_get(msg, "agent"), m;
	int64_t code = 1;

	k->passed = !js_bool(agent, "is_error", false);
	if (js_int(agent, "exit_code", 0, 255, &code))
		k->passed = code == 0;
	js_free(agent);
	/* Once more only when something is changed again. */
	k->wrote = k->code = false;
	if (k->passed)
		return true;
	m = compact_cut(msg, TELL_MAX / 4, TELL_MAX * 3 / 4, NULL, NULL);
	buf_addf(tell, "[After your changes the check `%s` was run.  It "
	    "failed:]\n", k->command);
	msg_content(tell, m);
	buf_adds(tell, "\n[Mend what you broke.  If it failed before, or can "
	    "not be mended, say so.]");
	js_free(m);
	return false;
}
