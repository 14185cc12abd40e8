/*
 * choose.c - which step answers a request, and what it expects of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "md.h"

bool
is_chat(const struct request *r)
{
	size_t n = strlen(r->path);

	return strcmp(r->method, "POST") == 0 && n >= 17 &&
	    strcmp(r->path + n - 17, "/chat/completions") == 0;
}

static bool
number_is(long have, const char *rule)
{
	long want = strtol(rule + strspn(rule, "=<>"), NULL, 10);

	return strncmp(rule, "<=", 2) == 0 ? have <= want :
	    strncmp(rule, ">=", 2) == 0 ? have >= want :
	    *rule == '<' ? have < want : *rule == '>' ? have > want :
	    have == want;
}

static bool
text_is(char *have, const char *rule)
{
	bool same = have && *rule == '=' && strcmp(have, rule + 1) == 0;

	free(have);
	return same;
}

static char *
member(const struct request *r, const char *key)
{
	jv v = request_get(r, key);
	char *s = NULL;

	if (jv_get_kind(v) == JV_KIND_STRING)
		s = dup_range(jv_string_value(v), strlen(jv_string_value(v)));
	else if (jv_get_kind(v) == JV_KIND_TRUE)
		s = dup_range("true", 4);
	else
		s = dup_range("false", 5);
	jv_free(v);
	return s;
}

static long
messages(const struct request *r)
{
	jv all = request_get(r, "messages");
	long n = 0;

	if (jv_get_kind(all) == JV_KIND_ARRAY)
		n = jv_array_length(jv_copy(all));
	jv_free(all);
	return n;
}

static bool
has_tools(const struct request *r)
{
	jv t = request_get(r, "tools");
	bool yes = jv_get_kind(t) == JV_KIND_ARRAY;

	jv_free(t);
	return yes;
}

static bool
header_is(const struct request *r, const char *want)
{
	size_t n = strcspn(want, ":");

	for (size_t i = 0; i < r->headers.n; i++) {
		const struct pair *h = &r->headers.v[i];
		const char *val = want + n;

		if (strlen(h->key) != n || strncasecmp(h->key, want, n) != 0)
			continue;
		val += strspn(val, ": ");
		if (strstr(h->val, val) != NULL)
			return true;
	}
	return false;
}

static bool
body_has(const struct request *r, const char *s)
{
	return r->body != NULL && memmem(r->body, r->body_len, s,
	    strlen(s)) != NULL;
}

static bool
last_has(const struct request *r, const char *s)
{
	char *last = request_last(r, "content");
	bool yes = last && strstr(last, s);

	free(last);
	return yes;
}

static bool
cond_holds(const struct pair *c, const struct request *r, long n)
{
	const char *k = c->key, *v = c->val;

	if (strcmp(k, "contains") == 0)
		return body_has(r, v);
	if (strcmp(k, "lacks") == 0)
		return !body_has(r, v);
	if (strcmp(k, "last-contains") == 0)
		return last_has(r, v);
	if (strcmp(k, "header") == 0)
		return header_is(r, v);
	if (strcmp(k, "n") == 0)
		return number_is(n, v);
	if (strcmp(k, "messages") == 0)
		return number_is(messages(r), v);
	if (strcmp(k, "last-role") == 0)
		return text_is(request_last(r, "role"), v);
	if (strcmp(k, "tools") == 0)
		return has_tools(r) == (strcmp(v, "=yes") == 0);
	if (strcmp(k, "path") == 0)
		return strcmp(r->path, v + 1) == 0;
	if (strcmp(k, "method") == 0)
		return strcmp(r->method, v + 1) == 0;
	return text_is(member(r, k), v);	/* model, stream */
}

static bool
rule_holds(const struct step *st, const struct request *r, long n)
{
	bool path = false;

	if (st->repeat >= 0 && st->used >= st->repeat)
		return false;
	for (size_t i = 0; i < st->conds.n; i++) {
		if (!cond_holds(&st->conds.v[i], r, n))
			return false;
		path = path || strcmp(st->conds.v[i].key, "path") == 0;
	}
	return path || is_chat(r);
}

struct step *
script_choose(struct script *sc, const struct request *r, long n)
{
	for (size_t i = 0; i < sc->n; i++)
		if (sc->v[i].rule && rule_holds(&sc->v[i], r, n)) {
			sc->v[i].used++;
			return &sc->v[i];
		}
	if (!is_chat(r))
		return NULL;
	for (size_t turns = 0; sc->at < sc->n; sc->at++) {
		struct step *st = &sc->v[sc->at];

		if (st->rule || st->standby)
			continue;
		if (st->loop) {
			for (size_t i = 0; i < sc->at; i++)
				if (!sc->v[i].rule)
					sc->v[i].used = 0;
			if (turns++ > 0)
				return NULL;	/* a loop round nothing */
			sc->at = (size_t)-1;
			continue;
		}
		if (st->used < (st->repeat < 0 ? 1 : st->repeat)) {
			st->used++;
			return st;
		}
	}
	for (size_t i = 0; i < sc->n; i++)
		if (sc->v[i].standby)
			return &sc->v[i];
	return NULL;
}

const char *
step_unmet(const struct step *st, const struct request *r)
{
	static char why[300];

	for (size_t i = 0; i < st->expects.n; i++) {
		const char *k = st->expects.v[i].key, *v = st->expects.v[i].val;
		bool met = strcmp(k, "expect") == 0 ? body_has(r, v) :
		    strcmp(k, "expect-not") == 0 ? !body_has(r, v) :
		    strcmp(k, "expect-last") == 0 ? last_has(r, v) :
		    strcmp(k, "expect-header") == 0 && header_is(r, v);

		if (!met) {
			snprintf(why, sizeof why, "script line %d: %s \"%.200s\""
			    " is not met", st->line, k, v);
			return why;
		}
	}
	return NULL;
}
