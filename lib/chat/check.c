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

static bool
is_test(const char *command)
{
	static const char *const words[] = {
		"pytest", "unittest", "make check", "make test", "npm test",
		"npm run test", "pnpm test", "yarn test", "go test",
		"cargo test", "mvn test", "gradle test", "ctest", "prove ",
		"tox", "jest", "vitest", "rspec", "phpunit", "meson test",
		"ninja test", "dotnet test", "deno test", "bats ", "rake",
		"./test", "run_test", "run-test",
	};

	for (size_t i = 0; command != NULL && i < BASE_NITEMS(words); i++)
		if (strstr(command, words[i]) != NULL)
			return true;
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

static bool
has_line(const struct buf *b, const char *begin)
{
	const char *p = buf_str(b);

	for (; p != NULL && *p != '\0'; p = strchr(p, '\n')) {
		if (*p == '\n')
			p++;
		if (strncmp(p, begin, strlen(begin)) == 0)
			return true;
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
			found = has_line(&b, "check:") ? "make check" :
			    has_line(&b, "test:") ? "make test" : NULL;
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
	if (k->passed) {
		k->wrote = k->code = false;
		return true;
	}
	m = compact_cut(msg, TELL_MAX / 4, TELL_MAX * 3 / 4, NULL, NULL);
	buf_addf(tell, "[After your changes the check `%s` was run.  It "
	    "failed:]\n", k->command);
	msg_content(tell, m);
	buf_adds(tell, "\n[Mend what you broke.  If it failed before, or can "
	    "not be mended, say so.]");
	js_free(m);
	return false;
}
