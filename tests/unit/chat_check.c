/*
 * chat_check.c - what is taken for program text, for a test of it, and for a
 * rule of a makefile.
 */
#include "chat/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static struct check k;

static void
event(const char *type, const char *tool, const char *key, const char *value)
{
	jv ev = js_set_str(js_set_str(js_obj(), "type", type), "tool", tool);

	if (key != NULL)
		ev = js_set(ev, "arguments", js_set_str(js_obj(), key, value));
	check_event(&k, ev);
	js_free(ev);
}

static void
wrote(const char *path)
{
	memset(&k, 0, sizeof(k));
	k.command = (char *)(uintptr_t)"the check";
	event("turn.start", "", NULL, NULL);
	event("tool.call", "write_file", "path", path);
	event("tool.result", "write_file", NULL, NULL);
}

/* Whether the command counts as a test of what was written before it. */
static bool
tests(const char *command)
{
	wrote("x.c");
	event("tool.call", "shell", "command", command);
	event("tool.result", "shell", NULL, NULL);
	return !check_due(&k);
}

static void
test_commands(void)
{
	static const char *const yes[] = {
		"make check", "make -s check", "make -j8 test", "cd x && make test",
		"make -C src check", "V=1 make check", "make clean all check",
		"pytest", "python3 -m pytest -q", "python -m unittest discover",
		"timeout 60 make check", "env A=1 make check",
		"npm test", "npm run test:unit", "pnpm -r test", "yarn test",
		"go test ./...", "cargo test --all", "cargo check", "mvn -q test",
		"./gradlew test", "./mvnw test", "gradle check",
		"ctest --output-on-failure", "prove -r t", "tox", "npx jest",
		"bundle exec rspec; tox -e py", "(cd t; prove x.t)",
		"bats t", "meson test -C build", "ninja -C b test",
		"dotnet test", "deno test", "rake test", "./test.sh",
		"sh tests/all.sh", "bash ./run-tests", "python3 test_cup.py",
		"python3 tests/test_cup.py", "./run_tests --all", "the check",
		"make 2>&1 | tail; make test | tail", "'make' 'check'",
		"timeout -s KILL make check; sh test/x",
	}, *const no[] = {
		"", "ls", "make", "make all", "cat test.c", "ls tests",
		"grep -r check .", "git checkout main", "git diff tests",
		"cc -c x.c", "python3 x.py", "npm install", "go build ./...",
		"cargo build", "echo make check", "vim tests/x.c",
		"cp tests/a tests/b", "find . -name '*test*'",
	};

	for (size_t i = 0; i < BASE_NITEMS(yes); i++)
		ok(tests(yes[i]), "a test: %s", yes[i]);
	for (size_t i = 0; i < BASE_NITEMS(no); i++)
		ok(!tests(no[i]), "no test: %s", no[i]);
}

static void
test_files(void)
{
	wrote("src/x.py");
	ok(check_due(&k), "program text has to be checked");
	wrote("README.md");
	ok(!check_due(&k), "prose has not");
	wrote("data.json");
	ok(!check_due(&k), "nor data");
	wrote("x.c");
	event("turn.start", "", NULL, NULL);
	ok(!check_due(&k), "nor what an earlier turn wrote");
	wrote("x.c");
	event("tool.call", "shell", "command", "make check");
	event("tool.call", "edit_file", "path", "x.c");
	event("tool.result", "edit_file", NULL, NULL);
	ok(check_due(&k), "written again after the test");
	k.command = NULL;
	ok(!check_due(&k), "no check, nothing due");
}

/* Put text into file name of an empty folder, and look. */
static void
found(const char *name, const char *text, const char *want)
{
	char dir[] = "/tmp/check-XXXXXX", path[64];
	char *got;
	FILE *f;

	if (mkdtemp(dir) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (f != NULL) {
		fputs(text, f);
		fclose(f);
	}
	got = check_find(dir);
	is_str(got != NULL ? got : "none", want, text);
	free(got);
	unlink(path);
	rmdir(dir);
}

static void
test_project(void)
{
	found("Makefile", "all:\n\tcc\ncheck: all\n\tx\n", "make check");
	found("Makefile", "check test: all\n", "make check");
	found("Makefile", "test check: all\n", "make check");
	found("makefile", "test:all\n", "make test");
	found("GNUmakefile", ".PHONY: test\ntest  : all\n", "make test");
	found("Makefile", "test:: a\n", "make test");
	found("Makefile", ".PHONY: check\nall:\n", "none");
	found("Makefile", "check := 1\ntest = 2\n", "none");
	found("Makefile", "check ?= 1\n", "none");
	found("Makefile", "all: check\n\tcheck: x\n# test: y\n", "none");
	found("Makefile", "checks:\nmytest:\n", "none");
	found("Makefile", "test", "none");
	found("package.json", "{\"scripts\":{\"test\":\"jest\"}}", "npm test");
	found("package.json", "{\"scripts\":{\"test\":\"echo \\\"Error: no "
	    "test specified\\\" && exit 1\"}}", "none");
	found("Cargo.toml", "[package]\n", "cargo test");
	found("go.mod", "module x\n", "go test ./...");
	found("pyproject.toml", "[tool.pytest.ini_options]\n",
	    "python3 -m pytest -q");
	found("pyproject.toml", "[project]\n", "none");
	found("README", "make check:", "none");
}

int
main(void)
{
	test_commands();
	test_files();
	test_project();
	return done_testing();
}
