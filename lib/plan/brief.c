/*
 * brief.c - what a model is told of a task.
 */
#include "plan/brief.h"

#include "base/utf8.h"
#include "core/tokens.h"

#include <string.h>
#include <strings.h>

const char brief_handoff[] =
"The budget of this conversation is used up; another one goes on without its "
"text. Do not call tools. Answer in exactly this form, a few lines each:\n"
"DONE: what of the task is done, with facts the next one needs\n"
"NEXT: the next step, precisely\n"
"BLOCKERS: what stands in the way, or none";

/* At most so many tokens of text, cut between lines where that can be. */
static void
part(struct buf *out, const char *text, int64_t tokens)
{
	size_t n = strlen(text), max = (size_t)tokens * 3;

	if (n > max && tokens_text(text, n) > (double)tokens) {
		size_t cut = utf8_cut(text, max);

		utf8_escape(out, text, cut, UTF8_TEXT);
		buf_adds(out, " [cut]");
	} else {
		utf8_escape(out, text, n, UTF8_TEXT);
	}
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static void
section(struct buf *out, const char *title, const char *text,
    int64_t tokens)
{
	if (text == NULL || *text == '\0')
		return;
	buf_addf(out, "\n%s:\n", title);
	part(out, text, tokens);
}

/* The texts of an array, a line each, the last ones first to stay. */
static void
lines(struct buf *out, const char *title, jv list, size_t most,
    int64_t tokens)
{
	size_t n = js_len(list), from = n > most ? n - most : 0;

	if (n == 0)
		return;
	buf_addf(out, "\n%s:\n", title);
	if (from > 0)
		buf_addf(out, "- (%zu more)\n", from);
	for (size_t i = from; i < n; i++) {
		jv v = js_at(list, i);

		if (js_cstr(v) != NULL) {
			buf_adds(out, "- ");
			part(out, js_cstr(v), tokens);
		}
		js_free(v);
	}
}

static void
files(struct buf *out, jv changed)
{
	size_t n = js_len(changed), from = n > 30 ? n - 30 : 0;

	if (n == 0)
		return;
	buf_adds(out, "\nFiles that this task changed so far:\n");
	if (from > 0)
		buf_addf(out, "- (%zu more)\n", from);
	for (size_t i = from; i < n; i++) {
		jv e = js_at(changed, i), was = js_get(e, "was");
		jv now = js_get(e, "now");

		if (js_str(e, "path") != NULL) {
			buf_adds(out, "- ");
			utf8_escape(out, js_str(e, "path"),
			    strlen(js_str(e, "path")), UTF8_LINE);
			buf_adds(out, js_is_null(now) ? " (removed)\n" :
			    js_is_null(was) ? " (new)\n" : "\n");
		}
		js_free(was);
		js_free(now);
		js_free(e);
	}
}

static void
standing(struct buf *out, jv c, int64_t unit)
{
	jv unsure = js_get(c, "unverified"), changed = js_get(c, "changed");
	jv blockers = js_get(c, "blockers"), cited = js_get(c, "citations");

	buf_adds(out, "\nThis task was begun before. It stands like this; go "
	    "on from here, do not begin again.\n");
	section(out, "Done so far", js_str(c, "done"), 6 * unit);
	section(out, "Next", js_str(c, "next"), 3 * unit);
	lines(out, "It is NOT KNOWN whether these calls had their effect; "
	    "look before you repeat one", unsure, 6, unit);
	files(out, changed);
	lines(out, "In the way", blockers, 5, unit);
	lines(out, "Sources", cited, 8, unit);
	js_free(unsure);
	js_free(changed);
	js_free(blockers);
	js_free(cited);
}

void
brief_task(struct buf *out, jv task, jv checkpoint, int64_t tokens)
{
	int64_t unit = tokens / 25 > 10 ? tokens / 25 : 10;
	jv inputs = js_get(task, "inputs");

	buf_adds(out, "Task:\n");
	part(out, js_str(task, "objective") != NULL ? js_str(task,
	    "objective") : "", 8 * unit);
	lines(out, "Inputs", inputs, 10, unit);
	section(out, "It is done when", js_str(task, "acceptance"),
	    3 * unit);
	section(out, "It is checked with this command, which has to end with "
	    "status 0", js_str(task, "check"), 2 * unit);
	if (js_is_obj(checkpoint))
		standing(out, checkpoint, unit);
	section(out, "The last attempt failed", js_str(task, "error"),
	    3 * unit);
	js_free(inputs);
}

/* ---- the answer ---- */

/* Where one of the headings begins in text, at the start of a line. */
static const char *
heading(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = text; s != NULL && *s != '\0'; ) {
		const char *p = s + strspn(s, " *#-");

		if (strncasecmp(p, word, n) == 0 && (p[n] == ':' ||
		    (p[n] == '*' && strchr(p, ':') != NULL)))
			return p;
		s = strchr(s, '\n');
		s = s != NULL ? s + 1 : NULL;
	}
	return NULL;
}

static jv
between(const char *from, const char *to)
{
	const char *s = strchr(from, ':');

	s = s != NULL ? s + 1 : from;
	s += strspn(s, " *\n");
	if (to == NULL || to < s)
		to = s + strlen(s);
	while (to > s && strchr(" *#-\n", to[-1]) != NULL)
		to--;
	return js_from_bytes(s, (size_t)(to - s));
}

jv
brief_answer(jv o, const char *text)
{
	const char *done = heading(text, "DONE"), *next, *block;
	jv b;

	next = heading(text, "NEXT");
	block = heading(text, "BLOCKERS");
	if (next == NULL) {
		/* Not as it was asked for: all of it is what there is. */
		return *text != '\0' ? js_set_str(o, "next", text) : o;
	}
	if (done != NULL && done < next)
		o = js_set(o, "done", between(done, next));
	o = js_set(o, "next", between(next, block));
	if (block != NULL) {
		b = between(block, NULL);
		if (js_cstr(b) != NULL && *js_cstr(b) != '\0' &&
		    strncasecmp(js_cstr(b), "none", 4) != 0)
			o = js_set(o, "blockers", js_push(js_arr(),
			    js_ref(b)));
		js_free(b);
	}
	return o;
}
