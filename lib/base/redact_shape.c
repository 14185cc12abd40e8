/*
 * redact_shape.c - what in a text has the shape of a secret.
 */
#include "base/redact_shape.h"

#include "base/redact.h"

#include <string.h>

#define VALUE_MAX	512	/* of a value behind a name */
#define RUN_MAX		4096	/* of anything */

/* Kinds of characters. */
enum { ALNUM = 1, LOW = 2, DASH = 4, HEX = 8, UPPER = 16, DOT = 32,
    B64 = 64 };

static bool
is(unsigned char c, unsigned set)
{
	bool digit = c >= '0' && c <= '9';
	bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';

	return ((set & ALNUM) && (digit || lower || upper)) ||
	    ((set & LOW) && c == '_') || ((set & DASH) && c == '-') ||
	    ((set & HEX) && (digit || (c >= 'a' && c <= 'f'))) ||
	    ((set & UPPER) && (digit || upper)) || ((set & DOT) && c == '.') ||
	    ((set & B64) && (c == '+' || c == '/' || c == '='));
}

/* How many of a set follow, as far as a secret is long: the same bytes are
 * looked at from several places. */
static size_t
run(const char *p, size_t n, size_t i, unsigned set)
{
	size_t from = i;

	while (i < n && i - from <= RUN_MAX && is((unsigned char)p[i], set))
		i++;
	return i - from;
}

static bool
begins(const char *p, size_t n, size_t i, const char *word)
{
	size_t len = strlen(word);

	return n - i >= len && memcmp(p + i, word, len) == 0;
}

/* ---- tokens with a prefix ---- */

static const struct token {
	const char	*prefix, *name;
	unsigned	 set;
	size_t		 min, max;	/* bytes behind it; max 0: any */
} tokens[] = {
	{ "ghp_", "github-token", ALNUM, 36, 255 },
	{ "gho_", "github-token", ALNUM, 36, 255 },
	{ "ghu_", "github-token", ALNUM, 36, 255 },
	{ "ghs_", "github-token", ALNUM, 36, 255 },
	{ "ghr_", "github-token", ALNUM, 36, 255 },
	{ "github_pat_", "github-token", ALNUM | LOW, 36, 255 },
	{ "glpat-", "gitlab-token", ALNUM | LOW | DASH, 20, 255 },
	{ "sk-ant-", "api-key", ALNUM | LOW | DASH, 20, 255 },
	{ "sk-proj-", "api-key", ALNUM | LOW | DASH, 20, 255 },
	{ "sk-or-v1-", "api-key", HEX, 40, 255 },
	{ "sk-", "api-key", ALNUM, 20, 255 },
	{ "sk_live_", "api-key", ALNUM, 16, 255 },
	{ "sk_test_", "api-key", ALNUM, 16, 255 },
	{ "rk_live_", "api-key", ALNUM, 16, 255 },
	{ "gsk_", "api-key", ALNUM, 40, 255 },
	{ "hf_", "huggingface-token", ALNUM, 30, 64 },
	{ "npm_", "npm-token", ALNUM, 36, 36 },
	{ "pypi-AgE", "pypi-token", ALNUM | LOW | DASH, 50, 0 },
	{ "dop_v1_", "api-key", HEX, 64, 64 },
	{ "AKIA", "aws-key-id", UPPER, 16, 16 },
	{ "ASIA", "aws-key-id", UPPER, 16, 16 },
	{ "AIza", "google-key", ALNUM | LOW | DASH, 35, 35 },
	{ "ya29.", "google-token", ALNUM | LOW | DASH, 30, 0 },
	{ "xoxb-", "slack-token", ALNUM | DASH, 20, 0 },
	{ "xoxp-", "slack-token", ALNUM | DASH, 20, 0 },
	{ "xoxa-", "slack-token", ALNUM | DASH, 20, 0 },
	{ "xoxs-", "slack-token", ALNUM | DASH, 20, 0 },
	{ "SG.", "sendgrid-key", ALNUM | LOW | DASH | DOT, 60, 80 },
};

/* Both letters and digits: a word with dashes is no key. */
static bool
mixed(const char *p, size_t n)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < n; i++) {
		digit |= p[i] >= '0' && p[i] <= '9';
		letter |= is((unsigned char)p[i], ALNUM) &&
		    !(p[i] >= '0' && p[i] <= '9');
	}
	return digit && letter;
}

static const char *
token(const char *p, size_t n, size_t i, size_t *end)
{
	if (strchr("gshnpdAyxS", p[i]) == NULL || p[i] == '\0')
		return NULL;
	for (size_t k = 0; k < BASE_NITEMS(tokens); k++) {
		const struct token *t = &tokens[k];
		size_t head = strlen(t->prefix), len;

		if (!begins(p, n, i, t->prefix))
			continue;
		len = run(p, n - i < head + 600 ? n : i + head + 600,
		    i + head, t->set);
		if (len < t->min || (t->max != 0 && len > t->max) ||
		    !mixed(p + i + head, len))
			continue;
		*end = i + head + len;
		return t->name;
	}
	return NULL;
}

/* Three parts of base64url with dots, the first two JSON objects. */
static const char *
jwt(const char *p, size_t n, size_t i, size_t *end)
{
	const unsigned set = ALNUM | LOW | DASH;
	size_t a, b, c;

	if (!begins(p, n, i, "eyJ"))
		return NULL;
	a = run(p, n, i, set);
	if (a < 12 || i + a + 4 > n || p[i + a] != '.' ||
	    !begins(p, n, i + a + 1, "eyJ"))
		return NULL;
	b = run(p, n, i + a + 1, set);
	if (i + a + 1 + b >= n || p[i + a + 1 + b] != '.')
		return NULL;
	c = run(p, n, i + a + b + 2, set);
	*end = i + a + b + 2 + c;
	return c >= 16 ? "jwt" : NULL;
}

/* ---- private keys ---- */

/* Behind the dashes of an armour line: its label ends in PRIVATE KEY. */
static size_t
armour(const char *p, size_t n, size_t i, const char *word)
{
	const char *close, *label;
	size_t head = strlen(word), len;

	if (!begins(p, n, i, word))
		return 0;
	label = p + i + head;
	len = n - i - head < 80 ? n - i - head : 80;
	close = memmem(label, len, "-----", 5);
	if (close == NULL || memmem(label, (size_t)(close - label),
	    "PRIVATE KEY", 11) == NULL)
		return 0;
	return (size_t)(close - p) + 5;
}

/* The body: base64, white space, and \n as JSON and sources write it. */
static size_t
body(const char *p, size_t n, size_t i)
{
	while (i < n) {
		if (p[i] == '\\' && i + 1 < n && strchr("nrt", p[i + 1])) {
			i += 2;
		} else if (is((unsigned char)p[i], ALNUM | B64) ||
		    strchr(" \t\r\n\"',:-", p[i]) != NULL) {
			if (begins(p, n, i, "-----"))
				break;
			i++;
		} else {
			break;
		}
	}
	return i;
}

static const char *
private_key(const char *p, size_t n, size_t i, size_t *end)
{
	size_t after = armour(p, n, i, "-----BEGIN "), last;

	if (after == 0)
		return NULL;
	last = body(p, n, after);
	*end = armour(p, n, last, "-----END ");
	if (*end == 0)
		*end = last;
	return "private-key";
}

/* ---- behind something ---- */

/* The password of scheme://user:password@host, i at the ://. */
static const char *
url_password(const char *p, size_t n, size_t i, size_t *start, size_t *end)
{
	size_t k = i + 3, colon = 0;

	if (!begins(p, n, i, "://"))
		return NULL;
	for (; k < n && k < i + 3 + VALUE_MAX; k++) {
		if (strchr(" \t\r\n/?#\"'<>|\\`", p[k]) != NULL)
			return NULL;
		if (p[k] == ':' && colon == 0)
			colon = k;
		if (p[k] == '@')
			break;
	}
	if (k >= n || p[k] != '@' || colon == 0 || k - colon < 4 ||
	    strchr("$<{%*[(", p[colon + 1]) != NULL)
		return NULL;
	if (k - colon - 1 <= 8 && (begins(p, n, colon + 1, "pass") ||
	    begins(p, n, colon + 1, "secret") ||
	    begins(p, n, colon + 1, "xxx")))
		return NULL;	/* of an example */
	*start = colon + 1;
	*end = k;
	return "password";
}

/* Looks random: long, with capital and small letters and digits, or hex. */
static bool
random_looking(const char *p, size_t n)
{
	size_t upper = 0, lower = 0, digit = 0, hex = 0;

	for (size_t i = 0; i < n; i++) {
		upper += p[i] >= 'A' && p[i] <= 'Z';
		lower += p[i] >= 'a' && p[i] <= 'z';
		digit += p[i] >= '0' && p[i] <= '9';
		hex += is((unsigned char)p[i], HEX);
	}
	return (n >= 20 && upper >= 2 && lower >= 2 && digit >= 1) ||
	    (n >= 32 && hex == n && digit >= 4 && lower >= 4);
}

/* NAME=value, "name": "value", i at the = or :. */
static const char *
named(const char *p, size_t n, size_t i, size_t *start, size_t *end)
{
	size_t k = i, len;

	if (p[i] != '=' && p[i] != ':')
		return NULL;
	while (k > 0 && i - k < 3 && strchr("\"' \\", p[k - 1]) != NULL)
		k--;
	len = 0;
	while (len < k && len < 64 &&
	    is((unsigned char)p[k - len - 1], ALNUM | LOW | DASH))
		len++;
	if (len == 0 || !redact_name(p + k - len, len))
		return NULL;
	k = i + 1;
	while (k < n && k - i < 6 && strchr(" \t\"'\\=", p[k]) != NULL)
		k++;
	len = run(p, n - k <= VALUE_MAX ? n : k + VALUE_MAX + 1, k,
	    ALNUM | LOW | DASH | DOT | B64);
	if (len > VALUE_MAX || !random_looking(p + k, len))
		return NULL;
	*start = k;
	*end = k + len;
	return "value";
}

/* "Bearer TOKEN", "Basic BASE64" of an Authorization header. */
static const char *
bearer(const char *p, size_t n, size_t i, size_t *start, size_t *end)
{
	size_t head = begins(p, n, i, "Bearer ") || begins(p, n, i,
	    "bearer ") ? 7 : i >= 15 && begins(p, n, i, "Basic ") &&
	    (p[i - 2] == ':' || p[i - 1] == ':') ? 6 : 0, len;

	if (head == 0)
		return NULL;
	len = run(p, n, i + head, ALNUM | LOW | DASH | DOT | B64);
	if (len < (head == 6 ? 12 : 20) || !mixed(p + i + head, len))
		return NULL;
	*start = i + head;
	*end = i + head + len;
	return "credentials";
}

const char *
shape_next(const char *p, size_t n, size_t from, size_t *start, size_t *end)
{
	const char *name = NULL;

	for (size_t i = from; i < n; i++) {
		bool word = i > 0 && is((unsigned char)p[i - 1], ALNUM | LOW);
		bool part = word || (i > 0 && p[i - 1] == '-');

		*start = i;
		*end = n;
		if (p[i] == '-')
			name = private_key(p, n, i, end);
		else if (p[i] == '=' || (p[i] == ':' && !begins(p, n, i,
		    "://")))
			name = named(p, n, i, start, end);
		else if (p[i] == ':')
			name = url_password(p, n, i, start, end);
		else if (!part && p[i] == 'e')
			name = jwt(p, n, i, end);
		else if (!word && (p[i] == 'B' || p[i] == 'b'))
			name = bearer(p, n, i, start, end);
		else if (!word)
			name = token(p, n, i, end);
		if (name != NULL && *start >= from)
			return name;
		name = NULL;
	}
	return NULL;
}
