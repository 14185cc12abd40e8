/* What models and their conversations leave behind: events that were cut off
 * anywhere, answers in a form or not, diffs.  Nothing is counted below zero,
 * what is told is UTF-8, and no path of a diff leads out. */
#include "base/utf8.h"
#include "plan/brief.h"
#include "plan/patch.h"
#include "plan/trail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
events(const char *p, size_t n)
{
	struct trail t, u;

	trail_init(&t);
	trail_init(&u);
	trail_feed(&t, p, n);
	for (size_t i = 0; i < n; i++)
		trail_feed(&u, p + i, 1);
	trail_end(&t);
	trail_end(&u);
	must(t.steps >= 0 && t.results >= 0 && js_len(t.open) == 0);
	must(t.steps == u.steps && t.results == u.results &&
	    t.tokens == u.tokens && js_eq(t.unsure, u.unsure));
	trail_free(&t);
	trail_free(&u);
}

static void
answer(const char *text)
{
	struct buf out = BUF_INIT;
	jv o = brief_answer(js_obj(), text), task = js_obj();

	task = js_set_str(task, "objective", text);
	task = js_set_str(task, "error", text);
	brief_task(&out, task, o, 300);
	must(utf8_valid(buf_str(&out), out.len));
	must(out.len < 16000);
	buf_free(&out);
	js_free(task);
	js_free(o);
}

static void
diff(const char *p, size_t n)
{
	struct err e = ERR_INIT;
	jv files;

	if (patch_files(p, n, &files, &e) == 0)
		for (size_t i = 0; i < js_len(files); i++) {
			jv f = js_at(files, i);
			const char *s = js_cstr(f);

			must(s != NULL && *s != '/' &&
			    strncmp(s, "../", 3) != 0 &&
			    strstr(s, "/../") == NULL);
			js_free(f);
		}
	else
		must(e.kind == ERR_DATA);
	js_free(files);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);

	memcpy(text, data, n);
	text[n] = '\0';
	events(text, n);
	answer(text);
	diff(text, n);
	free(text);
	return 0;
}
