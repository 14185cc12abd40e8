/*
 * redact.c - take secrets out of text: values that are known.
 */
#include "base/redact.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/redact_shape.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHORTEST	8	/* bytes of a secret */

static struct vec values = VEC_INIT, marks = VEC_INIT;

/* What stands where no key is needed. */
static const char *const placeholders[] = {
	"not-needed", "no-key-required", "sk-no-key-required", "lm-studio",
	"placeholder", "changeme", "password", "your-api-key", "unused-key",
	"not-required", "anything", "dummy-key", "disabled", "required",
	"optional",
};

static void
know(const char *mark, const char *value)
{
	size_t n = strlen(value);

	if (n < SHORTEST || vec_has(&values, value))
		return;
	/* Longest first: one may be a part of another. */
	vec_push(&values, value);
	vec_push(&marks, mark);
	for (size_t i = values.n - 1; i > 0 &&
	    strlen(values.v[i - 1]) < n; i--) {
		char *v = values.v[i - 1], *m = marks.v[i - 1];

		values.v[i - 1] = values.v[i];
		marks.v[i - 1] = marks.v[i];
		values.v[i] = v;
		marks.v[i] = m;
	}
}

static char *
base64(const char *s)
{
	struct buf b = BUF_INIT;
	size_t n = strlen(s);

	/* Whole groups only: what follows may change the last. */
	base64_add(&b, s, n - n % 3);
	return buf_detach(&b);
}

static char *
url_encoded(const char *s)
{
	struct buf b = BUF_INIT;

	for (; *s != '\0'; s++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
		    "XYZ0123456789-_.~", *s) != NULL)
			buf_addc(&b, *s);
		else
			buf_addf(&b, "%%%02X", (unsigned char)*s);
	return buf_detach(&b);
}

void
redact_know(const char *name, const char *value)
{
	char *mark, *encoded;

	if (strlen(value) < SHORTEST)
		return;
	for (size_t i = 0; i < BASE_NITEMS(placeholders); i++)
		if (strcasecmp(value, placeholders[i]) == 0)
			return;
	mark = name != NULL ? xasprintf("[redacted:%s]", name) :
	    xstrdup("[redacted]");
	know(mark, value);
	encoded = url_encoded(value);
	know(mark, encoded);
	free(encoded);
	encoded = base64(value);
	if (strlen(encoded) >= 12)
		know(mark, encoded);
	free(encoded);
	free(mark);
}

bool
redact_name(const char *name, size_t n)
{
	static const char *const words[] = { "KEY", "KEYS", "APIKEY",
	    "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASSWORD", "PASSWD",
	    "PASS", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "PAT", "PWD",
	};
	size_t end = n, start;

	/* The last word says what it is: API_KEY, but not KEY_FILE. */
	while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9')
		end--;
	while (end > 0 && name[end - 1] == '_')
		end--;
	for (start = end; start > 0 && strchr("_-.", name[start - 1]) == NULL;)
		start--;
	for (size_t i = 0; i < BASE_NITEMS(words); i++)
		if (strlen(words[i]) == end - start &&
		    strncasecmp(words[i], name + start, end - start) == 0)
			return start > 0 || i < BASE_NITEMS(words) - 2;
	return end - start > 6 &&
	    strncasecmp(name + end - 6, "apikey", 6) == 0;
}

void
redact_environment(void)
{
	extern char **environ;

	for (char **p = environ; *p != NULL; p++) {
		const char *eq = strchr(*p, '=');
		char *name;

		/* A path names a secret and is none. */
		if (eq == NULL || eq[1] == '/' || eq[1] == '~' ||
		    !redact_name(*p, (size_t)(eq - *p)))
			continue;
		name = xmemdup(*p, (size_t)(eq - *p));
		redact_know(name, eq + 1);
		free(name);
	}
}

static size_t
replace(struct buf *b, const char *value, const char *mark)
{
	size_t n = strlen(value), count = 0, from = 0;
	struct buf out = BUF_INIT;
	const char *at;

	while (b->len - from >= n && (at = memmem(b->data + from,
	    b->len - from, value, n)) != NULL) {
		buf_add(&out, b->data + from, (size_t)(at - b->data) - from);
		buf_adds(&out, mark);
		from = (size_t)(at - b->data) + n;
		count++;
	}
	if (count == 0)
		return 0;
	buf_add(&out, b->data + from, b->len - from);
	buf_free(b);
	*b = out;
	return count;
}

size_t
redact_known(struct buf *b)
{
	size_t count = 0;

	for (size_t i = 0; i < values.n; i++)
		count += replace(b, values.v[i], marks.v[i]);
	return count;
}

size_t
redact_text(struct buf *b)
{
	size_t count = redact_known(b), from = 0, start, end;
	struct buf out = BUF_INIT;
	const char *name;

	if (b->len == 0)
		return count;
	while ((name = shape_next(b->data, b->len, from, &start, &end)) !=
	    NULL) {
		buf_add(&out, b->data + from, start - from);
		buf_addf(&out, "[redacted:%s]", name);
		from = end;
		count++;
	}
	if (from == 0) {
		buf_free(&out);
		return count;
	}
	buf_add(&out, b->data + from, b->len - from);
	buf_free(b);
	*b = out;
	return count;
}

bool
redact_marked(const char *p, size_t n)
{
	static const char mark[] = "[redacted:";
	const char *end = p + n;

	while ((p = memmem(p, (size_t)(end - p), mark, sizeof(mark) - 1)) !=
	    NULL) {
		const char *name = p += sizeof(mark) - 1;

		while (p < end && (*p == '_' || *p == '-' ||
		    (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= '0' && *p <= '9')))
			p++;
		if (p > name && p < end && *p == ']')
			return true;
	}
	return false;
}
