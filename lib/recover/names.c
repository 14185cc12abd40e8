/*
 * names.c - the offered tools, and which of them a written name means.
 */
#include "recover/names.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN	256	/* longer ones are no names */
#define TYPO_MIN	6	/* shorter names are too much alike */

/* Letters and digits in lower case; bytes of longer characters stay. */
static char *
plain(const char *p, size_t n)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 'A' && c <= 'Z')
			buf_addc(&b, (char)(c | 0x20));
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c >= 0x80)
			buf_addc(&b, (char)c);
	}
	buf_grow(&b, 1);
	return buf_detach(&b);
}

void
names_load(struct names *s, jv tools)
{
	*s = (struct names){ NULL, 0 };
	for (size_t i = 0; js_is_arr(tools) && i < js_len(tools); i++) {
		jv t = js_at(tools, i);
		jv f = js_get(t, "function");
		jv from = js_is_obj(f) ? f : t;
		const char *name = js_str(from, "name");

		if (name != NULL && *name != '\0' &&
		    strlen(name) <= NAME_MAX_LEN) {
			struct names_tool *v;

			s->v = xreallocarray(s->v, s->n + 1, sizeof(*v));
			v = &s->v[s->n++];
			v->name = xstrdup(name);
			v->plain = plain(name, strlen(name));
			v->params = js_get(from, "parameters");
		}
		js_free(f);
		js_free(t);
	}
}

void
names_free(struct names *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		free(s->v[i].plain);
		js_free(s->v[i].params);
	}
	free(s->v);
	*s = (struct names){ NULL, 0 };
}

static const struct names_tool *
exact(const struct names *s, const char *p, size_t n)
{
	for (size_t i = 0; i < s->n; i++)
		if (strlen(s->v[i].name) == n &&
		    memcmp(s->v[i].name, p, n) == 0)
			return &s->v[i];
	return NULL;
}

/* True when one insertion, deletion or change makes a into b. */
static bool
one_off(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i = 0;

	if (na > nb + 1 || nb > na + 1)
		return false;
	while (a[i] != '\0' && a[i] == b[i])
		i++;
	if (na == nb)
		return strcmp(a + i + (na > i), b + i + (nb > i)) == 0;
	if (na > nb)
		return strcmp(a + i + 1, b + i) == 0;
	return strcmp(a + i, b + i + 1) == 0;
}

/* The only tool whose plain name is like that, or NULL. */
static const struct names_tool *
only(const struct names *s, const char *want, bool typo)
{
	const struct names_tool *found = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const char *have = s->v[i].plain;

		if (typo ? !one_off(have, want) : strcmp(have, want) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &s->v[i];
	}
	return found;
}

/* What platforms put before a name. */
static const char *const before[] = { "functions.", "functions:",
	"default_api.", "default_api:", "tools.", "tool.", "function." };

bool
names_begins(const struct names *s, const char *p, size_t n)
{
	char *want;
	bool yes = false;

	for (size_t i = 0; i < BASE_NITEMS(before) && !yes; i++) {
		size_t len = strlen(before[i]);

		yes = memcmp(p, before[i], n < len ? n : len) == 0;
	}
	want = plain(p, n);
	for (size_t i = 0; i < s->n && !yes; i++)
		yes = strncmp(s->v[i].plain, want, strlen(want)) == 0;
	free(want);
	return yes;
}

const struct names_tool *
names_find(const struct names *s, const char *p, size_t n, bool mend,
    enum names_how *how)
{
	const struct names_tool *t;
	char *want;

	*how = NAMES_EXACT;
	if (n == 0 || n > NAME_MAX_LEN)
		return NULL;
	if ((t = exact(s, p, n)) != NULL)
		return t;
	*how = NAMES_PREFIX;
	for (size_t i = 0; i < BASE_NITEMS(before); i++) {
		size_t len = strlen(before[i]);

		if (n <= len || memcmp(p, before[i], len) != 0)
			continue;
		p += len;
		n -= len;
		if ((t = exact(s, p, n)) != NULL)
			return t;
		break;
	}
	if (!mend)
		return NULL;
	want = plain(p, n);
	*how = NAMES_SPELLING;
	t = *want != '\0' ? only(s, want, false) : NULL;
	if (t == NULL && strlen(want) >= TYPO_MIN) {
		*how = NAMES_TYPO;
		t = only(s, want, true);
	}
	free(want);
	return t;
}

jv
names_param(const struct names_tool *t, const char *key, size_t n)
{
	jv props = js_get(t->params, "properties");
	char *k = xmemdup(key, n);
	jv v = strlen(k) == n ? js_get(props, k) : js_none();

	free(k);
	js_free(props);
	return v;
}

jv
names_nth(const struct names_tool *t, size_t i)
{
	jv props = js_get(t->params, "properties");
	jv keys = js_is_obj(props) ? js_keys(props) : js_none();
	jv k = js_at(keys, i);

	js_free(keys);
	js_free(props);
	return k;
}

bool
names_needs(const struct names_tool *t)
{
	jv req = js_get(t->params, "required");
	bool yes = js_is_arr(req) && js_len(req) > 0;

	js_free(req);
	return yes;
}
