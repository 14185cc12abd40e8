/*
 * offline.c - a stand-in for a model: what it says.
 */
#include "gate/offline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/ids.h"
#include "core/msg.h"

#define QUOTE_LINES	20
#define QUOTE_BYTES	1500

static const char about[] =
    "I am the offline model: a handful of fixed rules inside agent-gate, "
    "not a language model.";
static const char abilities[] =
    "I understand plain requests such as \"list the files\", \"read "
    "README\", \"search for main\", \"run `make`\", or \"write \"text\" to "
    "notes.txt\", and call the tools for them when they are offered.";
static const char real[] =
    "For real answers start a model server, for example\n"
    "    llama-server -m qwen2.5-coder-7b-instruct.gguf --jinja --port 8080\n"
    "or\n"
    "    ollama serve\n"
    "and leave --offline away: agent-gate finds servers on the usual local "
    "ports by itself. For a server elsewhere set AGENT_MODEL_URL and "
    "AGENT_MODEL.";

void
offline_init(struct offline *o)
{
	memset(o, 0, sizeof(*o));
	o->results = js_arr();
	o->names = js_obj();
}

void
offline_free(struct offline *o)
{
	buf_free(&o->user);
	js_free(o->results);
	js_free(o->names);
	o->results = o->names = js_none();
}

void
offline_reset(struct offline *o)
{
	offline_free(o);
	offline_init(o);
}

static void
see_result(struct offline *o, jv line)
{
	struct buf text = BUF_INIT;
	const char *id = js_str(line, "tool_call_id");
	const char *name = js_str(line, "name");
	jv agent = js_get(line, "agent");
	jv r = js_obj();

	if (name == NULL && id != NULL)
		name = js_str(o->names, id);
	msg_content(&text, line);
	r = js_set_str(r, "name", name != NULL ? name : "the tool");
	r = js_set(r, "text", js_from_buf(&text));
	r = js_set_bool(r, "is_error", js_bool(agent, "is_error", false));
	o->results = js_push(o->results, r);
	o->bytes += text.len;
	o->asked = true;
	buf_free(&text);
	js_free(agent);
}

static void
see_calls(struct offline *o, jv line)
{
	for (size_t i = 0; i < msg_ncalls(line); i++) {
		const char *id, *name;
		size_t n;

		msg_call(line, i, &id, &name, NULL, &n);
		o->names = js_set_str(o->names, id, name);
		o->bytes += n;
	}
}

void
offline_push(struct offline *o, jv line)
{
	struct buf text = BUF_INIT;

	switch (msg_role(line)) {
	case MSG_TOOL:
		see_result(o, line);
		return;
	case MSG_USER:
		buf_reset(&o->user);
		msg_content(&o->user, line);
		js_free(o->results);
		o->results = js_arr();
		o->bytes += o->user.len;
		o->asked = true;
		return;
	case MSG_ASSISTANT:
		see_calls(o, line);
		o->asked = false;
		break;
	default:
		break;
	}
	msg_content(&text, line);
	o->bytes += text.len;
	buf_free(&text);
}

/* Say it word by word, as a model would. */
static void
say(struct delta *d, const char *p, size_t n)
{
	while (n > 0) {
		size_t k = 1;

		while (k < n && !(p[k] == ' ' && p[k - 1] != ' '))
			k++;
		delta_text(d, DELTA_TEXT, p, k);
		p += k;
		n -= k;
	}
}

static size_t
count_lines(const char *p, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines + (n > 0 && p[n - 1] != '\n');
}

/* The beginning of a result, indented. */
static void
quote(struct buf *b, const char *p, size_t n)
{
	size_t start = b->len, lines = 0;

	while (n > 0 && lines < QUOTE_LINES && b->len - start < QUOTE_BYTES) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;
		size_t show = len > 200 ? utf8_cut(p, 200) : len;

		buf_adds(b, "\n    ");
		buf_add(b, p, show);
		if (show < len)
			buf_adds(b, " ...");
		len += nl != NULL;
		p += len;
		n -= len;
		lines++;
	}
	if (n > 0)
		buf_addf(b, "\n    ... (%zu more lines)", count_lines(p, n));
}

static void
tell_result(struct buf *b, jv r)
{
	static const struct { const char *name, *before, *after; } words[] = {
		{ "list_files", "Lines in the list: ", "" },
		{ "read_file", "Lines in the file: ", ". It begins:" },
		{ "search_files", "Lines that came out of the search: ", "" },
	};
	const char *name = js_str(r, "name"), *text;
	size_t n = 0, i = 0;

	text = js_str_len(r, "text", &n);
	text = text != NULL ? text : "";
	name = name != NULL ? name : "the tool";
	while (i < BASE_NITEMS(words) && strcmp(words[i].name, name) != 0)
		i++;
	if (js_bool(r, "is_error", false))
		buf_addf(b, "%.64s failed:", name);
	else if (n == 0)
		buf_addf(b, "%.64s is done; there was no output.", name);
	else if (i == BASE_NITEMS(words))
		buf_addf(b, "%.64s is done. It said:", name);
	else
		buf_addf(b, "%s%zu%s", words[i].before, count_lines(text, n),
		    words[i].after[0] != '\0' ? words[i].after : ":");
	quote(b, text, n);
}

/* A file that was asked for without its extension: look once more. */
static bool
try_again(struct offline *o, jv tools, struct delta *d)
{
	static const char *const files[] = { "README", "LICENSE", "CHANGES",
	    "CHANGELOG", "CONTRIBUTING" };
	jv r = js_at(o->results, 0);
	bool failed = js_len(o->results) == 1 &&
	    js_bool(r, "is_error", false) && js_str_is(r, "name",
	    "read_file") && offline_offered(tools, "read_file");
	bool again = false;

	for (size_t i = 0; failed && i < BASE_NITEMS(files); i++) {
		const char *at = strstr(buf_str(&o->user), files[i]);
		char *name;

		if (at == NULL || at[strlen(files[i])] == '.')
			continue;
		name = xasprintf("%s.md", files[i]);
		offline_call(d, "read_file", "path", name, strlen(name));
		free(name);
		again = true;
		break;
	}
	js_free(r);
	return again;
}

static bool
has_word(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		const char *p = text;
		size_t n = strlen(*words);

		while ((p = strcasestr(p, *words)) != NULL) {
			bool left = p == text || strchr(" \t\n,.!?'\"(",
			    p[-1]) != NULL;

			if (left && (p[n] == '\0' || strchr(
			    " \t\n,.!?'\")", p[n]) != NULL))
				return true;
			p += n;
		}
	}
	return false;
}

/* What to say to something that asks for no tool. */
static void
small_talk(struct buf *b, const char *user)
{
	static const char *const greet[] = { "hello", "hi", "hey",
	    "good morning", "good evening", "greetings", NULL };
	static const char *const thanks[] = { "thanks", "thank you", NULL };

	if (has_word(user, thanks))
		buf_addf(b, "You are welcome. %s", about);
	else if (has_word(user, greet) && strlen(user) < 80)
		buf_addf(b, "Hello! %s %s", about, abilities);
	else
		buf_addf(b, "%s %s\n\n%s", about, abilities, real);
}

static void
tell_results(struct buf *b, jv results)
{
	size_t n = js_len(results);

	for (size_t i = 0; i < n; i++) {
		jv r = js_at(results, i);

		if (i > 0)
			buf_adds(b, "\n\n");
		tell_result(b, r);
		js_free(r);
	}
}

static void
set_usage(struct offline *o, struct delta *d)
{
	size_t out = d->text.len;

	for (size_t i = 0; i < d->ncalls; i++)
		out += d->calls[i].args.len;
	d->usage = js_set_int(js_set_int(js_obj(), "prompt_tokens",
	    (int64_t)(o->bytes / 4 + 1)), "completion_tokens",
	    (int64_t)(out / 4 + 1));
}

void
offline_answer(struct offline *o, jv tools, struct delta *d)
{
	struct buf text = BUF_INIT;
	const char *missing = NULL;

	d->any = d->whole = true;
	if (d->model == NULL)
		d->model = xstrdup("offline");
	if (js_len(o->results) > 0) {
		if (!try_again(o, tools, d))
			tell_results(&text, o->results);
	} else if (!o->asked) {
		buf_addf(&text, "%s There is nothing to answer.", about);
	} else if (!offline_rules(&o->user, tools, d, &missing)) {
		small_talk(&text, buf_str(&o->user));
	} else if (missing != NULL) {
		buf_addf(&text, "That needs the tool %s, which is not "
		    "offered here. %s", missing, about);
	}
	say(d, buf_str(&text), text.len);
	set_usage(o, d);
	buf_free(&text);
}
