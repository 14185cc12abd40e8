/*
 * offline_rules.c - a stand-in for a model: which tool a request wants.
 *
 * Each rule looks at the words of the request and takes its arguments from
 * what is quoted, or from what looks like a path.
 */
#include "gate/offline.h"
#include "gate/offline_fill.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "core/ids.h"

struct span {
	const char	*p;
	size_t		 n;
};

/* The request, cut up. */
struct wish {
	const char	*text;
	struct span	 code;		/* between backticks */
	struct span	 quoted[3];	/* between quotation marks */
	size_t		 nquoted;
	struct span	 path;		/* what looks like a path */
	jv		 tools;
	struct delta	*d;
	const char	*missing;
};

bool
offline_offered(jv tools, const char *name)
{
	bool yes = false;

	for (size_t i = 0; !yes && js_is_arr(tools) && i < js_len(tools);
	    i++) {
		jv t = js_at(tools, i);
		jv f = js_get(t, "function");

		yes = js_str_is(f, "name", name);
		js_free(f);
		js_free(t);
	}
	return yes;
}

static void
add_call(struct delta *d, const char *tool, jv args)
{
	struct buf b = BUF_INIT;
	char id[IDS_SIZE];

	js_dump(&b, args);
	ids_call(id);
	delta_call(d, id, tool, b.data, b.len);
	buf_free(&b);
	js_free(args);
}

void
offline_call(struct delta *d, const char *tool, const char *key,
    const char *p, size_t n)
{
	add_call(d, tool, js_set(js_obj(), key, js_from_bytes(p, n)));
}

static bool
is_end(char c)
{
	return c == '\0' || strchr(" \t\r\n,.;:!?'\"()`", c) != NULL;
}

/* Where the word stands by itself, any case; NULL if it does not. */
static const char *
find_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strcasestr(p, word)) != NULL; p++)
		if ((p == text || is_end(p[-1])) && is_end(p[n]))
			return p;
	return NULL;
}

/* The first of the words that is there. */
static const char *
find_any(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (find_word(text, *words) != NULL)
			return *words;
	return NULL;
}

static bool
starts(const char *text, const char *word)
{
	return strncasecmp(text, word, strlen(word)) == 0 &&
	    is_end(text[strlen(word)]);
}

/* The offered one of the names; notes the first as missing otherwise. */
static const char *
choose(struct wish *w, const char *const *names)
{
	for (const char *const *n = names; *n != NULL; n++)
		if (offline_offered(w->tools, *n))
			return *n;
	w->missing = names[0];
	return NULL;
}

/* ---- cutting up ---- */

static void
find_quotes(struct wish *w)
{
	static const char *const marks[][2] = { { "\"", "\"" },
	    { "'", "'" }, { "\xe2\x80\x9c", "\xe2\x80\x9d" },
	    { "\xc2\xab", "\xc2\xbb" } };
	const char *p = w->text, *end;

	while (*p != '\0' && w->nquoted < BASE_NITEMS(w->quoted)) {
		size_t i = 0, n = 0;

		for (; i < BASE_NITEMS(marks); i++) {
			n = strlen(marks[i][0]);
			if (strncmp(p, marks[i][0], n) == 0)
				break;
		}
		/* An apostrophe within a word is no mark. */
		if (i == BASE_NITEMS(marks) || (*p == '\'' && p > w->text &&
		    isalnum((unsigned char)p[-1])) ||
		    (end = strstr(p + n, marks[i][1])) == NULL) {
			p++;
			continue;
		}
		w->quoted[w->nquoted++] = (struct span){ p + n,
		    (size_t)(end - p) - n };
		p = end + strlen(marks[i][1]);
	}
}

static void
find_code(struct wish *w)
{
	const char *p = strchr(w->text, '`'), *end;
	size_t ticks = p != NULL ? strspn(p, "`") : 0;

	if (p == NULL)
		return;
	p += ticks;
	if (ticks >= 3 && (end = strchr(p, '\n')) != NULL)
		p = end + 1;
	end = strchr(p, '`');
	if (end != NULL && end > p)
		w->code = (struct span){ p, (size_t)(end - p) };
}

static bool
is_path(const char *p, size_t n)
{
	static const char *const bare[] = { "README", "LICENSE", "Makefile",
	    "VERSION", "CHANGES", "CHANGELOG", "Dockerfile",
	    "NOTICE", "AUTHORS", "INSTALL", "COPYING", NULL };

	for (const char *const *b = bare; *b != NULL; b++)
		if (strlen(*b) == n && strncmp(*b, p, n) == 0)
			return true;
	if (n == 1 && *p == '.')
		return true;
	for (size_t i = 0; i < n; i++)
		if (p[i] == '/' || (p[i] == '.' && i + 1 < n))
			return true;
	return false;
}

static void
find_path(struct wish *w)
{
	static const char out[] = "\"'`,;:!?()<>";
	const char *p = w->text;

	while (*p != '\0') {
		size_t n = strcspn(p, " \t\r\n");
		const char *q = p;
		size_t k = n;

		while (k > 0 && strchr(out, *q) != NULL) {
			q++;
			k--;
		}
		while (k > 1 && (strchr(out, q[k - 1]) != NULL ||
		    (q[k - 1] == '.' && q[k - 2] != '.')))
			k--;
		if (k > 0 && is_path(q, k))
			w->path = (struct span){ q, k };
		p += n;
		p += strspn(p, " \t\r\n");
	}
}

/* ---- rules: each returns true when the request is its kind ---- */

/* "/tool NAME {json}", a line each. */
static bool
rule_tool(struct wish *w)
{
	const char *p = w->text;
	bool any = false;

	while (strncmp(p, "/tool ", 6) == 0) {
		const char *name = p + 6, *args, *end;
		char id[IDS_SIZE], *s;
		size_t n;

		name += strspn(name, " ");
		n = strcspn(name, " \t\r\n");
		args = name + n;
		args += strspn(args, " \t");
		end = strstr(args, "\n/tool ");
		if (end == NULL)
			end = args + strlen(args);
		s = xmemdup(name, n);
		ids_call(id);
		if (js_is_arr(w->tools) && js_len(w->tools) > 0)
			delta_call(w->d, id, s, args, (size_t)(end - args));
		else
			w->missing = "you name";
		free(s);
		any = true;
		p = *end != '\0' ? end + 1 : end;
	}
	return any;
}

/* "run the tests" names no command. */
static bool
is_prose(const char *p)
{
	static const char *const words[] = { "the", "a", "an", "all", "my",
	    "your", "this", "it", "some", NULL };

	for (const char *const *w = words; *w != NULL; w++)
		if (starts(p, *w))
			return true;
	return false;
}

static bool
rule_run(struct wish *w)
{
	static const char *const words[] = { "run", "execute", "shell",
	    NULL };
	static const char *const tools[] = { "shell", "bash", "run_command",
	    "execute_command", NULL };
	const char *tool, *p = w->text;
	struct span cmd = w->code;

	if (starts(p, "$"))
		cmd = (struct span){ p + 2, strlen(p) > 2 ?
		    strlen(p + 2) : 0 };
	else if (find_any(p, words) == NULL)
		return false;
	else if (cmd.p == NULL && w->nquoted > 0)
		cmd = w->quoted[0];
	else if (cmd.p == NULL && (starts(p, "run") ||
	    starts(p, "execute"))) {
		p += strcspn(p, " ");
		p += strspn(p, " ");
		if (starts(p, "the") && (starts(p + 3, " command") ||
		    starts(p + 3, " program"))) {
			p += 11;
			p += strspn(p, " :");
		}
		if (!is_prose(p))
			cmd = (struct span){ p, strcspn(p, "\n") };
	}
	if (cmd.n == 0)
		return false;
	if ((tool = choose(w, tools)) != NULL)
		offline_call(w->d, tool, "command", cmd.p, cmd.n);
	return true;
}

static bool
rule_replace(struct wish *w)
{
	static const char *const tools[] = { "edit_file", NULL };
	const char *tool;
	jv a;

	if (find_word(w->text, "replace") == NULL || w->nquoted < 2 ||
	    w->path.p == NULL)
		return false;
	if ((tool = choose(w, tools)) == NULL)
		return true;
	a = js_set(js_obj(), "path", js_from_bytes(w->path.p, w->path.n));
	a = js_set(a, "old_text", js_from_bytes(w->quoted[0].p,
	    w->quoted[0].n));
	a = js_set(a, "new_text", js_from_bytes(w->quoted[1].p,
	    w->quoted[1].n));
	add_call(w->d, tool, a);
	return true;
}

static bool
rule_write(struct wish *w)
{
	static const char *const words[] = { "write", "save", "create",
	    "put", NULL };
	static const char *const tools[] = { "write_file", "create_file",
	    NULL };
	struct span text = w->nquoted > 0 ? w->quoted[0] : w->code;
	const char *tool;
	jv a;

	if (find_any(w->text, words) == NULL || w->path.p == NULL ||
	    text.p == NULL)
		return false;
	if ((tool = choose(w, tools)) == NULL)
		return true;
	a = js_set(js_obj(), "path", js_from_bytes(w->path.p, w->path.n));
	a = js_set(a, "content", js_from_bytes(text.p, text.n));
	add_call(w->d, tool, a);
	return true;
}

/* The first offered tool whose name has one of the words in it. */
static jv
tool_like(jv tools, const char *const *words)
{
	for (const char *const *w = words; *w != NULL; w++) {
		for (size_t i = 0; js_is_arr(tools) && i < js_len(tools);
		    i++) {
			jv t = js_at(tools, i);
			jv f = js_get(t, "function");
			const char *name = js_str(f, "name");

			js_free(t);
			if (name != NULL && strstr(name, *w) != NULL)
				return f;
			js_free(f);
		}
	}
	return js_none();
}

/* What stands behind the word. */
static struct span
rest_after(const char *text, const char *word)
{
	const char *p = find_word(text, word);

	if (p == NULL)
		return (struct span){ text, strlen(text) };
	p += strlen(word);
	p += strspn(p, " :,");
	if (starts(p, "that") || starts(p, "what") || starts(p, "for"))
		p += strcspn(p, " ");
	p += strspn(p, " :,");
	return (struct span){ p, strlen(p) };
}

static bool
rule_like(struct wish *w, const char *const *words,
    const char *const *names, const char *const *choices,
    const char *missing)
{
	const char *word = find_any(w->text, words);
	const char *verb = find_any(w->text, choices);
	struct span text;
	jv fn;

	if (word == NULL)
		return false;
	fn = tool_like(w->tools, names);
	text = w->nquoted > 0 ? w->quoted[0] : rest_after(w->text, word);
	if (js_is_valid(fn))
		add_call(w->d, js_str(fn, "name"), offline_fill(fn, text.p,
		    text.n, verb != NULL ? verb : choices[0], choices));
	else
		w->missing = missing;
	js_free(fn);
	return true;
}

static bool
rule_memory(struct wish *w)
{
	static const char *const store[] = { "remember", NULL };
	static const char *const get[] = { "recall",
	    "do you remember", NULL };
	static const char *const stores[] = { "remember", "mem_add",
	    "memory_add", "memory_store", "memory", NULL };
	static const char *const gets[] = { "recall", "mem_search",
	    "memory_search", "memory", NULL };
	static const char *const add[] = { "add", "remember", "store",
	    "save", "write", NULL };
	static const char *const search[] = { "recall", "search", "get",
	    "read", "find", NULL };

	return rule_like(w, get, gets, search, "recall") ||
	    rule_like(w, store, stores, add, "remember");
}

static bool
rule_plan(struct wish *w)
{
	static const char *const words[] = { "plan", NULL };
	static const char *const names[] = { "plan", "todo", NULL };
	static const char *const choices[] = { "add", "new", "create", "set",
	    "show", NULL };
	jv fn = tool_like(w->tools, names);
	bool offered = js_is_valid(fn);

	js_free(fn);
	return offered && rule_like(w, words, names, choices, "plan");
}

static bool
rule_search(struct wish *w)
{
	static const char *const words[] = { "search for", "look for",
	    "search", "grep for", "grep", "find", "where is", NULL };
	static const char *const tools[] = { "search_files", "grep",
	    "search", NULL };
	const char *word = find_any(w->text, words), *tool, *in;
	struct span what;
	jv a;

	if (word == NULL)
		return false;
	what = rest_after(w->text, word);
	in = find_word(what.p, "in");
	if (w->nquoted > 0 || w->code.p != NULL)
		what = w->nquoted > 0 ? w->quoted[0] : w->code;
	else if (in != NULL && in > what.p)
		what.n = (size_t)(in - what.p);
	while (what.n > 0 && strchr(" .?!\n", what.p[what.n - 1]) != NULL)
		what.n--;
	if (what.n == 0 || starts(what.p, "files") ||
	    starts(what.p, "all files"))
		return false;
	if ((tool = choose(w, tools)) == NULL)
		return true;
	a = js_set(js_obj(), "pattern", js_from_bytes(what.p, what.n));
	if (in != NULL && w->path.p > in)
		a = js_set(a, "path", js_from_bytes(w->path.p, w->path.n));
	add_call(w->d, tool, a);
	return true;
}

static bool
rule_list(struct wish *w)
{
	static const char *const words[] = { "list", "ls", "what files",
	    "which files", "find files", "find all files", "show files",
	    "show the files", "show me the files", "files are here",
	    "files are there", "current directory", "current folder", "dir",
	    NULL };
	static const char *const tools[] = { "list_files", "list_directory",
	    "ls", NULL };
	const char *tool;
	struct span path = w->path;

	if (find_any(w->text, words) == NULL)
		return false;
	if (path.p == NULL)
		path = (struct span){ ".", 1 };
	if ((tool = choose(w, tools)) != NULL)
		offline_call(w->d, tool, "path", path.p, path.n);
	return true;
}

static bool
rule_read(struct wish *w)
{
	static const char *const words[] = { "read", "show", "cat", "open",
	    "display", "print", "view", "summarize", "summarise", "explain",
	    "what is in", "what's in", "what does", "look at", NULL };
	static const char *const tools[] = { "read_file", "view_file",
	    NULL };
	struct span path = w->path;
	const char *tool;

	if (find_any(w->text, words) == NULL)
		return false;
	if (path.p == NULL && w->nquoted > 0)
		path = w->quoted[0];
	if (path.p == NULL && starts(w->text, "cat"))
		path = (struct span){ w->text + 4,
		    strlen(w->text) > 4 ? strcspn(w->text + 4, " \n") : 0 };
	if (path.p == NULL || path.n == 0)
		return false;
	if ((tool = choose(w, tools)) != NULL)
		offline_call(w->d, tool, "path", path.p, path.n);
	return true;
}

bool
offline_rules(const struct buf *user, jv tools, struct delta *d,
    const char **missing)
{
	static bool (*const rules[])(struct wish *) = { rule_tool, rule_run,
	    rule_replace, rule_write, rule_memory, rule_plan, rule_search,
	    rule_list, rule_read };
	struct wish w = { .text = buf_str(user), .tools = tools, .d = d };

	w.text += strspn(w.text, " \t\r\n");
	/* Long texts are material, not requests. */
	if (strlen(w.text) > 4000 && strncmp(w.text, "/tool ", 6) != 0)
		return false;
	find_quotes(&w);
	find_code(&w);
	find_path(&w);
	for (size_t i = 0; i < BASE_NITEMS(rules); i++) {
		w.missing = NULL;
		if (rules[i](&w)) {
			*missing = w.missing;
			return true;
		}
	}
	return false;
}
