/*
 * own_test.c - agent-tool test: the tests that a tool brings along.
 *
 * NAME.tests/ beside the tool holds a JSON file a test:
 *	{"input":{...},"exit":0,"contains":S?,"equals":ANY?,"jq":S?}
 * exit is that of "agent-tool call"; contains is looked for in the text,
 * equals is compared with the structured result, and jq holds of
 * {"text","structured","is_error","exit"}.
 */
#include "tool/own.h"

#include "base/mem.h"
#include "json/jq.h"
#include "sys/file.h"
#include "sys/sig.h"
#include "tool/job.h"
#include "tool/registry.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define TEST_MAX	((size_t)1024 * 1024)

static int
is_json(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 &&
	    strcmp(d->d_name + n - 5, ".json") == 0;
}

static struct job *
run(struct tool_env *env, const char *name, jv input)
{
	struct buf args = BUF_INIT;
	struct job *j;

	js_dump(&args, input);
	j = job_new(env, "test", name, buf_str(&args), args.len);
	job_run(j);
	buf_free(&args);
	return j;
}

static jv
outcome(const struct job *j)
{
	struct err ignored = ERR_INIT;
	const struct result *r = &j->result;
	jv o = js_set(js_obj(), "text", js_from_buf(&r->text));

	o = js_set_bool(o, "is_error", r->status != RESULT_COMPLETED);
	o = js_set_int(o, "exit", result_exit(r));
	if (r->structured != NULL)
		o = js_set(o, "structured", js_parse(r->structured,
		    strlen(r->structured), &ignored));
	return o;
}

/* Sorted, so that the order of members does not count. */
static bool
same(jv a, jv b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	bool yes;

	js_dump_sorted(&x, a);
	js_dump_sorted(&y, b);
	yes = strcmp(buf_str(&x), buf_str(&y)) == 0;
	buf_free(&x);
	buf_free(&y);
	return yes;
}

/* What is wrong with the outcome, appended to why; true when nothing is. */
static bool
holds(jv test, jv got, struct buf *why)
{
	const char *text = js_str(got, "text"), *s;
	int64_t want = 0, is = 0;
	struct err e = ERR_INIT;
	jv equals = js_get(test, "equals"), mine = js_get(got, "structured");

	js_int(test, "exit", 0, 255, &want);
	js_int(got, "exit", 0, 255, &is);
	if (want != is)
		buf_addf(why, "exit %lld, expected %lld; ", (long long)is,
		    (long long)want);
	if ((s = js_str(test, "contains")) != NULL &&
	    (text == NULL || strstr(text, s) == NULL))
		buf_addf(why, "the text does not contain \"%.200s\"; ", s);
	if (js_is_valid(equals) && !(js_is_valid(mine) &&
	    same(equals, mine)))
		buf_adds(why, "the structured result is not what it should "
		    "equal; ");
	if ((s = js_str(test, "jq")) != NULL && jq_holds(s, got, &e) != 1)
		buf_addf(why, "jq '%.200s' does not hold%s%s; ", s,
		    e.kind != ERR_NONE ? ": " : "", e.msg);
	js_free(mine);
	js_free(equals);
	return why->len == 0;
}

static bool
one(struct tool_env *env, const char *name, const char *path, int number,
    const char *file, struct buf *out)
{
	struct buf b = BUF_INIT, why = BUF_INIT;
	struct err e = ERR_INIT;
	jv test = js_none(), input, got = js_none();
	struct job *j = NULL;
	bool good;

	if (file_read(path, &b, TEST_MAX, &e) == 0)
		test = js_parse(buf_str(&b), b.len, &e);
	input = js_get(test, "input");
	if (!js_is_obj(test) || !js_is_obj(input)) {
		buf_addf(&why, "expected an object with \"input\", an object"
		    "%s%s", e.kind != ERR_NONE ? ": " : "", e.msg);
	} else {
		j = run(env, name, input);
		got = outcome(j);
		holds(test, got, &why);
	}
	good = why.len == 0;
	buf_addf(out, "%sok %d - %s %s\n", good ? "" : "not ", number, name,
	    file);
	if (!good) {
		buf_addf(out, "# %s\n", buf_str(&why));
		if (js_is_valid(got)) {
			buf_adds(out, "# got: ");
			js_dump(out, got);
			buf_addc(out, '\n');
		}
	}
	js_free(got);
	js_free(input);
	js_free(test);
	job_free(j);
	buf_free(&b);
	buf_free(&why);
	return good;
}

int
own_test(struct tool_env *env, const char *name, struct buf *out,
    struct err *e)
{
	const struct tool *t = tool_find(env, name);
	struct dirent **v = NULL;
	char *dir;
	int n, bad = 0;

	if (t == NULL || t->group != GROUP_TOOLS || t->program == NULL)
		return err_set(e, ERR_NOINPUT, "no tool of your own is called "
		    "%.60s; see agent-tool lint", name);
	dir = xasprintf("%.*s/%s.tests", (int)(strrchr(t->program, '/') -
	    t->program), t->program, name);
	n = scandir(dir, &v, is_json, alphasort);
	if (n > 0)
		buf_addf(out, "1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, v[i]->d_name);

		bad += !one(env, name, path, i + 1, v[i]->d_name, out);
		free(path);
		free(v[i]);
	}
	free(v);
	if (n <= 0)
		err_set(e, ERR_NOINPUT, "%s: no tests", dir);
	else if (bad > 0)
		err_set(e, ERR_NEGATIVE, "%d of %d tests failed", bad, n);
	free(dir);
	return n > 0 && bad == 0 ? 0 : -1;
}
