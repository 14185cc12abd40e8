/*
 * script.c - the script language: lines of words, parsed once into steps.
 * README in the directory above describes it; this file must agree with it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md.h"

/* A word: bare, "quoted" (JSON escapes undone), {balanced} or [balanced]. */
struct word {
	char *s;
	char kind;		/* 'b' bare, 'q' quoted, 'j' JSON text */
};

struct words {
	struct word *v;
	size_t n, at;
};

static char complaint[200];

static bool
wrong(const char *what, const char *which)
{
	snprintf(complaint, sizeof complaint, "%s%s%.80s", what,
	    which ? ": " : "", which ? which : "");
	return false;
}

static void
list_add(struct list *l, const char *key, const char *val)
{
	l->v = grow(l->v, (l->n + 1) * sizeof *l->v);
	l->v[l->n++] = (struct pair){ dup_range(key, strlen(key)),
	    val ? dup_range(val, strlen(val)) : NULL };
}

static const char *
list_get(const struct list *l, const char *key)
{
	const char *found = NULL;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].key, key) == 0)
			found = l->v[i].val ? l->v[i].val : "";
	return found;
}

const char *
opt(const struct step *st, const char *key)
{
	return list_get(&st->opts, key);
}

long
opt_num(const struct step *st, const char *key, long otherwise)
{
	const char *v = opt(st, key);

	return v && *v ? strtol(v, NULL, 10) : otherwise;
}

const char *
setting(const struct script *sc, const char *key)
{
	return list_get(&sc->settings, key);
}

long
duration_ms(const char *s)
{
	char *end;
	double v = strtod(s, &end);

	return (long)(strcmp(end, "ms") == 0 ? v : v * 1000);
}

static const char *
quoted_end(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : NULL;
}

static bool
word_add(struct words *w, const char **sp)
{
	const char *s = *sp, *end = *s == '"' ? quoted_end(s) :
	    *s == '{' || *s == '[' ? json_skip(s) : NULL;
	struct word word = { NULL, *s == '"' ? 'q' : 'j' };

	if ((*s == '"' || *s == '{' || *s == '[') && end == NULL)
		return wrong("no end of", s);
	if (*s == '"') {
		jv v = jv_parse_sized(s, (int)(end - s));
		if (jv_get_kind(v) == JV_KIND_STRING)
			word.s = dup_range(jv_string_value(v), (size_t)
			    jv_string_length_bytes(jv_copy(v)));
		jv_free(v);
		if (word.s == NULL)
			return wrong("bad string", s);
	} else if (word.kind == 'j' && end != NULL) {
		word.s = dup_range(s, (size_t)(end - s));
	} else {
		for (end = s; *end && !isspace((unsigned char)*end); end++)
			if (*end == '=' && end[1] && strchr("\"{[", end[1])) {
				end++;
				break;
			}
		word = (struct word){ dup_range(s, (size_t)(end - s)), 'b' };
	}
	w->v = grow(w->v, (w->n + 1) * sizeof *w->v);
	w->v[w->n++] = word;
	*sp = end;
	return true;
}

static bool
split(struct words *w, const char *line)
{
	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (*line == '\0' || *line == '#')
			return true;
		if (!word_add(w, &line))
			return false;
	}
}

static bool
take(struct words *w, const char **s, const char *verb)
{
	if (w->at >= w->n)
		return wrong("a word is missing after", verb);
	*s = w->v[w->at++].s;
	return true;
}

/* key or key=value; a quoted value is the next word. */
static bool
take_pair(struct words *w, char **key, const char **val)
{
	struct word *word = &w->v[w->at++];
	char *eq = strchr(word->s, '=');

	free(*key);
	*key = dup_range(word->s, eq ? (size_t)(eq - word->s) :
	    strlen(word->s));
	*val = eq ? eq + 1 : NULL;
	return eq == NULL || eq[1] != '\0' || take(w, val, word->s);
}

static bool
among(const char *s, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, s) == 0)
			return true;
	return false;
}

static const char *const stream_switches[] = {
	"chunk", "batch", "piece", "pace", "crlf", "cr", "nospace", "bom",
	"comments", "comment-data", "blanks", "glue", "multiline", "named",
	"nodone", "done-tight", "after-done", "role", "usage", "index", "ids",
	"name", "args", "type", "whole-call", "finish", "delta", "key",
	"error", NULL
};
static const char *const status_switches[] = {
	"retry-after", "body", "type", "message", "code", NULL
};
static const char *const stall_switches[] = { "after", "at", NULL };
static const char *const cut_switches[] = { "after", "head", "rst", NULL };
static const char *const call_switches[] = { "id", NULL };

/* Options after a verb, as long as they are known; stored as verb.key. */
static bool
switches(struct step *st, struct words *w, const char *verb,
    const char *const *names)
{
	char *key = NULL;
	const char *val;
	bool good = true;

	while (good && w->at < w->n && w->v[w->at].kind == 'b') {
		size_t mark = w->at;
		char full[80];

		good = take_pair(w, &key, &val);
		if (good && !among(key, names)) {
			w->at = mark;
			break;
		}
		snprintf(full, sizeof full, "%s.%s", verb, key);
		if (good)
			list_add(&st->opts, full, val);
	}
	free(key);
	return good;
}

static struct part *
part_add(struct step *st, enum part_kind k)
{
	st->parts = grow(st->parts, (st->nparts + 1) * sizeof *st->parts);
	st->parts[st->nparts] = (struct part){ .kind = k };
	return &st->parts[st->nparts++];
}

static bool
parse_call(struct step *st, struct words *w)
{
	const char *name, *args = "{}";
	size_t had = st->opts.n;

	if (!take(w, &name, "call"))
		return false;
	if (w->at < w->n && w->v[w->at].kind != 'b')
		args = w->v[w->at++].s;
	if (!switches(st, w, "call", call_switches))
		return false;
	struct part *p = part_add(st, PART_CALL);
	p->a = dup_range(name, strlen(name));
	p->b = dup_range(args, strlen(args));
	if (st->opts.n > had) {
		const char *id = opt(st, "call.id");
		p->id = dup_range(id, strlen(id));
	}
	return true;
}

/* Verbs that take one word and become an option of the step. */
static const char *const valued[] = {
	"finish", "model", "nth-usage", "garbage", "delay", "slow-header",
	"wrong-length", "huge-header", "as", "content", "calls", "choices",
	NULL
};
static const char *const bare[] = {
	"close", "silent-close", "nolength", "keep", "lenient", "gzip", NULL
};

static bool
parse_part(struct step *st, struct words *w, const char *verb)
{
	const char *s;
	enum part_kind k = strcmp(verb, "text") == 0 ? PART_TEXT :
	    strcmp(verb, "reasoning") == 0 ? PART_REASONING :
	    strcmp(verb, "event") == 0 ? PART_EVENT :
	    strcmp(verb, "line") == 0 ? PART_LINE : PART_TOKENS;

	if (!take(w, &s, verb))
		return false;
	struct part *p = part_add(st, k);
	p->n = strtol(s, NULL, 10);
	p->a = dup_range(s, strlen(s));
	if (strcmp(verb, "huge") == 0) {
		p->kind = PART_TEXT;
		p->a = grow(p->a, (size_t)p->n + 1);
		memset(p->a, 'x', (size_t)p->n);
		p->a[p->n] = '\0';
	}
	return true;
}

static bool
parse_timing(struct step *st, struct words *w, const char *verb)
{
	const char *s, *every = "", *ms;

	if (!take(w, &s, verb))
		return false;
	list_add(&st->opts, verb, s);
	if (strcmp(verb, "stall") == 0)
		return switches(st, w, "stall", stall_switches);
	if (!take(w, &every, verb) || strcmp(every, "every") != 0)
		return wrong("dribble N every DURATION", every);
	if (!take(w, &ms, verb))
		return false;
	list_add(&st->opts, "dribble.every", ms);
	return true;
}

static const char *const expects[] = {
	"expect", "expect-not", "expect-last", "expect-header", NULL
};

static bool
parse_verb(struct step *st, struct words *w, const char *verb)
{
	static const char *const parts[] = {
		"text", "reasoning", "tokens", "event", "line", "huge", NULL
	};
	const char *s;

	if (strcmp(verb, "call") == 0)
		return parse_call(st, w);
	if (among(verb, parts))
		return parse_part(st, w, verb);
	if (among(verb, bare)) {
		list_add(&st->opts, verb, NULL);
		return true;
	}
	if (strcmp(verb, "stream") == 0)
		return switches(st, w, "stream", stream_switches);
	if (strcmp(verb, "cut") == 0) {
		list_add(&st->opts, "cut", NULL);
		return switches(st, w, "cut", cut_switches);
	}
	if (strcmp(verb, "stall") == 0 || strcmp(verb, "dribble") == 0)
		return parse_timing(st, w, verb);
	if (strcmp(verb, "usage") == 0) {
		static const char *const names[] = { "in", "out", "cached",
		    "none", "float", NULL };
		return switches(st, w, "usage", names);
	}
	if (!take(w, &s, verb))
		return false;
	if (strcmp(verb, "status") == 0) {
		st->status = (int)strtol(s, NULL, 10);
		return switches(st, w, "status", status_switches);
	}
	if (among(verb, expects))
		list_add(&st->expects, verb, s);
	else if (strcmp(verb, "repeat") == 0)
		st->repeat = strtol(s, NULL, 10);
	else if (strcmp(verb, "raw") == 0)
		st->raw = dup_range(s, strlen(s));
	else if (strcmp(verb, "body") == 0)
		st->body = dup_range(s, strlen(s));
	else if (strcmp(verb, "header") == 0)
		list_add(&st->headers, s, NULL);
	else if (among(verb, valued))
		list_add(&st->opts, verb, s);
	else
		return wrong("unknown verb", verb);
	return true;
}

/* Conditions: NAME=VALUE, n<5, messages>=3, or NAME "text". */
static bool
parse_conds(struct step *st, struct words *w)
{
	static const char *const texts[] = {
		"contains", "lacks", "last-contains", "header", NULL
	};
	static const char *const names[] = {
		"last-role", "stream", "model", "path", "tools", "n",
		"messages", "method", NULL
	};
	size_t before = st->conds.n;

	while (w->at < w->n && w->v[w->at].kind == 'b') {
		const char *s = w->v[w->at].s, *val;

		if (among(s, texts)) {
			w->at++;
			if (!take(w, &val, s))
				return false;
			list_add(&st->conds, s, val);
			continue;
		}
		size_t n = strcspn(s, "=<>");
		if (s[n] == '\0')
			break;
		char *name = dup_range(s, n);
		bool known = among(name, names);
		list_add(&st->conds, name, s + n);
		free(name);
		if (!known)
			return wrong("unknown condition", s);
		w->at++;
	}
	return st->conds.n > before || wrong("when needs a condition", NULL);
}

static const char *const settings[] = {
	"lenient", "strict", "reuse-ids", "parts", "key", "loading", "window",
	"model", "models", "embeddings", "idle", "id", "truncate", NULL
};

static struct step *
step_add(struct script *sc, int line)
{
	sc->v = grow(sc->v, (sc->n + 1) * sizeof *sc->v);
	sc->v[sc->n] = (struct step){ .line = line, .repeat = -1 };
	return &sc->v[sc->n++];
}

static bool
parse_line(struct script *sc, const char *line, int number)
{
	struct words w = { 0 };
	bool indented = *line == ' ' || *line == '\t', good = false;
	const char *s = "", *val = NULL;

	if (!split(&w, line))
		goto out;
	if (w.n == 0) {
		good = true;
		goto out;
	}
	if (strcmp(w.v[0].s, "set") == 0) {
		w.at = 1;
		good = take(&w, &s, "set");
		if (good && w.at < w.n)
			good = take(&w, &val, s);
		if (good && (good = among(s, settings) ||
		    wrong("unknown setting", s)))
			list_add(&sc->settings, s, val);
		goto out;
	}
	if (indented && sc->n == 0) {
		wrong("an indented line needs a step above", NULL);
		goto out;
	}
	struct step *st = indented ? &sc->v[sc->n - 1] : step_add(sc, number);
	if (!indented) {
		st->rule = strcmp(w.v[0].s, "when") == 0;
		st->standby = strcmp(w.v[0].s, "default") == 0;
		st->loop = strcmp(w.v[0].s, "loop") == 0;
		w.at = st->rule || st->standby || st->loop;
		if (st->rule && !parse_conds(st, &w))
			goto out;
	}
	for (good = true; good && w.at < w.n;) {
		s = w.v[w.at++].s;
		good = parse_verb(st, &w, s);
	}
out:
	for (size_t i = 0; i < w.n; i++)
		free(w.v[i].s);
	free(w.v);
	return good;
}

const char *
script_parse(struct script *sc, const char *text)
{
	static char where[260];

	for (int number = 1; *text; number++) {
		size_t n = strcspn(text, "\n");
		char *line = dup_range(text, n);
		bool good = parse_line(sc, line, number);

		free(line);
		if (!good) {
			snprintf(where, sizeof where, "line %d: %s", number,
			    complaint);
			return where;
		}
		text += n + (text[n] == '\n');
	}
	return NULL;
}
