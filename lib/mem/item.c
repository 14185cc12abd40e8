/*
 * item.c - a memory, between its JSON and its row.
 */
#include "mem/item.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mem/text.h"
#include "mem/when.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const known[] = { "id", "namespace", "text", "kind",
    "speaker", "source", "session", "turn", "date", "tags", "importance",
    "created", "updated", "expires", "score", "explain", NULL };

void
item_free(struct item *it)
{
	free(it->id);
	free(it->text);
	free(it->kind);
	free(it->speaker);
	free(it->source);
	free(it->date);
	free(it->session);
	free(it->tags);
	free(it->extra);
	free(it->ns_name);
	memset(it, 0, sizeof(*it));
}

/* ---- from JSON ---- */

/* A string without NUL bytes: each becomes U+FFFD. */
static char *
plain(const char *p, size_t n)
{
	struct buf b = BUF_INIT;

	if (memchr(p, '\0', n) == NULL)
		return xmemdup(p, n);
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\0')
			buf_adds(&b, "\xef\xbf\xbd");
		else
			buf_addc(&b, p[i]);
	return buf_detach(&b);
}

/* A string member, or a number as one; null is as none. */
static int
string(jv line, const char *key, size_t max, char **out, struct err *e)
{
	jv v = js_get(line, key);
	struct buf b = BUF_INIT;
	const char *p;
	size_t n;
	int rc = 0;

	if (js_is_num(v)) {
		js_dump(&b, v);
		p = buf_str(&b);
		n = b.len;
	} else {
		p = js_bytes(v, &n);
	}
	if (p == NULL && js_is_valid(v) && !js_is_null(v))
		rc = err_set(e, ERR_DATA, "%s: a string is needed, not %s",
		    key, js_kind(v));
	else if (p != NULL && n > max)
		rc = err_set(e, ERR_DATA, "%s: %zu bytes, more than %zu", key,
		    n, max);
	else if (p != NULL && n > 0)
		*out = plain(p, n);
	buf_free(&b);
	js_free(v);
	return rc;
}

/* A scalar kept as its JSON. */
static int
scalar(jv line, const char *key, char **out, struct err *e)
{
	jv v = js_get(line, key);
	struct buf b = BUF_INIT;
	int rc = 0;

	if (js_is_str(v) || js_is_num(v)) {
		js_dump(&b, v);
		if (b.len > 4 * ITEM_KEY_MAX)
			rc = err_set(e, ERR_DATA, "%s: too long", key);
		else
			*out = buf_detach(&b);
	} else if (js_is_valid(v) && !js_is_null(v)) {
		rc = err_set(e, ERR_DATA, "%s: a string or a number is "
		    "needed, not %s", key, js_kind(v));
	}
	buf_free(&b);
	js_free(v);
	return rc;
}

static int
tags(jv line, char **out, struct err *e)
{
	jv v = js_get(line, "tags"), list = js_arr();
	struct buf b = BUF_INIT;
	int rc = 0;

	if (js_is_str(v)) {
		list = js_push(list, js_ref(v));
	} else if (js_is_arr(v)) {
		for (size_t i = 0; rc == 0 && i < js_len(v); i++) {
			jv t = js_at(v, i);

			if (js_is_str(t))
				list = js_push(list, js_ref(t));
			else
				rc = err_set(e, ERR_DATA, "tags: strings are "
				    "needed, not %s", js_kind(t));
			js_free(t);
		}
	} else if (js_is_valid(v) && !js_is_null(v)) {
		rc = err_set(e, ERR_DATA, "tags: an array of strings is "
		    "needed, not %s", js_kind(v));
	}
	if (rc == 0 && js_len(list) > 0) {
		js_dump(&b, list);
		*out = buf_detach(&b);
	}
	js_free(list);
	js_free(v);
	return rc;
}

bool
item_time(const char *s, int64_t now, int64_t *ms)
{
	static const char units[] = "smhdwy";
	static const int64_t seconds[] = { 1, 60, 3600, 86400, 604800,
	    31557600 };
	const char *u;
	char *end;
	double v;

	errno = 0;
	v = strtod(s, &end);
	if (end != s && errno == 0 && v >= 0 && v < 1e9 && *end != '\0' &&
	    end[1] == '\0' && (u = strchr(units, *end)) != NULL) {
		*ms = now - (int64_t)(v * 1000 * (double)seconds[u - units]);
		return true;
	}
	*ms = when_stamp(s, strlen(s));
	return *ms != WHEN_NONE;
}

/* A moment: a stamp, or a number of seconds or milliseconds. */
static int
moment(jv line, const char *key, int64_t dflt, int64_t *out, struct err *e)
{
	char *s = NULL;
	int rc = string(line, key, ITEM_KEY_MAX, &s, e);

	*out = dflt;
	if (rc == 0 && s != NULL) {
		*out = when_stamp(s, strlen(s));
		if (*out == WHEN_NONE)
			rc = err_set(e, ERR_DATA, "%s: '%.60s' is no time; "
			    "write it like 2026-05-08 or "
			    "2026-05-08T13:30:00Z", key, s);
	}
	free(s);
	return rc;
}

/* What is in the line and not of ours. */
static void
extra(struct item *it, jv line)
{
	jv keys = js_keys(line), rest = js_obj();
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *name = js_cstr(k);
		bool ours = name == NULL;

		for (int j = 0; !ours && known[j] != NULL; j++)
			ours = strcmp(known[j], name) == 0;
		/* A turn that is no whole number has no column. */
		if (name != NULL && strcmp(name, "turn") == 0)
			ours = it->turn != ITEM_NO_TURN;
		if (!ours)
			rest = js_copy_key(rest, name, line, name);
		js_free(k);
	}
	if (js_len(rest) > 0) {
		js_dump(&b, rest);
		it->extra = buf_detach(&b);
	}
	js_free(rest);
	js_free(keys);
}

/* A mistake is told by its parts when it has no text. */
static char *
lesson(jv line)
{
	static const char *const parts[] = { "rule", "trigger", "cause",
	    "test" };
	struct buf b = BUF_INIT;

	if (!js_str_is(line, "kind", "mistake"))
		return NULL;
	for (size_t i = 0; i < BASE_NITEMS(parts); i++) {
		const char *s = js_str(line, parts[i]);

		if (s != NULL && b.len + strlen(s) < ITEM_TEXT_MAX)
			buf_addf(&b, "%s%s%s%s", b.len > 0 ? " " : "",
			    i > 0 ? parts[i] : "", i > 0 ? ": " : "", s);
	}
	return b.len > 0 ? buf_detach(&b) : NULL;
}

static int
read_members(struct item *it, jv line, int64_t now, struct err *e)
{
	double importance;

	if (!js_is_obj(line))
		return err_set(e, ERR_DATA, "an object is needed, not %s",
		    js_kind(line));
	if (string(line, "id", ITEM_KEY_MAX, &it->id, e) == -1 ||
	    string(line, "namespace", ITEM_KEY_MAX, &it->ns_name, e) == -1 ||
	    string(line, "text", ITEM_TEXT_MAX, &it->text, e) == -1 ||
	    string(line, "kind", ITEM_KEY_MAX, &it->kind, e) == -1 ||
	    string(line, "speaker", ITEM_KEY_MAX, &it->speaker, e) == -1 ||
	    string(line, "source", 4096, &it->source, e) == -1 ||
	    string(line, "date", ITEM_KEY_MAX, &it->date, e) == -1 ||
	    scalar(line, "session", &it->session, e) == -1 ||
	    tags(line, &it->tags, e) == -1 ||
	    moment(line, "created", now, &it->created, e) == -1 ||
	    moment(line, "updated", 0, &it->updated, e) == -1 ||
	    moment(line, "expires", 0, &it->expires, e) == -1)
		return -1;
	if (it->text == NULL)
		it->text = lesson(line);
	if (it->text == NULL)
		return err_set(e, ERR_DATA, "text: missing or empty");
	importance = js_num(line, "importance", -1);
	if (js_has(line, "importance") && !(importance >= 0 &&
	    importance <= 1))
		return err_set(e, ERR_DATA, "importance: a number from 0 to "
		    "1 is needed");
	it->importance = importance;
	if (!js_int(line, "turn", -((int64_t)1 << 52), (int64_t)1 << 52,
	    &it->turn))
		it->turn = ITEM_NO_TURN;
	it->at = it->date != NULL ? when_stamp(it->date, strlen(it->date)) :
	    WHEN_NONE;
	if (it->at == WHEN_NONE)
		it->at = it->created;
	extra(it, line);
	return 0;
}

int
item_read(struct item *it, jv line, int64_t now, struct err *e)
{
	memset(it, 0, sizeof(*it));
	if (read_members(it, line, now, e) == 0)
		return 0;
	item_free(it);
	return -1;
}

/* ---- to JSON ---- */

static jv
set_str(jv o, const char *key, const char *s)
{
	return s != NULL ? js_set_str(o, key, s) : o;
}

static jv
set_time(jv o, const char *key, int64_t ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	if (ms == 0)
		return o;
	clock_stamp(stamp, ms);
	return js_set_str(o, key, stamp);
}

static jv
set_json(jv o, const char *key, const char *json)
{
	struct err e = ERR_INIT;
	jv v;

	if (json == NULL)
		return o;
	v = js_parse(json, strlen(json), &e);
	if (!js_is_valid(v)) {
		js_free(v);
		return o;
	}
	return js_set(o, key, v);
}

jv
item_json(const struct item *it, const char *ns)
{
	jv o = set_str(js_obj(), "id", it->id), rest;
	struct err e = ERR_INIT;

	o = set_str(o, "namespace", ns);
	o = set_str(o, "text", it->text);
	o = set_str(o, "kind", it->kind);
	o = set_str(o, "speaker", it->speaker);
	o = set_str(o, "source", it->source);
	o = set_str(o, "date", it->date);
	o = set_json(o, "session", it->session);
	if (it->turn != ITEM_NO_TURN)
		o = js_set_int(o, "turn", it->turn);
	o = set_json(o, "tags", it->tags);
	if (it->importance >= 0)
		o = js_set(o, "importance", js_from_num(it->importance));
	o = set_time(o, "created", it->created);
	o = set_time(o, "updated", it->updated);
	o = set_time(o, "expires", it->expires);
	if (it->extra != NULL) {
		jv keys;

		rest = js_parse(it->extra, strlen(it->extra), &e);
		keys = js_keys(rest);
		for (size_t i = 0; i < js_len(keys); i++) {
			jv k = js_at(keys, i);

			if (js_cstr(k) != NULL)
				o = js_copy_key(o, js_cstr(k), rest,
				    js_cstr(k));
			js_free(k);
		}
		js_free(keys);
		js_free(rest);
	}
	return o;
}

/* ---- rows ---- */

static char *
column(struct db_stmt *st, int col)
{
	const char *s = db_text(st, col);

	return s != NULL ? xstrdup(s) : NULL;
}

void
item_row(struct item *it, struct db_stmt *st)
{
	memset(it, 0, sizeof(*it));
	it->row = db_int(st, 0);
	it->id = column(st, 1);
	it->text = column(st, 2);
	it->kind = column(st, 3);
	it->speaker = column(st, 4);
	it->source = column(st, 5);
	it->date = column(st, 6);
	it->at = db_int(st, 7);
	it->session = column(st, 8);
	it->session_row = db_int(st, 9);
	it->turn = db_null(st, 10) ? ITEM_NO_TURN : db_int(st, 10);
	it->tags = column(st, 11);
	it->importance = db_null(st, 12) ? -1 : db_real(st, 12);
	it->created = db_int(st, 13);
	it->updated = db_int(st, 14);
	it->expires = db_int(st, 15);
	it->extra = column(st, 16);
	/* A damaged file may hold anything. */
	if (it->id == NULL)
		it->id = xstrdup("");
	if (it->text == NULL)
		it->text = xstrdup("");
}

bool
item_has_tag(const struct item *it, const char *tag)
{
	struct buf b = BUF_INIT;
	bool has;

	if (it->tags == NULL)
		return false;
	js_quote(&b, tag, strlen(tag));
	has = strstr(it->tags, buf_str(&b)) != NULL;
	buf_free(&b);
	return has;
}

/* ---- sameness ---- */

static void
mix(uint64_t *h, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*h = (*h ^ (unsigned char)p[i]) * 1099511628211u;
	*h = (*h ^ 0xff) * 1099511628211u;
}

static void
mix_folded(uint64_t *h, const char *p)
{
	bool space = true;

	for (; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == ' ' || (c >= '\t' && c <= '\r')) {
			space = true;
			continue;
		}
		if (space)
			*h = (*h ^ ' ') * 1099511628211u;
		space = false;
		*h = (*h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) *
		    1099511628211u;
	}
}

int64_t
item_digest(const struct item *it)
{
	const char *const who[] = { it->kind, it->speaker, it->source,
	    it->session };
	uint64_t h = 14695981039346656037u;

	mix_folded(&h, it->text);
	for (size_t i = 0; i < BASE_NITEMS(who); i++)
		mix(&h, who[i] != NULL ? who[i] : "",
		    who[i] != NULL ? strlen(who[i]) : 0);
	mix(&h, (const char *)&it->turn, sizeof(it->turn));
	h ^= h >> 32;
	return (int64_t)(h & INT64_MAX);
}

int
item_of_row(struct db *db, int64_t row, struct item *it, struct err *e)
{
	struct db_stmt *st = db_query(db, e, "SELECT " ITEM_COLUMNS
	    ITEM_FROM "WHERE m.id = ?", "i", row);
	int rc = st != NULL ? db_step(st, e) : -1;

	if (rc == 1) {
		item_row(it, st);
		db_done(st);
	}
	return rc;
}
